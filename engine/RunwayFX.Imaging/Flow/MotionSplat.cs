namespace RunwayFX.Imaging.Flow;

/// <summary>Carries a field's vectors to where their pixels are at a moment between the two pictures.</summary>
/// <remarks>Where several pixels arrive at one place, one whose vector is believed wins over one whose is not (what both pictures show lies in front of
/// what only one shows); then the one that looks more alike in both. Each pixel arrives at the four places around it.</remarks>
internal sealed class MotionSplat
{
    /// <summary>Rank of places at which nothing arrives.</summary>
    public const int Nothing = int.MaxValue;

    /// <summary>Added to the rank of vectors that are not believed.</summary>
    public const int Disbelieved = 1 << 20;

    private readonly int[] _source;

    private MotionSplat(int length)
    {
        _source = new int[length];
        Rank = new int[length];
        Array.Fill(Rank, Nothing);
    }

    /// <summary>Per place: how well what arrived is thought of, less is better; <see cref="Nothing"/> where nothing did.</summary>
    public int[] Rank { get; }

    /// <summary>The pixel that arrived at a place.</summary>
    public int SourceOf(int place) => _source[place];

    /// <summary>Carries a field.</summary>
    /// <param name="field">Vectors over the whole interval.</param>
    /// <param name="rank">Per pixel, less is better.</param>
    /// <param name="share">Part of the vector that is gone, 0..1.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public static MotionSplat Create(FlowField field, int[] rank, float share, CancellationToken cancellation)
    {
        int width = field.Width, height = field.Height;
        MotionSplat result = new(width * height);
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = 0; x < width; x++)
            {
                int at = y * width + x;
                float toX = x + share * field.X[at], toY = y + share * field.Y[at];
                if (!(toX > -1 && toY > -1 && toX < width && toY < height)) continue;
                int left = (int)(toX + 1) - 1, top = (int)(toY + 1) - 1;
                float fractionX = toX - left, fractionY = toY - top;
                // The nearest place counts fully; the others fill cracks and give way to better ones.
                result.Arrive(left, top, width, height, at, rank[at] + Far(fractionX, fractionY));
                result.Arrive(left + 1, top, width, height, at, rank[at] + Far(1 - fractionX, fractionY));
                result.Arrive(left, top + 1, width, height, at, rank[at] + Far(fractionX, 1 - fractionY));
                result.Arrive(left + 1, top + 1, width, height, at, rank[at] + Far(1 - fractionX, 1 - fractionY));
            }
        }

        return result;
    }

    private static int Far(float x, float y) => (int)(16 * (x * x + y * y));

    private void Arrive(int x, int y, int width, int height, int source, int rank)
    {
        if ((uint)x >= (uint)width || (uint)y >= (uint)height) return;
        int place = y * width + x;
        if (rank >= Rank[place]) return;
        Rank[place] = rank;
        _source[place] = source;
    }
}
