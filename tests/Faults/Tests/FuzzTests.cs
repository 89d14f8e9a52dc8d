using RunwayFX.Bridge;
using RunwayFX.Faults.Fuzzing;

namespace RunwayFX.Faults.Tests;

/// <summary>No bytes make a decoder do anything but accept or refuse, within bounded memory.</summary>
public sealed class FuzzTests
{
    [TestCaseSource(nameof(Names))]
    public void AnyBytes_AreAcceptedOrRefused(string name)
    {
        FuzzOutcome outcome = Fuzzer.Run(FuzzTarget.All.Single(target => target.Name == name).Fresh(), IsPackage(name) ? 1_000 : 10_000, 7);
        Assert.That(outcome.Failure, Is.Null);
        Assert.That(outcome.Accepted, Is.Positive, "bodies that are nearly right must be right at times");
        Assert.That(outcome.Accepted, Is.LessThan(outcome.Executions));
    }

    /// <summary>About a minute of a processor for each decoder.</summary>
    [TestCaseSource(nameof(Names)), Category("Slow")]
    public void MillionsOfBodies_AreAcceptedOrRefused(string name) =>
        Assert.That(Fuzzer.Run(FuzzTarget.All.Single(target => target.Name == name).Fresh(), IsPackage(name) ? 100_000 : 10_000_000, 1_000).Failure, Is.Null);

    [Test]
    public void EveryTypeOfMessage_HasItsDecoderFuzzed()
    {
        // Pixels are no fields: their length is the header's.
        string[] types = [.. Enum.GetValues<MessageType>().Where(static type => type != MessageType.PixelChunk).Select(static type => type.ToString())];
        Assert.That(FuzzTarget.All.Select(static target => target.Name), Is.SupersetOf(types));
    }

    /// <summary>Readers of packages' files take longer for each, some from a disk.</summary>
    private static bool IsPackage(string name) => name.StartsWith("Package.", StringComparison.Ordinal);

    private static IEnumerable<string> Names() => FuzzTarget.All.Select(static target => target.Name);
}
