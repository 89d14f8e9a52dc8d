using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using RunwayFX.Bridge;
using RunwayFX.TestEngine;

namespace RunwayFX.Faults.Processes;

/// <summary>Where the programs of the suite lie and what they need to run.</summary>
internal static class Programs
{
    /// <summary>This suite, which is the host too.</summary>
    public static string Host => Path.Combine(AppContext.BaseDirectory, "RunwayFX.Faults");

    /// <summary>The engine that misbehaves on purpose.</summary>
    public static string Engine => Path.Combine(AppContext.BaseDirectory, "runwayfx-test-engine");

    /// <summary>The runtime that runs this process.</summary>
    public static string Runtime => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The published plug-in's bundle, which <c>./rfx build</c> makes; null where it is not there or is another build than
    /// this, which no engine of this build would talk to.</summary>
    public static string? Plugin { get; } = FindPlugin();

    /// <summary>Whether tests must not do without <see cref="Plugin"/>.</summary>
    public static bool IsPluginRequired => Environment.GetEnvironmentVariable("RUNWAYFX_REQUIRE_BUNDLE") is "1";

    /// <summary>Gives a child what it needs.</summary>
    public static void Prepare(ProcessStartInfo start, int divisor = 0)
    {
        start.Environment["DOTNET_ROOT"] = Runtime;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        if (divisor > 0) start.Environment[TestLimits.DivisorVariable] = divisor.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? FindPlugin()
    {
        string? named = Environment.GetEnvironmentVariable("RUNWAYFX_OFX_BUNDLE");
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        string? bundle = named ?? (folder is null ? null : Path.Combine(folder.FullName, "artifacts", "RunwayFX.ofx.bundle"));
        string library = Path.Combine(bundle ?? "", "Contents", "Linux-x86-64", "RunwayFX.ofx");
        bool isThere = bundle is not null && OperatingSystem.IsLinux() && File.Exists(library)
            && File.ReadAllBytes(library).AsSpan().IndexOf(Encoding.UTF8.GetBytes(BridgeVersion.Build)) >= 0;
        return isThere ? bundle : null;
    }
}
