using System.Xml.Linq;

namespace RunwayFX.Packaging.Tests;

/// <summary>The bundle for macOS, as far as that can be looked at elsewhere: its Info.plist, and how two bundles become one.</summary>
public sealed class MacBundleTests : InFolder
{
    private static string Script => Path.Combine(Shell.Repository, "packaging", "macos", "build.sh");

    [Test]
    public void InfoPlist_SaysWhatMacOsAndOpenFxWant()
    {
        XDocument list = XDocument.Load(Path.Combine(Shell.Repository, "plugins", "RunwayFX.OpenFX", "Bundle", "Info.plist"));
        XElement[] entries = [.. list.Root!.Element("dict")!.Elements()];
        Dictionary<string, string> values = entries.Chunk(2).ToDictionary(pair => pair[0].Value, pair => pair[1].Value);
        Assert.That(list.DocumentType!.PublicId, Is.EqualTo("-//Apple Computer//DTD PLIST 1.0//EN"));
        Assert.That(entries.Chunk(2).Select(pair => (pair[0].Name.LocalName, pair[1].Name.LocalName)), Is.All.EqualTo(("key", "string")));
        Assert.That(
            (values["CFBundleExecutable"], values["CFBundlePackageType"], values["CFBundleIdentifier"], values["CFBundleInfoDictionaryVersion"]),
            Is.EqualTo(("RunwayFX.ofx", "BNDL", "org.runwayfx.openfx", "6.0")));
        Assert.That((values["CFBundleVersion"], values["CFBundleShortVersionString"]), Is.EqualTo(("VERSION", "VERSION")), "the build puts the version there");
    }

    /// <summary>Two architectures become one library, by a stand-in for Apple's lipo that keeps what it was given; the rest is one of the two.</summary>
    [Test]
    public void Bundles_OfTwoProcessors_BecomeOne()
    {
        Stage("arm64", "arm", "same");
        Stage("x64", "intel", "same");
        string lipo = Write("lipo", "#!/bin/sh\n[ \"$1 $4\" = '-create -output' ] && cat \"$2\" \"$3\" >\"$5\"\n");
        File.SetUnixFileMode(lipo, (UnixFileMode)0b111_101_101);
        _ = Run($"LIPO=$PWD/lipo '{Script}' --join arm64 x64 out");
        Assert.That(Run("cd out && find . -type f | LC_ALL=C sort | paste -sd' '").Trim(),
            Is.EqualTo("./RunwayFX.ofx.bundle/Contents/Info.plist ./RunwayFX.ofx.bundle/Contents/MacOS/RunwayFX.ofx ./RunwayFX.ofx.bundle/Contents/Resources/icon.png"));
        string library = Path.Combine(Folder, "out/RunwayFX.ofx.bundle/Contents/MacOS/RunwayFX.ofx");
        Assert.That(File.ReadAllText(library), Is.EqualTo("armintel"));
        Assert.That(File.GetUnixFileMode(library), Is.EqualTo((UnixFileMode)0b111_101_101));
    }

    [Test]
    public void Bundles_ThatDifferOtherwise_AreRefused()
    {
        Stage("arm64", "arm", "one");
        Stage("x64", "intel", "another");
        (int code, string output) = Shell.Run(Folder, $"LIPO=false '{Script}' --join arm64 x64 out");
        Assert.That((code, Directory.Exists(Path.Combine(Folder, "out"))), Is.EqualTo((1, false)), output);
        Assert.That(output, Does.Contain("differ in more than their libraries"));
        (code, output) = Shell.Run(Folder, $"LIPO=false '{Script}' --join arm64 nowhere out");
        Assert.That((code, output), Is.EqualTo((1, "build.sh: nowhere/RunwayFX.ofx.bundle/Contents/MacOS/RunwayFX.ofx is missing\n")));
    }

    [Test]
    public void Build_ElsewhereThanOnAMac_SaysSo()
    {
        Shell.Require("bash");
        (int code, string output) = Shell.Run(Folder, $"'{Script}' out");
        Assert.That((code, output), Is.EqualTo((3, "build.sh: needs a Mac: Apple's linker runs nowhere else\n")));
    }

    [SetUp]
    public void RequireShell() => Shell.Require("bash");

    private void Stage(string folder, string library, string list)
    {
        string contents = $"{folder}/RunwayFX.ofx.bundle/Contents/";
        _ = Write(contents + "MacOS/RunwayFX.ofx", library);
        _ = Write(contents + "Info.plist", list);
        _ = Write(contents + "Resources/icon.png", "icon");
    }
}
