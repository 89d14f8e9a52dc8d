using OpenFX.Hosting;
using static OpenFX.Tests.Hosting.HostedPluginFixture;

namespace OpenFX.Tests.Hosting;

/// <summary>What the suites answer to a C plug-in that uses them rightly and wrongly.</summary>
internal sealed class HostSuitesTests
{
    private static readonly PixelBounds Bounds = new(0, 0, 8, 6);

    [Test]
    public void WrongUse_GetsTheRightStatus()
    {
        using PluginLibrary library = HostedPluginFixture.Load();
        using HostedEffect effect = library.Find(Identifier).CreateInstance(EffectContext.Generator);
        effect.PressButton("probe");
        // Bad handle, unknown property, wrong type, bad index, read-only, unknown clip, bad image, wild pointer.
        Assert.That(effect.Parameters["report"].GetText(), Is.EqualTo("9 3 11 10 11 3 9 9 dim 2"));
        Assert.That(library.Journal.Violations.Select(violation => violation.Rule), Is.EqualTo(new[] { "property-type" }));
    }

    [Test]
    public void Work_ProgressTimelineCurvesAndMemory_AllAnswer()
    {
        List<double> steps = [];
        double time = 0;
        HostEvents events = new() { Progress = (_, value) => { steps.Add(value); return true; }, TimeChanged = value => time = value };
        using PluginLibrary library = HostedPluginFixture.Load(null, events);
        using HostedEffect effect = library.Find(Identifier).CreateInstance(EffectContext.Generator,
            new ProjectSettings { FirstFrame = 5, LastFrame = 50 });
        effect.PressButton("work");
        Assert.That(effect.Parameters["report"].GetText(), Is.EqualTo("status 0 steps 5 bounds 5 50 points 2 value 1.50"));
        Assert.That(steps, Is.EqualTo(new[] { 0, 0, 0.25, 0.5, 0.75, 1 }));
        Assert.That(time, Is.EqualTo(12.5));
        Assert.That(library.Journal.Violations, Is.Empty);
    }

    [Test]
    public void Progress_Cancelled_AnswersReplyNo()
    {
        using PluginLibrary library = HostedPluginFixture.Load(null, new HostEvents { Progress = (_, value) => value < 0.5 });
        using HostedEffect effect = library.Find(Identifier).CreateInstance(EffectContext.Generator);
        effect.PressButton("work");
        Assert.That(effect.Parameters["report"].GetText(), Does.StartWith("status 13 steps 3"));
    }

    [TestCase(true, "yes")]
    [TestCase(false, "no")]
    [TestCase(null, "default")]
    public void Message_Question_FormatsTheTextAndReturnsTheReply(bool? reply, string expected)
    {
        using PluginLibrary library = HostedPluginFixture
            .Load(null, new HostEvents { Message = message => message.Kind == HostMessageKind.Question ? reply : null });
        using HostedEffect effect = library.Find(Identifier).CreateInstance(EffectContext.Generator);
        effect.PressButton("speak");
        Assert.That(effect.Parameters["report"].GetText(), Is.EqualTo(expected));
        Assert.That(library.Journal.Messages[0],
            Is.EqualTo(new HostMessage(HostMessageKind.Question, "q", "Go on with it at 2.50 (-1 of 4000000000)?", false)));
        Assert.That(effect.PersistentMessage, Is.EqualTo(new HostMessage(HostMessageKind.Warning, "w", "  3.1|ab  |00ff|z|-9000000000", true)));
    }

    [Test]
    public void ImageKeptByInstanceChanged_IsReportedAndTakenBack()
    {
        using PluginLibrary library = HostedPluginFixture.Load();
        using HostedEffect effect = Filter(library, Source(Bounds, PixelDepth.Float));
        effect.PressButton("leak");
        Assert.That(library.Journal.Violations.Select(violation => violation.Rule), Is.EqualTo(new[] { "image-not-released" }));
        Assert.That(effect.ImagesHeld, Is.Zero);
    }

    [Test]
    public void MissingSuite_LoadIsRefused()
    {
        using PluginLibrary library = HostedPluginFixture.Load(HostProfile.Default with { MissingSuites = ["OfxParameterSuite/1"] });
        var error = Assert.Throws<HostingException>(() => library.Find(Identifier).Describe());
        Assert.That(error!.Status, Is.EqualTo(4));
        Assert.That(error.Message, Does.Contain("OfxActionLoad"));
    }

    [Test]
    public void ForbiddenSuite_FetchIsReported()
    {
        using PluginLibrary library = HostedPluginFixture.Load(HostProfile.Default with { ForbiddenSuites = ["OfxMessageSuite/2"] });
        library.Find(Identifier).Describe();
        Assert.That(library.Journal.Violations, Is.EqualTo(new[] { new HostViolation("suite-forbidden", "OfxMessageSuite/2") }));
    }

    [Test]
    public void RefusedParameterType_DropsLaterOnes_WhereTheHostDoes()
    {
        using PluginLibrary library = HostedPluginFixture
            .Load(HostProfile.Default with { RefusedParameterTypes = ["OfxParamTypeStrChoice"], RefusalDropsLaterParameters = true });
        using HostedEffect effect = library.Find(Identifier).CreateInstance(EffectContext.Generator);
        Assert.That(effect.Parameters.All[^1].Name, Is.EqualTo("choice"));
    }

    [TestCase(TemporalAccess.Refused)]
    [TestCase(TemporalAccess.CurrentFrameInstead)]
    public void TemporalAccess_Limited_OtherTimesAreNotAsked(TemporalAccess access)
    {
        List<double> asked = [];
        using PluginLibrary library = HostedPluginFixture.Load(HostProfile.Default with { TemporalAccess = access });
        using HostedEffect effect = Filter(library, Source(Bounds, PixelDepth.Float, asked: query => asked.Add(query.Time)));
        effect.Parameters["timeShift"].SetNumbers(5);
        RenderRequest request = new() { Time = 3, UseIdentity = false };
        if (access == TemporalAccess.Refused) Assert.That(() => effect.Render(request), Throws.TypeOf<HostingException>());
        else effect.Render(request).Dispose();
        Assert.That(asked, Is.EqualTo(access == TemporalAccess.Refused ? Array.Empty<double>() : [3.0]));
    }

    [Test]
    public void AnyCallFails_NoCrashAndNoImageLeft([Range(1, 120, 7)] int call)
    {
        using PluginLibrary library = HostedPluginFixture
            .Load(HostProfile.Default with { FailAtCall = call, MissingSuites = ["OfxMultiThreadSuite/1"] });
        try
        {
            using HostedEffect effect = Filter(library, Source(Bounds, PixelDepth.Float));
            effect.Render(new RenderRequest { UseIdentity = false }).Dispose();
        }
        catch (HostingException e)
        {
            Assert.That(e.Code, Is.AnyOf(HostingError.ActionFailed, HostingError.UnsupportedContext, HostingError.UnknownName,
                HostingError.BadValue));
        }

        Assert.That(library.Journal.Violations.Select(violation => violation.Rule), Has.None.EqualTo("host-exception"));
    }
}
