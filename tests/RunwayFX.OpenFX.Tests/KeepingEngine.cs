using System.Globalization;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX.Tests;

/// <summary>An engine that turns pictures into their negative, keeps what it made by settings and contents of the frame, and counts what it was asked for.</summary>
internal sealed class KeepingEngine : IEngineHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<JobKey, Dictionary<string, double>> _listed = [];
    private readonly List<(ResultOrigin Origin, double Time, bool IsDraft)> _log = [];

    /// <summary>What every answered frame was, in order; drafts are those of draft quality.</summary>
    public IReadOnlyList<(ResultOrigin Origin, double Time, bool IsDraft)> Answers
    {
        get
        {
            lock (_gate) return [.. _log];
        }
    }

    /// <summary>Frames that were computed in full quality.</summary>
    public int Computed => Answers.Count(static each => each.Origin == ResultOrigin.Computed && !each.IsDraft);

    /// <summary>What a frame costs: called before it is computed, with what cancels it.</summary>
    public Action<double, CancellationToken>? OnCompute { get; set; }

    /// <summary>Whether it keeps anything.</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>Forgets everything, as another machine would know nothing.</summary>
    public void Wipe()
    {
        lock (_gate)
        {
            _kept.Clear();
            _listed.Clear();
            _log.Clear();
        }
    }

    /// <inheritdoc/>
    public void CheckSession(RenderSession session)
    {
    }

    /// <inheritdoc/>
    public void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation)
    {
        EffectDefinition effect = EffectCatalog.FindByWireId(session.EffectWireId)!;
        double source = effect.IsRetimer ? request.Numbers[effect.IndexOf("sourceFrame")] : request.Time;
        SuppliedFrame? supplied = frames.Fetch(0, source);
        if (supplied is null && effect.NeedsNoSource)
        {
            frames.Result.Clear();
            Note(ResultOrigin.Computed, request, effect);
            return;
        }

        using SuppliedFrame frame = supplied ?? throw new BridgeException(BridgeError.RenderRefused, $"no source at {source}");
        string recipe = Recipe(request, session, effect, frame);
        byte[]? pixels;
        lock (_gate) _ = _kept.TryGetValue(recipe, out pixels);
        bool isKept = Keeps && pixels is not null;
        if (!isKept && request.Mode == RenderMode.LookupOnly)
        {
            frames.ReportOrigin(ResultOrigin.Missing);
            Note(ResultOrigin.Missing, request, effect);
            return;
        }

        if (!isKept && request.Mode == RenderMode.Preview)
        {
            Copy(frame.Pixels, frames.Result, isNegative: false);
            frames.ReportOrigin(ResultOrigin.Preview);
            Note(ResultOrigin.Preview, request, effect);
            return;
        }

        if (isKept)
        {
            Write(pixels!, frames.Result);
            frames.ReportOrigin(ResultOrigin.Kept);
        }
        else
        {
            OnCompute?.Invoke(request.Time, cancellation);
            cancellation.ThrowIfCancellationRequested();
            Copy(frame.Pixels, frames.Result, isNegative: true);
        }

        lock (_gate)
        {
            if (!isKept) _kept[recipe] = Read(frames.Result);
            if (!request.Key.IsNone)
            {
                if (!_listed.TryGetValue(request.Key, out Dictionary<string, double>? list)) _listed[request.Key] = list = new(StringComparer.Ordinal);
                list[recipe] = request.Time;
            }
        }

        Note(isKept ? ResultOrigin.Kept : ResultOrigin.Computed, request, effect);
    }

    /// <inheritdoc/>
    public CacheReply AnswerCache(in CacheRequest question)
    {
        if (!Keeps) return new CacheReply { Key = question.Key, Frames = 0, Bytes = 0, BytesMax = 0 };
        lock (_gate)
        {
            double first = question.First, last = question.Last;
            bool isKnown = _listed.TryGetValue(question.Key, out Dictionary<string, double>? list);
            long count = 0;
            if (isKnown && question.Action == CacheAction.Clear)
            {
                foreach (string recipe in list!.Keys) count += _kept.Remove(recipe) ? 1 : 0;
                _ = _listed.Remove(question.Key);
            }
            else if (isKnown)
            {
                count = list!.Where(each => _kept.ContainsKey(each.Key)).Select(static each => each.Value).Where(time => time >= first && time <= last).Distinct().Count();
            }

            return new CacheReply { Key = question.Key, Frames = count, Bytes = count, BytesMax = 1 << 20 };
        }
    }

    /// <inheritdoc/>
    public EngineStatus DescribeStatus(EngineStatus status) => status;

    private void Note(ResultOrigin origin, in RenderRequest request, EffectDefinition effect)
    {
        int quality = effect.IndexOf(EffectCatalog.QualityName);
        lock (_gate) _log.Add((origin, request.Time, quality >= 0 && request.Numbers[quality] == (double)QualityLevel.Draft));
    }

    private static string Recipe(in RenderRequest request, RenderSession session, EffectDefinition effect, SuppliedFrame frame)
    {
        List<string> parts = [Text($"{session.EffectWireId} {request.Time:R} {request.RenderScaleX:R} {request.RenderScaleY:R} {request.FrameRate:R} {request.PixelAspect:R}"),
            Text($"{request.X1} {request.Y1} {request.Result.Width} {request.Result.Height} {request.Field}"), Convert.ToHexString(Read(frame.Pixels))];
        for (int index = 0; index < effect.Parameters.Length; index++)
        {
            if (effect.Parameters[index].Matters) parts.Add(Text($"{request.Numbers[index]:R}{session.Texts[index]}"));
        }

        return string.Join('|', parts);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Copy(SlotView from, SlotView to, bool isNegative)
    {
        to.Clear();
        for (int y = 0; y < Math.Min(from.Height, to.Height); y++)
        {
            int length = Math.Min(from.PixelRowBytes, to.PixelRowBytes);
            from.Row(y)[..length].CopyTo(to.Row(y));
            if (!isNegative) continue;
            // In any depth something else than before.
            foreach (ref byte value in to.Row(y)[..length]) value ^= 0x15;
        }
    }

    private static byte[] Read(SlotView view)
    {
        byte[] bytes = new byte[view.PixelRowBytes * view.Height];
        for (int y = 0; y < view.Height; y++) view.Row(y).CopyTo(bytes.AsSpan(y * view.PixelRowBytes));
        return bytes;
    }

    private static void Write(byte[] bytes, SlotView view)
    {
        for (int y = 0; y < view.Height; y++) bytes.AsSpan(y * view.PixelRowBytes, view.PixelRowBytes).CopyTo(view.Row(y));
    }
}
