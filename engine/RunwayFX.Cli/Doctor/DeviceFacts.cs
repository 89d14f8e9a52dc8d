using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Doctor;

/// <summary>What this machine computes with.</summary>
internal sealed class DeviceFacts(ISystem system)
{
    private const double Gibibyte = 1024.0 * 1024 * 1024;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    /// <summary>One check per device.</summary>
    public IEnumerable<DoctorCheck> Checks()
    {
        yield return new DoctorCheck("cpu", CheckStatus.Ok, $"{CpuName()}, {Environment.ProcessorCount} threads, {InstructionSets()}");
        double memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gibibyte;
        string detail = string.Create(CultureInfo.InvariantCulture, $"{memory:0.0} GiB");
        yield return memory < 4
            ? new DoctorCheck("memory", CheckStatus.Warning, detail, "4K frames need 4 GiB and more; render at --scale 1/2 or close other programs")
            : new DoctorCheck("memory", CheckStatus.Ok, detail);
        string[] cards = [.. Graphics()];
        if (cards.Length == 0) yield return new DoctorCheck("gpu", CheckStatus.Note, "none seen; everything is computed on the processor");
        foreach (string card in cards) yield return new DoctorCheck("gpu", CheckStatus.Note,
            $"{card}; the effects of this version compute on the processor");
    }

    private static string InstructionSets()
    {
        (string Name, bool Has)[] sets =
        [
            ("AVX-512", Avx512F.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("SSE4.2", Sse42.IsSupported),
            ("AdvSIMD", AdvSimd.IsSupported), ("dot product", Dp.IsSupported),
        ];
        return $"{RuntimeInformation.ProcessArchitecture} {string.Join(' ', sets.Where(set => set.Has).Select(set => set.Name))}".TrimEnd();
    }

    private string CpuName()
    {
        foreach (string line in (system.ReadText("/proc/cpuinfo") ?? "").Split('\n'))
        {
            if (line.StartsWith("model name", StringComparison.Ordinal)
                && line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0) return line[(colon + 1)..].Trim();
        }

        return "processor";
    }

    private IEnumerable<string> Graphics()
    {
        if (system.FindProgram("nvidia-smi") is { } smi
            && system.Run(smi, ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"], _limit,
                CancellationToken.None) is { ExitCode: 0 } result)
        {
            foreach (string line in result.Output.Split('\n',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) yield return line;
            yield break;
        }

        foreach (string card in system.Children("/sys/class/drm"))
        {
            if (Path.GetFileName(card) is not { Length: 5 } name || !name.StartsWith("card", StringComparison.Ordinal)) continue;
            string vendor = system.ReadText(Path.Combine(card, "device", "vendor"))?.Trim() switch
            {
                "0x10de" => "NVIDIA",
                "0x1002" => "AMD",
                "0x8086" => "Intel",
                { Length: > 0 } other => $"vendor {other}",
                _ => "unknown vendor",
            };
            yield return $"{vendor} ({name})";
        }
    }
}
