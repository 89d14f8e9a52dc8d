using System.Globalization;

namespace RunwayFX.EndToEnd;

/// <summary>Frames that nothing new is asked of leave nothing on the compiled plug-in's managed heap. The heap is looked at from outside: it is memory of the
/// host's process and stays there until a collection, which so few bytes do not cause. What the measure can see, a second run shows, in which each frame makes
/// one object on purpose.</summary>
[CancelAfter(240_000)]
public sealed class WarmFrameTests
{
    private const int Frames = 4_000;

    /// <summary>The smallest object on a 64-bit heap, in bytes.</summary>
    private const double ObjectBytesMin = 24;

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    [Test]
    public async Task WarmFrames_MakeNoObjects(CancellationToken cancellation)
    {
        double steady = await BytesPerFrame("steady", cancellation), varied = await BytesPerFrame("varied", cancellation);
        TestContext.Out.WriteLine($"{steady:0.0} bytes a frame, {varied:0.0} where a text changes with each frame");
        Assert.That(varied, Is.GreaterThanOrEqualTo(ObjectBytesMin), "the measure sees one object a frame");
        Assert.That(steady, Is.LessThan(ObjectBytesMin / 10), "less than one object in ten frames");
    }

    /// <summary>Growth of the host's private memory over warm frames, each with all that a host asks about it.</summary>
    private static async Task<double> BytesPerFrame(string mode, CancellationToken cancellation)
    {
        SmallHost.Outcome outcome = await SmallHost.RunAsync(cancellation, mode, $"{Frames}", Product.LibraryPath);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
        Assert.That(outcome.Output, Does.StartWith("anon_kb "));
        string[] words = outcome.Output.Trim().Split(' ');
        return 1024.0 * (Kilobytes(words[2]) - Kilobytes(words[1])) / Frames;
    }

    private static long Kilobytes(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
