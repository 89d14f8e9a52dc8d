namespace RunwayFX.Synthesis.Patches;

/// <summary>Finds the pixels that patches centred on active pixels cover.</summary>
internal static class VoteReach
{
    /// <summary>One byte per target pixel, 1 where some active patch reaches.</summary>
    public static byte[] Find(byte[] active, MatchField field, int radius, int timeRadius)
    {
        int width = field.Width, height = field.Height;
        byte[] rows = new byte[active.Length], reach = new byte[active.Length];
        for (int line = 0; line < height * field.Frames; line++)
        {
            int until = -1, start = line * width;
            for (int x = -radius; x < width; x++)
            {
                if (x + radius < width && active[start + x + radius] != 0) until = x + 2 * radius;
                if (x >= 0 && x <= until) rows[start + x] = 1;
            }
        }

        for (int frame = 0; frame < field.Frames; frame++)
        {
            for (int y = 0; y < height; y++)
            {
                Span<byte> to = reach.AsSpan((frame * height + y) * width, width);
                for (int time = Math.Max(frame - timeRadius, 0); time <= Math.Min(frame + timeRadius, field.Frames - 1); time++)
                {
                    for (int near = Math.Max(y - radius, 0); near <= Math.Min(y + radius, height - 1); near++)
                    {
                        ReadOnlySpan<byte> from = rows.AsSpan((time * height + near) * width, width);
                        for (int x = 0; x < width; x++) to[x] |= from[x];
                    }
                }
            }
        }

        return reach;
    }
}
