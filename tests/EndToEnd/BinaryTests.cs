namespace RunwayFX.EndToEnd;

/// <summary>The library as hosts find it on disk.</summary>
public sealed class BinaryTests
{
    /// <summary>Largest library, in bytes.</summary>
    private const long SizeMax = 8_000_000;

    [SetUp]
    public void Require() => Product.Require();

    [Test]
    public void Library_Exports_TheTwoEntryPointsAndNothingElse() => Assert.That(
        ElfExports.Read(File.ReadAllBytes(Product.LibraryPath)).Names, Is.EqualTo(new[] { "OfxGetNumberOfPlugins", "OfxGetPlugin" }));

    [Test]
    public void Library_IsSmallAndStripped()
    {
        Assert.That(new FileInfo(Product.LibraryPath).Length, Is.LessThan(SizeMax));
        Assert.That(ElfExports.Read(File.ReadAllBytes(Product.LibraryPath)).HasSymbolTable, Is.False, "a symbol table is left: strip it");
    }

    [Test]
    public void Bundle_HasItsPropertyList() => Assert.That(Path.Combine(Product.BundlePath, "Contents", "Info.plist"), Does.Exist);
}
