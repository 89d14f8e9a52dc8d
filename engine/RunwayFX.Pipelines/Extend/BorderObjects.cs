using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Continues objects that the source's border cuts into the fill: their missing part comes from a neighbouring frame in which they are
/// further inside.</summary>
/// <remarks>A function of the frames from t − <see cref="ReachMax"/> to t + <see cref="ReachMax"/> and the plate; frames are fetched only where an
/// object is cut. Where no neighbour shows the object well and whole, the fill stays as it is.</remarks>
internal static class BorderObjects
{
    /// <summary>Frames looked at before and after.</summary>
    public const int ReachMax = 12;

    private const int ObjectsMax = 4;

    /// <summary>Neighbours that show an object whole after which no further ones are fetched.</summary>
    private const int WholeEnough = 3;

    /// <summary>Mean cost per pixel up to which an object counts as found, and from which on it is lost.</summary>
    private const double CostMax = 0.47 * CutObject.CostMax, LostCost = 0.58 * CutObject.CostMax;

    /// <summary>What one frame of distance costs: the nearer pose is the likelier one.</summary>
    private const double CostPerFrame = 0.004 * CutObject.CostMax;

    /// <summary>Largest step between two frames, and largest departure from the motion line, as parts of the band's depth.</summary>
    private const int StepShare = 6, SlackShare = 38;

    private const int SlackMin = 3;

    /// <summary>Shifts towards the border: an object that is best found there goes out, or stands.</summary>
    private const int OutwardMax = 3;

    /// <summary>Longest contact with somebody whom the other frame's border cuts, as a share of the object's extent along the border: an
    /// arm.</summary>
    private const double ContactShareMax = 0.15;

    /// <summary>Share of an object that has to be visible: from a hand or a foot alone the rest would come and go by chance.</summary>
    private const double VisibleShareMin = 0.12;

    /// <summary>Pastes missing parts into a filled canvas.</summary>
    /// <param name="request">The frame.</param>
    /// <param name="plate">Its plate.</param>
    /// <param name="gains">How much brighter the frame is than the plate.</param>
    /// <param name="filled">The filled canvas; only pixels outside the source's picture are written.</param>
    public static void Continue(ExtendRequest request, Frame plate, (float Red, float Green, float Blue) gains, Frame filled)
    {
        Dictionary<int, Neighbour?> neighbours = [];
        foreach (PictureBorder border in PictureBorder.Of(request.Canvas, request.Source.Window))
        {
            Frame plateBand = border.Cut(plate);
            BorderBand live = Look(request, border, request.Source.Picture, plateBand, gains);
            List<CutObject> objects = CutObject.Find(live);
            Dictionary<int, BorderBand?> bands = [];
            foreach (CutObject cut in objects.OrderByDescending(cut => cut.Pixels.Count).Take(ObjectsMax))
            {
                if (Choose(cut, At, request.Cancellation) is { } candidate)
                    Paste(candidate, border, request, gains, neighbours[candidate.Frames]!.Gains, filled);
            }

            BorderBand? At(int frames)
            {
                if (bands.TryGetValue(frames, out BorderBand? band)) return band;
                if (!neighbours.TryGetValue(frames, out Neighbour? neighbour)) neighbours[frames] = neighbour = Fetch(request, plate, frames);
                return bands[frames] = neighbour is null ? null : Look(request, border, neighbour.Picture, plateBand, neighbour.Gains);
            }
        }
    }

    private static Neighbour? Fetch(ExtendRequest request, Frame plate, int frames)
    {
        request.Cancellation.ThrowIfCancellationRequested();
        return request.Frames.TryFetch(0, request.Time + frames, out HostFrame? frame) && frame.Window == request.Source.Window
            && frame.Premultiplied == request.Source.Premultiplied
            ? new(frame.Picture, LiveDetail.Gains(frame.Picture, plate))
            : null;
    }

    private static BorderBand Look(ExtendRequest request, PictureBorder border, Frame picture, Frame plateBand,
        (float Red, float Green, float Blue) gains) =>
        BorderBand.Create(border.Cut(picture), gains == (1, 1, 1) ? plateBand : LiveDetail.Scale(plateBand, gains), request.ToGuide,
            request.Cancellation);

    /// <summary>The neighbour from which an object is completed.</summary>
    private static Candidate? Choose(CutObject cut, Func<int, BorderBand?> at, CancellationToken cancellation) =>
        new[] { Follow(cut, at, 1, cancellation), Follow(cut, at, -1, cancellation) }.OfType<Candidate>()
            .OrderByDescending(candidate => candidate.IsWhole).ThenBy(candidate => candidate.Score).FirstOrDefault();

