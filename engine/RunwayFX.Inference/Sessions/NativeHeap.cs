using System.Runtime.InteropServices;

namespace RunwayFX.Inference.Sessions;

/// <summary>The C library's heap, from which the runtime takes weights and tensors.</summary>
internal static partial class NativeHeap
{
    private static volatile bool s_isMissing = !OperatingSystem.IsLinux();

    /// <summary>Gives memory that was freed back to the system: the GNU library would keep blocks of many MiB for later.</summary>
    public static void GiveBack()
    {
        if (s_isMissing) return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            s_isMissing = true; // Another C library, which does so by itself.
        }
        catch (DllNotFoundException)
        {
            s_isMissing = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
