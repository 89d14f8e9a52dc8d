using RunwayFX.Cli.Rendering;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli;

/// <summary>What commands need from the outside, so that tests can stand in for it.</summary>
internal sealed record CliServices
{
    /// <summary>Results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal that can redraw.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Signalled by Ctrl-C and termination signals.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The machine: environment, files, programs.</summary>
    public required ISystem System { get; init; }

    /// <summary>Makes the plug-in host.</summary>
    public required Func<IEffectHost> CreateEffectHost { get; init; }
}
