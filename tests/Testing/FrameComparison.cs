using System.Runtime.InteropServices;
using NUnit.Framework;
using RunwayFX.Imaging;

namespace RunwayFX.Testing;

/// <summary>How far two frames are apart: the worst value and the mean, because a mean alone hides one bad block.</summary>
/// <param name="Worst">Largest absolute difference of a channel; infinite where exactly one side is not a number.</param>
/// <param name="Mean">Mean absolute difference over all channels.</param>
/// <param name="X">Column of the worst pixel.</param>
/// <param name="Y">Row of the worst pixel, 0 = top.</param>
public readonly record struct FrameComparison(double Worst, double Mean, int X, int Y)
{
    /// <summary>Compares two frames of one size.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static FrameComparison Between(Frame actual, Frame expected)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(expected);
        if (actual.Width != expected.Width || actual.Height != expected.Height)
            throw new ArgumentException($"{actual.Width}×{actual.Height} cannot be compared with {expected.Width}×{expected.Height}.",
                nameof(actual));
        double worst = 0, sum = 0;
        int worstIndex = 0;
        for (int i = 0; i < actual.Pixels.Length; i++)
        {
            float a = actual.Pixels[i], e = expected.Pixels[i];
            double difference = a.Equals(e) ? 0 : Math.Abs((double)a - e);
            if (double.IsNaN(difference)) difference = double.PositiveInfinity;
            sum += difference;
            if (difference <= worst) continue;
            worst = difference;
            worstIndex = i;
        }

        int pixel = worstIndex / Frame.Channels;
        return new(worst, sum / actual.Pixels.Length, pixel % actual.Width, pixel / actual.Width);
    }

    /// <summary>Whether two frames have the same size and the same bits, NaN payloads and signs of zero included.</summary>
    public static bool AreBitEqual(Frame actual, Frame expected)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(expected);
        return actual.Width == expected.Width && actual.Height == expected.Height
            && MemoryMarshal.AsBytes(actual.Pixels.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(expected.Pixels.AsSpan()));
    }

    /// <summary>Fails the test, and saves the actual picture, where the frames differ by more than the limits.</summary>
    /// <param name="actual">What the code made.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="worstLimit">Largest difference allowed in one channel.</param>
    /// <param name="meanLimit">Largest mean difference allowed.</param>
    public static void AssertClose(Frame actual, Frame expected, double worstLimit, double meanLimit)
    {
        FrameComparison difference = Between(actual, expected);
        if (difference.Worst <= worstLimit && difference.Mean <= meanLimit) return;
        string saved = TestArtifacts.Save(actual, "actual");
        Assert.Fail($"worst difference {difference.Worst:G4} at ({difference.X}, {difference.Y}) (limit {worstLimit:G4}), mean {difference.Mean:G4} (limit {meanLimit:G4}); actual picture: {saved}");
    }
}
