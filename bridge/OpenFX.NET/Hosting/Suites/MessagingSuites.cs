#pragma warning disable CA1031 // An exception that leaves a function called by C ends the process: each is caught, recorded and answered as a status.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the message suites; showing a message is variadic and in <see cref="VariadicSuites"/>.</summary>
internal static unsafe class MessageSuite
{
    public static void FillV1(SuiteTable table) => table.Add("message", VariadicCallee.Message);

    public static void FillV2(SuiteTable table)
    {
        table.Add("message", VariadicCallee.Message);
        table.Add("setPersistentMessage", VariadicCallee.SetPersistentMessage);
        table.Add("clearPersistentMessage", (delegate* unmanaged[Cdecl]<void*, OfxStatus>)&ClearPersistentMessage);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ClearPersistentMessage(void* handle)
    {
        if (HandleTable.Get<EffectNode>((nint)handle) is not { } node) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = node.Host.Enter("clearPersistentMessage");
        if (status == OfxStatus.kOfxStatOK && node.Instance is { } instance) instance.PersistentMessage = null;
        return status;
    }
}

/// <summary>The host's side of the progress suites.</summary>
internal static unsafe class ProgressSuite
{
    public static void FillV1(SuiteTable table)
    {
        table.Add("progressStart", (delegate* unmanaged[Cdecl]<void*, byte*, OfxStatus>)&StartV1);
        AddRest(table);
    }

    public static void FillV2(SuiteTable table)
    {
        table.Add("progressStart", (delegate* unmanaged[Cdecl]<void*, byte*, byte*, OfxStatus>)&StartV2);
        AddRest(table);
    }

    private static void AddRest(SuiteTable table)
    {
        table.Add("progressUpdate", (delegate* unmanaged[Cdecl]<void*, double, OfxStatus>)&Update);
        table.Add("progressEnd", (delegate* unmanaged[Cdecl]<void*, OfxStatus>)&End);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus StartV1(void* effect, byte* label) => Start(effect, label);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus StartV2(void* effect, byte* message, byte* messageId) => Start(effect, message);

    private static OfxStatus Start(void* effect, byte* label)
    {
        if (HandleTable.Get<EffectNode>((nint)effect) is not { Instance: { } instance } node) return OfxStatus.kOfxStatErrBadHandle;
        instance.ProgressLabel = NativeText.Read(label) ?? "";
        if (instance.IsShowingProgress) node.Host.Journal.Violate("progress-twice", $"'{instance.ProgressLabel}' began before the last one ended");
        OfxStatus status = Report("progressStart", node, instance, 0);
        instance.IsShowingProgress = status == OfxStatus.kOfxStatOK;
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Update(void* effect, double progress)
    {
        if (HandleTable.Get<EffectNode>((nint)effect) is not { Instance: { } instance } node) return OfxStatus.kOfxStatErrBadHandle;
        if (!instance.IsShowingProgress) node.Host.Journal.Violate("progress-not-shown", "progressUpdate outside progressStart and progressEnd");
        return Report("progressUpdate", node, instance, double.IsNaN(progress) ? 0 : Math.Clamp(progress, 0, 1));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus End(void* effect)
    {
        if (HandleTable.Get<EffectNode>((nint)effect) is not { } node) return OfxStatus.kOfxStatErrBadHandle;
        if (node.Instance is { } instance) instance.IsShowingProgress = false;
        return node.Host.Enter("progressEnd");
    }

    private static OfxStatus Report(string function, EffectNode node, HostedEffect instance, double progress)
    {
        try
        {
            OfxStatus status = node.Host.Enter(function);
            if (status != OfxStatus.kOfxStatOK) return status;
            bool goOn = node.Host.Events.Progress?.Invoke(instance.ProgressLabel, progress) ?? true;
            return goOn ? OfxStatus.kOfxStatOK : OfxStatus.kOfxStatReplyNo;
        }
        catch (Exception e)
        {
            return node.Host.Escaped(function, e);
        }
    }
}

/// <summary>The host's side of the timeline suite.</summary>
internal static unsafe class TimeLineSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("getTime", (delegate* unmanaged[Cdecl]<void*, double*, OfxStatus>)&GetTime);
        table.Add("gotoTime", (delegate* unmanaged[Cdecl]<void*, double, OfxStatus>)&GotoTime);
        table.Add("getTimeBounds", (delegate* unmanaged[Cdecl]<void*, double*, double*, OfxStatus>)&GetTimeBounds);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetTime(void* effect, double* time)
    {
        if (HandleTable.Get<EffectNode>((nint)effect) is not { } node || time is null) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = node.Host.Enter("getTime");
        if (status == OfxStatus.kOfxStatOK) *time = node.LatestScope?.Time ?? node.Host.Time;
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GotoTime(void* effect, double time)
    {
        if (HandleTable.Get<EffectNode>((nint)effect) is not { } node) return OfxStatus.kOfxStatErrBadHandle;
        try
        {
            OfxStatus status = node.Host.Enter("gotoTime");
            if (status != OfxStatus.kOfxStatOK) return status;
            if (!double.IsFinite(time)) return OfxStatus.kOfxStatErrValue;
            node.Host.Time = time;
            node.Host.Events.TimeChanged?.Invoke(time);
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return node.Host.Escaped("gotoTime", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetTimeBounds(void* effect, double* first, double* last)
    {
        if (HandleTable.Get<EffectNode>((nint)effect) is not { Instance: { } instance } node || first is null
            || last is null) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = node.Host.Enter("getTimeBounds");
        if (status != OfxStatus.kOfxStatOK) return status;
        *first = instance.Project.FirstFrame;
        *last = instance.Project.LastFrame;
        return OfxStatus.kOfxStatOK;
    }
}
