using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>The frames of a clip as renders will ask for them, while no render is at hand that would say so: their requests, and the key of their settings.</summary>
/// <remarks>Where a guess about a host is wrong its renders find nothing under it and compute: never a wrong picture.</remarks>
/// <param name="effect">The catalogue's table.</param>
/// <param name="instance">Whose frames.</param>
/// <param name="scratch">For this alone.</param>
/// <param name="scaleX">Proxy scale at which the host gives pictures now.</param>
/// <param name="scaleY">Vertically.</param>
internal sealed class ClipFrames(EffectDefinition effect, CatalogueInstance instance, FrameScratch scratch, double scaleX, double scaleY)
{
    private OfxRectI? _sourceBounds;
    private BitDepth _depth;
    private ImageComponents _components;
    private ImagePremultiplication _alpha;

    /// <summary>Clips of the frame that was described last.</summary>
    public ClipSet Clips => scratch.Clips;

    /// <summary>Whether a draft first is worth its time: the effect's own method, in another quality than draft.</summary>
    public bool HasDrafts(double time)
    {
        InstanceParameters parameters = scratch.Read(instance.Parameters, time);
        return parameters.Number(EffectCatalog.QualityName, (double)QualityLevel.Draft) != (double)QualityLevel.Draft
            && parameters.Number(EffectCatalog.MethodName) == (double)EffectMethod.BuiltIn;
    }

    /// <summary>Looks whether the host gives pictures now; true where the effect needs none.</summary>
    public bool Probe(double first)
    {
        if (instance.Context.FindClip(EffectDefinition.SourceClipName) is not { } source) return true;
        double time = TimeChoice.Known(source.FrameRange) is { } range ? Math.Clamp(first, range.min, range.max) : first;
        using Image? image = source.GetImage(time);
        if (image is null) return effect.NeedsNoSource && source.ClaimsConnected == false;
        _sourceBounds = image.Bounds;
        (_depth, _components, _alpha) = (image.Depth, image.Components, image.Premultiplication);
        return true;
    }

    /// <summary>The request for a frame, as a final render makes it.</summary>
    public RenderCall Describe(double time) => Describe(time, scaleX, scaleY, asSeen: true);

    /// <summary>The same in draft quality.</summary>
    public RenderCall DescribeDraft(double time)
    {
        RenderCall call = Describe(time);
        TimeChoice.Set(effect, scratch.Parameters, EffectCatalog.QualityName, (double)QualityLevel.Draft);
        return call;
    }

    /// <summary>The key of the settings of all frames.</summary>
    /// <param name="range">The frames.</param>
    /// <param name="isAborted">Asked with each; a key that was given up is none.</param>
    /// <exception cref="BridgeException">A frame cannot be asked for.</exception>
    public JobKey KeyOf(in ClipRange range, Func<bool> isAborted)
    {
        JobKeyHash hash = new(effect.AlgorithmVersion, [.. effect.Parameters.Select(static parameter => parameter.Matters)]);
        int count = range.Count;
        for (int index = 0; index < count; index++)
        {
            if (isAborted()) return JobKey.None;
            // At full size, and from what the host says rather than from a picture: the same whatever is looked at.
            hash.Add(Describe(range.TimeOf(index), 1, 1, asSeen: false));
        }

        return hash.Finish();
    }

    /// <param name="time">Time in frames.</param>
    /// <param name="x">Proxy scale.</param>
    /// <param name="y">Vertically.</param>
    /// <param name="asSeen">Whether what <see cref="Probe"/> saw fills in what the host does not say.</param>
    private RenderCall Describe(double time, double x, double y, bool asSeen)
    {
        Clip? output = instance.Context.FindClip(CataloguePlugin.OutputClipName);
        double aspect = Math.Clamp(output?.PixelAspect ?? 1, RenderRequest.PixelAspectMin, RenderRequest.PixelAspectMax);
        OfxRectI window = Window(time, x, y, aspect, asSeen ? _sourceBounds : null);
        BitDepth depth = output?.Depth ?? BitDepth.None;
        ImageComponents components = output?.Components ?? ImageComponents.None;
        ImagePremultiplication alpha = output?.Premultiplication ?? ImagePremultiplication.Unknown;
        if (asSeen && depth == BitDepth.None) depth = _depth;
        if (asSeen && components == ImageComponents.None) components = _components;
        if (asSeen && alpha == ImagePremultiplication.Unknown) alpha = _alpha;
        PixelFormat format = new(DepthOf(depth), ComponentsOf(components));
        FrameDescription description = new(window.x1, window.y1, window.x2 - window.x1, window.y2 - window.y1, format, AlphaOf(components, alpha), aspect, FieldOf());
        return instance.DescribeCall(scratch, new FrameShape(time, x, y, description.Width, description.Height, aspect), description);
    }

    private OfxRectI Window(double time, double x, double y, double aspect, OfxRectI? seen)
    {
        // Where all pictures have one size, the source's says it better than anything.
        if (!instance.Host.SupportsMultiResolution && seen is { } bounds) return bounds;
        return instance.OutputRegion(time) is { } region ? ToPixels(region, x, y, aspect) : seen ?? new OfxRectI(0, 0, 1, 1);
    }

    /// <summary>The smallest window that covers a region; rounding noise of a scale such as 1/3 adds no row.</summary>
    private static OfxRectI ToPixels(OfxRectD region, double x, double y, double aspect)
    {
        const double Slack = 1e-6;
        return new OfxRectI(
            (int)Math.Floor(region.x1 * x / aspect + Slack),
            (int)Math.Floor(region.y1 * y + Slack),
            (int)Math.Ceiling(region.x2 * x / aspect - Slack),
            (int)Math.Ceiling(region.y2 * y - Slack));
    }

    private static PixelDepth DepthOf(BitDepth depth) => depth switch
    {
        BitDepth.Byte => PixelDepth.Byte,
        BitDepth.Short => PixelDepth.Short,
        BitDepth.Half => PixelDepth.Half,
        _ => PixelDepth.Float,
    };

    private static PixelComponents ComponentsOf(ImageComponents components) => components switch
    {
        ImageComponents.Rgb => PixelComponents.Rgb,
        ImageComponents.Alpha => PixelComponents.Alpha,
        _ => PixelComponents.Rgba,
    };

    private static Premultiplication AlphaOf(ImageComponents components, ImagePremultiplication state) => components == ImageComponents.Rgb ? Premultiplication.Opaque : state switch
    {
        ImagePremultiplication.Opaque => Premultiplication.Opaque,
        ImagePremultiplication.Premultiplied => Premultiplication.Premultiplied,
        _ => Premultiplication.Unpremultiplied,
    };

    /// <summary>Hosts that know the fields of a clip ask for both.</summary>
    private FieldKind FieldOf() =>
        instance.Context.FindClip(EffectDefinition.SourceClipName)?.Properties.GetField(OfxConstants.kOfxImageClipPropFieldOrder) is ImageField.Upper or ImageField.Lower
            ? FieldKind.Both
            : FieldKind.None;
}
