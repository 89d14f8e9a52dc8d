using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>One use of a catalogue effect in a host's project. Holds nothing but the last fault it told the user: what is known of a generated clip stands in the
/// host's parameters.</summary>
internal sealed partial class CatalogueInstance(EffectDefinition effect, InstanceContext context, FrameScratchPool scratches, StillNotice notice) : EffectInstance(context)
{
    private readonly FaultReport _faults = new(effect, context);
    private int _isChanging;

    /// <inheritdoc/>
    public override void Render(in RenderArguments arguments)
    {
        if (IsAborted) return;
        Clip outputClip = Context.FindClip(CataloguePlugin.OutputClipName)
            ?? throw new OfxException(OfxStatus.kOfxStatErrMissingHostFeature, "The host has no Output clip.");
        using FrameScratch scratch = scratches.Rent();
        Image output = scratch.Output;
        if (!outputClip.TryGetImage(arguments.Time, output))
        {
            throw new OfxException(OfxStatus.kOfxStatFailed, $"The host gave no output image at frame {arguments.Time}.");
        }

        OfxRectI window = Intersect(arguments.Window ?? output.Bounds, output.Bounds);
        if (window.x2 <= window.x1 || window.y2 <= window.y1) return;
        try
        {
            RenderInto(arguments, scratch, outputClip, window);
            _faults.Clear();
        }
        catch (BridgeException exception)
        {
            _faults.Tell(exception.Message, exception.Reference);
            OfxStatus status = exception.Code == BridgeError.SlotMemoryExhausted ? OfxStatus.kOfxStatErrMemory : OfxStatus.kOfxStatFailed;
            throw new OfxException(status, exception.Message, exception);
        }
#pragma warning disable CA1031 // The user learns of a fault of ours in plain words; the log gets the whole of it.
        catch (Exception exception) when (exception is not (OfxException or OutOfMemoryException))
#pragma warning restore CA1031
        {
            _faults.Tell("this frame failed inside the plug-in: " + exception.Message, job: null);
            throw new OfxException(OfxStatus.kOfxStatFailed, exception.ToString(), exception);
        }
    }

    /// <inheritdoc/>
    public override void EndSequenceRender(in SequenceArguments arguments) => EngineAccess.ReleaseIdle();

    /// <inheritdoc/>
    public override void PurgeCaches() => EngineAccess.ReleaseIdle();

