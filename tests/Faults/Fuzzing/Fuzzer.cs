using System.Diagnostics;
using RunwayFX.Faults.Wire;

namespace RunwayFX.Faults.Fuzzing;

/// <summary>What came of fuzzing one decoder.</summary>
/// <param name="Name">The decoder.</param>
/// <param name="Executions">Bodies decoded.</param>
/// <param name="Accepted">Of those, accepted.</param>
/// <param name="Seconds">The time it took.</param>
/// <param name="Failure">The input that showed a fault, and the fault; null where none did.</param>
internal sealed record FuzzOutcome(string Name, long Executions, long Accepted, double Seconds, string? Failure);

/// <summary>Feeds a decoder with bodies that are nearly right: knows the structure of MessagePack, keeps what was accepted and goes on from there.
/// The same seed gives the same bodies.</summary>
internal static class Fuzzer
{
    private const int CorpusMax = 256;
    private const int LengthMax = 4_096;

    /// <summary>Variations made of one parent before the next is drawn.</summary>
    private const int ChildrenMax = 64;

    /// <summary>Runs so many executions.</summary>
    public static FuzzOutcome Run(FuzzTarget target, long count, int seed)
    {
        var random = new Random(seed);
        List<byte[]> corpus = [target.Seed];
        byte[] input = new byte[LengthMax];
        long accepted = 0;
        var clock = Stopwatch.StartNew();
        for (long done = 0; done < count;)
        {
            byte[] parent = corpus[random.Next(corpus.Count)];
            PackNode? tree = random.Next(4) != 0 ? PackNode.Parse(parent) : null;
            int children = (int)Math.Min(ChildrenMax, count - done);
            for (int child = 0; child < children; child++, done++)
            {
                int length = tree is null ? Scramble(parent, input, random) : Lie(tree, input, random);
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
                else corpus[1 + random.Next(CorpusMax - 1)] = kept;
            }
        }

        return new FuzzOutcome(target.Name, count, accepted, clock.Elapsed.TotalSeconds, null);
    }

    /// <summary>Changes one to three nodes of a copy of the tree.</summary>
    private static int Lie(PackNode tree, byte[] input, Random random)
    {
        PackNode copy = tree.Clone();
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            PackNode target = copy;
            while (target.Items.Count > 0 && random.Next(8) != 0) target = target.Items[random.Next(target.Items.Count)];
            if (random.Next(2) == 0) Liar.ChangeValue(target, random);
            else Liar.Change(target, random);
        }

        byte[] bytes = copy.Write();
        int length = Math.Min(bytes.Length, input.Length);
        bytes.AsSpan(0, length).CopyTo(input);
        return length;
    }

    /// <summary>Changes bytes in place, without regard to structure.</summary>
    private static int Scramble(byte[] parent, byte[] input, Random random)
    {
        int length = Math.Min(parent.Length, input.Length);
        parent.AsSpan(0, length).CopyTo(input);
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(Math.Max(length, 1));
            switch (random.Next(6))
            {
                case 0:
                    input[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    input[at] = (byte)random.Next(256);
                    break;
                case 2:
                    length = at;
                    break;
                case 3 when length < input.Length - 8:
                    random.NextBytes(input.AsSpan(length, 8));
                    length += random.Next(1, 9);
                    break;
                case 4:
                    random.NextBytes(input.AsSpan(at, Math.Min(4, length - Math.Min(at, length))));
                    break;
                default:
                    input[at] = (byte)(0xC0 + random.Next(64)); // The codes of MessagePack that are not small numbers.
                    break;
            }
        }

        return length;
    }
}
