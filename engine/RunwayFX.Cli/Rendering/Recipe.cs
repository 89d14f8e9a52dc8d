using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.Cli.Rendering;

/// <summary>Names a render by everything that decides its pixels, so that a broken run is only taken up by the very same work.</summary>
internal static class Recipe
{
    /// <summary>A short text, equal for equal work: effect and its binary, values, sources and their state on disk, scale, depth and
    /// context.</summary>
    /// <param name="effect">The effect.</param>
    /// <param name="values">Values that were set.</param>
    /// <param name="setup">Depth and scale.</param>
    /// <param name="files">Files whose content matters: inputs, pictures named by parameters, the engine.</param>
    public static string Of(EffectDescriptor effect, IEnumerable<SettingValue> values, EffectSetup setup, IEnumerable<string> files)
    {
        var text = new StringBuilder("recipe 1\n");
        text.Append(CultureInfo.InvariantCulture,
            $"effect {effect.Plugin.Identifier} {string.Join('.', effect.Plugin.Version)} {effect.Context.Context}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"setup {setup.Depth} {setup.Scale.X:R} {setup.Scale.Y:R} {setup.Project.Width:R} {setup.Project.Height:R}\n");
        foreach (SettingValue value in values.OrderBy(value => value.Name, StringComparer.Ordinal)) text.Append(value.ToCanonicalText()).Append('\n');
        foreach ((string name, ClipInput clip) in setup.Clips.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"clip {name} {clip.Info.Width}x{clip.Info.Height} {clip.Info.FrameCount}\n");
        foreach (string file in files.Prepend(effect.BinaryPath)) text.Append(StateOf(file)).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    /// <summary>The files among an effect's text values.</summary>
    public static IEnumerable<string> FilesAmong(IEnumerable<SettingValue> values) =>
        values.Where(value => value.Kind == HostedParameterKind.String).SelectMany(value => PathsIn(value.Text)).Where(File.Exists);

    /// <summary>A text as a path, or the paths of painted frames in it.</summary>
    private static IEnumerable<string> PathsIn(string text) =>
        StyleKeyframes.Read(text, out StyleKeyframe[] keyframes) is null && keyframes.Length > 0 ? keyframes.Select(keyframe => keyframe.Path) : [text];

    private static string StateOf(string path)
    {
        if (Directory.Exists(path)) path = Path.TrimEndingDirectorySeparator(path);
        var info = new FileInfo(path);
        return info.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"file {info.FullName} {info.Length} {info.LastWriteTimeUtc.Ticks}")
            : $"pattern {info.FullName}";
    }
}
