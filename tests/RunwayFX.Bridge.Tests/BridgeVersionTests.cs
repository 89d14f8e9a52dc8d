namespace RunwayFX.Bridge.Tests;

public sealed class BridgeVersionTests
{
    [Test]
    public void Protocol_IsFrozenUntilMessagesChange() => Assert.That(BridgeVersion.Protocol, Is.EqualTo(3));

    [Test]
    public void Build_NamesVersionAndFitsTheHandshake()
    {
        Assert.That(BridgeVersion.Build, Does.Match(@"^\d+\.\d+\.\d+"));
        Assert.That(BridgeVersion.Build, Has.Length.LessThanOrEqualTo(Hello.BuildMax));
    }
}
