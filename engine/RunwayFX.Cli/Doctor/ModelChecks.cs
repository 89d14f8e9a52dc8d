using RunwayFX.Inference;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Cli.Doctor;

/// <summary>What models need: ONNX Runtime, its providers with the reason where one cannot be used, and the installed packages.</summary>
internal static class ModelChecks
{
    /// <summary>Looks at everything. Trying a provider loads drivers and may take seconds.</summary>
    public static IReadOnlyList<DoctorCheck> All()
    {
        List<DoctorCheck> checks = [];
        try
        {
            OnnxRuntime runtime = OnnxRuntime.Shared;
            checks.Add(new DoctorCheck("models", CheckStatus.Ok, $"ONNX Runtime {runtime.Version} ({runtime.LibraryPath})"));
            foreach (ProviderStatus status in ProviderSelection.Shared.ProbeAll())
            {
                checks.Add(new DoctorCheck($"provider {status.Kind.Name()}", CheckStatus.Ok,
                    status.IsUsable ? $"usable ({status.Origin})" : $"not used: {status.Reason}"));
            }

            foreach (string fault in ProviderSelection.Shared.PluginFaults)
                checks.Add(new DoctorCheck("provider plug-in", CheckStatus.Warning, fault, $"take it out of the folder {ProviderSelection.PluginFolderVariable} names"));
        }
        catch (InferenceException e)
        {
            checks.Add(new DoctorCheck("models", CheckStatus.Warning, e.Message, "methods that use a model will not run; the built-in ones do"));
        }

        IReadOnlyList<string> names = PackageStore.Default?.Names() ?? [];
        checks.Add(new DoctorCheck("packages", CheckStatus.Ok, names.Count > 0 ? $"{string.Join(", ", names)} in {PackageStore.DefaultFolder}"
            : $"none in {PackageStore.DefaultFolder ?? $"(no home folder; set {PackageStore.FolderVariable})"}; see rfx models"));
        return checks;
    }
}
