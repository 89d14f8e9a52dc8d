namespace RunwayFX.Engine.Tests;

/// <summary>The command line of the engine.</summary>
public sealed class EngineOptionsTests
{
    [Test]
    public void Nothing_MeansFiveMinutesAndEveryCore()
    {
        EngineOptions options = EngineOptions.Parse([]);
        Assert.That(options.IdleLimit, Is.EqualTo(TimeSpan.FromMinutes(5)));
        Assert.That(options.JobsMax, Is.EqualTo(Environment.ProcessorCount));
        Assert.That(options.MemoryMax, Is.AtLeast(256L << 20));
        Assert.That(options.Socket, Is.Null);
    }

    [Test]
    public void All_Together_AreRead()
    {
        EngineOptions options = EngineOptions.Parse(["serve", "--socket", "/run/x.sock", "--idle-seconds", "7", "--jobs", "3", "--memory", "512", "--console"]);
        Assert.That(
            (options.Socket, options.IdleLimit, options.JobsMax, options.MemoryMax, options.ToConsole),
            Is.EqualTo(("/run/x.sock", TimeSpan.FromSeconds(7), 3, 512L << 20, true)));
    }

    [TestCase("--idle-seconds", EngineOptions.IdleSecondsMax)]
    [TestCase("--jobs", Jobs.JobQueue.JobsRunningMax)]
    [TestCase("--memory", EngineOptions.MemoryMegabytesMax)]
    public void Number_AtTheBound_IsTakenAndOnePastItIsRefused(string name, int maximum)
    {
        Assert.That(() => EngineOptions.Parse([name, $"{maximum}"]), Throws.Nothing);
        Assert.That(() => EngineOptions.Parse([name, $"{maximum + 1L}"]), Throws.TypeOf<FormatException>().With.Message.Contains($"{name} {maximum + 1L}"));
    }

    [TestCase("--jobs", "0")]
    [TestCase("--jobs", "-1")]
    [TestCase("--jobs", "two")]
    [TestCase("--memory", "")]
    [TestCase("--idle-seconds", "1e3")]
    public void Number_Malformed_IsRefused(string name, string value) =>
        Assert.That(() => EngineOptions.Parse([name, value]), Throws.TypeOf<FormatException>().With.Message.Contains(name));

    [TestCase("--jobs")]
    [TestCase("--socket")]
    [TestCase("--frobnicate")]
    [TestCase("--console serve")]
    public void Line_Incomplete_IsRefused(string line) => Assert.That(() => EngineOptions.Parse(line.Split(' ')), Throws.TypeOf<FormatException>());
}
