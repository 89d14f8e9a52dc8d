using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Remove;

/// <summary>Fills the hole of a frame from that frame alone.</summary>
internal sealed class StillRemoval
{
    private const long CacheBytesMax = 256L << 20;

    private readonly SharedResults<(RemoveSettings Settings, UInt128 Picture, UInt128 Mask), CompletionField> _fields = new(CacheBytesMax);

    /// <summary>The frame with its hole filled.</summary>
    /// <exception cref="PipelineException">The mask leaves nothing to fill from.</exception>
    public Frame Fill(RemoveRequest request)
    {
        if (request.Fill is { } fill) return fill(request.Source.Picture, request.Mask.ToHoles());
        RemoveSettings settings = request.Settings with { Radius = 0 };
        Frame picture = request.Source.Picture;
        UInt128 content = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(picture.Pixels.AsSpan()));
        UInt128 hole = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(request.Mask.Weights));
        CompletionField field = _fields.GetOrCompute((settings, content, hole), () =>
        {
            HoleMask mask = UnknownOf(picture, request.Mask.ToHoles());
            if (mask.HoleCount == mask.Holes.Length)
            {
                throw new PipelineException(PipelineError.ReferenceMissing,
                    $"the mask covers all {picture.Width}×{picture.Height} pixels at time {request.Time}: nothing is left to fill from");
            }

            CompletionField found = PatchCompletion.Complete(request.ToGuide(picture), mask, settings.Options, request.Progress, request.Cancellation);
            return (found, found.Bytes);
        }, request.Cancellation);
        return SeamBlend.Apply(picture, field, settings.PieceToneWidth, Environment.ProcessorCount, request.Cancellation);
    }

    /// <summary>Pixels that nothing may be copied from: the hole's, and those that hold no numbers.</summary>
    private static HoleMask UnknownOf(Frame picture, bool[] holes)
    {
        for (int p = 0; p < holes.Length; p++)
        {
            for (int c = 0; c < Frame.Channels; c++) holes[p] |= !float.IsFinite(picture.Pixels[Frame.Channels * p + c]);
        }

        return new(picture.Width, picture.Height, holes);
    }
}
