using System.Globalization;

namespace RunwayFX.Faults.Processes;

/// <summary>How much a busy machine stretches every wait. The named limits hold for the programs; how soon a program that is due gets a processor is the
/// machine's affair, so the suite allows more where more programs wait for one.</summary>
internal static class BusyMachine
{
    /// <summary>Programs in line for each processor that count as an idle machine.</summary>
    private const double UsualLoad = 3;

    /// <summary>The factor for waits: 1 on a machine that has little else to do, growing with the programs that want each of its processors (mean of the
    /// last minute).</summary>
    public static double Factor
    {
        get
        {
            try
            {
                double load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
                return Math.Max(1, load / (UsualLoad * Environment.ProcessorCount));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
            {
                return 1; // A system that does not say.
            }
        }
    }
}
