using System.Globalization;
using System.Text.RegularExpressions;

namespace RunwayFX.Media;

/// <summary>What the samples of a pixel format mean.</summary>
internal enum PixelModel
{
    /// <summary>Luma and two colour differences.</summary>
    Yuv,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Luma alone.</summary>
    Gray,
}

/// <summary>How one raw frame of an ffmpeg pixel format lies in memory, for the formats that are converted here.</summary>
/// <remarks>A frame is <see cref="Components"/> sample planes or one interleaved plane; each sample is 1, 2 or 4 bytes. Rows are packed tightly, as
/// ffmpeg's rawvideo writes them.</remarks>
internal sealed partial record PixelLayout
{
    /// <summary>ffmpeg's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the samples mean.</summary>
    public required PixelModel Model { get; init; }

    /// <summary>Significant bits; 32 for float.</summary>
    public required int Depth { get; init; }

    /// <summary>Bytes per sample: 1, 2 or 4.</summary>
    public int SampleBytes => Depth <= 8 ? 1 : Depth <= 16 ? 2 : 4;

    /// <summary>Whether samples are IEEE floats.</summary>
    public bool IsFloat { get; init; }

    /// <summary>Whether samples are big-endian.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>Whether the fourth component is alpha.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Whether every component has its own plane.</summary>
    public bool IsPlanar { get; init; }

    /// <summary>Horizontal chroma subsampling: 1, 2 or 4.</summary>
    public int ChromaX { get; init; } = 1;

    /// <summary>Vertical chroma subsampling: 1, 2 or 4.</summary>
    public int ChromaY { get; init; } = 1;

    /// <summary>For each stored component in order: 0, 1, 2 = first, second, third of the model (Y Cb Cr or R G B), 3 = alpha, −1 = unused.</summary>
    public required IReadOnlyList<int> Order { get; init; }

    /// <summary>Stored components.</summary>
    public int Components => Order.Count;

    /// <summary>Largest code of integer samples.</summary>
    public float CodeMax => (1 << Math.Min(Depth, 16)) - 1;

    /// <summary>Whether JPEG range is built into the name (yuvj420p).</summary>
    public bool ImpliesFullRange => Name.StartsWith("yuvj", StringComparison.Ordinal);

    /// <summary>Bytes of one raw frame.</summary>
    public long FrameBytes(int width, int height)
    {
        if (!IsPlanar) return (long)width * height * Components * SampleBytes;
        long total = 0;
        for (int i = 0; i < Components; i++)
        {
            (int w, int h) = PlaneSize(i, width, height);
            total += (long)w * h * SampleBytes;
        }

        return total;
    }

    /// <summary>Size in samples of a stored plane of a planar format.</summary>
    public (int Width, int Height) PlaneSize(int stored, int width, int height) =>
        Model == PixelModel.Yuv && Order[stored] is 1 or 2 ? ((width + ChromaX - 1) / ChromaX, (height + ChromaY - 1) / ChromaY) : (width, height);

    /// <summary>The layout to ask ffmpeg for when a source has this pixel format: itself, or where samples only lie differently (nv12, p010,
    /// uyvy422, pal8) a planar equal that loses nothing.</summary>
    /// <exception cref="MediaException">No exact way is known.</exception>
    public static PixelLayout ForSource(string name, string subject)
    {
        string equal = name switch
        {
            "nv12" or "nv21" => "yuv420p",
            "nv16" => "yuv422p",
            "nv24" or "nv42" => "yuv444p",
            "yuyv422" or "uyvy422" or "yvyu422" => "yuv422p",
            "uyyvyy411" => "yuv411p",
            "p010le" or "p010be" => "yuv420p10le",
            "p016le" or "p016be" => "yuv420p16le",
            "nv20le" or "nv20be" or "p210le" or "p210be" or "y210le" or "y210be" => "yuv422p10le",
            "p216le" or "p216be" => "yuv422p16le",
            "pal8" or "rgb8" or "bgr8" or "rgb4_byte" or "bgr4_byte" => "bgra",
            "monow" or "monob" => "gray",
            "rgb565le" or "rgb565be" or "bgr565le" or "bgr565be" or "rgb555le" or "rgb555be" or "bgr555le" or "bgr555be" => "rgb24",
            "x2rgb10le" or "x2bgr10le" => "gbrp10le",
            _ => name,
        };
        return TryParse(equal, out PixelLayout? layout)
            ? layout!
            : throw new MediaException(MediaError.Unsupported, $"'{subject}': pixel format '{name}' is not supported");
    }

