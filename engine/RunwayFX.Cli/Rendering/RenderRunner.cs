using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Cli.Engines;
using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>Renders a clip through an effect: opens inputs, sets the effect up, renders what is still missing and completes the output.</summary>
internal sealed class RenderRunner(IEffectHost host, IRenderReporter reporter, TimeProvider clock)
{
    /// <summary>Frames rendered at once where nobody says; the engine uses every core for one frame anyway.</summary>
    public const int ThreadsDefault = 2;

    /// <summary>Files whose state names the build of the engine; empty where the effect needs none.</summary>
    public IReadOnlyList<string> EngineFiles { get; init; } = [];

    /// <summary>Asks what made the results so far, while the sessions are open; null where no model is asked for.</summary>
    public ResultMakers? Makers { get; init; }

    /// <summary>Runs the whole job on the calling thread.</summary>
    /// <exception cref="CliException">Something was asked that does not exist.</exception>
    /// <exception cref="MediaException">Reading or writing failed.</exception>
    /// <exception cref="HostingException">The plug-in cannot be loaded or fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished work stays for the next run.</exception>
    public RenderResult Run(RenderOptions options, CancellationToken cancellation)
    {
        EffectDescriptor effect = host.Describe(options.Effect, options.Context, options.Input is not null);
        ImmutableArray<SettingValue> values = SettingValue.Resolve(effect.Context.Parameters, options.Values);
        using var clips = new ClipSet(effect, options, cancellation);
        foreach (string warning in clips.Warnings) reporter.Warn(warning);
        EffectSetup setup = new()
        {
            Clips = clips.ByName,
            MainClip = clips.Main,
            Values = values,
            Depth = options.Depth,
            Scale = options.Scale,
            Project = clips.Project(options),
        };
        FrameRange? domain = host.FindDomain(effect, setup);
        FrameRange indices = clips.IndicesOf(options, domain);
        setup = setup with { FirstTime = indices.First + clips.FirstTime, LastTime = indices.Last + clips.FirstTime };
        int threads = ThreadsFor(effect.Plugin.ThreadSafety, options.Threads);
        using var sessions = new SessionPool(() => host.Open(effect, setup));
        EffectOutput output = sessions.First.Output;
        if (options.Depth is null && clips.Main is { } main && DepthLoss(main.Info, output.Depth) is { } lost)
            reporter.Warn($"{effect.Plugin.Identifier} {lost}");
        string recipe = Recipe.Of(effect, values, setup, [.. clips.Paths, .. Recipe.FilesAmong(values), .. EngineFiles]);
        OutputSettings settings = OutputPlan.Create(options, clips, output, indices, recipe, hasOwnTime: domain is not null);
        if (domain is not null && settings.Audio is null && clips.Main is { Info.Audio.Count: > 0 })
            reporter.Warn("the audio is left out: the result has another length than the source");
        var extras = new ExrPlan(clips.Main, output.Window, options, hasOwnTime: domain is not null);
        using FrameWriter writer = FrameWriter.Open(settings, cancellation);
        foreach (string warning in writer.Warnings) reporter.Warn(warning);
        sessions.Grow((int)Math.Clamp(writer.Pending.Count, 1, threads));
        return Render(options, effect, writer, sessions, clips.FirstTime + indices.First, indices.First, extras, cancellation);
    }

    private RenderResult Render(
        RenderOptions options, EffectDescriptor effect, FrameWriter writer, SessionPool sessions, long firstTime, long firstIndex, ExrPlan extras,
            CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        EffectOutput output = sessions.First.Output;
        int width = writer.Settings.Width, height = writer.Settings.Height;
        long total = writer.Settings.FrameCount, done = writer.ResumedFrames, resumed = done;
        int threads = sessions.Count;
        reporter.Started(new RenderStart(options.Input ?? RenderOptions.NoInput, options.Output, effect.Plugin.Identifier, width, height, total,
            done, threads));
        var meter = new RateMeter(clock);
        FramePump.Run(
            writer.Pending,
            threads,
            (worker, index, stop) => AlphaForm.Fit(sessions[worker].Render(firstTime + index, stop), output, writer.Settings),
            (index, frame) =>
            {
                writer.Write(index, frame, extras.For(firstIndex + index, cancellation), cancellation);
                Imaging.FramePool.Return(frame);
                done++;
                if (done % ResultMakers.Interval == 0) Makers?.Look();
                meter.Add();
                reporter.Advanced(new RenderProgress(firstTime + index, done, total, meter.FramesPerSecond, meter.TimeFor(total - done)));
            },
            cancellation,
            FramePump.AheadOf((long)width * height * Imaging.Frame.Channels * sizeof(float)));
        reporter.Finishing();
        writer.Finish(cancellation);
        var result = new RenderResult(Path.GetFullPath(options.Output), width, height, total, resumed, clock.GetElapsedTime(started).TotalSeconds)
        {
            MadeBy = Makers?.Look() ?? [],
        };
        reporter.Finished(result);
        return result;
    }

    /// <summary>What the storage that an effect works in takes from a source, whatever the output could hold; null for nothing.</summary>
    internal static string? DepthLoss(MediaInfo source, PixelDepth depth) => depth switch
    {
        PixelDepth.Byte when source.IsFloat => "works in 8 bits: the source's floating-point values are rounded and limited to 0..1",
        PixelDepth.Byte when source.BitDepth > 8 => $"works in 8 bits: the source's {source.BitDepth} are rounded",
        PixelDepth.Short when source.IsFloat => "works in 16 bits: the source's floating-point values are rounded and limited to 0..1",
        PixelDepth.Half when source.BitDepth > (source.IsFloat ? 16 : 11) => $"works in half floats: the source's {source.BitDepth} bits are rounded",
        _ => null,
    };

    internal static int ThreadsFor(RenderThreadSafety safety, int? wanted)
    {
        if (safety == RenderThreadSafety.Unsafe) return 1;
        return wanted ?? Math.Min(ThreadsDefault, Environment.ProcessorCount);
    }

    /// <summary>One session per rendering thread. Instances are made on one thread, as hosts do.</summary>
    private sealed class SessionPool : IDisposable
    {
        private readonly Func<IEffectSession> _open;
        private readonly List<IEffectSession> _sessions = [];

        public SessionPool(Func<IEffectSession> open)
        {
            _open = open;
            Grow(1);
        }

        public int Count => _sessions.Count;

        public IEffectSession First => _sessions[0];

        public IEffectSession this[int thread] => _sessions[thread];

        public void Grow(int count)
        {
            while (_sessions.Count < count) _sessions.Add(_open());
        }

        public void Dispose()
        {
            foreach (IEffectSession session in _sessions) session.Dispose();
        }
    }
}
