using System.Buffers.Binary;

namespace RunwayFX.Faults.Fuzzing;

/// <summary>Cheap numbers that follow from a seed (SplitMix64), the same with every version of the runtime.</summary>
internal struct FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to one below the limit; 0 where the limit is 1 or less.</summary>
    public int Below(int limit) => limit <= 1 ? 0 : (int)((Next() >> 32) * (ulong)limit >> 32);

    /// <summary>Fills bytes.</summary>
    public void Fill(Span<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next());
        ulong last = Next();
        for (int index = 0; index < bytes.Length; index++) bytes[index] = (byte)(last >> (8 * index));
    }
}
