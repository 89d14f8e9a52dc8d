using System.Globalization;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

public sealed partial class HostedEffect
{
    /// <summary>Hands an image to the plug-in.</summary>
    internal OfxStatus GetImage(HostedClip clip, double time, out OfxPropertySetHandle handle)
    {
        handle = default;
        ActionScope? scope = ScopeOfThread();
        if (!double.IsFinite(time)) return OfxStatus.kOfxStatErrValue;
        if (clip.IsOutput)
        {
            if (scope?.Render is not { } render) return OfxStatus.kOfxStatFailed;
            handle = Lend(clip, render.Output, ownsImage: false, scope, time);
            return OfxStatus.kOfxStatOK;
        }

        if (clip.Source is null) return Missing(clip, scope, time, out handle);
        if (Host.Profile.ImagesOnlyWhileRendering && scope?.Render is null) return OfxStatus.kOfxStatFailed;
        if (scope is not null && time != scope.Time)
        {
            if (Host.Profile.TemporalAccess == TemporalAccess.Refused) return OfxStatus.kOfxStatFailed;
            if (Host.Profile.TemporalAccess == TemporalAccess.CurrentFrameInstead) time = scope.Time;
        }

        RenderRequest? request = scope?.Render?.Request;
        HostImage? image = Fetch(clip, time, request?.Scale ?? RenderScale.One, request?.RowOrder, request?.Field ?? ImageField.None);
        if (image is null) return Missing(clip, scope, time, out handle);
        handle = Lend(clip, image, ownsImage: true, scope, time);
        return OfxStatus.kOfxStatOK;
    }

    /// <summary>Takes an image back.</summary>
    internal static OfxStatus ReleaseImage(OfxPropertySetHandle handle)
    {
        if (HandleTable.Get<PropertySet>(handle.Value)?.Tag is not ImageNode image) return OfxStatus.kOfxStatErrBadHandle;
        if (!image.Clip.Effect.Images.TryRemove(handle.Value, out _)) return OfxStatus.kOfxStatErrBadHandle;
        if (!image.Clip.IsOutput && image.Image?.GuardsIntact() == false)
            image.Clip.Effect.Host.Journal.Violate("image-overrun", $"bytes outside an image of clip '{image.Clip.Name}' were overwritten");
        image.Dispose();
        return OfxStatus.kOfxStatOK;
    }

    internal int IsAborted() => ScopeOfThread() is { IsAborted: true } ? 1 : 0;

    /// <summary>A frame in the form in which the plug-in sees it.</summary>
    private HostImage? Fetch(HostedClip clip, double time, RenderScale scale, RowOrder? rowOrder, ImageField field)
    {
        OutputPreferences? preferences = _preferences;
        PixelDepth depth = clip.Depth != PixelDepth.None ? clip.Depth : preferences?.Depth ?? PixelDepth.Float;
        PixelComponents components = clip.Components != PixelComponents.None ? clip.Components : preferences?.Components ?? PixelComponents.Rgba;
        HostImage? image = _source.GetFrame(new FrameQuery(clip.Name, time, scale, depth, components, field));
        if (image is null) return null;
        HostImageFormat format = image.Format with
        {
            Depth = depth,
            Components = components,
            RowOrder = rowOrder ?? Host.Profile.RowOrder,
            RowPadding = Host.Profile.RowPadding,
            Alpha = Host.Profile.AlphaOverride ?? image.Format.Alpha,
            PixelAspectRatio = clip.PixelAspectRatio,
            Scale = scale,
            Bounds = BoundsAt(image, scale),
        };
        if (format == image.Format) return image;
        using (image) return HostImageConversion.Convert(image, format);
    }

