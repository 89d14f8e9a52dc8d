using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Turns raw frames of one pixel layout into float RGBA and back, without loss for pixels that nobody touched.</summary>
/// <remarks>Integer codes become code ÷ largest code (RGB, full-range grey, alpha) or follow <see cref="YuvRules"/>. On the way back values round to
/// the nearest code and clamp to the codes that exist; NaN becomes the lowest. Holds row buffers: one thread at a time, rows in parallel
/// inside.</remarks>
internal sealed class FrameConverter
{
    private const int StripRows = 16;

    private readonly PixelLayout _layout;
    private readonly int _width;
    private readonly int _height;
    private readonly long[] _planeStart;
    private readonly int[] _componentPlane = [-1, -1, -1, -1];
    private readonly bool _fullRange;
    private readonly float _lumaZero;
    private readonly float _lumaScale;
    private readonly float _chromaZero;
    private readonly float _chromaScale;
    private readonly double _kr;
    private readonly double _kb;
    private readonly bool _byField;
    private readonly ChromaAxis? _axisX;
    private readonly ChromaAxis[] _axisY = [];

    /// <summary>Prepares the conversion for one frame size.</summary>
    public FrameConverter(PixelLayout layout, YuvRules rules, int width, int height)
    {
        _layout = layout;
        _width = width;
        _height = height;
        FrameBytes = checked((int)layout.FrameBytes(width, height));
        _planeStart = new long[layout.Components];
        long start = 0;
        for (int i = 0; i < layout.Components; i++)
        {
            if (layout.Order[i] >= 0) _componentPlane[layout.Order[i]] = i;
            _planeStart[i] = start;
            (int w, int h) = layout.PlaneSize(i, width, height);
            if (layout.IsPlanar) start += (long)w * h * layout.SampleBytes;
        }

        _fullRange = rules.IsFullRange || layout.IsFloat;
        (_kr, _kb) = (rules.Kr, rules.Kb);
        float unit = layout.IsFloat ? 1 : 1 << (Math.Min(layout.Depth, 16) - 8);
        _lumaZero = _fullRange ? 0 : 16 * unit;
        _lumaScale = _fullRange ? (layout.IsFloat ? 1 : layout.CodeMax) : 219 * unit;
        _chromaZero = layout.IsFloat ? 0.5f : 128 * unit;
        _chromaScale = _fullRange ? (layout.IsFloat ? 1 : layout.CodeMax) : 224 * unit;
        if (layout.Model != PixelModel.Yuv) return;
        (int chromaWidth, int chromaHeight) = layout.PlaneSize(1, width, height);
        _axisX = new ChromaAxis(width, chromaWidth, layout.ChromaX, rules.Horizontal);
        _byField = rules.IsInterlaced && layout.ChromaY == 2 && height % 4 == 0;
        _axisY = _byField
            ? [new ChromaAxis(height / 2, chromaHeight / 2, layout.ChromaY, rules.Vertical)]
            : [new ChromaAxis(height, chromaHeight, layout.ChromaY, rules.Vertical)];
    }

    /// <summary>Bytes of a raw frame.</summary>
    public int FrameBytes { get; }

    /// <summary>Raw frame to RGBA; every pixel of <paramref name="frame"/> is overwritten.</summary>
    public void Decode(byte[] raw, Frame frame)
    {
        CheckSizes(raw, frame);
        ForStrips(_height, (first, last) =>
        {
            var work = new RowWork(_width);
            for (int y = first; y < last; y++)
            {
                if (_layout.Model == PixelModel.Yuv) DecodeYuvRow(raw, y, frame.Row(y), work);
                else DecodeDirectRow(raw, y, frame.Row(y), work);
            }
        });
    }

    /// <summary>RGBA to a raw frame; every byte of <paramref name="raw"/> is overwritten.</summary>
    public void Encode(Frame frame, byte[] raw)
    {
        CheckSizes(raw, frame);
        if (_layout.Model == PixelModel.Yuv) EncodeYuv(frame, raw);
        else ForStrips(_height, (first, last) =>
        {
            var work = new RowWork(_width);
            for (int y = first; y < last; y++) EncodeDirectRow(frame.Row(y), raw, y, work);
        });
    }

