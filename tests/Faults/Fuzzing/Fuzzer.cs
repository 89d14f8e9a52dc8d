using System.Diagnostics;

namespace RunwayFX.Faults.Fuzzing;

/// <summary>What came of fuzzing one decoder.</summary>
/// <param name="Name">The decoder.</param>
/// <param name="Executions">Bodies decoded.</param>
/// <param name="Accepted">Of those, accepted.</param>
/// <param name="Seconds">The time it took.</param>
/// <param name="Failure">The input that showed a fault, and the fault; null where none did.</param>
internal sealed record FuzzOutcome(string Name, long Executions, long Accepted, double Seconds, string? Failure);

/// <summary>Feeds a decoder with bodies that are nearly right: knows the structure of MessagePack, keeps what was accepted and goes on from there.
/// The same seed gives the same bodies. Every execution decodes one body; making it allocates nothing.</summary>
internal static class Fuzzer
{
    private const int CorpusMax = 256;
    private const int LengthMax = 4_096;

    /// <summary>Variations made of one parent before the next is drawn.</summary>
    private const int ChildrenMax = 64;

    /// <summary>Runs so many executions; the target is done with then.</summary>
    public static FuzzOutcome Run(FuzzTarget target, long count, int seed)
    {
        try
        {
            return Feed(target, count, seed);
        }
        finally
        {
            (target as IDisposable)?.Dispose();
        }
    }

    private static FuzzOutcome Feed(FuzzTarget target, long count, int seed)
    {
        var random = new FuzzRandom((ulong)seed);
        var map = new PackMap(LengthMax);
        List<byte[]> corpus = [target.Seed];
        byte[] input = new byte[LengthMax];
        long accepted = 0;
        var clock = Stopwatch.StartNew();
        for (long done = 0; done < count;)
        {
            byte[] parent = corpus[random.Below(corpus.Count)];
            bool hasMap = target.HasPackedFields && random.Below(4) != 0 && map.Read(parent);
            int children = (int)Math.Min(ChildrenMax, count - done);
            for (int child = 0; child < children; child++, done++)
            {
                int length = target.Vary(parent, input, ref random);
                if (length < 0) length = hasMap ? map.Vary(input, ref random) : Scramble(parent, input, ref random);
                try
                {
                    if (!target.Execute(input, length)) continue;
                }
#pragma warning disable CA1031 // Whatever is no refusal is the fault looked for.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    string text = $"{target.Name}, seed {seed}, execution {done}: {Convert.ToHexString(input, 0, length)}\n{exception}";
                    return new FuzzOutcome(target.Name, done, accepted, clock.Elapsed.TotalSeconds, text);
                }

                accepted++;
                if (accepted % 50 != 0) continue;
                byte[] kept = input[..length];
                if (corpus.Count < CorpusMax) corpus.Add(kept);
                else corpus[1 + random.Below(CorpusMax - 1)] = kept;
            }
        }

        return new FuzzOutcome(target.Name, count, accepted, clock.Elapsed.TotalSeconds, null);
    }

    /// <summary>Changes bytes in place, without regard to structure.</summary>
    private static int Scramble(byte[] parent, byte[] input, ref FuzzRandom random)
    {
        int length = Math.Min(parent.Length, input.Length);
        parent.AsSpan(0, length).CopyTo(input);
        for (int changes = 1 + random.Below(4); changes > 0; changes--)
        {
            int at = random.Below(length);
            switch (random.Below(6))
            {
                case 0:
                    input[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    input[at] = (byte)random.Below(256);
                    break;
                case 2:
                    length = at;
                    break;
                case 3 when length < input.Length - 8:
                    random.Fill(input.AsSpan(length, 8));
                    length += 1 + random.Below(8);
                    break;
                case 4:
                    random.Fill(input.AsSpan(at, Math.Min(4, length - Math.Min(at, length))));
                    break;
                default:
                    input[at] = (byte)(0xC0 + random.Below(64)); // The codes of MessagePack that are not small numbers.
                    break;
            }
        }

        return length;
    }
}
