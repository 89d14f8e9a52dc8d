namespace RunwayFX.Windows.Tests;

/// <summary>The test host, as a program of this system and as a Windows program, each with its system's engine.</summary>
internal static class Host
{
    /// <summary>Frames of <see cref="LinuxReferenceAsync"/>.</summary>
    public const int ReferenceFrames = 20;

    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(4), FullSizeMax = TimeSpan.FromMinutes(20);

    private static Task<Outcome>? _reference;

    /// <summary>Style on real footage by the OpenFX plug-in of this system, rendered once a run: what all others are compared with.</summary>
    public static Task<Outcome> LinuxReferenceAsync()
    {
        WindowsProduct.Require(WindowsProduct.NativeEngine);
        return _reference ??= NativeAsync(["ofx", WindowsProduct.NativeBundle, "render", .. Style(ReferenceFrames, path => path)]);
    }

    /// <summary>Runs it as a Windows program.</summary>
    public static async Task<Outcome> UnderWineAsync(params string[] arguments)
    {
        Dictionary<string, string> environment = new() { ["RUNWAYFX_ENGINE"] = Wine.PathOf(WindowsProduct.Engine), ["RUNWAYFX_PROVIDER"] = "cpu" };
        Outcome outcome = await Wine.RunAsync(WindowsProduct.HostProgram, environment, LimitOf(arguments), arguments);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.ToString());
        Assert.That(outcome.Lines, Has.Length.GreaterThan(0).And.Some.EqualTo("done"), outcome.ToString());
        return outcome;
    }

    /// <summary>Runs it here.</summary>
    public static async Task<Outcome> NativeAsync(params string[] arguments)
    {
        string runtime = Path.Combine(Wine.Folder, "run");
        Dictionary<string, string> environment = new()
        {
            ["RUNWAYFX_ENGINE"] = WindowsProduct.NativeEngine, ["RUNWAYFX_RUNTIME_DIR"] = runtime, ["RUNWAYFX_LOG_DIR"] = Path.Combine(runtime, "log"),
            ["RUNWAYFX_CACHE_DIR"] = Path.Combine(runtime, "cache"), ["RUNWAYFX_PROVIDER"] = "cpu",
        };
        Outcome outcome = await Programs.RunAsync("dotnet", environment, LimitOf(arguments), [Path.Combine(AppContext.BaseDirectory, "hostprogram.dll"), .. arguments]);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.ToString());
        return outcome;
    }

    /// <summary>What both are told to render; paths as the program names them.</summary>
    public static string[] Style(int frames, Func<string, string> pathOf) =>
    [
        $"frames={frames}", $"width={Footage.Width}", $"height={Footage.Height}", $"footage={pathOf(Footage.Path)}", $"style={pathOf(Footage.Style)}",
    ];

    /// <summary>The same at the footage's own size and in the default quality.</summary>
    public static string[] FullSizeStyle(int frames, Func<string, string> pathOf) =>
    [
        $"frames={frames}", $"width={Footage.FullWidth}", $"height={Footage.FullHeight}", $"footage={pathOf(Footage.FullPath)}", $"style={pathOf(Footage.Style)}", "quality=1",
    ];

    private static TimeSpan LimitOf(string[] arguments) => arguments.Contains($"width={Footage.FullWidth}") ? FullSizeMax : RunMax;
}
