using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Where the holes of a canvas are copied from, and what has to be evened out in what is copied.</summary>
internal sealed record StillFill(CompletionField Field, EdgeTone Tone)
{
    /// <summary>The canvas, filled.</summary>
    public Frame Apply(ExtendRequest request, Frame picture) => Tone.Blend(request.Canvas.Place(request.Source with { Picture = picture }), Field,
        request.Recipe.ToneWidth, request.Recipe.Encoding, request.Recipe.Premultiplied, Environment.ProcessorCount, request.Cancellation);
}

/// <summary>Fills from one picture alone.</summary>
internal sealed class StillFills
{
    private const long CacheBytesMax = 256L << 20;

    private readonly SharedResults<(ExtendRecipe Recipe, UInt128 Hash), StillFill> _fills = new(CacheBytesMax);

    /// <summary>The filled canvas.</summary>
    public Frame Fill(ExtendRequest request) => Choose(request).Apply(request, request.Source.Picture);

    /// <summary>Where the holes of the canvas are copied from, judged by the request's source.</summary>
    public StillFill Choose(ExtendRequest request)
    {
        (ExtendRecipe, UInt128) key = (request.Recipe with { BlendWidth = 0 }, ExtendRecipe.Hash(request.Source.Picture));
        return _fills.GetOrCompute(key, () =>
        {
            Frame guide = request.Canvas.Place(request.Source with { Picture = request.ToGuide(request.Source.Picture) });
            HoleMask mask = request.Canvas.CreateMask();
            EdgeTone tone = EdgeTone.Measure(guide, mask, request.Cancellation);
            guide = tone.Flatten(guide, ColourEncoding.Srgb, premultiplied: false, Environment.ProcessorCount, request.Cancellation);
            CompletionField field = PatchCompletion.Complete(guide, mask, request.Recipe.Options, request.Progress, request.Cancellation);
            return (new StillFill(field, tone), field.Bytes);
        }, request.Cancellation);
    }
}
