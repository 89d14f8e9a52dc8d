using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>What a control of <see cref="ClipControls"/> is in a panel.</summary>
public enum ClipControlKind
{
    /// <summary>A button that starts something.</summary>
    Button = 1,

    /// <summary>A line of text that the effect writes and the user reads.</summary>
    Status = 2,

    /// <summary>A text that only the project sees.</summary>
    Key = 3,

    /// <summary>A parameter of <see cref="ClipControl.Parameter"/>.</summary>
    Parameter = 4,
}

/// <summary>Index values of the <c>clipRange</c> parameter: which frames a pass makes. The numbers never change.</summary>
public enum ClipRangeChoice
{
    /// <summary>As many as the effect's result has, else the source clip, else the host's timeline.</summary>
    WholeClip = 0,

    /// <summary>Those of the host's timeline.</summary>
    Timeline = 1,

    /// <summary>Those that the user names.</summary>
    FirstToLast = 2,
}

/// <summary>A control of the group <see cref="ClipControls.Group"/>.</summary>
/// <param name="Name">Stable identifier, like a parameter's.</param>
/// <param name="Label">What the user reads.</param>
/// <param name="Hint">Tooltip.</param>
/// <param name="Kind">What it is.</param>
public sealed record ClipControl(string Name, string Label, string Hint, ClipControlKind Kind)
{
    /// <summary>Range and default, of <see cref="ClipControlKind.Parameter"/> alone.</summary>
    public ParameterDefinition? Parameter { get; init; }

    /// <summary>Text of a fresh instance, of <see cref="ClipControlKind.Status"/> and <see cref="ClipControlKind.Key"/>.</summary>
    public string DefaultText { get; init; } = "";
}

/// <summary>The controls by which a user has a whole clip made ahead: they stand in the panel of every effect of hosts that have push buttons and progress.</summary>
/// <remarks>They are no part of an effect's table: nothing of them goes over the wire and no picture depends on them. Their names stand in saved projects and never
/// change. Every effect has them, because each is worth it: Style, Extend, Generate and Remove make blocks of frames together, Retime follows motion between frames, and
/// all of them but Retime may use a model.</remarks>
public static class ClipControls
{
    /// <summary>Button that makes the clip.</summary>
    public const string GenerateName = "generate";

    /// <summary>Button that makes what is missing or no longer true.</summary>
    public const string UpdateName = "update";

    /// <summary>Button that forgets what was made.</summary>
    public const string ClearName = "clear";

    /// <summary>Line that says how much there is.</summary>
    public const string StatusName = "clipStatus";

    /// <summary>What the project remembers of a finished pass.</summary>
    public const string KeyName = "jobKey";

    /// <summary>Which frames a pass makes; its values are <see cref="ClipRangeChoice"/>.</summary>
    public const string RangeName = "clipRange";

    /// <summary>First frame where the user names them.</summary>
    public const string FirstName = "clipFirstFrame";

    /// <summary>Last frame where the user names them.</summary>
    public const string LastName = "clipLastFrame";

    /// <summary>The status of an instance for which nothing was made.</summary>
    public const string NothingMade = "not generated";

    /// <summary>The heading they stand under.</summary>
    public static ParameterGroup Group { get; } = new("groupClip", "Clip", "Makes the whole clip ahead, so that playing it and rendering it only look up.", true);

    /// <summary>All of them, in panel order.</summary>
    public static ImmutableArray<ClipControl> All { get; } =
    [
        new(GenerateName, "Generate", "Makes all frames now, first quickly and then in full quality, and keeps them: renders look them up. Cancel keeps what is finished.",
            ClipControlKind.Button),
        new(UpdateName, "Update", "Makes only the frames that are missing or that a change of the source or of a parameter made stale.", ClipControlKind.Button),
        new(ClearName, "Clear", "Forgets the frames that were made.", ClipControlKind.Button),
        new(StatusName, "Status", "How much of the clip is made, and what changed since.", ClipControlKind.Status) { DefaultText = NothingMade },
        Parameter(new ParameterDefinition
        {
            Name = RangeName, Label = "Range", Kind = ParameterKind.Choice, Options = ["Whole Clip", "Timeline", "First to Last"], Maximum = 2, DisplayMaximum = 2, Animates = false,
            Hint = "Which frames Generate and Update make: the whole clip as the effect hands it out, those of the host's timeline, or those from First to Last Frame.",
        }),
        Parameter(Frame(FirstName, "First Frame", "Number of the first frame, used when Range is First to Last.")),
        Parameter(Frame(LastName, "Last Frame", "Number of the last frame, used when Range is First to Last.")),
        new(KeyName, "Job", "What the project remembers of the last pass.", ClipControlKind.Key),
    ];

    /// <summary>Finds a control by name; null where there is none.</summary>
    public static ClipControl? Find(string name)
    {
        foreach (ClipControl control in All)
        {
            if (string.Equals(control.Name, name, StringComparison.Ordinal)) return control;
        }

        return null;
    }

    private static ClipControl Parameter(ParameterDefinition parameter) =>
        new(parameter.Name, parameter.Label, parameter.Hint, ClipControlKind.Parameter) { Parameter = parameter };

    private static ParameterDefinition Frame(string name, string label, string hint) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.Integer, Minimum = EffectCatalog.FrameMin, Maximum = EffectCatalog.FrameMax,
        DisplayMinimum = 0, DisplayMaximum = 1000, Animates = false,
    };
}
