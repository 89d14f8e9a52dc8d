using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Inference.Stills;

/// <summary>A picture whose look or subject is taken over, through an image encoder whose tokens stand beside those of the text.</summary>
/// <param name="Picture">Display encoded, of any size.</param>
/// <param name="Package">Where <c>image_encoder/</c> and <c>image_projection/</c> are; null for the denoiser's own package.</param>
public sealed record ReferenceInput(Frame Picture, ModelPackage? Package = null)
{
    /// <summary>Most references of a picture.</summary>
    public const int CountMax = 8;

    /// <summary>How strongly it counts, where the denoiser takes such a number (<c>ip_adapter_scale</c>); else it must stay 1.</summary>
    public double Scale { get; init; } = 1;
}
