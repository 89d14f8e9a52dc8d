using RunwayFX.Cli.Demo;
using RunwayFX.Cli.Tests.Support;

namespace RunwayFX.Cli.Tests;

internal sealed class DemoFootageTests
{
    private const string Name = "vtest.avi";

    [Test]
    public void FootageOnTheMachine_IsTaken()
    {
        using var messages = new StringWriter();
        Assert.That(new DemoFootage(WithFootage(), messages).Find([Name], default), Is.EqualTo(new[] { $"{DemoFootage.ExamplesFolder}/{Name}" }));
    }

    [Test]
    public void ToldNotTo_LooksForNothingAndFetchesNothing()
    {
        FakeSystem system = WithFootage();
        system.Programs["apt-get"] = "/usr/bin/apt-get";
        system.Programs["dpkg-deb"] = "/usr/bin/dpkg-deb";
        system.Runs = (program, _) => throw new InvalidOperationException($"{program} was run");
        system.Variables[DemoFootage.NoneVariable] = "1";
        using var messages = new StringWriter();
        Assert.That(new DemoFootage(system, messages).Find([Name, "elsewhere.jpg"], default), Is.Null);
        Assert.That(messages.ToString(), Is.Empty);
    }

    private static FakeSystem WithFootage()
    {
        var system = new FakeSystem();
        system.Files.Add($"{DemoFootage.ExamplesFolder}/{Name}");
        return system;
    }
}
