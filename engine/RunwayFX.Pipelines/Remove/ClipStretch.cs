using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Remove;

/// <summary>One frame of a stretch, small, with what is to be removed from it.</summary>
/// <param name="Time">Its time.</param>
/// <param name="Hash">Content of the frame and its hole.</param>
/// <param name="Lightness">Lightness of the reduced frame, 0..1.</param>
/// <param name="Skipped">Places of the reduced frame that the hole touches.</param>
/// <param name="Hole">The hole at full size.</param>
/// <param name="Picture">The frame itself where the stretch has room for it, else null.</param>
internal sealed record StretchFrame(double Time, UInt128 Hash, float[] Lightness, bool[] Skipped, bool[] Hole, Frame? Picture)
{
    /// <summary>Content of a frame and of the mask that says what goes.</summary>
    public static UInt128 HashOf(Frame picture, RemovalMask mask)
    {
        XxHash128 hash = new();
        hash.Append(MemoryMarshal.AsBytes(picture.Pixels.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(mask.Weights));
        return hash.GetCurrentHashAsUInt128();
    }
}

/// <summary>The frames around a block of time, as far as the host has them: what the background of the block is made from.</summary>
/// <remarks>Frames of another size or place than the block's, and frames without a mask where there is a mask clip, are left out. Holds the frames themselves
/// up to <see cref="PictureBytesMax"/>; beyond that they are fetched again.</remarks>
internal sealed class ClipStretch
{
    /// <summary>Most bytes of frames held while a block is worked on.</summary>
    public const long PictureBytesMax = 640L << 20;

    /// <summary>Longer side of reduced frames, about.</summary>
    private const int ReducedSide = 480;

    private readonly RemoveRequest _request;

    private ClipStretch(RemoveRequest request, int factor, List<StretchFrame> frames)
    {
        (_request, Factor, Frames) = (request, factor, frames);
    }

    /// <summary>Pixels per side that become one in reduced frames.</summary>
    public int Factor { get; }

    /// <summary>The frames in order of time.</summary>
    public IReadOnlyList<StretchFrame> Frames { get; }

    /// <summary>Columns of reduced frames.</summary>
    public int Width => Math.Max(1, _request.Source.Picture.Width / Factor);

    /// <summary>Rows of reduced frames.</summary>
    public int Height => Math.Max(1, _request.Source.Picture.Height / Factor);

    /// <summary>Pixels per side of a frame of a size that become one in reduced frames.</summary>
    public static int FactorFor(int width, int height) => Math.Max(1, (int)Math.Round(Math.Max(width, height) / (double)ReducedSide));

    /// <summary>Looks at all frames of a stretch of time.</summary>
    public static ClipStretch Read(RemoveRequest request, double first, double last)
    {
        Frame picture = request.Source.Picture;
        int factor = FactorFor(picture.Width, picture.Height);
        ClipStretch stretch = new(request, factor, []);
        List<StretchFrame> frames = (List<StretchFrame>)stretch.Frames;
        long room = PictureBytesMax;
        for (double time = first; time <= last; time++)
        {
            request.Cancellation.ThrowIfCancellationRequested();
            if (!TryFetch(request, time, out Frame? frame, out RemovalMask? mask)) continue;
            bool[] hole = mask.ToHoles();
            (float[] lightness, bool[] skipped) = stretch.Reduce(frame, hole);
            room -= frame.Pixels.Length * (long)sizeof(float);
            frames.Add(new(time, StretchFrame.HashOf(frame, mask), lightness, skipped, hole, room >= 0 ? frame : null));
            request.Progress.Report(0.4 * (time - first) / Math.Max(1, last - first));
        }

        return stretch;
    }

    /// <summary>A frame and its mask; false where the host lacks one of them or they do not fit.</summary>
    public static bool TryFetch(RemoveRequest request, double time, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Frame? picture,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RemovalMask? mask)
    {
        (picture, mask) = (null, null);
        if (time == request.Time)
        {
            (picture, mask) = (request.Source.Picture, request.Mask);
            return true;
        }

        if (!request.Frames.TryFetch(0, time, out HostFrame? source) || source.Window != request.Source.Window || source.Premultiplied != request.Source.Premultiplied) return false;
        HostFrame? maskFrame = null;
        if (request.Settings.MaskFromClip && !request.Frames.TryFetch(1, time, out maskFrame)) return false;
        (picture, mask) = (source.Picture, RemovalMask.Create(source, maskFrame, request.Settings, request.Cancellation));
        return true;
    }

    /// <summary>The frame itself; null where the host has it no more.</summary>
    public Frame? Picture(StretchFrame frame) => frame.Picture ?? (TryFetch(_request, frame.Time, out Frame? picture, out _) ? picture : null);

    private (float[] Lightness, bool[] Skipped) Reduce(Frame picture, bool[] hole)
    {
        int width = Width, height = Height, factor = Math.Min(Factor, Math.Min(picture.Width, picture.Height));
        float[] lightness = new float[width * height];
        bool[] skipped = new bool[lightness.Length];
        PerceptualGuide guide = new(_request.Settings.Encoding);
        Parallel.For(0, height, new ParallelOptions { CancellationToken = _request.Cancellation }, y =>
        {
            for (int x = 0; x < width; x++)
            {
                float red = 0, green = 0, blue = 0;
                for (int v = y * factor; v < (y + 1) * factor; v++)
                {
                    for (int u = x * factor; u < (x + 1) * factor; u++)
                    {
                        int p = v * picture.Width + u;
                        skipped[y * width + x] |= hole[p];
                        (float r, float g, float b) = guide.Convert(picture.Pixels[4 * p], picture.Pixels[4 * p + 1], picture.Pixels[4 * p + 2]);
                        (red, green, blue) = (red + r, green + g, blue + b);
                    }
                }

                lightness[y * width + x] = Rec709Luma.Of(red, green, blue) / (factor * factor);
            }
        });
        return (lightness, skipped);
    }
}
