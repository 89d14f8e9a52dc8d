namespace RunwayFX.Imaging.Tests;

public sealed class PremultiplicationTests
{
    [Test]
    public void Premultiply_MultipliesColour_AndUnpremultiplyDividesIt()
    {
        Frame source = new(2, 1, [1, 0.5f, -2, 0.5f, 3, 4, 5, 1]);
        Frame premultiplied = Premultiplication.Premultiply(source);

        Assert.That(premultiplied.Pixels, Is.EqualTo(new[] { 0.5f, 0.25f, -1, 0.5f, 3, 4, 5, 1 }));
        Assert.That(Premultiplication.Unpremultiply(premultiplied).Pixels, Is.EqualTo(source.Pixels));
    }

    [Test]
    public void ColourUnderAlphaZero_IsKeptByUnpremultiply() =>
        Assert.That(Premultiplication.Unpremultiply(new Frame(1, 1, [1, 2, 3, 0])).Pixels, Is.EqualTo(new float[] { 1, 2, 3, 0 }));
}
