using System.Runtime.Versioning;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>A named mapping on Windows, backed by the paging file: it cannot shrink while anybody has it mapped.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class MappingMemory : SharedMemory
{
    private readonly nint _handle;

    private MappingMemory(nint handle, byte* pointer, long bytes, string name)
        : base(pointer, bytes)
    {
        _handle = handle;
        Name = name;
    }

    public override string Name { get; }

    /// <summary>Makes a mapping under a name that nobody can guess.</summary>
    public static MappingMemory CreateNamed(long bytes)
    {
        string name = $@"Local\runwayfx-{Environment.ProcessId}-{Guid.NewGuid():N}";
        nint handle = Kernel32.CreateFileMappingW(-1, 0, Kernel32.PAGE_READWRITE, (uint)(bytes >> 32), (uint)bytes, name);
        if (handle == 0) throw new BridgeException(BridgeError.SlotMemoryExhausted, $"no memory for a frame slot of {bytes} bytes");
        return Map(handle, bytes, name);
    }

    /// <summary>Maps a peer's memory; mapping more than it has fails.</summary>
    public static MappingMemory OpenNamed(string name, long bytes)
    {
        if (!name.StartsWith(@"Local\runwayfx-", StringComparison.Ordinal))
        {
            throw new BridgeException(BridgeError.SlotMemoryUnsafe, $"'{name}' is no name of a frame slot");
        }

        nint handle = Kernel32.OpenFileMappingW(Kernel32.FILE_MAP_READ_WRITE, 0, name);
        return handle != 0 ? Map(handle, bytes, name) : throw SystemCall.Failed($"opening {name}");
    }

    protected override void Unmap()
    {
        _ = Kernel32.UnmapViewOfFile((nint)Pointer);
        _ = Kernel32.CloseHandle(_handle);
    }

    private static MappingMemory Map(nint handle, long bytes, string name)
    {
        nint address = Kernel32.MapViewOfFile(handle, Kernel32.FILE_MAP_READ_WRITE, 0, 0, (nuint)bytes);
        if (address != 0) return new MappingMemory(handle, (byte*)address, bytes, name);
        BridgeException failure = SystemCall.Failed($"mapping {bytes} bytes of shared memory");
        _ = Kernel32.CloseHandle(handle);
        throw failure;
    }
}
