namespace RunwayFX.Packaging.Tests;

/// <summary>The packages for Linux and the archive for Windows, made of a small product.</summary>
public sealed class ArchiveTests : InFolder
{
    private static readonly string[] Product =
    [
        "RunwayFX.ofx.bundle/Contents/Info.plist", "RunwayFX.ofx.bundle/Contents/Linux-x86-64/RunwayFX.ofx", "runwayfx/runwayfx-engine", "runwayfx/rfx", "LICENSE",
        "THIRD-PARTY-NOTICES.txt",
    ];

    [TestCase("make_tar \"$1\" \"$2\"", "tar")]
    [TestCase("make_zip \"$1\" \"$2\"", "zip")]
    [TestCase("mkdir \"$2.d\" && cp -r \"$1\" \"$2.d/files\" && make_deb \"$2.d\" \"$2\"", "dpkg-deb")]
    public void Package_MadeTwice_IsTheSameToTheBit(string make, string program)
    {
        Shell.Require(program);
        Stage("one/product", Product);
        Stage("two/product", [.. Product.Reverse()]);
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "two/product/LICENSE"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        _ = Run($"make() {{ {make}; }}\numask 022; settle one/product; make one/product \"$PWD/first\"\numask 077; chmod 600 two/product/LICENSE; settle two/product; make two/product \"$PWD/second\"");
        byte[] first = File.ReadAllBytes(Path.Combine(Folder, "first"));
        Assert.That(first, Has.Length.GreaterThan(100));
        Assert.That(File.ReadAllBytes(Path.Combine(Folder, "second")), Is.EqualTo(first));
    }

    [Test]
    public void Deb_Unpacked_HasEverythingInItsPlace()
    {
        Shell.Require("dpkg-deb");
        MakeDeb();
        string files = Run("dpkg-deb -x runwayfx.deb out && cd out && find . -type f -o -type l | LC_ALL=C sort");
        Assert.That(files.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            "./usr/OFX/Plugins/RunwayFX.ofx.bundle/Contents/Info.plist", "./usr/OFX/Plugins/RunwayFX.ofx.bundle/Contents/Linux-x86-64/RunwayFX.ofx", "./usr/bin/rfx",
            "./usr/lib/runwayfx/rfx", "./usr/lib/runwayfx/runwayfx-engine", "./usr/share/doc/runwayfx/THIRD-PARTY-NOTICES.txt", "./usr/share/doc/runwayfx/copyright",
        }));
        Assert.That(Run("dpkg-deb -c runwayfx.deb | awk '{ print $2 }' | sort -u").Trim(), Is.EqualTo("root/root"));
        Assert.That(Run("dpkg-deb -f runwayfx.deb Package Version Architecture"), Does.Contain("Package: runwayfx").And.Contain("Architecture: amd64").And.Contain(Run("product_version").Trim()));
        Assert.That(Run("cat out/usr/bin/rfx").Trim(), Is.EqualTo("runwayfx/rfx"), "the link in /usr/bin leads to the program");
    }

    /// <summary>By dpkg itself, into a folder that stands for the root.</summary>
    [Test]
    public void Deb_Installed_IsThere_AndPurged_LeavesNothing()
    {
        Shell.Require("dpkg", "dpkg-deb");
        if (Environment.UserName != "root") Assert.Ignore("dpkg gives files to root, which only root may");
        MakeDeb();
        string before = Run("mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates root/usr/bin root/usr/lib root/usr/share && touch root/var/lib/dpkg/status root/usr/{bin,lib,share}/other && cd root && find usr | sort");
        const string dpkg = "dpkg --root=\"$PWD/root\" --log=/dev/null --force-depends --force-script-chrootless";
        _ = Run($"{dpkg} --install runwayfx.deb");
        Assert.That(Run("test -x root/usr/lib/runwayfx/rfx -a -e root/usr/bin/rfx -a -f root/usr/OFX/Plugins/RunwayFX.ofx.bundle/Contents/Info.plist && echo there").Trim(), Is.EqualTo("there"));
        Assert.That(Run($"dpkg-query --admindir=root/var/lib/dpkg -W -f '${{Status}}' runwayfx"), Is.EqualTo("install ok installed"));
        _ = Run($"{dpkg} --purge runwayfx");
        Assert.That(Run("cd root && find usr | sort"), Is.EqualTo(before));
    }

    [Test]
    public void Install_IntoAFolder_IsThere_AndRemoved_LeavesNothing()
    {
        Shell.Require("tar");
        Stage("product", Product);
        _ = Run("cp \"$ROOT/packaging/linux/install.sh\" product/ && mkdir -p root/usr/bin root/usr/lib/other && DESTDIR=$PWD/root sh product/install.sh");
        Assert.That(Run("cat root/usr/bin/rfx").Trim(), Is.EqualTo("runwayfx/rfx"));
        Assert.That(Path.Combine(Folder, "root/usr/OFX/Plugins/RunwayFX.ofx.bundle/Contents/Info.plist"), Does.Exist);
        Assert.That(Run("DESTDIR=$PWD/root sh product/install.sh && DESTDIR=$PWD/root sh product/install.sh --remove; cd root && find . | LC_ALL=C sort | paste -sd' '").Trim(),
            Is.EqualTo(". ./usr ./usr/bin ./usr/lib ./usr/lib/other"));
    }

    private void MakeDeb()
    {
        Stage("stage/files", Product);
        _ = Run("settle stage && make_deb stage runwayfx.deb");
    }

    private void Stage(string folder, string[] files)
    {
        foreach (string file in files) _ = Write($"{folder}/{file}", file);
        foreach (string program in (string[])["runwayfx-engine", "rfx"]) File.SetUnixFileMode(Path.Combine(Folder, folder, "runwayfx", program), (UnixFileMode)0b111_101_101);
    }
}
