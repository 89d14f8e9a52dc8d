using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RunwayFX.Effects;
using RunwayFX.Engine.Log;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Engine.Results;

/// <summary>What the results of all effects are kept with.</summary>
/// <param name="Store">Where; null keeps none.</param>
/// <param name="Costs">Which are worth it.</param>
/// <param name="ModelOf">What a job's model depends on; empty for built-in methods.</param>
internal sealed record ResultKeeping(ResultStore? Store, ResultCosts Costs, Func<RenderJob, string> ModelOf)
{
    /// <summary>One frame is computed by one job at a time; the others find it.</summary>
    public KeyedGates Gates { get; } = new();
}

/// <summary>An effect whose results are kept: what was computed once is handed out again, bit for bit, as long as everything that it was made from is the same.
/// </summary>
/// <remarks>
/// <para>Stands within the stage that mixes, masks and chooses the output, so that those may change as they like; a result is kept with its shares. What a job
/// wants, and where its frame came from, stands in its <see cref="ResultRequest"/>; a job without one passes through.</para>
/// <para>The source at the job's time is looked at every time. Other frames are looked at where a sequence begins, and where one of them came by with
/// another content since; files whenever a result is looked up. Thread-safe.</para>
/// </remarks>
internal sealed class ResultPipeline(IEffectPipeline inner, ResultKeeping keeping) : IEffectPipeline
{
    /// <summary>How long a preview may compute, in milliseconds, before it shows the source.</summary>
    public const int PreviewMs = 1_000;

    private const int SourceClip = 0;

    /// <summary>Frames either way from which a result may be made though its render did not ask for them: a block and its overlap.</summary>
    private const double Reach = TemporalBlocks.FramesMax + TemporalBlocks.OverlapFrames;

    private readonly ConditionalWeakTable<object, SequenceMemory> _sequences = [];

    /// <inheritdoc/>
    public EffectDefinition Effect => inner.Effect;

