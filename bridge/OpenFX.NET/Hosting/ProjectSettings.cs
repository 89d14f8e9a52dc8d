namespace OpenFX.Hosting;

/// <summary>The project an instance lives in: everything a plug-in may ask about its surroundings. Canonical coordinates.</summary>
public sealed record ProjectSettings
{
    /// <summary>Width of the project in canonical units (square pixels).</summary>
    public double Width { get; init; } = 1920;

    /// <summary>Height of the project in canonical units.</summary>
    public double Height { get; init; } = 1080;

    /// <summary>Left edge of the project.</summary>
    public double OffsetX { get; init; }

    /// <summary>Bottom edge of the project.</summary>
    public double OffsetY { get; init; }

    /// <summary>Width of a project pixel divided by its height.</summary>
    public double PixelAspectRatio { get; init; } = 1;

    /// <summary>Frames a second.</summary>
    public double FrameRate { get; init; } = 24;

    /// <summary>First frame of the project.</summary>
    public double FirstFrame { get; init; }

    /// <summary>Last frame of the project, included.</summary>
    public double LastFrame { get; init; } = 99;

    /// <summary>Preferred storage where a plug-in has no input to follow.</summary>
    public PixelDepth Depth { get; init; } = PixelDepth.Float;

    /// <summary>Preferred channels where a plug-in has no input to follow.</summary>
    public PixelComponents Components { get; init; } = PixelComponents.Rgba;

    /// <summary>Whether a person works with the instance.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The project as a region.</summary>
    public CanonicalRegion Region => new(OffsetX, OffsetY, OffsetX + Width, OffsetY + Height);
}
