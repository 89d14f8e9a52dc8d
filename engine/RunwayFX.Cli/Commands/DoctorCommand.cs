using System.CommandLine;
using RunwayFX.Cli.Doctor;
using RunwayFX.Cli.Output;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx doctor</c>: what is installed, what was found, what to do.</summary>
internal static class DoctorCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("doctor",
            "Says what is installed, which hosts and devices were found, and what to do. Exit code 3 if rendering cannot work.") { json };
        command.SetAction(parsed =>
        {
            DoctorReport report = new Doctor.Doctor(services.System, new ProductProbe(services)).Examine();
            if (parsed.GetValue(json)) JsonLines.WriteDocument(services.Output, report);
            else Write(services.Output, report);
            return report.Healthy ? ExitCode.Success : ExitCode.MissingDependency;
        });
        return command;
    }

    /// <summary>Writes a report for people.</summary>
    internal static void Write(TextWriter output, DoctorReport report)
    {
        foreach (DoctorCheck check in report.Checks)
        {
            string mark = check.Status switch { CheckStatus.Ok => "ok", CheckStatus.Note => "--", CheckStatus.Warning => "warning", _ => "PROBLEM" };
            output.WriteLine($"{mark,-8} {check.Name,-16} {check.Detail}");
            if (check.Advice is not null) output.WriteLine($"{"",-8} {"",-16} → {check.Advice}");
        }

        output.WriteLine(report.Healthy ? "ready to render" : "not ready to render: mend the problems above");
    }
}
