using System.Collections.Immutable;
using AdobeEffects.Pipl;
using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>What an effect is, once for <c>PF_Cmd_GLOBAL_SETUP</c>, <c>PF_Cmd_PARAMS_SETUP</c> and the PiPL, which must agree.</summary>
public sealed class EffectDefinition
{
    /// <summary>Parameters of one effect.</summary>
    public const int ParametersMax = 256;

    private readonly Dictionary<string, int> _indices;

    /// <summary>Makes a definition.</summary>
    /// <param name="name">What users read, up to 31 ASCII characters.</param>
    /// <param name="category">The menu.</param>
    /// <param name="matchName">What projects remember, for ever.</param>
    /// <param name="parameters">In the order of the panel.</param>
    /// <exception cref="ArgumentException">A key or id is there twice, groups do not close, or a value is out of its limits.</exception>
    public EffectDefinition(string name, string category, string matchName, ImmutableArray<ParameterDefinition> parameters)
    {
        if (parameters.Length > ParametersMax) throw new ArgumentException($"{parameters.Length} parameters are over {ParametersMax}.", nameof(parameters));
        if (name.Length is 0 or > 31) throw new ArgumentException($"'{name}' has {name.Length} characters; 1 to 31 are legal.", nameof(name));
        Name = name;
        Category = category;
        MatchName = matchName;
        Parameters = parameters;
        _indices = new Dictionary<string, int>(parameters.Length);
        HashSet<int> ids = [];
        int depth = 0;
        for (int index = 0; index < parameters.Length; index++)
        {
            ParameterDefinition parameter = parameters[index];
            parameter.Validate();
            if (!_indices.TryAdd(parameter.Key, index + 1)) throw new ArgumentException($"Key '{parameter.Key}' is there twice.", nameof(parameters));
            if (!ids.Add(parameter.Id)) throw new ArgumentException($"{parameter.Key}: id {parameter.Id} is there twice.", nameof(parameters));
            if (parameter.Kind == ParameterKind.GroupStart) depth++;
            if (parameter.Kind == ParameterKind.GroupEnd && --depth < 0) throw new ArgumentException($"{parameter.Key} ends no group.", nameof(parameters));
        }

        if (depth != 0) throw new ArgumentException($"{depth} groups have no end.", nameof(parameters));
    }

    /// <summary>What users read.</summary>
    public string Name { get; }

    /// <summary>The menu.</summary>
    public string Category { get; }

    /// <summary>What projects remember.</summary>
    public string MatchName { get; }

    /// <summary>In the order of the panel; the host's number of each is its place here plus 1, for 0 is the input layer.</summary>
    public ImmutableArray<ParameterDefinition> Parameters { get; }

    /// <summary>Packed by <see cref="PF_Version.Pack"/>.</summary>
    public uint Version { get; init; } = PF_Version.Pack(1, 0, 0, PF_Stage.PF_Stage_RELEASE, 0);

    /// <summary>Where users get help; may be empty.</summary>
    public string SupportUrl { get; init; } = "";

    /// <summary>Version of what the effect keeps in <see cref="Sequences.SequenceData"/>.</summary>
    public ushort SequenceVersion { get; init; } = 1;

    /// <summary>Whether the effect looks at frames besides the current one.</summary>
    public bool UsesOtherFrames { get; init; }

    /// <summary>Whether the picture changes over time where input and parameters do not.</summary>
    public bool VariesOverTime { get; init; }

    /// <summary>Whether <see cref="Effect.ExternalFiles"/> names files that the project needs.</summary>
    public bool HasExternalFiles { get; init; }

    /// <summary>Formats offered to Premiere, best first.</summary>
    public ImmutableArray<PF_PixelFormat> PremiereFormats { get; init; } =
    [
        PF_PixelFormat.PrPixelFormat_BGRA_4444_32f,
        PF_PixelFormat.PrPixelFormat_BGRA_4444_32f_Linear,
        PF_PixelFormat.PrPixelFormat_BGRA_4444_8u,
    ];

    /// <summary><c>out_flags</c> and the PiPL's <c>eGLO</c>.</summary>
    public PF_OutFlags OutFlags =>
        PF_OutFlags.PF_OutFlag_DEEP_COLOR_AWARE | PF_OutFlags.PF_OutFlag_SEQUENCE_DATA_NEEDS_FLATTENING
        | (UsesOtherFrames ? PF_OutFlags.PF_OutFlag_WIDE_TIME_INPUT : 0)
        | (VariesOverTime ? PF_OutFlags.PF_OutFlag_NON_PARAM_VARY : 0)
        | (HasExternalFiles ? PF_OutFlags.PF_OutFlag_I_HAVE_EXTERNAL_DEPENDENCIES : 0)
        | (Parameters.Any(parameter => parameter.IsSupervised) ? PF_OutFlags.PF_OutFlag_SEND_UPDATE_PARAMS_UI : 0);

    /// <summary><c>out_flags2</c> and the PiPL's <c>eGL2</c>.</summary>
    public PF_OutFlags2 OutFlags2 =>
        PF_OutFlags2.PF_OutFlag2_SUPPORTS_SMART_RENDER | PF_OutFlags2.PF_OutFlag2_FLOAT_COLOR_AWARE
        | PF_OutFlags2.PF_OutFlag2_SUPPORTS_THREADED_RENDERING | PF_OutFlags2.PF_OutFlag2_SUPPORTS_GET_FLATTENED_SEQUENCE_DATA
        | (UsesOtherFrames ? PF_OutFlags2.PF_OutFlag2_AUTOMATIC_WIDE_TIME_INPUT : 0);

    /// <summary>The PiPL that says the same.</summary>
    public EffectProperties ToPipl(string entryPoint) => new()
    {
        Name = Name,
        Category = Category,
        MatchName = MatchName,
        EntryPoint = entryPoint,
        SupportUrl = SupportUrl,
        Version = Version,
        OutFlags = OutFlags,
        OutFlags2 = OutFlags2,
    };

    /// <summary>The host's number of a parameter.</summary>
    /// <exception cref="ArgumentException">The effect has none of that key.</exception>
    public int IndexOf(string key) => _indices.TryGetValue(key, out int index) ? index : throw new ArgumentException($"{Name} has no parameter '{key}'.", nameof(key));
}
