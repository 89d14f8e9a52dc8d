namespace RunwayFX.Faults.Cases;

/// <summary>What a case must never show.</summary>
internal enum Violation
{
    /// <summary>The host ended without being told to, or something else than the bridge's exception came out of the client.</summary>
    HostCrash,

    /// <summary>A wait was longer than its named limit.</summary>
    Hang,

    /// <summary>A frame came out wrong.</summary>
    WrongPixels,

    /// <summary>Slot memory, sockets or processes stayed.</summary>
    Leak,

    /// <summary>The engine ended or stopped working though nobody harmed it.</summary>
    EngineCrash,

    /// <summary>After the fault a plain frame could not be rendered, or a fault was answered other than it should be.</summary>
    NoRecovery,

    /// <summary>The suite itself failed.</summary>
    Suite,
}

/// <summary>What came of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="WasTriggered">Whether its fault happened.</param>
/// <param name="Violations">What it showed that must never be.</param>
/// <param name="Codes">The renders' codes, 0 for a frame.</param>
/// <param name="TookMs">The whole case.</param>
internal sealed record CaseOutcome(
    FaultCase Case, bool WasTriggered, IReadOnlyList<(Violation Kind, string Text)> Violations, IReadOnlyList<int> Codes, long TookMs);
