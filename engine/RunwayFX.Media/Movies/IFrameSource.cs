namespace RunwayFX.Media;

/// <summary>One kind of clip behind <see cref="FrameReader"/>.</summary>
internal interface IFrameSource : IDisposable
{
    /// <summary>The facts.</summary>
    MediaInfo Info { get; }

    /// <summary>A frame by its index, which is inside of the clip.</summary>
    MediaFrame Read(long index, CancellationToken cancellation);
}
