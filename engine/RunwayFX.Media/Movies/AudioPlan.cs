using System.Globalization;

namespace RunwayFX.Media;

/// <summary>How the source's audio gets beside the new pictures.</summary>
/// <remarks>Streams are copied. A cut range starts at the source time of its first frame: PCM is cut to the sample (and stored again as the same
/// PCM, which loses nothing), compressed audio in whole packets. Where loss is allowed, audio that the container cannot hold becomes AAC.</remarks>
internal static class AudioPlan
{
    private static readonly Dictionary<string, string[]> _held = new()
    {
        ["mp4"] = ["aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"],
        ["mov"] = ["aac", "mp3", "ac3", "eac3", "alac", "pcm_"],
        ["avi"] = ["aac", "mp3", "ac3", "mp2", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_u8"],
        ["mxf"] = ["pcm_s16le", "pcm_s24le"],
    };

    /// <summary>Refuses audio that the container cannot hold.</summary>
    public static void Check(OutputSettings settings, string muxer)
    {
        if (settings.AllowLoss || settings.Audio is null) return;
        foreach (AudioStreamInfo stream in settings.Audio.Source.Audio)
        {
            if (Holds(muxer, stream.Codec)) continue;
            throw new MediaException(
                MediaError.WouldLose,
                $"'{settings.Path}': this container cannot hold the source's {stream.Codec} audio (stream {stream.Index}); .mov holds PCM, "
                + ".mkv holds nearly all. Allow the loss to have it stored as AAC.");
        }
    }

    /// <summary>What a user should know.</summary>
    public static IEnumerable<string> Warnings(OutputSettings settings, string muxer)
    {
        if (settings.Audio is null) yield break;
        foreach (AudioStreamInfo stream in settings.Audio.Source.Audio)
        {
            if (!Holds(muxer, stream.Codec)) yield return $"audio stream {stream.Index} ({stream.Codec}) is stored as {Substitute(muxer)}";
            else if (!settings.Audio.IsWhole && !IsPcm(stream.Codec))
            {
                yield return $"audio stream {stream.Index} ({stream.Codec}) is cut in whole packets, not to the sample";
            }
        }
    }

    /// <summary>The second input of the join; nothing where there is no audio.</summary>
    public static IEnumerable<string> InputArguments(OutputSettings settings)
    {
        if (settings.Audio is not { } audio || audio.Source.Audio.Count == 0) return [];
        MediaInfo source = audio.Source;
        double start = source.StartSeconds - source.ContainerStartSeconds + (audio.FirstFrame / source.FrameRate.Value);
        List<string> arguments = [];
        arguments.AddRange(MediaPaths.InputGuards);
        if (start > 1e-6) arguments.AddRange(["-ss", Seconds(start)]);
        if (!audio.IsWhole) arguments.AddRange(["-t", Seconds(settings.FrameCount / settings.FrameRate.Value)]);
        arguments.AddRange(["-i", MediaPaths.Argument(MediaPaths.ExistingFile(source.Path))]);
        return arguments;
    }

    /// <summary>Stream maps and audio codecs of the join.</summary>
    public static IEnumerable<string> MapArguments(OutputSettings settings, string muxer)
    {
        if (settings.Audio is not { } audio) yield break;
        int output = 0;
        foreach (AudioStreamInfo stream in audio.Source.Audio)
        {
            yield return "-map";
            yield return string.Create(CultureInfo.InvariantCulture, $"1:{stream.Index}");
            yield return string.Create(CultureInfo.InvariantCulture, $"-c:a:{output++}");
            bool cut = !audio.IsWhole && IsPcm(stream.Codec);
            yield return !Holds(muxer, stream.Codec) ? Substitute(muxer) : cut ? stream.Codec : "copy";
        }
    }

    private static bool IsPcm(string codec) => codec.StartsWith("pcm_", StringComparison.Ordinal) && codec is not ("pcm_bluray" or "pcm_dvd");

    private static string Substitute(string muxer) => muxer == "mxf" ? "pcm_s24le" : "aac";

    private static bool Holds(string muxer, string codec) =>
        !_held.TryGetValue(muxer, out string[]? held)
            || held.Any(name => name[^1] == '_' ? codec.StartsWith(name, StringComparison.Ordinal) : codec == name);

    private static string Seconds(double value) => value.ToString("0.000000", CultureInfo.InvariantCulture);
}
