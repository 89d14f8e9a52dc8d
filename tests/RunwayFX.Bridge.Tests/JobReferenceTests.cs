namespace RunwayFX.Bridge.Tests;

/// <summary>The name of a job that users copy out of a message.</summary>
public sealed class JobReferenceTests
{
    [TestCase(0x3f2a, 17L, "3f2a-17")]
    [TestCase(JobReference.ConnectionMin, 1L, "1000-1")]
    [TestCase(JobReference.ConnectionMax, long.MaxValue, "ffff-9223372036854775807")]
    public void Text_IsReadBack(int connection, long job, string text)
    {
        var reference = new JobReference(connection, job);
        Assert.That(reference.ToString(), Is.EqualTo(text));
        Assert.That(text, Has.Length.AtMost(JobReference.TextMax));
        Assert.That(JobReference.TryParse(text, out JobReference read), Is.True);
        Assert.That(read, Is.EqualTo(reference));
        Assert.That(JobReference.TryParse(text.ToUpperInvariant(), out read), Is.True);
        Assert.That(read, Is.EqualTo(reference));
    }

    [TestCase("")]
    [TestCase("17")]
    [TestCase("3f2a")]
    [TestCase("3f2a-")]
    [TestCase("3f2a-0")]
    [TestCase("3f2a--1")]
    [TestCase("3f2a- 1")]
    [TestCase("0f2a-1")]
    [TestCase("3f2g-1")]
    [TestCase("3f2a17-1")]
    [TestCase("3f2a-9223372036854775808")]
    [TestCase("3f2a-92233720368547758070")]
    public void OtherText_IsNone(string text) => Assert.That(JobReference.TryParse(text, out _), Is.False);
}
