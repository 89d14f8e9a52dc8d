using System.Globalization;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

public sealed partial class HostedEffect
{
    /// <summary>Renders one frame.</summary>
    /// <param name="request">Which frame, at which size.</param>
    /// <param name="source">Where pictures come from; null keeps the connected source.</param>
    /// <returns>The picture in the depth and components of the clip preferences, covering the asked window. The caller disposes it.</returns>
    /// <exception cref="HostingException">The plug-in failed (<see cref="HostingError.ActionFailed"/>), the render was aborted
    /// (<see cref="HostingError.Aborted"/>), or the request does not fit.</exception>
    public HostImage Render(RenderRequest request, IHostFrameSource? source = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequireLive();
        if (!request.Scale.IsValid) throw new HostingException(HostingError.BadValue, $"render scale {request.Scale} is not above 0");
        if (!double.IsFinite(request.Time)) throw new HostingException(HostingError.BadValue, "the time to render is not a number");
        if (source is not null && !ReferenceEquals(source, _source)) Connect(source);
        OutputPreferences preferences = GetClipPreferences();
        if (Host.Profile.ProxyClipsHideDepth) HideDepth(request.Scale != RenderScale.One);
        PixelBounds full = FullWindow(request, preferences), wanted = request.Window ?? full;
        bool tiled = Host.Profile.SupportsTiles && _node.Properties.Integer(kOfxImageEffectPropSupportsTiles) != 0;
        PixelBounds window = tiled || request.ForcesWindow ? wanted : full;
        if (Calls.IsIdentity && request.UseIdentity && GetIdentity(request.Time, window, request.Scale, request.Field) is { } identity
            && RenderIdentity(request, identity, wanted, preferences) is { } same)
            return same;
        AskAhead(request, window, preferences);
        if (!Calls.Sequence || _inSequence) return Finish(RenderLocked(request, window, preferences), wanted, preferences, request);
        Sequence(kOfxImageEffectActionBeginSequenceRender, request.Time, request.Time, request.Scale, 1, request.IsInteractive, request.IsSequential);
        try
        {
            return Finish(RenderLocked(request, window, preferences), wanted, preferences, request);
        }
        finally
        {
            Sequence(kOfxImageEffectActionEndSequenceRender, request.Time, request.Time, request.Scale, 1, request.IsInteractive,
                request.IsSequential);
        }
    }

    private PixelBounds FullWindow(RenderRequest request, OutputPreferences preferences)
    {
        CanonicalRegion region = Host.Profile.SupportsMultiResolution ? GetRegionOfDefinition(request.Time, request.Scale) : Project.Region;
        PixelBounds full = region.ToPixels(request.Scale, preferences.PixelAspectRatio);
        if (full.IsEmpty && request.Window is null) throw new HostingException(HostingError.BadValue,
            $"'{Plugin.Identifier}' covers nothing at time {request.Time}");
        return full;
    }

    /// <summary>Asks the questions that precede a render in a full host; answers only inform caches there, here the frames come when asked
    /// for.</summary>
    private void AskAhead(RenderRequest request, PixelBounds window, OutputPreferences preferences)
    {
        if (Calls.RegionsOfInterest)
            GetRegionsOfInterest(request.Time, CanonicalRegion.FromPixels(window, request.Scale, preferences.PixelAspectRatio), request.Scale);
        if (Calls.FramesNeeded) GetFramesNeeded(request.Time);
    }

    private HostImage RenderLocked(RenderRequest request, PixelBounds window, OutputPreferences preferences)
    {
        RenderThreadSafety safety = StandardNames.Safety(_node.Properties.Text(kOfxImageEffectPluginRenderThreadSafety))
            ?? RenderThreadSafety.InstanceSafe;
        if (Calls.IgnoresThreadSafety || safety == RenderThreadSafety.FullySafe) return RenderOnce(request, window, preferences);
        lock (safety == RenderThreadSafety.Unsafe ? Plugin.RenderGate : _renderGate) return RenderOnce(request, window, preferences);
    }

