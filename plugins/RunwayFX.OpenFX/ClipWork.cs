using System.Globalization;
using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>What the buttons Generate, Update and Clear do, and what the status line says after a change. On the host's main thread, while it tells of a change.</summary>
/// <remarks>The state is the host's: the key of what was made stands in a secret parameter, so that copies, undo and saved projects have it too. Values are written
/// when all else is done, as one step of undo; whatever fails or is given up before leaves them as they were.</remarks>
internal sealed class ClipWork(EffectDefinition effect, CatalogueInstance instance, FrameScratchPool scratches)
{
    /// <summary>Longest clip whose settings are compared anew at each change, in frames; of a longer one every change that may matter makes it stale.</summary>
    public const int ComparedFramesMax = 128;

    /// <summary>How long settings are compared at a change, in milliseconds.</summary>
    public const long ComparingMsMax = 100;

    /// <summary>How long a pass may take in a host that shows no progress, and so has no Cancel, in milliseconds.</summary>
    public const long UnseenPassMs = 30_000;

    private const string KeepsNothing = "the engine keeps no results (rfx log says why), so nothing can be made ahead. Just render.";

    private static readonly string ParameterType = System.Text.Encoding.UTF8.GetString(OfxConstants.kOfxTypeParameter);

    private readonly InstanceContext _context = instance.Context;

    private static EngineClient Engine => EngineAccess.Client;

    /// <summary>Does what a change by the user asks for; false where it asks for nothing.</summary>
    public bool React(in ChangeArguments arguments)
    {
        if (arguments.Type != ParameterType) return ClipChanged(arguments);
        switch (arguments.Name)
        {
            case ClipControls.GenerateName:
            case ClipControls.UpdateName:
                Make(arguments);
                return true;
            case ClipControls.ClearName:
                Clear(arguments.Time);
                return true;
            case ClipControls.KeyName:
                return Refresh(ClipControls.Find(ClipControls.KeyName)!.Label, arguments); // Undo and redo.
            case ClipControls.RangeName or ClipControls.FirstName or ClipControls.LastName:
                return Refresh(ClipControls.Find(ClipControls.RangeName)!.Label, arguments);
            default:
                int index = effect.IndexOf(arguments.Name);
                return index >= 0 && effect.Parameters[index].Matters && Refresh(effect.Parameters[index].Label, arguments);
        }
    }

    /// <summary>A clip that is in use has other pictures now, or the same ones: what was made is verified when it is looked up.</summary>
    private bool ClipChanged(in ChangeArguments arguments)
    {
        int index = effect.IndexOfClip(arguments.Name);
        if (index < 0 || !ReadKey(arguments.Time, out _)) return false;
        using FrameScratch scratch = scratches.Rent();
        scratch.Clips.Find(_context, scratch.Read(instance.Parameters, arguments.Time));
        return scratch.Clips.Find(index) is not null && Write(arguments.Time, $"{effect.Clips[index].Label} may have changed: Update checks it", null);
    }

    private void Make(in ChangeArguments arguments)
    {
        string action = arguments.Name == ClipControls.GenerateName ? "Generate" : "Update";
        if (!instance.Host.HasTemporalAccess)
        {
            Tell(MessageKind.Warning, "this host gives one frame at a time, so nothing can be made ahead. Just render.");
            return;
        }

        if (RangeOf(arguments.Time) is not { } range)
        {
            Tell(MessageKind.Warning, $"the host does not say how long the clip is. Set {ClipControls.Find(ClipControls.RangeName)!.Label} to First to Last, name the frames and press {action} again.");
            return;
        }

        using FrameScratch scratch = scratches.Rent();
        ClipFrames frames = new(effect, instance, scratch, arguments.RenderScaleX, arguments.RenderScaleY);
        if (!frames.Probe(range.First))
        {
            Tell(MessageKind.Warning, "the host gives no pictures while a button is pressed. Just render: the first render makes the same frames.");
            return;
        }

        using ProgressReport progress = ProgressReport.Start(instance.Host, _context.Handle, Text($"{effect.Label}: frames {range.First} to {range.Last}"));
        bool isSeen = progress.IsShown;
        using ButtonPass pass = new(frames, progress, isSeen ? long.MaxValue : UnseenPassMs);
        ClipKey key = new(JobKey.None, range.First, range.Last);
        string? failure = null;
        try
        {
            key = key with { Key = frames.KeyOf(range, pass.IsAborted) };
            if (!pass.IsAborted() && !IsKeeping(Engine.CountKept(key))) failure = KeepsNothing;
            else if (!pass.IsAborted()) pass.Run(Engine, range, key.Key, mayDraft: isSeen && arguments.Name == ClipControls.GenerateName);
        }
        catch (BridgeException exception)
        {
            failure = exception.Reference is { } job ? $"{exception.Message} (job {job}; rfx log {job} shows more)" : exception.Message;
        }

        progress.Dispose();
        Finish(arguments, key, pass.Finished, failure, isSeen);
    }

