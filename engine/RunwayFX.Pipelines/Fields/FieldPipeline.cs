using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Fields;

namespace RunwayFX.Pipelines.Fields;

/// <summary>An effect on interlaced clips: each field is treated whole and at its own moment, as a picture of a clip of twice the frame rate, and the two results give
/// their own lines to the frame. Other clips pass through.</summary>
/// <remarks>Lives in the engine so that every plug-in has it. Scaled proxies are treated as frames: scaling has mixed their fields already. Thread-safe.</remarks>
public sealed class FieldPipeline(IEffectPipeline inner) : IEffectPipeline
{
    /// <summary>Frames held besides what the effect needs: frames beside the one at hand, their planes, whole pictures of fields, the second result.</summary>
    private const int FramesHeld = 11;

    /// <inheritdoc/>
    public EffectDefinition Effect => inner.Effect;

    /// <inheritdoc/>
    public bool KeepsFrames => inner.KeepsFrames;

    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(job);
        return IsInterlaced(job)
            ? inner.EstimateMemory(FieldTiming.Of(job, isLate: false), width, height) + FrameMemory.Of(FramesHeld, width, height)
            : inner.EstimateMemory(job, width, height);
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        if (!IsInterlaced(job)) return inner.Render(job, frames, pictures, progress, cancellation);
        bool isUpperFirst = (FieldOrder)job.Integer(EffectCatalog.FieldOrderName) == FieldOrder.UpperFirst;
        FieldFrames fields = new(frames, job, cancellation);
        Frame early = inner.Render(FieldTiming.Of(job, isLate: false), fields, pictures, new HalfProgress(progress, 0), cancellation);
        cancellation.ThrowIfCancellationRequested();
        Frame late = inner.Render(FieldTiming.Of(job, isLate: true), fields, pictures, new HalfProgress(progress, 0.5), cancellation);
        Frame woven = inner.KeepsFrames ? early.Clone() : early;
        FieldLines.Take(woven, late, job.OutputWindow, upper: !isUpperFirst);
        if (inner.KeepsFrames) return woven;
        FramePool.Return(late);
        fields.Return();
        return woven;
    }

    private static bool IsInterlaced(RenderJob job) =>
        (FieldOrder)job.Integer(EffectCatalog.FieldOrderName) is FieldOrder.UpperFirst or FieldOrder.LowerFirst && job.RenderScaleY == 1;

    private sealed class HalfProgress(IProgress<double> progress, double from) : IProgress<double>
    {
        public void Report(double value) => progress.Report(from + Math.Clamp(value, 0, 1) / 2);
    }
}
