using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Fills for shots whose camera stands still: all frames share one field and one plate, so that nothing flickers.</summary>
/// <remarks>
/// <para>Time is cut into blocks of <see cref="BlockFrames"/> frames anchored at time 0. A block's plate is the median of frames around it. Its
/// field is that of the
/// first block of the epoch (<see cref="EpochBlocks"/> blocks) that shows the same scene, tried at a few fixed places, so that neighbouring blocks
/// copy from
/// the same places. All of this follows from absolute time and the clip alone, never from the order in which frames are asked for.</para>
/// <para>Each render verifies the first sample of its block against the cached one; other samples are verified when a block is computed.</para>
/// </remarks>
internal sealed class ShotFills(StillFills stills)
{
    /// <summary>Frames per block.</summary>
    public const int BlockFrames = TemporalBlocks.FramesMax;

    /// <summary>Blocks per epoch: within it, frames of one shot share one field.</summary>
    public const int EpochBlocks = 40;

    /// <summary>Share of a frame that differs from its shot's plate from which on it shows something else: a flash, a cut.</summary>
    private const double OtherSceneShareMin = 0.6;

    private const int SampleStep = 6;
    private const int SamplesBefore = 4;
    private const int SamplesMax = 13;
    private const int SamplesMin = 3;
    private const long SampleBytesMax = 1L << 30;
    private const long CacheBytesMax = 768L << 20;

    private readonly SharedResults<PlateKey, ShotPlate> _plates = new(CacheBytesMax / 2);
    private readonly SharedResults<PlateKey, ShotFill> _fills = new(CacheBytesMax / 2);

    /// <summary>The filled canvas of a frame, or null where the camera moves, the frame shows something else than its shot, or the host gives no
    /// neighbours.</summary>
    public Frame? TryFill(ExtendRequest request)
    {
        long block = (long)Math.Floor(request.Time / BlockFrames);
        if (!TryFirstSample(request, block, out PlateKey key)) return null;
        ShotFill fill = _fills.GetOrCompute(key, () => Compute(request, block, key), request.Cancellation);
        return fill.TryRender(request);
    }

    /// <summary>The plate around a frame, or null where the host gives no neighbours.</summary>
    public ShotPlate? TryPlate(ExtendRequest request)
    {
        long block = (long)Math.Floor(request.Time / BlockFrames);
        return TryFirstSample(request, block, out PlateKey key) ? Plate(request, block, key) : null;
    }

    /// <summary>The plate that all frames of a shot share whose camera stands still; null where it moves, or the host gives no neighbours.</summary>
    public Frame? TryAnchorPlate(ExtendRequest request)
    {
        long block = (long)Math.Floor(request.Time / BlockFrames);
        if (!TryFirstSample(request, block, out PlateKey key)) return null;
        ShotPlate plate = Plate(request, block, key);
        return plate.IsStatic ? FindAnchor(request, block, plate).Picture : null;
    }

    /// <summary>Whether a frame shows something else than its shot.</summary>
    /// <param name="weights">Share of its difference to the shot's plate that is detail, per pixel.</param>
    public static bool IsOtherScene(float[] weights) => weights.Count(weight => weight < 0.5f) > OtherSceneShareMin * weights.Length;

    private (ShotFill Value, long Bytes) Compute(ExtendRequest request, long block, PlateKey key)
    {
        ShotPlate plate = Plate(request, block, key);
        if (!plate.IsStatic) return (ShotFill.Moving, 1);
        ShotPlate anchor = FindAnchor(request, block, plate);
        StillFill choice = stills.Choose(request with { Source = request.Source with { Picture = anchor.Picture } });

        // Somebody who stood in the block for long is in its plate, but not in the anchor's; a change of light is in both.
        Frame background = LiveDetail.Merge(plate.Picture, anchor.Picture, request.ToGuide, request.Cancellation);
        Frame filled = choice.Apply(request, background);
        ShotFill fill = new(filled, choice.Field, background, request.ToGuide(background));
        return (fill, (filled.Pixels.Length + 2L * background.Pixels.Length + choice.Field.Sources.Length) * sizeof(float));
    }

    private ShotPlate FindAnchor(ExtendRequest request, long block, ShotPlate plate)
    {
        long epoch = (long)Math.Floor((double)block / EpochBlocks) * EpochBlocks;
        long first = epoch;
        PlateKey key = default;
        while (first < block && !TryFirstSample(request, first, out key)) first++;
        foreach (long candidate in (ReadOnlySpan<long>)[first, block - Modulo(block, 8), block - Modulo(block, 2)])
        {
            if (candidate >= block || candidate < first || !TryFirstSample(request, candidate, out key)) continue;
            ShotPlate anchor = Plate(request, candidate, key);
            if (anchor.ShowsSameScene(plate)) return anchor;
        }

        return plate;
    }

