namespace RunwayFX.Imaging.Flow;

/// <summary>Gives pixels whose vectors are not believed the vector of the believed pixel that is nearest along paths of like lightness: what is hidden in
/// the other picture moves as the surface it looks like, which is the one behind.</summary>
internal static class OcclusionFill
{
    /// <summary>Cost of a step, in lightness steps of 1/255: without it flat areas would know no nearest.</summary>
    private const int StepCost = 2;

    /// <summary>Largest cost told.</summary>
    private const int CostMax = 1 << 16;

    /// <summary>Overwrites the vectors where <paramref name="believed"/> is 0; nothing happens where it is 0 everywhere.</summary>
    /// <param name="field">The motion.</param>
    /// <param name="believed">1 or 0 per pixel.</param>
    /// <param name="lightness">Lightness of the field's own picture, 0..255.</param>
    /// <param name="cancellation">Asked now and then.</param>
    /// <returns>Per pixel, the cost of the path to the believed pixel whose vector it took: 0 where it kept its own, much where it looks like nothing
    /// believed.</returns>
    public static int[] Fill(FlowField field, byte[] believed, float[] lightness, CancellationToken cancellation)
    {
        int width = field.Width, height = field.Height;
        byte[] isSettled = (byte[])believed.Clone();
        // Equal costs are settled in the order of the pixels: the number of the pixel is part of the key.
        PriorityQueue<int, long> queue = new();
        int[] from = new int[believed.Length], costs = new int[believed.Length];
        Dictionary<int, long> best = [];
        for (int at = 0; at < believed.Length; at++)
        {
            if (believed[at] == 0) continue;
            from[at] = at;
            Offer(at, 0);
        }

        int count = 0;
        while (queue.TryDequeue(out int at, out long key))
        {
            if (++count % 4096 == 0) cancellation.ThrowIfCancellationRequested();
            if (isSettled[at] != 0) continue;
            isSettled[at] = 1;
            field.X[at] = field.X[from[at]];
            field.Y[at] = field.Y[from[at]];
            costs[at] = (int)Math.Min(key >> 32, CostMax);
            Offer(at, key >> 32);
        }

        return costs;

        void Offer(int at, long cost)
        {
            int x = at % width, y = at / width;
            if (x > 0) Reach(at, at - 1, cost);
            if (x + 1 < width) Reach(at, at + 1, cost);
            if (y > 0) Reach(at, at - width, cost);
            if (y + 1 < height) Reach(at, at + width, cost);
        }

        void Reach(int origin, int at, long cost)
        {
            if (isSettled[at] != 0) return;
            long key = (cost + StepCost + (long)Math.Abs(lightness[at] - lightness[origin])) << 32 | (uint)at;
            if (best.TryGetValue(at, out long known) && known <= key) return;
            best[at] = key;
            from[at] = from[origin];
            queue.Enqueue(at, key);
        }
    }
}