    private HostImage RenderOnce(RenderRequest request, PixelBounds window, OutputPreferences preferences)
    {
        if (request.Cancellation.IsCancellationRequested) throw Aborted(request);
        PixelBounds bounds = request.BufferBounds ?? window;
        if (!bounds.Contains(window) && !request.ForcesWindow)
            throw new HostingException(HostingError.BadValue, $"the buffer {bounds} does not hold the window {window}");
        var output = new HostImage(new HostImageFormat
        {
            Bounds = bounds,
            Depth = preferences.Depth,
            Components = preferences.Components,
            RowOrder = request.RowOrder ?? Host.Profile.RowOrder,
            RowPadding = Host.Profile.RowPadding,
            Alpha = preferences.Alpha,
            PixelAspectRatio = preferences.PixelAspectRatio,
            Scale = request.Scale,
            Field = request.Field,
        });
        var scope = new ActionScope(Host, OfxText.Of(kOfxImageEffectActionRender), _node, ActionScope.Current, request.Cancellation)
        {
            Render = new RenderState(request, output, window), Time = request.Time,
        };
        try
        {
            using PropertySet input = RenderArguments(request, window);
            OfxStatus status = Plugin.Call(kOfxImageEffectActionRender, _node, input, null, scope);
            CheckImages(scope);
            if (!output.GuardsIntact()) Host.Journal.Violate("output-overrun", $"'{Plugin.Identifier}' wrote outside its output of {bounds}");
            if (scope.IsAborted) throw Aborted(request);
            Plugin.Require(status, kOfxImageEffectActionRender);
            return output;
        }
        catch
        {
            CheckImages(scope);
            output.Dispose();
            throw;
        }
    }

    private PropertySet RenderArguments(RenderRequest request, PixelBounds window)
    {
        PropertySet input = TimeArguments(kOfxImageEffectActionRender, request.Time, request.Scale);
        PropertyTables.Fixed(input, kOfxImageEffectPropFieldToRender,
            StandardNames.Of(Host.Profile.SupportsFields ? request.Field : ImageField.None));
        PropertyTables.Fixed(input, kOfxImageEffectPropRenderWindow, window.X1, window.Y1, window.X2, window.Y2);
        PropertyTables.Fixed(input, kOfxImageEffectPropSequentialRenderStatus, request.IsSequential ? 1 : 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropInteractiveRenderStatus, request.IsInteractive ? 1 : 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropRenderQualityDraft, request.IsDraft ? 1 : 0);
        PropertyTables.Fixed(input, kOfxImageEffectPropThumbnailRender, request.IsThumbnail ? "true" : "false");
        PropertyTables.Fixed(input, kOfxImageEffectPropNoSpatialAwareness, "false");
        NoGpu(input);
        return input;
    }

    /// <summary>Crops to the wanted window and clamps, where the profile or the request want it.</summary>
    private HostImage Finish(HostImage output, PixelBounds wanted, OutputPreferences preferences, RenderRequest request)
    {
        if (Host.Profile.ClampsOutput && preferences.Depth == PixelDepth.Float) Clamp(output);
        if (request.BufferBounds is not null || output.Bounds == wanted) return output;
        using (output) return HostImageConversion.Convert(output, output.Format with { Bounds = wanted });
    }

    private void HideDepth(bool isProxy)
    {
        foreach (HostedClip clip in _node.Clips) clip.Properties.PutTexts(kOfxImageEffectPropPixelDepth,
            StandardNames.Of(isProxy ? PixelDepth.None : clip.Depth));
    }

    private static void Clamp(HostImage image)
    {
        for (int y = image.Bounds.Y1; y < image.Bounds.Y2; y++)
        {
            foreach (ref float value in image.Row<float>(y)) value = float.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
        }
    }

    private HostImage? RenderIdentity(RenderRequest request, IdentityAnswer identity, PixelBounds wanted, OutputPreferences preferences)
    {
        if (identity.Clip.Length == 0 || identity.Clip == HostedClip.OutputName) return null;
        HostedClip clip = _node.Clips.Find(candidate => candidate.Name == identity.Clip)
            ?? throw new HostingException(HostingError.UnknownName,
                $"'{Plugin.Identifier}' calls clip '{identity.Clip}' its identity, which it does not have");
        using HostImage? image = Fetch(clip, identity.Time, request.Scale, request.RowOrder, ImageField.None);
        if (image is null) return null;
        return HostImageConversion.Convert(image, image.Format with
        {
            Bounds = request.BufferBounds ?? wanted, Depth = preferences.Depth, Components = preferences.Components, Alpha = preferences.Alpha,
        });
    }

    private HostingException Aborted(RenderRequest request) =>
        new(HostingError.Aborted, string.Create(CultureInfo.InvariantCulture,
            $"the render of '{Plugin.Identifier}' at time {request.Time} was aborted"));
}
