using System.Collections.Concurrent;

namespace RunwayFX.HostProgram;

/// <summary>The clip: frames of a file, else painted; as fine as is wanted.</summary>
internal sealed class Footage
{
    private readonly byte[]? _bytes;
    private readonly int _width, _height, _frames;

    public Footage(Settings settings)
    {
        (_width, _height) = (settings.Width, settings.Height);
        _bytes = settings.Footage.Length > 0 ? File.ReadAllBytes(settings.Footage) : null;
        _frames = _bytes is null ? int.MaxValue : _bytes.Length / (_width * _height * 4);
        if (_frames == 0) throw new InvalidDataException($"{settings.Footage} has {_bytes!.Length} bytes, less than a frame of {_width} x {_height}.");
    }

    /// <summary>Frames that there are.</summary>
    public int Frames => Math.Min(_frames, 100);

    /// <summary>Frames that were looked at.</summary>
    public ConcurrentDictionary<int, bool> Seen { get; } = new();

    /// <summary>A pixel, 1 being white; y from the top.</summary>
    /// <param name="frame">Of which frame.</param>
    /// <param name="x">Column.</param>
    /// <param name="y">Row.</param>
    /// <param name="bits">How fine: 8; 16, in steps of 1/32768; 32, then also below black and above white.</param>
    /// <param name="pixel">Red, green, blue, alpha go here.</param>
    public void Read(int frame, int x, int y, int bits, Span<float> pixel)
    {
        _ = Seen.TryAdd(frame, true);
        Span<byte> plain = [(byte)((x * 3 + frame * 7) % 200), (byte)((y * 5 + frame * 11) % 200), (byte)((x + y) % 200), 255];
        if (_bytes is not null)
        {
            int place = ((Math.Clamp(frame, 0, _frames - 1) * _height + Math.Min(y, _height - 1)) * _width + Math.Min(x, _width - 1)) * 4;
            plain = _bytes.AsSpan(place, 4);
        }

        for (int channel = 0; channel < 4; channel++)
        {
            bool isColour = channel < 3;
            pixel[channel] = (bits, isColour) switch
            {
                // All of it is exact in a float.
                (16, true) => (plain[channel] * 128 + (x * 5 + y * 3 + channel) % 128) / 32768f,
                (32, true) => plain[channel] / 255f * 1.25f - 0.0625f,
                _ => plain[channel] / 255f,
            };
        }
    }
}
