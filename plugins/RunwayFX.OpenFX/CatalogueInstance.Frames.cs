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
        if (!Host.HasTemporalAccess) return false;
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, time);
        if (effect.IndexOf(EffectCatalog.TimeModeName) >= 0) return GetFramesOfExtension(parameters, time, frames);
        FrameNeeds needs = new(effect, parameters.Numbers, time);
        FrameRanges ranges = new(stackalloc OfxRangeD[FrameNeeds.RangesMax], stackalloc OfxRangeD[FrameNeeds.RangesMax]);
        if (effect.WireId == EffectCatalog.Style.WireId) needs.Style(scratch.Keyframes(Text(parameters, EffectCatalog.KeyframesName)), ref ranges);
        if (effect.WireId == EffectCatalog.Remove.WireId) needs.Removal(ref ranges);
        if (effect.WireId == EffectCatalog.Perform.WireId) needs.Performance(RestFrameOf(parameters), ref ranges);
        if (effect.WireId == EffectCatalog.Generate.WireId)
        {
            bool hasPicture = Text(parameters, EffectCatalog.ReferencePathName).Length > 0, hasStructure = Text(parameters, EffectCatalog.StructurePathName).Length > 0;
            needs.Generation(GenerateChoice.Timing(parameters, SourceFrames), hasPicture, hasStructure, ref ranges);
        }

        return ranges.Tell(effect, frames, HasSource);
    }

    private string Text(InstanceParameters parameters, string name) => effect.IndexOf(name) is >= 0 and int index ? parameters.Texts[index] : "";

    /// <summary>What a continuation or repair looks at, and what a frame's new area is filled from.</summary>
    private bool GetFramesOfExtension(InstanceParameters parameters, double time, FramesNeeded frames)
    {
        OfxRangeD? inTime = TimeChoice.Needed(parameters, SourceFrames, time), clip = TimeChoice.Known(SourceFrames);
        OfxRectD? source = SourceRegion(time);
        bool isAsItIs = source is { } region && CanvasChoice.Resolve(parameters, Host) == CanvasChoice.Grow && CanvasChoice.GrownRegion(parameters, region) == region;
        if (isAsItIs) return inTime is { } needed && frames.Set(EffectDefinition.SourceClipName, needed);
        FrameRanges ranges = new(stackalloc OfxRangeD[FrameNeeds.RangesMax], [], clip);
        ranges.Add(0, time, time);
        if (inTime is { } made) ranges.Add(0, made.min, made.max);
        double aspect = Context.FindClip(EffectDefinition.SourceClipName)?.PixelAspect ?? 1;
        (double width, double height) = source is { } area ? ((area.x2 - area.x1) / aspect, area.y2 - area.y1) : (0, 0);
        new FrameNeeds(effect, parameters.Numbers, time).Canvas(clip?.min ?? EffectCatalog.FrameMin, width, height, ref ranges);
        return ranges.Tell(effect, frames, HasSource);
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
