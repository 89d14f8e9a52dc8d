using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Benchmarks;

/// <summary>Pictures of a clip that was made longer, to be looked at: every added frame, and a sheet of moments around the join and beyond.</summary>
internal static class TimeExtensionSheet
{
    private const int Columns = 4;
    private const int Rows = 3;
    private const int TileWidth = 480;

    /// <summary>Writes <c>NAME/frame-0001.png</c> and so on, and <c>NAME.png</c>.</summary>
    public static void Write(string path, TimeExtensionClip clip, IReadOnlyList<Frame> added)
    {
        Directory.CreateDirectory(path);
        List<Frame> all = [.. clip.Frames.TakeLast((int)clip.FrameRate), .. added];
        for (int index = 0; index < all.Count; index++) Save(Path.Combine(path, $"frame-{index + 1:0000}.png"), all[index]);
        // Last good frame, the first three made up, then evenly to the end.
        List<Frame> moments = [clip.Frames[^1], added[0], added[Math.Min(1, added.Count - 1)], added[Math.Min(2, added.Count - 1)]];
        for (int tile = 0; tile < Columns * Rows - 4; tile++) moments.Add(added[(tile + 1) * (added.Count - 1) / (Columns * Rows - 4)]);
        int height = TileWidth * added[0].Height / added[0].Width;
        Frame sheet = new(Columns * TileWidth, Rows * height);
        for (int tile = 0; tile < moments.Count; tile++)
        {
            Frame small = Resampling.Resize(moments[tile], TileWidth, height, ResamplingFilter.Area);
            for (int y = 0; y < height; y++)
                small.Row(y).CopyTo(sheet.Row(tile / Columns * height + y)[(tile % Columns * TileWidth * Frame.Channels)..]);
        }

        Save(path + ".png", sheet);
    }

    private static void Save(string path, Frame frame) => StillWriter.Write(path, frame, StillFormat.Png8, hasAlpha: false);
}
