using AdobeEffects.Raw;

namespace AdobeEffects.Hosting;

/// <summary>Which program is emulated.</summary>
public enum HostKind
{
    /// <summary>Renders fields and formats of its own through <c>PF_Cmd_RENDER</c>.</summary>
    Premiere,

    /// <summary>Renders through <c>PF_Cmd_SMART_PRE_RENDER</c> and <c>PF_Cmd_SMART_RENDER</c>.</summary>
    AfterEffects,
}

/// <summary>What an emulated host does wrong on purpose.</summary>
[Flags]
public enum HostFaults
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>There is no basic suite.</summary>
    NoBasicSuite = 1 << 0,

    /// <summary>No suite can be had.</summary>
    NoSuites = 1 << 1,

    /// <summary>Every suite is a table of null pointers.</summary>
    EmptySuites = 1 << 2,

    /// <summary>There are no utility callbacks.</summary>
    NoUtilities = 1 << 3,

    /// <summary>The interaction callbacks are null, but for adding parameters.</summary>
    NoInteraction = 1 << 4,

    /// <summary>Every checkout fails.</summary>
    FailingCheckouts = 1 << 5,

    /// <summary>The memory behind handles is moved before every command, and what was there is watched.</summary>
    MovingHandles = 1 << 6,

    /// <summary>Renders come without the array of parameters.</summary>
    NoParameters = 1 << 7,

    /// <summary>Pictures lie upside down in memory: the step is negative.</summary>
    UpsideDown = 1 << 8,

    /// <summary>The output says a width of 40000.</summary>
    HugeWidth = 1 << 9,

    /// <summary>The output's step is less than a row.</summary>
    SmallStep = 1 << 10,

    /// <summary>The output says a height of −1.</summary>
    NegativeHeight = 1 << 11,

    /// <summary>There is no output.</summary>
    NoOutput = 1 << 12,

    /// <summary>The input has no pixels.</summary>
    NoInput = 1 << 13,

    /// <summary>Sequence data are other bytes than the effect wrote.</summary>
    ForeignSequence = 1 << 14,

    /// <summary>There is no memory for handles.</summary>
    NoMemory = 1 << 15,

    /// <summary>Times and factors are 0 over 0.</summary>
    ZeroTimes = 1 << 16,

    /// <summary>The last argument of commands is null.</summary>
    NoExtra = 1 << 17,

    /// <summary>The plan handed to the render is not the effect's.</summary>
    ForeignPlan = 1 << 18,
}

/// <summary>What an emulated host is like.</summary>
public sealed record HostOptions
{
    /// <summary>Which program.</summary>
    public required HostKind Kind { get; init; }

    /// <summary>What it does wrong.</summary>
    public HostFaults Faults { get; init; }

    /// <summary>Width of layers.</summary>
    public int Width { get; init; } = 48;

    /// <summary>Height of layers.</summary>
    public int Height { get; init; } = 32;

    /// <summary>Frames of layers.</summary>
    public int FrameCount { get; init; } = 10;

    /// <summary>Whether Premiere can hand other frames over in the format of the render.</summary>
    public bool MatchesCheckouts { get; init; } = true;
}

/// <summary>Says what is in a layer.</summary>
/// <param name="layer">The host's number of the layer parameter; 0 for the input.</param>
/// <param name="frame">Which frame.</param>
/// <param name="x">Column at full size.</param>
/// <param name="y">Row at full size and with all lines.</param>
/// <param name="pixel">Red, green, blue and alpha go here, 1 being white.</param>
public delegate void FramePainter(int layer, int frame, int x, int y, Span<float> pixel);

/// <summary>One render of an emulated host.</summary>
public sealed record RenderSettings
{
    /// <summary>Which frame.</summary>
    public int Frame { get; init; }

    /// <summary>How pixels lie.</summary>
    public PF_PixelFormat Format { get; init; } = PF_PixelFormat.PF_PixelFormat_ARGB32;

    /// <summary>Which field.</summary>
    public PF_Field Field { get; init; }

    /// <summary>How many pixels of each side become one: 4 for a quarter.</summary>
    public int Downsample { get; init; } = 1;

    /// <summary>How often the host may be asked before it wants to stop; negative for never.</summary>
    public int AbortAfter { get; init; } = -1;

    /// <summary>How often progress may be told before the user stops; negative for never.</summary>
    public int StopAfterReports { get; init; } = -1;

    /// <summary>Set when the host wants to stop.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What After Effects asks for; null for all.</summary>
    public PF_LRect? Request { get; init; }

    /// <summary>Whether After Effects only asks and never renders.</summary>
    public bool PlansOnly { get; init; }
}

/// <summary>What came of a render.</summary>
/// <param name="Error">The effect's answer.</param>
/// <param name="Message">What it told the user; empty for nothing.</param>
/// <param name="Output">The picture; null where none was made. The caller disposes it.</param>
/// <param name="Progress">What was told, 0 to 1.</param>
/// <param name="Result">The effect's result rectangle (After Effects).</param>
public sealed record RenderOutcome(PF_Err Error, string Message, HostPicture? Output, IReadOnlyList<double> Progress, PF_LRect Result);
