using System.Diagnostics;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Cancel at a random moment of a render that would take long: the plug-in returns at once, the engine stops, and the host is as it was.</summary>
[NonParallelizable]
[Category("Slow")]
public sealed class CancelTests
{
    private const int Rounds = 200;

    /// <summary>How long the plug-in may take to return after its host said stop.</summary>
    private const int ReturnMsMax = 250;

    /// <summary>How long the engine may go on with a patch job after it was told.</summary>
    private const int EngineMsMax = 100;

    /// <summary>Moments of the render at which it is given up, in milliseconds.</summary>
    private const int MomentMsMax = 400;

    [SetUp]
    public void Require() => Product.RequireEngine();

    [Test]
    public void AtARandomMoment_200Times_NothingIsLeftBehind()
    {
        const int Seed = 20_261_123;
        Random random = new(Seed);
        using EngineClient client = new(new() { StartsEngine = false });
        using Stage stage = new(EmulatedHosts.Natron, EffectCatalog.Extend, instance => instance.Parameters["targetAspect"].SetNumbers(2), new PixelBounds(0, 0, 640, 360));
        // What the host takes to make its own picture is not the plug-in's: it is made once.
        using HostImage ready = stage.Picture(0);
        stage.Source.Add("Source", stage.Format, _ => HostImageConversion.Convert(ready, ready.Format));
        double[] before = [.. stage.Effect.Parameters.All.Where(parameter => parameter.Kind is HostedParameterKind.Double or HostedParameterKind.Choice).Select(Number)];
        List<long> returns = [], engine = [];
        int cancelled = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using CancellationTokenSource stop = new();
            long asked = 0;
            using Timer timer = new(_ =>
            {
                Interlocked.Exchange(ref asked, Stopwatch.GetTimestamp());
                stop.Cancel();
            }, null, random.Next(MomentMsMax), Timeout.Infinite);
            try
            {
                // Another seed each round: nothing is at hand from the round before.
                stage.Effect.Parameters["seed"].SetNumbers(round);
                stage.Render(round * 1000, like: new HostRequest { UseIdentity = false, Cancellation = stop.Token }).Dispose();
                continue;
            }
            catch (HostingException exception) when (exception.Code == HostingError.Aborted)
            {
                cancelled++;
            }

            returns.Add((long)Stopwatch.GetElapsedTime(Interlocked.Read(ref asked)).TotalMilliseconds);
            Assert.That(stage.Effect.ImagesHeld, Is.Zero, $"images after round {round}");
            Stopwatch waited = Stopwatch.StartNew();
            while (client.QueryStatus() is { } status && status.Queue.Running > 0 && waited.ElapsedMilliseconds < 10 * EngineMsMax) Thread.Yield();
            engine.Add(waited.ElapsedMilliseconds);
        }

        TestContext.Out.WriteLine($"seed {Seed}: {cancelled} of {Rounds} given up; returned after {Share(returns, 0.5)} ms in the median, {Share(returns, 0.9)} in nine of ten, "
            + $"{returns.Max()} at most; the engine went on for {Share(engine, 0.5)}, {Share(engine, 0.9)} and {engine.Max()} ms");
        Assert.That(cancelled, Is.GreaterThan(Rounds / 2), "rounds that were under way");
        // A machine that is busy with something else stretches single rounds: the line above has the longest.
        Assert.That(Share(returns, 0.9), Is.LessThanOrEqualTo(ReturnMsMax), "ms to return");
        Assert.That(Share(engine, 0.9), Is.LessThanOrEqualTo(EngineMsMax), "ms that the engine went on");
        Assert.That(stage.Effect.Parameters.All.Where(parameter => parameter.Kind is HostedParameterKind.Double or HostedParameterKind.Choice).Select(Number), Is.EqualTo(before));
        Assert.That(stage.Journal.MessageCount, Is.Zero, "a cancelled render is no fault");
        stage.Effect.Parameters["targetAspect"].SetNumbers(0);
        using HostImage image = stage.Render(7, like: new HostRequest { UseIdentity = false }), expected = stage.Picture(0);
        Assert.That(Stage.SameBits(image, expected), Is.True, "the next render");
    }

    /// <summary>The value that a share of all stays within.</summary>
    private static long Share(List<long> values, double share) => values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);

    private static double Number(HostedParameter parameter) => parameter.GetNumber();
}
