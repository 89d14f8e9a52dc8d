using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Engine.Jobs;
using RunwayFX.Engine.Log;
using RunwayFX.Engine.Pictures;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Rendering;

/// <summary>Serves the bridge: checks requests against the catalogue, holds jobs back in the queue, runs the effect's pipeline and turns every failure
/// into a code and a sentence.</summary>
/// <remarks>Thread-safe; each job comes on a thread of its own. Nothing that a request holds and nothing that a pipeline throws ends the engine.</remarks>
internal sealed class EngineHandler(PipelineRegistry pipelines, JobQueue queue, PictureCache pictures) : IEngineHandler
{
    /// <summary>Frames of working memory that a job is estimated at, in frames of its largest picture as float RGBA.</summary>
    public const int WorkingFramesPerJob = 12;

    /// <summary>What the status says about the engine's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>What the status says about the log; empty where there is none.</summary>
    public string LogPath { get; set; } = "";

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
        CheckSession(session);
        (EffectDefinition effect, IEffectPipeline pipeline) = Find(session.EffectWireId);
        RenderJob job = CreateJob(request, session, effect);
        try
        {
            using JobLease lease = queue.Enter(job.IsInteractive ? JobPriority.Interactive : JobPriority.Final, EstimateMemory(request), cancellation);
            JobFrames hostFrames = new(frames, lease, request.HasTemporalAccess, cancellation);
            Frame result = pipeline.Render(job, hostFrames, pictures, hostFrames, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (result.Width != frames.Result.Width || result.Height != frames.Result.Height)
            {
                throw new InvalidOperationException(
                    $"The pipeline of {effect.Name} gave {result.Width}×{result.Height} for a window of {frames.Result.Width}×{frames.Result.Height}.");
            }

            SlotPixels.Write(result, frames.Result);
        }
        catch (PipelineException exception)
        {
            EngineLog.Refused(effect.Name, job.Time, (int)exception.Code, exception.Message);
            throw new BridgeException(BridgeError.RenderRefused, exception.Message, (int)exception.Code, exception);
        }
        catch (EngineException exception)
        {
            EngineLog.Refused(effect.Name, job.Time, (int)exception.Code, exception.Message);
            throw new BridgeException(BridgeError.RenderRefused, exception.Message, (int)exception.Code, exception);
        }
        catch (AggregateException exception) when (cancellation.IsCancellationRequested && exception.Flatten().InnerExceptions.All(inner => inner is OperationCanceledException))
        {
            throw new OperationCanceledException("The render was cancelled.", exception, cancellation);
        }
        catch (OutOfMemoryException exception)
        {
            EngineLog.Unexpected($"{effect.Name} at {job.Time}", exception);
            throw new BridgeException(
                BridgeError.EngineFault, $"The engine has no memory left for {effect.Label} at {job.OutputWindow.Width}×{job.OutputWindow.Height}.", inner: exception);
        }
#pragma warning disable CA1031 // The boundary of the engine: a fault costs one render, the log has the stack.
        catch (Exception exception) when (exception is not (BridgeException or OperationCanceledException))
#pragma warning restore CA1031
        {
            EngineLog.Unexpected($"{effect.Name} at {job.Time}", exception);
            throw new BridgeException(BridgeError.EngineFault, $"{effect.Label} failed inside the engine; its log says more{LogHint}.", inner: exception);
        }
    }

    /// <inheritdoc/>
    public EngineStatus DescribeStatus(EngineStatus status)
    {
        (int entries, long bytes, long hits) = pictures.Counters;
        return status with { Version = Version, LogPath = LogPath, CacheEntries = entries, CacheBytes = bytes, CacheHits = hits, Devices = [Processor()] };
    }

    private string LogHint => LogPath.Length == 0 ? "" : $" ({LogPath})";

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

    private static long EstimateMemory(in RenderRequest request)
    {
        long pixels = (long)request.Result.Width * request.Result.Height;
        foreach (ClipFrame frame in request.Frames)
        {
            if (frame.Slot is { } slot) pixels = Math.Max(pixels, (long)slot.Width * slot.Height);
        }

        return pixels * Frame.Channels * sizeof(float) * WorkingFramesPerJob;
    }

    private static string Processor()
    {
        string vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : AdvSimd.IsSupported ? "NEON" : "no wide vectors";
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        return $"CPU {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} threads, {vectors}, {memory} MB";
    }
}
