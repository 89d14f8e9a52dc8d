using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Hosting;
using OpenFX.Plugins;
using OpenFX.Raw;
using HostedLibrary = OpenFX.Hosting.PluginLibrary;
using PluginLibrary = OpenFX.Plugins.PluginLibrary;

namespace OpenFX.Tests.Plugins;

/// <summary>Effects written as C# classes, loaded by a host through a C library as any plug-in is.</summary>
[TestFixture, NonParallelizable]
public sealed unsafe class EffectPluginTests
{
    private static PluginLibrary? _current;
    private readonly List<string> _log = [];
    private string _folder = "";
    private string _bundle = "";
    private GainEffect _effect = null!;
    private PluginLibrary _library = null!;

    [OneTimeSetUp]
    public void Build()
    {
        _folder = Directory.CreateTempSubdirectory("openfx-plugins-").FullName;
        _bundle = CompiledC.BuildBundle("forward", _folder);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        if (_folder.Length > 0) Directory.Delete(_folder, recursive: true);
    }

    [SetUp]
    public void Declare()
    {
        _log.Clear();
        _effect = new GainEffect();
        _library = new PluginLibrary(() => [_effect], _log.Add);
    }

    [TearDown]
    public void Forget() => _library.Dispose();

    [Test]
    public void Described_HostSeesEverything_AndSetHostCallsNothing()
    {
        using HostedLibrary host = Load();
        HostedPlugin plugin = host.Find(GainEffect.Id);
        PluginDescription description = plugin.Describe();
        ContextDescription context = plugin.DescribeInContext(EffectContext.Filter);
        Assert.That((description.Label, description.Grouping, description.Description), Is.EqualTo(("Gain", "Test", "Multiplies.")));
        Assert.That(description.Contexts, Is.EqualTo(new[] { EffectContext.Filter, EffectContext.General }));
        Assert.That(description.Depths, Is.EqualTo(new[] { PixelDepth.Float }));
        Assert.That(context.Clips.Select(clip => clip.Name), Is.EquivalentTo(new[] { "Source", "Output" }));
        Assert.That(context.Parameters.Select(parameter => parameter.Name), Is.EqualTo(new[] { "gain", "count", "on", "mode", "path", "go" }));
        Assert.That(context.Parameters[3].Options, Is.EqualTo(new[] { "One", "Two", "Three" }));
        Assert.That((context.Parameters[0].Minimum[0], context.Parameters[0].DisplayMaximum[0], context.Parameters[0].Default[0]), Is.EqualTo((0.0, 2.0, 2.0)));
        Assert.That(host.Journal.Violations.Select(violation => violation.Rule), Has.None.EqualTo("call-in-set-host"));
    }

    [TestCase(RowOrder.BottomUp)]
    [TestCase(RowOrder.TopDown)]
    public void Rendered_PixelsFollowTheParameter_AndImagesComeBack(RowOrder order)
    {
        using HostedLibrary host = Load();
        using HostedEffect instance = Instance(host);
        instance.Parameters["gain"].SetNumbers(3);
        HostImage image = instance.Render(Request() with { Time = 5, RowOrder = order });
        Assert.That(Floats(image), Is.EqualTo(Floats(Hosting.HostedPluginFixture.Picture(Bounds, PixelDepth.Float, PixelComponents.Rgba, 5)).Select(v => v * 3)));
        Assert.That(instance.ImagesHeld, Is.Zero);
    }

    [Test]
    public void EffectThrows_RenderFails_LogSaysWhy_AndImagesComeBack()
    {
        using HostedLibrary host = Load();
        using HostedEffect instance = Instance(host);
        _effect.OnRender = () => throw new InvalidOperationException("on purpose");
        HostingException? failure = Assert.Throws<HostingException>(() => instance.Render(Request()));
        Assert.That(failure!.Message, Does.Contain("kOfxStatFailed"));
        Assert.That(_log, Has.Some.Contains("on purpose"));
        Assert.That(instance.ImagesHeld, Is.Zero);
        _effect.OnRender = null;
        Assert.That(() => instance.Render(Request()), Throws.Nothing);
    }

    [TestCase(OfxStatus.kOfxStatErrImageFormat)]
    [TestCase(OfxStatus.kOfxStatErrUnsupported)]
    public void EffectThrowsAStatus_HostSeesThatStatus(OfxStatus status)
    {
        using HostedLibrary host = Load();
        using HostedEffect instance = Instance(host);
        _effect.OnRender = () => throw new OfxException(status, "told");
        Assert.That(() => instance.Render(Request()), Throws.TypeOf<HostingException>().With.Message.Contains(status.ToString()));
    }

    [Test]
    public void EffectRunsOutOfMemory_HostSeesErrMemory()
    {
        using HostedLibrary host = Load();
        using HostedEffect instance = Instance(host);
        _effect.OnRender = () => GC.KeepAlive(GC.AllocateUninitializedArray<long[]>(int.MaxValue));
        Assert.That(() => instance.Render(Request()), Throws.TypeOf<HostingException>().With.Message.Contains("kOfxStatErrMemory"));
    }

