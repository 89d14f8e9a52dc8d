namespace RunwayFX.Cli;

/// <summary>What the program answers to the shell. The numbers never change; scripts and farm managers branch on them.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Success = 0;

    /// <summary>The work failed; the message says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense: an unknown option, parameter, value or frame range.</summary>
    public const int Usage = 2;

    /// <summary>Something that must be installed is missing: ffmpeg, the plug-in bundle, the engine.</summary>
    public const int MissingDependency = 3;

    /// <summary>Stopped by Ctrl-C or a termination signal; the work done so far stays for the next run.</summary>
    public const int Interrupted = 130;

    /// <summary>The table as help and README print it.</summary>
    public const string Table =
        """
        Exit codes:
          0    done
          1    failed; the message says why
          2    the command line is wrong: unknown option, parameter, value or frame
          3    something that must be installed is missing (see `rfx doctor`)
          130  interrupted; the same command goes on where it stopped
        """;
}
