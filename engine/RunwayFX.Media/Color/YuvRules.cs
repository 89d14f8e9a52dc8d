namespace RunwayFX.Media;

/// <summary>Where a chroma sample lies between luma samples, along one axis.</summary>
internal enum ChromaSiting
{
    /// <summary>Midway between two luma samples (MPEG-1, JPEG; vertical of ordinary 4:2:0).</summary>
    Centre,

    /// <summary>On every second luma sample (MPEG-2, H.264 horizontally; BT.2020 also vertically).</summary>
    CoSited,
}

/// <summary>The rules between YUV codes and RGB of one clip: matrix coefficients, range, siting.</summary>
/// <remarks>BT.601, BT.709, BT.2020 non-constant luminance, SMPTE 240M and FCC, limited and full range (H.273). Nothing is clamped on the way to
/// RGB, so super-whites come out above 1 and below-blacks under 0, and come back to the same codes.</remarks>
internal sealed record YuvRules
{
    /// <summary>Heights from here on are taken for BT.709 where a file is silent; lower ones for BT.601.</summary>
    public const int HighDefinitionHeight = 720;

    /// <summary>Red's share of luma.</summary>
    public required double Kr { get; init; }

    /// <summary>Blue's share of luma.</summary>
    public required double Kb { get; init; }

    /// <summary>Whether codes use the full range.</summary>
    public required bool IsFullRange { get; init; }

    /// <summary>Horizontal siting of subsampled chroma.</summary>
    public ChromaSiting Horizontal { get; init; } = ChromaSiting.CoSited;

    /// <summary>Vertical siting of subsampled chroma.</summary>
    public ChromaSiting Vertical { get; init; } = ChromaSiting.Centre;

    /// <summary>Whether chroma rows belong to alternate fields (interlaced 4:2:0).</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Fills what the tags leave open: range limited for YUV and full for RGB and grey, matrix by height, siting left.</summary>
    public static ColorTags Resolve(ColorTags tags, ColorTags? wish, PixelLayout layout, int height) => new()
    {
        Range = wish?.Range ?? tags.Range ?? (layout.Model == PixelModel.Yuv && !layout.ImpliesFullRange ? "tv" : "pc"),
        Matrix = wish?.Matrix ?? tags.Matrix ?? (height >= HighDefinitionHeight ? "bt709" : "smpte170m"),
        Primaries = wish?.Primaries ?? tags.Primaries,
        Transfer = wish?.Transfer ?? tags.Transfer,
        ChromaLocation = wish?.ChromaLocation ?? tags.ChromaLocation ?? (layout.ImpliesFullRange ? "center" : "left"),
    };

    /// <summary>The rules behind resolved tags.</summary>
    /// <exception cref="MediaException">A matrix that is not handled (YCgCo, ICtCp, constant luminance).</exception>
    public static YuvRules From(ColorTags resolved, PixelLayout layout, FieldOrder fields, int height, string subject)
    {
        (double kr, double kb) = resolved.Matrix switch
        {
            "bt709" => (0.2126, 0.0722),
            "smpte170m" or "bt470bg" => (0.299, 0.114),
            "bt2020nc" or "bt2020_ncl" => (0.2627, 0.0593),
            "smpte240m" => (0.212, 0.087),
            "fcc" => (0.30, 0.11),
            null or "gbr" or "rgb" => height >= HighDefinitionHeight ? (0.2126, 0.0722) : (0.299, 0.114),
            _ when layout.Model != PixelModel.Yuv => (0.2126, 0.0722),
            _ => throw new MediaException(MediaError.Unsupported, $"'{subject}': the YUV matrix '{resolved.Matrix}' is not supported"),
        };
        bool fullRange = resolved.Range switch
        {
            "pc" or "full" or "jpeg" => true,
            "tv" or "limited" or "mpeg" => false,
            _ => throw new MediaException(MediaError.Unsupported, $"'{subject}': the colour range '{resolved.Range}' is neither tv nor pc"),
        };
        string location = resolved.ChromaLocation ?? "left";
        return new YuvRules
        {
            Kr = kr,
            Kb = kb,
            IsFullRange = fullRange,
            Horizontal = location is "center" or "top" or "bottom" ? ChromaSiting.Centre : ChromaSiting.CoSited,
            Vertical = location is "topleft" or "top" ? ChromaSiting.CoSited : ChromaSiting.Centre,
            IsInterlaced = fields is not (FieldOrder.Unknown or FieldOrder.Progressive),
        };
    }
}