    [Test]
    public void LogThrows_HostStillLives()
    {
        using PluginLibrary library = new(() => [_effect], _ => throw new IOException("full"));
        using HostedLibrary host = Load(library);
        using HostedEffect instance = Instance(host);
        _effect.OnRender = () => throw new InvalidOperationException("on purpose");
        Assert.That(() => instance.Render(Request()), Throws.TypeOf<HostingException>());
    }

    [Test]
    public void TwoHosts_EachInstanceTalksToItsOwn()
    {
        using HostedLibrary first = Load();
        using HostedLibrary second = Load(_library, new HostProfile { Name = "org.second", SupportsMultiResolution = false });
        using HostedEffect one = Instance(first);
        using HostedEffect two = Instance(second);
        List<string> names = [];
        _effect.OnChanged = instance => names.Add(instance.Host.Name);
        two.Parameters["gain"].SetNumbers(4);
        one.Parameters["gain"].SetNumbers(2);
        Assert.That(names, Is.EqualTo(new[] { "org.second", "org.runwayfx.host" }));
        Assert.That(Floats(one.Render(Request())).Select(value => value * 2), Is.EqualTo(Floats(two.Render(Request()))));
    }

    [Test]
    public void LoadedAgain_AfterUnload_WorksAgain()
    {
        for (int round = 1; round <= 3; round++)
        {
            using HostedLibrary host = Load();
            using (HostedEffect instance = Instance(host)) instance.Render(Request());
            Assert.That((_effect.Loads, _effect.Living), Is.EqualTo((round, 0)));
        }

        Assert.That(_effect.Unloads, Is.EqualTo(3));
    }

    [Test]
    public void Questions_AreAnswered()
    {
        using HostedLibrary host = Load();
        using HostedEffect instance = Instance(host);
        Assert.That(instance.GetTimeDomain(), Is.EqualTo(new TimeRange(10, 20)));
        Assert.That(instance.GetRegionOfDefinition(0), Is.EqualTo(new CanonicalRegion(Bounds.X1 - 8, Bounds.Y1, Bounds.X2 + 8, Bounds.Y2)));
        Assert.That(instance.GetRegionsOfInterest(0, new CanonicalRegion(0, 0, 10, 10))["Source"], Is.EqualTo(new CanonicalRegion(1, 2, 3, 4)));
        Assert.That(instance.GetFramesNeeded(7.5).Ranges["Source"], Is.EqualTo(new[] { new TimeRange(5.5, 7.5), new TimeRange(12.5, 13.5) }));
        Assert.That(instance.GetIdentity(3, Bounds), Is.Null);
        instance.Parameters["gain"].SetNumbers(1);
        Assert.That(instance.GetIdentity(3, Bounds), Is.EqualTo(new IdentityAnswer("Source", 2)));
        Assert.That(instance.GetClipPreferences().IsFrameVarying, Is.True);
    }

    [Test]
    public void Parameters_AreReadAndWritten()
    {
        using HostedLibrary host = Load();
        using HostedEffect instance = Instance(host);
        (double Gain, int Count, int Mode, string Path) read = default;
        _effect.OnChanged = gain =>
        {
            _effect.OnChanged = null; // Writing a parameter is a change of its own.
            _ = gain.Parameters.TryGet("gain", out Param number) && number.TryGetDouble(0, out read.Gain);
            _ = gain.Parameters.TryGet("count", out Param count) && count.TryGetInt(0, out read.Count);
            _ = gain.Parameters.TryGet("mode", out Param mode) && mode.TryGetInt(0, out read.Mode);
            _ = gain.Parameters.TryGet("path", out Param path) && path.TryGetString(0, out read.Path);
            Assert.That(gain.Parameters.TryGet("nowhere", out _), Is.False);
            Assert.That((number.TrySet(7.25), count.TrySet(-4), path.TrySet("/ü %s")), Is.EqualTo((true, true, true)));
        };
        instance.PressButton("go");
        Assert.That(read, Is.EqualTo((2.0, 3, 1, "/a b")));
        Assert.That(
            (instance.Parameters["gain"].GetNumber(), instance.Parameters["count"].GetNumber(), instance.Parameters["path"].GetText()),
            Is.EqualTo((7.25, -4.0, "/ü %s")));
    }

    [Test]
    public void Message_ArrivesAsItStands_WithVersionOneAlone()
    {
        using HostedLibrary host = Load(_library, new HostProfile { Name = "unknown.host", ForbiddenSuites = ["OfxMessageSuite/2"] });
        using HostedEffect instance = Instance(host);
        bool isSent = false, isPersistent = true;
        _effect.OnChanged = gain =>
        {
            isSent = HostMessages.Send(gain.Host, gain.Context.Handle, MessageKind.Error, "100 %n done");
            isPersistent = HostMessages.SetPersistent(gain.Host, gain.Context.Handle, MessageKind.Error, "stays");
        };
        instance.PressButton("go");
        Assert.That((isSent, isPersistent), Is.EqualTo((true, false)));
        Assert.That(host.Journal.Messages.Single().Text, Is.EqualTo("100 %n done"));
        Assert.That(host.Journal.Violations, Is.Empty);
    }

