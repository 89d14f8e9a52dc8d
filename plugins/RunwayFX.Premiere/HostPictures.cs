using AdobeEffects.Plugins;
using AdobeEffects.Raw;
using RunwayFX.Bridge;

namespace RunwayFX.Premiere;

/// <summary>Says of a host's picture what the bridge wants to know, and copies it. Depth, order and row direction change within the one copy.</summary>
internal static unsafe class HostPictures
{
    /// <summary>The picture as a slot shall hold it; y up, as the bridge counts.</summary>
    public static FrameDescription Describe(RenderFrame frame, Picture picture)
    {
        int layerHeight = (int)Math.Ceiling(frame.LayerSize.Height * frame.Downsample.Y);
        bool isWhole = picture.Top == 0 && picture.Left == 0;
        return new FrameDescription(
            picture.Left,
            isWhole ? 0 : layerHeight - (picture.Top + picture.Height),
            picture.Width,
            picture.Height,
            new PixelFormat(DepthOf(picture.Layout), PixelComponents.Rgba),
            Premultiplication.Unpremultiplied,
            Math.Clamp(frame.PixelAspect, RenderRequest.PixelAspectMin, RenderRequest.PixelAspectMax),
            FieldOf(frame));
    }

    /// <summary>Copies a host's picture into a slot.</summary>
    public static void Fill(SlotView slot, Picture picture) =>
        slot.CopyFromHost(BottomRow(picture), -(long)picture.RowBytes, LayoutOf(picture.Layout));

    /// <summary>Copies a slot into a host's picture.</summary>
    public static void Take(SlotView slot, Picture picture) =>
        slot.CopyToHost(BottomRow(picture), -(long)picture.RowBytes, LayoutOf(picture.Layout));

    private static void* BottomRow(Picture picture) => picture.Data + (long)(picture.Height - 1) * picture.RowBytes;

    private static PixelDepth DepthOf(PixelLayout layout) => layout switch
    {
        PixelLayout.Bgra8 or PixelLayout.Argb8 => PixelDepth.Byte,
        PixelLayout.Argb16 => PixelDepth.Short,
        _ => PixelDepth.Float,
    };

    private static HostLayout LayoutOf(PixelLayout layout)
    {
        HostDepth depth = layout switch
        {
            PixelLayout.Bgra8 or PixelLayout.Argb8 => HostDepth.Byte,
            PixelLayout.Argb16 => HostDepth.Short15,
            _ => HostDepth.Float,
        };
        bool isBlueFirst = layout is PixelLayout.Bgra8 or PixelLayout.BgraFloat or PixelLayout.BgraFloatLinear;
        return new HostLayout(depth, PixelComponents.Rgba, isBlueFirst ? ComponentOrder.Bgra : ComponentOrder.Argb);
    }

    private static FieldKind FieldOf(RenderFrame frame)
    {
        if (!frame.IsOneField) return FieldKind.None;
        return frame.Field == PF_Field.PF_Field_UPPER ? FieldKind.Upper : FieldKind.Lower;
    }
}
