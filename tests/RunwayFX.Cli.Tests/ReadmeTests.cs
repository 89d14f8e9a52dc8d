using System.CommandLine;
using System.Globalization;
using RunwayFX.Cli.Commands;
using RunwayFX.Cli.Tests.Support;
using RunwayFX.Effects;

namespace RunwayFX.Cli.Tests;

/// <summary>Commands that the README shows must exist.</summary>
internal sealed class ReadmeTests
{
    private static IEnumerable<string> Pages() =>
        ["README.md", .. Directory.GetFiles(Path.Combine(RepositoryRoot(), "docs", "guide"), "*.md").Select(path => Path.GetRelativePath(RepositoryRoot(), path)).Order()];

    [TestCaseSource(nameof(Pages))]
    public void EveryCommandShown_Parses(string page)
    {
        string[] commands = [.. Commands(File.ReadAllText(Path.Combine(RepositoryRoot(), page)))];
        if (page == "README.md" || EffectCatalog.FindByName(Path.GetFileNameWithoutExtension(page)) is not null) Assert.That(commands, Is.Not.Empty, $"{page} shows no ./rfx command");
        RootCommand root = CommandTree.Create(new CliServices
        {
            Output = TextWriter.Null, Error = TextWriter.Null, System = new FakeSystem(), CreateEffectHost = () => new FakeEffectHost(),
        });
        Assert.Multiple(() =>
        {
            foreach (string command in commands)
            {
                ParseResult parsed = root.Parse(Words(command));
                Assert.That(parsed.Errors.Select(error => error.Message), Is.Empty, command);
                CheckSettings(Words(command), command);
            }
        });
    }

    /// <summary>What a command sets is there: the effect, its parameters, the options of a choice, numbers within their range.</summary>
    private static void CheckSettings(List<string> words, string command)
    {
        string? After(string option) => words.SkipWhile(word => word != option).Skip(1).FirstOrDefault();
        if (words[0] != "render" || After("--effect") is not { } name) return;
        EffectDefinition? effect = EffectCatalog.FindByName(name);
        Assert.That(effect, Is.Not.Null, command);
        for (int at = 0; at + 1 < words.Count; at++)
        {
            if (words[at] != "--set") continue;
            string[] setting = words[at + 1].Split('=', 2);
            int index = effect!.IndexOf(setting[0]);
            Assert.That(index, Is.Not.Negative, $"{command}: {setting[0]}");
            if (index < 0) continue;
            ParameterDefinition parameter = effect.Parameters[index];
            if (parameter.Kind == ParameterKind.Choice && !int.TryParse(setting[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                Assert.That(parameter.Options, Has.Some.EqualTo(setting[1]).IgnoreCase, $"{command}: {words[at + 1]}");
            else if (!parameter.IsText && double.TryParse(setting[1], CultureInfo.InvariantCulture, out double number))
                Assert.That(number, Is.InRange(parameter.Minimum, parameter.Maximum), $"{command}: {words[at + 1]}");
        }
    }

    [TestCase("./rfx demo", "demo")]
    [TestCase("./rfx render \"my clip.mov\" out.mov --set 'a=b c'   # a comment", "render|my clip.mov|out.mov|--set|a=b c")]
    [TestCase("./rfx plugins | less", "plugins")]
    public void Words_AreSplitAsTheShellDoes(string line, string words) => Assert.That(string.Join('|', Words(line)), Is.EqualTo(words));

    [Test]
    public void Commands_AreTakenFromBlocksWithContinuedLines()
    {
        const string Text = "no ./rfx here\n```sh\n$ ./rfx doctor\n./rfx render a b \\\n  --effect style\nls\n```\n./rfx nor here\n";
        Assert.That(Commands(Text), Is.EqualTo(new[] { "./rfx doctor", "./rfx render a b   --effect style" }));
    }

    private static IEnumerable<string> Commands(string markdown)
    {
        bool inBlock = false;
        string carried = "";
        foreach (string raw in markdown.Split('\n'))
        {
            string line = carried + raw.TrimEnd('\r');
            carried = "";
            if (raw.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inBlock = !inBlock;
                continue;
            }

            if (!inBlock) continue;
            if (line.EndsWith('\\'))
            {
                carried = line[..^1];
                continue;
            }

            string command = line.Trim();
            if (command.StartsWith("$ ", StringComparison.Ordinal)) command = command[2..];
            if (command.StartsWith("./rfx", StringComparison.Ordinal)) yield return command;
        }
    }

    /// <summary>The words behind <c>./rfx</c>, up to a comment, a pipe or a second command.</summary>
    private static List<string> Words(string command)
    {
        var words = new List<string>();
        string word = "";
        char quote = '\0';
        bool open = false;
        foreach (char character in command["./rfx".Length..] + " ")
        {
            if (quote != '\0')
            {
                if (character == quote) quote = '\0';
                else word += character;
            }
            else if (character is '"' or '\'')
            {
                quote = character;
                open = true;
            }
            else if (character == ' ')
            {
                if (word is "|" or "&&" or ";" or "&" or ">" || word.StartsWith('#')) return words;
                if (open || word.Length > 0) words.Add(word);
                (word, open) = ("", false);
            }
            else
            {
                word += character;
            }
        }

        return words;
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests do not run below RunwayFX.sln");
    }
}
