using System.Runtime.Versioning;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>Starts the engine on Windows: no inherited handle, no window, no group of the host.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsEngine : StartedEngine
{
    private nint _process;

    private WindowsEngine(nint process) => _process = process;

    public static WindowsEngine Start(string program, string address)
    {
        string command = $"\"{program}\" serve --socket \"{address}\"\0";
        string environment = string.Concat(EngineLauncher.Environment(program).Select(entry => entry + '\0')) + '\0';
        string folder = Path.GetDirectoryName(program) + '\0';
        Kernel32.PROCESS_INFORMATION process;
        var startup = new Kernel32.STARTUPINFOW { cb = (uint)sizeof(Kernel32.STARTUPINFOW) };
        char[] line = command.ToCharArray(); // The call may write into it.
        fixed (char* application = program + '\0', commandLine = line, block = environment, start = folder)
        {
            uint flags = Kernel32.CREATE_UNICODE_ENVIRONMENT | Kernel32.CREATE_NO_WINDOW | Kernel32.CREATE_NEW_PROCESS_GROUP;
            if (Kernel32.CreateProcessW(application, commandLine, 0, 0, 0, flags, block, start, &startup, &process) == 0)
            {
                throw new BridgeException(BridgeError.EngineStartFailed, SystemCall.Failed($"starting {program}").Message);
            }
        }

        _ = Kernel32.CloseHandle(process.hThread);
        return new WindowsEngine(process.hProcess);
    }

    public override bool HasEnded() => Kernel32.WaitForSingleObject(_process, 0) != Kernel32.WAIT_TIMEOUT;

    public override void Dispose()
    {
        if (_process != 0) _ = Kernel32.CloseHandle(_process);
        _process = 0;
    }
}
