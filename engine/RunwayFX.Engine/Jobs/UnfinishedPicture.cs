using RunwayFX.Bridge;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Jobs;

/// <summary>The picture that a job is at work on, small, for whoever asks. Thread-safe.</summary>
internal sealed class UnfinishedPicture : IUnfinishedPicture
{
    private const int Colours = 3;

    private volatile bool _isWanted;
    private volatile Shown? _current;

    /// <inheritdoc/>
    public bool IsWanted => _isWanted;

    /// <summary>Whether one was shown.</summary>
    public bool HasPicture => _current is not null;

    /// <summary>Somebody looks from now on.</summary>
    public void Want() => _isWanted = true;

    /// <inheritdoc/>
    public void Show(Frame picture, int step)
    {
        double scale = Math.Min(1, PreviewReply.SideMax / (double)Math.Max(picture.Width, picture.Height));
        Frame small = scale < 1
            ? Resampling.Resize(picture, SideOf(picture.Width), SideOf(picture.Height), ResamplingFilter.Area)
            : picture;
        byte[] pixels = new byte[small.Width * small.Height * Colours];
        for (int pixel = 0; pixel < small.Width * small.Height; pixel++)
        {
            for (int colour = 0; colour < Colours; colour++)
            {
                float value = small.Pixels[pixel * Frame.Channels + colour];
                pixels[pixel * Colours + colour] = value > 0 ? (byte)(Math.Min(value, 1) * 255 + 0.5f) : (byte)0;
            }
        }

        _current = new Shown(Math.Clamp(step, 1, PreviewReply.StepsMax), small.Width, small.Height, pixels);

        int SideOf(int length) => Math.Clamp((int)Math.Round(length * scale), 1, PreviewReply.SideMax);
    }

    /// <summary>What a client is told.</summary>
    public PreviewReply Reply(JobReference job)
    {
        Shown? shown = _current;
        return new PreviewReply
        {
            Connection = job.Connection, Job = job.Job, Step = shown?.Step ?? 0, Width = shown?.Width ?? 0, Height = shown?.Height ?? 0, Pixels = shown?.Pixels ?? [],
        };
    }

    private sealed record Shown(int Step, int Width, int Height, byte[] Pixels);
}
