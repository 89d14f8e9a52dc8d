using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Continuation;

/// <summary>A stretch of a clip, small and in 8 bits, on which continuations are planned.</summary>
/// <remarks>Frames are ordered towards the join: the last one is the good frame next to the frames to be made up, whether those lie after it or, with time
/// turned round, before it. Shape of a frame (H, W, 3), display-like values. At most <see cref="FramesMax"/> × <see cref="SideMax"/>² × 3 bytes.</remarks>
public sealed class ReducedClip
{
    /// <summary>Most frames looked at.</summary>
    public const int FramesMax = 250;

    /// <summary>Longest side of a frame, in pixels.</summary>
    public const int SideMax = 384;

    /// <summary>Values of a pixel.</summary>
    public const int Channels = 3;

    private readonly List<byte[]> _frames = [];

    /// <summary>An empty clip whose frames are as large as pictures of a size become when they are reduced.</summary>
    public ReducedClip(int pictureWidth, int pictureHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pictureWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pictureHeight, 1);
        double scale = Math.Min(1, (double)SideMax / Math.Max(pictureWidth, pictureHeight));
        Width = Math.Max(1, (int)Math.Round(pictureWidth * scale));
        Height = Math.Max(1, (int)Math.Round(pictureHeight * scale));
        PictureWidth = pictureWidth;
        PictureHeight = pictureHeight;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns of the pictures at full size.</summary>
    public int PictureWidth { get; }

    /// <summary>Rows of the pictures at full size.</summary>
    public int PictureHeight { get; }

    /// <summary>Frames added.</summary>
    public int Count => _frames.Count;

    /// <summary>Pixels at full size per pixel here, in x.</summary>
    public double ScaleX => (double)PictureWidth / Width;

    /// <summary>Pixels at full size per pixel here, in y.</summary>
    public double ScaleY => (double)PictureHeight / Height;

    /// <summary>A frame by its index; not to be changed.</summary>
    public byte[] this[int index] => _frames[index];

    /// <summary>Adds the next frame.</summary>
    /// <param name="display">The picture at full size in display-like values (<see cref="PerceptualGuide"/>).</param>
    /// <param name="cancellation">Asked now and then.</param>
    /// <exception cref="ArgumentException">The picture has another size than the clip.</exception>
    /// <exception cref="InvalidOperationException">The clip is full.</exception>
    public void Add(Frame display, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(display);
        if (display.Width != PictureWidth || display.Height != PictureHeight)
            throw new ArgumentException($"a frame of {display.Width}×{display.Height} is not of a clip of {PictureWidth}×{PictureHeight}", nameof(display));
        AddReduced(Resampling.Resize(display, Width, Height, ResamplingFilter.Area, cancellation));
    }

    /// <summary>Adds the next frame, reduced already.</summary>
    /// <exception cref="ArgumentException">The picture has another size than the clip's frames.</exception>
    /// <exception cref="InvalidOperationException">The clip is full.</exception>
    public void AddReduced(Frame small)
    {
        ArgumentNullException.ThrowIfNull(small);
        if (small.Width != Width || small.Height != Height)
            throw new ArgumentException($"a reduced frame of {small.Width}×{small.Height} is not of a clip of {Width}×{Height}", nameof(small));
        if (Count == FramesMax) throw new InvalidOperationException($"a clip of {Count} frames is at the limit of {FramesMax}");
        byte[] bytes = new byte[Width * Height * Channels];
        for (int pixel = 0; pixel < Width * Height; pixel++)
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                float value = small.Pixels[pixel * Frame.Channels + channel];
                bytes[pixel * Channels + channel] = (byte)(Math.Clamp(float.IsNaN(value) ? 0 : value, 0, 1) * 255 + 0.5f);
            }
        }

        _frames.Add(bytes);
    }

    /// <summary>Rec.709 luma of a frame, 0..1, shape (H, W).</summary>
    public float[] Lightness(int index)
    {
        byte[] frame = this[index];
        float[] luma = new float[Width * Height];
        for (int pixel = 0, at = 0; pixel < luma.Length; pixel++, at += Channels)
            luma[pixel] = Rec709Luma.Of(frame[at], frame[at + 1], frame[at + 2]) / 255;
        return luma;
    }
}
