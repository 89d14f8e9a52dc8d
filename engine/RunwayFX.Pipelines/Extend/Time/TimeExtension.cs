namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>Extension in time: what the renders of an engine share.</summary>
/// <remarks>Thread-safe. At most <see cref="CacheBytesMax"/> bytes are kept; what is larger is used and let go.</remarks>
internal sealed class TimeExtension
{
    private const long CacheBytesMax = 1L << 30;

    private readonly SharedResults<ContinuationKey, Continuation> _continuations = new(CacheBytesMax);

    /// <summary>The frames that the rest of the effect sees: the host's own where extension in time is off.</summary>
    public IHostFrames Wrap(RenderJob job, IHostFrames frames, IProgress<double> progress, CancellationToken cancellation) =>
        TimeSettings.Read(job) is { } settings ? new TimedFrames(this, settings, job, frames, progress, cancellation) : frames;

    /// <summary>The continuation of a key.</summary>
    public Continuation Get(ContinuationKey key, IHostFrames frames, IProgress<double> progress, CancellationToken cancellation) =>
        _continuations.GetOrCompute(key, () =>
        {
            Continuation continuation = ContinuationBuilder.Build(key, frames, progress, cancellation);
            return (continuation, continuation.Bytes);
        }, cancellation);
}
