using System.Diagnostics.CodeAnalysis;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines;

namespace RunwayFX.Benchmarks;

/// <summary>A clip that is made longer: frames as a host gives them.</summary>
internal sealed class TimeExtensionClip(string name, double frameRate, IReadOnlyList<Frame> frames) : IHostFrames
{
    /// <summary>Where Debian's opencv-doc package puts its pictures and clips.</summary>
    public const string Folder = "/usr/share/doc/opencv-doc/examples/data";

    private const int PedestrianFrames = 250;
    private const int PanFrames = 125;
    private const int PanWidth = 640;
    private const int PanHeight = 360;
    private const double PanSpeed = 1.5;
    private const int StrideFrames = 24;

    /// <summary>Part of the rows' names.</summary>
    public string Name { get; } = name;

    /// <summary>Frames per second.</summary>
    public double FrameRate { get; } = frameRate;

    /// <summary>All frames.</summary>
    public IReadOnlyList<Frame> Frames { get; } = frames;

    /// <inheritdoc/>
    public bool HasTemporalAccess => true;

    /// <summary>The first 25 s of pedestrians before a camera that stands still; null where the package is absent.</summary>
    public static TimeExtensionClip? Pedestrians()
    {
        string path = Path.Combine(Folder, "vtest.avi");
        if (!File.Exists(path)) return null;
        using FrameReader reader = FrameReader.Open(path);
        List<Frame> frames = [];
        for (int index = 0; index < PedestrianFrames; index++) frames.Add(reader.Read(index));
        return new("pedestrians", reader.Info.FrameRate.Value, frames);
    }

    /// <summary>A pan over a photograph of a building, two figures walking before it; null where the package is absent.</summary>
    public static TimeExtensionClip? Pan()
    {
        string path = Path.Combine(Folder, "building.jpg");
        if (!File.Exists(path)) return null;
        Frame still = StillReader.Read(path);
        List<Frame> frames = [];
        for (int index = 0; index < PanFrames; index++)
        {
            Frame frame = new(PanWidth, PanHeight);
            double left = 10 + PanSpeed * index;
            int top = still.Height - PanHeight - 60;
            for (int y = 0; y < PanHeight; y++)
            {
                for (int x = 0; x < PanWidth; x++) Sample(still, left + x, top + y, frame.Row(y).Slice(x * Frame.Channels, Frame.Channels));
            }

            Walk(frame, 420 + 2.5 * index - left, PanHeight - 40, index, (0.7f, 0.15f, 0.1f));
            Walk(frame, 640 - 1.2 * index - left + 60, PanHeight - 70, index + 9, (0.1f, 0.2f, 0.55f));
            frames.Add(frame);
        }

        return new("pan", 25, frames);
    }

    /// <inheritdoc/>
    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        int index = (int)Math.Floor(time + 0.5);
        frame = clip == 0 && index >= 0 && index < Frames.Count ? new HostFrame(Frames[index], new PixelWindow(0, 0, Frames[index].Width, Frames[index].Height), false)
            : null;
        return frame is not null;
    }

    /// <summary>Linear between pixels.</summary>
    private static void Sample(Frame picture, double x, double y, Span<float> to)
    {
        int left = (int)x, top = (int)y;
        float part = (float)(x - left);
        ReadOnlySpan<float> row = picture.Row(Math.Clamp(top, 0, picture.Height - 1));
        int a = Math.Clamp(left, 0, picture.Width - 1) * Frame.Channels, b = Math.Clamp(left + 1, 0, picture.Width - 1) * Frame.Channels;
        for (int channel = 0; channel < Frame.Channels; channel++) to[channel] = row[a + channel] * (1 - part) + row[b + channel] * part;
    }

    /// <summary>A figure of a head, a body and two legs that swing.</summary>
    private static void Walk(Frame frame, double x, int foot, int index, (float Red, float Green, float Blue) coat)
    {
        double swing = Math.Sin(2 * Math.PI * index / StrideFrames);
        Leg(frame, x, foot, swing * 14, (0.12f, 0.12f, 0.15f));
        Leg(frame, x, foot, -swing * 14, (0.2f, 0.2f, 0.24f));
        Disc(frame, x, foot - 66, 13, 26, coat);
        Disc(frame, x, foot - 100, 8, 10, (0.8f, 0.6f, 0.5f));
    }

    private static void Leg(Frame frame, double x, int foot, double lean, (float Red, float Green, float Blue) colour)
    {
        for (int part = 0; part <= 12; part++) Disc(frame, x + lean * part / 12, foot - 46 + part * 46 / 12.0, 5, 5, colour);
    }

    private static void Disc(Frame frame, double x, double y, double radiusX, double radiusY, (float Red, float Green, float Blue) colour)
    {
        for (int row = (int)(y - radiusY) - 1; row <= y + radiusY + 1; row++)
        {
            for (int column = (int)(x - radiusX) - 1; column <= x + radiusX + 1; column++)
            {
                if ((uint)row >= (uint)frame.Height || (uint)column >= (uint)frame.Width) continue;
                double distance = Math.Sqrt((column - x) * (column - x) / (radiusX * radiusX) + (row - y) * (row - y) / (radiusY * radiusY));
                float part = (float)Math.Clamp((1 - distance) * Math.Min(radiusX, radiusY) + 0.5, 0, 1);
                Span<float> pixel = frame.Row(row).Slice(column * Frame.Channels, Frame.Channels);
                pixel[0] += (colour.Red - pixel[0]) * part;
                pixel[1] += (colour.Green - pixel[1]) * part;
                pixel[2] += (colour.Blue - pixel[2]) * part;
            }
        }
    }
}
