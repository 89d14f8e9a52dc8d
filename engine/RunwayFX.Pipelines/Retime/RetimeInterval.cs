using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Pipelines.Retime;

/// <summary>Two neighbouring source frames and what lies between them; made once for all moments in between.</summary>
/// <remarks>Thread-safe. Works on premultiplied colour where alpha says anything.</remarks>
internal sealed class RetimeInterval
{
    private readonly Frame _first;
    private readonly Frame _second;
    private readonly bool _isPremultipliedHere;
    private readonly MotionInterpolator? _motion;
    private readonly double _unmatchedShare;

    private RetimeInterval(Frame first, Frame second, bool isPremultipliedHere, double unmatchedShare, MotionInterpolator? motion)
    {
        (_first, _second, _isPremultipliedHere, _unmatchedShare, _motion) = (first, second, isPremultipliedHere, unmatchedShare, motion);
    }

    /// <summary>Bytes held.</summary>
    public long Bytes => sizeof(float) * 2L * _first.Pixels.Length + (_motion?.Bytes ?? 0);

    /// <summary>Identity of what <see cref="Create"/> would make.</summary>
    public static UInt128 KeyOf(HostFrame first, HostFrame second, RetimeSettings settings)
    {
        XxHash128 hash = new();
        Span<byte> head = stackalloc byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(head, first.Picture.Width);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], first.Picture.Height);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], first.Premultiplied ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], (int)settings.Method);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], (int)settings.Quality);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], (int)settings.Encoding);
        // A cut needs no motion; whether there is one depends on the threshold.
        BinaryPrimitives.WriteDoubleLittleEndian(head[24..], settings.CutThreshold);
        hash.Append(head);
        hash.Append(MemoryMarshal.AsBytes(first.Picture.Pixels.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(second.Picture.Pixels.AsSpan()));
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Looks at the frames: one shot or two, and how things move.</summary>
    public static RetimeInterval Create(
        HostFrame first, HostFrame second, RetimeSettings settings, PerceptualGuide guide, int threads, IProgress<double> progress,
        CancellationToken cancellation)
    {
        bool hasAlpha = HasAlpha(first.Picture) || HasAlpha(second.Picture), multiplies = hasAlpha && !first.Premultiplied;
        Frame before = multiplies ? Premultiplication.Premultiply(first.Picture) : first.Picture;
        Frame after = multiplies ? Premultiplication.Premultiply(second.Picture) : second.Picture;
        if (settings.Method == RetimeMethod.Blend && settings.CutThreshold >= 1) return new RetimeInterval(before, after, multiplies, 0, null);

        FlowPicture beforeLight = LightOf(first, hasAlpha, guide, cancellation), afterLight = LightOf(second, hasAlpha, guide, cancellation);
        double unmatched = settings.CutThreshold < 1 ? SceneCut.UnmatchedShare(beforeLight, afterLight, threads, cancellation) : 0;
        if (settings.Method == RetimeMethod.Blend || unmatched > settings.CutThreshold) return new RetimeInterval(before, after, multiplies, unmatched, null);
        FlowOptions options = new() { Quality = settings.Quality, Threads = threads };
        MotionInterpolator motion = MotionInterpolator.Create(before, after, beforeLight, afterLight, options, progress, cancellation);
        return new RetimeInterval(before, after, multiplies, unmatched, motion);
    }

    /// <summary>Whether a cut lies between the frames.</summary>
    public bool IsCut(double threshold) => threshold < 1 && _unmatchedShare > threshold;

    /// <summary>The picture at a moment, in the source's alpha state.</summary>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <param name="threads">Threads that may work.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Frame Render(double fraction, int threads, CancellationToken cancellation)
    {
        Frame result = _motion?.Render(fraction, threads, cancellation) ?? Blend(_first, _second, (float)fraction);
        return _isPremultipliedHere ? Premultiplication.Unpremultiply(result) : result;
    }

    /// <summary>first + (second − first) × share, written so that equal values keep their bits.</summary>
    private static Frame Blend(Frame first, Frame second, float share)
    {
        Frame result = first.Clone();
        float[] to = result.Pixels, other = second.Pixels;
        for (int i = 0; i < to.Length; i++)
        {
            if (to[i] != other[i]) to[i] = to[i] * (1 - share) + other[i] * share;
        }

        return result;
    }

    private static bool HasAlpha(Frame picture)
    {
        float[] pixels = picture.Pixels;
        for (int i = 3; i < pixels.Length; i += Frame.Channels)
        {
            if (pixels[i] != 1) return true;
        }

        return false;
    }

    private static FlowPicture LightOf(HostFrame frame, bool hasAlpha, PerceptualGuide guide, CancellationToken cancellation)
    {
        Frame display = guide.Convert(frame.Premultiplied && hasAlpha ? Premultiplication.Unpremultiply(frame.Picture) : frame.Picture, cancellation);
        // What cannot be seen does not move anything.
        return FlowPicture.FromDisplay(hasAlpha ? Premultiplication.Premultiply(display) : display, cancellation);
    }
}
