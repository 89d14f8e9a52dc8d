using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Synthesis.Tests.Continuation;

public sealed class RunCutTests
{
    private const int Width = 20, Height = 6, Frames = 12;

    [Test]
    public void WhoIsThereFromTheStart_IsTakenOut_AndWhoComesInLater_IsKept()
    {
        RunCut cut = RunCut.Find(Walkers(), Width, Height, cutsEnd: false, CancellationToken.None);

        for (int frame = 0; frame < Frames; frame++)
        {
            Assert.That(cut.Shares[frame][Width + 12 - frame / 2], Is.Zero, $"frame {frame}: somebody of the run's first frame");
            if (frame >= 4) Assert.That(cut.Shares[frame][4 * Width + frame - 4], Is.EqualTo(1), $"frame {frame}: who came in");
        }
    }

    [Test]
    public void EndIsCutToo_NobodyWhoStaysIsKept()
    {
        RunCut cut = RunCut.Find(Walkers(), Width, Height, cutsEnd: true, CancellationToken.None);

        Assert.That(cut.Kept, Is.Zero);
    }

    /// <summary>One walks left in row 1 from the start; one comes in from the left in row 4 after four frames.</summary>
    private static List<byte[]> Walkers()
    {
        List<byte[]> changes = [];
        for (int frame = 0; frame < Frames; frame++)
        {
            byte[] cells = new byte[Width * Height];
            cells[Width + 12 - frame / 2] = cells[Width + 13 - frame / 2] = 16;
            if (frame >= 4) cells[4 * Width + frame - 4] = 16;
            if (frame >= 5) cells[4 * Width + frame - 5] = 16;
            changes.Add(cells);
        }

        return changes;
    }
}
