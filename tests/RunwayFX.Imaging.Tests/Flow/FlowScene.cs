using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Imaging.Tests.Flow;

/// <summary>Textured pictures that move in a known way.</summary>
internal static class FlowScene
{
    /// <summary>Word that makes the test program print <see cref="Fingerprint"/>.</summary>
    public const string FingerprintCommand = "flow-fingerprint";

    /// <summary>Lightness of a surface with detail of every size, as photographs have.</summary>
    public static float Surface(double x, double y)
    {
        double sum = 0;
        for (int octave = 0; octave < 5; octave++) sum += Noise(x / (4 << octave), y / (4 << octave), octave) * (octave + 2);
        return (float)(sum / 20);
    }

    /// <summary>The surface seen through a mapping of pixels.</summary>
    public static float[] Lightness(int width, int height, Func<int, int, (double X, double Y)> map)
    {
        float[] values = new float[width * height];
        for (int i = 0; i < values.Length; i++)
        {
            (double x, double y) = map(i % width, i / width);
            values[i] = Surface(x, y);
        }

        return values;
    }

    public static FlowPicture Picture(int width, int height, Func<int, int, (double X, double Y)> map) =>
        FlowPicture.FromLightness(width, height, Lightness(width, height, map));

    /// <summary>A still and the same with a square in it that moves: (before, after).</summary>
    public static (FlowPicture Before, FlowPicture After) MovingSquare(int width, int height, int left, int top, int side, int moveX, int moveY)
    {
        return (Draw(0, 0), Draw(moveX, moveY));

        FlowPicture Draw(int x, int y) => Picture(width, height, (column, row) =>
        {
            int inX = column - left - x, inY = row - top - y;
            return inX >= 0 && inY >= 0 && inX < side && inY < side ? (inX * 1.4 + 900, inY * 1.4 + 300) : (column, row);
        });
    }

    /// <summary>Hash of the bits of motions in every quality, sizes that fill no vector included.</summary>
    public static string Fingerprint(int threads)
    {
        XxHash128 hash = new();
        foreach ((int width, int height) in new[] { (203, 155), (61, 7), (5, 40) })
        {
            FlowPicture before = Picture(width, height, (x, y) => (x, y)), after = Picture(width, height, (x, y) => (1.02 * x - 3.4, y + 0.03 * x + 1.7));
            foreach (FlowQuality quality in Enum.GetValues<FlowQuality>())
            {
                FlowPair pair = OpticalFlow.EstimateBoth(before, after, new FlowOptions { Quality = quality, Threads = threads });
                hash.Append(MemoryMarshal.AsBytes(pair.Forward.X.AsSpan()));
                hash.Append(MemoryMarshal.AsBytes(pair.Forward.Y.AsSpan()));
                hash.Append(MemoryMarshal.AsBytes(pair.Backward.X.AsSpan()));
                hash.Append(MemoryMarshal.AsBytes(pair.Backward.Y.AsSpan()));
                hash.Append(pair.ForwardConsistent);
            }
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }

    /// <summary>Values of 0..1 at whole places, smooth between them.</summary>
    private static double Noise(double x, double y, int seed)
    {
        double left = Math.Floor(x), top = Math.Floor(y), fractionX = Smooth(x - left), fractionY = Smooth(y - top);
        double upper = At(0, 0) + (At(1, 0) - At(0, 0)) * fractionX, lower = At(0, 1) + (At(1, 1) - At(0, 1)) * fractionX;
        return upper + (lower - upper) * fractionY;

        double At(int right, int down)
        {
            uint value = unchecked((uint)((int)left + right) * 2_654_435_761u ^ (uint)((int)top + down) * 2_246_822_519u ^ (uint)seed * 3_266_489_917u);
            value = unchecked((value ^ value >> 15) * 2_246_822_519u);
            return (unchecked((value ^ value >> 13) * 3_266_489_917u) >> 8) / (double)(1 << 24);
        }
    }

    private static double Smooth(double t) => t * t * (3 - 2 * t);
}
