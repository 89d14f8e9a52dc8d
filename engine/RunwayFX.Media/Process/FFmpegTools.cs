using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RunwayFX.Media;

/// <summary>Where the ffmpeg and ffprobe programs are, and what this build of ffmpeg can do.</summary>
/// <remarks>RUNWAYFX_FFMPEG names the ffmpeg program or the folder that holds both; otherwise PATH is searched (never the current folder).
/// Needs ffmpeg 5.1 or newer.</remarks>
public sealed class FFmpegTools
{
    /// <summary>Environment variable that names the program or its folder.</summary>
    public const string Variable = "RUNWAYFX_FFMPEG";

    /// <summary>How it is installed on this system, as the user would type it; on Linux by the package manager of Debian and Ubuntu.</summary>
    public static string InstallCommand =>
        OperatingSystem.IsWindows() ? "winget install Gyan.FFmpeg" : OperatingSystem.IsMacOS() ? "brew install ffmpeg" : "Debian, Ubuntu: apt-get install ffmpeg";

    private static readonly Lock _gate = new();
    private static FFmpegTools? _found;
    private static string? _foundFor;
    private readonly Lazy<HashSet<string>> _encoders;

    private FFmpegTools(string ffmpegPath, string ffprobePath, string version)
    {
        FFmpegPath = ffmpegPath;
        FFprobePath = ffprobePath;
        Version = version;
        _encoders = new Lazy<HashSet<string>>(ListEncoders);
    }

    /// <summary>Absolute path of ffmpeg.</summary>
    public string FFmpegPath { get; }

    /// <summary>Absolute path of ffprobe.</summary>
    public string FFprobePath { get; }

    /// <summary>ffmpeg's version as it prints it, e.g. <c>5.1.9-0+deb12u1</c>.</summary>
    public string Version { get; }

    /// <summary>The programs, found once per process and setting.</summary>
    /// <exception cref="MediaException"><see cref="MediaError.ToolMissing"/>.</exception>
    public static FFmpegTools Get() =>
        TryGet(out FFmpegTools? tools, out string problem) ? tools : throw new MediaException(MediaError.ToolMissing, problem);

    /// <summary>Looks without throwing; <paramref name="problem"/> says what is missing and what to do.</summary>
    public static bool TryGet([NotNullWhen(true)] out FFmpegTools? tools, out string problem)
    {
        string setting = $"{Environment.GetEnvironmentVariable(Variable)}\n{Environment.GetEnvironmentVariable("PATH")}";
        lock (_gate)
        {
            problem = "";
            if (_found is null || _foundFor != setting)
            {
                _found = Find(out problem);
                _foundFor = setting;
            }

            tools = _found;
            return tools is not null;
        }
    }

    /// <summary>Whether this ffmpeg has an encoder, by ffmpeg's name (<c>libx264</c>, <c>prores_ks</c>).</summary>
    public bool HasEncoder(string name) => _encoders.Value.Contains(name);

    private static FFmpegTools? Find(out string problem)
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        string? ffmpeg;
        if (!string.IsNullOrEmpty(named))
        {
            ffmpeg = Directory.Exists(named) ? Path.Combine(named, Executable("ffmpeg")) : named;
            if (!File.Exists(ffmpeg))
            {
                problem = $"{Variable} is '{named}', but there is no ffmpeg program there";
                return null;
            }
        }
        else
        {
            ffmpeg = OnPath("ffmpeg");
            if (ffmpeg is null)
            {
                problem = $"ffmpeg is not on the PATH: install it ({InstallCommand}), or let {Variable} name the program or its folder";
                return null;
            }
        }

        ffmpeg = Path.GetFullPath(ffmpeg);
        string beside = Path.Combine(Path.GetDirectoryName(ffmpeg)!, Executable("ffprobe"));
        string? ffprobe = File.Exists(beside) ? beside : OnPath("ffprobe");
        if (ffprobe is null)
        {
            problem = $"ffprobe is neither beside '{ffmpeg}' nor on the PATH; it comes with ffmpeg";
            return null;
        }

        return Check(ffmpeg, ffprobe, out problem);
    }

    private static FFmpegTools? Check(string ffmpeg, string ffprobe, out string problem)
    {
        try
        {
            string text = Encoding.UTF8.GetString(
                ToolProcess.Capture(ffmpeg, ["-hide_banner", "-version"], default, 1 << 20, ffmpeg, CancellationToken.None));
            string version = text.StartsWith("ffmpeg version ", StringComparison.Ordinal) ? text[15..].Split(' ', '\n')[0] : "unknown";
            if (System.Version.TryParse(string.Join('.', version.Split('-', '+')[0].Split('.').Take(2)), out Version? number)
                && number < new Version(5, 1))
            {
                problem = $"ffmpeg at '{ffmpeg}' is version {version}; 5.1 or newer is needed";
                return null;
            }

            problem = "";
            return new FFmpegTools(ffmpeg, ffprobe, version);
        }
        catch (MediaException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static string? OnPath(string name)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            if (!Path.IsPathFullyQualified(folder)) continue;
            string candidate = Path.Combine(folder, Executable(name));
            if (File.Exists(candidate)) return candidate;
        }

        return null;
    }

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private HashSet<string> ListEncoders()
    {
        string text = Encoding.UTF8.GetString(
            ToolProcess.Capture(FFmpegPath, ["-hide_banner", "-encoders"], default, 1 << 22, FFmpegPath, CancellationToken.None));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0].Length == 6) names.Add(words[1]);
        }

        return names;
    }
}
