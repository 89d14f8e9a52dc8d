using RunwayFX.Inference;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Pipelines.Models;

/// <summary>Shows pictures that a model is at work on, from its latents. What a package's latents look like is found out once, by its own decoder. Thread-safe.
/// </summary>
internal sealed class LatentLooks
{
    /// <summary>Packages remembered: a few hundred numbers each.</summary>
    private const int PackagesMax = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LatentPreview?> _known = [];

    /// <summary>What a run is to be told its latents by.</summary>
    /// <param name="pipeline">The package's pipeline.</param>
    /// <param name="package">The package.</param>
    /// <param name="still">What it is about to make.</param>
    /// <param name="shown">Who looks.</param>
    /// <param name="pool">Loaded models.</param>
    /// <param name="settings">Provider and threads.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Null where the decoder cannot show so little of a picture.</returns>
    public Action<ReadOnlyMemory<float>, int>? For(
        StillPipeline pipeline, ModelPackage package, StillSettings still, IUnfinishedPicture shown, SessionPool pool, SessionSettings settings, CancellationToken cancellation)
    {
        // Before the denoiser is borrowed: a job that holds one model and waits for another may wait for one that waits for it.
        if (Of(package, pool, settings, cancellation) is not { } preview) return null;
        return (latents, call) =>
        {
            if (shown.IsWanted) shown.Show(pipeline.Preview(preview, still, latents.Span), call + 1);
        };
    }

    private LatentPreview? Of(ModelPackage package, SessionPool pool, SessionSettings settings, CancellationToken cancellation)
    {
        string key = $"{package.Folder}|{package.State()}";
        lock (_lock)
        {
            if (_known.TryGetValue(key, out LatentPreview? known)) return known;
        }

        LatentPreview? fitted = null;
        try
        {
            fitted = LatentPreview.Fit(package, pool, settings, cancellation);
        }
        catch (InferenceException)
        {
            // A decoder for one size only, or a broken one: the run itself says which file.
        }

        lock (_lock)
        {
            if (_known.Count >= PackagesMax) _known.Clear();
            _known[key] = fitted;
        }

        return fitted;
    }
}
