using System.Diagnostics;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;
using RunwayFX.Media;
using RunwayFX.Pipelines.Remove;

namespace RunwayFX.Benchmarks;

/// <summary>The clip rows of <see cref="CompletionBench"/>.</summary>
/// <remarks><b>Warp error</b> = mean absolute difference, in 8-bit steps over red, green and blue, between frame t and frame t − 1 fetched along the truth's
/// own flow, over the hole's pixels where the truth's flow there and back agree: the same places and vectors for the truth and for the fill.
/// <b>Texture</b> as for stills, mean over three frames; the truth's own stands beside it, which people who walk through the hole raise, and where the camera
/// stands still that of the truth without them: each pixel of the hole from the frame in which it has its median luma.</remarks>
internal static class ClipCompletion
{
    private const double WarpRatioMax = 2, SecondsMax = 3;

    /// <summary>Measures one clip.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="yardstick">Seconds of the yardstick kernel.</param>
    /// <param name="folder">Where the pictures go; null for nowhere.</param>
    /// <param name="sheet">Rows of pictures side by side; with a folder, the middle frame is added.</param>
    public static IEnumerable<BenchRow> Measure(ClipHole clip, double yardstick, string? folder, List<IReadOnlyList<Frame?>> sheet)
    {
        string name = $"completion.{clip.Name}";
        Frame[] covered = [.. clip.Frames.Select((frame, t) => Covered(frame, clip.Holes[t]))];
        RemovalHost host = new(covered, [.. clip.Holes.Select(hole => StillHoles.Mask(hole, ClipHoles.Width))]);
        RemovePipeline pipeline = new();
        long start = Stopwatch.GetTimestamp();
        Frame[] filled = [.. Enumerable.Range(0, covered.Length).Select(t => host.Remove(pipeline, t))];
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / covered.Length;
        if (folder is not null)
        {
            sheet.Add([covered[filled.Length / 2], filled[filled.Length / 2], clip.Frames[filled.Length / 2]]);
            string to = Directory.CreateDirectory(Path.Combine(folder, clip.Name)).FullName;
            for (int t = 0; t < filled.Length; t++)
            {
                StillWriter.Write(Path.Combine(to, $"covered-{t:00}.png"), covered[t], StillFormat.Png8, hasAlpha: false);
                StillWriter.Write(Path.Combine(to, $"ours-{t:00}.png"), filled[t], StillFormat.Png8, hasAlpha: false);
                StillWriter.Write(Path.Combine(to, $"truth-{t:00}.png"), clip.Frames[t], StillFormat.Png8, hasAlpha: false);
            }
        }

        (double truth, double ours) = WarpErrors(clip, filled);
        double texture = Texture(clip, filled);
        yield return new BenchRow($"{name}.hole", 100.0 * clip.Holes[0].Count(hole => hole) / clip.Holes[0].Length, "%");
        yield return new BenchRow($"{name}.warp-truth", truth, "steps");
        yield return new BenchRow($"{name}.warp", ours, "steps", WarpRatioMax * truth);
        yield return new BenchRow($"{name}.texture-truth", Texture(clip, clip.Frames), "x");
        if (clip.IsStill) yield return new BenchRow($"{name}.texture-truth-empty", Texture(clip, Emptied(clip)), "x");
        yield return new BenchRow($"{name}.texture", texture, "x", CompletionBench.TextureMax);
        yield return new BenchRow($"{name}.texture-least", texture, "x", CompletionBench.TextureMin) { IsFloor = true };
        yield return new BenchRow($"{name}.psnr-in-hole", Psnr(clip, filled), "dB");
        yield return new BenchRow($"{name}.seconds-per-frame", seconds, "s", SecondsMax);
        yield return new BenchRow($"{name}.ratio", seconds / yardstick, "x");
    }

    private static Frame Covered(Frame frame, bool[] hole)
    {
        Frame covered = frame.Clone();
        for (int p = 0; p < hole.Length; p++)
        {
            if (hole[p]) (covered.Pixels[4 * p], covered.Pixels[4 * p + 1], covered.Pixels[4 * p + 2]) = (1, 0, 1);
        }

        return covered;
    }

    /// <summary>Mean over the first, the middle and the last frame.</summary>
    private static double Texture(ClipHole clip, Frame[] frames) => Enumerable.Range(0, 3).Average(i =>
    {
        int t = i * (frames.Length - 1) / 2;
        return FillMeasures.TextureOf(MovingPictures.Rgb(frames[t]), clip.Holes[t], ClipHoles.Width);
    });

    /// <summary>The truth with the holes as they mostly are. Each pixel keeps one frame's noise.</summary>
    private static Frame[] Emptied(ClipHole clip)
    {
        Frame[] emptied = [.. clip.Frames.Select(frame => frame.Clone())];
        Parallel.For(0, clip.Holes[0].Length, p =>
        {
            float[] lumas = [.. clip.Frames.Select(frame => Rec709Luma.Of(frame.Pixels[4 * p], frame.Pixels[4 * p + 1], frame.Pixels[4 * p + 2]))];
            int[] order = [.. Enumerable.Range(0, lumas.Length).OrderBy(t => lumas[t])];
            ReadOnlySpan<float> median = clip.Frames[order[order.Length / 2]].Pixels.AsSpan(4 * p, 4);
            for (int t = 0; t < emptied.Length; t++)
            {
                if (clip.Holes[t][p]) median.CopyTo(emptied[t].Pixels.AsSpan(4 * p));
            }
        });
        return emptied;
    }

    private static (double Truth, double Ours) WarpErrors(ClipHole clip, Frame[] filled)
    {
        double truth = 0, ours = 0;
        long count = 0;
        FlowPicture[] pictures = [.. clip.Frames.Select(frame => FlowPicture.FromDisplay(frame))];
        for (int t = 1; t < filled.Length; t++)
        {
            FlowPair flow = OpticalFlow.EstimateBoth(pictures[t], pictures[t - 1], new FlowOptions { Threads = Environment.ProcessorCount });
            Frame truthBefore = flow.Forward.Warp(clip.Frames[t - 1]), oursBefore = flow.Forward.Warp(filled[t - 1]);
            for (int p = 0; p < clip.Holes[t].Length; p++)
            {
                if (!clip.Holes[t][p] || flow.ForwardConsistent[p] == 0) continue;
                count++;
                for (int c = 0; c < 3; c++)
                {
                    truth += Math.Abs(clip.Frames[t].Pixels[4 * p + c] - truthBefore.Pixels[4 * p + c]);
                    ours += Math.Abs(filled[t].Pixels[4 * p + c] - oursBefore.Pixels[4 * p + c]);
                }
            }
        }

        return (truth * 255 / (3 * count), ours * 255 / (3 * count));
    }

    private static double Psnr(ClipHole clip, Frame[] filled)
    {
        double sum = 0;
        long count = 0;
        for (int t = 0; t < filled.Length; t++)
        {
            for (int p = 0; p < clip.Holes[t].Length; p++)
            {
                for (int c = 0; c < 3 && clip.Holes[t][p]; c++, count++)
                {
                    double difference = filled[t].Pixels[4 * p + c] - clip.Frames[t].Pixels[4 * p + c];
                    sum += difference * difference;
                }
            }
        }

        return -10 * Math.Log10(Math.Max(sum / count, 1e-10));
    }
}
