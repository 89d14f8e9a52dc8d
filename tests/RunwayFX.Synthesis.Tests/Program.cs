using RunwayFX.Synthesis.Tests.Style;

namespace RunwayFX.Synthesis.Tests;

/// <summary>Started by tests in a process of its own, where the environment says which instructions may be used.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [GuidedScene.FingerprintCommand]) return 2;
        Console.WriteLine(GuidedScene.Fingerprint(new() { Threads = 2 }));
        return 0;
    }
}
