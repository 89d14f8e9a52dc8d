using RunwayFX.Effects;
using CatalogueEffectDefinition = RunwayFX.Effects.EffectDefinition;

namespace RunwayFX.Premiere;

/// <summary>Which other frames a render will ask for, for a program that wants them named beforehand (After Effects). The same frames as the OpenFX plug-in
/// names, cut to the layer.</summary>
/// <remarks>Numbers are those that the engine gets, the program's own choices resolved. Belongs to one plan.</remarks>
internal sealed class PlannedFrames
{
    /// <summary>Most frames of one plan.</summary>
    public const int FramesMax = 200;

    /// <summary>Most memory that the program is asked to hold for a plan, in bytes of 32-bit float pictures at full size.</summary>
    public const long BytesMax = 4L << 30;

    private readonly CatalogueEffectDefinition _effect;
    private readonly double[] _numbers;
    private readonly string[] _texts;
    private readonly double _time, _last, _margin;
    private readonly int _countMax;
    private readonly HashSet<(int Clip, double Time)> _frames = [];

    private PlannedFrames(CatalogueEffectDefinition effect, double[] numbers, string[] texts, in PlannedMoment moment)
    {
        _effect = effect;
        _numbers = numbers;
        _texts = texts;
        _time = moment.Time;
        _last = moment.Last;
        _margin = (FieldOrder)Number(EffectCatalog.FieldOrderName) is FieldOrder.UpperFirst or FieldOrder.LowerFirst ? 1 : 0;
        _countMax = (int)Math.Min(FramesMax, BytesMax / (16L * Math.Max(1, moment.Width) * Math.Max(1, moment.Height)));
    }

    /// <summary>The other frames by clip, the program's own order of asking; null where there are too many to be named. Empty where the frame is made from
    /// itself alone.</summary>
    public static IReadOnlyCollection<(int Clip, double Time)>? Of(CatalogueEffectDefinition effect, double[] numbers, string[] texts, in PlannedMoment moment)
    {
        PlannedFrames planned = new(effect, numbers, texts, moment);
        bool fits = effect.WireId switch
        {
            _ when effect.WireId == EffectCatalog.Style.WireId => planned.AddStyle(),
            _ when effect.WireId == EffectCatalog.Remove.WireId => moment.IsInteractive || planned.AddRemoval(),
            _ when effect.WireId == EffectCatalog.Extend.WireId => planned.AddExtension(moment),
            _ when effect.WireId == EffectCatalog.Generate.WireId => moment.IsInteractive || planned.AddGeneration(),
            _ when effect.WireId == EffectCatalog.Perform.WireId => planned.AddPerformance(),
            _ => true,
        };
        return fits ? planned._frames : null;
    }

    private bool AddStyle()
    {
        if (Number("temporalStability") <= 0) return AddKeyframes(isSteady: false);
        if (Number(EffectCatalog.MethodName) == (double)EffectMethod.Model) return AddAnchors();
        if (Number(EffectCatalog.QualityName) == (double)QualityLevel.Draft) return AddKeyframes(isSteady: false);
        if (HasKeyframes(out _)) return AddKeyframes(isSteady: true);
        int style = Number("styleFromClip") != 0 ? ClipOf(EffectCatalog.StyleClipName) : -1;
        return AddWalk(0) && (style < 0 || AddWalk(style));
    }

    private bool HasKeyframes(out StyleKeyframe[] keyframes) =>
        StyleKeyframes.Read(_texts[_effect.IndexOf(EffectCatalog.KeyframesName)], out keyframes) is null && keyframes.Length > 0;

    private bool AddKeyframes(bool isSteady)
    {
        if (!HasKeyframes(out StyleKeyframe[] keyframes)) return true;
        (StyleKeyframe? before, StyleKeyframe? after) = StyleKeyframes.Around(keyframes, _time);
        (double first, double last) = isSteady ? StyleKeyframes.Reach(keyframes, _time) : (_time, _time);
        double from = (before ?? after)!.Value.Frame, to = (after ?? before)!.Value.Frame;
        return Add(0, from, from) && Add(0, first, last) && Add(0, to, to);
    }

    private bool AddAnchors()
    {
        int distance = (int)Math.Max(1, Number(EffectCatalog.AnchorFramesName));
        double before = StyleAnchors.Before(_time, distance), after = before == _time ? before : before + distance;
        for (double anchor = StyleAnchors.ChainStart(before, distance); anchor < before; anchor += distance)
        {
            if (!Add(0, anchor, anchor)) return false;
        }

        return Add(0, before, after);
    }

    private bool AddWalk(int clip)
    {
        double start = TemporalBlocks.WalkStart(_time), anchor = TemporalBlocks.Anchor(start), lastAnchor = TemporalBlocks.Anchor(_time);
        return Add(clip, anchor, anchor) && Add(clip, lastAnchor, lastAnchor) && Add(clip, start, _time);
    }

