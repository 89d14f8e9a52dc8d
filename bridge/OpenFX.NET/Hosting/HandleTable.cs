using System.Collections.Concurrent;

namespace OpenFX.Hosting;

/// <summary>Opaque handles given to plug-ins. They are numbers, not addresses: a stale or invented one is found out instead of being followed, and
/// none is used twice.</summary>
internal static class HandleTable
{
    private static readonly ConcurrentDictionary<nint, object> Objects = new();
    private static long _last = 0x1000;

    /// <summary>Handles that are in use.</summary>
    public static int Count => Objects.Count;

    public static nint Register(object target)
    {
        nint handle = (nint)Interlocked.Add(ref _last, 16);
        Objects[handle] = target;
        return handle;
    }

    public static void Release(nint handle) => Objects.TryRemove(handle, out _);

    public static T? Get<T>(nint handle)
        where T : class => handle != 0 && Objects.TryGetValue(handle, out object? target) ? target as T : null;

    public static T? Get<T>(nint handle, out bool known)
        where T : class
    {
        object? target = null;
        known = handle != 0 && Objects.TryGetValue(handle, out target);
        return target as T;
    }
}
