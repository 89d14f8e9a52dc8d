using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Fills from one picture alone.</summary>
internal sealed class StillFills
{
    private const long CacheBytesMax = 256L << 20;

    private readonly SharedResults<(ExtendRecipe Recipe, UInt128 Hash), CompletionField> _fields = new(CacheBytesMax);

    /// <summary>The filled canvas.</summary>
    public Frame Fill(ExtendRequest request) =>
        SeamBlend.Apply(request.Canvas.Place(request.Source), Field(request), request.Recipe.ToneWidth, Environment.ProcessorCount,
            request.Cancellation);

    /// <summary>Where the holes of the canvas are copied from, judged by the request's source.</summary>
    public CompletionField Field(ExtendRequest request)
    {
        (ExtendRecipe, UInt128) key = (request.Recipe with { BlendWidth = 0 }, ExtendRecipe.Hash(request.Source.Picture));
        return _fields.GetOrCompute(key, () =>
        {
            Frame guide = request.Canvas.Place(request.Source with { Picture = request.ToGuide(request.Source.Picture) });
            CompletionField field = PatchCompletion.Complete(guide, request.Canvas.CreateMask(), request.Recipe.Options, request.Progress,
                request.Cancellation);
            return (field, field.Sources.Length * (long)(sizeof(int) + sizeof(bool)));
        }, request.Cancellation);
    }
}
