using System.Numerics;
using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Portraits;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Tests.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Portraits;

/// <summary>LivePortrait's geometry against other ways to compute it, and the pipeline over networks whose answers are known.</summary>
public sealed class PortraitTests
{
    private static readonly ClosedFormStills s_files = new();

    [OneTimeTearDown]
    public void Remove() => s_files.Dispose();

    [Test]
    public void Rotation_IsThatOfTheMatrixLibrary([Values(-40, 0, 25)] double pitch, [Values(-70, 10)] double yaw, [Values(-15, 0, 90)] double roll)
    {
        const float Radians = MathF.PI / 180;
        Matrix4x4 expected = Matrix4x4.CreateRotationX((float)pitch * Radians) * Matrix4x4.CreateRotationY((float)yaw * Radians) * Matrix4x4.CreateRotationZ((float)roll * Radians);
        double[] actual = PortraitGeometry.Rotation(pitch, yaw, roll);
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++) Assert.That(actual[row * 3 + column], Is.EqualTo(expected[row, column]).Within(1e-6));
        }
    }

    [TestCase(0, -97.5)]
    [TestCase(32, -1.5)]
    [TestCase(65, 97.5)]
    public void Angle_OfOneSureClass_IsThreeDegreesEach(int index, double degrees)
    {
        float[] logits = new float[PortraitGeometry.AngleClasses];
        logits[index] = 200;
        Assert.That(PortraitGeometry.Degrees(logits), Is.EqualTo(degrees).Within(1e-6));
        Assert.That(PortraitGeometry.Degrees(new float[PortraitGeometry.AngleClasses]), Is.EqualTo(0).Within(1e-6), "of no class at all it is none");
        Assert.That(PortraitGeometry.Degrees([12.5f]), Is.EqualTo(12.5));
        Assert.That(() => PortraitGeometry.Degrees([1, 2]), Throws.ArgumentException);
    }

    [Test]
    public void KeyPoints_AreScaledTurnedAndMoved_ButNotInDepth()
    {
        PortraitMotion motion = Face(1, 20, -35, 10);
        float[] actual = PortraitGeometry.KeyPoints(motion);
        for (int point = 0; point < PortraitGeometry.Points; point++)
        {
            Vector3 at = Turn(new Vector3(motion.Canonical.AsSpan(point * 3, 3)), motion) + new Vector3(motion.Expression.AsSpan(point * 3, 3));
            Vector3 expected = at * motion.Scale + new Vector3(motion.Translation[0], motion.Translation[1], 0);
            for (int axis = 0; axis < 3; axis++) Assert.That(actual[point * 3 + axis], Is.EqualTo(expected[axis]).Within(1e-5));
        }
    }

    [Test]
    public void Drive_ByTheFirstFrame_LeavesTheSource()
    {
        PortraitMotion source = Face(1, 5, -20, 3), first = Face(2, -12, 30, -8);
        Assert.That(PortraitGeometry.Drive(source, first, first), Is.EqualTo(PortraitGeometry.KeyPoints(source)).Within(1e-5));
    }

    [Test]
    public void Drive_TakesOverWhatChanged()
    {
        PortraitMotion source = Face(1, 0, 0, 0), first = Face(2, 0, 0, 0), now = first with { Yaw = 30, Scale = first.Scale * 1.25f, Translation = [first.Translation[0] + 0.2f, first.Translation[1], 9] };
        PortraitMotion expected = source with { Yaw = 30, Scale = source.Scale * 1.25f, Translation = [source.Translation[0] + 0.2f, source.Translation[1], 0] };
        Assert.That(PortraitGeometry.Drive(source, now, first), Is.EqualTo(PortraitGeometry.KeyPoints(expected)).Within(1e-5));
    }

    [Test]
    public void Drive_Absolute_TakesPoseAndPlace_AndKeepsTheOutline()
    {
        PortraitMotion source = Face(1, 0, 0, 0), driving = Face(2, 15, -5, 7);
        float[] actual = PortraitGeometry.Drive(source, driving, null);
        float[] mixed = (float[])source.Expression.Clone();
        foreach (int point in new[] { 1, 2, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 }) driving.Expression.AsSpan(point * 3, 3).CopyTo(mixed.AsSpan(point * 3));
        foreach (int at in new[] { 3 * 3 + 1, 4 * 3 + 1, 5 * 3 + 2, 8 * 3 + 2, 9 * 3 + 1, 9 * 3 + 2 }) mixed[at] = driving.Expression[at];
        Assert.That(actual, Is.EqualTo(PortraitGeometry.KeyPoints(driving with { Canonical = source.Canonical, Scale = source.Scale, Expression = mixed })).Within(1e-5));
    }

    [Test]
    public void Stitch_ShiftsEachAndAll()
    {
        float[] points = new float[63], delta = new float[65];
        (delta[4], delta[63], delta[64]) = (1, 0.5f, -0.25f);
        PortraitGeometry.Stitch(points, delta);
        Assert.That(points[..6], Is.EqualTo(new[] { 0.5f, -0.25f, 0, 0.5f, 0.75f, 0 }));
    }

    [TestCase(0.0)]
    [TestCase(0.6)]
    [TestCase(-2.0)]
    public void Crop_AroundATurnedFace_FollowsIt(double angle)
    {
        // Landmarks on a square of side 40 about (100, 80), upright before it is turned.
        (double sin, double cos) = Math.SinCos(angle);
        (double, double) Turned(double x, double y) => (100 + cos * x - sin * y, 80 + sin * x + cos * y);
        FaceCrop crop = FaceCrop.Around([Turned(-20, -20), Turned(20, -20), Turned(20, 20), Turned(-20, 20), Turned(3, 4)], Turned(0, -8), Turned(0, 12), scale: 2, shift: -0.1);
        (double centreX, double centreY) = Turned(0, -8);
        Assert.That((crop.CentreX, crop.CentreY), Is.EqualTo((centreX, centreY)).Using<(double, double)>((a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-9 && Math.Abs(a.Item2 - b.Item2) < 1e-9));
        Assert.That(crop.Side, Is.EqualTo(80).Within(1e-9));
        Assert.That(Math.IEEERemainder(crop.Angle - angle, 2 * Math.PI), Is.EqualTo(0).Within(1e-9));
        (double x, double y) = crop.ToCrop(117, 63);
        (double backX, double backY) = crop.ToPicture(x, y);
        Assert.That((backX, backY), Is.EqualTo((117.0, 63.0)).Using<(double, double)>((a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-9));
    }

    [Test]
    public void Paste_OfWhatWasCut_IsThePicture_AndOutsideKeepsItsBits()
    {
        Frame picture = new(90, 70);
        for (int i = 0; i < picture.Pixels.Length; i++) picture.Pixels[i] = 0.4f + 0.3f * MathF.Sin(i % (90 * 4) / 4 * 0.11f + i / (90 * 4) * 0.07f + i % 4);
        picture.Pixels[0] = float.NegativeZero;
        FaceCrop crop = new(47.3, 33.1, 41.7, 0.4);
        Frame back = crop.Paste(picture, crop.Cut(picture, 256));
        double worst = 0;
        for (int y = 0; y < 70; y++)
        {
            for (int x = 0; x < 90; x++)
            {
                (double cx, double cy) = crop.ToCrop(x + 0.5, y + 0.5);
                bool isInside = cx is > 0 and < 1 && cy is > 0 and < 1;
                for (int channel = 0; channel < 4; channel++)
                {
                    int i = (y * 90 + x) * 4 + channel;
                    if (!isInside || channel == 3) Assert.That(BitConverter.SingleToInt32Bits(back.Pixels[i]), Is.EqualTo(BitConverter.SingleToInt32Bits(picture.Pixels[i])));
                    else worst = Math.Max(worst, Math.Abs(back.Pixels[i] - picture.Pixels[i]));
                }
            }
        }

        Assert.That(worst, Is.LessThan(0.005), "two interpolations of a smooth picture");
        Frame red = new(8, 8);
        for (int i = 0; i < red.Pixels.Length; i += 4) red.Pixels[i] = 1;
        Assert.That(crop.Paste(picture, red).Row(33)[47 * 4], Is.EqualTo(1f), "the middle is the face's alone");
    }

    [Test]
    public void Feather_RisesSmoothly()
    {
        double[] shares = [.. Enumerable.Range(0, 101).Select(i => FaceCrop.Share(i / 200.0, 0.5, 0.1))];
        Assert.That(shares[0], Is.Zero);
        Assert.That(shares[^1], Is.EqualTo(1));
        Assert.That(shares, Is.Ordered);
        Assert.That(shares.Zip(shares.Skip(1), (a, b) => b - a).Max(), Is.LessThan(0.1));
    }

    [Test]
    public void Pipeline_PerformsAsItsNetworksSay([Values] bool hasStitching, [Values] bool isRelative, [Values] bool pastesBack)
    {
        ModelPackage package = ModelPackage.Open(s_files.Write(folder => PortraitNetworks.Write(folder, hasStitching)));
        Frame character = Flat(96, 64, 0.2f, 0.6f, 0.3f);
        Frame[] performance = [Flat(80, 80, 0.5f, 0.1f, 0.25f), Flat(80, 80, 0.7f, 0.9f, 0.75f)];
        Frame[] made = new PortraitPipeline(package, s_files.Pool, new SessionSettings { Threads = 1 })
            .Run(character, performance, new PortraitSettings { IsRelative = isRelative, PastesBack = pastesBack }, null, default);
        PortraitMotion source = Motion(0.2f, 0.3f), first = Motion(0.5f, 0.25f);
        for (int index = 0; index < 2; index++)
        {
            float[] still = PortraitGeometry.KeyPoints(source), driven = PortraitGeometry.Drive(source, index == 0 ? first : Motion(0.7f, 0.75f), isRelative ? first : null);
            if (hasStitching) PortraitGeometry.Stitch(driven, PortraitNetworks.StitchDelta);
            double way = Enumerable.Range(0, 21).Average(point => (double)driven[point * 3] - still[point * 3]);
            float grey = (float)Math.Clamp(0.5 + way + 0.1 * 0.6, 0, 1);
            Assert.That((made[index].Width, made[index].Height), Is.EqualTo(pastesBack ? (96, 64) : (512, 512)));
            int middle = made[index].Height / 2, column = made[index].Width / 2;
            Assert.That(made[index].Row(middle)[column * 4], Is.EqualTo(grey).Within(1e-4));
            if (pastesBack) Assert.That(made[index].Row(middle)[4], Is.EqualTo(0.2f), "left of the face nothing changed");
        }
    }

    [Test]
    public void DamagedPackage_IsNamed()
    {
        string folder = s_files.Write(path => PortraitNetworks.Write(path, hasStitching: false));
        File.Copy(Path.Combine(folder, "motion_extractor/model.onnx"), Path.Combine(folder, "warping_spade/model.onnx"), overwrite: true);
        Assert.That(() => new PortraitPipeline(ModelPackage.Open(folder), s_files.Pool, new SessionSettings()).Run(Flat(64, 64, 0, 0, 0), [Flat(64, 64, 0, 0, 0)], new PortraitSettings(), null, default),
            Throws.TypeOf<InferenceException>().With.Message.Contains("warping_spade"));
    }

    /// <summary>What the test's motion extractor says of a flat picture.</summary>
    private static PortraitMotion Motion(float red, float blue)
    {
        double Angle(double middle, double reach)
        {
            double[] weights = [.. Enumerable.Range(0, 66).Select(i => Math.Exp(-0.5 * Math.Pow(i - middle - reach * red, 2)))];
            return weights.Select((weight, i) => weight * i).Sum() / weights.Sum() * 3 - 97.5;
        }

        return new PortraitMotion(Angle(30, 8), Angle(34, -6), Angle(32, 4), [0.1f * blue, 0.2f * blue, 0.3f * blue], [.. Enumerable.Range(0, 63).Select(i => MathF.Cos(i) * 0.1f * blue)],
            1 + 0.5f * blue, PortraitNetworks.Canonical);
    }

    private static Frame Flat(int width, int height, float red, float green, float blue)
    {
        Frame frame = new(width, height);
        for (int i = 0; i < frame.Pixels.Length; i += 4) (frame.Pixels[i], frame.Pixels[i + 1], frame.Pixels[i + 2], frame.Pixels[i + 3]) = (red, green, blue, 1);
        return frame;
    }

    private static PortraitMotion Face(int seed, double pitch, double yaw, double roll)
    {
        Random random = new(seed);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        return new PortraitMotion(pitch, yaw, roll, Numbers(3), Numbers(63), 1.2f + random.NextSingle(), Numbers(63));
    }

    private static Vector3 Turn(Vector3 point, PortraitMotion motion)
    {
        const float Radians = MathF.PI / 180;
        point = Vector3.Transform(point, Quaternion.CreateFromAxisAngle(Vector3.UnitX, (float)motion.Pitch * Radians));
        point = Vector3.Transform(point, Quaternion.CreateFromAxisAngle(Vector3.UnitY, (float)motion.Yaw * Radians));
        return Vector3.Transform(point, Quaternion.CreateFromAxisAngle(Vector3.UnitZ, (float)motion.Roll * Radians));
    }
}
