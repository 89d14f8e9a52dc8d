namespace RunwayFX.ManyHosts;

/// <summary>The test assembly as a program: <c>ManyHosts host …</c> is one of the hosts, <c>ManyHosts soak SECONDS</c> the whole trial by hand.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is ["host", .. string[] host]) return SoakHost.Run(host);
        if (arguments is ["soak", string seconds] && int.TryParse(seconds, out int number) && number > 0)
        {
            SoakReport report = Soak.Run(TimeSpan.FromSeconds(number), CancellationToken.None);
            Console.WriteLine(report.ToText());
            return report.Complaints().Count == 0 ? 0 : 1;
        }

        Console.Error.WriteLine("usage: ManyHosts soak SECONDS");
        return 2;
    }
}
