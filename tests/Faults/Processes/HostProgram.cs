using System.Globalization;
using System.Text;
using RunwayFX.Bridge;
using RunwayFX.Faults.Raw;
using RunwayFX.TestEngine;

namespace RunwayFX.Faults.Processes;

/// <summary>The host: a process of its own with the real client in it, told by lines on its standard input what to do. What it never does is end by
/// itself: that would be the fault that the suite looks for.</summary>
internal sealed class HostProgram
{
    private readonly Lock _writing = new();
    private EngineClient? _client;
    private PluginScene? _plugin;

    /// <summary>Obeys until the input ends.</summary>
    public int Run()
    {
        while (Console.In.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            Dictionary<string, string> named = words.Skip(1).Select(static word => word.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[^1]);
            switch (words[0])
            {
                case "client":
                    _client?.Dispose();
                    _client = NewClient(named);
                    Say("ok");
                    break;
                case "plugin":
                    _plugin ??= new PluginScene(named["bundle"]);
                    Say("ok");
                    break;
                case "render":
                    Render(named);
                    break;
                case "release":
                    _client?.Dispose();
                    _client = null;
                    _plugin?.Dispose();
                    _plugin = null;
                    Say($"released {ProcessWatch.Describe(Environment.ProcessId)}");
                    break;
                case "refuse":
                    Posix.Refuse(Number(named, "call"), Number(named, "error"));
                    Say("ok");
                    break;
                case "limit":
                    Posix.Limit(Number(named, "resource"), (ulong)Number(named, "value"));
                    Say("ok");
                    break;
                case "leap":
                    MonotonicClock.LeapMs = Number(named, "by");
                    Say("ok");
                    break;
                case "variable":
                    Environment.SetEnvironmentVariable(named["name"], named["value"]);
                    Say("ok");
                    break;
                default:
                    Say($"what is '{line}'?");
                    break;
            }
        }

        _client?.Dispose();
        _plugin?.Dispose();
        return 0;
    }

    private static EngineClient NewClient(Dictionary<string, string> named)
    {
        BridgeLimits limits = TestLimits.DividedBy(Number(named, "divisor"));
        if (named.ContainsKey("deaths")) limits = limits with { DeathsPerRequestMax = Number(named, "deaths") };
        return new EngineClient(new EngineClientOptions
        {
            Endpoint = BridgeEndpoint.At(named["socket"]),
            EnginePath = named["engine"],
            StartsEngine = named["starts"] == "1",
            UsesSharedMemory = named["shared"] == "1",
            Limits = limits,
        });
    }

    private static int Number(Dictionary<string, string> named, string name) => int.Parse(named[name], CultureInfo.InvariantCulture);

    private void Say(string line)
    {
        lock (_writing) Console.Out.WriteLine(line);
    }

    private void Render(Dictionary<string, string> named)
    {
        Thread[] threads = [.. Enumerable.Range(0, Number(named, "threads")).Select(index => new Thread(() =>
        {
            for (int round = 0; round < Number(named, "rounds"); round++) RenderOne(named, index, round);
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Say("end");
    }

    private void RenderOne(Dictionary<string, string> named, int index, int round)
    {
        int effect = Number(named, "effect"), number = Number(named, "number");
        double time = double.Parse(named["time"], CultureInfo.InvariantCulture) + index + 10 * round;
        var format = new PixelFormat((PixelDepth)Number(named, "depth"), (PixelComponents)Number(named, "components"));
        if (_plugin is not null)
        {
            RenderWithPlugin(named, index + round, new PluginFrame(effect, number, time, Number(named, "width"), Number(named, "height"), format, Number(named, "stop")));
            return;
        }

        var picture = new FrameDescription(-3, 5, Number(named, "width"), Number(named, "height"), format, Premultiplication.Unpremultiplied);
        HookPlace hook = index == 0 && round == 0 ? Enum.Parse<HookPlace>(named["hook"]) : HookPlace.None;
        var host = new FaultHost(picture, Number(named, "stop"), hook, () =>
        {
            Say("at " + hook);
            _ = Console.In.ReadLine();
        });
        (int code, string text, int engine) = (0, "", 0);
        try
        {
            RenderOutcome outcome = _client!.Render(
                new RenderCall
                {
                    EffectWireId = effect, Texts = ["x"], Numbers = [number], Time = time, Output = picture, HasTemporalAccess = true,
                    HostName = "faults",
                },
                host);
            code = outcome.IsAborted ? (int)BridgeError.Cancelled : 0;
            engine = outcome.EngineProcessId;
        }
        catch (BridgeException exception)
        {
            (code, text) = ((int)exception.Code, exception.Message);
        }
#pragma warning disable CA1031 // Whatever comes out of the client is what the suite wants to know.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            (code, text) = (-1, exception.ToString());
        }

        long took = host.End();
        long late = host.AbortedSinceMs < 0 ? -1 : took - host.AbortedSinceMs;
        long wrong = code == 0 ? Wrong(host.Result, effect, time, number, picture) : 0;
        Say(new RenderReport(code, took, late, host.LongestGapMs, wrong, engine, text));
    }

    private void RenderWithPlugin(Dictionary<string, string> named, int index, PluginFrame frame)
    {
        HookPlace hook = index == 0 ? Enum.Parse<HookPlace>(named["hook"]) : HookPlace.None;
        Action? hooked = hook == HookPlace.None ? null : () =>
        {
            Say("at " + hook);
            _ = Console.In.ReadLine();
        };
        var picture = new FrameDescription(0, 0, frame.Width, frame.Height, frame.Format, Premultiplication.Unpremultiplied);
        Say(_plugin!.Render(frame, hooked, rows => Wrong(rows, frame.Effect, frame.Time, (int)frame.Number, picture)));
    }

    private void Say(RenderReport report)
    {
        string words = Convert.ToBase64String(Encoding.UTF8.GetBytes(report.Text));
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"result code={report.Code} took={report.TookMs} late={report.LateMs} gap={report.GapMs} wrong={report.Wrong} engine={report.Engine} text={words}"));
    }

    /// <summary>Bytes of a result that are not what the effect makes of the host's frames.</summary>
    private static long Wrong(byte[][]? result, int effect, double time, int number, FrameDescription picture)
    {
        if (result is null || result.Length != picture.Height) return long.MaxValue;
        long wrong = 0;
        int sum = 0;
        for (int index = 0; effect == TestEffects.Many && index < number; index++) sum += FaultHost.ByteAt(0, time + index, 0, 0);
        for (int y = 0; y < result.Length; y++)
        {
            if (result[y].Length != picture.Width * picture.Format.PixelBytes) return long.MaxValue;
            for (int x = 0; x < result[y].Length; x++)
            {
                int expected = effect switch
                {
                    TestEffects.Xor or TestEffects.DieInCopy or TestEffects.FreezeInCopy => FaultHost.ByteAt(0, time, x, y) ^ (byte)number,
                    TestEffects.Neighbours =>
                        FaultHost.ByteAt(0, time - 1, x, y) + FaultHost.ByteAt(0, time, x, y) + FaultHost.ByteAt(0, time + 1, x, y),
                    TestEffects.Many => sum,
                    TestEffects.Text => 'x',
                    _ => FaultHost.ByteAt(0, time, x, y),
                };
                if (result[y][x] != (byte)expected) wrong++;
            }
        }

        return wrong;
    }
}
