using System.Globalization;

namespace RunwayFX.Media;

/// <summary>How an output format is made with ffmpeg: pixel layout, encoder arguments, container. Checks that the format can hold the
/// source.</summary>
internal sealed record EncoderPlan
{
    /// <summary>Raw frames handed to ffmpeg.</summary>
    public required PixelLayout Layout { get; init; }

    /// <summary>ffmpeg's muxer of the finished file.</summary>
    public required string Muxer { get; init; }

    /// <summary>ffmpeg's muxer of the segments; keeps tags like the finished file.</summary>
    public required string SegmentMuxer { get; init; }

    /// <summary>Codec arguments. Fixed numbers of threads and slices, so that the bytes do not depend on the machine.</summary>
    public required IReadOnlyList<string> Codec { get; init; }

    /// <summary>Whether a reader will learn that YUV is full range; otherwise the output is made in limited range.</summary>
    public bool HoldsFullRange { get; private init; }

    /// <summary>What a user should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    private static readonly Dictionary<string, string> _muxers = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mov"] = "mov",
        [".mp4"] = "mp4",
        [".m4v"] = "mp4",
        [".mkv"] = "matroska",
        [".avi"] = "avi",
        [".mxf"] = "mxf",
    };

    /// <summary>Endings of movies.</summary>
    public static IEnumerable<string> Extensions => _muxers.Keys;

    /// <summary>Whether a path names a movie.</summary>
    public static bool IsMovie(string path) => _muxers.ContainsKey(Path.GetExtension(path));

    /// <summary>Plans an output.</summary>
    /// <exception cref="MediaException">The container cannot hold the format, or the format would lose what the source has.</exception>
    public static EncoderPlan For(OutputSettings settings)
    {
        string extension = Path.GetExtension(settings.Path);
        if (!_muxers.TryGetValue(extension, out string? muxer))
        {
            throw new MediaException(MediaError.Unsupported,
                $"'{settings.Path}': '{extension}' is not a movie ending ({string.Join(' ', Extensions)})");
        }

        var warnings = new List<string>();
        (string layoutName, string[] codec, string[] containers) = settings.Format switch
        {
            OutputFormat.H264 => H264(settings, warnings),
            OutputFormat.ProRes422 => ("yuv422p10le", ProRes("3"), new[] { "mov", "matroska" }),
            OutputFormat.ProRes4444 => (settings.HasAlpha ? "yuva444p10le" : "yuv444p10le", ProRes("4"), ["mov", "matroska"]),
            OutputFormat.Ffv1 => (Ffv1Layout(settings), Ffv1Arguments(settings), ["matroska", "mov", "avi"]),
            OutputFormat.DnxHr => DnxHr(settings),
            _ => throw new ArgumentException($"{settings.Format} is not a movie format", nameof(settings)),
        };
        if (!containers.Contains(muxer))
        {
            throw new MediaException(MediaError.Unsupported, $"'{settings.Path}': a {extension} file does not hold {settings.Format}");
        }

        if (!FFmpegTools.Get().HasEncoder(codec[1]))
        {
            throw new MediaException(MediaError.ToolMissing,
                $"'{settings.Path}': this ffmpeg ({FFmpegTools.Get().Version}) has no encoder '{codec[1]}'");
        }

        PixelLayout layout = PixelLayout.ForSource(layoutName, settings.Path);
        RefuseLoss(settings, layout.Depth, layout.HasAlpha, layout.IsFloat);
        bool holdsRange = muxer is not ("mov" or "avi") || settings.Format == OutputFormat.H264;
        if (settings.Format == OutputFormat.Ffv1 && layout.Model == PixelModel.Yuv && !holdsRange && !settings.AllowLoss
            && (settings.Color.Range ?? settings.Conversion.Range) == "pc")
        {
            throw Loss(settings, $"the source is full range, which a {extension} file cannot say of FFV1", ".mkv can");
        }

        if ((layout.ChromaX == 2 && settings.Width % 2 != 0) || (layout.ChromaY == 2 && settings.Height % 2 != 0))
        {
            if (settings.Format != OutputFormat.Ffv1)
            {
                throw new MediaException(MediaError.Unsupported,
                    $"'{settings.Path}': {settings.Format} needs even sides, not {settings.Width}×{settings.Height}; FFV1 (.mkv) and pictures take any");
            }
        }

        return new EncoderPlan
        {
            Layout = layout,
            Muxer = muxer,
            SegmentMuxer = muxer == "mxf" ? "mov" : muxer,
            Codec = codec,
            HoldsFullRange = holdsRange && settings.Format is OutputFormat.H264 or OutputFormat.Ffv1,
            Warnings = warnings,
        };
    }

    /// <summary>Refuses a format that has less than the source, unless loss is allowed.</summary>
    public static void RefuseLoss(OutputSettings settings, int depth, bool hasAlpha, bool isFloat)
    {
        if (settings.AllowLoss) return;
        if (settings.SourceIsFloat && !isFloat)
        {
            throw Loss(settings, "the source is floating point, with values that may lie outside 0..1", "EXR keeps them");
        }

        if (!isFloat && settings.SourceBitDepth > depth)
        {
            string way = settings.SourceBitDepth > 10 ? "FFV1, DPX (12 bits), PNG 16 or EXR keep it (ffmpeg's ProRes encoder is 10-bit)"
                : "ProRes, DNxHR, FFV1, DPX or EXR keep it";
            throw Loss(settings, $"the source has {settings.SourceBitDepth} bits, the format {depth}", way);
        }

        if (settings.HasAlpha && !hasAlpha)
        {
            throw Loss(settings, "the source has alpha, the format has none", "ProRes 4444, FFV1, PNG, TIFF or EXR keep it");
        }
    }

    /// <summary>The encoder arguments that carry the tags of the source.</summary>
    public IEnumerable<string> TagArguments(OutputSettings settings, ColorTags tags)
    {
        bool interlaced = settings.FieldOrder is not (FieldOrder.Unknown or FieldOrder.Progressive);
        bool topFirst = settings.TopFieldFirst ?? settings.FieldOrder is FieldOrder.TopFirst or FieldOrder.BottomStoredTopFirst;
        string filters = "setparams=field_mode=" + (!interlaced ? "prog" : topFirst ? "tff" : "bff");
        var arguments = new List<string>();
        Add("range", "-color_range", tags.Range);
        Add("colorspace", "-colorspace", tags.Matrix);
        Add("color_primaries", "-color_primaries", tags.Primaries);
        Add("color_trc", "-color_trc", tags.Transfer);
        if (tags.ChromaLocation is not null && Layout.Model == PixelModel.Yuv) arguments.AddRange(["-chroma_sample_location", tags.ChromaLocation]);
        Rational aspect = settings.SampleAspect.Reduced;
        filters += string.Create(CultureInfo.InvariantCulture, $",setsar={aspect.Numerator}/{aspect.Denominator}:max=100000000");
        bool byField = interlaced && settings.Format is OutputFormat.H264 or OutputFormat.ProRes422 or OutputFormat.ProRes4444;
        arguments.AddRange(["-flags:v", byField ? "+bitexact+ildct+ilme" : "+bitexact"]);
        return ["-vf", filters, .. arguments];

        void Add(string filter, string option, string? value)
        {
            if (value is null) return;
            filters += $":{filter}={value}";
            arguments.AddRange([option, value == "gbr" ? "rgb" : value]); // The encoder option has another name for it than the filter.
        }
    }

    private static MediaException Loss(OutputSettings settings, string what, string way) =>
        new(MediaError.WouldLose, $"'{settings.Path}' as {settings.Format}: {what}; {way}. Allow the loss to go on.");

    private static (string Layout, string[] Codec, string[] Containers) H264(OutputSettings settings, List<string> warnings)
    {
        string[] containers = ["mp4", "mov", "matroska"];
        if (settings.SourceBitDepth <= 8) warnings.Add("H.264 is lossy and stores chroma at half resolution (4:2:0)");
        if (FFmpegTools.Get().HasEncoder("libx264"))
        {
            // No B-frames: every segment then starts and ends cleanly. Threads are fixed because they change the bytes.
            return ("yuv420p", ["-c:v", "libx264", "-preset", "medium", "-crf", "14", "-bf", "0", "-g", "48", "-threads", "4"], containers);
        }

        warnings.Add("this ffmpeg has no libx264; MPEG-4 part 2 is written instead of H.264");
        return ("yuv420p", ["-c:v", "mpeg4", "-q:v", "2", "-bf", "0", "-g", "48", "-threads", "1"], containers);
    }

    private static string[] ProRes(string profile) => ["-c:v", "prores_ks", "-profile:v", profile, "-vendor", "apl0", "-threads", "4"];

    private static string[] Ffv1Arguments(OutputSettings settings)
    {
        if (Math.Min(settings.Width, settings.Height) < Ffv1Slices.SideMin)
        {
            throw new MediaException(MediaError.Unsupported,
                $"'{settings.Path}': FFV1 needs sides of {Ffv1Slices.SideMin} pixels, not {settings.Width}×{settings.Height}: encoders write tiny frames "
                + "wrong without a word; pictures take any size");
        }

        string slices = Ffv1Slices.For(settings.Width, settings.Height, PixelLayout.ForSource(Ffv1Layout(settings), settings.Path))
            .ToString(CultureInfo.InvariantCulture);
        return ["-c:v", "ffv1", "-level", "3", "-coder", "1", "-context", "0", "-g", "1", "-slices", slices, "-slicecrc", "1", "-threads", "4"];
    }

    private static (string Layout, string[] Codec, string[] Containers) DnxHr(OutputSettings settings)
    {
        bool full = settings.PixelFormat is not null && PixelLayout.TryParse(settings.PixelFormat, out PixelLayout? source) && source!.ChromaX == 1
            && source.Model != PixelModel.Gray;
        (string layout, string profile) = settings.SourceBitDepth <= 8 ? ("yuv422p", "dnxhr_hq") : full ? ("yuv444p10le", "dnxhr_444")
            : ("yuv422p10le", "dnxhr_hqx");
        return (layout, ["-c:v", "dnxhd", "-profile:v", profile, "-threads", "4"], ["mov", "mxf", "matroska"]);
    }

    /// <summary>The FFV1 pixel format that holds the source without loss.</summary>
    private static string Ffv1Layout(OutputSettings settings)
    {
        string fallback = settings.HasAlpha ? (settings.SourceBitDepth > 8 ? "rgba64le" : "bgra") : settings.SourceBitDepth > 8 ? "rgb48le" : "bgr0";
        if (settings.PixelFormat is null) return fallback;
        PixelLayout source = PixelLayout.ForSource(settings.PixelFormat, settings.Path);
        if (source.IsFloat) return fallback;
        string alpha = source.HasAlpha ? "a" : "";
        if (source.Model == PixelModel.Gray)
        {
            if (source.HasAlpha) return source.Depth > 8 ? "rgba64le" : "ya8";
            return source.Depth == 8 ? "gray" : source.Depth == 14 ? "gray16le" : $"gray{source.Depth}le";
        }

        if (source.Model == PixelModel.Rgb)
        {
            if (source.Depth == 8) return source.HasAlpha ? "bgra" : "bgr0";
            if (source.Depth == 16) return source.HasAlpha ? "rgba64le" : "rgb48le";
            return source.HasAlpha ? (source.Depth is 10 or 12 ? $"gbrap{source.Depth}le" : "gbrap16le") : $"gbrp{source.Depth}le";
        }

        string sub = (source.ChromaX, source.ChromaY) switch
        {
            (2, 2) => "420",
            (2, 1) => "422",
            (1, 2) => "440",
            (4, 1) => "411",
            (4, 4) => "410",
            _ => "444",
        };
        if (source.Depth == 8) return $"yuv{alpha}{sub}p";
        if (sub is "440" && source.Depth is not (10 or 12)) return "yuv444p16le";
        int depth = source.HasAlpha && source.Depth is 12 or 14 ? 16 : source.Depth;
        return $"yuv{alpha}{sub}p{depth}le";
    }
}
