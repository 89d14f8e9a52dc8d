using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace RunwayFX.Effects.Tests;

/// <summary>The guide's pages show the catalogue as it is. <c>RUNWAYFX_WRITE_GUIDE=1</c> in the environment writes the tables anew instead.</summary>
public sealed class GuideTests
{
    private const string Start = "<!-- parameters -->\n", End = "<!-- end of parameters -->";

    private static IEnumerable<string> Names => EffectCatalog.All.Select(effect => effect.Name);

    [TestCaseSource(nameof(Names))]
    public void Page_ShowsTheCataloguesParameters(string name) => CheckTable(name, Table(EffectCatalog.All.Single(each => each.Name == name)));

    [Test]
    public void ClipPage_ShowsItsControls() => CheckTable("clip", ClipTable());

    private static void CheckTable(string name, string table)
    {
        string path = Path.Combine(Folder(), name + ".md");
        string page = File.ReadAllText(path);
        int start = page.IndexOf(Start, StringComparison.Ordinal), end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.That(start >= 0 && end > start, $"{name}.md has no place for its parameters");
        start += Start.Length;
        if (Environment.GetEnvironmentVariable("RUNWAYFX_WRITE_GUIDE") == "1") File.WriteAllText(path, page[..start] + table + page[end..]);
        Assert.That(File.ReadAllText(path), Does.Contain(Start + table + End), $"{name}.md: RUNWAYFX_WRITE_GUIDE=1 and this test write the table anew");
    }

    [Test]
    public void Pages_AreThoseOfTheEffectsAndWhatTheyLinkToExists()
    {
        string[] pages = Directory.GetFiles(Folder(), "*.md");
        Assert.That(pages.Select(Path.GetFileNameWithoutExtension), Is.SupersetOf(Names));
        foreach (string page in pages)
        {
            foreach (string piece in File.ReadAllText(page).Split("](").Skip(1))
            {
                string target = piece[..piece.IndexOf(')', StringComparison.Ordinal)].Split('#')[0];
                if (target.Length == 0 || target.StartsWith("https:", StringComparison.Ordinal)) continue;
                Assert.That(File.Exists(Path.Combine(Folder(), target)), $"{Path.GetFileName(page)} links to '{target}'");
            }
        }
    }

    /// <summary>Pictures beside a page are made by commands on it; Perform works with a model's weights alone, which nobody has without asking for them.</summary>
    [TestCaseSource(nameof(Names))]
    public void Pictures_AreSmallAndMadeByTheCommandsOnTheirPage(string name)
    {
        const long BytesMax = 150_000;
        string page = File.ReadAllText(Path.Combine(Folder(), name + ".md"));
        string[] pictures = [.. page.Split("![").Skip(1).Select(piece => piece.Split("](")[1].Split(')')[0])];
        if (name != EffectCatalog.Perform.Name) Assert.That(pictures, Is.Not.Empty);
        string commands = string.Concat(page.Split("```sh\n").Skip(1).Select(static block => block.Split("```")[0]));
        foreach (string picture in pictures)
        {
            Assert.That(new FileInfo(Path.Combine(Folder(), picture)), Has.Property(nameof(FileInfo.Exists)).True.And.Property(nameof(FileInfo.Length)).LessThan(BytesMax), picture);
            string[] made = [.. commands.Split('\n').Where(line => line.EndsWith(' ' + picture, StringComparison.Ordinal))];
            Assert.That(made, Has.Length.EqualTo(1), $"the command that makes {picture}");
            Assert.That(commands, Does.Contain($"--effect {name} "));
        }
    }

    private static string Table(EffectDefinition effect)
    {
        StringBuilder text = new();
        foreach (ClipDefinition clip in effect.Clips.Where(clip => clip.Name != EffectDefinition.SourceClipName))
            text.Append(CultureInfo.InvariantCulture, $"Clip **{clip.Label}** (optional, used when `{clip.ToggleParameter}` is on): {clip.Hint}\n\n");
        text.Append("| parameter | name | values | what it does |\n|---|---|---|---|\n");
        foreach (ParameterDefinition parameter in effect.Parameters.OrderBy(Place))
            text.Append(CultureInfo.InvariantCulture, $"| {parameter.Label} | `{parameter.Name}` | {Values(parameter)} | {parameter.Hint} |\n");
        return text.ToString();
    }

    private static string ClipTable()
    {
        StringBuilder text = new("| control | name | values | what it does |\n|---|---|---|---|\n");
        foreach (ClipControl control in ClipControls.All)
        {
            string values = control.Kind switch
            {
                ClipControlKind.Button => "button",
                ClipControlKind.Status => "to read",
                ClipControlKind.Key => "hidden",
                _ => Values(control.Parameter!),
            };
            text.Append(CultureInfo.InvariantCulture, $"| {control.Label} | `{control.Name}` | {values} | {control.Hint} |\n");
        }

        return text.ToString();
    }

    /// <summary>Parameters without a group come first, the groups follow in the order of the panel.</summary>
    private static int Place(ParameterDefinition parameter) => ParameterGroups.Of(parameter.Name) is { } group ? ParameterGroups.All.IndexOf(group) : -1;

    private static string Values(ParameterDefinition parameter) => parameter.Kind switch
    {
        ParameterKind.Text => "text",
        ParameterKind.FilePath => "file",
        ParameterKind.Boolean => parameter.Default == 0 ? "**off**, on" : "off, **on**",
        ParameterKind.Choice => string.Join(", ", parameter.Options.Select((option, index) => index == (int)parameter.Default ? $"**{option}**" : option)),
        _ => string.Create(CultureInfo.InvariantCulture, $"{parameter.Minimum} to {parameter.Maximum}; **{parameter.Default}**"),
    };

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "guide");
}
