namespace RunwayFX.Packaging.Tests;

/// <summary>What <c>./rfx package --verify</c> looks at: a product without a fault has none, and each fault is found, by its name and alone.</summary>
/// <remarks>The product is what the launcher built; runtime and ONNX Runtime are stood in for by another library of the same processor.</remarks>
public abstract class ReleaseCheck(bool isLinux)
{
    private string _folder = "";

    /// <summary>Where the product lies, as the folder product.</summary>
    protected string Folder => _folder;

    private bool IsLinux => isLinux;

    private string Check => IsLinux
        ? "verify_linux product/RunwayFX.ofx.bundle product/runwayfx product/THIRD-PARTY-NOTICES.txt product/LICENSE"
        : "verify_windows product";

    [OneTimeSetUp]
    public void MakeProduct()
    {
        string artifacts = Shell.Artifacts;
        string bundle = Environment.GetEnvironmentVariable("RUNWAYFX_OFX_BUNDLE") ?? Path.Combine(artifacts, "RunwayFX.ofx.bundle");
        Shell.Require("nm", "dd", "od");
        if (IsLinux)
        {
            Shell.RequireBuilt(Path.Combine(bundle, "Contents/Linux-x86-64/RunwayFX.ofx"), Path.Combine(artifacts, "cli/rfx"), Path.Combine(artifacts, "engine/runwayfx-engine"));
        }
        else
        {
            Shell.Require("x86_64-w64-mingw32-objdump");
            Shell.RequireBuilt(Path.Combine(artifacts, "win-x64/engine/rfx.exe"), Path.Combine(artifacts, "win-x64/RunwayFX/style.aex"));
        }

        _folder = Directory.CreateTempSubdirectory("rfx-check-").FullName;
        string script = IsLinux
            ? $"""
               set -e
               mkdir product && cp -r '{bundle}' product/RunwayFX.ofx.bundle && cp -r '{artifacts}/cli' product/runwayfx
               cp '{artifacts}/engine/runwayfx-engine' '{artifacts}/engine/runwayfx-engine.deps.json' product/runwayfx/
               for name in libcoreclr.so libonnxruntime.so; do cp product/RunwayFX.ofx.bundle/Contents/Linux-x86-64/RunwayFX.ofx product/runwayfx/$name; done
               remove_leftovers product
               stage_common product product/runwayfx/runwayfx-engine.deps.json product/runwayfx/rfx.deps.json
               """
            : $"""
               set -e
               mkdir product && cp -r '{artifacts}/win-x64/engine' '{artifacts}/win-x64/RunwayFX' '{artifacts}/win-x64/RunwayFX.ofx.bundle' product/
               cp "$ROOT/packaging/windows/README.txt" product/
               remove_leftovers product
               stage_common product product/engine/runwayfx-engine.deps.json product/engine/rfx.deps.json
               """;
        (int code, string output) = Shell.Run(_folder, script);
        Assert.That(code, Is.Zero, output);
    }

    [OneTimeTearDown]
    public void RemoveProduct()
    {
        if (_folder.Length > 0) Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void Product_AsBuilt_HasNoFault()
    {
        (int code, string output) = Shell.Run(_folder, Check + "\necho \"$FAULTS faults\"");
        Assert.That((code, Faults(output)), Is.EqualTo((0, Array.Empty<string>())), output);
        Assert.That(output, Does.EndWith("0 faults\n"));
    }

    [TestCase("RunwayFX.ofx.bundle/Contents/Info.plist", "sed -i 's/>0[.0-9]*</>9.9.9</' $f", "version in Info.plist")]
    [TestCase("RunwayFX.ofx.bundle/Contents", "rm -r $f/Resources", "layout of the bundle")]
    [TestCase("RunwayFX.ofx.bundle/Contents/LIBRARY", "head -c 9000000 /dev/zero >>$f", "library's size")]
    [TestCase("LICENSE", "echo mine >$f", "licence")]
    [TestCase("THIRD-PARTY-NOTICES.txt", "sed -i '/^nlog /d' $f", "third-party notices")]
    [TestCase("THIRD-PARTY-NOTICES.txt", "sed -i 's/^Licence: BSD.*/Licence: GPL-3.0/' $f", "third-party notices")]
    [TestCase("PROGRAMS/runwayfx-engine.deps.json", "sed -i 's:\"runwayfx-engine/[^\"]*\":\"runwayfx-engine/9.9.9\":' $f", "engine's version")]
    [TestCase("PROGRAMS/rfx.deps.json", "sed -i 's:\"rfx/[^\"]*\":\"rfx/9.9.9\":' $f", "rfx's version")]
    [TestCase("PROGRAMS/left", "echo >$(dirname $f)/left.pdb", "nothing that users do not need")]
    public void Fault_InWhatBothSystemsHave_IsFound(string file, string change, string fault) => CheckFault(file, change, fault);

    /// <summary>Changes a file, looks, and puts things back.</summary>
    protected void CheckFault(string file, string change, string fault)
    {
        file = file.Replace("PROGRAMS", IsLinux ? "runwayfx" : "engine", StringComparison.Ordinal)
            .Replace("LIBRARY", IsLinux ? "Linux-x86-64/RunwayFX.ofx" : "Win64/RunwayFX.ofx", StringComparison.Ordinal);
        string folder = Path.GetDirectoryName(file)!;
        (int code, string output) = Shell.Run(_folder, $"""
            rm -rf saved; f='product/{file}'
            folder='product/{folder}'; if [ -d "$f" ]; then folder=$f; fi
            mkdir saved && (cd "$folder" && find . -maxdepth 1 -type f) >saved/files
            if [ -d "$f" ]; then cp -rp "$f" saved/it; elif [ -e "$f" ]; then cp -p "$f" saved/it; fi
            {change}
            {Check}
            rm -rf "$f"; if [ -e saved/it ]; then mv saved/it "$f"; fi
            (cd "$folder" && find . -maxdepth 1 -type f) | while read -r one; do grep -qxF "$one" saved/files || rm "$folder/$one"; done
            """);
        Assert.That(code, Is.Zero, output);
        Assert.That(string.Join(", ", Faults(output)), Is.EqualTo(fault), output);
    }

    protected static string[] Faults(string output) =>
        [.. output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("FAULT ", StringComparison.Ordinal)).Select(line => line["FAULT ".Length..])];
}

