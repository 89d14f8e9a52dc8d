using System.Globalization;
using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Benchmarks;

/// <summary>Fills of stills by OpenCV for Python, measured by the same code as ours and G'MIC's in <see cref="CompletionBench"/>.</summary>
internal static class OpenCvFill
{
    /// <summary>Names of the methods, as in the rows.</summary>
    public static readonly string[] Methods = ["telea", "ns"];

    private const string Script = """
        import sys, time, cv2
        picture, mask = cv2.imread(sys.argv[1]), cv2.imread(sys.argv[2], 0)
        method = cv2.INPAINT_TELEA if sys.argv[4] == 'telea' else cv2.INPAINT_NS
        start = time.perf_counter()
        filled = cv2.inpaint(picture, mask, 5, method)
        print(time.perf_counter() - start)
        cv2.imwrite(sys.argv[3], filled)
        """;

    /// <summary>Rows of all inputs and methods; NaN under a limit where OpenCV or a picture is absent.</summary>
    /// <param name="folder">Where the pictures go.</param>
    public static IEnumerable<BenchRow> Rows(string folder)
    {
        bool isThere = false;
        List<BenchRow> rows = [];
        foreach (string name in StillHoles.Names)
        {
            StillHole? still = StillHoles.Create(name);
            foreach (string method in Methods)
            {
                (Frame? filled, double seconds) = still is null ? (null, double.NaN) : Fill(still, method, folder);
                isThere |= filled is not null;
                FillMeasures? measured = filled is null ? null : new(MovingPictures.Rgb(filled), still!.Hole, StillHoles.Width);
                string row = $"synthesis.opencv-{method}.{name}";
                rows.Add(new BenchRow($"{row}.coherence", measured?.Coherence ?? double.NaN, "mse"));
                rows.Add(new BenchRow($"{row}.boundary", measured?.BoundaryCoherence ?? double.NaN, "mse"));
                rows.Add(new BenchRow($"{row}.texture", measured?.Texture ?? double.NaN, "x"));
                rows.Add(new BenchRow($"{row}.seconds", seconds, "s"));
            }
        }

        return [new BenchRow("synthesis.peer-opencv", isThere ? 1 : 0, "", 1) { IsFloor = true }, .. rows];
    }

    private static (Frame? Filled, double Seconds) Fill(StillHole still, string method, string folder)
    {
        string input = Path.Combine(folder, $"{still.Name}-input.png"), mask = Path.Combine(folder, $"{still.Name}-mask.png");
        string output = Path.Combine(folder, $"{still.Name}-opencv-{method}.png");
        Frame marked = still.Picture.Clone();
        for (int p = 0; p < still.Hole.Length; p++)
        {
            if (still.Hole[p]) marked.Pixels.AsSpan(4 * p, 3).Clear();
        }

        StillWriter.Write(input, marked, StillFormat.Png8, hasAlpha: false);
        StillWriter.Write(mask, StillHoles.Mask(still.Hole, StillHoles.Width), StillFormat.Png8, hasAlpha: false);
        File.Delete(output);
        string? said = ToolRun.Python(Script, input, mask, output, method);
        bool isMeasured = double.TryParse(said?.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
        return isMeasured && File.Exists(output) ? (StillReader.Read(output), seconds) : (null, double.NaN);
    }
}
