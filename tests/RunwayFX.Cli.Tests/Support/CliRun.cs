using RunwayFX.Cli.Commands;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Tests.Support;

/// <summary>Runs <c>rfx</c> in this process and keeps what it wrote.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static CliRun Of(ISystem system, FakeEffectHost? host, CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandTree.Run(arguments, new CliServices
        {
            Output = output, Error = error, System = system, Cancellation = cancellation, CreateEffectHost = () => host ?? new FakeEffectHost(),
        });
        return new CliRun(code, output.ToString(), error.ToString());
    }

    public static CliRun Of(params string[] arguments) => Of(new FakeSystem(), null, default, arguments);

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
