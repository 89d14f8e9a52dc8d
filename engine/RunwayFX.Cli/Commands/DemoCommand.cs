using System.CommandLine;
using RunwayFX.Cli.Demo;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx demo</c>: real footage through the plug-in and the engine, and a sheet to judge the results by.</summary>
internal static class DemoCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var clip = new Option<string?>("--clip") { Description = "Your own clip instead of the pedestrians of Debian's opencv-doc." };
        var style = new Option<string?>("--style") { Description = "Your own style picture instead of The Starry Night." };
        var folder = new Option<string>("--out") { Description = "Where to write.", DefaultValueFactory = _ => Path.Combine("out", "demo") };
        var command = new Command("demo",
            "Renders a styled movie, a wider movie and stills of real footage, and a contact sheet to compare them on. "
            + $"With {DemoFootage.NoneVariable}=1 in the environment, a clip that this program draws.") { clip, style, folder };
        command.SetAction(parsed =>
        {
            var run = new DemoRun(services, Path.GetFullPath(parsed.GetValue(folder)!));
            foreach (string path in run.Run(FileOf(parsed.GetValue(clip), services),
                FileOf(parsed.GetValue(style), services))) services.Output.WriteLine(path);
            return ExitCode.Success;
        });
        return command;
    }

    private static string? FileOf(string? path, CliServices services) => path is null ? null : RenderCommand.ExistingFile(path, services.System);
}
