using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>How a clip is opened.</summary>
public sealed record FrameReaderOptions
{
    /// <summary>Rate of a sequence or still, which has none of its own.</summary>
    public Rational SequenceRate { get; init; } = new(24, 1);

    /// <summary>Says how YUV becomes RGB where the file is wrong or silent; null members fall back to the file, then to the picture's size.</summary>
    public ColorTags? ColorOverride { get; init; }

    /// <summary>Decoded frames kept for going back a little, in bytes. At least one frame is kept.</summary>
    public long CacheBytesMax { get; init; } = 256L << 20;
}

/// <summary>A frame as read, with what only picture files have.</summary>
/// <param name="Frame">The pixels in the source's own encoding and alpha state; super-whites above 1, below-blacks under 0.</param>
/// <param name="Exr">Windows, layers and attributes of an EXR file; null elsewhere.</param>
public sealed record MediaFrame(Frame Frame, ExrExtras? Exr);

/// <summary>Reads the frames of a movie, of a numbered sequence (<c>shot.%04d.png</c>, <c>shot.####.exr</c>, a folder), or of one still.</summary>
/// <remarks>Frame-accurate: index 0 is the first frame shown; any order is allowed, forward is fastest. One thread at a time.</remarks>
public sealed class FrameReader : IDisposable
{
    private readonly IFrameSource _source;

    private FrameReader(IFrameSource source) => _source = source;

    /// <summary>The facts, with the exact frame count.</summary>
    public MediaInfo Info => _source.Info;

    /// <summary>Opens a clip. A movie is scanned once for its frame times, without decoding where the container allows.</summary>
    /// <remarks>A name that exists as a file is that file, whatever signs it holds; only then are <c>%04d</c> and <c>####</c> looked for.</remarks>
    /// <exception cref="MediaException">Missing, unreadable, unsupported, or ffmpeg absent.</exception>
    public static FrameReader Open(string path, FrameReaderOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new FrameReaderOptions();
        if (!options.SequenceRate.IsPositive) throw new ArgumentException($"sequence rate {options.SequenceRate} is not positive", nameof(options));
        string full = MediaPaths.Full(path);
        if (Directory.Exists(full)) return new FrameReader(SequenceFrames.Open(path, SequenceName.InFolder(path), options, cancellation));
        if (!File.Exists(full) && SequenceName.Parse(path) is SequenceName name)
        {
            return new FrameReader(SequenceFrames.Open(path, name, options, cancellation));
        }

        MediaPaths.ExistingFile(path);
        bool still = StillReader.Extensions.Contains(Path.GetExtension(full).ToLowerInvariant()) && !IsAnimated(full);
        return new FrameReader(still ? SequenceFrames.OpenStill(path, options, cancellation) : MovieFrames.Open(path, options, cancellation));
    }

    /// <summary>Reads a frame by its 0-based index. The frame is the caller's own copy.</summary>
    /// <exception cref="MediaException">Outside of the clip, damaged, or ffmpeg failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the reader stays usable.</exception>
    public Frame Read(long index, CancellationToken cancellation = default) => ReadFull(index, cancellation).Frame;

    /// <summary>Like <see cref="Read"/>, with the EXR extras that a writer needs to keep them.</summary>
    public MediaFrame ReadFull(long index, CancellationToken cancellation = default)
    {
        if (index < 0 || index >= Info.FrameCount)
        {
            throw new MediaException(MediaError.FrameOutOfRange, $"'{Info.Path}': frame {index} is outside 0..{Info.FrameCount - 1}");
        }

        return _source.Read(index, cancellation);
    }

    /// <summary>Ends ffmpeg and frees the buffers.</summary>
    public void Dispose() => _source.Dispose();

    private static bool IsAnimated(string path) => path.EndsWith(".gif", StringComparison.OrdinalIgnoreCase);
}
