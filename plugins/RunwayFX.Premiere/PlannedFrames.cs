using RunwayFX.Effects;
using CatalogueEffectDefinition = RunwayFX.Effects.EffectDefinition;

namespace RunwayFX.Premiere;

/// <summary>Which other frames a render will ask for, for a program that wants them named beforehand (After Effects). The same frames as the OpenFX plug-in
/// names, cut to the layer.</summary>
/// <remarks>Numbers are those that the engine gets, the program's own choices resolved. Belongs to one plan.</remarks>
internal sealed class PlannedFrames : INeededFrames
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
    private bool _areTooMany;

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
        planned.AddNeeds(moment);
        return planned._areTooMany ? null : planned._frames;
    }

    private void AddNeeds(in PlannedMoment moment)
    {
        PlannedFrames frames = this;
        FrameNeeds needs = new(_effect, _numbers, _time);
        if (_effect.WireId == EffectCatalog.Style.WireId)
        {
            // Keyframes that cannot be read are the render's error.
            needs.Style(StyleKeyframes.Read(Text(EffectCatalog.KeyframesName), out StyleKeyframe[] keyframes) is null ? keyframes : [], ref frames);
        }

        if (_effect.WireId == EffectCatalog.Perform.WireId) needs.Performance(Number(EffectCatalog.RestFrameName), ref frames);
        if (_effect.WireId == EffectCatalog.Extend.WireId) AddTime();
        // What a person waits for is made from the frame at hand alone, but for time.
        if (moment.IsInteractive) return;
        if (_effect.WireId == EffectCatalog.Remove.WireId) needs.Removal(ref frames);
        if (_effect.WireId == EffectCatalog.Extend.WireId) needs.Canvas(0, moment.Width, moment.Height, ref frames);
        if (_effect.WireId != EffectCatalog.Generate.WireId) return;
        // Where the program does not say how long the layer is, the reference has no known ends.
        GenerateTiming timing = Number("referenceRange") == (double)ReferenceRange.WholeClip
            ? GenerateTiming.Endless
            : new GenerateTiming(Number("firstReferenceFrame"), Number("lastReferenceFrame"), (int)Number(EffectCatalog.FramesName));
        needs.Generation(timing, Text(EffectCatalog.ReferencePathName).Length > 0, Text(EffectCatalog.StructurePathName).Length > 0, ref frames);
    }

    private void AddTime()
    {
        TimeMode mode = (TimeMode)Number(EffectCatalog.TimeModeName);
        if (mode == TimeMode.Off) return;
        (double first, double last) = TimeReach.Of(mode, _time, Number("firstGoodFrame"), Number("lastGoodFrame"), Number("loop") != 0);
        Add(0, first, last);
    }

    /// <summary>Adds the frames of a clip that the layer has, but for the one at hand, while they are not too many.</summary>
    public void Add(int clip, double first, double last)
    {
        first = Math.Max(first - _margin, 0);
        last = Math.Min(last + _margin, _last);
        if (!(first <= last)) return;
        _areTooMany |= last - first > _countMax;
        for (double time = first; time <= last && !_areTooMany; time++)
        {
            if (time != _time && _frames.Add((clip, time))) _areTooMany = _frames.Count > _countMax;
        }
    }

    private double Number(string name) => _effect.IndexOf(name) is >= 0 and int index ? _numbers[index] : 0;

    private string Text(string name) => _effect.IndexOf(name) is >= 0 and int index ? _texts[index] : "";
}

/// <summary>The frame that is planned.</summary>
/// <param name="Time">Its number.</param>
/// <param name="Last">Number of the layer's last frame.</param>
/// <param name="Width">Width of the layer at full size.</param>
/// <param name="Height">Its height.</param>
/// <param name="IsInteractive">Whether a person waits for it.</param>
internal readonly record struct PlannedMoment(double Time, double Last, int Width, int Height, bool IsInteractive);
