using System.Globalization;

namespace RunwayFX.Effects.Tests;

/// <summary>What shipped projects refer to. The tables below only grow: a line may be added, an option appended, and nothing else ever changes.</summary>
public sealed class FrozenCatalogTests
{
    /// <summary>wire id, plug-in id, menu label.</summary>
    private static readonly string[] Effects =
    [
        "1 org.runwayfx.style RunwayFX Style",
        "2 org.runwayfx.extend RunwayFX Extend",
        "5 org.runwayfx.retime RunwayFX Retime",
        "3 org.runwayfx.generate RunwayFX Generate",
        "4 org.runwayfx.remove RunwayFX Remove",
        "6 org.runwayfx.perform RunwayFX Perform",
    ];

    /// <summary>effect.clip [optional toggle].</summary>
    private static readonly string[] Clips =
    [
        "style.Source",
        "style.Style optional styleFromClip",
        "style.Mask optional maskFromClip",
        "extend.Source",
        "extend.Mask optional maskFromClip",
        "retime.Source",
        "retime.Mask optional maskFromClip",
        "generate.Source",
        "generate.Structure optional structureFromClip",
        "generate.Mask optional maskFromClip",
        "remove.Source",
        "remove.Mask optional maskFromClip",
        "perform.Source",
        "perform.Driving optional drivingFromClip",
        "perform.Mask optional maskFromClip",
    ];

