using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>Connects to the engine, starts it where none listens, and shakes hands.</summary>
internal sealed class EngineConnector(EngineClientOptions options, DeathRegister deaths)
{
    private const int ConnectAgainMs = 10;

    private readonly object _starting = new();

    /// <summary>Connects.</summary>
    /// <param name="startsEngine">Whether an engine is started where none listens.</param>
    /// <param name="poll">Called every <see cref="BridgeLimits.AbortPollMs"/> at most; throws where the host wants to stop.</param>
    /// <returns>Null where none listens and none is to be started.</returns>
    /// <exception cref="BridgeException">The engine cannot be found, started or understood.</exception>
    public (MessagePipe Pipe, HelloReply Engine)? Connect(bool startsEngine, Action poll)
    {
        BridgeEndpoint endpoint = options.Endpoint ?? BridgeEndpoint.Default();
        if (TryConnect(endpoint, poll) is { } connected) return connected;
        if (!startsEngine) return null;
        // One limit for all of it: for the thread that starts an engine and for those that wait for it.
        Deadline deadline = Deadline.In(options.Limits.EngineStartMs);
        while (!Monitor.TryEnter(_starting, options.Limits.AbortPollMs))
        {
            poll();
            if (deadline.HasPassed) throw NotInTime(endpoint);
        }

        try
        {
            return TryConnect(endpoint, poll) ?? StartAndConnect(endpoint, deadline, poll);
        }
        finally
        {
            Monitor.Exit(_starting);
        }
    }

    /// <summary>Whether an engine holds the endpoint's lock.</summary>
    public static bool IsLocked(BridgeEndpoint endpoint)
    {
        if (!OperatingSystem.IsLinux()) return false;
        int number = LibC.open(endpoint.LockPath, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (number < 0) return false;
        using var file = new Descriptor(number);
        return LibC.flock(file, LibC.LOCK_SH | LibC.LOCK_NB) != 0;
    }

    private (MessagePipe Pipe, HelloReply Engine) StartAndConnect(BridgeEndpoint endpoint, Deadline deadline, Action poll)
    {
        string program = FindProgram();
        while (true)
        {
            if (deadline.HasPassed) throw NotInTime(endpoint);
            deaths.AdmitStart();
            using StartedEngine engine = EngineLauncher.Start(program, endpoint.Address);
            bool gaveWay = false;
            while (true)
            {
                // Where another engine holds the lock, ours ends: the other one is about to listen, or about to leave and then ours is due again.
                bool hasEnded = engine.HasEnded();
                bool isLocked = IsLocked(endpoint);
                gaveWay |= hasEnded && isLocked;
                if (TryConnect(endpoint, poll) is { } connected) return connected;
                if (deadline.HasPassed) throw NotInTime(endpoint);
                if (hasEnded && !isLocked) break;
                poll();
                Thread.Sleep(ConnectAgainMs); // There is nothing to wait on before the engine listens.
            }

            if (gaveWay) continue;
            string words = engine.LastWords;
            throw new BridgeException(
                BridgeError.EngineStartFailed, $"the RunwayFX engine {program} ended before it listened{(words.Length > 0 ? ": " + words : "")}");
        }
    }

    private string FindProgram()
    {
        if (options.EnginePath is string named)
        {
            string? fault = EngineLocator.IsProgram(named) ? EngineLocator.Danger(named) : $"{named} is no program";
            return fault is null ? named : throw new BridgeException(BridgeError.EngineNotFound, fault);
        }

        if (EngineLocator.Find(options.BundlePath) is string found) return found;
        IReadOnlyList<string> places = EngineLocator.Candidates(options.BundlePath);
        string? danger = places.Where(EngineLocator.IsProgram).Select(EngineLocator.Danger).FirstOrDefault(static reason => reason is not null);
        throw new BridgeException(BridgeError.EngineNotFound, danger ?? $"no RunwayFX engine at {string.Join(", ", places)}");
    }

    private (MessagePipe Pipe, HelloReply Engine)? TryConnect(BridgeEndpoint endpoint, Action poll)
    {
        Deadline deadline = Deadline.In(options.Limits.ConnectMs);
        ByteChannel? channel = OperatingSystem.IsWindows()
            ? WindowsPipe.TryConnect(endpoint.Address, deadline, poll, options.Limits.AbortPollMs)
            : UnixChannel.TryConnect(endpoint.Address, deadline, poll, options.Limits.AbortPollMs);
        if (channel is null) return null;
        var pipe = new MessagePipe(channel, options.Limits);
        try
        {
            HelloReply reply = ShakeHands(pipe, endpoint, deadline);
            pipe.Poll = null;
            return (pipe, reply);
        }
        catch (BridgeException e)
        {
            pipe.Dispose();
            if (e.Code is BridgeError.PeerGone or BridgeError.GoingAway) return null; // An engine on its way out.
            throw;
        }
        catch
        {
            pipe.Dispose();
            throw;
        }
    }

    private HelloReply ShakeHands(MessagePipe pipe, BridgeEndpoint endpoint, Deadline deadline)
    {
        pipe.Send(new Hello
        {
            Protocol = BridgeVersion.Protocol,
            Build = BridgeVersion.Build,
            ProcessId = Environment.ProcessId,
            Features = options.UsesSharedMemory ? BridgeFeatures.SharedMemory : BridgeFeatures.None,
        });
        if (!pipe.TryReceive(deadline.Left(), deadline))
        {
            throw new BridgeException(
                BridgeError.EngineSilent, $"the RunwayFX engine at {endpoint.Address} does not answer within {options.Limits.ConnectMs} ms");
        }

        HelloReply reply = pipe.Read<HelloReply>();
        if (reply.Code != BridgeError.None) throw BridgeException.FromPeer(reply.Code, reply.Message);
        if (reply.Protocol != BridgeVersion.Protocol)
        {
            throw new BridgeException(
                BridgeError.ProtocolMismatch, $"the engine speaks protocol {reply.Protocol}, this program {BridgeVersion.Protocol}");
        }

        if (!string.Equals(reply.Build, BridgeVersion.Build, StringComparison.Ordinal))
        {
            throw new BridgeException(BridgeError.BuildMismatch, $"the engine is build {reply.Build}, this program is build {BridgeVersion.Build}");
        }

        return reply;
    }

    private BridgeException NotInTime(BridgeEndpoint endpoint) =>
        new(BridgeError.EngineStartFailed, $"the RunwayFX engine did not listen at {endpoint.Address} within {options.Limits.EngineStartMs} ms");
}
