using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>How a C function with <c>...</c> takes its arguments. C# function pointers are not variadic, so each family gets its own shape
/// of call.</summary>
public enum VariadicConvention
{
    /// <summary>A processor or system whose rules are not written down here: variadic calls answer
    /// <see cref="OfxStatus.kOfxStatErrUnsupported"/>.</summary>
    Unknown = 0,

    /// <summary>System V x86-64 (Linux, macOS on Intel): integers and doubles count through their registers independently; AL bounds the
    /// vector registers.</summary>
    SystemVX64 = 1,

    /// <summary>Windows x64: a register belongs to a position; a variadic double lies in the integer register of its position.</summary>
    WindowsX64 = 2,

    /// <summary>Apple arm64: named arguments in registers, every variadic one in an 8-byte slot on the stack.</summary>
    AppleArm64 = 3,
}

/// <summary>The one place where the convention of this process is chosen.</summary>
public static class Variadics
{
    /// <summary>Values that one call passes behind the named arguments at most (an RGBA parameter has four).</summary>
    public const int ValuesMax = 4;

    /// <summary>The convention of this process.</summary>
    public static VariadicConvention Current { get; } = Choose();

    private static VariadicConvention Choose() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => OperatingSystem.IsWindows() ? VariadicConvention.WindowsX64 : VariadicConvention.SystemVX64,
        Architecture.Arm64 when OperatingSystem.IsMacOS() || OperatingSystem.IsIOS() => VariadicConvention.AppleArm64,
        _ => VariadicConvention.Unknown,
    };
}
