namespace RunwayFX.Synthesis.Continuation;

/// <summary>How tall objects look by where they stand: who stands higher in the picture is farther away. Learned from everything that moves in the clip.</summary>
/// <param name="Base">Height at row 0, in reduced pixels.</param>
/// <param name="Slope">Growth per row; 0 where nothing can be learned.</param>
public readonly record struct HeightLine(double Base, double Slope)
{
    private const int FrameStep = 4;
    private const int SamplesMin = 40;
    private const int SamplesMax = 240;
    private const double TallMin = 1.4;
    private const double SpreadMax = 0.3;
    private const double ScaleMin = 0.5;
    private const double ScaleMax = 2;

    /// <summary>How much larger something looks at one row than at another; 1 where nothing is known.</summary>
    public double Scale(double row, double from)
    {
        if (Slope <= 0) return 1;
        double least = Math.Max(2, Base + Slope * from);
        return Math.Clamp((Base + Slope * row) / least, ScaleMin, ScaleMax);
    }

    /// <summary>Learns from the upright objects of a clip before a camera that stands still: medians of slopes, after Theil and Sen.</summary>
    internal static HeightLine Find(MovingLayer layer)
    {
        if (!layer.Camera.IsStill) return default;
        int width = layer.Clip.Width, height = layer.Clip.Height;
        List<(double Row, double Height)> samples = [];
        for (int frame = layer.Clip.Count - 1; frame >= 0 && samples.Count < SamplesMax; frame -= FrameStep)
        {
            foreach (Blob blob in Blobs.Find(layer.Mask(frame), width, height))
            {
                bool isCut = blob.Left == 0 || blob.Top == 0 || blob.Right == width || blob.Bottom == height;
                int tall = blob.Bottom - blob.Top;
                if (!isCut && tall >= TallMin * (blob.Right - blob.Left) && tall > 6) samples.Add((blob.Bottom, tall));
            }
        }

        if (samples.Count < SamplesMin) return default;
        List<double> slopes = [];
        for (int a = 0; a < samples.Count; a++)
        {
            for (int b = a + 1; b < samples.Count; b++)
            {
                if (Math.Abs(samples[a].Row - samples[b].Row) > height / 12.0)
                    slopes.Add((samples[a].Height - samples[b].Height) / (samples[a].Row - samples[b].Row));
            }
        }

        if (slopes.Count < SamplesMin) return default;
        double slope = Median(slopes), start = Median([.. samples.Select(sample => sample.Height - slope * sample.Row)]);
        double spread = Median([.. samples.Select(sample => Math.Abs(sample.Height - start - slope * sample.Row) / sample.Height)]);
        return slope > 0 && spread <= SpreadMax ? new(start, slope) : default;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
