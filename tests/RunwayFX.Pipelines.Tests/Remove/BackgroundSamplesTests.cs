using RunwayFX.Imaging;
using RunwayFX.Pipelines.Backgrounds;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Tests.Remove;

public sealed class BackgroundSamplesTests
{
    private const int Width = 24, Height = 16;

    /// <summary>Half a pixel off, so that a sample needs two pixels around it to each side.</summary>
    private static readonly CameraStep Step = new(1, 0, 0.5, 0);

    [Test]
    public void PlacesThatASampleWouldTouchTheHoleAt_WantAllSamples_OthersOne()
    {
        bool[] hole = [.. Enumerable.Range(0, Width * Height).Select(p => p % Width is 10 or 11 && p / Width is 6 or 7)];
        BackgroundSamples samples = Wanted(hole);
        samples.Add(Flat(0.25f), new bool[hole.Length], CameraStep.Still, CancellationToken.None);
        samples.Add(Flat(0.75f), new bool[hole.Length], CameraStep.Still, CancellationToken.None);
        samples.Add(Flat(0.75f), new bool[hole.Length], CameraStep.Still, CancellationToken.None);

        (Frame picture, _) = samples.ToPicture(CancellationToken.None);

        for (int p = 0; p < hole.Length; p++)
        {
            // Column c of the canvas lies at c − 0.5 of the frame: columns c − 2 to c + 1 are touched, rows r − 1 to r + 2.
            bool isWanted = p % Width is >= 9 and <= 13 && p / Width is >= 4 and <= 8;
            Assert.That(picture.Pixels[4 * p], Is.EqualTo(isWanted ? 0.75f : 0.25f), $"{p % Width}, {p / Width}");
        }
    }

    [Test]
    public void Cancelled_MarkingAndReadingEnd()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        BackgroundSamples samples = Wanted(new bool[Width * Height]);

        Assert.That(() => samples.Want(new bool[Width * Height], Step, cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => samples.ToPicture(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static BackgroundSamples Wanted(bool[] hole)
    {
        BackgroundSamples samples = new(new(0, 0, Width, Height), Width, Height, 3);
        samples.Want(hole, Step, CancellationToken.None);
        return samples;
    }

    private static Frame Flat(float value)
    {
        Frame frame = new(Width, Height);
        Array.Fill(frame.Pixels, value);
        return frame;
    }
}
