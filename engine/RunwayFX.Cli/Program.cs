using System.Runtime.InteropServices;
using System.Text;
using RunwayFX.Cli;
using RunwayFX.Cli.Commands;
using RunwayFX.Cli.Rendering;
using RunwayFX.Cli.Systems;

using var cancellation = new CancellationTokenSource();
int signals = 0;

// The first signal asks the work to stop, and what is done stays for the next run; the second one ends the program at once.
void Stop(PosixSignalContext context)
{
    if (Interlocked.Increment(ref signals) > 1) Environment.Exit(ExitCode.Interrupted);
    context.Cancel = true;
    cancellation.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
return CommandTree.Run(args, new CliServices
{
    Output = output,
    Error = error,
    IsTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
    Cancellation = cancellation.Token,
    System = new LocalSystem(),
    CreateEffectHost = () => new OpenFxEffectHost(),
});