    private static void ForStrips(int rows, Action<int, int> body)
    {
        int strips = (rows + StripRows - 1) / StripRows;
        Parallel.For(0, strips, strip => body(strip * StripRows, Math.Min(rows, (strip + 1) * StripRows)));
    }

    private void CheckSizes(byte[] raw, Frame frame)
    {
        if (raw.Length != FrameBytes) throw new ArgumentException($"{raw.Length} bytes are not a raw frame of {FrameBytes}", nameof(raw));
        if (frame.Width != _width || frame.Height != _height)
        {
            throw new ArgumentException($"a frame of {frame.Width}×{frame.Height} is not {_width}×{_height}", nameof(frame));
        }
    }

    private void DecodeYuvRow(byte[] raw, int y, Span<float> row, RowWork work)
    {
        ReadComponent(raw, 0, y, work.A);
        ReadChroma(raw, 1, y, work.Thin, work.Thin2, work.B);
        ReadChroma(raw, 2, y, work.Thin, work.Thin2, work.C);
        bool alpha = _layout.HasAlpha;
        if (alpha) ReadComponent(raw, 3, y, work.D);
        float lumaScale = 1 / _lumaScale;
        float redFromCr = (float)(2 * (1 - _kr) / _chromaScale);
        float blueFromCb = (float)(2 * (1 - _kb) / _chromaScale);
        double kg = 1 - _kr - _kb;
        float greenFromCr = (float)(-2 * (1 - _kr) * _kr / kg / _chromaScale);
        float greenFromCb = (float)(-2 * (1 - _kb) * _kb / kg / _chromaScale);
        float alphaScale = 1 / (_layout.IsFloat ? 1 : _layout.CodeMax);
        for (int x = 0; x < _width; x++)
        {
            float luma = (work.A[x] - _lumaZero) * lumaScale;
            float cb = work.B[x] - _chromaZero;
            float cr = work.C[x] - _chromaZero;
            row[4 * x] = luma + (redFromCr * cr);
            row[(4 * x) + 1] = luma + (greenFromCr * cr) + (greenFromCb * cb);
            row[(4 * x) + 2] = luma + (blueFromCb * cb);
            row[(4 * x) + 3] = alpha ? work.D[x] * alphaScale : 1;
        }
    }

    private void DecodeDirectRow(byte[] raw, int y, Span<float> row, RowWork work)
    {
        bool gray = _layout.Model == PixelModel.Gray;
        bool isFloat = _layout.IsFloat;
        float zero = isFloat ? 0 : _lumaZero;
        float scale = isFloat ? 1 : _lumaScale;
        for (int c = 0; c < (gray ? 1 : 3); c++)
        {
            ReadComponent(raw, c, y, work.A);
            for (int x = 0; x < _width; x++) row[(4 * x) + c] = isFloat ? work.A[x] : (work.A[x] - zero) / scale;
        }

        if (gray)
        {
            for (int x = 0; x < _width; x++) row[(4 * x) + 1] = row[(4 * x) + 2] = row[4 * x];
        }

        if (_layout.HasAlpha)
        {
            ReadComponent(raw, 3, y, work.A);
            float max = isFloat ? 1 : _layout.CodeMax;
            for (int x = 0; x < _width; x++) row[(4 * x) + 3] = isFloat ? work.A[x] : work.A[x] / max;
        }
        else
        {
            for (int x = 0; x < _width; x++) row[(4 * x) + 3] = 1;
        }
    }

