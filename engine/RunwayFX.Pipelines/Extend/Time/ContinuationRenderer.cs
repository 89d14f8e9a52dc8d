using RunwayFX.Imaging;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>Puts a frame beyond a join together: what stands still, an earlier run over it, and the sprites in front.</summary>
/// <remarks>Thread-safe: everything shared is immutable.</remarks>
internal sealed class ContinuationRenderer(Continuation continuation, GoodFrameSource source)
{
    /// <summary>Change of size from which a sprite is resampled.</summary>
    private const double ScaleMin = 0.02;

    private readonly ContinuationPlan _plan = continuation.Plan;
    private readonly ReducedClip _clip = continuation.Plan.Layer.Clip;
    private readonly ParallelOptions _parallel = new() { CancellationToken = source.Cancellation };

    /// <summary>The frame a number of steps beyond the join, from 1.</summary>
    public Frame Render(int step)
    {
        Frame result = _plan.Layer.Camera.IsStill ? Still(step) : Seen(step);
        foreach (Drawing drawing in Drawings(step)) Draw(result, drawing, step);
        return result;
    }

    private Frame Still(int step)
    {
        Frame result = continuation.Behind.Clone();
        int run = _plan.RunFrame(step);
        if (run < 0 || _plan.Share(step) is not { } share || !source.TryGet(run, out Frame? picture)) return result;
        int columns = _plan.CellColumns, rows = _plan.CellRows;
        double cellX = _plan.CellSide * _clip.ScaleX, cellY = _plan.CellSide * _clip.ScaleY;
        Parallel.For(0, result.Height, _parallel, y =>
        {
            Span<float> to = result.Row(y), from = picture.Row(y);
            double atY = (y + 0.5) / cellY - 0.5;
            for (int x = 0; x < result.Width; x++)
            {
                float part = Places.Soft(share, columns, rows, (x + 0.5) / cellX - 0.5, atY) / 255;
                if (part <= 0) continue;
                for (int at = x * Frame.Channels; at < (x + 1) * Frame.Channels; at++) to[at] = part >= 1 ? from[at] : to[at] + (from[at] - to[at]) * part;
            }
        });
        return result;
    }

    private Frame Seen(int step)
    {
        Frame result = new(_clip.PictureWidth, _clip.PictureHeight);
        CameraStep view = Places.AtFullSize(_plan.View(step), _clip);
        Parallel.For(0, result.Height, _parallel, y =>
        {
            Span<float> row = result.Row(y);
            for (int x = 0; x < result.Width; x++)
            {
                (double atX, double atY) = view.Apply(x, y);
                Places.Sample(continuation.Behind, atX + continuation.OriginX, atY + continuation.OriginY, row.Slice(x * Frame.Channels, Frame.Channels));
            }
        });
        return result;
    }

    /// <summary>The sprites of a step, the farthest first: who stands lower in the picture is nearer.</summary>
    private List<Drawing> Drawings(int step)
    {
        List<Drawing> drawings = [];
        foreach (int jump in _plan.Jumps)
        {
            if (jump >= step) break;
            for (int index = 0; index < _plan.Sprites.Count; index++)
            {
                Sprite sprite = _plan.Sprites[index];
                float strength = sprite.FadeFrames == 0 ? 1 : Math.Clamp(1 - (float)(step - jump) / sprite.FadeFrames, 0, 1);
                if (strength > 0) drawings.Add(Place(sprite, continuation.Shifts[index], step - jump) with { Strength = strength });
            }
        }

        drawings.Sort((a, b) => a.FootY.CompareTo(b.FootY));
        return drawings;
    }

    /// <summary>Walks a sprite to where it is after some steps, smaller and slower where things look smaller.</summary>
    private Drawing Place(Sprite sprite, (int X, int Y) shift, int step)
    {
        (SpriteFrame frame, int cycles) = sprite.At(step);
        double speedX = (double)shift.X / sprite.Frames.Count, speedY = (double)shift.Y / sprite.Frames.Count;
        double startX = sprite.FootX * _clip.ScaleX, startY = sprite.FootY * _clip.ScaleY, footX = startX, footY = startY;
        for (int walked = 0; walked < step; walked++)
        {
            double scale = _plan.Heights.Scale(footY / _clip.ScaleY, sprite.FootY);
            footX += speedX * scale;
            footY += speedY * scale;
        }

        int before = cycles * sprite.Frames.Count - step;
        double fromX = startX - speedX * before, fromY = startY - speedY * before;
        double size = _plan.Heights.Scale(footY / _clip.ScaleY, fromY / _clip.ScaleY);
        if (Math.Abs(size - 1) >= ScaleMin) return new(frame, fromX, fromY, footX, footY, size, 1);
        // Hardly another size: carried by whole pixels it stays sharp.
        return _plan.Layer.Camera.IsStill
            ? new(frame, fromX, fromY, fromX + Math.Round(footX - fromX), fromY + Math.Round(footY - fromY), 1, 1)
            : new(frame, fromX, fromY, footX, footY, 1, 1);
    }

