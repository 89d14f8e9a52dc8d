using System.CommandLine;
using System.Globalization;
using RunwayFX.Imaging;
using RunwayFX.Inference.Analysis;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Media;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx models run</c>: has a model look at a movie, a sequence or a still, and writes what it makes: depth, a matte or an object as a grey picture (a mask
/// for the effects), frames between frames, larger frames.</summary>
internal static class ModelsRunCommand
{
    /// <summary>Most new frames for each old one.</summary>
    public const int TimesMax = 16;

    private const long PoolBytes = 4L << 30;

    private static readonly string[] s_tasks = ["depth", "matting", "segmentation", "interpolation", "upscaling"];

    /// <summary>Builds the command.</summary>
    /// <param name="services">Output and cancellation.</param>
    /// <param name="store">The folder of packages.</param>
    public static Command Create(CliServices services, Func<PackageStore> store)
    {
        var task = new Argument<string>("TASK") { Description = $"One of: {string.Join(", ", s_tasks)}. depth, matting and segmentation write grey pictures (white: near, or the"
            + " object), which serve the effects as mask, control or structure clips." };
        var input = new Argument<string>("IN") { Description = "Movie, sequence pattern or picture." };
        var output = new Argument<string>("OUT") { Description = "Movie, sequence pattern or picture; its ending says the format." };
        var model = new Option<string?>("--model") { Description = "Package; without it the first that can do the task.", HelpName = "NAME" };
        var points = new Option<string[]>("--point") { Description = "segmentation: a place in the object, in pixels from the top left; may be given several times.", HelpName = "X,Y" };
        var away = new Option<string[]>("--not") { Description = "segmentation: a place outside the object.", HelpName = "X,Y" };
        var times = new Option<int>("--times") { Description = $"interpolation: how many times as many frames, 2 to {TimesMax}.", DefaultValueFactory = _ => 2 };
        var loss = new Option<bool>("--allow-loss") { Description = "Accept an output format with fewer bits or without alpha." };
        var command = new Command("run", "Has a model look at a movie, sequence or picture, and writes what it makes.") { task, input, output, model, points, away, times, loss };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(task)!;
            if (!s_tasks.Contains(name)) throw CliException.Usage($"'{name}' is no task: {string.Join(", ", s_tasks)}");
            int factor = parsed.GetValue(times);
            if (factor is < 2 or > TimesMax) throw CliException.Usage($"--times {factor} is outside 2..{TimesMax}");
            List<SegmentPoint> places = [.. Places(parsed.GetValue(points), true), .. Places(parsed.GetValue(away), false)];
            if (name == "segmentation" && !places.Exists(place => place.IsWanted)) throw CliException.Usage("segmentation needs --point X,Y");
            ModelPackage package = Find(store(), name, parsed.GetValue(model));
            return Run(services, new Work(name, package, places, factor), parsed.GetValue(input)!, parsed.GetValue(output)!, parsed.GetValue(loss));
        });
        return command;
    }

    private static IEnumerable<SegmentPoint> Places(string[]? texts, bool isWanted)
    {
        foreach (string text in texts ?? [])
        {
            string[] parts = text.Split(',');
            if (parts.Length != 2 || !double.TryParse(parts[0], CultureInfo.InvariantCulture, out double x) || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out double y)
                || !double.IsFinite(x) || !double.IsFinite(y)) throw CliException.Usage($"'{text}' is no place X,Y");
            yield return new SegmentPoint(x, y, isWanted);
        }
    }

    private static ModelPackage Find(PackageStore store, string task, string? name)
    {
        if (name is not null)
        {
            ModelPackage named = store.Open(name);
            return named.Tasks.Contains(task) ? named : throw CliException.Missing($"package {name} cannot do {task}; it can do: {string.Join(", ", named.Tasks)}");
        }

        foreach (string each in store.Names())
        {
            if (IsFit(each) is { } package) return package;
        }

        throw CliException.Missing($"no installed package can do {task} (in {store.Folder}); rfx models list names some, rfx models import FOLDER installs one");

        // A broken package is passed over here; rfx models list says what is wrong with it.
        ModelPackage? IsFit(string each)
        {
            try
            {
                ModelPackage package = store.Open(each);
                return package.Tasks.Contains(task) ? package : null;
            }
            catch (Inference.InferenceException)
            {
                return null;
            }
        }
    }

    private static int Run(CliServices services, Work work, string input, string output, bool allowsLoss)
    {
        CancellationToken cancellation = services.Cancellation;
        using FrameReader reader = FrameReader.Open(input, null, cancellation);
        using SessionPool pool = new(OnnxRuntime.Shared, PoolBytes);
        SessionSettings settings = new() { Provider = ProviderSelection.Shared.Choose(Environment.GetEnvironmentVariable(ProviderSelection.ProviderVariable)) };
        FrameMaker maker = new(work, reader, pool, settings);
        Frame first = maker.Make(0, cancellation);
        OutputSettings made = OutputSettings.ForSource(reader.Info, output) with
        {
            Width = first.Width, Height = first.Height, FrameCount = maker.Count, HasAlpha = false, IsPremultiplied = false, PixelFormat = null, AllowLoss = allowsLoss,
            Recipe = $"models run {work.Task} {work.Times} {string.Join(';', work.Points)} {work.Package.Name}: {work.Package.State()}",
        };
        // More frames of the same length of time.
        if (work.Task == "interpolation" && reader.Info.FrameRate.IsPositive) made = made with { FrameRate = Rational.FromDouble(reader.Info.FrameRate.Value * work.Times), StartTimecode = null };
        using FrameWriter writer = FrameWriter.Open(made, cancellation);
        foreach (string warning in writer.Warnings) services.Error.WriteLine($"rfx: {warning}");
        // What a matting model remembers comes from the frames before: those are looked at again where a broken run goes on.
        if (work.Task == "matting" && writer.Pending.Count > 0)
        {
            for (long index = 1; index < writer.Pending[0]; index++) maker.Make(index, cancellation);
        }

        foreach (long index in writer.Pending)
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Write(index, index == 0 ? first : maker.Make(index, cancellation), null, cancellation);
            if (services.IsTerminal) services.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{index + 1} of {maker.Count}\u001b[K"));
        }

        writer.Finish(cancellation);
        services.Output.WriteLine($"wrote {maker.Count} frames of {first.Width}x{first.Height} to {output}; made by {work.Package.Name}");
        return ExitCode.Success;
    }

    /// <summary>What is to be done.</summary>
    private sealed record Work(string Task, ModelPackage Package, IReadOnlyList<SegmentPoint> Points, int Times);

    /// <summary>Makes the output's frames, in order.</summary>
    private sealed class FrameMaker(Work work, FrameReader reader, SessionPool pool, SessionSettings settings)
    {
        private readonly VideoMatting _matting = new(work.Package, pool, settings);

        /// <summary>Frames of the output.</summary>
        public long Count => work.Task == "interpolation" ? (reader.Info.FrameCount - 1) * work.Times + 1 : reader.Info.FrameCount;

        public Frame Make(long index, CancellationToken cancellation) => work.Task switch
        {
            "depth" => new DepthEstimator(work.Package, pool, settings).Run(reader.Read(index, cancellation), cancellation),
            "segmentation" => new PointSegmenter(work.Package, pool, settings).Run(reader.Read(index, cancellation), work.Points, cancellation),
            "matting" => Matte(_matting.Next(reader.Read(index, cancellation), cancellation)),
            "upscaling" => new Upscaler(work.Package, pool, settings).Run(reader.Read(index, cancellation), cancellation: cancellation),
            _ => index % work.Times == 0 ? reader.Read(index / work.Times, cancellation) : new FrameInterpolator(work.Package, pool, settings).Run(
                reader.Read(index / work.Times, cancellation), reader.Read(index / work.Times + 1, cancellation), index % work.Times / (double)work.Times, cancellation),
        };

        /// <summary>The foreground's share as grey.</summary>
        private static Frame Matte(Frame foreground)
        {
            for (int p = 0; p < foreground.Pixels.Length; p += Frame.Channels)
            {
                foreground.Pixels.AsSpan(p, 3).Fill(foreground.Pixels[p + 3]);
                foreground.Pixels[p + 3] = 1;
            }

            return foreground;
        }
    }
}