    /// <inheritdoc/>
    public bool KeepsFrames => inner.KeepsFrames;

    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height) => inner.EstimateMemory(job, width, height) + (long)width * height * sizeof(float);

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        if (job.Results is not { } request) return inner.Render(job, frames, pictures, progress, cancellation);
        Call call = new(job, request, frames, pictures, progress, cancellation);
        return request.Mode switch
        {
            ResultMode.LookupOnly => LookUp(call),
            ResultMode.Preview => Preview(call),
            _ => Final(call),
        };
    }

    private Frame Final(Call call)
    {
        // What a user drags past is no result.
        if (call.Job.IsInteractive || keeping.Store is not { } store || TryIdentify(call.Job, call.Frames) is not { } recipe) return Plain(call);
        if (call.Request.Key == 0 && keeping.Costs.IsCheap(recipe)) return Measured(call, recipe);
        RecordedFrames recorded = new(call.Frames, call.Pictures);
        UInt128 name = ResultRecipe.Frame(recipe, call.Job, recorded.Look(SourceClip, call.Job.Time));
        SequenceMemory sequence = SequenceOf(call.Request);
        bool begins = sequence.Begin(recipe);
        using IDisposable gate = keeping.Gates.Enter(name, call.Cancellation);
        if (Find(call, store, recipe, name, recorded, begins, out _) is { } kept)
        {
            List(call, store, name);
            return Show(call, kept, ResultSource.Kept);
        }

        return Compute(call, store, recipe, name, recorded);
    }

    private Frame LookUp(Call call)
    {
        RenderJob job = call.Job with { IsInteractive = false };
        if (keeping.Store is not { } store || TryIdentify(job, call.Frames) is not { } recipe) throw new ResultMissingException(isStale: false);
        RecordedFrames recorded = new(call.Frames, call.Pictures);
        UInt128 name = ResultRecipe.Frame(recipe, job, recorded.Look(SourceClip, job.Time));
        bool begins = SequenceOf(call.Request).Begin(recipe);
        if (Find(call, store, recipe, name, recorded, begins, out bool isStale) is { } kept) return Show(call, kept, ResultSource.Kept);
        // Listed under the key at this time, but for another source.
        isStale |= call.Request.Key != 0 && store.Jobs.Read(call.Request.Key).Exists(frame =>
            frame.Time.Equals(call.Request.Time) && frame.ScaleX.Equals(job.RenderScaleX) && frame.ScaleY.Equals(job.RenderScaleY) && frame.Name != name && store.Has(frame.Name));
        throw new ResultMissingException(isStale);
    }

    private Frame Preview(Call call)
    {
        RenderJob job = call.Job with { IsInteractive = false };
        UInt128? recipe = TryIdentify(job, call.Frames);
        RecordedFrames recorded = new(call.Frames, call.Pictures);
        if (recipe is { } known)
        {
            if (keeping.Costs.IsCheap(known)) return Measured(call with { Job = job }, known);
            if (keeping.Store is { } store)
            {
                UInt128 source = recorded.Look(SourceClip, job.Time);
                if (Find(call, store, known, ResultRecipe.Frame(known, job, source), recorded, begins: false, out _) is { } kept) return Show(call, kept, ResultSource.Kept);
                if (DraftOf(job) is { } draft && TryIdentify(draft, call.Frames) is { } other
                    && Find(call, store, other, ResultRecipe.Frame(other, draft, source), recorded, begins: false, out _) is { } look) return Show(call, look, ResultSource.Preview);
            }
        }

        call.Request.Note(ResultSource.Preview);
        return TryDraft(call, recipe) ?? Source(call);
    }

    /// <summary>A draft of the frame by itself, where that is quick; null where it is not, or is not known to be.</summary>
    private Frame? TryDraft(Call call, UInt128? recipe)
    {
        if (recipe is not { } known || keeping.Costs.IsSlow(known) || ModelIdentity.IsModelJob(call.Job)) return null;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation);
        limit.CancelAfter(PreviewMs);
        try
        {
            return inner.Render(call.Job with { IsInteractive = true }, new StillFrames(call.Frames), call.Pictures, call.Progress, limit.Token);
        }
        catch (Exception e) when (!call.Cancellation.IsCancellationRequested && limit.IsCancellationRequested && IsCancelled(e))
        {
            keeping.Costs.NoteSlow(known);
            return null;
        }
    }

    private static bool IsCancelled(Exception e) =>
        e is OperationCanceledException || (e is AggregateException many && many.Flatten().InnerExceptions.All(static one => one is OperationCanceledException));

    /// <summary>The source as it is; transparent where there is none.</summary>
    private static Frame Source(Call call) => call.Frames.TryFetch(SourceClip, call.Job.Time, out HostFrame? source)
        ? WindowCrop.Of(source.Picture, source.Window, call.Job.OutputWindow)
        : new Frame(call.Job.OutputWindow.Width, call.Job.OutputWindow.Height);

    private Frame Plain(Call call)
    {
        call.Request.Note(ResultSource.Computed);
        return inner.Render(call.Job, call.Frames, call.Pictures, call.Progress, call.Cancellation);
    }

    /// <summary>Computes a frame that is cheaper to compute than to look for, unless it turns out otherwise.</summary>
    private Frame Measured(Call call, UInt128 recipe)
    {
        TimedFrames timed = new(call.Frames);
        long began = Stopwatch.GetTimestamp();
        Frame result = Plain(call with { Frames = timed });
        keeping.Costs.Note(recipe, Stopwatch.GetElapsedTime(began) - timed.Waited, BytesOf(result));
        return result;
    }

    private Frame Compute(Call call, ResultStore store, UInt128 recipe, UInt128 name, RecordedFrames recorded)
    {
        string madeBy = "";
        GeneratedMatte matte = call.Job.Matte ?? new GeneratedMatte(call.Job.OutputWindow);
        RenderJob job = call.Job with
        {
            Matte = matte,
            MadeBy = maker =>
            {
                madeBy = maker;
                call.Job.MadeBy?.Invoke(maker);
            },
        };
        TimeSpan before = recorded.Waited;
        long began = Stopwatch.GetTimestamp();
        Frame result = Plain(call with { Job = job, Frames = recorded, Pictures = recorded });
        call.Cancellation.ThrowIfCancellationRequested();
        TimeSpan computed = Stopwatch.GetElapsedTime(began) - (recorded.Waited - before);
        SequenceMemory sequence = SequenceOf(call.Request);
        sequence.Note(recipe, job.Time, recorded.Frames);
        bool isWorth = keeping.Costs.Note(recipe, computed, BytesOf(result));
        if ((!isWorth && call.Request.Key == 0) || result.Width != job.OutputWindow.Width || result.Height != job.OutputWindow.Height) return result;
        List<ResultInput> inputs = [.. recorded.Frames.Concat(recorded.Files).Where(input => !IsOwn(input, job.Time))];
        HashSet<(int, double)> seen = [.. inputs.Where(static input => input.Clip >= 0).Select(static input => (input.Clip, input.Time))];
        inputs.AddRange(sequence.Around(recipe, job.Time, Reach).Where(input => !IsOwn(input, job.Time) && !seen.Contains((input.Clip, input.Time))));
        store.Put(name, new KeptResult(result, matte.Shares, inputs, madeBy));
        List(call, store, name);
        return result;
    }

    /// <summary>A kept result that still holds.</summary>
    private KeptResult? Find(Call call, ResultStore store, UInt128 recipe, UInt128 name, RecordedFrames recorded, bool begins, out bool isStale)
    {
        SequenceMemory sequence = SequenceOf(call.Request);
        sequence.Note(recipe, call.Job.Time, recorded.Frames.Where(input => IsOwn(input, call.Job.Time)));
        bool Holds(ResultHead head)
        {
            foreach (ResultInput input in head.Inputs)
            {
                call.Cancellation.ThrowIfCancellationRequested();
                if (input.Clip == ResultInput.File)
                {
                    if (recorded.Look(input.Path) != input.Hash) return false;
                }
                else if (input.Clip >= call.Job.Effect.Clips.Length)
                {
                    return false;
                }
                else if (begins || (sequence.Known(recipe, input.Clip, input.Time) is { } known && known != input.Hash))
                {
                    if (recorded.Look(input.Clip, input.Time) != input.Hash) return false;
                }
            }

            return true;
        }

        KeptResult? kept = store.Find(name, call.Job.OutputWindow.Width, call.Job.OutputWindow.Height, Holds, out isStale);
        if (begins && kept is not null) sequence.Note(recipe, call.Job.Time, recorded.Frames);
        return kept;
    }

    private static Frame Show(Call call, KeptResult kept, ResultSource source)
    {
        call.Request.Note(source);
        if (kept.MadeBy.Length > 0) call.Job.MadeBy?.Invoke(kept.MadeBy);
        if (call.Job.Matte is { } matte) kept.Shares.CopyTo(matte.Shares.AsSpan());
        return kept.Picture;
    }

    private static void List(Call call, ResultStore store, UInt128 name)
    {
        if (call.Request.Key != 0) store.Jobs.Add(call.Request.Key, new JobFrame(call.Request.Time, call.Job.RenderScaleX, call.Job.RenderScaleY, name));
    }

    /// <summary>The job's recipe; null where it has none, because its model cannot be named: the render says why.</summary>
    private UInt128? TryIdentify(RenderJob job, IHostFrames frames)
    {
        try
        {
            return ResultRecipe.Of(job, frames.HasTemporalAccess, keeping.ModelOf(job));
        }
        catch (PipelineException e)
        {
            EngineLog.Debug($"the model of {job.Effect.Name} has no name: {e.Message}");
            return null;
        }
    }

    private SequenceMemory SequenceOf(ResultRequest request) => request.Sequence is { } sequence ? _sequences.GetOrCreateValue(sequence) : new SequenceMemory();

    /// <summary>The same job in draft quality; null where it is that already, or the effect has no other.</summary>
    private static RenderJob? DraftOf(RenderJob job)
    {
        int index = job.Effect.IndexOf("quality");
        if (index < 0 || job.Numbers[index] == (int)QualityLevel.Draft) return null;
        double[] numbers = [.. job.Numbers];
        numbers[index] = (int)QualityLevel.Draft;
        return job with { Numbers = numbers };
    }

    private static bool IsOwn(ResultInput input, double time) => input.Clip == SourceClip && input.Time.Equals(time);

    private static long BytesOf(Frame frame) => (long)frame.Pixels.Length * sizeof(float);

    /// <summary>One call of <see cref="Render"/>.</summary>
    private sealed record Call(
        RenderJob Job, ResultRequest Request, IHostFrames Frames, IPictureReader Pictures, IProgress<double> Progress, CancellationToken Cancellation);

    /// <summary>Frames of a host that gives one time only, so that effects take their still method.</summary>
    private sealed class StillFrames(IHostFrames frames) : IHostFrames
    {
        public bool HasTemporalAccess => false;

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame) => frames.TryFetch(clip, time, out frame);
    }

    /// <summary>Measures how long frames take to come.</summary>
    private sealed class TimedFrames(IHostFrames frames) : IHostFrames
    {
        private long _waited;

        public bool HasTemporalAccess => frames.HasTemporalAccess;

        public TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

        public void Release(HostFrame frame) => frames.Release(frame);

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                return frames.TryFetch(clip, time, out frame);
            }
            finally
            {
                _waited += Stopwatch.GetTimestamp() - began;
            }
        }
    }
}
