using System.Collections.Immutable;
using System.Text;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

public sealed partial class HostedEffect
{
    /// <summary>Ranges of input frames that one answer may list per clip.</summary>
    public const int RangesMax = 4096;

    private volatile bool _inSequence;

    /// <summary>Region the output covers at a time, canonical. Infinite answers end at the project's edges.</summary>
    public CanonicalRegion GetRegionOfDefinition(double time, RenderScale? scale = null)
    {
        RequireLive();
        if (!Calls.RegionOfDefinition) return Project.Region;
        return AskRegionOfDefinition(time, scale ?? RenderScale.One);
    }

    /// <summary>Regions of the inputs that are needed to render a region of the output, canonical, by clip name.</summary>
    public ImmutableDictionary<string, CanonicalRegion> GetRegionsOfInterest(double time, CanonicalRegion region, RenderScale? scale = null)
    {
        RequireLive();
        using PropertySet input = TimeArguments(kOfxImageEffectActionGetRegionsOfInterest, time, scale ?? RenderScale.One);
        PropertyTables.Fixed(input, kOfxImageEffectPropRegionOfInterest, PropertyType.Double, region.X1, region.Y1, region.X2, region.Y2);
        using PropertySet output = PropertyTables.Arguments(Host, kOfxImageEffectActionGetRegionsOfInterest);
        foreach (HostedClip clip in Inputs())
        {
            double[] preset = [region.X1, region.Y1, region.X2, region.Y2];
            output.Define(new Property(StandardNames.ClipRegionPrefix + clip.Name, PropertyType.Double, 4, pluginMayWrite: true,
                [.. preset.Select(PropertyValue.Of)]));
        }

        Ask(kOfxImageEffectActionGetRegionsOfInterest, input, output, time);
        return Inputs().ToImmutableDictionary(clip => clip.Name, clip => ReadRegion(output,
            Encoding.UTF8.GetBytes(StandardNames.ClipRegionPrefix + clip.Name)));
    }

    /// <summary>Input frames that are needed to render the output at a time.</summary>
    public FramesNeeded GetFramesNeeded(double time)
    {
        RequireLive();
        using PropertySet input = PropertyTables.Arguments(Host, kOfxImageEffectActionGetFramesNeeded);
        PropertyTables.Fixed(input, kOfxPropTime, PropertyType.Double, time);
        using PropertySet output = PropertyTables.Arguments(Host, kOfxImageEffectActionGetFramesNeeded);
        foreach (HostedClip clip in Inputs())
            output.Define(new Property(StandardNames.ClipFrameRangePrefix + clip.Name, PropertyType.Double, 0, pluginMayWrite: true,
                [PropertyValue.Of(time), PropertyValue.Of(time)]));
        Ask(kOfxImageEffectActionGetFramesNeeded, input, output, time);
        return new FramesNeeded(Inputs().ToImmutableDictionary(clip => clip.Name, clip =>
        {
            double[] numbers = output.Numbers(Encoding.UTF8.GetBytes(StandardNames.ClipFrameRangePrefix + clip.Name));
            var ranges = ImmutableArray.CreateBuilder<TimeRange>();
            for (int i = 0; i + 1 < numbers.Length && ranges.Count < RangesMax; i += 2) ranges.Add(new TimeRange(numbers[i], numbers[i + 1]));
            return ranges.ToImmutable();
        }));
    }

    /// <summary>Asks whether the output at a time equals an input frame; null where it has to be rendered.</summary>
    public IdentityAnswer? GetIdentity(double time, PixelBounds window, RenderScale? scale = null, ImageField field = ImageField.None)
    {
        RequireLive();
        GetClipPreferences();
        using PropertySet input = TimeArguments(kOfxImageEffectActionIsIdentity, time, scale ?? RenderScale.One);
        PropertyTables.Fixed(input, kOfxImageEffectPropFieldToRender, StandardNames.Of(field));
        PropertyTables.Fixed(input, kOfxImageEffectPropRenderWindow, window.X1, window.Y1, window.X2, window.Y2);
        using PropertySet output = PropertyTables.Arguments(Host, kOfxImageEffectActionIsIdentity);
        output.DefineTexts(kOfxPropName, 1, true, "");
        output.DefineNumbers(kOfxPropTime, PropertyType.Double, 1, true, time);
        OfxStatus status = Ask(kOfxImageEffectActionIsIdentity, input, output, time);
        if (status != OfxStatus.kOfxStatOK) return null;
        string clip = output.Text(kOfxPropName);
        double at = output.Number(kOfxPropTime);
        return clip.Length == 0 && at == time ? null : new IdentityAnswer(clip, at);
    }

    /// <summary>Time range over which the output exists.</summary>
    public TimeRange GetTimeDomain()
    {
        RequireLive();
        using PropertySet output = PropertyTables.Arguments(Host, kOfxImageEffectActionGetTimeDomain);
        TimeRange preset = DefaultTimeDomain();
        output.DefineNumbers(kOfxImageEffectPropFrameRange, PropertyType.Double, 2, true, preset.First, preset.Last);
        OfxStatus status = Ask(kOfxImageEffectActionGetTimeDomain, null, output, Host.Time);
        return status == OfxStatus.kOfxStatOK ? new(output.Number(kOfxImageEffectPropFrameRange), output.Number(kOfxImageEffectPropFrameRange, 1))
            : preset;
    }

