namespace RunwayFX.Effects;

public static partial class EffectCatalog
{
    /// <summary>Clip whose structure the result takes when <see cref="StructureFromClipName"/> is on.</summary>
    public const string StructureClipName = "Structure";

    /// <summary>Parameter that switches the structure clip on.</summary>
    public const string StructureFromClipName = "structureFromClip";

    /// <summary>Parameter with the path of a structure picture.</summary>
    public const string StructurePathName = "structurePath";

    /// <summary>Parameter that says how far the result departs from the reference; 0 leaves it alone.</summary>
    public const string VariationName = "variation";

    /// <summary>Makes new pictures and clips out of the patches of a reference.</summary>
    public static EffectDefinition Generate => All[3];

    private static EffectDefinition CreateGenerate() => new()
    {
        WireId = 3,
        Name = "generate",
        Label = "RunwayFX Generate",
        Description = "Makes a new clip or still that looks like the reference but is arranged anew, or takes its structure from another clip. Runs locally, needs no model.",
        AlgorithmVersion = 1,
        NeedsNeighbours = true,
        Clips =
        [
            new("Source", "Source", "The reference: every piece of the result comes from it."),
            new(StructureClipName, "Structure", "A clip whose structure the result takes, used when Structure from Clip is on.", IsOptional: true,
                ToggleParameter: StructureFromClipName),
        ],
        Parameters =
        [
            Unit(VariationName, "Variation", "How far the arrangement departs from the reference: 0 leaves the reference as it is, 1 lays it out anew.", 1) with { Animates = false },
            Number("motion", "Motion", "Amount of movement: 1 as in the reference, 0 as little and 2 as much as its pieces allow.", 0, 2, 0, 2, 1) with { Animates = false },
            FilePath(StructurePathName, "Structure Picture", "Picture file whose light and dark the result follows (PNG, JPEG, EXR, TIFF); empty for none."),
            Toggle(StructureFromClipName, "Structure from Clip", "Take the structure from the Structure input instead of the file.", false),
            Unit("mix", "Mix", "0 shows the source untouched, 1 the full effect.", 1),
            Quality(),
            Seed(),
            ColourSpace(),
        ],
    };
}
