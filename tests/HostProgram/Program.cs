using System.Globalization;
using AdobeEffects.Hosting;
using RunwayFX.Bridge;

namespace RunwayFX.HostProgram;

/// <summary>A host in a process of its own, so that tests can run the plug-ins as another system's program. It prints what came of it, one line a result,
/// and returns 0 where everything was as it should be.</summary>
/// <remarks><c>hostprogram ofx|premiere|aftereffects PLUG-IN render|matrix|killed|rounds [KEY=VALUE…]</c>.</remarks>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length < 3)
        {
            Console.Error.WriteLine("usage: hostprogram ofx|premiere|aftereffects PLUG-IN render|matrix|killed|rounds [KEY=VALUE...]");
            return 2;
        }

        try
        {
            Settings settings = Settings.Parse(arguments.AsSpan(3));
            using IHost host = arguments[0] switch
            {
                "ofx" => new OpenFxHost(arguments[1], settings),
                "premiere" => new AdobeHost(arguments[1], HostKind.Premiere, settings),
                "aftereffects" => new AdobeHost(arguments[1], HostKind.AfterEffects, settings),
                _ => throw new ArgumentException($"'{arguments[0]}' is none of ofx, premiere, aftereffects."),
            };
            switch (arguments[2])
            {
                case "render":
                    Runs.Render(host, settings);
                    break;
                case "matrix":
                    Runs.Matrix(host);
                    break;
                case "killed":
                    Runs.Killed(host);
                    break;
                case "rounds":
                    Runs.Rounds(host, settings.Frames);
                    break;
                default:
                    throw new ArgumentException($"'{arguments[2]}' is none of render, matrix, killed, rounds.");
            }

            // The host goes first: its connections keep the engine.
            host.Dispose();
            using EngineClient client = new(new EngineClientOptions { StartsEngine = false });
            _ = client.StopEngine();
            Console.WriteLine("done");
            return 0;
        }
#pragma warning disable CA1031 // The test reads what went wrong, whatever it was.
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            return 1;
        }
#pragma warning restore CA1031
    }
}

/// <summary>What is rendered.</summary>
internal sealed record Settings
{
    /// <summary>File of frames one after another, 8-bit RGBA from the top; empty for painted frames.</summary>
    public string Footage { get; private init; } = "";

    /// <summary>Pixels in a row.</summary>
    public int Width { get; private init; } = 64;

    /// <summary>Rows.</summary>
    public int Height { get; private init; } = 48;

    /// <summary>Frames, or rounds.</summary>
    public int Frames { get; private init; } = 1;

    /// <summary>The style picture's path.</summary>
    public string Style { get; private init; } = "";

    /// <summary>File that gets the rendered frames, 32-bit float RGBA from the top; empty for none.</summary>
    public string Output { get; private init; } = "";

    /// <summary>Number of the quality in the catalogue.</summary>
    public int Quality { get; private init; }

    /// <summary>Reads KEY=VALUE.</summary>
    public static Settings Parse(ReadOnlySpan<string> arguments)
    {
        Settings settings = new();
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? argument : argument[..equals], value = argument[(equals + 1)..];
            settings = key switch
            {
                "footage" => settings with { Footage = value },
                "width" => settings with { Width = Number(value) },
                "height" => settings with { Height = Number(value) },
                "frames" => settings with { Frames = Number(value) },
                "style" => settings with { Style = value },
                "output" => settings with { Output = value },
                "quality" => settings with { Quality = Number(value) },
                _ => throw new ArgumentException($"'{key}' is no setting."),
            };
        }

        return settings;
    }

    private static int Number(string value) => int.Parse(value, CultureInfo.InvariantCulture);
}
