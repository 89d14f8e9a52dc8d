using OpenFX.Hosting;
using RunwayFX.Cli.Rendering;
using RunwayFX.Cli.Tests.Support;

namespace RunwayFX.Cli.Tests;

internal sealed class SettingValueTests
{
    [TestCase("targetAspect=16:9", "targetAspect=1")]
    [TestCase("targetAspect=as source", "targetAspect=0")]
    [TestCase("targetAspect=2", "targetAspect=2")]
    [TestCase("TARGETASPECT=4:3", "targetAspect=2")]
    [TestCase("amount=0.25", "amount=0.25")]
    [TestCase("count=10", "count=10")]
    [TestCase("isOn=off", "isOn=0")]
    [TestCase("isOn=TRUE", "isOn=1")]
    [TestCase("stylePath=/a=b.png", "stylePath=/a=b.png")]
    [TestCase("place=1.5,-2", "place=1.5,-2")]
    public void ThatFits_IsTaken(string assignment, string canonical) => Assert.That(Resolve(assignment).ToCanonicalText(), Is.EqualTo(canonical));

    [TestCase("nothing=1", "amount, count, isOn, targetAspect, stylePath, place")]
    [TestCase("targetAspect=21:9", "As Source (0), 16:9 (1), 4:3 (2)")]
    [TestCase("targetAspect=3", "As Source (0), 16:9 (1), 4:3 (2)")]
    [TestCase("amount=1.5", "outside 0 to 1")]
    [TestCase("amount=NaN", "'NaN' is none")]
    [TestCase("amount=much", "'much' is none")]
    [TestCase("count=2.5", "has a fraction")]
    [TestCase("count=11", "outside 0 to 10")]
    [TestCase("isOn=perhaps", "true or false")]
    [TestCase("place=1", "takes 2 numbers")]
    [TestCase("group=1", "takes no value")]
    [TestCase("=1", "write name=value")]
    [TestCase("amount", "write name=value")]
    public void ThatDoesNotFit_ListsWhatThereIs(string assignment, string part)
    {
        CliException failure = Assert.Throws<CliException>(() => Resolve(assignment))!;
        Assert.That(failure.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(failure.Message, Does.Contain(part));
    }

    [Test]
    public void NameGivenTwice_LastOneWins()
    {
        ParameterAssignment[] assignments = [new("amount", "0.1"), new("count", "2"), new("Amount", "0.9")];
        Assert.That(
            SettingValue.Resolve(FakeEffectHost.Parameters, assignments).Select(value => value.ToCanonicalText()),
                Is.EqualTo(new[] { "amount=0.9", "count=2" }));
    }

    [Test]
    public void StringChoice_AnswersWithTheName()
    {
        ParameterDescription choice = FakeEffectHost.Parameters[3] with { Kind = HostedParameterKind.StrChoice,
            OptionNames = ["source", "wide", "tall"] };
        Assert.That(SettingValue.Resolve([choice], [new("targetAspect", "16:9")])[0].Text, Is.EqualTo("wide"));
    }

    private static SettingValue Resolve(string assignment) =>
        SettingValue.Resolve(FakeEffectHost.Parameters, [ParameterAssignment.Parse(assignment, "--set")])[0];
}