    /// <summary>Tells the plug-in that frames of a range will be rendered.</summary>
    public void BeginSequence(double first, double last, RenderScale? scale = null, double step = 1, bool isInteractive = false)
    {
        Sequence(kOfxImageEffectActionBeginSequenceRender, first, last, scale ?? RenderScale.One, step, isInteractive, isSequential: true);
        _inSequence = true;
    }

    /// <summary>Tells the plug-in that the range is done.</summary>
    public void EndSequence(double first, double last, RenderScale? scale = null, double step = 1, bool isInteractive = false)
    {
        _inSequence = false;
        Sequence(kOfxImageEffectActionEndSequenceRender, first, last, scale ?? RenderScale.One, step, isInteractive, isSequential: true);
    }

    /// <summary>Region a clip covers; for the output the effect's own.</summary>
    internal CanonicalRegion ClipRegion(HostedClip clip, double time)
    {
        if (clip.IsOutput) return DefaultRegion(time);
        return clip.Source is null ? default : _source.GetRegionOfDefinition(clip.Name, time);
    }

    private IEnumerable<HostedClip> Inputs() => _node.Clips.Where(clip => !clip.IsOutput);

    private CanonicalRegion AskRegionOfDefinition(double time, RenderScale scale)
    {
        using PropertySet input = TimeArguments(kOfxImageEffectActionGetRegionOfDefinition, time, scale);
        using PropertySet output = PropertyTables.Arguments(Host, kOfxImageEffectActionGetRegionOfDefinition);
        CanonicalRegion preset = DefaultRegion(time);
        output.DefineNumbers(kOfxImageEffectPropRegionOfDefinition, PropertyType.Double, 4, true, preset.X1, preset.Y1, preset.X2, preset.Y2);
        OfxStatus status = Ask(kOfxImageEffectActionGetRegionOfDefinition, input, output, time);
        return status == OfxStatus.kOfxStatOK ? Finite(ReadRegion(output, kOfxImageEffectPropRegionOfDefinition)) : preset;
    }

    private CanonicalRegion DefaultRegion(double time)
    {
        CanonicalRegion region = default;
        foreach (HostedClip clip in Inputs())
        {
            if (clip.Source is not null && !clip.IsOptional && !clip.IsMask) region = region.Union(_source.GetRegionOfDefinition(clip.Name, time));
        }

        return region.IsEmpty ? Project.Region : region;
    }

    private CanonicalRegion Finite(CanonicalRegion region)
    {
        CanonicalRegion project = Project.Region;
        return new(
            region.X1 <= -CanonicalRegion.CoordinateMax ? project.X1 : region.X1,
                region.Y1 <= -CanonicalRegion.CoordinateMax ? project.Y1 : region.Y1,
            region.X2 >= CanonicalRegion.CoordinateMax ? project.X2 : region.X2, region.Y2 >= CanonicalRegion.CoordinateMax ? project.Y2 : region.Y2);
    }

    private TimeRange DefaultTimeDomain()
    {
        HostedClip? first = Inputs().FirstOrDefault(clip => clip.Source is not null && !clip.IsOptional);
        return first?.Source is { } source ? new(source.FirstFrame, source.LastFrame) : new(Project.FirstFrame, Project.LastFrame);
    }

    private static CanonicalRegion ReadRegion(PropertySet output, ReadOnlySpan<byte> name) =>
        new(output.Number(name), output.Number(name, 1), output.Number(name, 2), output.Number(name, 3));

    private PropertySet TimeArguments(ReadOnlySpan<byte> action, double time, RenderScale scale)
    {
        PropertySet input = PropertyTables.Arguments(Host, action);
        PropertyTables.Fixed(input, kOfxPropTime, PropertyType.Double, time);
        PropertyTables.Fixed(input, kOfxImageEffectPropRenderScale, PropertyType.Double, scale.X, scale.Y);
        return input;
    }

    /// <summary>Calls a question; a failure throws.</summary>
    private OfxStatus Ask(ReadOnlySpan<byte> action, PropertySet? input, PropertySet output, double time)
    {
        OfxStatus status = CallScoped(action, input, output, time);
        Plugin.Require(status, action);
        return status;
    }

    private void Sequence(ReadOnlySpan<byte> action, double first, double last, RenderScale scale, double step, bool isInteractive, bool isSequential)
    {
        RequireLive();
        GetClipPreferences();
        using PropertySet input = PropertyTables.Arguments(Host, action);
        PropertyTables.Fixed(input, kOfxImageEffectPropFrameRange, PropertyType.Double, first, last);
        PropertyTables.Fixed(input, kOfxImageEffectPropFrameStep, PropertyType.Double, step);
        PropertyTables.Fixed(input, kOfxPropIsInteractive, isInteractive ? 1 : 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropRenderScale, PropertyType.Double, scale.X, scale.Y);
        PropertyTables.Fixed(input, kOfxImageEffectPropSequentialRenderStatus, isSequential ? 1 : 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropInteractiveRenderStatus, isInteractive ? 1 : 0);
        NoGpu(input);
        Plugin.Require(CallScoped(action, input, null, first), action);
    }

    /// <summary>States that nothing renders on a GPU here.</summary>
    private static void NoGpu(PropertySet input)
    {
        PropertyTables.Fixed(input, kOfxImageEffectPropOpenGLEnabled, 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropCudaEnabled, 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropMetalEnabled, 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropOpenCLEnabled, 0);
    }
}
