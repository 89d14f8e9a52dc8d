namespace RunwayFX.Cli.Doctor;

/// <summary>How a check came out. Programs read the names.</summary>
internal enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>For information.</summary>
    Note,

    /// <summary>Works, but something will not.</summary>
    Warning,

    /// <summary>Rendering does not work until this is mended.</summary>
    Problem,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">Stable name.</param>
/// <param name="Status">How it came out.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Advice">What to do; null where nothing is to be done.</param>
internal sealed record DoctorCheck(string Name, CheckStatus Status, string Detail, string? Advice = null);

/// <summary>Everything that was looked at. The shape of <c>rfx doctor --json</c>.</summary>
/// <param name="Checks">In the order of looking.</param>
internal sealed record DoctorReport(IReadOnlyList<DoctorCheck> Checks)
{
    /// <summary>Whether rendering works.</summary>
    public bool Healthy => Checks.All(check => check.Status != CheckStatus.Problem);
}
