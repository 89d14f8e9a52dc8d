using System.IO.Hashing;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.ManyHosts;

/// <summary>One of the renders of the trial: its picture, its settings and, where it is known beforehand, its result.</summary>
/// <param name="Number">Index in <see cref="All"/>.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Depth">Of source and result.</param>
/// <param name="Fills">Whether bars are filled, which computes; otherwise the source itself is the result, which moves pixels alone.</param>
/// <param name="Time">Time in frames.</param>
internal sealed record SoakJob(int Number, int Width, int Height, PixelDepth Depth, bool Fills, double Time)
{
    private const int Times = 3;

    /// <summary>Every render of the trial, small and large, cheap and dear.</summary>
    public static IReadOnlyList<SoakJob> All { get; } = Create();

    /// <summary>A picture of each kind, in bytes.</summary>
    public static long BytesOfAllKinds => All.Sum(job => (long)job.Width * job.Height * job.Format.PixelBytes) / Times;

    private PixelFormat Format => new(Depth, PixelComponents.Rgba);

    private int RowBytes => Width * Format.PixelBytes;

    /// <summary>What the picture is.</summary>
    public FrameDescription Description => new(-3, 5, Width, Height, Format, Premultiplication.Unpremultiplied);

    /// <summary>The call.</summary>
    public RenderCall Call(bool isInteractive)
    {
        EffectDefinition effect = EffectCatalog.Extend;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.IsText ? 0 : parameter.Default)];
        numbers[effect.IndexOf("canvas")] = Fills ? 2 : 1;
        numbers[effect.IndexOf("targetAspect")] = 0; // As source.
        numbers[effect.IndexOf("pictureAspect")] = 3; // 1:1.
        numbers[effect.IndexOf("quality")] = (int)QualityLevel.Draft;
        return new RenderCall
        {
            EffectWireId = effect.WireId,
            Texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)],
            Numbers = numbers,
            Time = Time,
            Output = Description,
            IsInteractive = isInteractive,
            HostName = "many hosts",
        };
    }

    /// <summary>Writes the source: a texture, between black bars where they are to be filled.</summary>
    public void Paint(SlotView view)
    {
        int left = Fills ? (Width - Height) / 2 : 0, right = Width - left;
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = view.Row(y);
            for (int x = 0; x < Width; x++)
            {
                for (int channel = 0; channel < 4; channel++)
                {
                    int value = channel == 3 ? 255 : x < left || x >= right ? 0 : 20 + ((x * x * 3 + y * 17 + x * y + channel * 40 + (int)Time * 31 + Number) & 127);
                    Put(row, 4 * x + channel, value);
                }
            }
        }
    }

    /// <summary>A checksum of a picture.</summary>
    public ulong Checksum(SlotView view)
    {
        XxHash64 hash = new();
        for (int y = 0; y < Height; y++) hash.Append(view.Row(y)[..RowBytes]);
        return hash.GetCurrentHashAsUInt64();
    }

    private void Put(Span<byte> row, int index, int value)
    {
        switch (Depth)
        {
            case PixelDepth.Byte: row[index] = (byte)value; break;
            case PixelDepth.Short: BitConverter.TryWriteBytes(row[(2 * index)..], (ushort)(257 * value)); break;
            case PixelDepth.Half: BitConverter.TryWriteBytes(row[(2 * index)..], (Half)(value / 255f)); break;
            default: BitConverter.TryWriteBytes(row[(4 * index)..], value / 255f); break;
        }
    }

    private static List<SoakJob> Create()
    {
        (int Width, int Height, PixelDepth Depth, bool Fills)[] kinds =
        [
            (48, 32, PixelDepth.Byte, true), (64, 48, PixelDepth.Half, true), (96, 64, PixelDepth.Float, true), (160, 90, PixelDepth.Short, true),
            (16, 16, PixelDepth.Byte, false), (333, 77, PixelDepth.Half, false), (640, 360, PixelDepth.Short, false), (1280, 720, PixelDepth.Float, false),
            (1920, 1080, PixelDepth.Byte, false),
        ];
        List<SoakJob> jobs = [];
        foreach ((int width, int height, PixelDepth depth, bool fills) in kinds)
        {
            for (int time = 0; time < Times; time++) jobs.Add(new SoakJob(jobs.Count, width, height, depth, fills, time - 1));
        }

        return jobs;
    }
}

/// <summary>The host of one render.</summary>
internal sealed class SoakFrames(SoakJob job, long abortAfterMs) : IRenderHost
{
    private readonly long _began = Environment.TickCount64;

    /// <summary>Checksum of the result; 0 before it came.</summary>
    public ulong Result { get; private set; }

    /// <summary>Checksum of the source.</summary>
    public ulong Source { get; private set; }

    public bool IsAborted() => abortAfterMs >= 0 && Environment.TickCount64 - _began >= abortAfterMs;

    public void Progress(double fraction)
    {
    }

    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        if (clip != 0 || !time.Equals(job.Time)) return false;
        SlotView view = sink.Begin(job.Description);
        job.Paint(view);
        Source = job.Checksum(view);
        return true;
    }

    public void ReceiveResult(SlotView pixels) => Result = job.Checksum(pixels);

    public void Log(BridgeLogLevel level, string message)
    {
    }
}
