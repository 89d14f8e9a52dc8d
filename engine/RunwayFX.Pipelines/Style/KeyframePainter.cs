using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Pipelines.Style;

/// <summary>Repaints a clip as one or more of its frames were painted: forwards from the painted frame before, backwards from the one behind, and where both
/// reach, whichever fits better (Jamriška et al., "Stylizing Video by Example", 2019).</summary>
/// <remarks>A walk knows nothing of the other, so both keep their blocks, and nothing depends on the order of requests. Thread-safe.</remarks>
internal sealed class KeyframePainter(StyleSequence sequence, BoundedCache cache)
{
    /// <summary>Share by which the choice of a frame before, moved along, counts beside the frame's own.</summary>
    private const float ChoiceMemory = 0.6f;

    /// <summary>Width of the surroundings that decide with a pixel, in pixels of the working resolution.</summary>
    private const double ChoiceSigma = 5;

    /// <summary>Squared difference (0–255, sum of three channels) that both sides have at least: what noise makes.</summary>
    private const float NoiseFloor = 150;

    /// <summary>Share of the way between two paintings over which places change from one to the other, before and after the middle: each place at a moment of its
    /// own, so that at any time nearly all of the picture is one painting or the other and not a mix of both.</summary>
    private const float ChangeReach = 0.25f;

    /// <summary>Softness of the borders between places, in pixels of the working resolution.</summary>
    private const double SeamSigma = 1.5;

    /// <summary>Frames over which one place changes.</summary>
    private const float ChangeFrames = 4;

    /// <summary>Size of the places that change together, in pixels of the working resolution.</summary>
    private const int PlaceSide = 64;

    private enum KeyKind
    {
        Reference = 101,
        Walk = 102,
        Choice = 103,
        Flow = 104,
    }

    /// <summary>Paints the render's frame.</summary>
    /// <returns>The painted frame and its source, both display-like. The painted frame is the caller's.</returns>
    /// <exception cref="PipelineException">A painting is missing, or the clip has no such frame.</exception>
    public (Frame Painted, DisplayRows Display) Paint(StyleRender render, StyleKeyframe[] keyframes, IProgress<double> progress)
    {
        double time = render.Job.Time;
        (StyleKeyframe? before, StyleKeyframe? after) = StyleKeyframes.Around(keyframes, time);
        if (!render.IsSequence)
        {
            bool isAfter = before is null || (after is { } next && next.Frame - time < time - before.Value.Frame);
            Walk nearest = Begin(render, (isAfter ? after : before)!.Value, isAfter ? -1 : 1);
            SequenceRequest request = nearest.At(time)!;
            SequencePainting still = nearest.Keyframe.Frame == time
                ? sequence.Paint(request, progress, render.Cancellation) : new(sequence.PaintStill(request, progress, render.Cancellation), null, 1);
            return (render.Compose(still, nearest.Style), request.Frame.Display);
        }

        Walk? forward = before is { } earlier ? Begin(render, earlier, 1) : null, backward = after is { } later ? Begin(render, later, -1) : null;
        if (forward is null || backward is null) return PaintOneSided(render, (forward ?? backward)!, progress);

        float[] choice = Choose(render, forward, backward, progress);
        (SequenceRequest ahead, SequenceRequest back) = (forward.At(time)!, backward.At(time)!);
        SequencePainting first = sequence.Paint(ahead, null, render.Cancellation), second = sequence.Paint(back, null, render.Cancellation);
        Frame one = render.Compose(first, forward.Style), other = render.Compose(second, backward.Style, isSecond: true);
        Frame joined = KeyframeBlend.Apply(one, other, Shares(render, one, other, forward, backward, choice), StyleRender.Threads, render.Cancellation);
        FramePool.Return(one);
        FramePool.Return(other);
        return (joined, ahead.Frame.Display);
    }

