namespace RunwayFX.Synthesis.Patches;

/// <summary>Repeatable random bits by place: no state, so a pixel's draw never depends on the order in which pixels are visited.</summary>
public static class PatchRandom
{
    /// <summary>32 well-mixed bits for a pixel and a seed.</summary>
    public static uint At(int x, int y, uint seed) => Mix(((uint)y * 0x9E3779B1u + (uint)x) * 0x85EBCA77u ^ seed);

    /// <summary>Derives the seed of a part of the work from the seed of the whole.</summary>
    public static uint Derive(uint seed, int part) => Mix(seed + 0x6C8E9CF5u * (uint)(part + 1));

    /// <summary>The next draw after <paramref name="state"/>.</summary>
    internal static uint Next(uint state) => state * 747796405u + 2891336453u;

    /// <summary>Scrambles a draw so that its high and low halves are independent.</summary>
    internal static uint Mix(uint bits)
    {
        bits = (bits ^ (bits >> 16)) * 0x7FEB352Du;
        bits = (bits ^ (bits >> 15)) * 0x846CA68Bu;
        return bits ^ (bits >> 16);
    }

    /// <summary>Maps 16 random bits to 0..count − 1.</summary>
    internal static uint Scale(uint bits16, uint count) => (bits16 * count) >> 16;
}