    /// <summary>Writes what a pass came to, and says what the user would not see otherwise.</summary>
    private void Finish(in ChangeArguments arguments, in ClipKey key, int finished, string? failure, bool isSeen)
    {
        if (!key.Key.IsNone && failure != KeepsNothing)
        {
            // Frames that are kept from earlier passes count too, beyond where this one came.
            CacheReply? kept = Kept(key, arguments);
            if (!IsKeeping(kept)) failure ??= KeepsNothing;
            else if ((kept?.Frames ?? finished) is var ready and > 0) _ = Write(arguments.Time, Ready(key, ready, arguments), key.ToString());
        }

        if (failure is not null) Tell(MessageKind.Error, failure);
        else if (!isSeen) Tell(MessageKind.Message, ReadText(ClipControls.StatusName, arguments.Time) + ".");
    }

    private void Clear(double time)
    {
        try
        {
            if (ReadKey(time, out ClipKey key)) _ = Engine.ForgetKept(key.Key);
        }
        catch (BridgeException exception)
        {
            Tell(MessageKind.Error, exception.Message);
            return;
        }

        _ = Write(time, ClipControls.NothingMade, "");
    }

    /// <summary>Brings the status line to what the parameters are now; false where nothing was made, or it says so already.</summary>
    /// <param name="label">What changed, for people.</param>
    /// <param name="arguments">The change.</param>
    private bool Refresh(string label, in ChangeArguments arguments)
    {
        if (!ReadKey(arguments.Time, out ClipKey key)) return arguments.Name == ClipControls.KeyName && Write(arguments.Time, ClipControls.NothingMade, null);
        if (IsStill(key, arguments)) return Write(arguments.Time, Ready(key, Kept(key, arguments)?.Frames ?? FramesOf(key), arguments), null);
        return Write(arguments.Time, Stale(label, ReadText(ClipControls.StatusName, arguments.Time)), null);
    }

    /// <summary>Whether the settings are those with which something was made.</summary>
    private bool IsStill(in ClipKey key, in ChangeArguments arguments)
    {
        if (FramesOf(key) > ComparedFramesMax || RangeOf(arguments.Time) is not { } range || range.First != key.First || range.Last != key.Last) return false;
        using FrameScratch scratch = scratches.Rent();
        // In a host that answers slowly what changed counts as stale: nobody waits for a line of text.
        long latest = Environment.TickCount64 + ComparingMsMax;
        return new ClipFrames(effect, instance, scratch, arguments.RenderScaleX, arguments.RenderScaleY).KeyOf(range, () => Environment.TickCount64 > latest) == key.Key;
    }

    /// <summary>The frames that a pass makes; null where nobody says which.</summary>
    private ClipRange? RangeOf(double time)
    {
        OfxRangeD? range = (ClipRangeChoice)ReadWhole(ClipControls.RangeName, time) switch
        {
            ClipRangeChoice.FirstToLast => Ordered(ReadWhole(ClipControls.FirstName, time), ReadWhole(ClipControls.LastName, time)),
            ClipRangeChoice.Timeline => HostTimeLine.Bounds(instance.Host, _context.Handle),
            _ => TimeChoice.Known(instance.GetTimeDomain()) ?? TimeChoice.Known(_context.FindClip(EffectDefinition.SourceClipName)?.FrameRange)
                ?? HostTimeLine.Bounds(instance.Host, _context.Handle),
        };
        return TimeChoice.Known(range) is { } whole && whole.max - whole.min < ClipRange.FramesMax ? new ClipRange(whole.min, whole.max) : null;
    }

