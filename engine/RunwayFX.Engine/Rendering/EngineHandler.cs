using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Engine.Jobs;
using RunwayFX.Engine.Log;
using RunwayFX.Engine.Pictures;
using RunwayFX.Engine.Results;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Rendering;

/// <summary>Serves the bridge: checks requests against the catalogue, holds jobs back in the queue, runs the effect's pipeline and turns every failure
/// into a code and a sentence.</summary>
/// <remarks>Thread-safe; each job comes on a thread of its own. Nothing that a request holds and nothing that a pipeline throws ends the engine.</remarks>
internal sealed class EngineHandler(PipelineRegistry pipelines, JobQueue queue, PictureCache pictures) : IEngineHandler, IDisposable
{
    private readonly JobJournal _journal = new();
    private readonly GarbageBudget _garbage = new();

    /// <summary>What the status says about the engine's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>What the status says about the log; empty where there is none.</summary>
    public string LogPath { get; set; } = "";

    /// <summary>Where results are kept; null where none are.</summary>
    public ResultStore? Results { get; init; }

    /// <inheritdoc/>
    public void CheckSession(RenderSession session)
    {
        (EffectDefinition effect, _) = Find(session.EffectWireId);
        if (session.Texts.Count != effect.Parameters.Length)
        {
            throw new BridgeException(
                BridgeError.OutOfRange, $"{session.Texts.Count} texts came for the {effect.Parameters.Length} parameters of {effect.Label}.");
        }
    }

