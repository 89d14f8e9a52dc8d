using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Synthesis.Tests.Style;

/// <summary>The final picture has the same bits whatever computes it.</summary>
public sealed class GuidedRepeatTests
{
    private static readonly GuidedSynthesisOptions Plain = new() { Threads = 1 };
    private static readonly Lazy<string> Expected = new(() => GuidedScene.Fingerprint(Plain));

    /// <summary>Frozen: another value means that every user's saved work looks different, which a version number must tell.</summary>
    [Test]
    public void Picture_HasTheFrozenBits() => Assert.That(Expected.Value, Is.EqualTo("dc77e8c442d9e82223aa85f204dda1e1"));

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(8)]
    [TestCase(16)]
    public void AnyNumberOfThreads_GivesTheSameBits(int threads) =>
        Assert.That(GuidedScene.Fingerprint(Plain with { Threads = threads }), Is.EqualTo(Expected.Value));

    [TestCase(PatchKernelKind.Scalar)]
    [TestCase(PatchKernelKind.Vector128)]
    [TestCase(PatchKernelKind.Vector256)]
    [TestCase(PatchKernelKind.Vector512)]
    public void AnyKernel_GivesTheSameBits(PatchKernelKind kernel)
    {
        SkipWhereMissing(kernel);
        Assert.That(GuidedScene.Fingerprint(Plain with { Kernel = kernel, Threads = 2 }), Is.EqualTo(Expected.Value));
    }

    [Test]
    public void WideRows_GiveTheSameBitsOnAnyKernel([Values(9, 14)] int channels)
    {
        string expected = GuidedScene.Fingerprint(Plain with { Kernel = PatchKernelKind.Scalar }, channels);
        foreach (PatchKernelKind kernel in new[] { PatchKernelKind.Vector128, PatchKernelKind.Vector256, PatchKernelKind.Vector512 })
        {
            if (IsHere(kernel)) Assert.That(GuidedScene.Fingerprint(Plain with { Kernel = kernel, Threads = 3 }, channels), Is.EqualTo(expected), $"{kernel}");
        }
    }

    [Test]
    public void BusyThreadPool_GivesTheSameBits()
    {
        using ManualResetEventSlim release = new();
        int workers = 4 * Environment.ProcessorCount;
        using CountdownEvent ended = new(workers);
        for (int worker = 0; worker < workers; worker++)
        {
            ThreadPool.QueueUserWorkItem(_ =>
            {
                release.Wait();
                ended.Signal();
            });
        }

        string actual = GuidedScene.Fingerprint(Plain with { Threads = 8 });
        release.Set();
        ended.Wait();
        Assert.That(actual, Is.EqualTo(Expected.Value));
    }

    /// <summary>The instruction set is chosen at the start of a process, so each choice needs one.</summary>
    [TestCase("DOTNET_EnableAVX512", "DOTNET_EnableAVX512F")]
    [TestCase("DOTNET_EnableAVX2")]
    [TestCase("DOTNET_EnableAVX")]
    [TestCase("DOTNET_EnableHWIntrinsic")]
    [TestCase("DOTNET_TieredCompilation")]
    [Category("Slow")]
    public void ProcessWithoutInstructions_GivesTheSameBits(params string[] switchedOff)
    {
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string host = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host, ["exec", typeof(GuidedRepeatTests).Assembly.Location, GuidedScene.FingerprintCommand])
        {
            RedirectStandardOutput = true,
        };
        foreach (string name in switchedOff) start.Environment[name] = "0";
        using Process process = Process.Start(start)!;
        string printed = process.StandardOutput.ReadToEnd().Trim();
        Assert.That(process.WaitForExit(60_000), "the process ends");
        Assert.That(printed, Is.EqualTo(Expected.Value));
    }

    private static bool IsHere(PatchKernelKind kernel) => kernel switch
    {
        PatchKernelKind.Vector256 => Avx2.IsSupported,
        PatchKernelKind.Vector512 => Avx512BW.IsSupported,
        _ => true,
    };

    private static void SkipWhereMissing(PatchKernelKind kernel)
    {
        if (IsHere(kernel)) return;
        Assert.That(() => GuidedScene.Fingerprint(Plain with { Kernel = kernel }), Throws.InstanceOf<PlatformNotSupportedException>());
        Assert.Ignore($"this processor has no instructions for {kernel}");
    }
}
