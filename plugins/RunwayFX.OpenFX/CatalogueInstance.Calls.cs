using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>A frame as somebody wants it, beside its parameters.</summary>
/// <param name="Time">Time in frames.</param>
/// <param name="ScaleX">Horizontal proxy scale, 1 = full.</param>
/// <param name="ScaleY">Vertical proxy scale.</param>
/// <param name="Width">Width of the whole output, in pixels.</param>
/// <param name="Height">Its height.</param>
/// <param name="PixelAspect">Width of its pixels divided by their height; 0 where the host does not say.</param>
internal readonly record struct FrameShape(double Time, double ScaleX, double ScaleY, int Width, int Height, double PixelAspect);

/// <summary>What the engine is asked: the same for a render of the host and for a pass that makes frames ahead, so that the one finds what the other made.</summary>
internal sealed partial class CatalogueInstance
{
    /// <summary>The request for a frame. Finds the clips of the scratch; what it names there holds until the next one.</summary>
    /// <param name="scratch">Where parameters and clips are kept.</param>
    /// <param name="shape">Which frame.</param>
    /// <param name="output">Which part of it, and in which form.</param>
    internal RenderCall DescribeCall(FrameScratch scratch, in FrameShape shape, in FrameDescription output)
    {
        InstanceParameters parameters = scratch.Read(Parameters, shape.Time);
        int canvas = effect.IndexOf("canvas");
        if (effect.Canvas == CanvasRule.MayGrow && canvas >= 0)
        {
            parameters.Numbers[canvas] = CanvasChoice.ResolveForOutput(parameters, Host, SourceRegion(shape.Time), shape);
        }

        if (effect.IndexOf(EffectCatalog.TimeModeName) >= 0) TimeChoice.Resolve(effect, parameters, SourceFrames);
        if (effect.IndexOf(EffectCatalog.RestFrameName) >= 0) TimeChoice.Set(effect, parameters, EffectCatalog.RestFrameName, RestFrameOf(parameters));
        if (effect.Canvas == CanvasRule.OwnSize) GenerateChoice.Resolve(effect, parameters, SourceFrames, shape);
        scratch.ResolveColour(parameters, Context);
        FieldChoice.Resolve(effect, parameters, Context.FindClip(EffectDefinition.SourceClipName));
        ClipSet clips = scratch.Clips;
        clips.Find(Context, parameters);
        int initialClips = clips.InitialCount;
        if (effect.IsRetimer)
        {
            double moment = SourceMoments.At(parameters, Context, shape.Time);
            // The second field of an interlaced frame is half a frame later: the speed says where in the source that is.
            if (FieldChoice.IsInterlaced(parameters))
                TimeChoice.Set(effect, parameters, "speed", 200 * (SourceMoments.Between(parameters, Context, shape.Time + 0.5) - moment));
            parameters.Numbers[effect.IndexOf("timing")] = (double)RetimeTiming.SourceFrame;
            parameters.Numbers[effect.IndexOf("sourceFrame")] = moment;
            // The frame at hand is rarely one of those that the moment is made from.
            if (moment != shape.Time && Host.HasTemporalAccess) initialClips = 0;
        }

        // The same of a result of another length, or of one that has no source.
        if (clips.Source is null || (effect.NeedsNoSource && SourceFrameAt(parameters, shape.Time) != shape.Time)) initialClips = 0;
        return new RenderCall
        {
            EffectWireId = effect.WireId,
            Texts = parameters.Texts,
            Numbers = parameters.Numbers,
            Time = shape.Time,
            RenderScaleX = Math.Clamp(shape.ScaleX, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax),
            RenderScaleY = Math.Clamp(shape.ScaleY, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax),
            Output = output,
            FrameRate = Math.Clamp(clips.Source?.FrameRate(25) ?? 25, RenderRequest.FrameRateMin, RenderRequest.FrameRateMax),
            HasTemporalAccess = Host.HasTemporalAccess,
            InitialClips = initialClips,
            HostName = Host.Name,
        };
    }

    /// <summary>Where the output lies when the host has no buffer at hand: what its region of definition says, or the whole project where pictures all have its size.
    /// Null where the host says nothing that is a region.</summary>
    internal OfxRectD? OutputRegion(double time)
    {
        OfxRectD? project = ProjectRegion;
        if (!Host.SupportsMultiResolution && project is not null) return project;
        if (GetRegionOfDefinition(new RegionArguments(time, 1, 1, null)) is { } own && CanvasChoice.IsBounded(own)) return own;
        return SourceRegion(time) ?? Region(CataloguePlugin.OutputClipName, time) ?? project;
    }

    private OfxRectD? ProjectRegion
    {
        get
        {
            (double width, double height) = Context.Properties.GetPoint(OfxConstants.kOfxImageEffectPropProjectSize, 0, 0);
            (double x, double y) = Context.Properties.GetPoint(OfxConstants.kOfxImageEffectPropProjectOffset, 0, 0);
            OfxRectD region = new(x, y, x + width, y + height);
            return width > 0 && height > 0 && CanvasChoice.IsBounded(region) ? region : null;
        }
    }
}
