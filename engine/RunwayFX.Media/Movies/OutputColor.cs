namespace RunwayFX.Media;

/// <summary>Decides which colour tags an output carries and by which rules its pixels are made.</summary>
internal static class OutputColor
{
    /// <summary>Tags to write, and resolved tags to convert by.</summary>
    public static (ColorTags Tags, ColorTags Conversion) For(OutputSettings settings, PixelLayout layout, bool holdsFullRange)
    {
        PixelLayout? source = settings.PixelFormat is not null && PixelLayout.TryParse(settings.PixelFormat, out PixelLayout? parsed) ? parsed : null;
        bool sameLayout = source is not null && source.Model == layout.Model && source.ChromaX == layout.ChromaX && source.ChromaY == layout.ChromaY;
        ColorTags wanted = settings.Color;
        if (layout.Model != PixelModel.Yuv)
        {
            // RGB codes span the full range; a grey source keeps the range it had.
            string range = layout.Model == PixelModel.Gray && sameLayout ? settings.Conversion.Range ?? wanted.Range ?? "pc" : "pc";
            ColorTags rgb = wanted with
            {
                Range = wanted.Range is null && range == "pc" ? null : range,
                Matrix = layout.Model == PixelModel.Rgb ? "gbr" : wanted.Matrix,
                ChromaLocation = null,
            };
            return (rgb, YuvRules.Resolve(rgb with { Range = range }, null, layout, settings.Height));
        }

        if (!holdsFullRange && wanted.Range is not null) wanted = wanted with { Range = "tv" };
        bool fromYuv = source is { Model: PixelModel.Yuv };
        ColorTags basis = fromYuv
            ? new ColorTags
            {
                Range = holdsFullRange ? wanted.Range ?? settings.Conversion.Range : "tv",
                Matrix = wanted.Matrix ?? settings.Conversion.Matrix,
                Primaries = wanted.Primaries,
                Transfer = wanted.Transfer,
                ChromaLocation = sameLayout ? wanted.ChromaLocation ?? settings.Conversion.ChromaLocation : "left",
            }
            : wanted with { Range = "tv", Matrix = wanted.Matrix is "gbr" or "rgb" ? null : wanted.Matrix, ChromaLocation = "left" };
        ColorTags conversion = YuvRules.Resolve(basis, null, layout, settings.Height);
        ColorTags tags = fromYuv
            ? wanted with { ChromaLocation = sameLayout ? wanted.ChromaLocation : null }
            : wanted with { Range = conversion.Range, Matrix = conversion.Matrix, ChromaLocation = null };
        return (tags, conversion);
    }
}
