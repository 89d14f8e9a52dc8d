namespace RunwayFX.Bridge;

/// <summary>Runs the jobs of one connection, one after another, so that the connection's own thread can go on reading.</summary>
internal sealed class JobThread(Action<ServerJob> run)
{
    private readonly object _gate = new();
    private Thread? _thread;
    private ServerJob? _next;
    private bool _isEnding;

    /// <summary>Hands a job over; at most one waits while another finishes.</summary>
    public void Start(ServerJob job)
    {
        lock (_gate)
        {
            _next = job;
            if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = "RunwayFX job" };
                _thread.Start();
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets the thread end once its jobs have.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Loop()
    {
        while (true)
        {
            ServerJob job;
            lock (_gate)
            {
                while (_next is null)
                {
                    if (_isEnding) return;
                    Monitor.Wait(_gate);
                }

                job = _next;
                _next = null;
            }

            run(job);
        }
    }
}
