using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Pipelines.Style;

/// <summary>Decides the matches of frames: a first one from nothing, following ones from the frame before.</summary>
/// <remarks>A following frame keeps each match whose source pixel did not change, lets matches travel with what moves, brings back what was
/// covered, and searches anew only in what is left. The same inputs give the same matches on every machine. Thread-safe.</remarks>
internal sealed class StylePainter(StyleReference style, StyleSettings settings)
{
    /// <summary>Share of changed pixels from which a frame counts as a new shot.</summary>
    private const double CutShare = 0.7;

    /// <summary>A match this many frames old is settled: long enough that somebody who walks past never is.</summary>
    private const byte SettledAge = 10;

    /// <summary>Luma is compared after this blur, in pixels, which takes most of the camera's noise away.</summary>
    private const double KeySigma = 1;

    /// <summary>Pixels around a change that are searched anew with it.</summary>
    private const int Dilation = 2;

    private const int ThreadsMax = 4;

    /// <summary>What it paints with.</summary>
    public StyleReference Style => style;

    /// <summary>Largest luma step (0–255) that counts as unchanged.</summary>
    private int Threshold => 3 + (int)Math.Round(12 * settings.Stability);

    private static int Threads => Math.Clamp(Environment.ProcessorCount, 1, ThreadsMax);

    /// <summary>Paints a frame on its own.</summary>
    /// <param name="small">The source, display-like, at the working resolution.</param>
    /// <param name="frameHash">Its content.</param>
    /// <param name="tone">Tones to keep to; null derives them from the frame.</param>
    /// <param name="progress">Receives 0 to 1.</param>
    /// <param name="cancellation">Asked once a row.</param>
    public PaintChain Still(Frame small, UInt128 frameHash, ToneMap? tone, IProgress<double>? progress, CancellationToken cancellation)
    {
        LumaPlane plane = LumaPlane.From(small);
        if (!style.IsPainting) tone ??= new ToneMap(plane, style.Tone);
        byte[] key = Key(plane, cancellation);
        GuidedSynthesisInput input = Input(Target(small, plane, tone, cancellation), follows: false);
        MatchField field = settings.Quality == QualityLevel.Draft
            ? GuidedLookup.Run(input, new GuidedLookupOptions { Radius = StyleReference.PatchWidth / 2, IsAligned = style.IsPainting, Seed = (uint)settings.Seed, Threads = Threads }, cancellation)
            : GuidedSynthesis.Run(input, StillOptions(), progress, cancellation);
        return Settled(new PaintedFrame(frameHash, field, new sbyte[2 * key.Length], key, tone, Colours(field, key, tone, null, cancellation)), key, StyleGuides.Outlines(plane, cancellation));
    }

    /// <summary>The frame whose painting the style is: every pixel takes its own.</summary>
    /// <param name="small">The source, display-like, at the working resolution.</param>
    /// <param name="frameHash">Its content.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public PaintChain Keyframe(Frame small, UInt128 frameHash, CancellationToken cancellation)
    {
        const int Radius = StyleReference.PatchWidth / 2;
        LumaPlane plane = LumaPlane.From(small);
        MatchField field = new(plane.Width, plane.Height);
        for (int y = 0; y < plane.Height; y++)
        {
            for (int x = 0; x < plane.Width; x++)
                field[x, y] = (Math.Clamp(x, Radius, plane.Width - Radius - 1), Math.Clamp(y, Radius, plane.Height - Radius - 1));
        }

        byte[] key = Key(plane, cancellation);
        return Settled(new PaintedFrame(frameHash, field, new sbyte[2 * key.Length], key, null, []), key, StyleGuides.Outlines(plane, cancellation));
    }

