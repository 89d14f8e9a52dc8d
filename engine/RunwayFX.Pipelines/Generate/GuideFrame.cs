using RunwayFX.Imaging;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Pipelines.Generate;

/// <summary>One frame of a clip as matching sees it, at the size on which the arrangement is decided and at the one to which it is lifted.</summary>
/// <param name="Hash">Identity of the host's frame.</param>
/// <param name="Work">Small guide, one frame.</param>
/// <param name="Lift">Larger guide, one frame.</param>
internal sealed record GuideFrame(UInt128 Hash, SpaceTimeVolume Work, SpaceTimeVolume Lift)
{
    /// <summary>Memory it holds.</summary>
    public long Bytes => (Work.Voxels + (long)Lift.Voxels) * SpaceTimeVolume.Channels;

    /// <summary>Makes the guides of a host frame.</summary>
    public static GuideFrame Create(UInt128 hash, HostFrame frame, GenerateSettings settings, PerceptualGuide guide, CancellationToken cancellation)
    {
        Frame display = guide.Convert(frame.Premultiplied ? Premultiplication.Unpremultiply(frame.Picture) : frame.Picture, cancellation);
        (int liftWidth, int liftHeight) = settings.LiftSize;
        Frame large = Shrunk(display, liftWidth, liftHeight, cancellation);
        return new GuideFrame(hash, Volume(Shrunk(large, settings.WorkSize.Width, settings.WorkSize.Height, cancellation)), Volume(large));
    }

    /// <summary>Frames, one after the other.</summary>
    public static SpaceTimeVolume Join(IReadOnlyList<SpaceTimeVolume> frames)
    {
        SpaceTimeVolume result = new(frames[0].Width, frames[0].Height, frames.Count);
        for (int index = 0; index < frames.Count; index++) frames[index].Frame(0).CopyTo(result.Frame(index));
        return result;
    }

    /// <summary>A small guide of any display-like picture, of the result's shape.</summary>
    public static SpaceTimeVolume Small(Frame display, GenerateSettings settings, CancellationToken cancellation) =>
        Volume(Resampling.Resize(Finite(display), settings.ResultWorkSize.Width, settings.ResultWorkSize.Height, ResamplingFilter.Bilinear, cancellation));

    private static SpaceTimeVolume Volume(Frame picture)
    {
        SpaceTimeVolume volume = new(picture.Width, picture.Height, 1);
        volume.Load(0, picture);
        return volume;
    }

    private static Frame Shrunk(Frame picture, int width, int height, CancellationToken cancellation) => picture.Width == width && picture.Height == height
        ? picture
        : Resampling.Resize(picture, width, height, ResamplingFilter.Area, cancellation);

    private static Frame Finite(Frame picture)
    {
        Frame clean = picture.Clone();
        float[] pixels = clean.Pixels;
        for (int i = 0; i < pixels.Length; i++) pixels[i] = pixels[i] > 0 ? Math.Min(pixels[i], 1) : 0;
        return clean;
    }
}
