namespace RunwayFX.Synthesis.Completion;

/// <summary>First guess on the coarsest level: the hole is filled from its border inwards, each pixel from the source patch that fits best what is
/// already there.</summary>
internal static class OnionPeel
{
    /// <summary>Fills the guide's holes.</summary>
    public static void Fill(CompletionLevel level, CompletionOptions options, CancellationToken cancellation)
    {
        bool[] known = [.. level.Holes.Select(hole => !hole)];
        int[][] layers = Layers(level);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancellation };
        foreach (int[] layer in layers)
        {
            int[] sources = new int[layer.Length];
            Parallel.For(0, layer.Length, parallel, i => sources[i] = BestSource(level, known, layer[i], options));
            for (int i = 0; i < layer.Length; i++)
            {
                Span<byte> to = level.Guide.Values.AsSpan(PatchGuide.Channels * layer[i], PatchGuide.Channels);
                level.Guide.Values.AsSpan(PatchGuide.Channels * sources[i], PatchGuide.Channels).CopyTo(to);
                known[layer[i]] = true;
            }
        }
    }

    private static int[][] Layers(CompletionLevel level)
    {
        SortedDictionary<int, List<int>> layers = [];
        for (int p = 0; p < level.Holes.Length; p++)
        {
            if (!level.Holes[p]) continue;
            int depth = Math.Max(Math.Abs((int)level.NearestX[p]), Math.Abs((int)level.NearestY[p]));
            if (!layers.TryGetValue(depth, out List<int>? layer)) layers[depth] = layer = [];
            layer.Add(p);
        }

        return [.. layers.Values.Select(layer => layer.ToArray())];
    }

    /// <summary>The known pixel to copy: best match of the known part of the patch around the pixel (or of the nearest whole patch at the canvas
    /// edge).</summary>
    private static int BestSource(CompletionLevel level, bool[] known, int p, CompletionOptions options)
    {
        int width = level.Width, x = p % width, y = p / width;
        int centreX = Math.Clamp(x, PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius),
            centreY = Math.Clamp(y, PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius);
        int centre = centreY * width + centreX;
        Span<int> parts = stackalloc int[PatchGuide.Side * PatchGuide.Side];
        int count = 0;
        for (int v = -PatchGuide.Radius; v <= PatchGuide.Radius; v++)
        {
            for (int u = -PatchGuide.Radius; u <= PatchGuide.Radius; u++)
            {
                if (known[centre + v * width + u]) parts[count++] = v * width + u;
            }
        }

        parts = parts[..count];
        float reach = Math.Max(1, Math.Min(width, level.Height) / 4f),
            sideways = (float)options.SidewaysCost * PatchGuide.Channels * count / (reach * reach);
        float towardsX = level.NearestX[p], towardsY = level.NearestY[p], length = Math.Max(1, towardsX * towardsX + towardsY * towardsY);
        long best = long.MaxValue;
        int bestSource = level.Sources[0];
        foreach (int source in level.Sources)
        {
            float across = (level.CanvasX(source % width) - centreX) * towardsY - (source / width - centreY) * towardsX;
            long cost = (long)(sideways * across * across / length);
            if (source % width >= level.CanvasWidth) cost += 1L << 40;
            byte[] guide = level.Guide.Values;
            foreach (int part in parts)
            {
                if (cost >= best) break;
                int a = PatchGuide.Channels * (centre + part), b = PatchGuide.Channels * (source + part);
                for (int c = 0; c < PatchGuide.Channels; c++) cost += (guide[a + c] - guide[b + c]) * (guide[a + c] - guide[b + c]);
            }

            if (cost >= best) continue;
            best = cost;
            bestSource = source;
        }

        return bestSource + p - centre;
    }
}