    private bool AddRemoval()
    {
        double radius = Number(EffectCatalog.TemporalRadiusName);
        if (radius <= 0) return true;
        (double first, double last) = TemporalBlocks.Around(_time, radius);
        return Add(0, first, last) && (Number(EffectCatalog.MaskFromClipName) == 0 || Add(ClipOf(EffectCatalog.MaskClipName), first, last));
    }

    private bool AddExtension(in PlannedMoment moment)
    {
        TimeMode mode = (TimeMode)Number(EffectCatalog.TimeModeName);
        if (mode != TimeMode.Off)
        {
            (double from, double to) = TimeReach.Of(mode, _time, Number("firstGoodFrame"), Number("lastGoodFrame"), Number("loop") != 0);
            if (!Add(0, from, to)) return false;
        }

        if (moment.IsInteractive) return true;
        (double first, double last) = ExtendBlocks.Painted(_time);
        if (Number(EffectCatalog.MethodName) == (double)EffectMethod.Model && !Add(0, first, last)) return false;
        if (!Add(0, _time - ExtendBlocks.BorderFrames, _time + ExtendBlocks.BorderFrames)) return false;
        int samples = ExtendBlocks.CountSamples(moment.Width, moment.Height);
        (double own, double near, double far, double begin) = ExtendBlocks.Plates(_time, 0);
        foreach (double block in (ReadOnlySpan<double>)[own, near, far, begin])
        {
            for (int index = 0; index < samples; index++)
            {
                double time = ExtendBlocks.Sample(block, index, samples);
                if (!Add(0, time, time)) return false;
            }
        }

        return true;
    }

    private bool AddGeneration()
    {
        GenerateTiming timing = new(Number("firstReferenceFrame"), Number("lastReferenceFrame"), (int)Number(EffectCatalog.FramesName));
        // Where the program does not say how long the layer is, the reference has no known ends.
        if (Number("referenceRange") == (double)ReferenceRange.WholeClip) timing = GenerateTiming.Endless;
        double now = timing.FrameAt(_time);
        if (Number(EffectCatalog.MethodName) == (double)EffectMethod.Model)
            return Add(0, now, now) && (timing == GenerateTiming.Endless || Add(0, timing.First, timing.First));
        bool hasClip = Number(EffectCatalog.StructureFromClipName) != 0, hasPicture = Text(EffectCatalog.ReferencePathName).Length > 0;
        if (Number(EffectCatalog.VariationName) <= 0 && !hasClip && Text(EffectCatalog.StructurePathName).Length == 0) return true;
        (double first, double last) = hasPicture ? (now, now) : timing.Reference(_time);
        if (!Add(0, first, last) || !Add(0, now, now)) return false;
        if (!hasClip || hasPicture) return true;
        (first, last) = GenerateBlocks.Made(_time);
        return Add(ClipOf(EffectCatalog.StructureClipName), first, last);
    }

    private bool AddPerformance()
    {
        if (Number(EffectCatalog.MotionKindName) != (double)PerformMotion.Relative) return true;
        double rest = Number(EffectCatalog.RestFrameName);
        return Add(Number(EffectCatalog.DrivingFromClipName) != 0 ? ClipOf(EffectCatalog.DrivingClipName) : 0, rest, rest);
    }

    /// <summary>Adds the frames of a clip that the layer has, but for the one at hand; false where they are too many.</summary>
    private bool Add(int clip, double first, double last)
    {
        first = Math.Max(first - _margin, 0);
        last = Math.Min(last + _margin, _last);
        if (!(first <= last)) return true;
        if (last - first > _countMax) return false;
        for (double time = first; time <= last; time++)
        {
            if (time != _time && _frames.Add((clip, time)) && _frames.Count > _countMax) return false;
        }

        return true;
    }

    private double Number(string name) => _effect.IndexOf(name) is >= 0 and int index ? _numbers[index] : 0;

    private string Text(string name) => _effect.IndexOf(name) is >= 0 and int index ? _texts[index] : "";

    private int ClipOf(string name)
    {
        for (int clip = 0; clip < _effect.Clips.Length; clip++)
        {
            if (_effect.Clips[clip].Name == name) return clip;
        }

        return 0;
    }
}

/// <summary>The frame that is planned.</summary>
/// <param name="Time">Its number.</param>
/// <param name="Last">Number of the layer's last frame.</param>
/// <param name="Width">Width of the layer at full size.</param>
/// <param name="Height">Its height.</param>
/// <param name="IsInteractive">Whether a person waits for it.</param>
internal readonly record struct PlannedMoment(double Time, double Last, int Width, int Height, bool IsInteractive);
