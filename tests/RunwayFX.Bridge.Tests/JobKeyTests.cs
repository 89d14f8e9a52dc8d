namespace RunwayFX.Bridge.Tests;

/// <summary>The line that a project remembers of a generated clip, and how settings become a key.</summary>
public sealed class JobKeyTests
{
    private static readonly bool[] Matters = [true, false, true];

    private static RenderCall Call(double time = 0) => new()
    {
        EffectWireId = 1, Texts = ["", "", "/a.png"], Numbers = [0.5, 3, 0], Time = time,
        Output = new FrameDescription(0, 0, 4, 3, new PixelFormat(PixelDepth.Byte, PixelComponents.Rgba), Premultiplication.Unpremultiplied),
    };

    private static JobKey KeyOf(int version, params IEnumerable<RenderCall> calls)
    {
        JobKeyHash hash = new(version, Matters);
        foreach (RenderCall call in calls) hash.Add(call);
        return hash.Finish();
    }

    [Test]
    public void Text_ComesBackAsTheKey()
    {
        ClipKey key = new(new JobKey(0x0123456789abcdef, -2), -12.5, 47);
        Assert.That(key.ToString(), Is.EqualTo("rfx1:0123456789abcdeffffffffffffffffe:-12.5:47"));
        Assert.That(ClipKey.TryParse(key.ToString(), out ClipKey read), Is.True);
        Assert.That(read, Is.EqualTo(key));
    }

    [TestCase("")]
    [TestCase("rfx1:")]
    [TestCase("rfx2:0123456789abcdeffffffffffffffffe:0:47")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffff:0:47")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffffg:0:47")]
    [TestCase("rfx1:00000000000000000000000000000000:0:47")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffffe:0")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffffe:47:0")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffffe:0:1e10")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffffe:NaN:47")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffffe:0:47:1")]
    [TestCase("rfx1:0123456789abcdeffffffffffffffffe:0: 47")]
    public void AnythingElse_IsNoKey(string text) => Assert.That(ClipKey.TryParse(text, out _), Is.False);

    [Test]
    public void Settings_ThatMatter_MakeAnotherKey()
    {
        JobKey[] keys =
        [
            KeyOf(1, Call()), KeyOf(2, Call()), KeyOf(1, Call(1)), KeyOf(1, Call(), Call(1)), KeyOf(1, Call() with { Numbers = [0.25, 3, 0] }), KeyOf(1, Call() with { Texts = ["", "", "/b.png"] }),
            KeyOf(1, Call() with { Texts = ["/a.png", "", ""] }), KeyOf(1, Call() with { EffectWireId = 2 }), KeyOf(1, Call() with { FrameRate = 24 }), KeyOf(1, Call() with { HasTemporalAccess = true }),
            KeyOf(1, Call() with { Output = Call().Output with { Width = 5 } }), KeyOf(1, Call() with { Output = Call().Output with { PixelAspect = 2 } }),
            KeyOf(1, Call() with { Output = Call().Output with { Premultiplication = Premultiplication.Premultiplied } }),
        ];
        Assert.That(keys, Is.Unique.And.None.EqualTo(JobKey.None));
    }

    [Test]
    public void Settings_ThatDoNot_MakeTheSameKey()
    {
        JobKey key = KeyOf(1, Call());
        Assert.That(KeyOf(1, Call() with { Numbers = [0.5, 4, -0.0], Texts = ["", "ready", "/a.png"] }), Is.EqualTo(key));
        Assert.That(KeyOf(1, Call() with { RenderScaleX = 0.5, IsInteractive = true, Mode = RenderMode.Preview, Key = new JobKey(1, 1), HostName = "h", InitialClips = 2 }), Is.EqualTo(key));
    }

    /// <summary>Projects hold it: the same settings give the same key for ever.</summary>
    [Test]
    public void Key_IsFrozen() => Assert.That(KeyOf(1, Call(), Call(1)).ToString(), Is.EqualTo("3124b0269ce8b8d77ab289fc43b70ac1"));

    [Test]
    public void CallOfAnotherEffect_IsRefused() =>
        Assert.That(() => KeyOf(1, Call() with { Numbers = [1] }), Throws.TypeOf<BridgeException>().With.Property(nameof(BridgeException.Code)).EqualTo(BridgeError.OutOfRange));

    [TestCase(0, 47, 48)]
    [TestCase(-2.5, 1, 4)]
    [TestCase(3, 3, 1)]
    public void Range_HasAFrameForEveryStep(double first, double last, int count) => Assert.That(new ClipRange(first, last).Count, Is.EqualTo(count));

    [TestCase(1, 0)]
    [TestCase(0, 1_000_000)]
    [TestCase(double.NaN, 0)]
    [TestCase(0, double.PositiveInfinity)]
    public void Range_ThatIsNone_IsRefused(double first, double last) =>
        Assert.That(() => new ClipRange(first, last).Count, Throws.TypeOf<BridgeException>().With.Property(nameof(BridgeException.Code)).EqualTo(BridgeError.OutOfRange));
}