    /// <summary>Reads one of ffmpeg's pixel format names.</summary>
    public static bool TryParse(string name, out PixelLayout? layout)
    {
        layout = Packed(name) ?? Planar(name);
        return layout is not null;
    }

    private static PixelLayout? Planar(string name)
    {
        Match match = PlanarName().Match(name);
        if (!match.Success) return null;
        string family = match.Groups["family"].Value;
        if ((family[0] == 'y') != match.Groups["sub"].Success) return null;
        bool isFloat = match.Groups["float"].Success;
        int depth = isFloat ? 32 : match.Groups["depth"].Success ? int.Parse(match.Groups["depth"].Value, CultureInfo.InvariantCulture) : 8;
        if (depth is < 8 or > 16 and not 32) return null;
        bool bigEndian = match.Groups["endian"].Value == "be";
        if (depth > 8 && !match.Groups["endian"].Success) return null;
        bool alpha = family is "yuva" or "gbrap";
        (int x, int y) = match.Groups["sub"].Value switch
        {
            "420" => (2, 2),
            "422" => (2, 1),
            "440" => (1, 2),
            "411" => (4, 1),
            "410" => (4, 4),
            _ => (1, 1),
        };
        return new PixelLayout
        {
            Name = name,
            Model = family[0] == 'y' ? PixelModel.Yuv : PixelModel.Rgb,
            Depth = depth,
            IsFloat = isFloat,
            IsBigEndian = bigEndian,
            HasAlpha = alpha,
            IsPlanar = true,
            ChromaX = x,
            ChromaY = y,
            Order = family[0] == 'y' ? (alpha ? [0, 1, 2, 3] : [0, 1, 2]) : alpha ? [1, 2, 0, 3] : [1, 2, 0],
        };
    }

    private static PixelLayout? Packed(string name)
    {
        (int[] order, int depth, PixelModel model) = name switch
        {
            "gray" => ([0], 8, PixelModel.Gray),
            "ya8" => (new[] { 0, 3 }, 8, PixelModel.Gray),
            "rgb24" => ([0, 1, 2], 8, PixelModel.Rgb),
            "bgr24" => ([2, 1, 0], 8, PixelModel.Rgb),
            "rgba" => ([0, 1, 2, 3], 8, PixelModel.Rgb),
            "bgra" => ([2, 1, 0, 3], 8, PixelModel.Rgb),
            "argb" => ([3, 0, 1, 2], 8, PixelModel.Rgb),
            "abgr" => ([3, 2, 1, 0], 8, PixelModel.Rgb),
            "rgb0" => ([0, 1, 2, -1], 8, PixelModel.Rgb),
            "bgr0" => ([2, 1, 0, -1], 8, PixelModel.Rgb),
            "0rgb" => ([-1, 0, 1, 2], 8, PixelModel.Rgb),
            "0bgr" => ([-1, 2, 1, 0], 8, PixelModel.Rgb),
            "rgb48le" or "rgb48be" => ([0, 1, 2], 16, PixelModel.Rgb),
            "bgr48le" or "bgr48be" => ([2, 1, 0], 16, PixelModel.Rgb),
            "rgba64le" or "rgba64be" => ([0, 1, 2, 3], 16, PixelModel.Rgb),
            "bgra64le" or "bgra64be" => ([2, 1, 0, 3], 16, PixelModel.Rgb),
            "ya16le" or "ya16be" => ([0, 3], 16, PixelModel.Gray),
            "gray9le" or "gray9be" => ([0], 9, PixelModel.Gray),
            "gray10le" or "gray10be" => ([0], 10, PixelModel.Gray),
            "gray12le" or "gray12be" => ([0], 12, PixelModel.Gray),
            "gray14le" or "gray14be" => ([0], 14, PixelModel.Gray),
            "gray16le" or "gray16be" => ([0], 16, PixelModel.Gray),
            "grayf32le" or "grayf32be" => ([0], 32, PixelModel.Gray),
            _ => (Array.Empty<int>(), 0, PixelModel.Rgb),
        };
        if (depth == 0) return null;
        return new PixelLayout
        {
            Name = name,
            Model = model,
            Depth = depth,
            IsFloat = depth == 32,
            IsBigEndian = name.EndsWith("be", StringComparison.Ordinal),
            HasAlpha = order.Contains(3),
            Order = order,
        };
    }

    [GeneratedRegex("^(?<family>yuva|yuvj|yuv|gbrap|gbrp)(?<sub>4(44|22|20|40|11|10))?p?(?<float>f32)?(?<depth>\\d+)?(?<endian>le|be)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex PlanarName();
}
