using RunwayFX.Bridge;

namespace RunwayFX.Engine.Tests;

/// <summary>A host whose clips are byte arrays: tightly packed rows, top-down.</summary>
internal sealed class FakeHost : IRenderHost
{
    private int _fetches;

    /// <summary>Gives a clip's picture at a time; null where there is none.</summary>
    public required Func<int, double, (FrameDescription Description, byte[] Pixels)?> Picture { get; init; }

    public Func<bool> Aborts { get; init; } = () => false;

    public byte[] Result { get; private set; } = [];

    public int Fetches => _fetches;

    public List<double> Fractions { get; } = [];

    public bool IsAborted() => Aborts();

    public void Progress(double fraction) => Fractions.Add(fraction);

    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        Interlocked.Increment(ref _fetches);
        if (Picture(clip, time) is not { } picture) return false;
        SlotView slot = sink.Begin(picture.Description);
        for (int y = 0; y < slot.Height; y++) picture.Pixels.AsSpan(y * slot.PixelRowBytes, slot.PixelRowBytes).CopyTo(slot.Row(y));
        return true;
    }

    public void ReceiveResult(SlotView pixels)
    {
        byte[] result = new byte[pixels.Height * pixels.PixelRowBytes];
        for (int y = 0; y < pixels.Height; y++) pixels.Row(y).CopyTo(result.AsSpan(y * pixels.PixelRowBytes));
        Result = result;
    }

    public void Log(BridgeLogLevel level, string message)
    {
    }
}