    private void EncodeYuv(Frame frame, byte[] raw)
    {
        (int chromaWidth, int chromaHeight) = _layout.PlaneSize(1, _width, _height);
        float[] blue = new float[chromaWidth * _height];
        float[] red = new float[chromaWidth * _height];
        ForStrips(_height, (first, last) =>
        {
            var work = new RowWork(_width);
            for (int y = first; y < last; y++)
            {
                SplitYuvRow(frame.Row(y), raw, y, work);
                Thin(work.B, blue.AsSpan(y * chromaWidth, chromaWidth));
                Thin(work.C, red.AsSpan(y * chromaWidth, chromaWidth));
            }
        });
        ForStrips(chromaHeight, (first, last) =>
        {
            float[] thin = new float[chromaWidth];
            for (int k = first; k < last; k++)
            {
                ThinRows(blue, k, chromaWidth, thin);
                WriteComponent(raw, 1, k, thin);
                ThinRows(red, k, chromaWidth, thin);
                WriteComponent(raw, 2, k, thin);
            }
        });
    }

    /// <summary>Writes luma and alpha of a row; leaves chroma codes at full resolution in B and C.</summary>
    private void SplitYuvRow(ReadOnlySpan<float> row, byte[] raw, int y, RowWork work)
    {
        float kr = (float)_kr;
        float kb = (float)_kb;
        float kg = (float)(1 - _kr - _kb);
        float cbScale = (float)(_chromaScale / (2 * (1 - _kb)));
        float crScale = (float)(_chromaScale / (2 * (1 - _kr)));
        for (int x = 0; x < _width; x++)
        {
            float r = row[4 * x];
            float g = row[(4 * x) + 1];
            float b = row[(4 * x) + 2];
            float luma = (kr * r) + (kg * g) + (kb * b);
            work.A[x] = (luma * _lumaScale) + _lumaZero;
            work.B[x] = ((b - luma) * cbScale) + _chromaZero;
            work.C[x] = ((r - luma) * crScale) + _chromaZero;
        }

        WriteComponent(raw, 0, y, work.A);
        if (!_layout.HasAlpha) return;
        float max = _layout.IsFloat ? 1 : _layout.CodeMax;
        for (int x = 0; x < _width; x++) work.D[x] = row[(4 * x) + 3] * max;
        WriteComponent(raw, 3, y, work.D);
    }

    private void EncodeDirectRow(ReadOnlySpan<float> row, byte[] raw, int y, RowWork work)
    {
        bool isFloat = _layout.IsFloat;
        float zero = isFloat ? 0 : _lumaZero;
        float scale = isFloat ? 1 : _lumaScale;
        if (_layout.Model == PixelModel.Gray)
        {
            // Equal channels stay exactly what they are; others become their luma.
            for (int x = 0; x < _width; x++)
            {
                float r = row[4 * x];
                float g = row[(4 * x) + 1];
                float b = row[(4 * x) + 2];
                float value = r.Equals(g) && g.Equals(b) ? r : (float)((_kr * r) + ((1 - _kr - _kb) * g) + (_kb * b));
                work.A[x] = (value * scale) + zero;
            }

            WriteComponent(raw, 0, y, work.A);
        }
        else
        {
            for (int c = 0; c < 3; c++)
            {
                for (int x = 0; x < _width; x++) work.A[x] = isFloat ? row[(4 * x) + c] : (row[(4 * x) + c] * scale) + zero;
                WriteComponent(raw, c, y, work.A);
            }
        }

        float max = isFloat ? 1 : _layout.CodeMax;
        if (_layout.HasAlpha)
        {
            for (int x = 0; x < _width; x++) work.A[x] = row[(4 * x) + 3] * max;
            WriteComponent(raw, 3, y, work.A);
        }
        else if (_layout.Order.Contains(-1))
        {
            work.A.AsSpan(0, _width).Fill(max);
            SampleRows.Write(raw, UnusedOffset(y), _layout, _width, work.A);
        }
    }

    private void ReadComponent(byte[] raw, int component, int y, float[] row) =>
        SampleRows.Read(raw, Offset(component, y, _width), _layout, _width, row);

