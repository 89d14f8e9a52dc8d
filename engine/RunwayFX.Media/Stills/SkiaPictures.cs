using System.Runtime.InteropServices;
using RunwayFX.Imaging;
using SkiaSharp;

namespace RunwayFX.Media;

/// <summary>Decodes 8-bit formats through SkiaSharp: JPEG, WebP, BMP, GIF (first picture). The EXIF orientation of cameras is applied.</summary>
internal static class SkiaPictures
{
    /// <summary>Decodes a whole file held in memory; null where it is none of these formats.</summary>
    /// <exception cref="MediaException">Damaged or too large.</exception>
    public static StillPicture? TryRead(string path, byte[] file)
    {
        using SKData data = SKData.CreateCopy(file);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null) return null;
        SKImageInfo info = codec.Info;
        MovieProbe.CheckSize(path, info.Width, info.Height);
        bool alpha = info.AlphaType != SKAlphaType.Opaque;
        var target = new SKImageInfo(info.Width, info.Height, SKColorType.Rgba8888, alpha ? SKAlphaType.Unpremul : SKAlphaType.Opaque,
            info.ColorSpace);
        byte[] pixels = new byte[target.BytesSize];
        GCHandle pin = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        try
        {
            SKCodecResult result = codec.GetPixels(target, pin.AddrOfPinnedObject());
            if (result != SKCodecResult.Success) throw new MediaException(MediaError.Malformed, $"'{path}' cannot be decoded: {result}");
        }
        finally
        {
            pin.Free();
        }

        var frame = new Frame(info.Width, info.Height);
        Span<float> values = frame.Pixels;
        for (int i = 0; i < pixels.Length; i++) values[i] = pixels[i] / 255f;
        string name = codec.EncodedFormat switch
        {
            SKEncodedImageFormat.Jpeg => "mjpeg",
            SKEncodedImageFormat.Webp => "webp",
            SKEncodedImageFormat.Bmp => "bmp",
            SKEncodedImageFormat.Gif => "gif",
            SKEncodedImageFormat.Ico => "ico",
            _ => "unknown",
        };
        return new StillPicture { Frame = Oriented(frame, codec.EncodedOrigin), Codec = name, BitDepth = 8, HasAlpha = alpha };
    }

    /// <summary>Turns a picture the way its EXIF tag says it was held.</summary>
    private static Frame Oriented(Frame frame, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft) return frame;
        bool swap = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var turned = new Frame(swap ? frame.Height : frame.Width, swap ? frame.Width : frame.Height);
        (int right, int bottom) = (frame.Width - 1, frame.Height - 1);
        for (int y = 0; y < turned.Height; y++)
        {
            Span<float> row = turned.Row(y);
            for (int x = 0; x < turned.Width; x++)
            {
                (int sx, int sy) = origin switch
                {
                    SKEncodedOrigin.TopRight => (right - x, y),
                    SKEncodedOrigin.BottomRight => (right - x, bottom - y),
                    SKEncodedOrigin.BottomLeft => (x, bottom - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, bottom - x),
                    SKEncodedOrigin.RightBottom => (right - y, bottom - x),
                    _ => (right - y, x),
                };
                frame.Row(sy).Slice(sx * Frame.Channels, Frame.Channels).CopyTo(row[(x * Frame.Channels)..]);
            }
        }

        return turned;
    }
}
