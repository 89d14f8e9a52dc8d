using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>One use of a catalogue effect in a host's project. Holds nothing but the last fault it told the user.</summary>
internal sealed class CatalogueInstance(EffectDefinition effect, InstanceContext context, FrameScratchPool scratches) : EffectInstance(context)
{
    private readonly FaultReport _faults = new(effect, context);

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
        if (effect.IndexOf(EffectCatalog.TimeModeName) >= 0)
        {
            OfxRangeD? needed = TimeChoice.Needed(scratch.Read(Parameters, time), SourceFrames, time);
            return needed is { } range && frames.Set(EffectDefinition.SourceClipName, range);
        }

        return effect.IndexOf("temporalStability") >= 0 && GetFramesOfStyle(scratch, time, frames);
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

    /// <summary>A change gives a fault another chance to be told.</summary>
    public override bool InstanceChanged(in ChangeArguments arguments)
    {
        EngineAccess.ReleaseStale();
        _faults.Forget();
        return false;
    }

    private bool GetRetimedFramesNeeded(double time, FramesNeeded frames)
    {
        using FrameScratch scratch = scratches.Rent();
        InstanceParameters parameters = scratch.Read(Parameters, time);
        double moment = SourceMoments.At(parameters, Context, time), mix = parameters.Number("mix");
        OfxRangeD now = new(time, time);
        if (!Host.HasTemporalAccess || moment == time || mix <= 0) return frames.Set(EffectDefinition.SourceClipName, now);
        OfxRangeD around = SourceMoments.FramesOf(parameters, moment);
        return mix >= 1 ? frames.Set(EffectDefinition.SourceClipName, around) : frames.Set(EffectDefinition.SourceClipName, around, now);
    }

    private void RenderInto(in RenderArguments arguments, FrameScratch scratch, Clip outputClip, OfxRectI window)
    {
        Image output = scratch.Output;
        InstanceParameters parameters = scratch.Read(Parameters, arguments.Time);
        int canvas = effect.IndexOf("canvas");
        if (effect.Canvas == CanvasRule.MayGrow && canvas >= 0)
        {
            parameters.Numbers[canvas] = CanvasChoice.ResolveForOutput(parameters, Host, SourceRegion(arguments.Time), output, arguments);
        }

        if (effect.IndexOf(EffectCatalog.TimeModeName) >= 0) TimeChoice.Resolve(effect, parameters, SourceFrames);
        if (effect.IndexOf(EffectCatalog.RestFrameName) >= 0) TimeChoice.Set(effect, parameters, EffectCatalog.RestFrameName, RestFrameOf(parameters));
        if (effect.Canvas == CanvasRule.OwnSize) GenerateChoice.Resolve(effect, parameters, SourceFrames, output, arguments);
        scratch.ResolveColour(parameters, Context);
        FieldChoice.Resolve(effect, parameters, Context.FindClip(EffectDefinition.SourceClipName));
        ClipSet clips = scratch.Clips;
        clips.Find(Context, parameters);
        int initialClips = clips.InitialCount;
        if (effect.IsRetimer)
        {
            double moment = SourceMoments.At(parameters, Context, arguments.Time);
            // The second field of an interlaced frame is half a frame later: the speed says where in the source that is.
            if (FieldChoice.IsInterlaced(parameters))
                TimeChoice.Set(effect, parameters, "speed", 200 * (SourceMoments.Between(parameters, Context, arguments.Time + 0.5) - moment));
            parameters.Numbers[effect.IndexOf("timing")] = (double)RetimeTiming.SourceFrame;
            parameters.Numbers[effect.IndexOf("sourceFrame")] = moment;
            // The frame at hand is rarely one of those that the moment is made from.
            if (moment != arguments.Time && Host.HasTemporalAccess) initialClips = 0;
        }

        // The same of a result of another length, or of one that has no source.
        if (clips.Source is null || (effect.NeedsNoSource && SourceFrameAt(parameters, arguments.Time) != arguments.Time)) initialClips = 0;

        RenderCall call = new()
        {
            EffectWireId = effect.WireId,
            Texts = parameters.Texts,
            Numbers = parameters.Numbers,
            Time = arguments.Time,
            RenderScaleX = Math.Clamp(arguments.RenderScaleX, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax),
            RenderScaleY = Math.Clamp(arguments.RenderScaleY, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax),
            Output = new FrameDescription(
                window.x1,
                window.y1,
                window.x2 - window.x1,
                window.y2 - window.y1,
                HostPictures.FormatOf(output),
                HostPictures.PremultiplicationOf(output, outputClip),
                HostPictures.PixelAspectOf(output, outputClip),
                HostPictures.FieldOf(arguments.Field)),
            FrameRate = Math.Clamp(clips.Source?.FrameRate(25) ?? 25, RenderRequest.FrameRateMin, RenderRequest.FrameRateMax),
            IsInteractive = arguments.IsInteractive || arguments.IsDraft || arguments.IsThumbnail,
            HasTemporalAccess = Host.HasTemporalAccess,
            InitialClips = initialClips,
            HostName = Host.Name,
        };
        scratch.Conversation.Begin(this, arguments.Time, window);
        EngineAccess.Client.Render(call, scratch.Conversation);
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
