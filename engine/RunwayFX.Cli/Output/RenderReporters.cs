using System.Globalization;
using RunwayFX.Cli.Rendering;
using Spectre.Console;

namespace RunwayFX.Cli.Output;

/// <summary>Reports a render as events, one JSON object per line, for programs.</summary>
internal sealed class JsonReporter(TextWriter output) : IRenderReporter
{
    /// <inheritdoc/>
    public void Started(RenderStart start) => JsonLines.WriteLine(output, new
    {
        Event = "started", start.Input, start.Output, start.Effect, start.Width, start.Height, start.Frames, start.Resumed, start.Threads,
    });

    /// <inheritdoc/>
    public void Advanced(RenderProgress progress) => JsonLines.WriteLine(output, new
    {
        Event = "frame",
        progress.Frame,
        progress.Done,
        progress.Total,
        FramesPerSecond = Math.Round(progress.FramesPerSecond, 3),
        SecondsLeft = progress.TimeLeft is { } left ? Math.Round(left.TotalSeconds, 1) : (double?)null,
    });

    /// <inheritdoc/>
    public void Finishing() => JsonLines.WriteLine(output, new { Event = "finishing" });

    /// <inheritdoc/>
    public void Warn(string message) => JsonLines.WriteLine(output, new { Event = "warning", Message = message });

    /// <inheritdoc/>
    public void Finished(RenderResult result) => JsonLines.WriteLine(output, new
    {
        Event = "finished", result.Output, result.Width, result.Height, result.Frames, result.Resumed, Seconds = Math.Round(result.Seconds, 3),
            MadeBy = result.MadeBy.Count > 0 ? result.MadeBy : null, ExitCode = ExitCode.Success,
    });
}

/// <summary>Reports a render in plain lines, a few seconds apart, where no terminal can redraw.</summary>
internal sealed class PlainReporter(TextWriter error, TimeProvider clock) : IRenderReporter
{
    /// <summary>Time between two lines.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long _last = clock.GetTimestamp();

    /// <inheritdoc/>
    public void Started(RenderStart start)
    {
        error.WriteLine(Describe(start));
        if (start.Resumed > 0) error.WriteLine($"going on: {start.Resumed} of {start.Frames} frames are there from an earlier run");
    }

    /// <inheritdoc/>
    public void Advanced(RenderProgress progress)
    {
        if (progress.Done < progress.Total && clock.GetElapsedTime(_last) < Interval) return;
        _last = clock.GetTimestamp();
        error.WriteLine($"{progress.Done}/{progress.Total} frames{Speed(progress)}");
    }

    /// <inheritdoc/>
    public void Finishing()
    {
    }

    /// <inheritdoc/>
    public void Warn(string message) => error.WriteLine($"warning: {message}");

    /// <inheritdoc/>
    public void Finished(RenderResult result)
    {
    }

    /// <summary>One line about what begins.</summary>
    public static string Describe(RenderStart start)
    {
        string frames = start.Frames == 1 ? "1 frame" : string.Create(CultureInfo.InvariantCulture, $"{start.Frames} frames");
        return $"{Path.GetFileName(start.Input)} → {start.Output}: {frames}, {start.Width}×{start.Height}, {start.Effect}";
    }

    /// <summary>Rate and time left, with a leading comma; empty where unknown.</summary>
    public static string Speed(RenderProgress progress)
    {
        if (progress.FramesPerSecond <= 0) return "";
        string left = progress.TimeLeft is { } time && progress.Done < progress.Total ? $", {Text(time)} left" : "";
        return progress.FramesPerSecond >= 1
            ? string.Create(CultureInfo.InvariantCulture, $", {progress.FramesPerSecond:0.0} frames/s{left}")
            : string.Create(CultureInfo.InvariantCulture, $", {1 / progress.FramesPerSecond:0.0} s/frame{left}");
    }

    /// <summary>A time span as people say it: <c>42 s</c>, <c>3 min 05 s</c>, <c>2 h 07 min</c>.</summary>
    public static string Text(TimeSpan time)
    {
        long seconds = (long)Math.Ceiling(Math.Max(0, time.TotalSeconds));
        if (seconds < 60) return string.Create(CultureInfo.InvariantCulture, $"{seconds} s");
        return seconds < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min {seconds % 60:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600} h {seconds / 60 % 60:00} min");
    }
}

/// <summary>Reports a render as a bar that is redrawn in place.</summary>
internal sealed class BarReporter(ProgressContext context, TextWriter error) : IRenderReporter
{
    private ProgressTask? _task;

    /// <inheritdoc/>
    public void Started(RenderStart start)
    {
        _task = context.AddTask(Markup.Escape(Path.GetFileName(start.Output)), maxValue: Math.Max(1, start.Frames));
        _task.Value = start.Resumed;
    }

    /// <inheritdoc/>
    public void Advanced(RenderProgress progress)
    {
        if (_task is null) return;
        _task.Value = progress.Done;
        _task.Description = Markup.Escape($"{progress.Done}/{progress.Total} frames{PlainReporter.Speed(progress)}");
    }

    /// <inheritdoc/>
    public void Finishing()
    {
        if (_task is not null) _task.Description = "completing the file";
    }

    /// <inheritdoc/>
    public void Warn(string message) => error.WriteLine($"warning: {message}");

    /// <inheritdoc/>
    public void Finished(RenderResult result) => _task?.StopTask();

    /// <summary>Runs work under a bar on a terminal.</summary>
    public static T Run<T>(TextWriter error, Func<IRenderReporter, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error), Interactive = InteractionSupport.Yes });
        return console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => work(new BarReporter(context, error)));
    }
}