    /// <summary>The backward painting's share at each pixel of the frame. Borders of places are settled at half the working resolution.</summary>
    private static float[] Shares(StyleRender render, Frame one, Frame other, Walk forward, Walk backward, float[] choice)
    {
        float length = backward.Keyframe.Frame - forward.Keyframe.Frame, steepness = Math.Clamp(length / ChangeFrames, 2, 24), certain = 0.5f / steepness;
        float[] large = new float[render.Width * render.Height];
        bool mayShowOne = choice.AsSpan().ContainsAnyInRange(-certain, float.MaxValue), mayShowOther = choice.AsSpan().ContainsAnyInRange(float.MinValue, certain);
        if (!mayShowOne) Array.Fill(large, 1);
        if (!mayShowOne || !mayShowOther) return large;

        Frame oneSmall = StyleReference.Shrunk(one, forward.Style.Halvings + 1, render.Cancellation);
        Frame otherSmall = StyleReference.Shrunk(other, forward.Style.Halvings + 1, render.Cancellation);
        float[] shares = new float[oneSmall.Width * oneSmall.Height];
        Resampling.Resize(choice, forward.Style.Work.Width, forward.Style.Work.Height, 1, shares, oneSmall.Width, oneSmall.Height, ResamplingFilter.Area, render.Cancellation);
        PlaceBorders.Settle(shares, oneSmall, otherSmall, StyleRender.Threads, render.Cancellation);
        for (int at = 0; at < shares.Length; at++) shares[at] = Math.Clamp(0.5f - steepness * shares[at], 0, 1);
        Resampling.Resize(shares, oneSmall.Width, oneSmall.Height, 1, large, render.Width, render.Height, ResamplingFilter.Bilinear, render.Cancellation);
        return large;
    }

    private (Frame Painted, DisplayRows Display) PaintOneSided(StyleRender render, Walk walk, IProgress<double> progress)
    {
        SequenceRequest request = walk.At(render.Job.Time)!;
        return (render.Compose(sequence.Paint(request, progress, render.Cancellation), walk.Style), request.Frame.Display);
    }

    private static Walk Begin(StyleRender render, StyleKeyframe keyframe, int direction)
    {
        Frame painting = render.ReadPainting(keyframe);
        SequenceFrame? frame = render.Fetch(keyframe.Frame, () => throw new InvalidOperationException());
        if (frame is null)
        {
            throw new PipelineException(PipelineError.ReferenceMissing,
                $"painted frame {keyframe.Frame}: the host gave no {EffectDefinition.SourceClipName} frame of {render.Width}×{render.Height} pixels there");
        }

        UInt128 settings = render.Settings.Key(StyleSettings.Hash(painting), render.Width, render.Height);
        UInt128 key = StyleSettings.Combine(settings, frame.Hash, (int)KeyKind.Reference);
        StyleReference style = render.Reference(key, () => StyleReference.FromPainting(painting, frame.Display, render.Settings, render.Cancellation));
        UInt128 recipe = StyleSettings.Combine(key, (UInt128)(int)KeyKind.Walk, direction * (keyframe.Frame + 2 * StyleKeyframes.FrameMax));
        return new Walk(render, keyframe, direction, style, recipe);
    }

    /// <summary>Which walk fits better at each pixel of the working resolution, −1 to 1: above 0 the forward one. The choice of the frames before is moved along, so
    /// that it does not flicker.</summary>
    private float[] Choose(StyleRender render, Walk forward, Walk backward, IProgress<double> progress)
    {
        double time = render.Job.Time;
        float[]? choice = null;
        SequenceFrame? last = null;
        for (int back = StyleKeyframes.ChoiceFrames; back >= 0; back--)
        {
            double at = time - back;
            if (at < forward.Keyframe.Frame) continue;
            if (forward.At(at) is not { } ahead || backward.At(at) is not { } behind) continue;
            float[] own = Difference(render, forward, backward, ahead, behind, back == 0 ? progress : null);
            if (choice is not null)
            {
                FlowField motion = Motion(render, ahead.Frame, last!, forward.Style.Halvings);
                choice = Moved(choice, motion);
                for (int index = 0; index < own.Length; index++) choice[index] = (ChoiceMemory * choice[index] + own[index]) / (1 + ChoiceMemory);
            }

            choice ??= (float[])own.Clone();
            last = ahead.Frame;
        }

        return choice!;
    }