    /// <inheritdoc/>
    public void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation)
    {
        JobJournal.JobEntry entry = _journal.Begin(request, session);
        JobWork work = new(entry, frames, cancellation);
        using IDisposable watch = _garbage.Watch();
        try
        {
            Compute(request, session, work);
            EngineLog.Info(JobLines.End(work.End(JobState.Done, BridgeError.None)), entry.Reference);
        }
#pragma warning disable CA1031 // The boundary of the engine: a fault costs one render, the log has the stack.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Exception told = Explain(exception, request, session, work);
            BridgeError code = (told as BridgeException)?.Code ?? BridgeError.Cancelled;
            JobState state = code == BridgeError.Cancelled ? JobState.Cancelled : JobState.Failed;
            EngineLog.Info(JobLines.End(work.End(state, code)), entry.Reference);
            if (ReferenceEquals(told, exception)) throw;
            throw told;
        }
        finally
        {
            // While the user drags a control, memory may wait.
            if (!request.IsInteractive) _garbage.Settle(GC.GetTotalAllocatedBytes());
        }
    }

    /// <summary>Ends what runs beside the renders.</summary>
    public void Dispose() => _garbage.Dispose();

    /// <inheritdoc/>
    public EngineStatus DescribeStatus(EngineStatus status)
    {
        (long entries, long bytes, long hits) = Results?.Counters ?? default;
        return status with
        {
            Version = Version,
            LogPath = LogPath,
            CacheEntries = entries,
            CacheBytes = bytes,
            CacheHits = hits,
            CachePath = Results?.Folder ?? "",
            Devices = [Processor()],
            Runtime = RuntimeInformation.FrameworkDescription,
            Queue = queue.Status,
            Memory = status.Memory with { Resident = Environment.WorkingSet, Managed = GC.GetTotalMemory(forceFullCollection: false) },
            Jobs = _journal.List(),
        };
    }

    /// <inheritdoc/>
    public CacheReply AnswerCache(in CacheRequest question)
    {
        if (Results is not { } results) return new CacheReply { Key = question.Key, Frames = 0, Bytes = 0, BytesMax = 0 };
        UInt128 key = NumberOf(question.Key);
        (double first, double last, double scaleX, double scaleY) = (question.First, question.Last, question.RenderScaleX, question.RenderScaleY);
        (long frames, long bytes) = question.Action switch
        {
            CacheAction.Clear => results.Forget(key),
            CacheAction.ClearAll => results.ForgetAll(),
            CacheAction.CountAll => (results.Counters.Entries, results.Counters.Bytes),
            _ => results.Count(key, frame => frame.Time >= first && frame.Time <= last && frame.ScaleX.Equals(scaleX) && frame.ScaleY.Equals(scaleY)),
        };
        return new CacheReply { Key = question.Key, Frames = frames, Bytes = bytes, BytesMax = results.BytesMax };
    }

    /// <inheritdoc/>
    public PreviewReply AnswerPreview(in PreviewRequest question) => _journal.Preview(question);

    private static UInt128 NumberOf(JobKey key) => new((ulong)key.High, (ulong)key.Low);

    private void Compute(in RenderRequest request, RenderSession session, JobWork work)
    {
        CheckSession(session);
        (EffectDefinition effect, IEffectPipeline pipeline) = Find(session.EffectWireId);
        ResultRequest results = new() { Mode = (ResultMode)request.Mode, Key = NumberOf(request.Key), Time = request.Time, Sequence = session };
        RenderJob job = CreateJob(request, session, effect) with { MadeBy = work.Entry.NoteMaker, Unfinished = work.Entry.Unfinished, Results = results };
        long memory = EstimateMemory(request, job, pipeline);
        EngineLog.Debug(JobLines.Begin(work.Entry.Status, session, memory), work.Entry.Reference);
        JobPriority priority = job.IsInteractive || results.Mode != ResultMode.Final ? JobPriority.Interactive : JobPriority.Final;
        using JobLease lease = queue.Enter(priority, memory, work.Cancellation, session.ClientProcessId);
        work.Admit(lease);
        JobFrames hostFrames = work.OpenFrames(lease, request.Time, request.HasTemporalAccess);
        Frame result;
        try
        {
            result = pipeline.Render(job, hostFrames, pictures, hostFrames, work.Cancellation);
        }
        catch (ResultMissingException missing)
        {
            work.Conversation.ReportOrigin(missing.IsStale ? ResultOrigin.Stale : ResultOrigin.Missing);
            work.Conversation.ReportTimes(lease.Waited, hostFrames.Transfer);
            return;
        }

        work.Cancellation.ThrowIfCancellationRequested();
        SlotView slot = work.Conversation.Result;
        if (result.Width != slot.Width || result.Height != slot.Height)
        {
            throw new InvalidOperationException($"The pipeline of {effect.Name} gave {result.Width}×{result.Height} for a window of {slot.Width}×{slot.Height}.");
        }

        hostFrames.Write(result, slot);
        if (!pipeline.KeepsFrames)
        {
            FramePool.Return(result);
            hostFrames.Return();
        }

        work.Conversation.ReportTimes(lease.Waited, hostFrames.Transfer);
        work.Conversation.ReportOrigin(results.Source switch
        {
            ResultSource.Kept => ResultOrigin.Kept,
            ResultSource.Preview => ResultOrigin.Preview,
            _ => ResultOrigin.Computed,
        });
    }

    /// <summary>Turns what went wrong into what the host is told, and writes the rest into the log.</summary>
    private static Exception Explain(Exception exception, in RenderRequest request, RenderSession session, JobWork work)
    {
        JobReference reference = work.Entry.Reference;
        string label = EffectCatalog.FindByWireId(session.EffectWireId)?.Label ?? $"effect {session.EffectWireId}";
        switch (exception)
        {
            case OperationCanceledException:
                return exception;
            case AggregateException many when work.Cancellation.IsCancellationRequested && many.Flatten().InnerExceptions.All(inner => inner is OperationCanceledException):
                return new OperationCanceledException("The render was cancelled.", exception, work.Cancellation);
            case BridgeException refused:
                EngineLog.Warn($"refused ({refused.Code}): {refused.Message}", reference);
                return refused;
            case PipelineException refused:
                EngineLog.Warn($"refused ({refused.Code}): {refused.Message}", reference);
                return new BridgeException(BridgeError.RenderRefused, refused.Message, (int)refused.Code, refused);
            case EngineException refused:
                EngineLog.Warn($"refused ({refused.Code}): {refused.Message}", reference);
                return new BridgeException(BridgeError.RenderRefused, refused.Message, (int)refused.Code, refused);
            case OutOfMemoryException:
                EngineLog.Unexpected($"{label} at {request.Time}", exception, reference);
                return new BridgeException(
                    BridgeError.EngineFault, $"The engine has no memory left for {label} at {request.Result.Width}×{request.Result.Height}.", inner: exception);
            default:
                EngineLog.Unexpected($"{label} at {request.Time}", exception, reference);
                return new BridgeException(BridgeError.EngineFault, "The engine met a fault of its own.", inner: exception);
        }
    }

    private (EffectDefinition Effect, IEffectPipeline Pipeline) Find(int wireId)
    {
        EffectDefinition? effect = EffectCatalog.FindByWireId(wireId);
        IEffectPipeline? pipeline = pipelines.Find(wireId);
        if (effect is not null && pipeline is not null) return (effect, pipeline);
        throw new BridgeException(BridgeError.EffectUnknown, $"This engine ({Version}) has no effect with the number {wireId}.");
    }

    private static RenderJob CreateJob(in RenderRequest request, RenderSession session, EffectDefinition effect)
    {
        if (request.Numbers.Length != effect.Parameters.Length)
        {
            throw new BridgeException(
                BridgeError.OutOfRange, $"{request.Numbers.Length} numbers came for the {effect.Parameters.Length} parameters of {effect.Label}.");
        }

        double[] numbers = new double[effect.Parameters.Length];
        for (int index = 0; index < numbers.Length; index++)
        {
            ParameterDefinition parameter = effect.Parameters[index];
            numbers[index] = parameter.IsText ? 0 : parameter.Sanitize(request.Numbers[index]);
        }

        return new()
        {
            Effect = effect,
            Numbers = numbers,
            Texts = [.. effect.Parameters.Select((parameter, index) => parameter.IsText ? session.Texts[index] : "")],
            Time = request.Time,
            RenderScaleX = request.RenderScaleX,
            RenderScaleY = request.RenderScaleY,
            PixelAspect = request.PixelAspect,
            FrameRate = request.FrameRate,
            OutputWindow = new(request.X1, request.Y1, request.X1 + request.Result.Width, request.Y1 + request.Result.Height),
            IsInteractive = request.IsInteractive,
        };
    }

    private static long EstimateMemory(in RenderRequest request, RenderJob job, IEffectPipeline pipeline)
    {
        (int width, int height) = (request.Result.Width, request.Result.Height);
        foreach (ClipFrame frame in request.Frames)
        {
            if (frame.Slot is { } slot && (long)slot.Width * slot.Height > (long)width * height) (width, height) = (slot.Width, slot.Height);
        }

        return pipeline.EstimateMemory(job, width, height);
    }

    private static string Processor()
    {
        string vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : AdvSimd.IsSupported ? "NEON" : "no wide vectors";
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        return $"CPU {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} threads, {vectors}, {memory} MB";
    }
}
