using RunwayFX.Bridge;
using RunwayFX.TestEngine;

// The command line a client uses: serve --socket PATH. Variables make it misbehave for the tests of engines that do not start.
if (args is not ["serve", "--socket", string socket]) return 2;
switch (Environment.GetEnvironmentVariable("RUNWAYFX_TEST_START"))
{
    case "die":
        Console.Error.WriteLine("cannot start on purpose");
        return 3;
    case "hang":
        Thread.Sleep(Timeout.Infinite);
        break;
}

if (Environment.GetEnvironmentVariable("RUNWAYFX_TEST_REPORT") is string report)
{
    string[] paths = Directory.GetFileSystemEntries("/proc/self/fd");
    string[] descriptors = [.. paths.Select(path => $"fd {Path.GetFileName(path)} {new FileInfo(path).LinkTarget}")];
    string[] variables = [.. Environment.GetEnvironmentVariables().Keys.Cast<string>().Select(name => "env " + name)];
    File.WriteAllLines(report, [.. descriptors, .. variables, "stat " + File.ReadAllText("/proc/self/stat").Trim()]);
}

try
{
    var handler = new TestHandler();
    using var server = new BridgeServer(handler, new BridgeServerOptions
    {
        Endpoint = BridgeEndpoint.At(socket),
        Limits = TestLimits.FromEnvironment(),
        IdleExitMs = int.TryParse(Environment.GetEnvironmentVariable("RUNWAYFX_TEST_IDLE"), out int idle) ? idle : 60_000,
    });
    server.Run(CancellationToken.None);
    return 0;
}
catch (BridgeException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
