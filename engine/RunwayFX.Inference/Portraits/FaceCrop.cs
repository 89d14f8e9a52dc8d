using RunwayFX.Imaging;

namespace RunwayFX.Inference.Portraits;

/// <summary>The turned square of a picture in which a face lies upright: cuts it out, and puts a changed face back.</summary>
/// <param name="CentreX">Its centre, in pixels from the left.</param>
/// <param name="CentreY">Its centre, in pixels from the top.</param>
/// <param name="Side">Its side in pixels.</param>
/// <param name="Angle">How far it is turned, in radians; clockwise on the screen is positive.</param>
public readonly record struct FaceCrop(double CentreX, double CentreY, double Side, double Angle)
{
    /// <summary>How much larger than the landmarks' box the square is.</summary>
    public const double ScaleDefault = 2.3;

    /// <summary>How far it is shifted towards the forehead, in sides.</summary>
    public const double ShiftDefault = -0.125;

    /// <summary>Width of the rim over which a pasted face goes over into the picture, in sides.</summary>
    public const double PasteFeather = 0.1;

    private const double TooClose = 1e-3;

    /// <summary>The square around a face.</summary>
    /// <param name="landmarks">At least two points (x, y) of the face, whose box is enclosed.</param>
    /// <param name="eyes">The middle between the eyes.</param>
    /// <param name="lips">The middle of the lips: with the eyes it says what is upright.</param>
    /// <param name="scale">How much larger than the box.</param>
    /// <param name="shift">How far down, in sides.</param>
    /// <exception cref="ArgumentException">There are no points.</exception>
    public static FaceCrop Around(
        ReadOnlySpan<(double X, double Y)> landmarks, (double X, double Y) eyes, (double X, double Y) lips, double scale = ScaleDefault, double shift = ShiftDefault)
    {
        if (landmarks.Length < 2) throw new ArgumentException($"{landmarks.Length} landmarks enclose no face.", nameof(landmarks));
        double downX = lips.X - eyes.X, downY = lips.Y - eyes.Y, length = Math.Sqrt(downX * downX + downY * downY);
        (downX, downY) = length <= TooClose ? (0, 1) : (downX / length, downY / length);
        (double rightX, double rightY) = (downY, -downX);
        double left = double.MaxValue, right = double.MinValue, top = double.MaxValue, bottom = double.MinValue;
        foreach ((double x, double y) in landmarks)
        {
            double across = x * rightX + y * rightY, down = x * downX + y * downY;
            (left, right, top, bottom) = (Math.Min(left, across), Math.Max(right, across), Math.Min(top, down), Math.Max(bottom, down));
        }

        double side = Math.Max(right - left, bottom - top) * scale, middleAcross = (left + right) / 2, middleDown = (top + bottom) / 2 + shift * side;
        return new FaceCrop(middleAcross * rightX + middleDown * downX, middleAcross * rightY + middleDown * downY, side, Math.Atan2(rightY, rightX));
    }

    /// <summary>The largest square in the middle of a picture.</summary>
    public static FaceCrop Middle(Frame picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return new FaceCrop(picture.Width / 2.0, picture.Height / 2.0, Math.Min(picture.Width, picture.Height), 0);
    }

    /// <summary>A place of the picture within the square, 0…1 in both directions.</summary>
    public (double X, double Y) ToCrop(double x, double y)
    {
        (double sin, double cos) = Math.SinCos(Angle);
        double dx = x - CentreX, dy = y - CentreY;
        return ((cos * dx + sin * dy) / Side + 0.5, (-sin * dx + cos * dy) / Side + 0.5);
    }

    /// <summary>A place of the square (0…1) in the picture.</summary>
    public (double X, double Y) ToPicture(double x, double y)
    {
        (double sin, double cos) = Math.SinCos(Angle);
        double dx = (x - 0.5) * Side, dy = (y - 0.5) * Side;
        return (cos * dx - sin * dy + CentreX, sin * dx + cos * dy + CentreY);
    }

    /// <summary>Cuts the square out, scaled; what lies outside the picture repeats its edge.</summary>
    public Frame Cut(Frame picture, int side)
    {
        ArgumentNullException.ThrowIfNull(picture);
        // A copy that is much smaller is made of a smaller picture, or it would flicker.
        double shrink = Math.Max(1, Side / side);
        Frame from = shrink < 1.5 ? picture : Resampling.Resize(picture, Math.Max(1, (int)(picture.Width / shrink)), Math.Max(1, (int)(picture.Height / shrink)), ResamplingFilter.Area);
        double scaleX = (double)from.Width / picture.Width, scaleY = (double)from.Height / picture.Height;
        Frame cut = new(side, side);
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                (double px, double py) = ToPicture((x + 0.5) / side, (y + 0.5) / side);
                Sample(from, px * scaleX, py * scaleY, cut.Row(y).Slice(x * Frame.Channels, Frame.Channels));
            }
        }

        return cut;
    }

    /// <summary>Puts a face back: full in the middle, going over into the picture towards the square's rim. What lies outside keeps its bits.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="face">The square's new content.</param>
    /// <param name="feather">Width of the rim, in sides: 0 is a hard edge.</param>
    public Frame Paste(Frame picture, Frame face, double feather = PasteFeather)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(face);
        Frame result = picture.Clone();
        Span<float> colour = stackalloc float[Frame.Channels];
        for (int y = 0; y < picture.Height; y++)
        {
            Span<float> row = result.Row(y);
            for (int x = 0; x < picture.Width; x++)
            {
                (double cx, double cy) = ToCrop(x + 0.5, y + 0.5);
                double share = Share(cx, cy, feather);
                if (share <= 0) continue;
                Sample(face, cx * face.Width, cy * face.Height, colour);
                Span<float> pixel = row.Slice(x * Frame.Channels, Frame.Channels);
                // Alpha stays the picture's.
                for (int channel = 0; channel < 3; channel++) pixel[channel] = share >= 1 ? colour[channel] : (float)(pixel[channel] + share * (colour[channel] - pixel[channel]));
            }
        }

        return result;
    }

    /// <summary>How much of each pixel of a picture <see cref="Paste"/> takes from the face: shape (H, W), top-down, 0 to 1.</summary>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Its height.</param>
    /// <param name="feather">Width of the rim, in sides.</param>
    public float[] PasteShares(int width, int height, double feather = PasteFeather)
    {
        float[] shares = new float[checked(width * height)];
        for (int pixel = 0; pixel < shares.Length; pixel++)
        {
            (double x, double y) = ToCrop(pixel % width + 0.5, pixel / width + 0.5);
            shares[pixel] = (float)Share(x, y, feather);
        }

        return shares;
    }

    /// <summary>How much the face counts at a place of the square: 1 within the rim, 0 outside the square, smooth between.</summary>
    internal static double Share(double x, double y, double feather)
    {
        double rim = Math.Min(Math.Min(x, 1 - x), Math.Min(y, 1 - y));
        if (rim <= 0) return 0;
        if (rim >= feather) return 1;
        double at = rim / feather;
        return at * at * (3 - 2 * at);
    }

    /// <summary>Linear between pixel centres; the edges repeat.</summary>
    private static void Sample(Frame frame, double x, double y, Span<float> colour)
    {
        double column = Math.Clamp(x - 0.5, 0, frame.Width - 1), line = Math.Clamp(y - 0.5, 0, frame.Height - 1);
        int left = (int)column, top = (int)line, right = Math.Min(left + 1, frame.Width - 1), bottom = Math.Min(top + 1, frame.Height - 1);
        float across = (float)(column - left), down = (float)(line - top);
        ReadOnlySpan<float> upper = frame.Row(top), lower = frame.Row(bottom);
        for (int channel = 0; channel < Frame.Channels; channel++)
        {
            float above = upper[left * 4 + channel] + across * (upper[right * 4 + channel] - upper[left * 4 + channel]);
            float below = lower[left * 4 + channel] + across * (lower[right * 4 + channel] - lower[left * 4 + channel]);
            colour[channel] = above + down * (below - above);
        }
    }
}
