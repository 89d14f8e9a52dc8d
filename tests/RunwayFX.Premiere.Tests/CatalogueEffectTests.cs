using AdobeEffects.Hosting;
using AdobeEffects.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using RenderOutcome = AdobeEffects.Hosting.RenderOutcome;

namespace RunwayFX.Premiere.Tests;

/// <summary>From an emulated host through the bridge to an engine that gives every frame back: same pixels, whatever the format.</summary>
public sealed class CatalogueEffectTests
{
    private const PF_PixelFormat Float = PF_PixelFormat.PrPixelFormat_BGRA_4444_32f;

    [TearDown]
    public void Calm() => (Stage.Engine.OnRender, Stage.Engine.Instead) = (null, null);

    [TestCase(HostKind.Premiere, PF_PixelFormat.PrPixelFormat_BGRA_4444_8u)]
    [TestCase(HostKind.Premiere, PF_PixelFormat.PrPixelFormat_BGRA_4444_32f)]
    [TestCase(HostKind.Premiere, PF_PixelFormat.PF_PixelFormat_ARGB32)]
    [TestCase(HostKind.AfterEffects, PF_PixelFormat.PF_PixelFormat_ARGB32)]
    [TestCase(HostKind.AfterEffects, PF_PixelFormat.PF_PixelFormat_ARGB64)]
    [TestCase(HostKind.AfterEffects, PF_PixelFormat.PF_PixelFormat_ARGB128)]
    public void Frame_PassedThrough_KeepsItsBits(HostKind kind, PF_PixelFormat format)
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, kind);
        using HostedInstance instance = hosted.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 3, Format = format });
        using HostPicture picture = outcome.Output!;
        Assert.That((outcome.Error, outcome.Message), Is.EqualTo((PF_Err.PF_Err_NONE, "")));
        AssertIsSource(picture, 3, 1);
    }

    [Test]
    public void UpsideDownPicture_PassedThrough_KeepsItsBits()
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, HostKind.Premiere, HostFaults.UpsideDown);
        using HostedInstance instance = hosted.Host.CreateInstance();
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 3, Format = Float }).Output!;
        AssertIsSource(picture, 3, 1);
    }

    [Test]
    public void Fields_PassedThrough_MakeTheWholeFrame()
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Remove, HostKind.Premiere);
        using HostedInstance instance = hosted.Host.CreateInstance();
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 4, Format = Float, Field = PF_Field.PF_Field_UPPER }).Output!;
        Assert.That(picture.IsUntouched(1), Is.True);
        _ = instance.Render(new RenderSettings { Frame = 4, Format = Float, Field = PF_Field.PF_Field_LOWER }, picture);
        AssertIsSource(picture, 4, 1);
    }

    /// <summary>Premiere has no pictures of 16 bits: floats take their place, and lose nothing.</summary>
    [Test]
    public void SourceOf16Bits_InPremiere_ComesAsFloats()
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, HostKind.Premiere);
        using HostedInstance instance = hosted.Host.CreateInstance();
        Assert.That(hosted.Host.FormatFor(16), Is.EqualTo(Float));
        Assert.That(hosted.Host.FormatFor(8), Is.EqualTo(PF_PixelFormat.PrPixelFormat_BGRA_4444_8u));
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 3, Format = hosted.Host.FormatFor(16) }).Output!;
        AssertIsSource(picture, 3, 1);
    }

    [Test]
    public void Fields_InAfterEffects_AreWholeFrames()
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, HostKind.AfterEffects);
        using HostedInstance instance = hosted.Host.CreateInstance();
        foreach (PF_Field field in (PF_Field[])[PF_Field.PF_Field_UPPER, PF_Field.PF_Field_LOWER])
        {
            using HostPicture picture = instance.Render(new RenderSettings { Frame = 4, Format = PF_PixelFormat.PF_PixelFormat_ARGB128, Field = field }).Output!;
            AssertIsSource(picture, 4, 1);
        }
    }

    [TestCase(HostKind.Premiere, PF_PixelFormat.PrPixelFormat_BGRA_4444_8u)]
    [TestCase(HostKind.Premiere, PF_PixelFormat.PrPixelFormat_BGRA_4444_32f)]
    [TestCase(HostKind.AfterEffects, PF_PixelFormat.PF_PixelFormat_ARGB32)]
    [TestCase(HostKind.AfterEffects, PF_PixelFormat.PF_PixelFormat_ARGB64)]
    [TestCase(HostKind.AfterEffects, PF_PixelFormat.PF_PixelFormat_ARGB128)]
    public void OtherFrames_AskedForByTheEngine_AreHandedOver(HostKind kind, PF_PixelFormat format)
    {
        FetchingEngine engine = new(-2);
        Stage.Engine.Instead = engine;
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, kind);
        using HostedInstance instance = hosted.Host.CreateInstance();
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 5, Format = format }).Output!;
        AssertIsSource(picture, 3, 1);
        Assert.That((engine.HasTemporalAccess, engine.HasFrameBeforeTheClip), Is.EqualTo((true, false)));
    }

    /// <summary>Frames that After Effects would have to hold in more memory than is asked of it are not planned, and the engine is told.</summary>
    [Test]
    public void OtherFrames_TooManyForAfterEffects_AreNotSpokenOf()
    {
        FetchingEngine engine = new(-2);
        Stage.Engine.Instead = engine;
        using HostedCatalogueEffect hosted = new(EffectCatalog.Remove, HostKind.AfterEffects, frameCount: 1000);
        using HostedInstance instance = hosted.Host.CreateInstance();
        instance.SetNumber(EffectCatalog.Remove.IndexOf(EffectCatalog.TemporalRadiusName) + 1, 120);
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 500 }).Output!;
        AssertIsSource(picture, 500, 1);
        Assert.That(engine.HasTemporalAccess, Is.False);
    }

    [TestCase(HostKind.Premiere, PF_PixelFormat.PrPixelFormat_BGRA_4444_8u)]
    [TestCase(HostKind.AfterEffects, PF_PixelFormat.PF_PixelFormat_ARGB64)]
    public void Quarter_PassedThrough_KeepsItsBits(HostKind kind, PF_PixelFormat format)
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, kind);
        using HostedInstance instance = hosted.Host.CreateInstance();
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 2, Format = format, Downsample = 4 }).Output!;
        AssertIsSource(picture, 2, 4);
    }

    [Test]
    public void Text_Chosen_ReachesTheEngineAndSurvivesSaving()
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, HostKind.Premiere);
        List<(string Title, string Current, bool IsFile)> asked = [];
        hosted.Prompt = (title, current, isFile) =>
        {
            asked.Add((title, current, isFile));
            return "/pictures/Gemälde.png";
        };
        byte[] saved;
        int button = EffectCatalog.Style.IndexOf("stylePath") + 1;
        using (HostedInstance instance = hosted.Host.CreateInstance())
        {
            Assert.That(instance.Change(button).IsRerendered, Is.True);
            Assert.That(instance.Change(button).IsRerendered, Is.False, "The same text again is no change.");
            Assert.That(instance.Files(false), Is.EqualTo(new[] { "/pictures/Gemälde.png" }));
            saved = instance.Save();
        }

        using HostedInstance opened = hosted.Host.OpenInstance(saved);
        opened.Render(new RenderSettings { Frame = 1, Format = Float }).Output!.Dispose();
        Assert.That(Stage.Engine.LastTexts[button - 1], Is.EqualTo("/pictures/Gemälde.png"));
        Assert.That(asked, Is.EqualTo(new[] { ("RunwayFX Style: Style Picture", "", true), ("RunwayFX Style: Style Picture", "/pictures/Gemälde.png", true) }));
    }

    [Test]
    public void Prompt_Chosen_StandsInThePanelAndReachesTheEngine()
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Generate, HostKind.Premiere);
        int prompt = EffectCatalog.Generate.IndexOf(EffectCatalog.PromptName) + 1, picture = EffectCatalog.Generate.IndexOf(EffectCatalog.ReferencePathName) + 1;
        hosted.Prompt = (_, _, isFile) => isFile ? @"C:\pictures\night.png" : "a harbour at night";
        using HostedInstance instance = hosted.Host.CreateInstance();
        string before = instance.Values[prompt - 1].NameText;
        Assert.That(instance.UpdatePanel(), Is.EqualTo(PF_Err.PF_Err_NONE));
        Assert.That((before, instance.Values[prompt - 1].NameText), Is.EqualTo(("Prompt", "Prompt")));
        _ = instance.Change(prompt);
        _ = instance.Change(picture);
        _ = instance.UpdatePanel();
        Assert.That((instance.Values[prompt - 1].NameText, instance.Values[picture - 1].NameText), Is.EqualTo(("a harbour at night", "night.png")));
        instance.Render(new RenderSettings { Frame = 1, Format = Float }).Output!.Dispose();
        Assert.That((Stage.Engine.LastTexts[prompt - 1], Stage.Engine.LastTexts[picture - 1]), Is.EqualTo(("a harbour at night", @"C:\pictures\night.png")));
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Engine_ThatRefuses_IsAMessageInTheHost(HostKind kind)
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, kind);
        using HostedInstance instance = hosted.Host.CreateInstance();
        Stage.Engine.OnRender = () => throw new BridgeException(BridgeError.RenderRefused, "the style picture is missing");
        RenderOutcome refused = instance.Render(new RenderSettings { Frame = 1 });
        refused.Output!.Dispose();
        Assert.That(refused.Error, Is.EqualTo(PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED));
        Assert.That(refused.Message, Does.StartWith("RunwayFX Style failed: the style picture is missing"));
        Stage.Engine.OnRender = null;
        using HostPicture picture = instance.Render(new RenderSettings { Frame = 1 }).Output!;
        AssertIsSource(picture, 1, 1);
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Engine_ThatIsNotThere_IsAMessageInTheHost(HostKind kind)
    {
        string folder = Directory.CreateTempSubdirectory("rfx-nobody-").FullName;
        using EngineClient lonely = new(new EngineClientOptions { StartsEngine = false, Endpoint = BridgeEndpoint.At(Path.Combine(folder, "nobody.sock")) });
        using HostedCatalogueEffect hosted = new(EffectCatalog.Extend, kind, client: lonely);
        using HostedInstance instance = hosted.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 1 });
        outcome.Output!.Dispose();
        Assert.That(outcome.Error, Is.EqualTo(PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED));
        Assert.That(outcome.Message, Does.StartWith("RunwayFX Extend failed: "));
        Directory.Delete(folder, recursive: true);
    }

    [TestCase(HostKind.Premiere)]
    [TestCase(HostKind.AfterEffects)]
    public void Abort_DuringTheRender_IsTaken(HostKind kind)
    {
        using HostedCatalogueEffect hosted = new(EffectCatalog.Style, kind);
        using HostedInstance instance = hosted.Host.CreateInstance();
        RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 1, AbortAfter = 0 });
        outcome.Output!.Dispose();
        Assert.That(outcome.Error, Is.EqualTo(PF_Err.PF_Interrupt_CANCEL));
    }

    [TestCaseSource(typeof(CatalogueMappingTests), nameof(CatalogueMappingTests.Effects))]
    public void EveryEffect_InBothHosts_GivesItsFrame(EffectDefinition effect)
    {
        foreach (HostKind kind in (HostKind[])[HostKind.Premiere, HostKind.AfterEffects])
        {
            using HostedCatalogueEffect hosted = new(effect, kind);
            using HostedInstance instance = hosted.Host.CreateInstance();
            RenderOutcome outcome = instance.Render(new RenderSettings { Frame = 5 });
            using HostPicture picture = outcome.Output!;
            Assert.That((outcome.Error, outcome.Message), Is.EqualTo((PF_Err.PF_Err_NONE, "")));
            AssertIsSource(picture, 5, 1);
        }
    }

    private static void AssertIsSource(HostPicture picture, int frame, int downsample)
    {
        using HostPicture expected = new(picture.Format, picture.Width, picture.Height, false);
        Span<float> pixel = stackalloc float[4];
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                Stage.Paint(0, frame, x * downsample, y * downsample, pixel);
                expected.SetPixel(x, y, pixel);
            }

            Assert.That(picture.Row(y).SequenceEqual(expected.Row(y)), Is.True, $"row {y}");
        }
    }
}

/// <summary>Gives the frame some way from the one asked for in its place, where it is to be had.</summary>
internal sealed class FetchingEngine(double offset) : IEngineHandler
{
    /// <summary>What the plug-in said of other frames.</summary>
    public bool HasTemporalAccess { get; private set; }

    /// <summary>Whether it gave a frame that there is not.</summary>
    public bool HasFrameBeforeTheClip { get; private set; }

    public void CheckSession(RenderSession session)
    {
    }

    public void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation)
    {
        HasTemporalAccess = request.HasTemporalAccess;
        using SuppliedFrame? before = frames.Fetch(0, -1);
        HasFrameBeforeTheClip = before is not null;
        using SuppliedFrame frame = frames.Fetch(0, request.Time + offset) ?? frames.Fetch(0, request.Time) ?? throw new BridgeException(BridgeError.RenderRefused, "no source");
        frames.PassThrough(frame);
    }

    public CacheReply AnswerCache(in CacheRequest question) => new() { Key = question.Key, Frames = 0, Bytes = 0, BytesMax = 0 };

    public EngineStatus DescribeStatus(EngineStatus status) => status;
}
