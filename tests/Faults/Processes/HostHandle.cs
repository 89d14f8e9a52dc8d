using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using RunwayFX.Faults.Cases;
using RunwayFX.Faults.Raw;

namespace RunwayFX.Faults.Processes;

/// <summary>How one render of a host ended.</summary>
/// <param name="Code">0 with a result, else the bridge's code; −1 where anything else was thrown.</param>
/// <param name="TookMs">From the call to its return.</param>
/// <param name="LateMs">From the host's wish to stop to the return; −1 without one.</param>
/// <param name="GapMs">Longest time in which the host was not asked whether it wants to stop.</param>
/// <param name="Wrong">Wrong bytes of the result.</param>
/// <param name="Engine">The engine's process.</param>
/// <param name="Text">The failure's message.</param>
internal sealed record RenderReport(int Code, long TookMs, long LateMs, long GapMs, long Wrong, int Engine, string Text);

/// <summary>Thrown where a host process ended or does not answer.</summary>
internal sealed class HostLostException(string message, bool isHang) : Exception(message)
{
    /// <summary>Whether it lives and says nothing.</summary>
    public bool IsHang => isHang;
}

/// <summary>A host process, driven from outside.</summary>
internal sealed class HostHandle : IDisposable
{
    private const int StartMs = 20_000;

    private readonly Lock _gate = new();
    private readonly Process _process;
    private bool _isDisposed;
    private readonly BlockingCollection<string?> _lines = [];
    private readonly StringBuilder _errors = new();

    /// <param name="variables">Environment of the host besides this process's own.</param>
    public HostHandle(params ReadOnlySpan<(string Name, string Value)> variables)
    {
        ProcessStartInfo start = new(Programs.Host, ["host"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Programs.Prepare(start);
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        _process = Process.Start(start)!;
        ProcessId = _process.Id;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId { get; }

    public bool IsAlive
    {
        get
        {
            lock (_gate) return !_isDisposed && !_process.HasExited;
        }
    }

    /// <summary>Sends a signal; does nothing where the process is gone, whose number may be another's by then.</summary>
    public bool Signal(int signal)
    {
        lock (_gate) return !_isDisposed && !_process.HasExited && Posix.kill(ProcessId, signal) == 0;
    }

    /// <summary>How the process ended, with its last words.</summary>
    public string Obituary()
    {
        lock (_gate)
        {
            if (_isDisposed) return "it was ended";
        }

        if (!_process.WaitForExit(StartMs)) return "it lives";
        lock (_errors) return $"exit code {_process.ExitCode}: {_errors.ToString().Trim()}";
    }

    /// <summary>Sends a line and waits for the one that answers it.</summary>
    public string Ask(string line, int withinMs = StartMs)
    {
        Send(line);
        return Next(withinMs);
    }

    /// <summary>Loads the published plug-in, whose renders take the place of the client's.</summary>
    public void LoadPlugin(string bundle)
    {
        string answer = Ask($"plugin bundle={bundle}");
        if (answer != "ok") throw new InvalidOperationException(answer);
    }

    /// <summary>Creates the client.</summary>
    public void NewClient(string socket, FaultCase fault, bool startsEngine, int? deaths = null)
    {
        string more = deaths is int most ? string.Create(CultureInfo.InvariantCulture, $" deaths={most}") : "";
        string answer = Ask(string.Create(
            CultureInfo.InvariantCulture,
            $"client socket={socket} engine={Programs.Engine} starts={(startsEngine ? 1 : 0)} shared={(fault.UsesSharedMemory ? 1 : 0)} divisor={fault.Divisor}{more}"));
        if (answer != "ok") throw new InvalidOperationException(answer);
    }

    /// <summary>Has frames rendered.</summary>
    /// <param name="fault">What to render.</param>
    /// <param name="withinMs">How long it may take.</param>
    /// <param name="hook">Where to stop half-way.</param>
    /// <param name="hooked">Called there.</param>
    public List<RenderReport> Render(FaultCase fault, int withinMs, HookPlace hook = HookPlace.None, Action? hooked = null)
    {
        Send(string.Create(
            CultureInfo.InvariantCulture,
            $"render effect={fault.Effect} time={fault.Time:R} number={(int)fault.Number} width={fault.Width} height={fault.Height} depth={(int)fault.Format.Depth} "
            + $"components={(int)fault.Format.Components} threads={fault.Threads} rounds={fault.Rounds} stop={fault.AbortAfterMs} hook={hook}"));
        List<RenderReport> reports = [];
        while (true)
        {
            string line = Next(withinMs);
            if (line == "end") return reports;
            if (line.StartsWith("at ", StringComparison.Ordinal))
            {
                hooked?.Invoke();
                Send("go");
            }
            else
            {
                reports.Add(Parse(line));
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            if (!_process.HasExited)
            {
                _ = Posix.kill(ProcessId, Posix.SIGCONT);
                _process.Kill();
            }
        }

        _process.WaitForExit();
        _process.Dispose();
        _lines.Dispose();
    }

    private static RenderReport Parse(string line)
    {
        Dictionary<string, string> named = line.Split(' ').Skip(1).Select(static word => word.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[^1]);
        long Long(string name) => long.Parse(named[name], CultureInfo.InvariantCulture);
        return new RenderReport(
            (int)Long("code"), Long("took"), Long("late"), Long("gap"), Long("wrong"), (int)Long("engine"),
            Encoding.UTF8.GetString(Convert.FromBase64String(named["text"])));
    }

    private void Take(string? line)
    {
        try
        {
            _lines.Add(line);
        }
        catch (ObjectDisposedException)
        {
            // Nobody listens any more.
        }
    }

    private void Send(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            throw new HostLostException("the host took no more orders", isHang: false);
        }
    }

    private string Next(int withinMs)
    {
        if (!_lines.TryTake(out string? line, withinMs)) throw new HostLostException($"the host said nothing for {withinMs} ms", isHang: true);
        return line ?? throw new HostLostException("the host ended", isHang: false);
    }
}
