namespace RunwayFX.Inference.Schedulers;

/// <summary>Between a configuration's <c>_class_name</c>, what a user may type, and the samplers.</summary>
public static class SchedulerNames
{
    private static readonly (string Class, string Short, SchedulerKind Kind)[] Table =
    [
        ("DDIM", "ddim", SchedulerKind.Ddim),
        ("DDIMInverse", "ddim-inverse", SchedulerKind.DdimInverse),
        ("DDPM", "ddpm", SchedulerKind.Ddpm),
        ("EulerDiscrete", "euler", SchedulerKind.Euler),
        ("EulerAncestralDiscrete", "euler-a", SchedulerKind.EulerAncestral),
        ("HeunDiscrete", "heun", SchedulerKind.Heun),
        ("DPMSolverMultistep", "dpm++2m", SchedulerKind.DpmMultistep),
        ("DPMSolverSinglestep", "dpm++2s", SchedulerKind.DpmSinglestep),
        ("UniPCMultistep", "unipc", SchedulerKind.UniPc),
        ("LCM", "lcm", SchedulerKind.Lcm),
        ("TCD", "tcd", SchedulerKind.Tcd),
        ("PNDM", "pndm", SchedulerKind.Pndm),
        ("LMSDiscrete", "lms", SchedulerKind.Lms),
        ("DEISMultistep", "deis", SchedulerKind.Deis),
        ("KDPM2Discrete", "dpm2", SchedulerKind.Kdpm2),
        ("KDPM2AncestralDiscrete", "dpm2-a", SchedulerKind.Kdpm2Ancestral),
        ("EDMEuler", "edm-euler", SchedulerKind.EdmEuler),
        ("FlowMatchEulerDiscrete", "flow-euler", SchedulerKind.FlowMatchEuler),
    ];

    /// <summary>Short names, for a user to choose from.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. Table.Select(row => row.Short)];

    /// <summary>The sampler of a class name (with or without "Scheduler") or a short name.</summary>
    /// <param name="text">The name.</param>
    /// <param name="place">Where it stands, for the message.</param>
    /// <exception cref="InferenceException"><see cref="InferenceError.SettingUnsupported"/>: not known.</exception>
    public static SchedulerKind Parse(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string suffix = "Scheduler";
        string name = text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;
        foreach (var row in Table)
        {
            if (row.Class == name || row.Short == text) return row.Kind;
        }

        string shown = text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
        throw new InferenceException(InferenceError.SettingUnsupported,
            $"{place}: _class_name = \"{shown}\" is not supported; known are {string.Join(", ", Table.Select(row => row.Class + suffix))}.");
    }

    /// <summary>The class name of a sampler, as configurations write it.</summary>
    public static string ClassName(SchedulerKind kind) => Array.Find(Table, row => row.Kind == kind).Class + "Scheduler";

    /// <summary>The short name of a sampler.</summary>
    public static string ShortName(SchedulerKind kind) => Array.Find(Table, row => row.Kind == kind).Short;
}
