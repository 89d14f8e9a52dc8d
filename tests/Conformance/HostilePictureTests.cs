using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Conformance;

/// <summary>Pictures and windows as no good host makes them, for each effect: 16k long, past the limit, without data, with an empty or a reversed window.</summary>
public sealed class HostilePictureTests
{
    /// <summary>Longest side of a picture that the bridge takes.</summary>
    private const int SideMax = 16_384;

    private static readonly HostRequest Rendered = new() { UseIdentity = false };

    private static IEnumerable<EffectDefinition> Effects => EffectCatalog.All;

    private static IEnumerable<TestCaseData> EffectsAndWindows() =>
        from effect in EffectCatalog.All
        from window in new PixelBounds[] { new(0, 0, 0, 0), new(5, 5, 5, 20), new(5, 5, 40, 5), new(40, 30, 3, 2), new(-500, -500, -400, -450), new(0, 0, 1, 1) }
        select new TestCaseData(effect, window).SetArgDisplayNames(effect.Name, $"{window.X1},{window.Y1}..{window.X2},{window.Y2}");

    [SetUp]
    public void Require() => Product.RequireEngine();

    [TestCaseSource(nameof(Effects))]
    public void LongestSides_GiveTheSourceBack(EffectDefinition effect)
    {
        foreach (PixelBounds bounds in new PixelBounds[] { new(0, 0, SideMax, 2), new(-7, 3, -5, 3 + SideMax) })
        {
            using Stage stage = new(EmulatedHosts.Own, effect, StandardTests.NeutralOf(effect), bounds);
            using HostImage image = stage.Render(2, like: Rendered), expected = stage.Picture(2);
            Assert.That(Stage.SameBits(image, expected), Is.True, $"{bounds}");
        }
    }

    [TestCaseSource(nameof(Effects))]
    public void SidesPastTheLimit_AreRefusedWithTheLimit(EffectDefinition effect)
    {
        foreach (PixelBounds bounds in new PixelBounds[] { new(0, 0, SideMax + 1, 2), new(0, 0, 2, SideMax + 1) })
        {
            using Stage stage = new(EmulatedHosts.Own, effect, StandardTests.NeutralOf(effect), bounds);
            var error = Assert.Throws<HostingException>(() => stage.Render(2, like: Rendered));
            Assert.That(error!.Code, Is.EqualTo(HostingError.ActionFailed));
            Assert.That(string.Join(' ', stage.Journal.Messages.Select(message => message.Text)), Does.Contain("16384").Or.Contain("16385"), $"{bounds}");
            Assert.That(stage.Effect.ImagesHeld, Is.Zero);
        }
    }

    [TestCaseSource(nameof(Effects))]
    public void ImagesWithoutData_FailPlainlyAndAreGivenBack(EffectDefinition effect)
    {
        foreach (MissingImageAnswer answer in Enum.GetValues<MissingImageAnswer>())
        {
            EmulatedHost host = EmulatedHosts.Own with { Profile = HostProfile.Default with { MissingImage = answer, ClipsClaimConnected = true } };
            using Stage stage = new(host, effect);
            DelegateFrameSource empty = new();
            foreach (ClipDefinition clip in effect.Clips) empty.Add(clip.Name, stage.Format, _ => null);
            var error = Assert.Throws<HostingException>(() => stage.Effect.Render(Rendered, empty).Dispose(), $"{answer}");
            Assert.That(error!.Code, Is.EqualTo(HostingError.ActionFailed), $"{answer}");
            Assert.That(stage.Journal.Messages, Is.Not.Empty, $"{answer}: a message says why");
            Assert.That(stage.Effect.ImagesHeld, Is.Zero);
        }
    }

    /// <summary>No effect declares tiles: a window other than the whole picture is the host's fault, and what lies outside stays untouched at worst.</summary>
    [TestCaseSource(nameof(EffectsAndWindows))]
    public void OddWindows_AreAnsweredAndKeepNothing(EffectDefinition effect, PixelBounds window)
    {
        using Stage stage = new(EmulatedHosts.Own, effect, StandardTests.NeutralOf(effect));
        HostRequest request = Rendered with { Window = window, BufferBounds = stage.Bounds, ForcesWindow = true };
        try
        {
            stage.Render(2, like: request).Dispose();
        }
        catch (HostingException e)
        {
            Assert.That(e.Code, Is.EqualTo(HostingError.ActionFailed), e.Message);
        }

        Assert.That(stage.Effect.ImagesHeld, Is.Zero);
        using HostImage image = stage.Render(3, like: Rendered), expected = stage.Picture(3);
        Assert.That(Stage.SameBits(image, expected), Is.True, "the next frame is right");
    }
}
