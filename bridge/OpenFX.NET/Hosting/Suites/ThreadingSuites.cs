#pragma warning disable CA1031 // An exception that leaves a function called by C ends the process: each is caught, recorded and answered as a status.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The host's side of the memory suite. Blocks are remembered, so that a wild pointer is refused instead of freed.</summary>
internal static unsafe class MemorySuite
{
    /// <summary>Largest block given out, in bytes.</summary>
    public const long BytesMax = 16L << 30;

    private static readonly ConcurrentDictionary<nint, byte> Blocks = new();

    public static void Fill(SuiteTable table)
    {
        table.Add("memoryAlloc", (delegate* unmanaged[Cdecl]<void*, nuint, void**, OfxStatus>)&Alloc);
        table.Add("memoryFree", (delegate* unmanaged[Cdecl]<void*, OfxStatus>)&Free);
    }

    /// <summary>Blocks in plug-ins' hands.</summary>
    public static int BlockCount => Blocks.Count;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Alloc(void* handle, nuint bytes, void** result)
    {
        if (result is null) return OfxStatus.kOfxStatErrBadHandle;
        *result = null;
        try
        {
            OfxStatus status = ActionScope.Current?.Host.Enter("memoryAlloc") ?? OfxStatus.kOfxStatOK;
            if (status != OfxStatus.kOfxStatOK) return status;
            if (bytes > BytesMax) return OfxStatus.kOfxStatErrMemory;
            void* memory = NativeMemory.AlignedAlloc(Math.Max(bytes, 1), 16);
            Blocks[(nint)memory] = 0;
            *result = memory;
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception)
        {
            return OfxStatus.kOfxStatErrMemory;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Free(void* memory)
    {
        ActionScope.Current?.Host.Journal.CountCall("memoryFree");
        if (!Blocks.TryRemove((nint)memory, out _)) return OfxStatus.kOfxStatErrBadHandle;
        NativeMemory.AlignedFree(memory);
        return OfxStatus.kOfxStatOK;
    }
}

/// <summary>The host's side of the multi-thread suite: real threads for plug-ins, and mutexes.</summary>
internal static unsafe class MultiThreadSuite
{
    /// <summary>Calls of a thread function in one go.</summary>
    public const int CallsMax = 65_536;

    /// <summary>Threads that run at once.</summary>
    public const int ThreadsMax = 64;

    [ThreadStatic]
    private static int _spawnedIndexPlusOne;

    public static void Fill(SuiteTable table)
    {
        table.Add("multiThread", (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<uint, uint, void*, void>, uint, void*,
            OfxStatus>)&MultiThread);
        table.Add("multiThreadNumCPUs", (delegate* unmanaged[Cdecl]<uint*, OfxStatus>)&NumCPUs);
        table.Add("multiThreadIndex", (delegate* unmanaged[Cdecl]<uint*, OfxStatus>)&Index);
        table.Add("multiThreadIsSpawnedThread", (delegate* unmanaged[Cdecl]<int>)&IsSpawnedThread);
        table.Add("mutexCreate", (delegate* unmanaged[Cdecl]<OfxMutexHandle*, int, OfxStatus>)&MutexCreate);
        table.Add("mutexDestroy", (delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus>)&MutexDestroy);
        table.Add("mutexLock", (delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus>)&MutexLock);
        table.Add("mutexUnLock", (delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus>)&MutexUnlock);
        table.Add("mutexTryLock", (delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus>)&MutexTryLock);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus MultiThread(delegate* unmanaged[Cdecl]<uint, uint, void*, void> function, uint count, void* argument)
    {
        if (function is null) return OfxStatus.kOfxStatErrValue;
        if (_spawnedIndexPlusOne != 0) return OfxStatus.kOfxStatErrExists;
        try
        {
            OfxStatus status = Enter("multiThread");
            if (status != OfxStatus.kOfxStatOK) return status;
            int calls = count == 0 ? Environment.ProcessorCount : (int)Math.Min(count, CallsMax + 1u);
            if (calls > CallsMax) return OfxStatus.kOfxStatErrValue;
            RunAll((nint)function, calls, (nint)argument);
            return OfxStatus.kOfxStatOK;
        }
        catch (Exception e)
        {
            return ActionScope.Current?.Host.Escaped("multiThread", e) ?? OfxStatus.kOfxStatFailed;
        }
    }

    private static void RunAll(nint function, int calls, nint argument)
    {
        ActionScope? scope = ActionScope.Current;
        int next = -1;
        Thread[] threads = new Thread[Math.Min(calls, ThreadsMax)];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                ActionScope.Current = scope;
                for (int call = Interlocked.Increment(ref next); call < calls; call = Interlocked.Increment(ref next))
                {
                    _spawnedIndexPlusOne = call + 1;
                    ((delegate* unmanaged[Cdecl]<uint, uint, void*, void>)function)((uint)call, (uint)calls, (void*)argument);
                }
            }) { IsBackground = true, Name = "ofx-multithread" };
            threads[i].Start();
        }

        foreach (Thread thread in threads) thread.Join();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus NumCPUs(uint* count)
    {
        if (count is null) return OfxStatus.kOfxStatErrValue;
        OfxStatus status = Enter("multiThreadNumCPUs");
        if (status == OfxStatus.kOfxStatOK) *count = (uint)Environment.ProcessorCount;
        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Index(uint* index)
    {
        if (index is null) return OfxStatus.kOfxStatErrValue;
        *index = (uint)Math.Max(0, _spawnedIndexPlusOne - 1);
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsSpawnedThread() => _spawnedIndexPlusOne != 0 ? 1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus MutexCreate(OfxMutexHandle* result, int lockCount)
    {
        if (result is null) return OfxStatus.kOfxStatErrBadHandle;
        OfxStatus status = Enter("mutexCreate");
        if (status != OfxStatus.kOfxStatOK) return status;
        var mutex = new HostMutex();
        for (int i = 0; i < Math.Clamp(lockCount, 0, CallsMax); i++) Monitor.Enter(mutex);
        *result = new OfxMutexHandle(HandleTable.Register(mutex));
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus MutexDestroy(OfxMutexHandle handle)
    {
        if (HandleTable.Get<HostMutex>(handle.Value) is null) return OfxStatus.kOfxStatErrBadHandle;
        HandleTable.Release(handle.Value);
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus MutexLock(OfxMutexHandle handle)
    {
        if (HandleTable.Get<HostMutex>(handle.Value) is not { } mutex) return OfxStatus.kOfxStatErrBadHandle;
        Monitor.Enter(mutex);
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus MutexUnlock(OfxMutexHandle handle)
    {
        if (HandleTable.Get<HostMutex>(handle.Value) is not { } mutex) return OfxStatus.kOfxStatErrBadHandle;
        if (!Monitor.IsEntered(mutex)) return OfxStatus.kOfxStatFailed;
        Monitor.Exit(mutex);
        return OfxStatus.kOfxStatOK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus MutexTryLock(OfxMutexHandle handle)
    {
        if (HandleTable.Get<HostMutex>(handle.Value) is not { } mutex) return OfxStatus.kOfxStatErrBadHandle;
        return Monitor.TryEnter(mutex) ? OfxStatus.kOfxStatOK : OfxStatus.kOfxStatFailed;
    }

    private static OfxStatus Enter(string function) => ActionScope.Current?.Host.Enter(function) ?? OfxStatus.kOfxStatOK;

    private sealed class HostMutex;
}
