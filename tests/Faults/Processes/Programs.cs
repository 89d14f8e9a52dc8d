using System.Diagnostics;
using System.Runtime.InteropServices;
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

    /// <summary>Gives a child what it needs.</summary>
    public static void Prepare(ProcessStartInfo start, int divisor = 0)
    {
        start.Environment["DOTNET_ROOT"] = Runtime;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        if (divisor > 0) start.Environment[TestLimits.DivisorVariable] = divisor.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
