namespace RunwayFX.Media;

/// <summary>What a file says about its colour, in ffmpeg's names (<c>tv</c>, <c>bt709</c>, <c>smpte2084</c>…); null where it says nothing.</summary>
/// <remarks>Only <see cref="Range"/>, <see cref="Matrix"/> and <see cref="ChromaLocation"/> decide how YUV becomes RGB; primaries and transfer travel
/// along untouched.</remarks>
public sealed record ColorTags
{
    /// <summary>Nothing known.</summary>
    public static ColorTags None { get; } = new();

    /// <summary><c>tv</c> (limited, legal) or <c>pc</c> (full).</summary>
    public string? Range { get; init; }

    /// <summary>YUV matrix: <c>bt709</c>, <c>smpte170m</c>, <c>bt470bg</c>, <c>bt2020nc</c>, <c>gbr</c>…</summary>
    public string? Matrix { get; init; }

    /// <summary>Primaries.</summary>
    public string? Primaries { get; init; }

    /// <summary>Transfer characteristic.</summary>
    public string? Transfer { get; init; }

    /// <summary>Where chroma samples sit: <c>left</c>, <c>center</c>, <c>topleft</c>…</summary>
    public string? ChromaLocation { get; init; }
}