    private ShotPlate Plate(ExtendRequest request, long block, PlateKey key)
    {
        // What does not change a plate stays out of its key: other settings share it.
        PlateKey plateKey = key with { Recipe = key.Recipe with { Canvas = default, Picture = default, Quality = 0, Seed = 0, BlendWidth = 0 } };
        return _plates.GetOrCompute(plateKey, () =>
        {
            List<Frame> samples = [];
            foreach (double time in SampleTimes(request, block))
            {
                request.Cancellation.ThrowIfCancellationRequested();
                if (TrySample(request, time, out Frame? sample)) samples.Add(sample);
            }

            if (samples.Count == 0) samples.Add(request.Source.Picture);
            ShotPlate plate = ShotPlate.Create(samples, request.ToGuide, request.Cancellation);
            return (plate, plate.Picture.Pixels.Length * (long)sizeof(float));
        }, request.Cancellation);
    }

    /// <summary>How many frames of a size in bytes a plate is made of.</summary>
    public static int CountSamples(long frameBytes) => (int)Math.Clamp(SampleBytesMax / frameBytes, SamplesMin, SamplesMax);

    private static bool TryFirstSample(ExtendRequest request, long block, out PlateKey key)
    {
        foreach (double time in SampleTimes(request, block))
        {
            if (!TrySample(request, time, out Frame? sample)) continue;
            key = new(request.Recipe, block, time, ExtendRecipe.Hash(sample));
            return true;
        }

        key = default;
        return false;
    }

    private static bool TrySample(ExtendRequest request, double time, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Frame? sample)
    {
        sample = request.Frames.TryFetch(0, time, out HostFrame? frame) && frame.Window == request.Source.Window ? frame.Picture : null;
        return sample is not null;
    }

    /// <summary>Times of a block's samples: in the block and around it. Large frames give fewer, so that the samples fit into memory.</summary>
    private static IEnumerable<double> SampleTimes(ExtendRequest request, long block)
    {
        long bytes = request.Source.Picture.Pixels.Length * (long)sizeof(float);
        int count = CountSamples(bytes);
        double step = (double)SampleStep * (SamplesMax - 1) / (count - 1);
        for (int i = 0; i < count; i++) yield return block * BlockFrames + Math.Floor((i * step) - (SamplesBefore * SampleStep));
    }

    private static long Modulo(long value, long count) => ((value % count) + count) % count;

    private readonly record struct PlateKey(ExtendRecipe Recipe, long Block, double SampleTime, UInt128 SampleHash);

    /// <summary>One block's fill.</summary>
    private sealed class ShotFill(Frame? canvas, CompletionField? field, Frame? plate, Frame? plateGuide)
    {
        /// <summary>Says that the camera moves.</summary>
        public static ShotFill Moving { get; } = new(null, null, null, null);

        /// <summary>The canvas for one frame; null where the camera moves or the frame shows something else.</summary>
        public Frame? TryRender(ExtendRequest request)
        {
            if (canvas is null) return null;
            Frame live = request.Source.Picture, background = plate!, guide = plateGuide!;
            (float Red, float Green, float Blue) gains = LiveDetail.Gains(live, background);
            bool isLit = gains == (1, 1, 1);
            if (!isLit)
            {
                background = LiveDetail.Scale(background, gains);
                guide = request.ToGuide(background);
            }

            float[] weights = LiveDetail.Weights(request.ToGuide(live), guide, request.Cancellation);
            if (IsOtherScene(weights)) return null;
            Frame result = isLit ? canvas.Clone() : LiveDetail.Scale(canvas, gains);
            PixelWindow window = request.Source.Window, whole = request.Canvas.Canvas;
            DetailSource detail = new(live, background, guide, weights);
            Parallel.For(0, result.Height, new ParallelOptions { CancellationToken = request.Cancellation }, row =>
            {
                for (int p = row * result.Width; p < (row + 1) * result.Width; p++)
                {
                    int from = field!.Sources[p];
                    if (from == p) continue;
                    int x = from % result.Width + whole.X1 - window.X1, y = from / result.Width + window.Y2 - whole.Y2;
                    detail.AddTo(result.Pixels.AsSpan(Frame.Channels * p, 3), x, y);
                }
            });

            // What the detail leaves out at the picture's edge, such as a shadow that crosses it, fades into the fill.
            Frame rest = LiveDetail.Rest(live, background, weights);
            SeamBlend.AddMembrane(result, field!.Mask, request.Canvas.Place(request.Source with { Picture = rest }), request.Recipe.BlendWidth,
                Environment.ProcessorCount,
                request.Cancellation);
            BorderObjects.Continue(request, plate!, gains, result);
            return result;
        }
    }
}
