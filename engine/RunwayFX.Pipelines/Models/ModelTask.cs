using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Models;

/// <summary>One picture to be made by a model.</summary>
internal sealed record ModelTask
{
    /// <summary>Task of packages that transfer performances.</summary>
    public const string Performance = "performance";

    public required ModelSettings Settings { get; init; }

    /// <summary>Width of the picture in pixels; the model may work at another.</summary>
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Picture to start from, display values 0–1 of that size; null starts from noise.</summary>
    public Frame? Start { get; init; }

    /// <summary>Where to paint, in the red channel, of that size: above 0 is painted. Null paints everywhere. Elsewhere the result shows what the model makes of
    /// <see cref="Start"/>.</summary>
    public Frame? Mask { get; init; }

    /// <summary>Picture that says where things lie where the settings ask for control, display values.</summary>
    public Frame? Structure { get; init; }

    /// <summary>Noise to start with; null for the seed's own.</summary>
    public ModelNoise? Noise { get; init; }

    /// <summary>Pictures whose look or subject is taken over, display values.</summary>
    public IReadOnlyList<Frame> References { get; init; } = [];

    /// <summary>What a package must be able to do, in the words of its manifest.</summary>
    public string Name => Mask is not null ? "inpaint" : Start is not null ? "image-to-image" : "text-to-image";
}
