using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Pipelines.Generate;

/// <summary>A generated block or still: for each of its frames, which pixel of which reference frame each pixel copies, still at the small size.</summary>
/// <param name="References">Times and identities of the reference frames, in the order of the maps' frame numbers.</param>
/// <param name="First">Time of the first frame made.</param>
/// <param name="Map">Index into the small reference clip per pixel, in the order (frame, row, column).</param>
/// <param name="Picture">The small result.</param>
/// <param name="Lift">Brings a frame up to the larger size.</param>
internal sealed record GenerateBlock(
    (double Time, UInt128 Hash)[] References, double First, int[] Map, SpaceTimeVolume Picture, VariationLift? Lift)
{
    /// <summary>Memory it holds.</summary>
    public long Bytes => Map.Length * 4L + Picture.Voxels * (long)SpaceTimeVolume.Channels + (Lift?.Bytes ?? 0);

    /// <summary>The map of the frame at a whole time.</summary>
    public ReadOnlySpan<int> MapAt(double time)
    {
        int size = Picture.Width * Picture.Height;
        int index = Math.Clamp((int)(time - First), 0, Picture.Frames - 1);
        return Map.AsSpan(index * size, size);
    }
}

/// <summary>What was known of a block's sources when it was last asked for.</summary>
/// <param name="BlockKey">Where the block is kept.</param>
/// <param name="LastTime">Time asked for.</param>
/// <param name="Hashes">Identity of the reference frames by time.</param>
internal sealed record GenerateBook(UInt128 BlockKey, double LastTime, IReadOnlyDictionary<double, UInt128> Hashes);

/// <summary>Part of a job's progress.</summary>
internal sealed class GenerateProgress(IProgress<double>? progress, double from, double share) : IProgress<double>
{
    public void Report(double value) => progress?.Report(from + Math.Clamp(value, 0, 1) * share);
}
