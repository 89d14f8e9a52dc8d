using System.Reflection.PortableExecutable;

namespace RunwayFX.Windows.Tests;

/// <summary>The Windows libraries as they lie on disk; needs no Wine.</summary>
public sealed class BinaryTests
{
    /// <summary>Largest library, in bytes.</summary>
    private const long SizeMax = 8_000_000;

    [Test]
    public void OpenFxLibrary_Exports_TheTwoEntryPointsAndNothingElse()
    {
        WindowsProduct.Require(WindowsProduct.Library);
        using PeExports library = new(WindowsProduct.Library);
        Assert.That(library.Names, Is.EqualTo(new[] { "OfxGetNumberOfPlugins", "OfxGetPlugin" }));
    }

    [Test]
    public void OpenFxLibrary_IsSmall_ForX64_Relocatable_WithThreadStorage()
    {
        WindowsProduct.Require(WindowsProduct.Library);
        using PeExports library = new(WindowsProduct.Library);
        const DllCharacteristics wanted = DllCharacteristics.DynamicBase | DllCharacteristics.HighEntropyVirtualAddressSpace | DllCharacteristics.NxCompatible;
        Assert.That(library.Machine, Is.EqualTo(Machine.Amd64));
        Assert.That(library.Characteristics & wanted, Is.EqualTo(wanted));
        Assert.That(library.HasThreadStorage, Is.True);
        Assert.That(new FileInfo(WindowsProduct.Library).Length, Is.LessThan(SizeMax));
    }

    /// <summary>A user's machine has no redistributable of a compiler: what is part of Windows must do.</summary>
    [Test]
    public void OpenFxLibrary_AsksForLibrariesOfWindowsAlone()
    {
        WindowsProduct.Require(WindowsProduct.Library);
        using PeExports library = new(WindowsProduct.Library);
        Assert.That(
            library.Imports.Distinct(),
            Is.SubsetOf(new[] { "advapi32.dll", "bcrypt.dll", "kernel32.dll", "ntdll.dll", "ole32.dll", "oleaut32.dll", "secur32.dll", "ucrtbase.dll", "user32.dll", "ws2_32.dll" }));
    }
}
