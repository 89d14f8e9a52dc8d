using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>Works out once what all frames beyond a join are made of.</summary>
internal static class ContinuationBuilder
{
    /// <summary>Good frames from which the place behind an object is taken.</summary>
    private const int BehindSamplesMax = 15;

    /// <summary>Reduced pixels by which objects are grown before they are taken out.</summary>
    private const int ObjectMargin = 3;

    /// <summary>Pixels filled between two questions for cancellation: a few milliseconds.</summary>
    private const int AskEvery = 4096;

    /// <summary>Looks at the good frames and plans.</summary>
    public static Continuation Build(ContinuationKey key, IHostFrames frames, IProgress<double> progress, CancellationToken cancellation)
    {
        ReducedClip clip = Gather(key, frames, progress, cancellation);
        ContinuationPlan plan = ContinuationPlanner.Plan(clip, key.Steps, key.FrameRate, key.Seed, Environment.ProcessorCount, cancellation);
        progress.Report(0.8);
        GoodFrameSource source = new(key, clip.Count, frames, progress, cancellation);
        if (!source.TryGet(clip.Count - 1, out Frame? join))
            throw new PipelineException(PipelineError.SourceMissing, $"the host gives no source frame at time {key.Join}");
        (Frame behind, int originX, int originY) = Behind(source, plan, join);
        return new(plan, behind, originX, originY, [.. plan.Sprites.Select(sprite => RefineShift(source, plan, sprite, join))]);
    }

    private static ReducedClip Gather(ContinuationKey key, IHostFrames frames, IProgress<double> progress, CancellationToken cancellation)
    {
        // From the join backwards, so that a frame that is missing ends the stretch; then in order.
        List<Frame> small = [];
        GoodFrameSource source = new(key, 1, frames, progress, cancellation);
        ReducedClip clip = new(key.Window.Width, key.Window.Height);
        for (int back = 0; back < key.Good && source.TryGet(-back, out Frame? picture); back++)
        {
            small.Add(Resampling.Resize(source.ToGuide(picture), clip.Width, clip.Height, ResamplingFilter.Area, cancellation));
            progress.Report(0.6 * (back + 1) / key.Good);
        }

        for (int index = small.Count - 1; index >= 0; index--) clip.AddReduced(small[index]);
        return clip;
    }

    private static (Frame Behind, int OriginX, int OriginY) Behind(GoodFrameSource source, ContinuationPlan plan, Frame join)
    {
        ReducedClip clip = plan.Layer.Clip;
        (int left, int top, int right, int bottom) = Reach(plan, join);
        Frame behind = new(right - left, bottom - top);
        bool[] isHole = new bool[behind.Width * behind.Height];
        byte[] objects = Grown(plan, clip.Count - 1);
        List<int> holes = [];
        for (int y = 0; y < behind.Height; y++)
        {
            source.Cancellation.ThrowIfCancellationRequested();
            for (int x = 0; x < behind.Width; x++)
            {
                int fullX = x + left, fullY = y + top, pixel = y * behind.Width + x;
                bool isInside = (uint)fullX < (uint)join.Width && (uint)fullY < (uint)join.Height;
                if (isInside) join.Row(fullY).Slice(fullX * Frame.Channels, Frame.Channels).CopyTo(behind.Pixels.AsSpan(pixel * Frame.Channels));
                if (isInside && !IsObject(objects, clip, fullX, fullY)) continue;
                isHole[pixel] = true;
                holes.Add(pixel);
            }
        }

        FillFromOthers(source, plan, behind, left, top, holes, isHole);
        if (Array.IndexOf(isHole, true) >= 0)
        {
            HoleMask mask = new(behind.Width, behind.Height, isHole);
            CompletionField field = PatchCompletion.Complete(source.ToGuide(behind), mask, new CompletionOptions { Seed = source.Key.Seed }, null,
                source.Cancellation);
            behind = SeamBlend.Apply(behind, field, 16, Environment.ProcessorCount, source.Cancellation);
        }

        return (behind, -left, -top);
    }

