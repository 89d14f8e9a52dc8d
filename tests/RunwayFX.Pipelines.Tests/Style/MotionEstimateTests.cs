using RunwayFX.Pipelines.Style;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class MotionEstimateTests
{
    [TestCase(0, 0)]
    [TestCase(5, -3)]
    [TestCase(-12, 7)]
    [TestCase(24, 20)]
    public void ShiftedPicture_IsFound(int x, int y)
    {
        byte[] before = Crop(50, 50), now = Crop(50 - x, 50 - y);
        MotionEstimate motion = MotionEstimate.Between(before, now, 160, 120, default);
        Assert.That(motion.Dominant, Is.EqualTo((x, y)));
    }

    [Test]
    public void MovingPart_LeavesTheCameraStill()
    {
        byte[] before = Crop(50, 50), now = (byte[])before.Clone();
        for (int row = 40; row < 72; row++) before.AsSpan(row * 160 + 40, 40).CopyTo(now.AsSpan(row * 160 + 48));
        MotionEstimate motion = MotionEstimate.Between(before, now, 160, 120, default);
        Assert.Multiple(() =>
        {
            Assert.That(motion.Dominant, Is.EqualTo((0, 0)));
            Assert.That(motion.At(70, 52), Is.EqualTo((8, 0)));
        });
    }

    [TestCase(1, 1)]
    [TestCase(3, 50)]
    public void TinyPlanes_AreCompared(int width, int height) =>
        Assert.That(MotionEstimate.Between(new byte[width * height], new byte[width * height], width, height, default).At(width - 1, height - 1),
            Is.EqualTo((0, 0)));

    /// <summary>A window into a fixed smooth pattern.</summary>
    private static byte[] Crop(int left, int top)
    {
        byte[] plane = new byte[160 * 120];
        for (int y = 0; y < 120; y++)
        {
            for (int x = 0; x < 160; x++)
            {
                double u = x + left, v = y + top;
                plane[y * 160 + x] = (byte)(128 + 50 * Math.Sin(u * 0.11 + 2 * Math.Sin(v * 0.07)) + 50 * Math.Sin(v * 0.13 + 2 * Math.Sin(u * 0.05)));
            }
        }

        return plane;
    }
}