    [Test]
    public void ParametersRefused_EffectStillRenders()
    {
        HostProfile profile = new() { RefusedParameterTypes = ["OfxParamTypeInteger", "OfxParamTypeChoice", "OfxParamTypeString", "OfxParamTypePushButton"] };
        using HostedLibrary host = Load(_library, profile);
        using HostedEffect instance = Instance(host);
        Assert.That(() => instance.Render(Request()), Throws.Nothing);
    }

    [Test]
    public void HostFunctionFails_WhicheverItIs_NothingEscapesAndImagesComeBack()
    {
        for (int call = 1; call <= 120; call++)
        {
            using HostedLibrary host = Load(_library, new HostProfile { FailAtCall = call });
            try
            {
                using HostedEffect instance = Instance(host);
                try
                {
                    instance.Render(Request());
                }
                finally
                {
                    Assert.That(instance.ImagesHeld, Is.Zero, () => $"call {call}");
                }
            }
            catch (HostingException)
            {
                // A refusal is a fine answer.
            }
        }

        Assert.That(_effect.Living, Is.Zero);
    }

    [Test]
    public void UnknownHandle_IsRefusedOrIgnored()
    {
        using HostedLibrary host = Load();
        HostedPlugin plugin = host.Find(GainEffect.Id);
        plugin.Describe();
        Assert.That(plugin.CallRaw("OfxImageEffectActionRender", 12345), Is.EqualTo((int)OfxStatus.kOfxStatErrBadHandle));
        Assert.That(plugin.CallRaw("OfxImageEffectActionIsIdentity", 12345), Is.EqualTo((int)OfxStatus.kOfxStatReplyDefault));
        Assert.That(plugin.CallRaw("OfxActionDestroyInstance", 12345), Is.EqualTo((int)OfxStatus.kOfxStatOK));
        Assert.That(plugin.CallRaw("OfxActionOfNobody"), Is.EqualTo((int)OfxStatus.kOfxStatReplyDefault));
        Assert.That(plugin.CallRaw("OfxActionCreateInstance"), Is.EqualTo((int)OfxStatus.kOfxStatErrBadHandle));
    }

    [Test]
    public void NoHostAtAll_LoadIsRefused()
    {
        OfxPlugin* plugin = _library.GetPlugin(0);
        plugin->setHost(null);
        OfxStatus status = plugin->mainEntry(NativeText.Literal(OfxConstants.kOfxActionLoad), null, default, default);
        Assert.That(status, Is.EqualTo(OfxStatus.kOfxStatErrMissingHostFeature));
    }

    [TestCase(32, 32)]
    [TestCase(33, 32)]
    public void ManyPlugins_FillTheTableAndNoMore(int declared, int listed)
    {
        _library.Dispose();
        using PluginLibrary library = new(() => [.. Enumerable.Range(0, declared).Select(index => new GainEffect($"org.test.{index}"))], _log.Add);
        Assert.That(library.Count, Is.EqualTo(listed));
        Assert.That(_log, declared > listed ? Has.Count.EqualTo(1) : Is.Empty);
        Assert.That((nint)library.GetPlugin(listed), Is.EqualTo((nint)0));
        Assert.That(NativeText.Read(library.GetPlugin(listed - 1)->pluginIdentifier), Is.EqualTo($"org.test.{listed - 1}"));
    }

    [Test]
    public void DeclarationThrows_LibraryIsEmpty()
    {
        using PluginLibrary library = new(() => throw new InvalidOperationException("no list"), _log.Add);
        Assert.That(library.Count, Is.Zero);
        Assert.That(_log, Has.Count.EqualTo(1).And.Some.Contains("no list"));
    }

    private static PixelBounds Bounds => new(0, 0, 16, 9);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxPlugin* Forward(int nth) => _current is null ? null : _current.GetPlugin(nth);

    // The source's own bounds: the effect's region of definition is wider, and the effect reads the source wherever it writes.
    private static RenderRequest Request() => new() { Window = Bounds, BufferBounds = Bounds };

    private static float[] Floats(HostImage image) => Hosting.HostedPluginFixture.Floats(image);

    private static HostedEffect Instance(HostedLibrary host) => host.Find(GainEffect.Id).CreateInstance(
        EffectContext.Filter, new ProjectSettings { Width = 16, Height = 9 }, Hosting.HostedPluginFixture.Source(Bounds, PixelDepth.Float));

    private HostedLibrary Load() => Load(_library);

    private HostedLibrary Load(PluginLibrary plugins, HostProfile? profile = null)
    {
        _current = plugins;
        PluginBundle bundle = PluginBundle.Open(_bundle);
        nint module = NativeLibrary.Load(bundle.BinaryPath);
        try
        {
            var forward = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, OfxPlugin*>, int, void>)NativeLibrary.GetExport(module, "forward");
            forward(&Forward, plugins.Count);
            return HostedLibrary.Load(bundle, profile);
        }
        finally
        {
            NativeLibrary.Free(module);
        }
    }
}
