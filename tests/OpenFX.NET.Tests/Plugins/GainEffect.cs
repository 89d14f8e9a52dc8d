using OpenFX.Plugins;
using OpenFX.Raw;

namespace OpenFX.Tests.Plugins;

/// <summary>An effect that multiplies float RGBA by a parameter, and does on request what careless effects do.</summary>
internal sealed class GainEffect(string identifier = GainEffect.Id) : EffectPlugin
{
    public const string Id = "org.openfx.test.gain";

    public override string Identifier => identifier;

    /// <summary>Runs at the start of every render.</summary>
    public Action? OnRender { get; set; }

    /// <summary>Runs in the load action.</summary>
    public Action? OnLoad { get; set; }

    /// <summary>What InstanceChanged shall do.</summary>
    public Action<GainInstance>? OnChanged { get; set; }

    public int Loads { get; private set; }

    public int Unloads { get; private set; }

    public int Living;

    public override void Load(HostInfo host)
    {
        Loads++;
        OnLoad?.Invoke();
    }

    public override void Unload() => Unloads++;

    public override void Describe(EffectDescriptor descriptor)
    {
        descriptor.SetLabels("Gain", "Test", "Multiplies.");
        _ = descriptor.AddContext(OfxConstants.kOfxImageEffectContextFilter);
        _ = descriptor.AddContext(OfxConstants.kOfxImageEffectContextGeneral);
        descriptor.SetDepths([BitDepth.Float]);
        _ = descriptor.Properties.TrySet(OfxConstants.kOfxImageEffectPropTemporalClipAccess, true);
        _ = descriptor.Properties.TrySet("OfxPropThatNobodyKnows"u8, 1);
    }

    public override void DescribeInContext(EffectDescriptor descriptor, string context)
    {
        _ = descriptor.DefineClip("Source", [ImageComponents.Rgba]);
        _ = descriptor.DefineClip("Output", [ImageComponents.Rgba]);
        _ = descriptor.Parameters.DefineDouble(new ParamText("gain", "Gain", "Factor."), new ParamRange(0, 10, 0, 2), 2);
        _ = descriptor.Parameters.DefineInteger(new ParamText("count", "Count", "A number."), new ParamRange(-5, 5, -5, 5), 3);
        _ = descriptor.Parameters.DefineBoolean(new ParamText("on", "On", "A switch.", false), true);
        _ = descriptor.Parameters.DefineChoice(new ParamText("mode", "Mode", "A menu.", false), ["One", "Two", "Three"], 1);
        _ = descriptor.Parameters.DefineString(new ParamText("path", "Path", "A file.", false), OfxConstants.kOfxParamStringIsFilePath, "/a b");
        _ = descriptor.Parameters.DefinePushButton(new ParamText("go", "Go", "A button.", false));
    }

    public override EffectInstance CreateInstance(InstanceContext context) => new GainInstance(this, context);
}

/// <summary>An instance of <see cref="GainEffect"/>.</summary>
internal sealed class GainInstance : EffectInstance
{
    private readonly GainEffect _effect;

    public GainInstance(GainEffect effect, InstanceContext context)
        : base(context)
    {
        _effect = effect;
        Interlocked.Increment(ref effect.Living);
    }

    public override unsafe void Render(in RenderArguments arguments)
    {
        Clip source = Context.FindClip("Source")!, output = Context.FindClip("Output")!;
        using Image result = output.GetImage(arguments.Time)!;
        using Image? input = source.GetImage(arguments.Time);
        _effect.OnRender?.Invoke();
        double gain = Parameters.TryGet("gain", out Param param) && param.TryGetDouble(arguments.Time, out double value) ? value : 1;
        for (int y = result.Bounds.y1; y < result.Bounds.y2; y++)
        {
            for (int x = result.Bounds.x1; x < result.Bounds.x2; x++)
            {
                float* to = (float*)result.AddressOf(x, y), from = (float*)(input ?? result).AddressOf(x, y);
                for (int channel = 0; channel < 4; channel++) to[channel] = (float)(from[channel] * gain);
            }
        }
    }

    public override IdentityReply? IsIdentity(in RenderArguments arguments) =>
        Parameters.TryGet("gain", out Param gain) && gain.TryGetDouble(arguments.Time, out double value) && value == 1
            ? new IdentityReply("Source", arguments.Time - 1)
            : null;

    public override OfxRectD? GetRegionOfDefinition(in RegionArguments arguments) =>
        Context.FindClip("Source")?.GetRegionOfDefinition(arguments.Time) is { } source
            ? source with { x1 = source.x1 - 8, x2 = source.x2 + 8 }
            : null;

    public override bool GetRegionsOfInterest(in RegionArguments arguments, RegionsOfInterest regions) => regions.Set("Source", new OfxRectD(1, 2, 3, 4));

    public override bool GetFramesNeeded(double time, FramesNeeded frames) =>
        frames.Set("Source", new OfxRangeD(time - 2, time), new OfxRangeD(time + 5, time + 6));

    public override OfxRangeD? GetTimeDomain() => new OfxRangeD(10, 20);

    public override bool GetClipPreferences(ClipPreferences preferences) => preferences.SetFrameVarying(true);

    public override bool InstanceChanged(in ChangeArguments arguments)
    {
        _effect.OnChanged?.Invoke(this);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        Interlocked.Decrement(ref _effect.Living);
        base.Dispose(disposing);
    }
}
