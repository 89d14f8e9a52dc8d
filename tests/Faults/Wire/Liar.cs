namespace RunwayFX.Faults.Wire;

/// <summary>Changes bodies so that they stay nearly right: values at and past limits, other types, other lengths, moved and doubled fields.</summary>
internal static class Liar
{
    private static readonly long[] WholeEdges =
    [
        0, 1, -1, 2, 3, 16, 17, 64, 65, 127, 128, 255, 256, 257, 16_384, 16_385, 65_535, 65_536, 262_144, 262_145, 1 << 24, (1 << 24) + 1,
        int.MaxValue, int.MinValue, (long)int.MaxValue + 1, uint.MaxValue, 1L << 32, 1L << 34, 4L << 30, (1L << 52) + 1, long.MaxValue, long.MinValue,
    ];

    private static readonly double[] RealEdges =
    [
        0, -0.0, 1, -1, 0.5, 1.0 / 1024, 1.0 / 1025, 64, 65, 1e5, 1e9, 1.1e9, -1e9, -1.1e9, double.NaN, double.PositiveInfinity,
        double.NegativeInfinity, double.MaxValue, double.Epsilon,
    ];

    /// <summary>Another value for a number, near it or at an edge; for other kinds, see <see cref="Change"/>.</summary>
    public static void ChangeValue(PackNode node, Random random)
    {
        switch (node.Kind)
        {
            case PackKind.Whole:
                long before = node.Whole;
                node.Whole = random.Next(4) switch
                {
                    0 => unchecked(before + random.Next(-3, 4)),
                    1 => unchecked(before * random.Next(2, 5)),
                    2 => before ^ (1L << random.Next(64)),
                    _ => WholeEdges[random.Next(WholeEdges.Length)],
                };
                node.IsUnsigned = node.Whole > 0 && random.Next(4) == 0;
                break;
            case PackKind.Real:
                node.Real = random.Next(3) == 0 ? node.Real * -random.NextDouble() * 3 : RealEdges[random.Next(RealEdges.Length)];
                break;
            case PackKind.Boolean:
                node.Whole ^= 1;
                break;
            default:
                Change(node, random);
                break;
        }
    }

    /// <summary>Any change to one node.</summary>
    public static void Change(PackNode node, Random random)
    {
        switch (random.Next(8))
        {
            case 0 when node.Kind == PackKind.List && node.Items.Count > 0:
                node.Items.RemoveAt(random.Next(node.Items.Count));
                break;
            case 1 when node.Kind == PackKind.List && node.Items.Count > 0:
                node.Items.Insert(random.Next(node.Items.Count + 1), node.Items[random.Next(node.Items.Count)].Clone());
                break;
            case 2 when node.Kind == PackKind.List:
                node.ClaimedMore = (int)WholeEdges[random.Next(WholeEdges.Length - 8)];
                break;
            case 3 when node.Kind == PackKind.List && node.Items.Count > 0:
                PackNode copied = node.Items[random.Next(node.Items.Count)];
                int times = random.Next(1, 300);
                for (int index = 0; index < times; index++) node.Items.Add(copied.Clone());
                break;
            case 4 or 5 when node.Kind == PackKind.Text:
                node.Bytes = new byte[random.Next(4) == 0 ? random.Next(5_000) : random.Next(40)];
                if (random.Next(2) == 0) random.NextBytes(node.Bytes);
                else node.Bytes.AsSpan().Fill((byte)'x');
                break;
            case 6:
                Become(node, random);
                break;
            default:
                if (node.Kind is PackKind.Whole or PackKind.Real or PackKind.Boolean) ChangeValue(node, random);
                else Become(node, random);
                break;
        }
    }

    /// <summary>Changes bytes without regard to structure.</summary>
    public static byte[] Scramble(ReadOnlySpan<byte> bytes, Random random)
    {
        List<byte> result = [.. bytes];
        int changes = random.Next(1, 4);
        for (int change = 0; change < changes; change++)
        {
            int at = random.Next(result.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < result.Count:
                    result[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < result.Count:
                    result[at] = (byte)random.Next(256);
                    break;
                case 2 when at < result.Count:
                    result.RemoveRange(at, Math.Min(random.Next(1, 9), result.Count - at));
                    break;
                case 3:
                    byte[] more = new byte[random.Next(1, 9)];
                    random.NextBytes(more);
                    result.InsertRange(at, more);
                    break;
                default:
                    if (at < result.Count) result.RemoveRange(at, result.Count - at);
                    break;
            }
        }

        return [.. result];
    }

    private static void Become(PackNode node, Random random)
    {
        node.Items.Clear();
        node.ClaimedMore = 0;
        node.Kind = (PackKind)random.Next((int)PackKind.Raw + 1);
        node.Whole = WholeEdges[random.Next(WholeEdges.Length)];
        node.Real = RealEdges[random.Next(RealEdges.Length)];
        node.Bytes = new byte[random.Next(12)];
        random.NextBytes(node.Bytes);
        if (node.Kind != PackKind.List) return;
        // A list within a list within a list: decoders that recurse have an end.
        PackNode inner = node;
        for (int depth = random.Next(40); depth > 0; depth--)
        {
            var next = new PackNode { Kind = PackKind.List };
            inner.Items.Add(next);
            inner = next;
        }
    }
}
