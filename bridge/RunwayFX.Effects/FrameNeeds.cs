namespace RunwayFX.Effects;

/// <summary>Takes the frames that a render needs, one run after another.</summary>
public interface INeededFrames
{
    /// <summary>Adds a run of frames.</summary>
    /// <param name="clip">Index of the clip in <see cref="EffectDefinition.Clips"/>.</param>
    /// <param name="first">First frame.</param>
    /// <param name="last">Last frame; runs that end before they begin hold nothing.</param>
    void Add(int clip, double first, double last);
}

/// <summary>Which frames of its inputs the engine makes a frame from. Each plug-in tells its host of them in the host's own way.</summary>
/// <remarks>The engine asks for no other frames; it may ask for fewer. Clips that are not named need the frame at hand alone.</remarks>
/// <param name="effect">The catalogue's table.</param>
/// <param name="numbers">The parameters' numbers, by index in that table.</param>
/// <param name="time">The frame.</param>
public readonly ref struct FrameNeeds(EffectDefinition effect, ReadOnlySpan<double> numbers, double time)
{
    /// <summary>Most runs that a clip's needs consist of.</summary>
    public const int RangesMax = ExtendBlocks.PlatesMax * ExtendBlocks.SamplesMax + 4;

    private const int Source = 0;

    private readonly ReadOnlySpan<double> _numbers = numbers;

    private bool IsModel => Number(EffectCatalog.MethodName) == (double)EffectMethod.Model;

    /// <summary>A frame of the temporal style depends on its block from the block's first frame on, on the frame that anchors it, and on painted frames.</summary>
    /// <param name="keyframes">The painted frames, in their order.</param>
    /// <param name="frames">Takes the frames.</param>
    public void Style<TFrames>(ReadOnlySpan<StyleKeyframe> keyframes, ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        bool isSequence = Number("temporalStability") > 0 && Number(EffectCatalog.QualityName) != (double)QualityLevel.Draft;
        if (IsModel)
        {
            if (isSequence) AddAnchors(ref frames);
        }
        else if (keyframes.Length > 0)
        {
            AddKeyframes(keyframes, isSequence, ref frames);
        }
        else if (isSequence)
        {
            AddWalk(Source, ref frames);
            if (Number("styleFromClip") != 0) AddWalk(effect.IndexOfClip(EffectCatalog.StyleClipName), ref frames);
        }
    }

    /// <summary>A removal looks for what was hidden in a block of frames and some on either side.</summary>
    public void Removal<TFrames>(ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        double radius = Number(EffectCatalog.TemporalRadiusName);
        if (radius <= 0) return;
        (double first, double last) = TemporalBlocks.Around(time, radius);
        AddWithNow(Source, first, last, time, ref frames);
        if (Number(EffectCatalog.MaskFromClipName) != 0) AddWithNow(effect.IndexOfClip(EffectCatalog.MaskClipName), first, last, time, ref frames);
    }

    /// <summary>A larger canvas is filled from samples of the blocks that the frame's own goes back to, and follows objects at the border.</summary>
    /// <param name="clipStart">First frame of the clip; the lowest there is where that is unknown.</param>
    /// <param name="width">Width of the source in pixels; 0 where it is unknown.</param>
    /// <param name="height">Its height.</param>
    /// <param name="frames">Takes the frames.</param>
    public void Canvas<TFrames>(double clipStart, double width, double height, ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        if (IsModel) frames.Add(Source, ExtendBlocks.Painted(time).First, ExtendBlocks.Painted(time).Last);
        frames.Add(Source, time - ExtendBlocks.BorderFrames, time + ExtendBlocks.BorderFrames);
        int samples = ExtendBlocks.CountSamples(width, height);
        (double own, double near, double far, double begin) = ExtendBlocks.Plates(time, clipStart);
        foreach (double block in (ReadOnlySpan<double>)[own, near, far, begin])
        {
            for (int index = 0; index < samples; index++)
            {
                double sample = ExtendBlocks.Sample(block, index, samples);
                frames.Add(Source, sample, sample);
            }
        }
    }

    /// <summary>A variation is made from the reference's frames around its block; a model's picture from the one that stands for it and the first.</summary>
    /// <param name="timing">Which reference frames make which frames of the result.</param>
    /// <param name="hasPicture">Whether the reference is a picture from a file.</param>
    /// <param name="hasStructurePicture">Whether the structure is one.</param>
    /// <param name="frames">Takes the frames.</param>
    public void Generation<TFrames>(in GenerateTiming timing, bool hasPicture, bool hasStructurePicture, ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        double now = timing.FrameAt(time);
        if (IsModel)
        {
            if (timing != GenerateTiming.Endless) frames.Add(Source, timing.First, timing.First);
            frames.Add(Source, now, now);
            return;
        }

        bool hasStructureClip = Number(EffectCatalog.StructureFromClipName) != 0;
        if (Number(EffectCatalog.VariationName) <= 0 && !hasStructureClip && !hasStructurePicture) return;
        (double first, double last) = hasPicture ? (now, now) : timing.Reference(time);
        AddWithNow(Source, first, last, now, ref frames);
        if (!hasStructureClip) return;
        (first, last) = hasPicture ? (time, time) : GenerateBlocks.Made(time);
        AddWithNow(effect.IndexOfClip(EffectCatalog.StructureClipName), first, last, time, ref frames);
    }

    /// <summary>Relative motion starts from the frame that shows the performer at rest.</summary>
    /// <param name="rest">That frame.</param>
    /// <param name="frames">Takes the frames.</param>
    public void Performance<TFrames>(double rest, ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        if (Number(EffectCatalog.MotionKindName) != (double)PerformMotion.Relative) return;
        bool hasClip = Number(EffectCatalog.DrivingFromClipName) != 0;
        AddWithNow(hasClip ? effect.IndexOfClip(EffectCatalog.DrivingClipName) : Source, rest, rest, time, ref frames);
    }

    private static void AddWithNow<TFrames>(int clip, double first, double last, double now, ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        frames.Add(clip, first, last);
        frames.Add(clip, now, now);
    }

    private void AddKeyframes<TFrames>(ReadOnlySpan<StyleKeyframe> keyframes, bool isSequence, ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        (StyleKeyframe? before, StyleKeyframe? after) = StyleKeyframes.Around(keyframes, time);
        (double first, double last) = isSequence ? StyleKeyframes.Reach(keyframes, time) : (time, time);
        double from = (before ?? after)!.Value.Frame, to = (after ?? before)!.Value.Frame;
        frames.Add(Source, from, from);
        frames.Add(Source, first, last);
        frames.Add(Source, to, to);
    }

    /// <summary>The frames that a model paints, those from which their noise comes, and those between them.</summary>
    private void AddAnchors<TFrames>(ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        int distance = (int)Math.Max(1, Number(EffectCatalog.AnchorFramesName));
        double before = StyleAnchors.Before(time, distance), after = before == time ? before : before + distance;
        for (double anchor = StyleAnchors.ChainStart(before, distance); anchor < before; anchor += distance) frames.Add(Source, anchor, anchor);
        frames.Add(Source, before, after);
    }

    private void AddWalk<TFrames>(int clip, ref TFrames frames)
        where TFrames : INeededFrames, allows ref struct
    {
        double start = TemporalBlocks.WalkStart(time), anchor = TemporalBlocks.Anchor(start), lastAnchor = TemporalBlocks.Anchor(time);
        frames.Add(clip, anchor, anchor);
        if (lastAnchor != anchor) frames.Add(clip, lastAnchor, lastAnchor);
        frames.Add(clip, start, time);
    }

    private double Number(string name) => effect.IndexOf(name) is >= 0 and int index ? _numbers[index] : 0;
}