    private void Draw(Frame result, Drawing drawing, int step)
    {
        SpriteFrame shape = drawing.Shape;
        CameraStep view = Places.AtFullSize(_plan.View(step), _clip);
        (int left, int top, int right, int bottom) = Box(drawing, view, result);
        if (left >= right || top >= bottom || !source.TryGet(shape.Frame, out Frame? picture)) return;
        CameraStep toFrame = Places.AtFullSize(_plan.Layer.Camera.ToLast(shape.Frame).Inverse(), _clip);
        byte[]? nearer = _plan.NearerObjects(step, drawing.FootY / _clip.ScaleY), share = _plan.Share(step);
        Matte matte = new(continuation, source, picture, shape, toFrame);
        Parallel.For(top, bottom, _parallel, y =>
        {
            Span<float> row = result.Row(y), colour = stackalloc float[Frame.Channels];
            for (int x = left; x < right; x++)
            {
                (double joinX, double joinY) = view.Apply(x, y);
                (joinX, joinY) = drawing.Back(joinX, joinY);
                float part = matte.At(joinX, joinY) * drawing.Strength;
                if (part > 0 && nearer is not null && share is not null) part *= 1 - Covered(nearer, share, x, y);
                if (part <= 0) continue;
                (double fromX, double fromY) = toFrame.Apply(joinX, joinY);
                if (!(fromX > -0.5 && fromY > -0.5 && fromX < picture.Width - 0.5 && fromY < picture.Height - 0.5)) continue;
                Places.Sample(picture, fromX, fromY, colour);
                Span<float> pixel = row.Slice(x * Frame.Channels, Frame.Channels);
                matte.CastShadow(joinX, joinY, colour, pixel);
                for (int channel = 0; channel < Frame.Channels; channel++)
                    pixel[channel] = part >= 1 ? colour[channel] : pixel[channel] + (colour[channel] - pixel[channel]) * part;
            }
        });
    }

    /// <summary>How much of a pixel the run's own objects in front cover.</summary>
    private float Covered(byte[] nearer, byte[] share, int x, int y)
    {
        double column = (x + 0.5) / _clip.ScaleX - 0.5, row = (y + 0.5) / _clip.ScaleY - 0.5;
        float covered = Places.Soft(nearer, _clip.Width, _clip.Height, column, row);
        if (covered <= 0) return 0;
        double side = _plan.CellSide;
        return covered * Math.Min(1, Places.Soft(share, _plan.CellColumns, _plan.CellRows, (column + 0.5) / side - 0.5, (row + 0.5) / side - 0.5) / 255);
    }

    private (int Left, int Top, int Right, int Bottom) Box(Drawing drawing, CameraStep view, Frame result)
    {
        SpriteFrame shape = drawing.Shape;
        CameraStep back = view.Inverse();
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach ((double column, double row) in ((double, double)[])[(shape.Left - 1, shape.Top - 1), (shape.Left + shape.Width + 1, shape.Top - 1),
            (shape.Left - 1, shape.Top + shape.Height + 1), (shape.Left + shape.Width + 1, shape.Top + shape.Height + 1)])
        {
            (double joinX, double joinY) = drawing.Forth(column * _clip.ScaleX, row * _clip.ScaleY);
            (double x, double y) = back.Apply(joinX, joinY);
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
        }

        return ((int)Math.Clamp(left, 0, result.Width), (int)Math.Clamp(top, 0, result.Height), (int)Math.Clamp(right + 1, 0, result.Width),
            (int)Math.Clamp(bottom + 1, 0, result.Height));
    }

    /// <summary>A sprite's frame, carried from one place on which it stands to another, in pixels of the join frame.</summary>
    private readonly record struct Drawing(SpriteFrame Shape, double FromX, double FromY, double FootX, double FootY, double Size, float Strength)
    {
        public (double X, double Y) Back(double x, double y) => (FromX + (x - FootX) / Size, FromY + (y - FootY) / Size);

        public (double X, double Y) Forth(double x, double y) => (FootX + (x - FromX) * Size, FootY + (y - FromY) * Size);
    }
}
