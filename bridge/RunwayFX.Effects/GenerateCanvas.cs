namespace RunwayFX.Effects;

/// <summary>The size of what Generate makes: plug-ins take the region of definition from it and the engine the picture, so that both always agree.</summary>
public static class GenerateCanvas
{
    /// <summary>Longest side of a result at full resolution, in pixels.</summary>
    public const int SideMax = 16_384;

    /// <summary>A result's side in pixels at a render scale; at least 1.</summary>
    /// <param name="target">The side wanted at full resolution; 0 for none.</param>
    /// <param name="scale">Render scale along that side.</param>
    /// <param name="otherwise">The side where none is wanted, in pixels at the render scale.</param>
    public static int Side(int target, double scale, int otherwise) =>
        target <= 0 ? otherwise : (int)Math.Clamp(Math.Ceiling(target * scale - 1e-6), 1, SideMax);
}
