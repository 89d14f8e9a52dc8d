namespace RunwayFX.HostProgram;

/// <summary>The clip: frames of a file, else painted.</summary>
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

    /// <summary>The same for hosts with layers: only the input has a picture.</summary>
    public void PaintLayer(int layer, int frame, int x, int y, Span<float> pixel)
    {
        if (layer == 0) Read(frame, x, y, pixel);
        else pixel.Clear();
    }

    /// <summary>A pixel, 1 being white; y from the top.</summary>
    public void Read(int frame, int x, int y, Span<float> pixel)
    {
        if (_bytes is null)
        {
            (pixel[0], pixel[1], pixel[2], pixel[3]) = ((x * 3 + frame * 7) % 200 / 255f, (y * 5 + frame * 11) % 200 / 255f, (x + y) % 200 / 255f, 1);
            return;
        }

        int place = ((Math.Clamp(frame, 0, _frames - 1) * _height + Math.Min(y, _height - 1)) * _width + Math.Min(x, _width - 1)) * 4;
        for (int channel = 0; channel < 4; channel++) pixel[channel] = _bytes[place + channel] / 255f;
    }
}
