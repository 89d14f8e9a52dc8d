using RunwayFX.Bridge;
using RunwayFX.Bridge.Raw;
using RunwayFX.Faults.Wire;

namespace RunwayFX.Faults.Cases;

/// <summary>Stands between a host and its engine, passes messages and descriptors on, and lets one fault happen to one message.</summary>
internal sealed unsafe class FaultProxy : IDisposable
{
    private const int AcceptMs = 20;
    private const int JoinMs = 10_000;

    private readonly string _path;
    private readonly string _enginePath;
    private readonly MessageFault _fault;
    private readonly Descriptor _listener;
    private readonly List<Link> _links = [];
    private readonly List<Thread> _threads = [];
    private int _eligible;
    private int _triggered;
    private volatile bool _isStopping;
    private Exception? _failure;

    public FaultProxy(string path, string enginePath, MessageFault fault)
    {
        _path = path;
        _enginePath = enginePath;
        _fault = fault;
        File.Delete(path);
        _listener = UnixChannel.NewSocket();
        LibC.sockaddr_un address = UnixChannel.Address(path);
        if (LibC.bind(_listener, &address, (uint)sizeof(LibC.sockaddr_un)) != 0 || LibC.listen(_listener, 64) != 0)
        {
            throw new InvalidOperationException($"the proxy cannot listen at {path}");
        }

        Start(Accept);
    }

    /// <summary>Whether the fault has happened.</summary>
    public bool WasTriggered => Volatile.Read(ref _triggered) != 0;

    /// <summary>No further fault happens.</summary>
    public void Disarm() => Interlocked.Exchange(ref _triggered, 1);

    public void Dispose()
    {
        _isStopping = true;
        Link[] links;
        lock (_links) links = [.. _links];
        foreach (Link link in links) link.Close();
        Thread[] threads;
        lock (_threads) threads = [.. _threads];
        foreach (Thread thread in threads)
        {
            if (!thread.Join(JoinMs)) throw new InvalidOperationException("a thread of the proxy hangs");
        }

        lock (_links) links = [.. _links];
        foreach (Link link in links) link.Dispose();
        _listener.Dispose();
        File.Delete(_path);
        if (_failure is not null) throw new InvalidOperationException("the proxy failed", _failure);
    }

    private void Start(Action run)
    {
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
#pragma warning disable CA1031 // A fault of the proxy is one of the suite, told at the end of the case.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, exception, null);
            }
        })
        {
            IsBackground = true, Name = "proxy",
        };
        lock (_threads) _threads.Add(thread);
        thread.Start();
    }

    private void Accept()
    {
        while (!_isStopping)
        {
            var entry = new LibC.pollfd { fd = _listener.Number, events = LibC.POLLIN };
            if (LibC.poll(&entry, 1, AcceptMs) <= 0) continue;
            int number = LibC.accept4(_listener, null, null, LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK);
            if (number < 0) continue;
            var host = new WireSocket(new Descriptor(number));
            if (WireSocket.TryConnect(_enginePath) is not WireSocket engine)
            {
                host.Dispose(); // As if the engine had gone in this moment.
                continue;
            }

            var link = new Link(host, engine);
            lock (_links) _links.Add(link);
            Start(() => Relay(link, toEngine: true));
            Start(() => Relay(link, toEngine: false));
        }
    }

    private void Relay(Link link, bool toEngine)
    {
        WireSocket from = toEngine ? link.Host : link.Engine, to = toEngine ? link.Engine : link.Host;
        List<byte[]> earlier = [];
        while (from.Read() is WireMessage message)
        {
            using (message)
            {
                if (link.IsStalled) break;
                bool isGood = IsDue(message, toEngine) ? _fault.Apply(link, message, to, earlier) : to.Write(message.Bytes, message.Descriptors);
                if (!isGood) break;
                if (earlier.Count < 32) earlier.Add(message.Bytes);
            }
        }

        // A stalled pipe is still a pipe: it ends when one of its ends does.
        while (link.IsStalled && !link.HasEnded && !_isStopping) link.AwaitEnd();
        link.Close();
    }

    private bool IsDue(WireMessage message, bool toEngine)
    {
        if (toEngine != _fault.Case.ToEngine || !_fault.CanHappenTo(message)) return false;
        return Interlocked.Increment(ref _eligible) == _fault.Case.Message && Interlocked.Exchange(ref _triggered, 1) == 0;
    }
}

/// <summary>One connection through the proxy.</summary>
internal sealed unsafe class Link(WireSocket host, WireSocket engine) : IDisposable
{
    private const short HungUp = 0x2000 | LibC.POLLHUP | LibC.POLLERR; // POLLRDHUP: the peer closed, whether or not bytes are left.
    private const int PollMs = 20;

    private volatile bool _isStalled;

    public WireSocket Host => host;

    public WireSocket Engine => engine;

    /// <summary>Whether nothing more passes.</summary>
    public bool IsStalled => _isStalled;

    /// <summary>Whether one of the ends has closed.</summary>
    public bool HasEnded => host.IsClosed || engine.IsClosed;

    /// <summary>Lets nothing more pass.</summary>
    public void Stall() => _isStalled = true;

    /// <summary>Waits a little, and closes when one of the ends has.</summary>
    public void AwaitEnd()
    {
        LibC.pollfd* entries = stackalloc LibC.pollfd[2];
        entries[0] = new LibC.pollfd { fd = host.Number, events = HungUp };
        entries[1] = new LibC.pollfd { fd = engine.Number, events = HungUp };
        if (LibC.poll(entries, 2, PollMs) > 0) Close();
    }

    public void Close()
    {
        host.Close();
        engine.Close();
    }

    public void Dispose()
    {
        host.Dispose();
        engine.Dispose();
    }
}