    /// <summary>effect[index on the wire].name kind minimum..maximum default.</summary>
    private static readonly string[] Parameters =
    [
        "style[0].stylePath FilePath",
        "style[1].styleFromClip Boolean 0..1 0",
        "style[2].structureFidelity Double 0..1 0.5",
        "style[3].detailSize Double 0.25..4 1",
        "style[4].temporalStability Double 0..1 0.75",
        "style[5].keepColour Double 0..1 0",
        "style[6].mix Double 0..1 1",
        "style[7].quality Choice 0..2 1",
        "style[8].seed Integer 0..2147483647 1",
        "style[9].colourSpace Choice 0..13 0",
        "style[10].keyframes Text",
        "style[11].styleClipMode Choice 0..1 0",
        "style[12].keepLuma Double 0..1 0",
        "style[13].maskFromClip Boolean 0..1 0",
        "style[14].maskChannel Choice 0..2 0",
        "style[15].invertMask Boolean 0..1 0",
        "style[16].method Choice 0..1 0",
        "style[17].model Text",
        "style[18].prompt Text",
        "style[19].negativePrompt Text",
        "style[20].steps Integer 0..1000 0",
        "style[21].guidance Double 0..100 0",
        "style[22].strength Double 0..1 0.6",
        "style[23].modelSide Integer 0..4096 0",
        "style[24].references Text",
        "style[25].modelFrames Text",
        "style[26].control Choice 0..3 0",
        "style[27].controlScale Double 0..2 1",
        "style[28].controlModel Text",
        "style[29].lora FilePath",
        "style[30].loraWeight Double -4..4 1",
        "style[31].anchorFrames Integer 1..24 8",
        "style[32].colourFromHost Boolean 0..1 1",
        "style[33].fieldOrder Choice 0..3 0",
        "style[34].alphaUse Choice 0..2 0",
        "style[35].outputKind Choice 0..2 0",
        "extend[0].canvas Choice 0..2 0",
        "extend[1].targetAspect Choice 0..8 1",
        "extend[2].customAspect Double 0.1..10 1.7777777777777777",
        "extend[3].pictureAspect Choice 0..7 0",
        "extend[4].anchor Choice 0..8 0",
        "extend[5].blend Double 0..256 16",
        "extend[6].quality Choice 0..2 1",
        "extend[7].seed Integer 0..2147483647 1",
        "extend[8].colourSpace Choice 0..13 0",
        "extend[9].timeMode Choice 0..3 0",
        "extend[10].goodRange Choice 0..1 0",
        "extend[11].firstGoodFrame Integer -100000000..100000000 0",
        "extend[12].lastGoodFrame Integer -100000000..100000000 0",
        "extend[13].framesBefore Integer 0..600 0",
        "extend[14].framesAfter Integer 0..600 0",
        "extend[15].loop Boolean 0..1 0",
        "extend[16].repairFrames Text",
        "extend[17].repairDetect Boolean 0..1 1",
        "extend[18].repairThreshold Double 0.005..1 0.06",
        "extend[19].method Choice 0..1 0",
        "extend[20].model Text",
        "extend[21].prompt Text",
        "extend[22].negativePrompt Text",
        "extend[23].steps Integer 0..1000 0",
        "extend[24].guidance Double 0..100 0",
        "extend[25].strength Double 0..1 1",
        "extend[26].modelSide Integer 0..4096 0",
        "extend[27].references Text",
        "extend[28].modelFrames Text",
        "extend[29].colourFromHost Boolean 0..1 1",
        "extend[30].fieldOrder Choice 0..3 0",
        "extend[31].alphaUse Choice 0..2 0",
        "extend[32].mix Double 0..1 1",
        "extend[33].maskFromClip Boolean 0..1 0",
        "extend[34].maskChannel Choice 0..2 0",
        "extend[35].invertMask Boolean 0..1 0",
        "extend[36].outputKind Choice 0..2 0",
        "retime[0].timing Choice 0..2 0",
        "retime[1].speed Double -10000..10000 100",
        "retime[2].startFrame Double 0..10000000 0",
        "retime[3].sourceFrame Double -10000000..10000000 0",
        "retime[4].frameRate Double 1..1000 60",
        "retime[5].method Choice 0..2 2",
        "retime[6].cutThreshold Double 0..1 0.7",
        "retime[7].mix Double 0..1 1",
        "retime[8].quality Choice 0..2 1",
        "retime[9].colourSpace Choice 0..13 0",
        "retime[10].colourFromHost Boolean 0..1 1",
        "retime[11].fieldOrder Choice 0..3 0",
        "retime[12].alphaUse Choice 0..2 0",
        "retime[13].maskFromClip Boolean 0..1 0",
        "retime[14].maskChannel Choice 0..2 0",
        "retime[15].invertMask Boolean 0..1 0",
        "retime[16].outputKind Choice 0..2 0",
        "generate[0].variation Double 0..1 1",
        "generate[1].motion Double 0..2 1",
        "generate[2].structurePath FilePath",
        "generate[3].structureFromClip Boolean 0..1 0",
        "generate[4].mix Double 0..1 1",
        "generate[5].quality Choice 0..2 1",
        "generate[6].seed Integer 0..2147483647 1",
        "generate[7].colourSpace Choice 0..13 0",
        "generate[8].referencePath FilePath",
        "generate[9].targetWidth Integer 0..16384 0",
        "generate[10].targetHeight Integer 0..16384 0",
        "generate[11].frames Integer 0..100000 0",
        "generate[12].referenceRange Choice 0..1 0",
        "generate[13].firstReferenceFrame Integer -100000000..100000000 0",
        "generate[14].lastReferenceFrame Integer -100000000..100000000 0",
        "generate[15].method Choice 0..1 0",
        "generate[16].model Text",
        "generate[17].prompt Text",
        "generate[18].negativePrompt Text",
        "generate[19].steps Integer 0..1000 0",
        "generate[20].guidance Double 0..100 0",
        "generate[21].strength Double 0..1 1",
        "generate[22].modelSide Integer 0..4096 0",
        "generate[23].references Text",
        "generate[24].modelFrames Text",
        "generate[25].control Choice 0..3 0",
        "generate[26].controlScale Double 0..2 1",
        "generate[27].controlModel Text",
        "generate[28].lora FilePath",
        "generate[29].loraWeight Double -4..4 1",
        "generate[30].colourFromHost Boolean 0..1 1",
        "generate[31].lastPath FilePath",
        "generate[32].fieldOrder Choice 0..3 0",
        "generate[33].alphaUse Choice 0..2 0",
        "generate[34].maskFromClip Boolean 0..1 0",
        "generate[35].maskChannel Choice 0..2 0",
        "generate[36].invertMask Boolean 0..1 0",
        "generate[37].outputKind Choice 0..2 0",
        "remove[0].maskFromClip Boolean 0..1 0",
        "remove[1].maskChannel Choice 0..2 0",
        "remove[2].invertMask Boolean 0..1 0",
        "remove[3].grow Double 0..512 2",
        "remove[4].feather Double 0..256 0",
        "remove[5].temporalRadius Integer 0..120 12",
        "remove[6].camera Choice 0..2 0",
        "remove[7].mix Double 0..1 1",
        "remove[8].quality Choice 0..2 1",
        "remove[9].seed Integer 0..2147483647 1",
        "remove[10].colourSpace Choice 0..13 0",
        "remove[11].method Choice 0..1 0",
        "remove[12].model Text",
        "remove[13].prompt Text",
        "remove[14].negativePrompt Text",
        "remove[15].steps Integer 0..1000 0",
        "remove[16].guidance Double 0..100 0",
        "remove[17].strength Double 0..1 1",
        "remove[18].modelSide Integer 0..4096 0",
        "remove[19].references Text",
        "remove[20].modelFrames Text",
        "remove[21].colourFromHost Boolean 0..1 1",
        "remove[22].fieldOrder Choice 0..3 0",
        "remove[23].alphaUse Choice 0..2 0",
        "remove[24].outputKind Choice 0..2 0",
        "perform[0].characterPath FilePath",
        "perform[1].drivingFromClip Boolean 0..1 0",
        "perform[2].motionKind Choice 0..1 0",
        "perform[3].restRange Choice 0..1 0",
        "perform[4].restFrame Integer -100000000..100000000 0",
        "perform[5].faceX Double 0..1 0.5",
        "perform[6].faceY Double 0..1 0.5",
        "perform[7].faceSize Double 0.02..4 1",
        "perform[8].faceAngle Double -180..180 0",
        "perform[9].drivingX Double 0..1 0.5",
        "perform[10].drivingY Double 0..1 0.5",
        "perform[11].drivingSize Double 0.02..4 1",
        "perform[12].drivingAngle Double -180..180 0",
        "perform[13].stitch Boolean 0..1 1",
        "perform[14].pasteBack Boolean 0..1 1",
        "perform[15].mix Double 0..1 1",
        "perform[16].colourSpace Choice 0..13 0",
        "perform[17].model Text",
        "perform[18].colourFromHost Boolean 0..1 1",
        "perform[19].fieldOrder Choice 0..3 0",
        "perform[20].alphaUse Choice 0..2 0",
        "perform[21].maskFromClip Boolean 0..1 0",
        "perform[22].maskChannel Choice 0..2 0",
        "perform[23].invertMask Boolean 0..1 0",
        "perform[24].outputKind Choice 0..2 0",
    ];