    /// <summary>The rectangle that all made-up frames see, in the join frame's pixels.</summary>
    private static (int Left, int Top, int Right, int Bottom) Reach(ContinuationPlan plan, Frame join)
    {
        double left = 0, top = 0, right = join.Width - 1, bottom = join.Height - 1;
        for (int step = 1; step <= plan.Count; step++)
        {
            CameraStep view = Places.AtFullSize(plan.View(step), plan.Layer.Clip);
            foreach ((int cornerX, int cornerY) in ((int, int)[])[(0, 0), (join.Width - 1, 0), (0, join.Height - 1), (join.Width - 1, join.Height - 1)])
            {
                (double x, double y) = view.Apply(cornerX, cornerY);
                (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
            }
        }

        return ((int)Math.Floor(left), (int)Math.Floor(top), (int)Math.Ceiling(right) + 1, (int)Math.Ceiling(bottom) + 1);
    }

    /// <summary>Fills what an object hides, or the join frame does not reach, with the median of good frames that see it free.</summary>
    private static void FillFromOthers(GoodFrameSource source, ContinuationPlan plan, Frame behind, int left, int top, List<int> holes, bool[] isHole)
    {
        if (holes.Count == 0) return;
        ReducedClip clip = plan.Layer.Clip;
        int first = plan.Layer.First, count = clip.Count - 1 - first, samples = Math.Min(BehindSamplesMax, count);
        if (samples < 1) return;
        float[] values = new float[holes.Count * (long)Frame.Channels * samples <= Array.MaxLength ? holes.Count * Frame.Channels * samples : 0];
        byte[] have = new byte[holes.Count];
        float[] pixel = new float[Frame.Channels];
        for (int sample = 0; sample < samples; sample++)
        {
            int frame = clip.Count - 2 - (int)((long)sample * count / samples);
            if (!source.TryGet(frame, out Frame? picture)) continue;
            byte[] objects = Grown(plan, frame);
            CameraStep toFrame = Places.AtFullSize(plan.Layer.Camera.ToLast(frame).Inverse(), clip);
            for (int hole = 0; hole < holes.Count; hole++)
            {
                if (hole % AskEvery == 0) source.Cancellation.ThrowIfCancellationRequested();
                int x = holes[hole] % behind.Width + left, y = holes[hole] / behind.Width + top;
                if (IsObject(objects, clip, x, y)) continue;
                (double atX, double atY) = toFrame.Apply(x, y);
                if (!(atX >= 0 && atY >= 0 && atX <= picture.Width - 1 && atY <= picture.Height - 1)) continue;
                Places.Sample(picture, atX, atY, pixel);
                pixel.CopyTo(values.AsSpan((hole * samples + have[hole]++) * Frame.Channels));
            }
        }

        Span<float> sorted = stackalloc float[BehindSamplesMax];
        for (int hole = 0; hole < holes.Count; hole++)
        {
            if (hole % AskEvery == 0) source.Cancellation.ThrowIfCancellationRequested();
            int seen = have[hole];
            if (seen == 0) continue;
            isHole[holes[hole]] = false;
            for (int channel = 0; channel < Frame.Channels; channel++)
            {
                for (int sample = 0; sample < seen; sample++) sorted[sample] = values[(hole * samples + sample) * Frame.Channels + channel];
                sorted[..seen].Sort();
                behind.Pixels[holes[hole] * Frame.Channels + channel] = sorted[seen / 2];
            }
        }
    }

    /// <summary>What a sprite moves in a cycle, to the pixel: the reduced shift, improved on the pictures themselves.</summary>
    private static (int X, int Y) RefineShift(GoodFrameSource source, ContinuationPlan plan, Sprite sprite, Frame join)
    {
        ReducedClip clip = plan.Layer.Clip;
        (int X, int Y) start = ((int)Math.Round(sprite.ShiftX * clip.ScaleX), (int)Math.Round(sprite.ShiftY * clip.ScaleY));
        int radius = (int)Math.Ceiling(Math.Max(clip.ScaleX, clip.ScaleY));
        int before = clip.Count - 1 - sprite.Frames.Count;
        if (before < plan.Layer.First || !plan.Layer.Camera.IsStill || !source.TryGet(before, out Frame? earlier)) return start;
        SpriteFrame last = sprite.Frames[^1];
        (int X, int Y) best = start;
        double bestCost = double.MaxValue;
        for (int y = start.Y - radius; y <= start.Y + radius; y++)
        {
            source.Cancellation.ThrowIfCancellationRequested();
            for (int x = start.X - radius; x <= start.X + radius; x++)
            {
                double cost = Difference(source, clip, last, join, earlier, x, y) + 1e-4 * (Math.Abs(x - start.X) + Math.Abs(y - start.Y));
                if (cost < bestCost) (bestCost, best) = (cost, (x, y));
            }
        }

        return best;
    }

    private static double Difference(GoodFrameSource source, ReducedClip clip, SpriteFrame shape, Frame now, Frame earlier, int shiftX, int shiftY)
    {
        double sum = 0;
        int count = 0;
        for (int y = 0; y < shape.Height; y++)
        {
            for (int x = 0; x < shape.Width; x++)
            {
                if (shape.Mask[y * shape.Width + x] == 0) continue;
                // One pixel at full size for each reduced one is enough to tell.
                int fullX = (int)((shape.Left + x + 0.5) * clip.ScaleX), fullY = (int)((shape.Top + y + 0.5) * clip.ScaleY);
                int fromX = fullX - shiftX, fromY = fullY - shiftY;
                if ((uint)fullX >= (uint)now.Width || (uint)fullY >= (uint)now.Height || (uint)fromX >= (uint)now.Width || (uint)fromY >= (uint)now.Height) continue;
                (float red, float green, float blue) = source.ToGuide(now.Row(fullY).Slice(fullX * Frame.Channels, Frame.Channels));
                (float r, float g, float b) = source.ToGuide(earlier.Row(fromY).Slice(fromX * Frame.Channels, Frame.Channels));
                sum += Math.Min(0.25f, Math.Abs(red - r) + Math.Abs(green - g) + Math.Abs(blue - b));
                count++;
            }
        }

        return count == 0 ? double.MaxValue : sum / count;
    }

    private static byte[] Grown(ContinuationPlan plan, int frame) => plan.Layer.GrownMask(frame, ObjectMargin);

    private static bool IsObject(byte[] mask, ReducedClip clip, int fullX, int fullY)
    {
        int x = (int)Math.Floor((fullX + 0.5) / clip.ScaleX), y = (int)Math.Floor((fullY + 0.5) / clip.ScaleY);
        return (uint)x < (uint)clip.Width && (uint)y < (uint)clip.Height && mask[y * clip.Width + x] != 0;
    }
}
