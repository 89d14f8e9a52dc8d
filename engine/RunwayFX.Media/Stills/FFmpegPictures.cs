using System.Globalization;
using System.Text;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Picture formats that go through ffmpeg by pipes, at full depth: TIFF and DPX both ways, rarer EXR compressions in.</summary>
internal static class FFmpegPictures
{
    private static readonly YuvRules _rules = YuvRules.From(
        YuvRules.Resolve(ColorTags.None, null, PixelLayout.ForSource("gbrp", "picture"), 1), PixelLayout.ForSource("gbrp", "picture"),
            FieldOrder.Progressive, 1, "picture");

    /// <summary>ffmpeg's pipe demuxer for a file's first bytes; null where it is none of these formats.</summary>
    public static string? Demuxer(ReadOnlySpan<byte> start) => start switch
    {
        [0x49, 0x49, 42, 0, ..] or [0x4D, 0x4D, 0, 42, ..] => "tiff_pipe",
        [(byte)'S', (byte)'D', (byte)'P', (byte)'X', ..] or [(byte)'X', (byte)'P', (byte)'D', (byte)'S', ..] => "dpx_pipe",
        _ => null,
    };

    /// <summary>Decodes a picture held in memory.</summary>
    public static StillPicture Read(string path, byte[] file, string demuxer, CancellationToken cancellation)
    {
        FFmpegTools tools = FFmpegTools.Get();
        // The whole file is one packet; otherwise formats without a parser arrive in shreds.
        string size = file.Length.ToString(CultureInfo.InvariantCulture);
        string[] input = ["-protocol_whitelist", "pipe", "-f", demuxer, "-frame_size", size, "-i", "pipe:0"];
        byte[] answer = ToolProcess.Capture(
            tools.FFprobePath, ["-v", "error", .. input, "-show_entries",
                "stream=codec_name,width,height,pix_fmt,bits_per_raw_sample,sample_aspect_ratio", "-print_format", "default=nw=1"],
            file, 1 << 20, path, cancellation);
        Dictionary<string, string> facts = [];
        foreach (string line in Encoding.UTF8.GetString(answer).Split('\n'))
        {
            string[] pair = line.Trim().Split('=', 2);
            if (pair.Length == 2) facts.TryAdd(pair[0], pair[1]);
        }

        int width = Number(facts, "width");
        int height = Number(facts, "height");
        MovieProbe.CheckSize(path, width, height);
        PixelLayout layout = PixelLayout.ForSource(facts.GetValueOrDefault("pix_fmt", "unknown"), path);
        var converter = new FrameConverter(layout, _rules, width, height);
        // The layout asked for is the picture's own, so ffmpeg converts nothing.
        byte[] raw = ToolProcess.Capture(
            tools.FFmpegPath,
            ["-hide_banner", "-nostdin", "-loglevel", "error", .. input, "-frames:v", "1", "-pix_fmt", layout.Name, "-f", "rawvideo", "pipe:1"],
            file, converter.FrameBytes, path, cancellation);
        if (raw.Length != converter.FrameBytes)
        {
            throw new MediaException(MediaError.Malformed, $"'{path}' gave {raw.Length} of {converter.FrameBytes} bytes");
        }

        var frame = new Frame(width, height);
        converter.Decode(raw, frame);
        int bits = Number(facts, "bits_per_raw_sample");
        return new StillPicture
        {
            Frame = frame,
            Codec = facts.GetValueOrDefault("codec_name", "unknown"),
            BitDepth = layout.IsFloat ? 32 : bits > 0 && bits < layout.Depth ? bits : layout.Depth,
            IsFloat = layout.IsFloat,
            HasAlpha = layout.HasAlpha,
            SampleAspect = Rational.TryParse(facts.GetValueOrDefault("sample_aspect_ratio"), out Rational aspect) && aspect.IsPositive ? aspect
                : Rational.One,
        };
    }

    /// <summary>Encodes a picture.</summary>
    public static byte[] Encode(string path, Frame frame, StillFormat format, bool hasAlpha, Rational pixelAspect, CancellationToken cancellation)
    {
        (string codec, string pixels) = format switch
        {
            StillFormat.Dpx10 => ("dpx", "gbrp10be"),
            StillFormat.Dpx12 => ("dpx", "gbrp12be"),
            StillFormat.Tiff16 => ("tiff", hasAlpha ? "rgba64le" : "rgb48le"),
            _ => throw new ArgumentException($"{format} is not written through ffmpeg", nameof(format)),
        };
        PixelLayout layout = PixelLayout.ForSource(pixels, path);
        var converter = new FrameConverter(layout, _rules, frame.Width, frame.Height);
        byte[] raw = new byte[converter.FrameBytes];
        converter.Encode(frame, raw);
        Rational aspect = pixelAspect.IsPositive ? pixelAspect.Reduced : Rational.One;
        List<string> arguments =
        [
            "-hide_banner", "-nostdin", "-loglevel", "error", "-f", "rawvideo", "-pixel_format", pixels,
            "-video_size", string.Create(CultureInfo.InvariantCulture, $"{frame.Width}x{frame.Height}"), "-i", "pipe:0",
            "-vf", string.Create(CultureInfo.InvariantCulture, $"setsar={aspect.Numerator}/{aspect.Denominator}:max=100000000"),
            "-frames:v", "1", "-c:v", codec, .. codec == "tiff" ? (string[])["-compression_algo", "deflate"] : [], "-flags:v", "+bitexact",
            "-fflags", "+bitexact", "-f", "image2pipe", "pipe:1",
        ];
        return ToolProcess.Capture(FFmpegTools.Get().FFmpegPath, arguments, raw, StillReader.FileBytesMax, path, cancellation);
    }

    private static int Number(Dictionary<string, string> facts, string name) =>
        int.TryParse(facts.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
