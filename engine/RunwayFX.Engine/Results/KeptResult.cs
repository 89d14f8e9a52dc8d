using RunwayFX.Imaging;

namespace RunwayFX.Engine.Results;

/// <summary>A picture that a result was made from.</summary>
/// <param name="Clip">Index of the clip; negative for a picture file.</param>
/// <param name="Time">Its time; 0 for a file.</param>
/// <param name="Path">Path of a picture file; empty for a clip.</param>
/// <param name="Hash">Identity of its content; <see cref="ResultRecipe.Absent"/> where the host had none.</param>
internal readonly record struct ResultInput(int Clip, double Time, string Path, UInt128 Hash)
{
    /// <summary>Stands for a clip's number where the picture is a file.</summary>
    public const int File = -1;
}

/// <summary>A result with what it was made from.</summary>
/// <param name="Picture">The pixels, (H, W, 4). Nobody else looks at them.</param>
/// <param name="Shares">How much of each pixel was generated, (H, W).</param>
/// <param name="Inputs">What it was made from besides the source at its own time.</param>
/// <param name="MadeBy">What a model's result depends on besides, for people; empty for built-in methods.</param>
internal sealed record KeptResult(Frame Picture, float[] Shares, IReadOnlyList<ResultInput> Inputs, string MadeBy);