/// <summary>Of the packages for Linux.</summary>
public sealed class LinuxReleaseCheckTests() : ReleaseCheck(isLinux: true)
{
    [TestCase("RunwayFX.ofx.bundle/Contents/LIBRARY", "printf '\\x7fELF\\x01' | dd of=$f conv=notrunc 2>/dev/null", "library for x64, exports of the OpenFX library")]
    [TestCase("RunwayFX.ofx.bundle/Contents/LIBRARY", "cp \"$(command -v nm)\" $f", "exports of the OpenFX library")]
    [TestCase("runwayfx/runwayfx-engine", "echo >$f", "engine for x64")]
    [TestCase("runwayfx/libcoreclr.so", "rm $f", "runtime for x64")]
    [TestCase("runwayfx/libonnxruntime.so", "rm $f", "ONNX Runtime for x64")]
    [TestCase("runwayfx/rfx.dll", "rm $f", "rfx --version")]
    [TestCase("runwayfx/README", "echo \"made in $ROOT/here\" >$f", "no word of where the programs were built")]
    [TestCase("RunwayFX.ofx.bundle/Contents/Resources/README", "echo \"made in $ROOT/here\" >$f", "no word of where it was built")]
    public void Fault_IsFound(string file, string change, string fault) => CheckFault(file, change, fault);

    [TestCase("runwayfx-0.1.0-linux-x64.tar.gz", "LINUX_BYTES_MAX=10", "size within 0 MB")]
    [TestCase("runwayfx-9.9.9-linux-x64.tar.gz", "", "version in the package's name")]
    [TestCase("something.rpm", "", "known kind of package")]
    public void Package_OfTheWrongKindOrSize_IsFound(string name, string change, string fault)
    {
        (int code, string output) = Shell.Run(Folder, $"""
            PACKAGES=$PWD/packages; rm -rf packages && mkdir packages
            mkdir -p archive && cp "$ROOT/packaging/linux/install.sh" archive/ && tar -C . -czf "packages/{name}" archive
            {change}
            verify_packages
            """);
        Assert.That(code, Is.EqualTo(1), output);
        Assert.That(Faults(output), Does.Contain(fault));
    }
}

/// <summary>Of the packages for Windows.</summary>
public sealed class WindowsReleaseCheckTests() : ReleaseCheck(isLinux: false)
{
    [TestCase("README.txt", "rm $f", "layout")]
    [TestCase("RunwayFX/extra.aex", "cp $(dirname $f)/style.aex $f", "layout of Premiere's folder")]
    [TestCase("RunwayFX.ofx.bundle/Contents/LIBRARY", "cp product/engine/coreclr.dll $f", "exports of the OpenFX library")]
    [TestCase("RunwayFX/style.aex", "cp product/engine/rfx.exe $f", "style.aex, style.aex's PiPL, style.aex's size")]
    [TestCase("RunwayFX/style.aex", "cp $(dirname $f)/remove.aex $f", "style.aex's PiPL")]
    [TestCase("RunwayFX/RunwayFX.Premiere.dll", "cp product/engine/coreclr.dll $f", "exports of the Premiere library")]
    [TestCase("engine/runwayfx-engine.exe", "echo >$f", "engine for x64")]
    [TestCase("engine/rfx.exe", "rm $f", "rfx.exe for x64")]
    [TestCase("engine/coreclr.dll", "rm $f", "runtime for x64")]
    [TestCase("engine/onnxruntime.dll", "rm $f", "ONNX Runtime for x64")]
    [TestCase("RunwayFX.ofx.bundle/Contents/Resources/README", "echo \"made in $ROOT/here\" >$f", "no word of where it was built")]
    public void Fault_IsFound(string file, string change, string fault) => CheckFault(file, change, fault);
}
