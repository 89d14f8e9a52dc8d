namespace RunwayFX.Synthesis.Continuation;

/// <summary>Follows the objects of the last frame back in time and finds for each the cycle with which it can go on.</summary>
/// <remarks>A walk repeats itself: among the frames in which an object could be followed, the one is looked for that resembles the last frame most, together with
/// the frames before both (so that the phase is right and time runs forwards). After Schödl et al., "Video Textures" (2000) and Schödl and Essa, "Controlled
/// Animation of Video Sprites" (2002).</remarks>
internal sealed class SpriteFinder(MovingLayer layer, double frameRate)
{
    private const int HistoryMax = 60;
    private const int FirstRadius = 8;
    private const int Radius = 4;
    private const int ContextFrames = 3;
    private const int LoopRadius = 4;
    private const int DifferenceCap = 64;
    private const double CoverMin = 0.45;
    private const double MergedMin = 1.35;
    private const double AlikeFactor = 1.1;
    private const double AlikeCost = 16;
    private const double CycleSecondsMin = 0.4;
    private const double CycleSecondsMax = 3;

    private readonly int _width = layer.Clip.Width;
    private readonly int _height = layer.Clip.Height;
    private readonly int _last = layer.Clip.Count - 1;

    private int Shortest => Math.Max(3, (int)Math.Round(frameRate * CycleSecondsMin));

    /// <summary>All objects of the last frame that can go on.</summary>
    public List<Sprite> Find(CancellationToken cancellation)
    {
        List<Sprite> sprites = [];
        foreach (Blob blob in Blobs.Find(layer.Mask(_last), _width, _height))
        {
            cancellation.ThrowIfCancellationRequested();
            sprites.Add(Continue(blob, cancellation));
        }

        return sprites;
    }

    private Sprite Continue(Blob blob, CancellationToken cancellation)
    {
        List<(int X, int Y)> track = Track(blob, cancellation);
        (int lag, int shiftX, int shiftY) = FindCycle(blob, track, cancellation);
        List<SpriteFrame> frames = [];
        for (int back = lag - 1; back >= 0; back--) frames.Add(Cut(blob, _last - back, track[back]));
        bool entersCut = IsCut(blob) && !Leaves(blob, shiftX, shiftY, lag);
        return new()
        {
            Frames = frames, ShiftX = shiftX, ShiftY = shiftY, FootX = (blob.Left + blob.Right) / 2.0, FootY = blob.Bottom,
            FadeFrames = entersCut || track.Count < 3 ? Math.Max(2, (int)Math.Round(frameRate / 2)) : 0,
        };
    }

    /// <summary>Offsets of an object in earlier frames; [0] is the last frame's own, (0, 0).</summary>
    private List<(int X, int Y)> Track(Blob blob, CancellationToken cancellation)
    {
        List<(int X, int Y)> track = [(0, 0)];
        int velocityX = 0, velocityY = 0;
        double own = Area(Cut(blob, _last, (0, 0)));
        for (int back = 1; back < HistoryMax && _last - back >= layer.First; back++)
        {
            (int beforeX, int beforeY) = track[^1];
            int radius = back == 1 ? FirstRadius : Radius;
            (int X, int Y) best = default;
            long bestCost = long.MaxValue;
            for (int y = beforeY - velocityY - radius; y <= beforeY - velocityY + radius; y++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int x = beforeX - velocityX - radius; x <= beforeX - velocityX + radius; x++)
                {
                    long cost = Cost(blob, _last - back + 1, beforeX, beforeY, _last - back, x, y)
                        + 4 * (Math.Abs(x - beforeX + velocityX) + Math.Abs(y - beforeY + velocityY));
                    if (cost < bestCost) (bestCost, best) = (cost, (x, y));
                }
            }

            if (Cover(blob, _last - back, best) < CoverMin) break;
            double area = Area(Cut(blob, _last - back, best));
            if (back > Shortest + 1 && (area > own * MergedMin || area < own / MergedMin)) break;
            // A mean over a few frames: single matches hop.
            int span = Math.Min(4, track.Count);
            velocityX = Rounded(track[^span].X - best.X, span);
            velocityY = Rounded(track[^span].Y - best.Y, span);
            track.Add(best);
        }

