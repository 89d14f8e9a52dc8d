using System.Collections.Immutable;
using RunwayFX.Cli.Commands;
using RunwayFX.Cli.Rendering;
using RunwayFX.Cli.Systems;
using RunwayFX.Effects;
using RunwayFX.Media;

namespace RunwayFX.Cli.Demo;

/// <summary>Makes the demo: two movies, two stills and a contact sheet, everything rendered through the plug-in bundle and the engine.</summary>
internal sealed class DemoRun(CliServices services, string folder)
{
    /// <summary>Frames of the movies.</summary>
    public const int Frames = 20;

    /// <summary>Frames shown on the sheet: far apart for variety, two in a row to judge steadiness.</summary>
    public static readonly ImmutableArray<int> Shown = [0, 6, 12, 18, 19];

    private const string Clip = "vtest.avi";
    private const string StylePicture = "starry_night.jpg";
    private const string ExtendedStill = "home.jpg";
    private const string StyledStill = "graf1.png";

    /// <summary>What is taken of the painting: its sky without the canvas' rim and without the moon, whose orange would lie as one patch where the clip is brightest.</summary>
    private const string StyleCrop = "crop=526:564:15:18";

    private static readonly TimeSpan _cropLimit = TimeSpan.FromMinutes(1);

    private const int MovieCellHeight = 288;
    private const int StillCellHeight = 480;

    private readonly Installation _installation = new(services.System);

    /// <summary>Renders everything.</summary>
    /// <param name="clip">The user's clip; null takes the footage.</param>
    /// <param name="style">The user's style picture; null takes the footage.</param>
    /// <returns>Paths of what was written, the sheet last.</returns>
    public IReadOnlyList<string> Run(string? clip, string? style)
    {
        _ = _installation.RequireEngine(_installation.RequireBundle());
        Directory.CreateDirectory(folder);
        IReadOnlyList<string>? footage = new DemoFootage(services.System, services.Error)
            .Find([Clip, StylePicture, ExtendedStill, StyledStill], services.Cancellation);
        if (footage is null && (clip is null || style is null)) services.Error.WriteLine(
            "no real footage to be had here: showing a clip that this program draws");
        string source = clip ?? footage?[0] ?? ProceduralFootage.WriteClip(Path.Combine(folder, "source"), Frames, services.Cancellation);
        string stylePath = style ?? (footage is null ? null : Sky(footage[1])) ?? ProceduralFootage.WriteStyle(Path.Combine(folder, "source"), services.Cancellation);
        string styleName = style is null && footage is not null ? $"the sky of {StylePicture}" : Name(stylePath);
        FrameRange range = RangeOf(source);

        var written = new List<string>();
        var rows = new List<SheetRow>();
        string styled = Render(written, source, Movie("style"), EffectCatalog.Style, range, ("stylePath", stylePath));
        // The footage's right border cuts a road and a car; what is made up beyond them shows as such, so they stay at the border.
        string anchor = clip is null && footage is not null ? "Right" : "Centre";
        string extended = Render(written, source, Movie("extend"), EffectCatalog.Extend, range, ("targetAspect", "16:9"), ("anchor", anchor));
        rows.Add(Row($"source: {Name(source)}", source, range.First));
        rows.Add(Row($"RunwayFX Style, after {styleName}", styled, 0));
        rows.Add(Row($"RunwayFX Extend, to 16:9, anchor {anchor.ToLowerInvariant()}", extended, 0));
        if (footage is not null)
        {
            string wide = Render(written, footage[2], Path.Combine(folder, "home-16x9.png"), EffectCatalog.Extend, null, ("targetAspect", "16:9"));
            string painted = Render(written, footage[3], Path.Combine(folder, "graf1-styled.png"), EffectCatalog.Style, null,
                ("stylePath", stylePath));
            rows.Add(Stills($"RunwayFX Extend, {ExtendedStill} to 16:9", (footage[2], "source"), (wide, "result")));
            rows.Add(Stills($"RunwayFX Style, {StyledStill} after {styleName}", (footage[3], "source"), (stylePath, "style"),
                (painted, "result")));
        }

        string sheet = Path.Combine(folder, "sheet.png");
        StillWriter.Write(sheet, ContactSheet.Draw(rows, services.Cancellation), StillFormat.Png8, hasAlpha: false,
            cancellation: services.Cancellation);
        written.Add(sheet);
        return written;
    }

    /// <summary>Cuts the style out of the painting, into a file beside the results.</summary>
    private string Sky(string painting)
    {
        string sky = Path.Combine(folder, "sky.png"), temporary = Path.Combine(folder, $"sky.{Environment.ProcessId}.tmp.png");
        ProgramResult? cut = services.System.Run(FFmpegTools.Get().FFmpegPath,
            ["-v", "error", "-y", "-i", painting, "-vf", StyleCrop, "-pix_fmt", "rgb24", temporary], _cropLimit, services.Cancellation);
        if (cut is not { ExitCode: 0 }) throw new CliException(ExitCode.Failed, $"ffmpeg could not cut {StyleCrop} out of {painting}: {cut?.Error.Trim()}");
        File.Move(temporary, sky, overwrite: true);
        return sky;
    }

    private static string Name(string path) => Path.GetFileName(path);

    private FrameRange RangeOf(string source)
    {
        using FrameReader reader = FrameReader.Open(source, null, services.Cancellation);
        long first = reader.Info.FirstFrameNumber;
        return new FrameRange(first, first + Math.Clamp(reader.Info.FrameCount, 1, Frames) - 1);
    }

    /// <summary>H.264 where this ffmpeg has it, else lossless FFV1.</summary>
    private string Movie(string name) => Path.Combine(folder, FFmpegTools.Get().HasEncoder("libx264") ? $"{name}.mp4" : $"{name}.mkv");

    private string Render(List<string> written, string input, string output, EffectDefinition effect, FrameRange? frames,
        params (string Name, string Value)[] values)
    {
        services.Error.WriteLine($"{effect.Label}: {Name(input)} -> {Name(output)}");
        var options = new RenderOptions
        {
            Input = input,
            Output = output,
            Effect = new EffectReference(_installation.RequireBundle(), effect.PluginId),
            Values = [.. values.Select(value => new ParameterAssignment(value.Name, value.Value))],
            Frames = frames,
            // A demo that was stopped half-way starts over: what is shown must be of one build.
            Resume = false,
        };
        written.Add(RenderCommand.Render(services, options, json: false).Output);
        return output;
    }

    private SheetRow Row(string heading, string movie, long first)
    {
        using FrameReader reader = FrameReader.Open(movie, null, services.Cancellation);
        long offset = first - reader.Info.FirstFrameNumber;
        SheetCell[] cells = [.. Shown.Where(frame => offset + frame < reader.Info.FrameCount)
            .Select(frame => new SheetCell(reader.Read(Math.Max(0, offset) + frame, services.Cancellation), $"frame {frame}"))];
        return new SheetRow(heading, MovieCellHeight, cells);
    }

    private SheetRow Stills(string heading, params (string Path, string Caption)[] stills) =>
        new(heading, StillCellHeight, [.. stills.Select(still => new SheetCell(StillReader.Read(still.Path, services.Cancellation), still.Caption))]);
}
