using System.CommandLine;
using RunwayFX.Inference;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx models</c>: looks after the installed model packages. The engine reads the same folder.</summary>
internal static class ModelsCommand
{
    /// <summary>Names the access token for downloads.</summary>
    public const string TokenVariable = "RUNWAYFX_MODELS_TOKEN";

    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var name = new Argument<string>("NAME") { Description = "Package." };
        var source = new Argument<string>("SOURCE") { Description = "Folder in the Hugging Face / Optimum layout, or a zip archive of one." };
        var address = new Argument<string>("NAME|URL") { Description = "Name in the catalogue, or the HTTPS address of a runwayfx.json with hashes." };
        var installedAs = new Option<string?>("--as") { Description = "Name it gets here.", HelpName = "NAME" };
        var list = new Command("list", "Lists installed packages, and the catalogue's.");
        list.SetAction(_ => List(services));
        var info = new Command("info", "Says what a package is and what it can do.") { name };
        info.SetAction(parsed => Info(services, parsed.GetValue(name)!));
        var verify = new Command("verify", "Compares every file of a package with its SHA-256.") { name };
        verify.SetAction(parsed => Verify(services, parsed.GetValue(name)!));
        var import = new Command("import", "Installs a copy of a folder or archive; hashes are taken where it has none.") { source, installedAs };
        import.SetAction(parsed => Import(services, parsed.GetValue(source)!, parsed.GetValue(installedAs)));
        var pull = new Command("pull", "Downloads a package; the same command goes on where an interrupted one stopped.") { address, installedAs };
        pull.SetAction(parsed => Pull(services, parsed.GetValue(address)!, parsed.GetValue(installedAs)));
        var remove = new Command("remove", "Removes a package.") { name };
        remove.SetAction(parsed =>
        {
            Store().Remove(parsed.GetValue(name)!);
            return ExitCode.Success;
        });
        return new Command("models", "Looks after model packages: lists, describes, compares, installs, removes and runs them.")
        {
            list, info, verify, import, pull, remove, ModelsRunCommand.Create(services, Store),
        };
    }

    private static PackageStore Store() => PackageStore.Default
        ?? throw CliException.Missing($"there is no home folder for models; set {PackageStore.FolderVariable}");

    private static int List(CliServices services)
    {
        PackageStore store = Store();
        services.Output.WriteLine($"installed in {store.Folder}:");
        IReadOnlyList<string> names = store.Names();
        foreach (string name in names)
        {
            try
            {
                ModelPackage package = store.Open(name);
                services.Output.WriteLine($"  {name,-24} {package.Family,-20} {string.Join(", ", package.Tasks)}");
            }
            catch (InferenceException e)
            {
                services.Output.WriteLine($"  {name,-24} broken: {e.Message}");
            }
        }

        if (names.Count == 0) services.Output.WriteLine("  (none)");
        services.Output.WriteLine("known (nothing is fetched unless you say so):");
        foreach (CatalogueEntry entry in PackageCatalogue.Load().Packages)
            services.Output.WriteLine($"  {entry.Name,-24} {entry.Title}; {entry.Licence}; {string.Join(", ", entry.Tasks)}; {entry.Manifest ?? entry.Repository}");
        return ExitCode.Success;
    }

    private static int Info(CliServices services, string name)
    {
        ModelPackage package = Store().Open(name);
        services.Output.WriteLine($"name      {package.Name}");
        services.Output.WriteLine($"title     {package.Manifest.Title ?? "-"}");
        services.Output.WriteLine($"family    {package.Family} ({package.ClassName})");
        services.Output.WriteLine($"tasks     {string.Join(", ", package.Tasks)}");
        services.Output.WriteLine($"licence   {package.Manifest.Licence ?? "not stated"}");
        services.Output.WriteLine($"source    {package.Manifest.Source ?? "-"}");
        services.Output.WriteLine($"folder    {package.Folder}");
        services.Output.WriteLine($"files     {package.Manifest.Files.Count}, {package.Manifest.Files.Values.Sum(file => file.Bytes)} bytes");
        return ExitCode.Success;
    }

    private static int Verify(CliServices services, string name)
    {
        IReadOnlyList<string> faults = PackageStore.Verify(Store().Open(name), null, services.Cancellation);
        foreach (string fault in faults) services.Error.WriteLine($"rfx: {name}: {fault}");
        if (faults.Count == 0) services.Output.WriteLine($"{name}: every file is what its manifest says");
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static int Import(CliServices services, string source, string? name)
    {
        ModelPackage package = Store().Import(source, name, null, services.Cancellation);
        services.Output.WriteLine($"installed {package.Name} ({package.Family}; {string.Join(", ", package.Tasks)})");
        return ExitCode.Success;
    }

    private static int Pull(CliServices services, string what, string? name)
    {
        if (!Uri.TryCreate(what, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http"))
        {
            CatalogueEntry entry = PackageCatalogue.Load().Find(what)
                ?? throw CliException.Usage($"'{what}' is neither in the catalogue (rfx models list) nor an address");
            if (entry.Manifest is null)
            {
                throw CliException.Missing($"{entry.Title} ({entry.Licence}) has no manifest with hashes: {entry.Reason}. Fetch {entry.Repository} with its makers'"
                    + $" tools into a folder of real files, then: rfx models import FOLDER --as {entry.Name}");
            }

            address = new Uri(entry.Manifest);
            name ??= entry.Name;
        }

        using PackageDownloader downloader = new(new DownloadOptions { Token = services.System.Variable(TokenVariable) ?? services.System.Variable("HF_TOKEN") });
        ModelPackage package = downloader.PullAsync(address, Store(), name, new Reporter(services), services.Cancellation).GetAwaiter().GetResult();
        services.Output.WriteLine($"installed {package.Name} ({package.Family}; {string.Join(", ", package.Tasks)})");
        return ExitCode.Success;
    }

    /// <summary>One line per whole percent and file.</summary>
    private sealed class Reporter(CliServices services) : IProgress<DownloadProgress>
    {
        private string _last = "";

        public void Report(DownloadProgress value)
        {
            string line = $"{100 * value.Bytes / Math.Max(1, value.Total),3} % of {value.Total >> 20} MiB  {value.Path}";
            if (line == _last) return;
            _last = line;
            if (services.IsTerminal) services.Error.Write($"\r{line}\u001b[K");
        }
    }
}
