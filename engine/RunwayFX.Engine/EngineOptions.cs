using System.Globalization;

namespace RunwayFX.Engine;

/// <summary>What the command line of <c>runwayfx-engine</c> says.</summary>
internal sealed record EngineOptions
{
    /// <summary>Longest idle time that can be asked for: a week.</summary>
    public const int IdleSecondsMax = 7 * 24 * 3600;

    /// <summary>Most memory that can be asked for, in MB.</summary>
    public const int MemoryMegabytesMax = 1 << 24;

    public const string Usage = """
        Usage: runwayfx-engine [serve] [options]
        The process in which RunwayFX effects compute. Plug-ins start it on first use; one serves a user.

          --socket PATH      listen there (default: the user's runtime folder)
          --idle-seconds N   end after N seconds without a connection (default 300; 0 never ends)
          --jobs N           most final renders at once (default: the number of cores)
          --memory MB        working memory of all renders together (default: three quarters of this machine's)
          --console          write the log to standard error too
          --version          print the version and end
          --help             print this and end
        """;

    /// <summary>How long the engine stays without a connection; zero for ever.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Final renders that compute at once.</summary>
    public int JobsMax { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, Jobs.JobQueue.JobsRunningMax);

    /// <summary>Budget of working memory in bytes.</summary>
    public long MemoryMax { get; init; } = Math.Max(256L << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3);

    /// <summary>Path to listen at; null takes the user's own.</summary>
    public string? Socket { get; init; }

    public bool ToConsole { get; init; }

    public bool ShowVersion { get; init; }

    public bool ShowHelp { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">An option is unknown or its value is out of range; the message names it.</exception>
    public static EngineOptions Parse(ReadOnlySpan<string> arguments)
    {
        EngineOptions options = new();
        for (int index = 0; index < arguments.Length; index++)
        {
            string name = arguments[index];
            string? next = index + 1 < arguments.Length ? arguments[index + 1] : null;
            switch (name)
            {
                case "serve" when index == 0: break;
                case "--console": options = options with { ToConsole = true }; break;
                case "--version": options = options with { ShowVersion = true }; break;
                case "--help" or "-h": options = options with { ShowHelp = true }; break;
                case "--socket":
                    options = options with { Socket = next ?? throw new FormatException("--socket needs a path") };
                    index++;
                    break;
                case "--idle-seconds":
                    options = options with { IdleLimit = TimeSpan.FromSeconds(Number(name, next, 0, IdleSecondsMax)) };
                    index++;
                    break;
                case "--jobs":
                    options = options with { JobsMax = Number(name, next, 1, Jobs.JobQueue.JobsRunningMax) };
                    index++;
                    break;
                case "--memory":
                    options = options with { MemoryMax = (long)Number(name, next, 1, MemoryMegabytesMax) << 20 };
                    index++;
                    break;
                default:
                    throw new FormatException($"unknown option '{name}'");
            }
        }

        return options;
    }

    private static int Number(string name, string? text, int minimum, int maximum)
    {
        if (text is null) throw new FormatException($"{name} needs a number");
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        if (!isNumber || value < minimum || value > maximum) throw new FormatException($"{name} {text} is not a whole number in {minimum}..{maximum}");
        return value;
    }
}