    private PixelBounds BoundsAt(HostImage image, RenderScale scale)
    {
        if (!Host.Profile.SupportsMultiResolution) return Project.Region.ToPixels(scale, image.Format.PixelAspectRatio);
        if (image.Format.Scale == scale) return image.Bounds;
        return CanonicalRegion.FromPixels(image.Bounds, image.Format.Scale, image.Format.PixelAspectRatio)
            .ToPixels(scale, image.Format.PixelAspectRatio);
    }

    private OfxStatus Missing(HostedClip clip, ActionScope? scope, double time, out OfxPropertySetHandle handle)
    {
        handle = default;
        if (Host.Profile.MissingImage == MissingImageAnswer.Failure) return OfxStatus.kOfxStatFailed;
        if (Host.Profile.MissingImage == MissingImageAnswer.ImageWithoutData) handle = Lend(clip, null, ownsImage: false, scope, time);
        return OfxStatus.kOfxStatOK;
    }

    private OfxPropertySetHandle Lend(HostedClip clip, HostImage? image, bool ownsImage, ActionScope? scope, double time)
    {
        PropertySet set = PropertyTables.Image(Host, clip);
        if (image is not null)
        {
            HostImageFormat format = image.Format;
            PixelBounds bounds = format.Bounds, region = image.RegionOfDefinition ?? RegionPixels(clip, format, time);
            set.PutTexts(kOfxImageEffectPropPixelDepth, StandardNames.Of(format.Depth));
            set.PutTexts(kOfxImageEffectPropComponents, StandardNames.Of(format.Components));
            set.PutTexts(kOfxImageEffectPropPreMultiplication, StandardNames.Of(Host.Profile.AlphaOverride ?? format.Alpha));
            set.Put(kOfxImageEffectPropRenderScale, format.Scale.X, format.Scale.Y);
            set.Put(kOfxImagePropPixelAspectRatio, format.PixelAspectRatio);
            set.PutPointer(kOfxImagePropData, image.Data);
            set.Put(kOfxImagePropBounds, bounds.X1, bounds.Y1, bounds.X2, bounds.Y2);
            set.Put(kOfxImagePropRegionOfDefinition, region.X1, region.Y1, region.X2, region.Y2);
            set.Put(kOfxImagePropRowBytes, image.RowBytes);
            set.PutTexts(kOfxImagePropField, StandardNames.Of(Host.Profile.SupportsFields ? format.Field : ImageField.None));
            set.PutTexts(kOfxImagePropUniqueIdentifier, image.UniqueIdentifier.Length > 0
                ? image.UniqueIdentifier : string.Create(CultureInfo.InvariantCulture, $"{clip.Name}@{time:R}x{format.Scale.X:R}"));
        }

        var node = new ImageNode(clip, set, image, ownsImage, scope);
        set.Tag = node;
        _node.Images[set.Handle.Value] = node;
        return set.Handle;
    }

    private PixelBounds RegionPixels(HostedClip clip, HostImageFormat format, double time)
    {
        CanonicalRegion region = clip.IsOutput ? default : ClipRegion(clip, time);
        PixelBounds pixels = region.ToPixels(format.Scale, format.PixelAspectRatio);
        return pixels.Contains(format.Bounds) ? pixels : format.Bounds;
    }

    /// <summary>What the calling thread does for this instance; a thread of the plug-in's own is taken to work for the newest action.</summary>
    private ActionScope? ScopeOfThread()
    {
        for (ActionScope? scope = ActionScope.Current; scope is not null; scope = scope.Outer)
        {
            if (scope.Node == _node) return scope;
        }

        return _node.LatestScope;
    }

    /// <summary>Reports and takes back the images that an action left behind.</summary>
    private void CheckImages(ActionScope? scope)
    {
        foreach (var (handle, image) in _node.Images)
        {
            if (image.Scope != scope || !_node.Images.TryRemove(handle, out _)) continue;
            Host.Journal.Violate("image-not-released",
                $"'{Plugin.Identifier}' kept an image of clip '{image.Clip.Name}' after {scope?.Action ?? "an action"}");
            image.Dispose();
        }
    }
}
