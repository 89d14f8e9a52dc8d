namespace RunwayFX.Imaging;

/// <summary>Matrices between the primaries of the encodings and Rec.709, in linear light.</summary>
/// <remarks>Computed from the published chromaticities; D60 (ACES) is adapted to D65 by Bradford.</remarks>
public static class ColourPrimaries
{
    private static readonly double[] Bradford = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];

    /// <summary>Row-major 3×3 matrix from an encoding's linear RGB to linear RGB with Rec.709 primaries and a D65 white.</summary>
    public static double[] ToRec709(ColourEncoding encoding) =>
        Multiply(Invert(ToXyzD65(Chromaticities(ColourEncoding.Srgb))), ToXyzD65(Chromaticities(encoding)));

    /// <summary>The way back from <see cref="ToRec709"/>, row-major.</summary>
    public static double[] FromRec709(ColourEncoding encoding) => Invert(ToRec709(encoding));

    /// <summary>Row-major 3×3 matrix from an encoding's linear RGB to CIE XYZ under D65.</summary>
    public static double[] ToXyz(ColourEncoding encoding) => ToXyzD65(Chromaticities(encoding));

    /// <summary>x, y of red, green, blue and white.</summary>
    private static double[] Chromaticities(ColourEncoding encoding) => encoding switch
    {
        ColourEncoding.Rec709Bt1886 or ColourEncoding.Rec709Camera or ColourEncoding.Srgb or ColourEncoding.LinearRec709
            => [0.640, 0.330, 0.300, 0.600, 0.150, 0.060, 0.3127, 0.3290],
        ColourEncoding.LinearRec2020 or ColourEncoding.Rec2020Bt1886 or ColourEncoding.Rec2100Pq or ColourEncoding.Rec2100Hlg
            => [0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290],
        ColourEncoding.AcesCg or ColourEncoding.AcesCct => [0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767],
        ColourEncoding.DaVinciIntermediate => [0.8000, 0.3130, 0.1682, 0.9877, 0.0790, -0.1155, 0.3127, 0.3290],
        ColourEncoding.ArriLogC3 => [0.6840, 0.3130, 0.2210, 0.8480, 0.0861, -0.1020, 0.3127, 0.3290],
        ColourEncoding.ArriLogC4 => [0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308, 0.3127, 0.3290],
        ColourEncoding.SonySLog3 => [0.766, 0.275, 0.225, 0.800, 0.089, -0.087, 0.3127, 0.3290],
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, $"colour encoding {(int)encoding} is unknown"),
    };

    private static double[] ToXyzD65(double[] c)
    {
        double[] columns =
        [
            c[0] / c[1], c[2] / c[3], c[4] / c[5],
            1, 1, 1,
            (1 - c[0] - c[1]) / c[1], (1 - c[2] - c[3]) / c[3], (1 - c[4] - c[5]) / c[5],
        ];
        double[] white = WhiteXyz(c[6], c[7]);
        double[] gains = Apply(Invert(columns), white);
        for (int i = 0; i < 9; i++) columns[i] *= gains[i % 3];
        return c[6] == 0.3127 ? columns : Multiply(Adapt(white, WhiteXyz(0.3127, 0.3290)), columns);
    }

    private static double[] WhiteXyz(double x, double y) => [x / y, 1, (1 - x - y) / y];

    private static double[] Adapt(double[] from, double[] to)
    {
        double[] coneFrom = Apply(Bradford, from), coneTo = Apply(Bradford, to);
        double[] scaled = (double[])Bradford.Clone();
        for (int i = 0; i < 9; i++) scaled[i] *= coneTo[i / 3] / coneFrom[i / 3];
        return Multiply(Invert(Bradford), scaled);
    }

    private static double[] Apply(double[] m, double[] v) =>
        [m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2], m[6] * v[0] + m[7] * v[1] + m[8] * v[2]];

    private static double[] Multiply(double[] a, double[] b)
    {
        double[] product = new double[9];
        for (int i = 0; i < 9; i++) product[i] = a[i / 3 * 3] * b[i % 3] + a[i / 3 * 3 + 1] * b[i % 3 + 3] + a[i / 3 * 3 + 2] * b[i % 3 + 6];
        return product;
    }

    private static double[] Invert(double[] m)
    {
        double a = m[4] * m[8] - m[5] * m[7], b = m[5] * m[6] - m[3] * m[8], c = m[3] * m[7] - m[4] * m[6];
        double determinant = m[0] * a + m[1] * b + m[2] * c;
        return
        [
            a / determinant, (m[2] * m[7] - m[1] * m[8]) / determinant, (m[1] * m[5] - m[2] * m[4]) / determinant,
            b / determinant, (m[0] * m[8] - m[2] * m[6]) / determinant, (m[2] * m[3] - m[0] * m[5]) / determinant,
            c / determinant, (m[1] * m[6] - m[0] * m[7]) / determinant, (m[0] * m[4] - m[1] * m[3]) / determinant,
        ];
    }
}