    private static OfxRangeD Ordered(int first, int last) => new(Math.Min(first, last), Math.Max(first, last));

    private static bool IsKeeping(CacheReply? reply) => reply is not { BytesMax: 0 };

    /// <summary>What is kept of a key; null where no engine is at hand that could say.</summary>
    private CacheReply? Kept(in ClipKey key, in ChangeArguments arguments)
    {
        try
        {
            return Engine.CountKept(key, arguments.RenderScaleX, arguments.RenderScaleY);
        }
        catch (BridgeException exception)
        {
            ShimLog.Write($"{effect.Label}: {exception.Message}");
            return null;
        }
    }

    private static long FramesOf(in ClipKey key) => (long)(key.Last - key.First) + 1;

    private static string Ready(in ClipKey key, long ready, in ChangeArguments arguments)
    {
        string size = arguments.RenderScaleX == 1 && arguments.RenderScaleY == 1 ? "" : Text($" at {arguments.RenderScaleX * 100:0} %");
        long frames = FramesOf(key);
        return ready >= frames ? Text($"{frames} of {frames} frames ready{size}") : Text($"{ready} of {frames} frames ready{size}: Update goes on");
    }

    private static string Stale(string label, string before)
    {
        const string Prefix = "stale: ";
        bool isOther = before.StartsWith(Prefix, StringComparison.Ordinal) && before != $"{Prefix}{label} changed";
        if (!isOther) return $"{Prefix}{label} changed";
        // The first one stays named; one status line has no room for all.
        int end = before.IndexOf(" and others changed", StringComparison.Ordinal);
        if (end < 0) end = before.LastIndexOf(" changed", StringComparison.Ordinal);
        return end > Prefix.Length ? $"{before[..end]} and others changed" : $"{Prefix}{label} changed";
    }

    private bool ReadKey(double time, out ClipKey key) => ClipKey.TryParse(ReadText(ClipControls.KeyName, time), out key);

    private string ReadText(string name, double time) =>
        instance.Parameters.TryGet(name, out Param param) && param.TryGetString(time, out string text) ? text : "";

    private int ReadWhole(string name, double time)
    {
        ParameterDefinition definition = ClipControls.Find(name)!.Parameter!;
        return (int)definition.Sanitize(instance.Parameters.TryGet(name, out Param param) && param.TryGetInt(time, out int value) ? value : definition.Default);
    }

    /// <summary>Writes what changed, with a key as one step of undo; false where nothing did.</summary>
    /// <param name="time">Now.</param>
    /// <param name="status">The status line.</param>
    /// <param name="key">What the project remembers; null leaves it.</param>
    private bool Write(double time, string status, string? key)
    {
        bool isNewStatus = ReadText(ClipControls.StatusName, time) != status, isNewKey = key is not null && ReadText(ClipControls.KeyName, time) != key;
        if (!isNewStatus && !isNewKey) return false;
        // A status alone belongs to the change that the host is telling of.
        using ParamEdit edit = key is null ? default : instance.Parameters.Edit(effect.Label);
        if (isNewKey && instance.Parameters.TryGet(ClipControls.KeyName, out Param keyParam)) _ = keyParam.TrySet(key!);
        if (isNewStatus && instance.Parameters.TryGet(ClipControls.StatusName, out Param statusParam)) _ = statusParam.TrySet(status);
        return true;
    }

    private void Tell(MessageKind kind, string message)
    {
        string text = $"{effect.Label}: {message}";
        ShimLog.Write(text);
        _ = HostMessages.Send(instance.Host, _context.Handle, kind, text);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