    private void WriteComponent(byte[] raw, int component, int y, float[] row)
    {
        int width = _layout.PlaneSize(_componentPlane[component], _width, _height).Width;
        SampleRows.Write(raw, Offset(component, y, width), _layout, width, row);
    }

    private long Offset(int component, int y, int width)
    {
        int plane = _componentPlane[component];
        return _layout.IsPlanar
            ? _planeStart[plane] + ((long)y * width * _layout.SampleBytes)
            : (((long)y * _width * _layout.Components) + plane) * _layout.SampleBytes;
    }

    private long UnusedOffset(int y)
    {
        int plane = 0;
        while (_layout.Order[plane] >= 0) plane++;
        return (((long)y * _width * _layout.Components) + plane) * _layout.SampleBytes;
    }

    /// <summary>One row of chroma on the luma grid.</summary>
    private void ReadChroma(byte[] raw, int component, int y, float[] near, float[] far, float[] row)
    {
        int width = _layout.PlaneSize(_componentPlane[component], _width, _height).Width;
        ChromaAxis vertical = _axisY[0];
        int position = _byField ? y >> 1 : y;
        int t = position * ChromaAxis.UpTaps;
        SampleRows.Read(raw, Offset(component, FrameRow(vertical.UpIndex[t], y), width), _layout, width, near);
        float share = vertical.UpWeight[t + 1];
        if (share != 0)
        {
            SampleRows.Read(raw, Offset(component, FrameRow(vertical.UpIndex[t + 1], y), width), _layout, width, far);
            float keep = vertical.UpWeight[t];
            for (int x = 0; x < width; x++) near[x] = (near[x] * keep) + (far[x] * share);
        }

        ChromaAxis horizontal = _axisX!;
        if (horizontal.IsIdentity)
        {
            near.AsSpan(0, _width).CopyTo(row);
            return;
        }

        for (int x = 0; x < _width; x++)
        {
            row[x] = (near[horizontal.UpIndex[2 * x]] * horizontal.UpWeight[2 * x])
                + (near[horizontal.UpIndex[(2 * x) + 1]] * horizontal.UpWeight[(2 * x) + 1]);
        }
    }

    /// <summary>A row number inside of the field that y belongs to, as a row of the frame.</summary>
    private int FrameRow(int index, int y) => _byField ? (2 * index) + (y & 1) : index;

    private void Thin(float[] full, Span<float> thin)
    {
        ChromaAxis axis = _axisX!;
        if (axis.IsIdentity)
        {
            full.AsSpan(0, _width).CopyTo(thin);
            return;
        }

        for (int k = 0; k < thin.Length; k++)
        {
            int t = k * ChromaAxis.DownTaps;
            float sum = 0;
            for (int j = t; j < t + ChromaAxis.DownTaps; j++) sum += full[axis.DownIndex[j]] * axis.DownWeight[j];
            thin[k] = sum;
        }
    }

    private void ThinRows(float[] plane, int k, int width, float[] thin)
    {
        ChromaAxis axis = _axisY[0];
        if (axis.IsIdentity)
        {
            plane.AsSpan(k * width, width).CopyTo(thin);
            return;
        }

        Array.Clear(thin);
        int t = (_byField ? k >> 1 : k) * ChromaAxis.DownTaps;
        for (int j = t; j < t + ChromaAxis.DownTaps; j++)
        {
            float weight = axis.DownWeight[j];
            if (weight == 0) continue;
            ReadOnlySpan<float> source = plane.AsSpan(FrameRow(axis.DownIndex[j], k) * width, width);
            for (int x = 0; x < width; x++) thin[x] += source[x] * weight;
        }
    }

    /// <summary>Row buffers of one strip.</summary>
    private sealed class RowWork(int width)
    {
        public float[] A { get; } = new float[width];

        public float[] B { get; } = new float[width];

        public float[] C { get; } = new float[width];

        public float[] D { get; } = new float[width];

        public float[] Thin { get; } = new float[width];

        public float[] Thin2 { get; } = new float[width];
    }
}
