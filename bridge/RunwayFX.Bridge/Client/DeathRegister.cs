using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace RunwayFX.Bridge;

/// <summary>Remembers which requests an engine died on, by their content, and how often engines were started. Thread-safe.</summary>
internal sealed class DeathRegister(BridgeLimits limits)
{
    private const int EntriesMax = 256;
    private const int MinuteMs = 60_000;

    [ThreadStatic]
    private static XxHash64? s_hash;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (int Deaths, long Last, string Reason)> _deaths = [];
    private readonly Queue<long> _starts = new();

    /// <summary>A number for what a request asks, the same for the same request.</summary>
    public static ulong Fingerprint(in RenderCall call)
    {
        XxHash64 hash = s_hash ??= new XxHash64();
        hash.Reset();
        FrameDescription output = call.Output;
        ReadOnlySpan<int> whole = [call.EffectWireId, output.X1, output.Y1, output.Width, output.Height];
        ReadOnlySpan<double> real = [call.Time, call.RenderScaleX, call.RenderScaleY];
        hash.Append(MemoryMarshal.AsBytes(whole));
        hash.Append(MemoryMarshal.AsBytes(real));
        hash.Append(MemoryMarshal.AsBytes(call.Numbers.AsSpan()));
        foreach (string text in call.Texts)
        {
            hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
            hash.Append([0, 0]);
        }

        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>Refuses a request that ended too many engines.</summary>
    /// <exception cref="BridgeException">It did.</exception>
    public void Admit(ulong fingerprint)
    {
        lock (_gate)
        {
            if (!_deaths.TryGetValue(fingerprint, out (int Deaths, long Last, string Reason) entry) || entry.Deaths < limits.DeathsPerRequestMax)
            {
                return;
            }

            if (MonotonicClock.Milliseconds - entry.Last > limits.RefusalMs)
            {
                _deaths.Remove(fingerprint);
                return;
            }

            throw new BridgeException(
                BridgeError.RequestRefused,
                $"this frame with these settings ended the RunwayFX engine {entry.Deaths} times ({entry.Reason}) and is not tried again; "
                + "change a setting to go on");
        }
    }

    /// <summary>An engine was lost while it worked on the request.</summary>
    public void RecordDeath(ulong fingerprint, string reason)
    {
        lock (_gate)
        {
            if (_deaths.Count >= EntriesMax && !_deaths.ContainsKey(fingerprint)) _deaths.Remove(_deaths.MinBy(pair => pair.Value.Last).Key);
            int deaths = _deaths.TryGetValue(fingerprint, out (int Deaths, long Last, string Reason) entry) ? entry.Deaths : 0;
            _deaths[fingerprint] = (deaths + 1, MonotonicClock.Milliseconds, reason);
        }
    }

    /// <summary>The request is harmless after all.</summary>
    public void RecordSuccess(ulong fingerprint)
    {
        lock (_gate)
        {
            if (_deaths.Count > 0) _deaths.Remove(fingerprint);
        }
    }

    /// <summary>Counts an engine start.</summary>
    /// <exception cref="BridgeException">There were too many within a minute.</exception>
    public void AdmitStart()
    {
        lock (_gate)
        {
            long now = MonotonicClock.Milliseconds;
            while (_starts.TryPeek(out long first) && now - first >= MinuteMs) _starts.Dequeue();
            if (_starts.Count >= limits.RestartsPerMinuteMax)
            {
                throw new BridgeException(
                    BridgeError.RestartLimit,
                    $"the RunwayFX engine was started {_starts.Count} times within a minute, the limit is {limits.RestartsPerMinuteMax}; "
                    + $"the next start is possible in {(MinuteMs - (now - _starts.Peek())) / 1000 + 1} s");
            }

            _starts.Enqueue(now);
        }
    }
}
