using System.Globalization;
using System.Text.Json;

namespace RunwayFX.Media;

/// <summary>Asks ffprobe what a movie is.</summary>
public static class MovieProbe
{
    /// <summary>Longest ffprobe answer accepted, in bytes.</summary>
    internal const int AnswerBytesMax = 16 << 20;

    /// <summary>Most streams of a file that are looked at.</summary>
    internal const int StreamsMax = 256;

    /// <summary>Reads the header facts. Quick: nothing is decoded, so <see cref="MediaInfo.FrameCount"/> is the container's claim.
    /// <see cref="FrameReader.Open"/> gives the exact count.</summary>
    /// <exception cref="MediaException">Missing, unreadable, no video stream, ffprobe absent.</exception>
    public static MediaInfo Probe(string path, CancellationToken cancellation = default)
    {
        string full = MediaPaths.ExistingFile(path);
        FFmpegTools tools = FFmpegTools.Get();
        List<string> arguments = ["-v", "error", .. MediaPaths.InputGuards, "-print_format", "json", "-show_format", "-show_streams", "-i",
            MediaPaths.Argument(full)];
        byte[] answer;
        try
        {
            answer = ToolProcess.Capture(tools.FFprobePath, arguments, default, AnswerBytesMax, path, cancellation);
        }
        catch (MediaException e) when (e.Code is MediaError.ToolFailed or MediaError.WriteFailed)
        {
            throw Unreadable(path, full, e);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            MediaInfo info = Parse(path, document.RootElement);
            return info.FieldOrder == FieldOrder.Progressive ? info : WithFields(info, full, tools, cancellation);
        }
        catch (JsonException e)
        {
            throw new MediaException(MediaError.ToolFailed, $"'{path}': ffprobe's answer is not JSON: {e.Message}", e);
        }
    }

