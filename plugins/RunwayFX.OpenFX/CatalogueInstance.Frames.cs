using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>Which frames of its inputs a frame is made from, and which frames the result has.</summary>
internal sealed partial class CatalogueInstance
{
    /// <summary>A frame of the temporal style depends on its block from the block's first frame on, and on the frame that anchors it; a made-up frame depends
    /// on the good frames next to it.</summary>
    public override bool GetFramesNeeded(double time, FramesNeeded frames)
    {
        if (!IsInterlaced(time) || !Host.HasTemporalAccess) return GetWholeFramesNeeded(time, frames);
        FramesNeeded wide = frames.Widened(FieldChoice.MarginFrames);
        return GetWholeFramesNeeded(time, wide) || wide.Set(EffectDefinition.SourceClipName, new OfxRangeD(time, time));
    }

    private bool IsInterlaced(double time)
    {
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, time);
        FieldChoice.Resolve(effect, parameters, Context.FindClip(EffectDefinition.SourceClipName));
        return FieldChoice.IsInterlaced(parameters);
    }

    private bool GetWholeFramesNeeded(double time, FramesNeeded frames)
    {
        if (effect.IsRetimer) return GetRetimedFramesNeeded(time, frames);
        if (effect.WireId == EffectCatalog.Generate.WireId) return GetFramesGenerated(time, frames);
        if (effect.WireId == EffectCatalog.Remove.WireId) return GetFramesOfRemoval(time, frames);
        if (!Host.HasTemporalAccess) return false;
        if (effect.WireId == EffectCatalog.Perform.WireId) return GetFramesOfPerformance(time, frames);
        using FrameScratch scratch = scratches.Rent();
        if (effect.IndexOf(EffectCatalog.TimeModeName) >= 0) return GetFramesOfExtension(scratch.Read(Parameters, time), time, frames);
        return effect.IndexOf("temporalStability") >= 0 && GetFramesOfStyle(scratch, time, frames);
    }

    /// <summary>What a continuation or repair looks at, and what a frame's new area is filled from.</summary>
    private bool GetFramesOfExtension(InstanceParameters parameters, double time, FramesNeeded frames)
    {
        OfxRangeD? inTime = TimeChoice.Needed(parameters, SourceFrames, time), clip = TimeChoice.Known(SourceFrames);
        OfxRectD? source = SourceRegion(time);
        bool isAsItIs = source is { } region && CanvasChoice.Resolve(parameters, Host) == CanvasChoice.Grow && CanvasChoice.GrownRegion(parameters, region) == region;
        if (isAsItIs) return inTime is { } needed && frames.Set(EffectDefinition.SourceClipName, needed);
        FrameRanges ranges = new(stackalloc OfxRangeD[ExtendBlocks.PlatesMax * ExtendBlocks.SamplesMax + 4], clip);
        ranges.Add(time, time);
        if (inTime is { } made) ranges.Add(made.min, made.max);
        bool isPainted = parameters.Number(EffectCatalog.MethodName) == (double)EffectMethod.Model;
        if (isPainted) ranges.Add(ExtendBlocks.Painted(time).First, ExtendBlocks.Painted(time).Last);
        ranges.Add(time - ExtendBlocks.BorderFrames, time + ExtendBlocks.BorderFrames);
        double aspect = Context.FindClip(EffectDefinition.SourceClipName)?.PixelAspect ?? 1;
        int samples = source is { } area ? ExtendBlocks.CountSamples((area.x2 - area.x1) / aspect, area.y2 - area.y1) : ExtendBlocks.SamplesMax;
        (double own, double near, double far, double first) = ExtendBlocks.Plates(time, clip?.min ?? EffectCatalog.FrameMin);
        AddSamples(ref ranges, own, samples);
        AddSamples(ref ranges, near, samples);
        AddSamples(ref ranges, far, samples);
        AddSamples(ref ranges, first, samples);
        return ranges.All.Length > 0 && frames.Set(EffectDefinition.SourceClipName, ranges.All);
    }

    private static void AddSamples(ref FrameRanges ranges, double block, int count)
    {
        for (int index = 0; index < count; index++)
        {
            double time = ExtendBlocks.Sample(block, index, count);
            ranges.Add(time, time);
        }
    }

    private bool GetFramesOfStyle(FrameScratch scratch, double time, FramesNeeded frames)
    {
        InstanceParameters parameters = scratch.Read(Parameters, time);
        if (parameters.Number(EffectCatalog.MethodName) == (double)EffectMethod.Model) return SetAnchors(parameters, time, frames);
        bool isSteady = parameters.Number("temporalStability") > 0;
        StyleKeyframe[] keyframes = scratch.Keyframes(parameters.Texts[effect.IndexOf(EffectCatalog.KeyframesName)]);
        if (keyframes.Length > 0)
        {
            (StyleKeyframe? before, StyleKeyframe? after) = StyleKeyframes.Around(keyframes, time);
            (double first, double last) = isSteady ? StyleKeyframes.Reach(keyframes, time) : (time, time);
            double from = (before ?? after)!.Value.Frame, to = (after ?? before)!.Value.Frame;
            return frames.Set(EffectDefinition.SourceClipName, new OfxRangeD(from, from), new OfxRangeD(first, last), new OfxRangeD(to, to));
        }

        if (!isSteady) return false;
        bool movesStyle = parameters.Number("styleFromClip") != 0;
        if (movesStyle) SetWalk(time, frames, EffectCatalog.StyleClipName);
        return SetWalk(time, frames, EffectDefinition.SourceClipName);
    }

    /// <summary>The frames that a model paints, those from which their noise comes, and those between them.</summary>
    private static bool SetAnchors(InstanceParameters parameters, double time, FramesNeeded frames)
    {
        if (parameters.Number("temporalStability") <= 0) return false;
        int distance = (int)parameters.Number(EffectCatalog.AnchorFramesName, 1);
        double before = StyleAnchors.Before(time, distance), after = before == time ? before : before + distance;
        Span<OfxRangeD> ranges = stackalloc OfxRangeD[StyleAnchors.ChainAnchorsMax + 1];
        int count = 0;
        for (double anchor = StyleAnchors.ChainStart(before, distance); anchor < before; anchor += distance) ranges[count++] = new OfxRangeD(anchor, anchor);
        ranges[count++] = new OfxRangeD(before, after);
        return frames.Set(EffectDefinition.SourceClipName, ranges[..count]);
    }

    private static bool SetWalk(double time, FramesNeeded frames, string clip)
    {
        double walkStart = TemporalBlocks.WalkStart(time), anchor = TemporalBlocks.Anchor(walkStart), lastAnchor = TemporalBlocks.Anchor(time);
        OfxRangeD walk = new(walkStart, time);
        return anchor == lastAnchor
            ? frames.Set(clip, new OfxRangeD(anchor, anchor), walk)
            : frames.Set(clip, new OfxRangeD(anchor, anchor), new OfxRangeD(lastAnchor, lastAnchor), walk);
    }

    /// <summary>A retimed clip is as long as its speed makes it; one that goes on is longer than its source.</summary>
    public override OfxRangeD? GetTimeDomain()
    {
        if (!Host.HasTemporalAccess) return null;
        using FrameScratch scratch = scratches.Rent();
        if (effect.IsRetimer) return SourceMoments.Domain(scratch.Read(Parameters, 0), Context);
        if (effect.IndexOf(EffectCatalog.FramesName) >= 0) return GenerateChoice.Domain(scratch.Read(Parameters, 0), SourceFrames);
        return effect.IndexOf(EffectCatalog.TimeModeName) < 0 ? null : TimeChoice.Domain(scratch.Read(Parameters, 0), SourceFrames);
    }

    private bool GetFramesGenerated(double time, FramesNeeded frames)
    {
        if (!Host.HasTemporalAccess) return false;
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, time);
        if (parameters.Number(EffectCatalog.MethodName) == (double)EffectMethod.Model)
        {
            // A frame of its own, from that of the source which stands for it; or one of a clip that begins with the first.
            double own = SourceFrameAt(parameters, time);
            GenerateTiming reference = GenerateChoice.Timing(parameters, SourceFrames);
            double begin = reference == GenerateTiming.Endless ? own : reference.First;
            return (own != time || begin != time) && HasSource && frames.Set(EffectDefinition.SourceClipName, new OfxRangeD(begin, begin), new OfxRangeD(own, own));
        }

        bool hasStructureClip = parameters.Number(EffectCatalog.StructureFromClipName) != 0;
        bool hasStructure = hasStructureClip || parameters.Texts[effect.IndexOf(EffectCatalog.StructurePathName)].Length > 0;
        if (parameters.Number(EffectCatalog.VariationName) <= 0 && !hasStructure) return false;
        GenerateTiming timing = GenerateChoice.Timing(parameters, SourceFrames);
        bool hasPicture = parameters.Texts[effect.IndexOf(EffectCatalog.ReferencePathName)].Length > 0;
        double now = timing.FrameAt(time);
        (double first, double last) = hasPicture ? (now, now) : timing.Reference(time);
        bool isSet = HasSource && frames.Set(EffectDefinition.SourceClipName, new OfxRangeD(first, last), new OfxRangeD(now, now));
        if (!hasStructureClip) return isSet;
        (first, last) = hasPicture ? (time, time) : GenerateBlocks.Made(time);
        return isSet | frames.Set(EffectCatalog.StructureClipName, new OfxRangeD(first, last), new OfxRangeD(time, time));
    }

    private bool GetFramesOfRemoval(double time, FramesNeeded frames)
    {
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, time);
        double radius = parameters.Number(EffectCatalog.TemporalRadiusName);
        if (!Host.HasTemporalAccess || radius <= 0) return false;
        (double first, double last) = TemporalBlocks.Around(time, radius);
        OfxRangeD around = new(first, last), now = new(time, time);
        bool isSet = frames.Set(EffectDefinition.SourceClipName, around, now);
        return parameters.Number(EffectCatalog.MaskFromClipName) == 0 ? isSet : isSet | frames.Set(EffectCatalog.MaskClipName, around, now);
    }

    private bool GetFramesOfPerformance(double time, FramesNeeded frames)
    {
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, time);
        if (parameters.Number(EffectCatalog.MotionKindName) != (double)PerformMotion.Relative) return false;
        bool hasClip = parameters.Number(EffectCatalog.DrivingFromClipName) != 0;
        double rest = RestFrameOf(parameters);
        return frames.Set(hasClip ? EffectCatalog.DrivingClipName : EffectDefinition.SourceClipName, new OfxRangeD(rest, rest), new OfxRangeD(time, time));
    }

    /// <summary>The frame that shows the performer at rest: the named one, or the first of the clip where the host says which that is.</summary>
    private double RestFrameOf(InstanceParameters parameters)
    {
        string clip = parameters.Number(EffectCatalog.DrivingFromClipName) != 0 ? EffectCatalog.DrivingClipName : EffectDefinition.SourceClipName;
        bool isFirst = parameters.Number(EffectCatalog.RestRangeName) == (double)RestFrame.FirstFrame;
        return isFirst && TimeChoice.Known(Context.FindClip(clip)?.FrameRange) is { } range ? range.min : parameters.Number(EffectCatalog.RestFrameName);
    }

    private bool GetRetimedFramesNeeded(double time, FramesNeeded frames)
    {
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, time);
        double moment = SourceMoments.At(parameters, Context, time), mix = parameters.Number("mix");
        OfxRangeD now = new(time, time);
        if (!Host.HasTemporalAccess || moment == time || mix <= 0) return frames.Set(EffectDefinition.SourceClipName, now);
        OfxRangeD around = SourceMoments.FramesOf(parameters, moment);
        bool isAlone = mix >= 1 && parameters.Number(EffectCatalog.MaskFromClipName) == 0 && parameters.Number(EffectCatalog.OutputKindName) == (double)OutputKind.Result;
        return isAlone ? frames.Set(EffectDefinition.SourceClipName, around) : frames.Set(EffectDefinition.SourceClipName, around, now);
    }

    /// <summary>Whether a frame would be made from others too in a host that gives them; of parameters that are resolved for the engine.</summary>
    private bool UsesOtherFrames(InstanceParameters parameters, double time)
    {
        if (effect.IsRetimer) return parameters.Number("sourceFrame", time) != time;
        if (effect.WireId == EffectCatalog.Perform.WireId) return parameters.Number(EffectCatalog.MotionKindName) == (double)PerformMotion.Relative;
        if (effect.WireId == EffectCatalog.Remove.WireId) return parameters.Number(EffectCatalog.TemporalRadiusName) > 0;
        if (effect.WireId == EffectCatalog.Generate.WireId) return HasSource && parameters.Number(EffectCatalog.VariationName) > 0;
        return effect.IndexOf(EffectCatalog.TimeModeName) >= 0
            ? TimeChoice.ModeOf(parameters) != TimeMode.Off
            : parameters.Number("temporalStability") > 0;
    }
}
