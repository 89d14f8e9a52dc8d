namespace RunwayFX.Imaging.Tests;

[NonParallelizable]
public sealed class FramePoolTests
{
    private const int Width = 2048, Height = FramePool.ValuesMin / Frame.Channels / Width;

    [SetUp]
    public void Empty() => FramePool.Trim();

    [Test]
    public void ReturnedFrame_LendsItsBufferAgain_ToTheSameSizeOnly()
    {
        Frame first = FramePool.Rent(Width, Height);
        FramePool.Return(first);

        Frame other = FramePool.Rent(Width, Height + 1), again = FramePool.Rent(Width, Height);

        Assert.That(other.Pixels, Is.Not.SameAs(first.Pixels));
        Assert.That(again.Pixels, Is.SameAs(first.Pixels));
        Assert.That(FramePool.FreeBytes, Is.Zero);
    }

    [Test]
    public void FrameReturnedTwice_IsLentOnce()
    {
        Frame first = FramePool.Rent(Width, Height);
        FramePool.Return(first);
        FramePool.Return(first);

        Frame one = FramePool.Rent(Width, Height), other = FramePool.Rent(Width, Height);

        Assert.That(one.Pixels, Is.Not.SameAs(other.Pixels));
    }

    [Test]
    public void FramesThatWereNotLent_OrAreSmall_StayTheirOwners()
    {
        FramePool.Return(null);
        FramePool.Return(new Frame(Width, Height));
        FramePool.Return(FramePool.Rent(Width, Height - 1));

        Assert.That(FramePool.FreeBytes, Is.Zero);
    }

    [Test]
    public void FreeBuffers_AreBounded_AndForgottenWhenAsked()
    {
        int count = (int)(FramePool.FreeBytesMax / (FramePool.ValuesMin * sizeof(float))) + 1;
        Frame[] frames = [.. Enumerable.Range(0, count).Select(_ => FramePool.Rent(Width, Height))];
        foreach (Frame frame in frames) FramePool.Return(frame);

        Assert.That(FramePool.FreeBytes, Is.EqualTo(FramePool.FreeBytesMax));
        FramePool.Trim();
        Assert.That(FramePool.FreeBytes, Is.Zero);
    }
}
