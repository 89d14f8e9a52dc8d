namespace RunwayFX.Synthesis.Continuation;

/// <summary>A connected spot of a mask.</summary>
/// <param name="Pixels">Indices of its pixels, in the order in which they were found.</param>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Right">Column behind the last.</param>
/// <param name="Bottom">Row behind the last.</param>
internal sealed record Blob(int[] Pixels, int Left, int Top, int Right, int Bottom);

/// <summary>Finds connected spots of masks, shape (H, W), eight neighbours.</summary>
internal static class Blobs
{
    /// <summary>All spots, from the top.</summary>
    public static List<Blob> Find(byte[] mask, int width, int height)
    {
        List<Blob> blobs = [];
        bool[] seen = new bool[mask.Length];
        List<int> pixels = [];
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || seen[start]) continue;
            pixels.Clear();
            pixels.Add(start);
            seen[start] = true;
            int left = width, top = height, right = 0, bottom = 0;
            for (int next = 0; next < pixels.Count; next++)
            {
                int x = pixels[next] % width, y = pixels[next] / width;
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x + 1), Math.Min(top, y), Math.Max(bottom, y + 1));
                for (int row = Math.Max(0, y - 1); row <= Math.Min(height - 1, y + 1); row++)
                {
                    for (int column = Math.Max(0, x - 1); column <= Math.Min(width - 1, x + 1); column++)
                    {
                        int pixel = row * width + column;
                        if (mask[pixel] == 0 || seen[pixel]) continue;
                        seen[pixel] = true;
                        pixels.Add(pixel);
                    }
                }
            }

            blobs.Add(new([.. pixels], left, top, right, bottom));
        }

        return blobs;
    }

    /// <summary>The mask without spots below an area.</summary>
    public static byte[] RemoveSmall(byte[] mask, int width, int height, int areaMin)
    {
        foreach (Blob blob in Find(mask, width, height))
        {
            if (blob.Pixels.Length >= areaMin) continue;
            foreach (int pixel in blob.Pixels) mask[pixel] = 0;
        }

        return mask;
    }
}