    /// <summary>Decodes the first picture, which may know its fields better than the container.</summary>
    private static MediaInfo WithFields(MediaInfo info, string full, FFmpegTools tools, CancellationToken cancellation)
    {
        List<string> arguments =
        [
            "-v", "quiet", .. MediaPaths.InputGuards, "-select_streams", info.VideoStreamIndex.ToString(CultureInfo.InvariantCulture),
                "-read_intervals", "%+#1",
            "-show_frames", "-show_entries", "frame=interlaced_frame,top_field_first", "-print_format", "json", "-i", MediaPaths.Argument(full),
        ];
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                ToolProcess.Capture(tools.FFprobePath, arguments, default, AnswerBytesMax, info.Path, cancellation));
            if (!document.RootElement.TryGetProperty("frames", out JsonElement frames) || frames.ValueKind != JsonValueKind.Array
                || frames.GetArrayLength() == 0) return info;
            JsonElement first = frames[0];
            if (Number(first, "interlaced_frame") != 1) return info;
            bool topFirst = Number(first, "top_field_first") == 1;
            FieldOrder order = info.FieldOrder != FieldOrder.Unknown ? info.FieldOrder : topFirst ? FieldOrder.TopFirst : FieldOrder.BottomFirst;
            return info with { FieldOrder = order, TopFieldFirst = topFirst };
        }
        catch (Exception e) when (e is JsonException or MediaException)
        {
            return info; // Opening the frames will tell what is wrong.
        }
    }

    private static MediaException Unreadable(string path, string full, MediaException e)
    {
        try
        {
            using FileStream stream = File.OpenRead(full);
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
        {
            return new MediaException(MediaError.AccessDenied, $"'{path}' cannot be opened: {denied.Message}", denied);
        }

        string reason = e.Message.Contains("whitelist", StringComparison.OrdinalIgnoreCase)
            ? "its format is a playlist or another kind that could reach other files or the network; it is not opened"
                : "it is not a movie that ffmpeg can read";
        return new MediaException(MediaError.Malformed, $"{e.Message} ({reason})", e);
    }

    private static MediaInfo Parse(string path, JsonElement root)
    {
        if (!root.TryGetProperty("streams", out JsonElement streams) || streams.ValueKind != JsonValueKind.Array) throw NoVideo(path);
        if (streams.GetArrayLength() > StreamsMax)
        {
            throw new MediaException(MediaError.TooLarge, $"'{path}' has {streams.GetArrayLength()} streams, the limit is {StreamsMax}");
        }

        root.TryGetProperty("format", out JsonElement format);
        var warnings = new List<string>();
        var audio = new List<AudioStreamInfo>();
        JsonElement? video = null;
        string? timecode = null;
        foreach (JsonElement stream in streams.EnumerateArray())
        {
            string type = Text(stream, "codec_type");
            if (type == "audio") audio.Add(ParseAudio(stream));
            if (type == "video" && Number(stream, "disposition", "attached_pic") == 0)
            {
                if (video is null) video = stream;
                else warnings.Add($"stream {Number(stream, "index")}: only the first video stream is read");
            }

            string tag = Tag(stream, "timecode");
            if (tag.Length > 0 && (timecode is null || type == "video")) timecode = tag;
        }

        if (video is null) throw NoVideo(path);
        if (timecode is null && format.ValueKind == JsonValueKind.Object && Tag(format, "timecode") is { Length: > 0 } fromFormat)
        {
            timecode = fromFormat;
        }

        return Build(path, video.Value, format, audio, timecode, warnings);
    }

    private static MediaInfo Build(string path, JsonElement video, JsonElement format, List<AudioStreamInfo> audio, string? timecode,
        List<string> warnings)
    {
        int width = (int)Math.Clamp(Number(video, "width"), 0, int.MaxValue);
        int height = (int)Math.Clamp(Number(video, "height"), 0, int.MaxValue);
        CheckSize(path, width, height);
        string pixelFormat = Text(video, "pix_fmt");
        if (pixelFormat.Length == 0)
        {
            throw new MediaException(MediaError.Unsupported, $"'{path}': ffmpeg has no decoder for codec '{Text(video, "codec_name")}'");
        }

        PixelLayout layout = PixelLayout.ForSource(pixelFormat, path);
        int raw = int.TryParse(Text(video, "bits_per_raw_sample"), NumberStyles.None, CultureInfo.InvariantCulture, out int bits) ? bits : 0;
        Rational average = Rate(video, "avg_frame_rate");
        Rational rate = Rate(video, "r_frame_rate");
        if (!rate.IsPositive) rate = average;
        if (!rate.IsPositive)
        {
            rate = new Rational(25, 1);
            warnings.Add("the file states no frame rate; 25 is assumed");
        }

        Rational aspect = Rational.TryParse(Text(video, "sample_aspect_ratio"), out Rational sar) && sar.IsPositive ? sar : Rational.One;
        Timecode? start = null;
        if (timecode is not null)
        {
            if (Timecode.TryParse(timecode, out Timecode parsed)) start = parsed;
            else warnings.Add($"the time code '{timecode}' cannot be read and is not kept");
        }

        if (video.TryGetProperty("side_data_list", out JsonElement side) && side.ToString().Contains("rotation", StringComparison.Ordinal))
        {
            warnings.Add("the file carries a rotation for players; pixels are read as stored and the rotation is not kept");
        }

        double seconds = Decimal(video, "duration");
        if (seconds <= 0 && format.ValueKind == JsonValueKind.Object) seconds = Decimal(format, "duration");
        return new MediaInfo
        {
            Path = path,
            Kind = MediaKind.Movie,
            Width = width,
            Height = height,
            FrameRate = rate,
            AverageRate = average,
            FrameCount = Math.Max(0, long.TryParse(Text(video, "nb_frames"), NumberStyles.None, CultureInfo.InvariantCulture, out long frames)
                ? frames : 0),
            DurationSeconds = seconds,
            StartSeconds = Decimal(video, "start_time"),
            ContainerStartSeconds = format.ValueKind == JsonValueKind.Object ? Decimal(format, "start_time") : 0,
            StartTimecode = start,
            PixelFormat = pixelFormat,
            BitDepth = layout.IsFloat ? 32 : raw > 0 && raw < layout.Depth ? raw : layout.Depth,
            IsFloat = layout.IsFloat,
            HasAlpha = layout.HasAlpha,
            Color = ParseColor(video, pixelFormat),
            SampleAspect = aspect,
            FieldOrder = ParseFieldOrder(Text(video, "field_order")),
            Codec = Text(video, "codec_name"),
            Profile = Text(video, "profile"),
            Container = format.ValueKind == JsonValueKind.Object ? Text(format, "format_name") : "",
            VideoStreamIndex = (int)Number(video, "index"),
            Audio = audio,
            Warnings = warnings,
        };
    }

    /// <summary>Refuses a size before anything is allocated for it.</summary>
    internal static void CheckSize(string path, long width, long height)
    {
        if (width < 1 || height < 1) throw new MediaException(MediaError.Malformed, $"'{path}' states a size of {width}×{height}");
        if (width > Imaging.Frame.SideMax) throw new MediaException(MediaError.TooLarge, $"'{path}': width {width} is over {Imaging.Frame.SideMax}");
        if (height > Imaging.Frame.SideMax)
        {
            throw new MediaException(MediaError.TooLarge, $"'{path}': height {height} is over {Imaging.Frame.SideMax}");
        }

        if (width * height > StillReader.PixelsMax)
        {
            throw new MediaException(MediaError.TooLarge,
                $"'{path}': {width}×{height} is {width * height} pixels, the limit is {StillReader.PixelsMax}");
        }
    }

    private static ColorTags ParseColor(JsonElement video, string pixelFormat) => new()
    {
        Range = Known(Text(video, "color_range")) ?? (pixelFormat.StartsWith("yuvj", StringComparison.Ordinal) ? "pc" : null),
        Matrix = Known(Text(video, "color_space")),
        Primaries = Known(Text(video, "color_primaries")),
        Transfer = Known(Text(video, "color_transfer")),
        ChromaLocation = Known(Text(video, "chroma_location")),
    };

    private static Rational Rate(JsonElement video, string name) => Rational.TryParse(Text(video, name), out Rational rate) ? rate : Rational.Unknown;

    private static string? Known(string text) => text is "" or "unknown" or "unspecified" or "reserved" ? null : text;

    private static FieldOrder ParseFieldOrder(string text) => text switch
    {
        "progressive" => FieldOrder.Progressive,
        "tt" => FieldOrder.TopFirst,
        "bb" => FieldOrder.BottomFirst,
        "tb" => FieldOrder.TopStoredBottomFirst,
        "bt" => FieldOrder.BottomStoredTopFirst,
        _ => FieldOrder.Unknown,
    };

    private static AudioStreamInfo ParseAudio(JsonElement stream)
    {
        int rate = int.TryParse(Text(stream, "sample_rate"), NumberStyles.None, CultureInfo.InvariantCulture, out int hertz) ? hertz : 0;
        return new AudioStreamInfo(
            (int)Number(stream, "index"), Text(stream, "codec_name"), (int)Number(stream, "channels"), rate, Decimal(stream, "start_time"),
                Decimal(stream, "duration"));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number : 0;

    private static long Number(JsonElement element, string group, string name) =>
        element.TryGetProperty(group, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? Number(value, name) : 0;

    private static double Decimal(JsonElement element, string name) =>
        double.TryParse(Text(element, name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
            : 0;

    private static string Tag(JsonElement element, string name)
    {
        if (!element.TryGetProperty("tags", out JsonElement tags) || tags.ValueKind != JsonValueKind.Object) return "";
        foreach (JsonProperty tag in tags.EnumerateObject())
        {
            if (string.Equals(tag.Name, name, StringComparison.OrdinalIgnoreCase) && tag.Value.ValueKind == JsonValueKind.String)
            {
                return tag.Value.GetString()!;
            }
        }

        return "";
    }

    private static MediaException NoVideo(string path) => new(MediaError.Unsupported, $"'{path}' has no video stream");
}
