using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Models;

/// <summary>One clip to be made by a video model.</summary>
internal sealed record ModelClip
{
    public required ModelSettings Settings { get; init; }

    /// <summary>Frames of the clip; 0 for as many as the model was made for.</summary>
    public required int Frames { get; init; }

    /// <summary>Width of the frames in pixels; the model may work at another.</summary>
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Frames per second that the model is told.</summary>
    public required double Rate { get; init; }

    /// <summary>How much moves, 1 as usual; where the model takes such a number.</summary>
    public required double Motion { get; init; }

    /// <summary>The frame to begin with, display values of any size; null for none.</summary>
    public Frame? First { get; init; }

    /// <summary>The frame to end with.</summary>
    public Frame? Last { get; init; }

    /// <summary>Pictures of what is to be seen.</summary>
    public IReadOnlyList<Frame> References { get; init; } = [];

    /// <summary>Gives frame i of a clip to start from; null for none.</summary>
    public Func<int, Frame>? Source { get; init; }

    /// <summary>Gives frame i of a clip that says where things lie; null for none.</summary>
    public Func<int, Frame>? Structure { get; init; }
}
