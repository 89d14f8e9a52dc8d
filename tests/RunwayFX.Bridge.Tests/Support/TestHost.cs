using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

/// <summary>A host that makes up its frames: byte x of row y (from the top) of clip c at time t is a fixed function of all four.</summary>
internal sealed class TestHost(int width, int height) : IRenderHost
{
    public static PixelFormat Format { get; } = new(PixelDepth.Byte, PixelComponents.Rgba);

    public List<(int Clip, double Time)> Fetched { get; } = [];

    public List<double> ProgressSeen { get; } = [];

    public List<string> Lines { get; } = [];

    public byte[][]? Result { get; private set; }

    public Func<bool> Aborts { get; init; } = static () => false;

    public Func<int, double, bool> HasFrame { get; init; } = static (_, _) => true;

    public Action? OnFetch { get; init; }

    public Action<double>? OnProgress { get; init; }

    public static byte ByteAt(int clip, double time, int x, int y) => (byte)(x * 7 + y * 13 + clip * 101 + (int)(time * 16) * 29);

    public static RenderCall Call(int effect, double time = 0, double number = 0, string text = "x", int width = 33, int height = 17) =>
        new()
        {
            EffectWireId = effect,
            Texts = [text],
            Numbers = [number],
            Time = time,
            Output = new FrameDescription(-3, 5, width, height, Format, Premultiplication.Unpremultiplied),
            HasTemporalAccess = true,
            HostName = "test",
        };

    public bool IsAborted() => Aborts();

    public void Progress(double fraction)
    {
        ProgressSeen.Add(fraction);
        OnProgress?.Invoke(fraction);
    }

    public void Log(BridgeLogLevel level, string message) => Lines.Add(message);

    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        OnFetch?.Invoke();
        Fetched.Add((clip, time));
        if (!HasFrame(clip, time)) return false;
        SlotView view = sink.Begin(new FrameDescription(-3, 5, width, height, Format, Premultiplication.Unpremultiplied));
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = view.Row(y);
            for (int x = 0; x < row.Length; x++) row[x] = ByteAt(clip, time, x, y);
        }

        return true;
    }

    public void ReceiveResult(SlotView pixels)
    {
        Result = new byte[pixels.Height][];
        for (int y = 0; y < pixels.Height; y++) Result[y] = pixels.Row(y).ToArray();
    }

    /// <summary>Checks every byte of the result.</summary>
    public void AssertResult(Func<int, int, byte> expected)
    {
        Assert.That(Result, Is.Not.Null);
        Assert.That(Result, Has.Length.EqualTo(height));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width * Format.PixelBytes; x++)
            {
                if (Result![y][x] != expected(x, y)) Assert.Fail($"byte {x} of row {y} is {Result[y][x]}, expected {expected(x, y)}");
            }
        }
    }

    /// <summary>Renders with <see cref="TestEffects.Xor"/> and checks every byte.</summary>
    public static RenderOutcome RenderXor(EngineClient client, double time, byte mask, int width = 33, int height = 17)
    {
        var host = new TestHost(width, height);
        RenderOutcome outcome = client.Render(Call(TestEffects.Xor, time, mask, width: width, height: height), host);
        host.AssertResult((x, y) => (byte)(ByteAt(0, time, x, y) ^ mask));
        return outcome;
    }
}
