using RunwayFX.Imaging.Tests.Flow;

namespace RunwayFX.Imaging.Tests;

/// <summary>Started by tests in a process of its own, where the environment says which instructions may be used.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [FlowScene.FingerprintCommand]) return 2;
        Console.WriteLine(FlowScene.Fingerprint(threads: 2));
        return 0;
    }
}