    /// <inheritdoc/>
    public override IdentityReply? IsIdentity(in RenderArguments arguments)
    {
        EngineAccess.ReleaseStale();
        int mix = effect.IndexOf(EffectCatalog.MixName), output = effect.IndexOf(EffectCatalog.OutputKindName);
        if (mix < 0) return null;
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, arguments.Time);
        if (parameters.Numbers[output] != (double)OutputKind.Result || !KeepsPlace(parameters, arguments.Time)) return null;
        if (parameters.Numbers[mix] <= 0) return HasSource ? new IdentityReply(EffectDefinition.SourceClipName, SourceFrameAt(parameters, arguments.Time)) : null;
        if (!effect.IsRetimer) return null;
        double moment = SourceMoments.At(parameters, Context, arguments.Time);
        if (moment == arguments.Time || !Host.HasTemporalAccess) return new IdentityReply(EffectDefinition.SourceClipName, arguments.Time);
        OfxRangeD frames = SourceMoments.FramesOf(parameters, moment);
        return frames.min == frames.max && parameters.Numbers[mix] >= 1 ? new IdentityReply(EffectDefinition.SourceClipName, frames.min) : null;
    }

    /// <summary>Whether the result lies and lasts as the source does, so that the source can stand for it.</summary>
    private bool KeepsPlace(InstanceParameters parameters, double time)
    {
        if (effect.Canvas != CanvasRule.MayGrow) return true;
        if (TimeChoice.ModeOf(parameters) != TimeMode.Off || SourceRegion(time) is not { } source) return false;
        return CanvasChoice.Resolve(parameters, Host) != CanvasChoice.Grow || CanvasChoice.GrownRegion(parameters, source) == source;
    }

    /// <inheritdoc/>
    public override OfxRectD? GetRegionOfDefinition(in RegionArguments arguments)
    {
        EngineAccess.ReleaseStale();
        if (effect.Canvas == CanvasRule.OwnSize)
        {
            using FrameScratch own = scratches.Rent();
            return GenerateChoice.Region(own.Read(Parameters, arguments.Time), SourceRegion(arguments.Time), Context.FindClip(CataloguePlugin.OutputClipName)?.PixelAspect ?? 1);
        }

        // Only the source counts, whatever the size of a style or mask. Right after creation nothing is connected and there is no region yet.
        if (SourceRegion(arguments.Time) is not { } source) return null;
        if (effect.Canvas != CanvasRule.MayGrow) return effect.Clips.Length > 1 ? source : null;
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, arguments.Time);
        return CanvasChoice.Resolve(parameters, Host) == CanvasChoice.Grow ? CanvasChoice.GrownRegion(parameters, source) : source;
    }

    /// <summary>Every effect looks at whole pictures.</summary>
    public override bool GetRegionsOfInterest(in RegionArguments arguments, RegionsOfInterest regions)
    {
        bool isSet = false;
        foreach (ClipDefinition clip in effect.Clips)
        {
            if (Region(clip.Name, arguments.Time) is { } region) isSet |= regions.Set(clip.Name, region);
        }

        return isSet;
    }

    /// <summary>A conversion to another frame rate says so; in hosts that manage colour, so do inputs that should have another colour space.</summary>
    public override bool GetClipPreferences(ClipPreferences preferences)
    {
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, 0);
        bool isSet = HostColour.IsManaged(Context, parameters) && HostColour.SetPreferences(effect, Context, preferences);
        if (!effect.IsRetimer || !Host.HasTemporalAccess) return isSet;
        return SourceMoments.Rate(parameters, Context) is { } rate ? preferences.SetFrameRate(rate) | isSet : isSet;
    }

    /// <inheritdoc/>
    public override string? GetOutputColourspace(IReadOnlyList<string> preferred)
    {
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, 0);
        return HostColour.IsManaged(Context, parameters) ? HostColour.OutputSpace(parameters, HasSource, preferred) : null;
    }

    /// <summary>A change gives a fault another chance to be told; buttons are pressed by it, and it may make a generated clip stale.</summary>
    /// <remarks>A pass shows progress, in which hosts may well tell of further changes: they wait until the next one.</remarks>
    public override bool InstanceChanged(in ChangeArguments arguments)
    {
        EngineAccess.ReleaseStale();
        _faults.Forget();
        if (arguments.Reason != ChangeReason.UserEdited || Interlocked.Exchange(ref _isChanging, 1) != 0) return false;
        try
        {
            return new ClipWork(effect, this, scratches).React(arguments);
        }
        finally
        {
            Volatile.Write(ref _isChanging, 0);
        }
    }

    private void RenderInto(in RenderArguments arguments, FrameScratch scratch, Clip outputClip, OfxRectI window)
    {
        Image output = scratch.Output;
        FrameShape shape = new(arguments.Time, arguments.RenderScaleX, arguments.RenderScaleY, output.Width, output.Height, output.PixelAspect);
        FrameDescription description = new(
            window.x1,
            window.y1,
            window.x2 - window.x1,
            window.y2 - window.y1,
            HostPictures.FormatOf(output),
            HostPictures.PremultiplicationOf(output, outputClip),
            HostPictures.PixelAspectOf(output, outputClip),
            HostPictures.FieldOf(arguments.Field));
        // Who drags a control, scrubs or looks at thumbnails gets a picture at once; long work is for renders and for the button.
        bool isLook = arguments.IsInteractive || arguments.IsDraft || arguments.IsThumbnail;
        RenderCall call = DescribeCall(scratch, shape, description) with
        {
            IsInteractive = isLook, Mode = isLook ? RenderMode.Preview : RenderMode.Final, Key = scratch.ReadKey(Parameters, arguments.Time),
        };
        scratch.Conversation.Begin(this, arguments.Time, window);
        EngineAccess.Client.Render(call, scratch.Conversation);
        if (!isLook && !Host.HasTemporalAccess && UsesOtherFrames(scratch.Parameters, arguments.Time)) notice.Tell(Context);
    }

    private bool HasSource => Context.FindClip(EffectDefinition.SourceClipName) is not null;

    /// <summary>The source frame that stands for a time.</summary>
    private double SourceFrameAt(InstanceParameters parameters, double time) => effect.IndexOf(EffectCatalog.FramesName) < 0 || !Host.HasTemporalAccess
        ? time
        : GenerateChoice.Timing(parameters, SourceFrames).FrameAt(time);

    private OfxRangeD? SourceFrames => Context.FindClip(EffectDefinition.SourceClipName)?.FrameRange;

    private OfxRectD? SourceRegion(double time) => Region(EffectDefinition.SourceClipName, time);

    private OfxRectD? Region(string clipName, double time) =>
        Context.FindClip(clipName)?.GetRegionOfDefinition(time) is { } region && CanvasChoice.IsBounded(region) ? region : null;

    private static OfxRectI Intersect(OfxRectI a, OfxRectI b) =>
        new(Math.Max(a.x1, b.x1), Math.Max(a.y1, b.y1), Math.Min(a.x2, b.x2), Math.Min(a.y2, b.y2));
}
