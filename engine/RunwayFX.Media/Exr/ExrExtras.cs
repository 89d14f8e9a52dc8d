namespace RunwayFX.Media;

/// <summary>A rectangle of an EXR file, all four bounds inclusive, y down, as the file stores it.</summary>
public readonly record struct ExrBox(int MinX, int MinY, int MaxX, int MaxY)
{
    /// <summary>Width in pixels.</summary>
    public int Width => MaxX - MinX + 1;

    /// <summary>Height in pixels.</summary>
    public int Height => MaxY - MinY + 1;
}

/// <summary>How an EXR channel stores a value; numbers are the file format's.</summary>
public enum ExrPixelType
{
    /// <summary>32-bit unsigned.</summary>
    UInt = 0,

    /// <summary>16-bit float.</summary>
    Half = 1,

    /// <summary>32-bit float.</summary>
    Float = 2,
}

/// <summary>A channel that is carried along without being looked at.</summary>
/// <param name="Name">Full name, e.g. <c>depth.Z</c>.</param>
/// <param name="Type">Stored type.</param>
/// <param name="IsPerceptuallyLinear">The file's pLinear flag.</param>
/// <param name="Data">Little-endian values, row by row over the data window.</param>
public sealed record ExrChannelData(string Name, ExrPixelType Type, bool IsPerceptuallyLinear, byte[] Data);

/// <summary>A header attribute that is carried along as bytes.</summary>
public sealed record ExrHeaderEntry(string Name, string Type, byte[] Value);

/// <summary>What an EXR file has besides its RGBA pixels. Handing it to the writer keeps windows, layers and attributes.</summary>
public sealed record ExrExtras
{
    /// <summary>Where the stored pixels lie; the frame has exactly this size.</summary>
    public required ExrBox DataWindow { get; init; }

    /// <summary>The picture area.</summary>
    public required ExrBox DisplayWindow { get; init; }

    /// <summary>Channels that are not the frame's RGBA, in file order.</summary>
    public IReadOnlyList<ExrChannelData> Channels { get; init; } = [];

    /// <summary>Header attributes besides those that describe the storage (windows, channels, compression, line order).</summary>
    public IReadOnlyList<ExrHeaderEntry> Attributes { get; init; } = [];

    /// <summary>Stored type of the RGBA channels.</summary>
    public ExrPixelType ColorType { get; init; } = ExrPixelType.Half;
}
