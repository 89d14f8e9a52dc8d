using System.CommandLine;
using RunwayFX.Bridge;
using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx preview</c>: the picture that a model is at work on, whichever program asked for it. A host's render call takes one finished picture, so it can
/// show none.</summary>
internal static class PreviewCommand
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var file = new Argument<string>("FILE") { Description = "PNG to write; replaced whole each time." };
        var job = new Option<string?>("--job") { Description = "The job, by its reference as in rfx status, such as 3f2a-17; without it the one that began last.", HelpName = "JOB" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Write the picture anew after every step until the job is done." };
        var command = new Command("preview", "Writes the picture that a model is at work on, small; for pictures made by models.") { file, job, follow };
        command.SetAction(parsed =>
        {
            JobReference? wanted = null;
            if (parsed.GetValue(job) is { } text)
                wanted = JobReference.TryParse(text, out JobReference named) ? named : throw CliException.Usage($"'{text}' names no job; rfx status lists them");
            using EngineClient client = EngineCommands.Connect(services);
            return Watch(services, () => client.Preview(wanted), parsed.GetValue(file)!, parsed.GetValue(follow), s_poll);
        });
        return command;
    }

    /// <summary>Asks until there is a picture, with <paramref name="follows"/> until the job is over.</summary>
    internal static int Watch(CliServices services, Func<PreviewReply?> ask, string file, bool follows, TimeSpan poll)
    {
        JobReference? watched = null;
        int step = 0;
        while (true)
        {
            services.Cancellation.ThrowIfCancellationRequested();
            PreviewReply reply = ask() ?? throw new CliException(ExitCode.Failed, "no engine is running");
            // The job that began last may be another by now.
            if (!reply.IsFound || (watched is { } before && reply.Reference != before))
            {
                if (step > 0) return ExitCode.Success;
                throw new CliException(ExitCode.Failed, watched is { } ended
                    ? $"job {ended} is over and showed no picture; only pictures by models are shown, not clips of video models" : "no such job is running; rfx status lists jobs");
            }

            watched = reply.Reference;
            if (reply.Step != step)
            {
                step = reply.Step;
                StillWriter.Write(file, ToFrame(reply), StillFormat.Png8, hasAlpha: false, cancellation: services.Cancellation);
                services.Output.WriteLine($"job {reply.Reference}, step {step}: {reply.Width}x{reply.Height} to {file}");
                if (!follows) return ExitCode.Success;
            }

            services.Cancellation.WaitHandle.WaitOne(poll);
        }
    }

    private static Frame ToFrame(in PreviewReply reply)
    {
        Frame frame = new(reply.Width, reply.Height);
        for (int pixel = 0; pixel < reply.Width * reply.Height; pixel++)
        {
            for (int colour = 0; colour < 3; colour++) frame.Pixels[pixel * Frame.Channels + colour] = reply.Pixels[pixel * 3 + colour] / 255f;
            frame.Pixels[pixel * Frame.Channels + 3] = 1;
        }

        return frame;
    }
}
