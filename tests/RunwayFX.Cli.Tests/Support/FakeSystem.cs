using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Tests.Support;

/// <summary>A machine that has exactly what a test gives it.</summary>
internal sealed class FakeSystem : ISystem
{
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Folders { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Programs { get; } = new(StringComparer.Ordinal);

    public Func<string, IReadOnlyList<string>, ProgramResult?> Runs { get; set; } = (_, _) => null;

    public bool Writable { get; set; }

    public string Home { get; set; } = "/home/someone";

    public string ProgramFolder { get; set; } = "/opt/runwayfx/cli";

    public string? Variable(string name) => Variables.GetValueOrDefault(name);

    public bool FileExists(string path) => Files.Contains(path);

    public bool FolderExists(string path) => Folders.Contains(path);

    public IReadOnlyList<string> Children(string folder) =>
        [.. Files.Concat(Folders).Where(path => Path.GetDirectoryName(path) == folder).Order(StringComparer.Ordinal)];

    public string? ReadText(string path) => Texts.GetValueOrDefault(path);

    public bool CanWrite(string folder) => Writable;

    public string? FindProgram(string name) => Programs.GetValueOrDefault(name);

    public ProgramResult? Run(string program, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellation) =>
        Runs(program, arguments);
}
