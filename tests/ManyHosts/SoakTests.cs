namespace RunwayFX.ManyHosts;

/// <summary>Many hosts at once: right pixels, bounded memory, nobody starves, nothing left behind.</summary>
[Platform("Linux", Reason = "Looks at /proc.")]
public sealed class SoakTests
{
    [Test]
    [CancelAfter(60_000)]
    public void EightHosts_ForSeconds_AreServedRightAndFairly(CancellationToken cancellation) => Run(TimeSpan.FromSeconds(6), cancellation);

    [Test]
    [Category("Slow")]
    [CancelAfter(900_000)]
    public void EightHosts_ForTenMinutes_AreServedRightAndFairly(CancellationToken cancellation) => Run(TimeSpan.FromMinutes(10), cancellation);

    private static void Run(TimeSpan time, CancellationToken cancellation)
    {
        SoakReport report = Soak.Run(time, cancellation);
        TestContext.Out.WriteLine(report.ToText());
        Assert.That(report.Complaints(), Is.Empty);
    }
}
