using System.Globalization;
using System.Text.RegularExpressions;

namespace RunwayFX.Bridge.Tests;

/// <summary>The tables of <c>bridge/PROTOCOL.md</c>.</summary>
internal sealed partial class ProtocolDocument
{
    private ProtocolDocument(string text)
    {
        Text = text;
        foreach (Match match in HeadingPattern().Matches(text))
        {
            Table table = new(match.Groups["name"].Value, Rows(text, match.Index + match.Length));
            if (match.Groups["type"].Success)
            {
                Messages.Add((int.Parse(match.Groups["type"].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups["bytes"].Value, CultureInfo.InvariantCulture), table));
            }
            else
            {
                Records.Add(table.Name, table);
            }
        }
    }

    /// <summary>The document of this checkout.</summary>
    public static ProtocolDocument Current { get; } = new(File.ReadAllText(Find()));

    public string Text { get; }

    /// <summary>Messages with their numbers and longest bodies.</summary>
    public List<(int Type, int BodyBytesMax, Table Table)> Messages { get; } = [];

    /// <summary>Records inside messages, by name.</summary>
    public Dictionary<string, Table> Records { get; } = [];

    /// <summary>The rows of the first table after a heading, without its head.</summary>
    public List<string[]> RowsAfter(string heading)
    {
        int at = Text.IndexOf(heading, StringComparison.Ordinal);
        Assert.That(at, Is.GreaterThan(0), heading);
        return Cells(Text, at + heading.Length);
    }

    private static List<Field> Rows(string text, int start) =>
        [.. Cells(text, start).Where(cells => int.TryParse(cells[0], out _)).Select(cells => new Field(int.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2], cells[3]))];

    private static List<string[]> Cells(string text, int start)
    {
        List<string[]> rows = [];
        foreach (string line in text[start..].Split('\n'))
        {
            if (line.StartsWith('#')) break;
            if (line.StartsWith('|')) rows.Add([.. line.Trim('|').Split('|').Select(cell => cell.Trim())]);
            else if (rows.Count > 0) break;
        }

        return [.. rows.Skip(2)];
    }

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "bridge", "PROTOCOL.md");
    }

    [GeneratedRegex(@"^(### (?<type>\d+) (?<name>\w+) [→←⇄] \((?<bytes>\d+)\)|#### (?<name>\w+))$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex HeadingPattern();

    /// <summary>Fields of a message or record.</summary>
    internal sealed record Table(string Name, List<Field> Fields);

    /// <summary>One field.</summary>
    internal sealed record Field(int Number, string Name, string Type, string Range);
}