    /// <summary>Follows an object frame by frame along its motion line, and takes the frame that shows it most alike: whole with all who are
    /// connected to it, or else by itself.</summary>
    private static Candidate? Follow(CutObject cut, Func<int, BorderBand?> at, int direction, CancellationToken cancellation)
    {
        Candidate? whole = null, apart = null;
        ObjectShift before = new(0, 0, 0);
        int found = 0;
        for (int step = 1; step <= ReachMax && found < WholeEnough; step++)
        {
            if (at(direction * step) is not { } band) break;
            ObjectShift shift = cut.Match(band, Search(before, step, band.Depth), cancellation);
            if (shift.Cost > LostCost || (step > 1 && shift.Inward <= 0)) break;
            before = shift;
            if (shift.Inward <= 0 || shift.Cost > CostMax) continue;
            shift = cut.Refine(band, shift);
            if (shift.Cost > CostMax || Body(cut, band, shift) is not { } body) continue;
            Candidate candidate = new(direction * step, shift, shift.Cost + CostPerFrame * step, band, body.Pixels, body.IsWhole);
            if (body.IsWhole)
            {
                found++;
                whole = whole is null || candidate.Score < whole.Score ? candidate : whole;
            }
            else
            {
                apart = apart is null || candidate.Score < apart.Score ? candidate : apart;
            }
        }

        return whole ?? apart;
    }

    /// <summary>Where to look after a number of steps: around the place to which the motion so far leads.</summary>
    private static ShiftSearch Search(ObjectShift before, int step, int depth)
    {
        double reached = (double)step / Math.Max(1, step - 1);
        int inward = (int)Math.Round(before.Inward * reached), along = (int)Math.Round(before.Along * reached);
        int slack = step == 1 ? depth / StepShare : Math.Max(SlackMin, depth / SlackShare), slackAlong = step == 1 ? slack / 2 : slack * 2 / 3;
        return new(step == 1 ? -OutwardMax : Math.Max(-OutwardMax, inward - slack), Math.Min(depth - 1, inward + slack), along - slackAlong,
            along + slackAlong);
    }

    /// <summary>The pixels of an object in another frame; null where that frame cuts it too.</summary>
    private static (List<int> Pixels, bool IsWhole)? Body(CutObject cut, BorderBand band, ObjectShift shift)
    {
        List<int> seeds = [.. cut.Pixels.Where(p => IsInside(p, shift.Inward, shift.Along, band))
            .Select(p => p + shift.Along * band.Depth + shift.Inward)];
        List<int> body = band.Connected(seeds);
        if (body.Count == 0 || cut.Pixels.Count < VisibleShareMin * body.Count) return null;
        if (!body.Any(p => p % band.Depth == 0)) return (body, true);
        (List<int> own, int contact) = band.WithoutBorder(body, seeds);
        if (own.Count == 0) return null;
        int extent = own.Max(p => p / band.Depth) - own.Min(p => p / band.Depth) + 1;
        return contact <= ContactShareMax * extent ? (own, false) : null;
    }

    private static bool IsInside(int p, int inward, int along, BorderBand band)
    {
        int u = p % band.Depth + inward, v = p / band.Depth + along;
        return u < band.Depth && v >= 0 && v < band.Length;
    }

    private static void Paste(Candidate candidate, PictureBorder border, ExtendRequest request, (float Red, float Green, float Blue) gains,
        (float Red, float Green, float Blue) neighbourGains, Frame filled)
    {
        BorderBand band = candidate.Band;
        float[] alpha = SoftMask(band, candidate.Body, request.Cancellation);
        ReadOnlySpan<float> scale = [gains.Red / neighbourGains.Red, gains.Green / neighbourGains.Green, gains.Blue / neighbourGains.Blue, 1];
        int left = request.Source.Window.X1 - request.Canvas.Canvas.X1, top = request.Canvas.Canvas.Y2 - request.Source.Window.Y2;
        for (int v = 0; v < band.Length; v++)
        {
            int along = v - candidate.Shift.Along;
            if (along < 0 || along >= band.Length) continue;
            for (int u = Math.Max(0, candidate.Shift.Inward - border.FillDepth); u < candidate.Shift.Inward; u++)
            {
                float weight = alpha[v * band.Depth + u];
                if (weight <= 0) continue;
                (int x, int y) = border.At(u - candidate.Shift.Inward, along);
                Span<float> to = filled.Row(y + top).Slice(Frame.Channels * (x + left), Frame.Channels);
                ReadOnlySpan<float> from = band.Pixels.Row(v).Slice(Frame.Channels * u, Frame.Channels);
                for (int c = 0; c < Frame.Channels; c++)
                {
                    float value = to[c] + weight * (from[c] * scale[c] - to[c]);
                    if (float.IsFinite(value)) to[c] = value;
                }
            }
        }
    }

    /// <summary>Opacity of an object's pixels: full inside, falling off over its last pixel or two.</summary>
    private static float[] SoftMask(BorderBand band, List<int> body, CancellationToken cancellation)
    {
        float[] alpha = new float[band.Foreground.Length];
        foreach (int p in body) alpha[p] = 1;
        GaussianBlur.Apply(alpha, band.Depth, band.Length, 1, 1, cancellation);
        for (int p = 0; p < alpha.Length; p++) alpha[p] = Math.Clamp(1.5f * alpha[p] - 0.15f, 0, 1);
        return alpha;
    }

    /// <summary>A frame near the one being filled.</summary>
    private sealed record Neighbour(Frame Picture, (float Red, float Green, float Blue) Gains);

    /// <summary>A frame that shows a cut object whole.</summary>
    private sealed record Candidate(int Frames, ObjectShift Shift, double Score, BorderBand Band, List<int> Body, bool IsWhole);
}