    /// <summary>By how much the backward walk's colours fit worse than the forward walk's, as a share of both, each counting more the farther its keyframe is. Where
    /// both fit alike it falls from 1/2 to −1/2 on the way, at each place a little earlier or later.</summary>
    private float[] Difference(StyleRender render, Walk forward, Walk backward, SequenceRequest ahead, SequenceRequest back, IProgress<double>? progress)
    {
        PaintedFrame one = sequence.Paint(ahead, progress, render.Cancellation).Current, other = sequence.Paint(back, progress, render.Cancellation).Current;
        UInt128 key = StyleSettings.Combine(StyleSettings.Combine(forward.Recipe, backward.Recipe, (int)KeyKind.Choice), ahead.Frame.Hash,
            BitConverter.DoubleToInt64Bits(ahead.Time));
        if (cache.TryGet(key, out Fit? known) && known.One == one && known.Other == other) return known.Values;
        Frame small = ahead.Frame.Small(render.Cancellation);
        double length = backward.Keyframe.Frame - forward.Keyframe.Frame, into = ahead.Time - forward.Keyframe.Frame;
        float weightOne = (float)(0.5 + into / length), weightOther = (float)(1.5 - into / length);
        float[] sides = new float[2 * small.Width * small.Height], values = new float[small.Width * small.Height];
        for (int index = 0; index < values.Length; index++)
        {
            if (index % small.Width == 0) render.Cancellation.ThrowIfCancellationRequested();
            sides[2 * index] = NoiseFloor + Misfit(small, index, backward.Style, other.Field.Matches[index]);
            sides[2 * index + 1] = NoiseFloor + Misfit(small, index, forward.Style, one.Field.Matches[index]);
        }

        GaussianBlur.Apply(sides, small.Width, small.Height, 2, ChoiceSigma, render.Cancellation);
        PlaceNoise noise = new(PlaceSide, (ulong)render.Settings.Seed);
        for (int index = 0; index < values.Length; index++)
        {
            if (index % small.Width == 0) render.Cancellation.ThrowIfCancellationRequested();
            float later = sides[2 * index], earlier = sides[2 * index + 1];
            int place = one.Field.Matches[index];
            values[index] = (weightOther * later - weightOne * earlier) / (later + earlier)
                + ChangeReach * noise.At(Synthesis.Patches.MatchField.X(place), Synthesis.Patches.MatchField.Y(place));
        }

        GaussianBlur.Apply(values, small.Width, small.Height, 1, SeamSigma, render.Cancellation);
        cache.Put(key, new Fit(one, other, values), values.Length * 4L + one.Bytes + other.Bytes);
        return values;
    }

    private static float Misfit(Frame small, int index, StyleReference style, int match)
    {
        int offset = style.Work.Offset(Synthesis.Patches.MatchField.X(match), Synthesis.Patches.MatchField.Y(match)) + StyleGuides.StyleChannels;
        float sum = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            float difference = StyleGuides.Quantise(small.Pixels[Frame.Channels * index + channel] * 255) - style.Work.Bytes[offset + channel];
            sum += difference * difference;
        }

        return sum;
    }

    private FlowField Motion(StyleRender render, SequenceFrame now, SequenceFrame before, int halvings)
    {
        UInt128 key = StyleSettings.Combine(now.Hash, before.Hash, ((long)KeyKind.Flow << 32) + halvings);
        if (cache.TryGet(key, out FlowField? motion)) return motion;
        FlowPicture young = Picture(now), old = Picture(before);
        motion = OpticalFlow.Estimate(young, old, new FlowOptions { Threads = StyleRender.Threads }, null, render.Cancellation);
        cache.Put(key, motion, motion.X.Length * 8L);
        return motion;

        FlowPicture Picture(SequenceFrame frame) =>
            FlowPicture.FromDisplay(frame.Small(render.Cancellation), render.Cancellation);
    }

    private static float[] Moved(float[] values, FlowField motion)
    {
        float[] moved = new float[values.Length];
        for (int index = 0; index < values.Length; index++)
        {
            int x = (int)Math.Clamp(index % motion.Width + motion.X[index] + 0.5f, 0, motion.Width - 1);
            int y = (int)Math.Clamp(index / motion.Width + motion.Y[index] + 0.5f, 0, motion.Height - 1);
            moved[index] = values[y * motion.Width + x];
        }

        return moved;
    }

    private sealed record Fit(PaintedFrame One, PaintedFrame Other, float[] Values);

    /// <summary>A walk from a painted frame in one direction. Time runs with it: backwards it has the other sign.</summary>
    private sealed class Walk(StyleRender render, StyleKeyframe keyframe, int direction, StyleReference style, UInt128 recipe)
    {
        public StyleKeyframe Keyframe => keyframe;

        public StyleReference Style => style;

        public UInt128 Recipe => recipe;

        /// <summary>What to ask the sequence for at a time of the clip; null where the clip has no frame.</summary>
        public SequenceRequest? At(double time) => Fetch(direction * time) is not { } frame ? null
            : new SequenceRequest(recipe, Fetch, direction * time, frame) { Keyframe = direction * keyframe.Frame };

        private SequenceFrame? Fetch(double time) => render.Fetch(direction * time, () => style);
    }
}
