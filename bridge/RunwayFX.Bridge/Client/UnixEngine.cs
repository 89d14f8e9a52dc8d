using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>Starts the engine on Linux through a shell that puts it into the background and ends at once, so that the engine is nobody's child here:
/// the host sees no exit of it, and no zombie stays.</summary>
/// <remarks>The engine's standard error is a pipe to us while we wait for it to listen: its end of file tells that the engine died, and what it wrote
/// tells why. At its first connection the server puts the null device in its place (see <see cref="EngineLauncher.DetachedVariable"/>), so that no
/// program it starts later dies of a broken pipe.</remarks>
internal sealed unsafe class UnixEngine : StartedEngine
{
    private const string Shell = "/bin/sh";
    private const string Script = "\"$0\" serve --socket \"$1\" </dev/null >/dev/null &";
    private const int ShellMs = 2_000;
    private const int LastWordsMax = 2_048;
    private const int ReadsMax = 64;
    private const int DescriptorsMax = 65_536;
    private const int SignalKill = 9, SignalStop = 19;

    private readonly Descriptor _errors;
    private readonly StringBuilder _lastWords = new();
    private int _shell;
    private bool _ended;

    private UnixEngine(Descriptor errors) => _errors = errors;

    public override string LastWords => _lastWords.ToString().Trim();

    public static UnixEngine Start(string program, string address)
    {
        int* pair = stackalloc int[2];
        if (LibC.pipe2(pair, LibC.O_CLOEXEC | LibC.O_NONBLOCK) != 0) throw SystemCall.Failed("pipe2");
        var engine = new UnixEngine(new Descriptor(pair[0]));
        using var write = new Descriptor(pair[1]);
        try
        {
            engine._shell = Spawn(write, [Shell, "-c", Script, program, address], EngineLauncher.Environment(program));
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public override bool HasEnded()
    {
        Reap();
        byte* buffer = stackalloc byte[512];
        for (int reads = 0; !_ended && reads < ReadsMax; reads++) // A program that writes without end keeps nobody here.
        {
            nint got = LibC.read(_errors, buffer, 512);
            if (got > 0)
            {
                string text = Encoding.UTF8.GetString(buffer, (int)got);
                _lastWords.Append(text.AsSpan(0, Math.Min(text.Length, LastWordsMax - _lastWords.Length)));
            }
            else if (got == 0)
            {
                _ended = true;
            }
            else if (Marshal.GetLastPInvokeError() != LibC.EINTR)
            {
                break;
            }
        }

        return _ended;
    }

    /// <summary>The shell has long ended where the engine listens; where the host wants to stop at once it may still be about to.</summary>
    public override void Dispose()
    {
        Deadline deadline = Deadline.In(ShellMs);
        for (Reap(); _shell != 0 && !deadline.HasPassed; Reap()) Thread.Sleep(1); // Waiting for the signal instead would need the host's SIGCHLD.
        _errors.Dispose();
    }

    private static int Spawn(Descriptor errors, string[] arguments, List<string> environment)
    {
        byte* attributes = stackalloc byte[LibC.OpaqueBytes];
        byte* actions = stackalloc byte[LibC.OpaqueBytes];
        byte* signals = stackalloc byte[LibC.OpaqueBytes];
        Check(LibC.posix_spawnattr_init(attributes), "posix_spawnattr_init");
        Check(LibC.posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        byte** argv = Strings(arguments);
        byte** envp = Strings(environment);
        try
        {
            // A host may block or ignore signals; the engine starts with a clean slate and in a session of its own.
            _ = LibC.sigemptyset(signals);
            Check(LibC.posix_spawnattr_setsigmask(attributes, signals), "posix_spawnattr_setsigmask");
            _ = LibC.sigfillset(signals);
            _ = LibC.sigdelset(signals, SignalKill);
            _ = LibC.sigdelset(signals, SignalStop);
            Check(LibC.posix_spawnattr_setsigdefault(attributes, signals), "posix_spawnattr_setsigdefault");
            Check(
                LibC.posix_spawnattr_setflags(attributes, LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK | LibC.POSIX_SPAWN_SETSID),
                "posix_spawnattr_setflags");
            // First of all: in a host that closed its standard streams the pipe itself may be 0 or 1.
            Check(LibC.posix_spawn_file_actions_adddup2(actions, errors.Number, 2), "posix_spawn_file_actions_adddup2");
            Check(LibC.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", LibC.O_RDWR, 0), "posix_spawn_file_actions_addopen");
            Check(LibC.posix_spawn_file_actions_addopen(actions, 1, "/dev/null", LibC.O_RDWR, 0), "posix_spawn_file_actions_addopen");
            CloseFrom(actions, 3);
            int pid;
            Check(LibC.posix_spawn(&pid, Shell, actions, attributes, argv, envp), $"starting {Shell}");
            return pid;
        }
        finally
        {
            Free(argv);
            Free(envp);
            _ = LibC.posix_spawn_file_actions_destroy(actions);
            _ = LibC.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Closes every descriptor of the host in the child. C libraries before glibc 2.34 need them one by one; a descriptor that goes away in
    /// between does no harm, and one that comes is the host's own and marked close-on-exec or inherited as by any other child.</summary>
    private static void CloseFrom(byte* actions, int first)
    {
        try
        {
            Check(LibC.posix_spawn_file_actions_addclosefrom_np(actions, first), "posix_spawn_file_actions_addclosefrom_np");
            return;
        }
        catch (EntryPointNotFoundException)
        {
            // Falls through to the list.
        }

        foreach (int number in OpenDescriptors())
        {
            if (number >= first) _ = LibC.posix_spawn_file_actions_addclose(actions, number);
        }
    }

    /// <summary>The process's descriptors; where /proc is not mounted, every number that it may use, up to <see cref="DescriptorsMax"/>.</summary>
    internal static IReadOnlyList<int> OpenDescriptors(string folder = "/proc/self/fd")
    {
        ulong* limit = stackalloc ulong[2]; // Soft and hard.
        try
        {
            List<int> numbers = [];
            foreach (string path in Directory.EnumerateFileSystemEntries(folder))
            {
                if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) numbers.Add(number);
            }

            return numbers;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ulong most = LibC.getrlimit(LibC.RLIMIT_NOFILE, limit) == 0 ? limit[0] : DescriptorsMax;
            return [.. Enumerable.Range(0, (int)Math.Min(most, DescriptorsMax))];
        }
    }

    /// <summary>Reaps the shell where it has ended, which it does as soon as it has forked. Never blocks, so that the host is asked meanwhile whether it
    /// wants to stop. A host that reaps every child itself may be quicker than we are.</summary>
    private void Reap()
    {
        if (_shell == 0) return;
        int status;
        int got = LibC.waitpid(_shell, &status, LibC.WNOHANG);
        if (got == _shell || (got < 0 && Marshal.GetLastPInvokeError() != LibC.EINTR)) _shell = 0;
    }

    private static byte** Strings(IReadOnlyList<string> texts)
    {
        var list = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int index = 0; index < texts.Count; index++) list[index] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[index]);
        return list;
    }

    private static void Free(byte** list)
    {
        for (byte** entry = list; *entry is not null; entry++) Marshal.FreeCoTaskMem((nint)(*entry));
        NativeMemory.Free(list);
    }

    private static void Check(int error, string what)
    {
        if (error != 0) throw new BridgeException(BridgeError.EngineStartFailed, SystemCall.Failed(what, error).Message, error);
    }
}