    /// <summary>Paints the frame after another.</summary>
    /// <param name="before">The frame before.</param>
    /// <param name="small">The source, display-like, at the working resolution, of the same size.</param>
    /// <param name="frameHash">Its content.</param>
    /// <param name="progress">Receives 0 to 1.</param>
    /// <param name="cancellation">Asked once a row.</param>
    public PaintChain Next(PaintChain before, Frame small, UInt128 frameHash, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (frameHash == before.Painted.FrameHash) return before;
        LumaPlane plane = LumaPlane.From(small);
        byte[] key = Key(plane, cancellation);
        StyleMotion motion = StyleMotion.Between(before.Luma, key, plane.Width, plane.Height, Threads, cancellation);
        byte[] outlines = StyleGuides.Outlines(plane, cancellation);
        StyleCarry carry = StyleCarry.Follow(before, key, outlines, motion, style, Threshold, SettledAge, cancellation);
        if (carry.ChangedCount > CutShare * key.Length) return Still(small, frameHash, null, progress, cancellation);

        ToneMap? tone = before.Painted.Tone;
        carry.Settle(key, outlines, plane.Width, Dilation, Threshold, SettledAge, cancellation);
        MatchField field = carry.Field;
        if (carry.ActiveCount > 0)
        {
            ChannelPicture target = Target(small, plane, tone, cancellation);
            PreviousGuide.Write(target, carry, style, plane, tone, Threads, cancellation);
            GuidedSynthesisInput input = Input(target, follows: true) with { Initial = field, Active = carry.Active };
            field = GuidedSynthesis.Run(input, NextOptions(), progress, cancellation);
        }

        // A moving style has other colours at the same matches.
        float[] colours = Colours(field, carry.Reference, tone, before.Style == style ? before.Painted : null, cancellation);
        PaintedFrame painted = new(frameHash, field, carry.Fractions, carry.Reference, tone, colours);
        return new PaintChain(painted, key, carry.Age, carry.MemoryMatches, carry.MemoryLuma, carry.Outlines, carry.MemoryOutlines, carry.Positions, style);
    }

    private PaintChain Settled(PaintedFrame painted, byte[] key, byte[] outlines)
    {
        int[] memory = new int[key.Length];
        Array.Fill(memory, -1);
        byte[] age = new byte[key.Length];
        Array.Fill(age, SettledAge);
        ushort[] positions = style.IsPainting ? StyleGuides.OwnPositions(painted.Field.Width, painted.Field.Height) : [];
        return new PaintChain(painted, key, age, memory, new byte[key.Length], outlines, new byte[key.Length], positions, style);
    }

    /// <summary>What pieces lack to the colour of those about them; nothing beside a painting.</summary>
    private float[] Colours(MatchField field, byte[] reference, ToneMap? tone, PaintedFrame? before, CancellationToken cancellation) =>
        tone is null || style.Areas is not { } areas ? [] : areas.Changes(field, reference, tone, before, cancellation);

    private static ChannelPicture Target(Frame small, LumaPlane plane, ToneMap? tone, CancellationToken cancellation)
    {
        ChannelPicture target = new(plane.Width, plane.Height, StyleGuides.Channels);
        if (tone is null)
        {
            StyleGuides.WriteColours(small, plane, target, cancellation);
            return target;
        }

        float[] mapped = new float[plane.Values.Length];
        for (int index = 0; index < mapped.Length; index++) mapped[index] = tone.Apply(plane.Values[index]);
        StyleGuides.WriteTones(new LumaPlane(plane.Width, plane.Height, mapped), target, cancellation);
        return target;
    }

    private GuidedSynthesisInput Input(ChannelPicture target, bool follows) => new()
    {
        Source = style.Work,
        Target = target,
        StyleChannels = StyleGuides.StyleChannels,
        Weights = StyleGuides.Weights(settings.Fidelity, style.IsPainting, follows),
    };

    private GuidedSynthesisOptions StillOptions() => Common() with
    {
        SearchVoteIterations = settings.Quality == QualityLevel.High ? 6 : 4,
        PatchMatchPasses = settings.Quality == QualityLevel.High ? 4 : 2,
        FineRadii = settings.Quality == QualityLevel.High ? 64 : 8,
    };

    private GuidedSynthesisOptions NextOptions() => Common() with
    {
        SearchVoteIterations = settings.Quality == QualityLevel.High ? 4 : 3,
        PatchMatchPasses = 2,
        FineRadii = settings.Quality == QualityLevel.High ? 64 : 8,
        Levels = 3,
    };

    private GuidedSynthesisOptions Common() => new()
    {
        PatchWidth = StyleReference.PatchWidth,
        Uniformity = 3500,
        MirrorsEdges = true,
        Seed = (uint)settings.Seed,
        Threads = Threads,
    };

    private static byte[] Key(LumaPlane plane, CancellationToken cancellation)
    {
        LumaPlane blurred = plane.Blurred(KeySigma, cancellation);
        byte[] key = new byte[blurred.Values.Length];
        for (int index = 0; index < key.Length; index++) key[index] = StyleGuides.Quantise(blurred.Values[index] * 255);
        return key;
    }
}
