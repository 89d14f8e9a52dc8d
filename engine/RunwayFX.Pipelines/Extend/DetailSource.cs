using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Gives filled pixels the live detail of the places they are copied from. Where something moves there, the detail of a like place nearby
/// stands in, so that the fill's grain has no holes that wander with the passers-by.</summary>
/// <param name="live">The frame.</param>
/// <param name="plate">Its plate, as bright as the frame.</param>
/// <param name="plateGuide">The plate in display-like values.</param>
/// <param name="weights">Share of the difference that is detail, per pixel.</param>
internal sealed class DetailSource(Frame live, Frame plate, Frame plateGuide, float[] weights)
{
    /// <summary>Weight from which on a pixel's own detail is enough, and that a stand-in has to have.</summary>
    private const float WholeMin = 0.95f;

    /// <summary>Display-like difference up to which another place counts as alike, summed over three channels.</summary>
    private const float AlikeMax = 0.2f;

    /// <summary>Distance of the stand-ins as a part of the frame's smaller side.</summary>
    private const int DistanceShare = 12;

    private static readonly (int X, int Y)[] Directions = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)];

    /// <summary>Adds the detail of the frame's pixel (x, y) to a filled pixel.</summary>
    public void AddTo(Span<float> filled, int x, int y)
    {
        int p = y * live.Width + x;
        LiveDetail.Add(live.Pixels.AsSpan(Frame.Channels * p, 3), plate.Pixels.AsSpan(Frame.Channels * p, 3), weights[p], filled);
        if (weights[p] >= WholeMin || !TryStandIn(x, y, out int other)) return;
        LiveDetail.Add(live.Pixels.AsSpan(Frame.Channels * other, 3), plate.Pixels.AsSpan(Frame.Channels * other, 3), 1 - weights[p], filled);
    }

    private bool TryStandIn(int x, int y, out int other)
    {
        int distance = Math.Max(1, Math.Min(live.Width, live.Height) / DistanceShare), p = y * live.Width + x;
        for (int reach = 1; reach <= 3; reach++)
        {
            foreach ((int stepX, int stepY) in Directions)
            {
                (int u, int v) = (x + reach * distance * stepX, y + reach * distance * stepY);
                other = v * live.Width + u;
                if (u >= 0 && v >= 0 && u < live.Width && v < live.Height && weights[other] >= WholeMin && IsAlike(p, other)) return true;
            }
        }

        other = -1;
        return false;
    }

    private bool IsAlike(int p, int other)
    {
        float sum = 0;
        for (int c = 0; c < 3; c++) sum += Math.Abs(plateGuide.Pixels[Frame.Channels * p + c] - plateGuide.Pixels[Frame.Channels * other + c]);
        return sum <= AlikeMax;
    }
}