        return track;
    }

    private (int Lag, int ShiftX, int ShiftY) FindCycle(Blob blob, List<(int X, int Y)> track, CancellationToken cancellation)
    {
        int history = track.Count - 1;
        int longest = (int)Math.Round(frameRate * CycleSecondsMax);
        List<(double Cost, int Lag, int X, int Y)> cycles = [];
        for (int lag = Shortest; lag <= Math.Min(longest, history - 1); lag++)
        {
            (int X, int Y) centre = track[lag];
            (double Cost, int Lag, int X, int Y) best = (double.MaxValue, lag, 0, 0);
            for (int y = centre.Y - LoopRadius; y <= centre.Y + LoopRadius; y++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int x = centre.X - LoopRadius; x <= centre.X + LoopRadius; x++)
                {
                    double cost = 0;
                    int taken = 0;
                    for (int back = 0; back < ContextFrames && back + lag <= history; back++, taken++)
                    {
                        (int ofX, int ofY) = track[back];
                        cost += Cost(blob, _last - back, ofX, ofY, _last - back - lag, x + ofX, y + ofY);
                    }

                    cost /= taken;
                    if (cost < best.Cost) best = (cost, lag, -x, -y);
                }
            }

            cycles.Add(best);
        }

        if (cycles.Count > 0)
        {
            // Of those that are as good the longest: it repeats itself least.
            double enough = cycles.Min(cycle => cycle.Cost) * AlikeFactor + AlikeCost;
            (_, int lag, int x, int y) = cycles.Last(cycle => cycle.Cost <= enough);
            return (lag, x, y);
        }

        int all = Math.Max(1, history);
        return history == 0 ? (1, 0, 0) : (all, -track[all].X, -track[all].Y);
    }

    /// <summary>Mean difference times 16 of an object at an offset in one frame to another offset in another frame.</summary>
    private long Cost(Blob blob, int frame, int ofX, int ofY, int other, int x, int y)
    {
        byte[] a = layer.Aligned(frame), b = layer.Aligned(other), isDifferentA = layer.Different(frame), isDifferentB = layer.Different(other);
        long sum = 0;
        int count = 0;
        foreach (int pixel in blob.Pixels)
        {
            int column = pixel % _width, row = pixel / _width;
            int ax = column + ofX, ay = row + ofY, bx = column + x, by = row + y;
            if ((uint)ax >= (uint)_width || (uint)ay >= (uint)_height || (uint)bx >= (uint)_width || (uint)by >= (uint)_height) continue;
            // What stands still in front of the object, such as a pole, says nothing about where the object is.
            if (isDifferentA[ay * _width + ax] == 0) continue;
            count++;
            if (isDifferentB[by * _width + bx] == 0)
            {
                sum += DifferenceCap;
                continue;
            }

            int at = (ay * _width + ax) * 3, bt = (by * _width + bx) * 3;
            sum += Math.Min(DifferenceCap, Math.Abs(a[at] - b[bt]) + Math.Abs(a[at + 1] - b[bt + 1]) + Math.Abs(a[at + 2] - b[bt + 2]));
        }

        // An offset that loses most of the object out of the picture tells nothing.
        return count * 4 < blob.Pixels.Length ? long.MaxValue / 4 : sum * 16 / count;
    }

    private double Cover(Blob blob, int frame, (int X, int Y) offset)
    {
        byte[] mask = layer.Mask(frame);
        int inside = 0, moving = 0;
        foreach (int pixel in blob.Pixels)
        {
            int x = pixel % _width + offset.X, y = pixel / _width + offset.Y;
            if ((uint)x >= (uint)_width || (uint)y >= (uint)_height) continue;
            inside++;
            moving += mask[y * _width + x];
        }

        return inside * 3 < blob.Pixels.Length ? 0 : (double)moving / inside;
    }

    /// <summary>The object's mask in a frame: what moves around where it was followed to, unless that is much more than the object.</summary>
    private SpriteFrame Cut(Blob blob, int frame, (int X, int Y) offset)
    {
        int padX = 3 + (blob.Right - blob.Left) / 4, padY = 3 + (blob.Bottom - blob.Top) / 8;
        int left = Math.Max(0, blob.Left + offset.X - padX), top = Math.Max(0, blob.Top + offset.Y - padY);
        int right = Math.Min(_width, blob.Right + offset.X + padX), bottom = Math.Min(_height, blob.Bottom + offset.Y + padY);
        int width = Math.Max(1, right - left), height = Math.Max(1, bottom - top);
        byte[] own = new byte[width * height];
        foreach (int pixel in blob.Pixels)
        {
            int x = pixel % _width + offset.X - left, y = pixel / _width + offset.Y - top;
            if ((uint)x < (uint)width && (uint)y < (uint)height) own[y * width + x] = 1;
        }

        byte[] near = Morphology.Dilate(own, width, height, 2);
        byte[] moving = new byte[width * height];
        byte[] mask = layer.Mask(frame);
        for (int y = 0; y < height && top + y < _height; y++)
        {
            for (int x = 0; x < width && left + x < _width; x++) moving[y * width + x] = mask[(top + y) * _width + left + x];
        }

        byte[] result = new byte[width * height];
        int area = 0;
        foreach (Blob part in Blobs.Find(moving, width, height))
        {
            int shared = part.Pixels.Count(pixel => near[pixel] != 0);
            if (shared * 4 < part.Pixels.Length) continue;
            foreach (int pixel in part.Pixels) result[pixel] = 1;
            area += part.Pixels.Length;
        }

        if (area * 5 > blob.Pixels.Length * 8)
        {
            // Merged with somebody else: only what lies where this object is.
            for (int pixel = 0; pixel < result.Length; pixel++) result[pixel] &= near[pixel];
        }

        return new(frame, left, top, width, height, result, Core(result, frame, left, top, width, height));
    }

    private byte[] Core(byte[] mask, int frame, int left, int top, int width, int height)
    {
        byte[] different = layer.Different(frame), core = new byte[mask.Length];
        for (int y = 0; y < height && top + y < _height; y++)
        {
            for (int x = 0; x < width && left + x < _width; x++)
                core[y * width + x] = (byte)(mask[y * width + x] & different[(top + y) * _width + left + x]);
        }

        core = Morphology.Erode(Morphology.Dilate(core, width, height, 1), width, height, 1);
        return Morphology.Erode(core, width, height, 2);
    }

    private static double Area(SpriteFrame frame) => frame.Mask.Sum(value => (double)value);

    private bool IsCut(Blob blob) => blob.Left == 0 || blob.Top == 0 || blob.Right == _width || blob.Bottom == _height;

    private bool Leaves(Blob blob, int shiftX, int shiftY, int lag)
    {
        // Standing still at the border counts as staying, not as coming in.
        bool comesIn = (blob.Left == 0 && shiftX * 4 > lag) || (blob.Right == _width && -shiftX * 4 > lag)
            || (blob.Top == 0 && shiftY * 4 > lag) || (blob.Bottom == _height && -shiftY * 4 > lag);
        return !comesIn;
    }

    private static int Rounded(int sum, int count) => (int)Math.Floor((double)sum / count + 0.5);
}
