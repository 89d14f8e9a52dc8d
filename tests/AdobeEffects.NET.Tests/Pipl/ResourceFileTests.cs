using System.Collections.Immutable;
using System.Diagnostics;
using AdobeEffects.Pipl;
using AdobeEffects.Raw;
using CsCheck;

namespace AdobeEffects.Tests.Pipl;

public sealed class ResourceFileTests
{
    /// <summary>An empty entry, then type PIPL, number 16000, four bytes: as resource compilers write the statement <c>16000 PiPL DISCARDABLE</c>.</summary>
    private const string Frozen =
        "00000000 20000000 FFFF0000 FFFF0000 00000000 00000000 00000000 00000000"
        + "04000000 28000000 5000 4900 5000 4C00 0000 FFFF803E 0000 00000000 30100904 00000000 00000000 01004142";

    private static WindowsResource Pipl(params byte[] data) => new("PiPL", ResourceFile.PiplId, [.. data]);

    private static EffectProperties Effect => new()
    {
        Name = "Grain",
        Category = "Tests",
        MatchName = "org.test.grain",
        Version = 1,
        OutFlags = PF_OutFlags.PF_OutFlag_DEEP_COLOR_AWARE,
        OutFlags2 = PF_OutFlags2.PF_OutFlag2_SUPPORTS_SMART_RENDER,
    };

    [Test]
    public void Pipl_Written_IsTheFrozenBytes() =>
        Assert.That(Convert.ToHexString(ResourceFile.Write([Pipl(1, 0, 0x41, 0x42)])), Is.EqualTo(Frozen.Replace(" ", "", StringComparison.Ordinal)));

    [Test]
    public void Resources_WrittenAndRead_AreTheSame() =>
        Gen.Select(Gen.String[Gen.Char['A', 'Z'], 1, 63], Gen.UShort[1, ushort.MaxValue], Gen.Byte.Array[0, 50]).Array[0, 5].Sample(several =>
        {
            WindowsResource[] resources = [.. several.Select(one => new WindowsResource(one.Item1, one.Item2, [.. one.Item3]))];
            ImmutableArray<WindowsResource> read = ResourceFile.Read(ResourceFile.Write(resources));
            Assert.That(read.Select(Text), Is.EqualTo(resources.Select(Text)));
        }, iter: 300);

    [TestCase("", 1)]
    [TestCase("P L", 1)]
    [TestCase("PIPL", 0)]
    public void Resource_ThatWindowsDoesNotTake_IsRefused(string type, int id) =>
        Assert.That(() => ResourceFile.Write([new WindowsResource(type, (ushort)id, [1])]), Throws.ArgumentException);

    [Test]
    public void Read_HostileBytes_GivesResourcesOrPiplException()
    {
        byte[] good = ResourceFile.Write([Pipl(1, 2, 3), Pipl(4)]);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((a, x, b, y, length) =>
        {
            byte[] bytes = [.. good];
            bytes[a] = x;
            bytes[b] = y;
            try
            {
                Assert.That(ResourceFile.Read(bytes.AsSpan(0, length)).Length, Is.LessThanOrEqualTo(3));
            }
            catch (PiplException e)
            {
                Assert.That(e.Code, Is.Not.Zero);
            }
        }, iter: 20_000);
    }

    [Test]
    public void File_BesideTheResourceCompilersOwn_IsTheSame()
    {
        string compiler = Tool("llvm-rc", "llvm-rc-14", "llvm-rc-16", "llvm-rc-19");
        using TemporaryFolder folder = new();
        byte[] pipl = Effect.ToBytes(PiplSystem.Windows);
        string source = Path.Combine(folder.Path, "effect.rc"), compiled = Path.Combine(folder.Path, "effect.res");
        File.WriteAllText(source, $"16000 PiPL DISCARDABLE BEGIN \"{string.Concat(pipl.Select(value => $"\\x{value:x2}"))}\" END\n");
        Run(compiler, "/no-preprocess", "/FO", compiled, source);
        Assert.That(ResourceFile.Write([Pipl(pipl)]), Is.EqualTo(File.ReadAllBytes(compiled)));
    }

    [Test]
    public void File_GivenToTheLinker_IsInTheLibrary()
    {
        string linker = Tool("lld-link", "lld-link-14", "lld-link-16", "lld-link-19");
        using TemporaryFolder folder = new();
        byte[] pipl = Effect.ToBytes(PiplSystem.Windows);
        string resource = Path.Combine(folder.Path, "effect.res"), library = Path.Combine(folder.Path, "effect.dll");
        File.WriteAllBytes(resource, ResourceFile.Write([Pipl(pipl)]));
        Run(linker, "/dll", "/noentry", "/machine:x64", $"/out:{library}", resource);
        byte[] binary = File.ReadAllBytes(library);
        ImmutableArray<WindowsResource> found = BinaryResources.Read(binary);
        Assert.That(found, Has.Length.EqualTo(1));
        Assert.That(found[0].Type, Is.EqualTo("PIPL"));
        Assert.That(found[0].Id, Is.EqualTo(16000));
        Assert.That(EffectProperties.FromBytes(found[0].Data.AsSpan(), PiplSystem.Windows), Is.EqualTo(Effect));
    }

    [Test]
    public void BinaryResources_HostileBytes_GiveResourcesOrPiplException()
    {
        byte[] good = SmallBinary.WithResource("PIPL", 16000, [1, 2, 3, 4, 5]);
        Assert.That(BinaryResources.Read(good).Select(Text), Is.EqualTo(new[] { "PIPL 16000 0102030405" }));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((a, x, b, y, length) =>
        {
            byte[] bytes = [.. good];
            bytes[a] = x;
            bytes[b] = y;
            try
            {
                Assert.That(BinaryResources.Read(bytes.AsSpan(0, length)).Length, Is.LessThanOrEqualTo(BinaryResources.ResourcesMax));
            }
            catch (PiplException e)
            {
                Assert.That(e.Code, Is.Not.Zero);
            }
        }, iter: 20_000);
    }

    private static string Text(WindowsResource resource) => $"{resource.Type} {resource.Id} {Convert.ToHexString(resource.Data.AsSpan())}";

    private static string Tool(params string[] names)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? found = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (found == null) Assert.Ignore($"{names[0]} is not installed (package lld or llvm).");
        return found!;
    }

    private static void Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string said = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, said);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("adobe-").FullName;

        public void Dispose() => Directory.Delete(Path, true);
    }
}
