using System.Reflection.PortableExecutable;
using AdobeEffects.Pipl;

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
    public void PremiereLibrary_Exports_WhatTheEffectsBinariesCallAndNothingElse()
    {
        WindowsProduct.Require(WindowsProduct.PremiereLibrary);
        using PeExports library = new(WindowsProduct.PremiereLibrary);
        Assert.That(library.Names, Is.EqualTo(new[] { "RunwayFX_EntryOf", "RunwayFX_Register" }));
    }

    [TestCase("style", "RunwayFX Style")]
    [TestCase("extend", "RunwayFX Extend")]
    [TestCase("generate", "RunwayFX Generate")]
    [TestCase("remove", "RunwayFX Remove")]
    [TestCase("perform", "RunwayFX Perform")]
    public void Aex_HasOnePipl_AndTheEntryPointThatItNames(string effect, string name)
    {
        string path = WindowsProduct.Aex(effect);
        WindowsProduct.Require(path);
        using PeExports library = new(path);
        Assert.That(library.Names, Is.EqualTo(new[] { "EffectMain", "PluginDataEntryFunction2" }));
        Assert.That(library.Imports, Is.EqualTo(new[] { "kernel32.dll" }));
        WindowsResource resource = BinaryResources.Read(File.ReadAllBytes(path)).Single();
        Assert.That((resource.Type, resource.Id), Is.EqualTo((ResourceFile.PiplType, ResourceFile.PiplId)));
        EffectProperties pipl = EffectProperties.FromBytes(resource.Data.AsSpan(), PiplSystem.Windows);
        Assert.That((pipl.Name, pipl.MatchName, pipl.EntryPoint), Is.EqualTo((name, "org.runwayfx." + effect, "EffectMain")));
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
