#pragma warning disable CA1031 // An exception that leaves a function called by C ends the process: each is caught, recorded and answered as a status.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the image effect suite.</summary>
internal static unsafe class ImageEffectSuite
{
    public static void Fill(SuiteTable table)
    {
        table.Add("getPropertySet", (delegate* unmanaged[Cdecl]<OfxImageEffectHandle, OfxPropertySetHandle*, OfxStatus>)&GetPropertySet);
        table.Add("getParamSet", (delegate* unmanaged[Cdecl]<OfxImageEffectHandle, OfxParamSetHandle*, OfxStatus>)&GetParamSet);
        table.Add("clipDefine", (delegate* unmanaged[Cdecl]<OfxImageEffectHandle, byte*, OfxPropertySetHandle*, OfxStatus>)&ClipDefine);
        table.Add("clipGetHandle", (delegate* unmanaged[Cdecl]<OfxImageEffectHandle, byte*, OfxImageClipHandle*, OfxPropertySetHandle*,
            OfxStatus>)&ClipGetHandle);
        table.Add("clipGetPropertySet", (delegate* unmanaged[Cdecl]<OfxImageClipHandle, OfxPropertySetHandle*, OfxStatus>)&ClipGetPropertySet);
        table.Add("clipGetImage", (delegate* unmanaged[Cdecl]<OfxImageClipHandle, double, OfxRectD*, OfxPropertySetHandle*, OfxStatus>)&ClipGetImage);
        table.Add("clipReleaseImage", (delegate* unmanaged[Cdecl]<OfxPropertySetHandle, OfxStatus>)&ClipReleaseImage);
        table.Add("clipGetRegionOfDefinition", (delegate* unmanaged[Cdecl]<OfxImageClipHandle, double, OfxRectD*,
            OfxStatus>)&ClipGetRegionOfDefinition);
        table.Add("abort", (delegate* unmanaged[Cdecl]<OfxImageEffectHandle, int>)&Abort);
        table.Add("imageMemoryAlloc", (delegate* unmanaged[Cdecl]<OfxImageEffectHandle, nuint, OfxImageMemoryHandle*, OfxStatus>)&ImageMemoryAlloc);
        table.Add("imageMemoryFree", (delegate* unmanaged[Cdecl]<OfxImageMemoryHandle, OfxStatus>)&ImageMemoryFree);
        table.Add("imageMemoryLock", (delegate* unmanaged[Cdecl]<OfxImageMemoryHandle, void**, OfxStatus>)&ImageMemoryLock);
        table.Add("imageMemoryUnlock", (delegate* unmanaged[Cdecl]<OfxImageMemoryHandle, OfxStatus>)&ImageMemoryUnlock);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetPropertySet(OfxImageEffectHandle handle, OfxPropertySetHandle* result)
    {
        if (HandleTable.Get<EffectNode>(handle.Value) is not { } node || result is null) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = node.Host.Enter("getPropertySet");
        if (status == OfxStatus.kOfxStatOK) *result = node.Properties.Handle;
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus GetParamSet(OfxImageEffectHandle handle, OfxParamSetHandle* result)
    {
        if (HandleTable.Get<EffectNode>(handle.Value) is not { } node || result is null) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = node.Host.Enter("getParamSet");
        if (status == OfxStatus.kOfxStatOK) *result = node.ParameterSet.Handle;
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ClipDefine(OfxImageEffectHandle handle, byte* name, OfxPropertySetHandle* result)
    {
        if (HandleTable.Get<EffectNode>(handle.Value) is not { } node) return OfxStatus.kOfxStatErrBadHandle;
        try
        {
            OfxStatus status = node.Host.Enter("clipDefine");
            if (status != OfxStatus.kOfxStatOK) return status;
            if (name is null || *name == 0) return OfxStatus.kOfxStatErrValue;
            if (node.Instance is not null || node.Context is null) return OfxStatus.kOfxStatErrUnsupported;
            if (node.DefineClip(NativeText.Read(name)!) is not { } clip) return OfxStatus.kOfxStatErrExists;
            if (result is not null) *result = clip.Properties.Handle;
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return node.Host.Escaped("clipDefine", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ClipGetHandle(OfxImageEffectHandle handle, byte* name, OfxImageClipHandle* clip, OfxPropertySetHandle* properties)
    {
        if (HandleTable.Get<EffectNode>(handle.Value) is not { } node) return OfxStatus.kOfxStatErrBadHandle;
        try
        {
            OfxStatus status = node.Host.Enter("clipGetHandle");
            if (status != OfxStatus.kOfxStatOK) return status;
            if (name is null || node.FindClip(NativeText.Bytes(name)) is not { } found) return OfxStatus.kOfxStatErrUnknown;
            if (clip is not null) *clip = found.Handle;
            if (properties is not null) *properties = found.Properties.Handle;
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return node.Host.Escaped("clipGetHandle", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ClipGetPropertySet(OfxImageClipHandle handle, OfxPropertySetHandle* result)
    {
        if (HandleTable.Get<HostedClip>(handle.Value) is not { } clip || result is null) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = clip.Effect.Host.Enter("clipGetPropertySet");
        if (status == OfxStatus.kOfxStatOK) *result = clip.Properties.Handle;
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ClipGetImage(OfxImageClipHandle handle, double time, OfxRectD* region, OfxPropertySetHandle* result)
    {
        if (HandleTable.Get<HostedClip>(handle.Value) is not { } clip || result is null) return OfxStatus.kOfxStatErrBadHandle;
        try
        {
            *result = default;
            OfxStatus status = clip.Effect.Host.Enter("clipGetImage");
            if (status != OfxStatus.kOfxStatOK) return status;
            return clip.Effect.Instance is { } instance ? instance.GetImage(clip, time, out *result) : OfxStatus.kOfxStatErrBadHandle;
        }
        catch (HostingException e)
        {
            clip.Effect.Host.Journal.Violate("frame-source", $"clip '{clip.Name}' at {time}: {e.Message}");
            return OfxStatus.kOfxStatFailed;
        }
        catch (Exception e)
        {
            return clip.Effect.Host.Escaped("clipGetImage", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ClipReleaseImage(OfxPropertySetHandle handle)
    {
        if (HandleTable.Get<PropertySet>(handle.Value) is not { Tag: ImageNode } set) return OfxStatus.kOfxStatErrBadHandle;
        try
        {
            set.Host.Enter("clipReleaseImage"); // An image is taken back whatever the emulated host would answer.
            return HostedEffect.ReleaseImage(handle);
        }
        catch (Exception e)
        {
            return set.Host.Escaped("clipReleaseImage", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ClipGetRegionOfDefinition(OfxImageClipHandle handle, double time, OfxRectD* result)
    {
        if (HandleTable.Get<HostedClip>(handle.Value) is not { } clip || result is null) return OfxStatus.kOfxStatErrBadHandle;
        try
        {
            OfxStatus status = clip.Effect.Host.Enter("clipGetRegionOfDefinition");
            if (status != OfxStatus.kOfxStatOK) return status;
            if (clip.Effect.Instance is not { } instance) return OfxStatus.kOfxStatErrBadHandle;
            if (!clip.IsConnected) return OfxStatus.kOfxStatFailed;
            CanonicalRegion region = instance.ClipRegion(clip, time);
            *result = new OfxRectD(region.X1, region.Y1, region.X2, region.Y2);
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return clip.Effect.Host.Escaped("clipGetRegionOfDefinition", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Abort(OfxImageEffectHandle handle)
    {
        if (HandleTable.Get<EffectNode>(handle.Value) is not { } node) return 0;
        node.Host.Enter("abort");
        return node.Instance?.IsAborted() ?? 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ImageMemoryAlloc(OfxImageEffectHandle handle, nuint bytes, OfxImageMemoryHandle* result)
    {
        if (result is null) return OfxStatus.kOfxStatErrBadHandle;
        EffectNode? node = HandleTable.Get<EffectNode>(handle.Value);
        try
        {
            OfxStatus status = node?.Host.Enter("imageMemoryAlloc") ?? OfxStatus.kOfxStatOK;
            if (status != OfxStatus.kOfxStatOK) return status;
            if (bytes > ImageMemory.BytesMax) return OfxStatus.kOfxStatErrMemory;
            var memory = new ImageMemory(bytes, node);
            node?.Memories.TryAdd(memory.Handle.Value, memory);
            *result = memory.Handle;
            return OfxStatus.kOfxStatOK;
        }
        catch (OutOfMemoryException)
        {
            return OfxStatus.kOfxStatErrMemory;
        }
        catch (Exception e)
        {
            return node?.Host.Escaped("imageMemoryAlloc", e) ?? OfxStatus.kOfxStatFailed;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ImageMemoryFree(OfxImageMemoryHandle handle)
    {
        if (HandleTable.Get<ImageMemory>(handle.Value) is not { } memory) return OfxStatus.kOfxStatErrBadHandle;
        memory.Owner?.Memories.TryRemove(handle.Value, out _);
        memory.Dispose();
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ImageMemoryLock(OfxImageMemoryHandle handle, void** result)
    {
        if (HandleTable.Get<ImageMemory>(handle.Value) is not { } memory || result is null) return OfxStatus.kOfxStatErrBadHandle;
        *result = memory.Address;
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus ImageMemoryUnlock(OfxImageMemoryHandle handle) =>
        HandleTable.Get<ImageMemory>(handle.Value) is null ? OfxStatus.kOfxStatErrBadHandle : OfxStatus.kOfxStatOK;
}
