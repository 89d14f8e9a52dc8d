using RunwayFX.Pipelines.Style;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class StyleMotionTests
{
    private const int Width = 96, Height = 72;

    [TestCase(0, 0)]
    [TestCase(2.5, -1.25)]
    [TestCase(-6, 3)]
    public void Shift_IsTheCameras(double x, double y)
    {
        StyleMotion motion = Between(Picture(0, 0), Picture(x, y));
        (float cameraX, float cameraY) = motion.CameraAt(40, 30);
        Assert.Multiple(() =>
        {
            Assert.That(motion.CameraIsStill, Is.EqualTo(x == 0 && y == 0));
            Assert.That(cameraX, Is.EqualTo(-x).Within(0.15));
            Assert.That(cameraY, Is.EqualTo(-y).Within(0.15));
        });
    }

    [Test]
    public void Passer_DoesNotMoveTheCamera()
    {
        byte[] before = Picture(0, 0), now = Picture(0, 0);
        Stamp(before, 20);
        Stamp(now, 24);
        StyleMotion motion = Between(before, now);
        Assert.That(motion.CameraIsStill);
        Assert.That(motion.Back.X[30 * Width + 32], Is.EqualTo(-4).Within(0.5), "the passer's own vector");
    }

    [Test]
    public void EvenPictures_StandStill() =>
        Assert.That(Between(new byte[Width * Height], new byte[Width * Height]).CameraIsStill);

    [Test]
    public void Threads_DoNotChangeABit()
    {
        byte[] before = Picture(0, 0), now = Picture(1.5, 0.5);
        StyleMotion one = StyleMotion.Between(before, now, Width, Height, 1, default), four = StyleMotion.Between(before, now, Width, Height, 4, default);
        Assert.That(four.Back.X, Is.EqualTo(one.Back.X));
        Assert.That(four.CameraAt(5, 6), Is.EqualTo(one.CameraAt(5, 6)));
    }

    private static StyleMotion Between(byte[] before, byte[] now) => StyleMotion.Between(before, now, Width, Height, 2, default);

    private static byte[] Picture(double shiftX, double shiftY)
    {
        byte[] luma = new byte[Width * Height];
        for (int at = 0; at < luma.Length; at++)
        {
            double x = at % Width - shiftX, y = at / Width - shiftY;
            luma[at] = (byte)(128 + 50 * Math.Sin(x * 0.35 + 2 * Math.Sin(y * 0.2)) + 40 * Math.Sin(y * 0.4 + 2 * Math.Sin(x * 0.15)));
        }

        return luma;
    }

    private static void Stamp(byte[] luma, int left)
    {
        for (int y = 18; y < 46; y++)
        {
            for (int x = left; x < left + 20; x++) luma[y * Width + x] = (byte)((x - left) * 7 % 60 + y * 5 % 50);
        }
    }
}