    private const string ColourSpaces = "Rec.709 (BT.1886)|Rec.709 (camera)|sRGB|Linear Rec.709|Linear Rec.2020|ACEScg|ACEScct|Rec.2020 (BT.1886)|"
        + "Rec.2100 PQ|Rec.2100 HLG|DaVinci Intermediate|ARRI LogC3|ARRI LogC4|Sony S-Log3";

    private const string FieldOrders = "From Host|Progressive|Upper First|Lower First", AlphaUses = "Process|Pass|Ignore",
        OutputKinds = "Result|Matte|Generated Only";

    /// <summary>Options in index order: projects store the index.</summary>
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["style.method"] = "Built-in|Model",
        ["style.control"] = "None|Edges|Depth|Picture",
        ["style.quality"] = "Draft|Standard|High",
        ["style.colourSpace"] = ColourSpaces,
        ["style.styleClipMode"] = "Picture per Block|Every Frame",
        ["style.maskChannel"] = "Automatic|Alpha|Luminance",
        ["extend.method"] = "Built-in|Model",
        ["extend.canvas"] = "Automatic|Grow|Fill Bars",
        ["extend.targetAspect"] = "As Source|16:9|9:16|1:1|4:3|4:5|1.85:1|2.39:1|Custom",
        ["extend.pictureAspect"] = "Detect|16:9|9:16|1:1|4:3|4:5|1.85:1|2.39:1",
        ["extend.anchor"] = "Centre|Left|Right|Top|Bottom|Top Left|Top Right|Bottom Left|Bottom Right",
        ["extend.quality"] = "Draft|Standard|High",
        ["extend.colourSpace"] = ColourSpaces,
        ["extend.timeMode"] = "Off|Continue|Repair|Continue and Repair",
        ["extend.goodRange"] = "Whole Clip|First to Last",
        ["retime.timing"] = "Speed|Source Frame|Frame Rate",
        ["retime.method"] = "Nearest|Blend|Motion",
        ["retime.quality"] = "Draft|Standard|High",
        ["retime.colourSpace"] = ColourSpaces,
        ["generate.method"] = "Built-in|Model",
        ["generate.control"] = "None|Edges|Depth|Picture",
        ["generate.quality"] = "Draft|Standard|High",
        ["generate.colourSpace"] = ColourSpaces,
        ["generate.referenceRange"] = "Whole Clip|First to Last",
        ["remove.method"] = "Built-in|Model",
        ["remove.maskChannel"] = "Automatic|Alpha|Luminance",
        ["remove.camera"] = "Automatic|Static|Moving",
        ["remove.quality"] = "Draft|Standard|High",
        ["remove.colourSpace"] = ColourSpaces,
        ["perform.motionKind"] = "Relative|Absolute",
        ["perform.restRange"] = "First Frame|Rest Frame",
        ["perform.colourSpace"] = ColourSpaces,
        ["style.fieldOrder"] = FieldOrders,
        ["style.alphaUse"] = AlphaUses,
        ["style.outputKind"] = OutputKinds,
        ["extend.fieldOrder"] = FieldOrders,
        ["extend.alphaUse"] = AlphaUses,
        ["extend.outputKind"] = OutputKinds,
        ["extend.maskChannel"] = "Automatic|Alpha|Luminance",
        ["retime.fieldOrder"] = FieldOrders,
        ["retime.alphaUse"] = AlphaUses,
        ["retime.outputKind"] = OutputKinds,
        ["retime.maskChannel"] = "Automatic|Alpha|Luminance",
        ["generate.fieldOrder"] = FieldOrders,
        ["generate.alphaUse"] = AlphaUses,
        ["generate.outputKind"] = OutputKinds,
        ["generate.maskChannel"] = "Automatic|Alpha|Luminance",
        ["remove.fieldOrder"] = FieldOrders,
        ["remove.alphaUse"] = AlphaUses,
        ["remove.outputKind"] = OutputKinds,
        ["perform.fieldOrder"] = FieldOrders,
        ["perform.alphaUse"] = AlphaUses,
        ["perform.outputKind"] = OutputKinds,
        ["perform.maskChannel"] = "Automatic|Alpha|Luminance",
    };

    [Test]
    public void Effects_AsShipped_KeepIdsAndLabels() =>
        Assert.That(EffectCatalog.All.Select(effect => $"{effect.WireId} {effect.PluginId} {effect.Label}"), Is.EqualTo(Effects));

    [Test]
    public void Clips_AsShipped_KeepNamesAndOrder() =>
        Assert.That(
            from effect in EffectCatalog.All
            from clip in effect.Clips
            select $"{effect.Name}.{clip.Name}{(clip.IsOptional ? $" optional {clip.ToggleParameter}" : "")}",
            Is.EqualTo(Clips));

    [Test]
    public void Parameters_AsShipped_KeepIndexNameKindRangeAndDefault() =>
        Assert.That(
            from effect in EffectCatalog.All
            from entry in effect.Parameters.Select((parameter, index) => (parameter, index))
            select Describe(effect, entry.parameter, entry.index),
            Is.EqualTo(Parameters));

    [Test]
    public void Choices_AsShipped_KeepTheOrderOfTheirOptions()
    {
        Dictionary<string, string> actual = (
            from effect in EffectCatalog.All
            from parameter in effect.Parameters
            where parameter.Kind == ParameterKind.Choice
            select ($"{effect.Name}.{parameter.Name}", string.Join('|', parameter.Options)))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);
        Assert.That(actual, Is.EqualTo(Options));
    }

    [Test]
    public void Enums_AsShipped_KeepTheirNumbers()
    {
        Assert.That(
            Enum.GetValues<ParameterKind>().Select(kind => $"{(int)kind} {kind}"),
            Is.EqualTo(new[] { "1 Double", "2 Integer", "3 Boolean", "4 Choice", "5 Text", "6 FilePath" }));
        Assert.That(Enum.GetValues<QualityLevel>().Select(level => $"{(int)level} {level}"), Is.EqualTo(new[] { "0 Draft", "1 Standard", "2 High" }));
        Assert.That(Enum.GetValues<TimeMode>().Select(mode => $"{(int)mode} {mode}"),
            Is.EqualTo(new[] { "0 Off", "1 Continue", "2 Repair", "3 ContinueAndRepair" }));
        Assert.That(Enum.GetValues<GoodFrames>().Select(range => $"{(int)range} {range}"), Is.EqualTo(new[] { "0 WholeClip", "1 FirstToLast" }));
        Assert.That(Enum.GetValues<CanvasRule>().Select(rule => $"{(int)rule} {rule}"), Is.EqualTo(new[] { "0 AsSource", "1 MayGrow", "2 OwnSize" }));
        Assert.That(Enum.GetValues<ReferenceRange>().Select(range => $"{(int)range} {range}"), Is.EqualTo(new[] { "0 WholeClip", "1 FirstToLast" }));
        Assert.That(Enum.GetValues<RetimeTiming>().Select(timing => $"{(int)timing} {timing}"), Is.EqualTo(new[] { "0 Speed", "1 SourceFrame", "2 FrameRate" }));
        Assert.That(Enum.GetValues<MaskChannel>().Select(channel => $"{(int)channel} {channel}"), Is.EqualTo(new[] { "0 Automatic", "1 Alpha", "2 Luminance" }));
        Assert.That(Enum.GetValues<CameraMotion>().Select(motion => $"{(int)motion} {motion}"), Is.EqualTo(new[] { "0 Automatic", "1 Static", "2 Moving" }));
        Assert.That(Enum.GetValues<EffectMethod>().Select(method => $"{(int)method} {method}"), Is.EqualTo(new[] { "0 BuiltIn", "1 Model" }));
        Assert.That(Enum.GetValues<ControlKind>().Select(kind => $"{(int)kind} {kind}"), Is.EqualTo(new[] { "0 None", "1 Edges", "2 Depth", "3 Picture" }));
        Assert.That(Enum.GetValues<PerformMotion>().Select(motion => $"{(int)motion} {motion}"), Is.EqualTo(new[] { "0 Relative", "1 Absolute" }));
        Assert.That(Enum.GetValues<RestFrame>().Select(frame => $"{(int)frame} {frame}"), Is.EqualTo(new[] { "0 FirstFrame", "1 Named" }));
        Assert.That(Enum.GetValues<FieldOrder>().Select(order => $"{(int)order} {order}"),
            Is.EqualTo(new[] { "0 FromHost", "1 Progressive", "2 UpperFirst", "3 LowerFirst" }));
        Assert.That(Enum.GetValues<OutputKind>().Select(kind => $"{(int)kind} {kind}"), Is.EqualTo(new[] { "0 Result", "1 Matte", "2 GeneratedOnly" }));
        Assert.That(Enum.GetValues<AlphaUse>().Select(use => $"{(int)use} {use}"), Is.EqualTo(new[] { "0 Process", "1 Pass", "2 Ignore" }));
        Assert.That(Enum.GetValues<RetimeMethod>().Select(method => $"{(int)method} {method}"), Is.EqualTo(new[] { "0 Nearest", "1 Blend", "2 Motion" }));
        Assert.That(
            Enum.GetValues<ColourSpaceOption>().Select(option => $"{(int)option} {option}"),
            Is.EqualTo(new[]
            {
                "0 Rec709Bt1886", "1 Rec709Camera", "2 Srgb", "3 LinearRec709", "4 LinearRec2020", "5 AcesCg", "6 AcesCct", "7 Rec2020Bt1886",
                "8 Rec2100Pq", "9 Rec2100Hlg", "10 DaVinciIntermediate", "11 ArriLogC3", "12 ArriLogC4", "13 SonySLog3",
            }));
    }

    [Test]
    public void ClipNames_AsShipped_StandInConstants()
    {
        Assert.That(EffectDefinition.SourceClipName, Is.EqualTo("Source"));
        Assert.That(EffectCatalog.StyleClipName, Is.EqualTo("Style"));
        Assert.That(EffectCatalog.StructureClipName, Is.EqualTo("Structure"));
        Assert.That(EffectCatalog.MaskClipName, Is.EqualTo("Mask"));
        Assert.That(EffectCatalog.DrivingClipName, Is.EqualTo("Driving"));
        Assert.That(EffectCatalog.PluginIdPrefix, Is.EqualTo("org.runwayfx."));
    }

    private static string Describe(EffectDefinition effect, ParameterDefinition parameter, int index)
    {
        string place = $"{effect.Name}[{index}].{parameter.Name} {parameter.Kind}";
        if (parameter.IsText) return parameter.DefaultText.Length == 0 ? place : $"{place} '{parameter.DefaultText}'";
        return string.Create(CultureInfo.InvariantCulture, $"{place} {parameter.Minimum:R}..{parameter.Maximum:R} {parameter.Default:R}");
    }
}
