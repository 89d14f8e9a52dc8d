using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxMultiThreadSuite</c>, version 1 (ofxMultiThread.h).</summary>
/// <remarks>Field order is the ABI: 9 slots, 72 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxMultiThreadSuiteV1
{
    // multiThread(func, nThreads, customArg)
    public delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<uint, uint, void*, void>, uint, void*, OfxStatus> multiThread;

    // multiThreadNumCPUs(nCPUs)
    public delegate* unmanaged[Cdecl]<uint*, OfxStatus> multiThreadNumCPUs;

    // multiThreadIndex(threadIndex)
    public delegate* unmanaged[Cdecl]<uint*, OfxStatus> multiThreadIndex;

    // multiThreadIsSpawnedThread()
    public delegate* unmanaged[Cdecl]<int> multiThreadIsSpawnedThread;

    // mutexCreate(mutex, lockCount)
    public delegate* unmanaged[Cdecl]<OfxMutexHandle*, int, OfxStatus> mutexCreate;

    // mutexDestroy(mutex)
    public delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus> mutexDestroy;

    // mutexLock(mutex)
    public delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus> mutexLock;

    // mutexUnLock(mutex)
    public delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus> mutexUnLock;

    // mutexTryLock(mutex)
    public delegate* unmanaged[Cdecl]<OfxMutexHandle, OfxStatus> mutexTryLock;
}
