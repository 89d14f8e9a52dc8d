using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.Benchmarks;

/// <summary>The host of the bridge's bench: one picture in, one picture out, in memory of its own.</summary>
internal sealed unsafe class BenchHost : IRenderHost, IDisposable
{
    private readonly FrameDescription _description;
    private readonly RenderCall[] _calls;
    private readonly long _bytes;
    private readonly byte* _source;
    private readonly byte* _result;
    private bool _isTopDown;

    public BenchHost(int width, int height, PixelDepth depth)
    {
        var format = new PixelFormat(depth, PixelComponents.Rgba);
        _description = new FrameDescription(0, 0, width, height, format, Premultiplication.Opaque);
        _bytes = (long)width * height * format.PixelBytes;
        _source = (byte*)NativeMemory.AllocZeroed((nuint)_bytes);
        _result = (byte*)NativeMemory.AllocZeroed((nuint)_bytes);
        var random = new Random(20_261_122);
        random.NextBytes(Source);
        Result.Fill(1);
        _calls = [.. Enumerable.Range(0, BenchEngine.Count + 1).Select(
            effect => new RenderCall { EffectWireId = effect, Texts = [], Numbers = [0.5, 1, 2], Time = 0, Output = _description, HostName = "bench" })];
    }

    private Span<byte> Source => new(_source, (int)_bytes);

    private Span<byte> Result => new(_result, (int)_bytes);

    private long RowBytes => _bytes / _description.Height;

    /// <summary>The measure of all: the frame copied there and back by the runtime's own memcpy.</summary>
    public void CopyTwice()
    {
        Buffer.MemoryCopy(_source, _result, _bytes, _bytes);
        Buffer.MemoryCopy(_source, _result, _bytes, _bytes);
    }

    /// <summary>One render through the engine.</summary>
    public void Render(EngineClient client, int effect, bool isTopDown = false)
    {
        _isTopDown = isTopDown;
        if (client.Render(_calls[effect], this).IsAborted) throw new InvalidOperationException("the render was aborted");
    }

    /// <summary>One frame through an alternative.</summary>
    public void Through(IAlternative other) => other.RoundTrip(_source, _result, _bytes);

    /// <summary>What the engine counted so far.</summary>
    public BenchEngine.Counters ReadCounters(EngineClient client)
    {
        Render(client, BenchEngine.Count, isTopDown: true);
        return *(BenchEngine.Counters*)_result;
    }

    /// <summary>Checks that every byte comes back as it should.</summary>
    public void Verify(EngineClient client)
    {
        Result.Clear();
        Render(client, BenchEngine.Echo);
        if (!Source.SequenceEqual(Result)) throw new InvalidOperationException("the echo is not the source");
        Result.Clear();
        Render(client, BenchEngine.Touch);
        Span<uint> source = MemoryMarshal.Cast<byte, uint>(Source), result = MemoryMarshal.Cast<byte, uint>(Result);
        for (int index = 0; index < source.Length; index++)
        {
            if ((source[index] ^ BenchEngine.TouchMask) != result[index]) throw new InvalidOperationException($"word {index} was not touched");
        }
    }

    /// <summary>Checks an alternative likewise.</summary>
    public void Verify(IAlternative other)
    {
        Result.Clear();
        Through(other);
        if (!Source.SequenceEqual(Result)) throw new InvalidOperationException($"what came back through {other.Name} is not the source");
    }

    public bool IsAborted() => false;

    public void Progress(double fraction)
    {
    }

    public bool FetchFrame(int clip, double time, IFrameSink sink)
    {
        SlotView view = sink.Begin(_description);
        if (_isTopDown) view.CopyFromHost(_source + _bytes - RowBytes, -RowBytes);
        else view.CopyFromHost(_source, RowBytes);
        return true;
    }

    public void ReceiveResult(SlotView pixels)
    {
        if (_isTopDown) pixels.CopyToHost(_result + _bytes - RowBytes, -RowBytes);
        else pixels.CopyToHost(_result, RowBytes);
    }

    public void Log(BridgeLogLevel level, string message)
    {
    }

    public void Dispose()
    {
        NativeMemory.Free(_source);
        NativeMemory.Free(_result);
    }
}
