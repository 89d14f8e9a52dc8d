using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using OpenFX.Hosting;
using OpenFX.Raw;
using OpenFX.Tests;
using RunwayFX.Effects;
using HostedLibrary = OpenFX.Hosting.PluginLibrary;
using HostRequest = OpenFX.Hosting.RenderRequest;
using PluginLibrary = OpenFX.Plugins.PluginLibrary;

namespace RunwayFX.OpenFX.Tests;

/// <summary>Colour management of OpenFX 1.5: what a host says of its clips reaches the engine as the effect's colour space.</summary>
[NonParallelizable]
public sealed unsafe class HostColourTests
{
    private const string Full = "OfxImageEffectColourManagementFull", None = "OfxImageEffectColourManagementNone";

    private static readonly PixelBounds Bounds = new(0, 0, 16, 8);
    private static PluginLibrary? _current;
    private string _folder = "";
    private string _bundle = "";

    [OneTimeSetUp]
    public void Build()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-colour-").FullName;
        _bundle = CompiledC.BuildBundle("forward", _folder);
        Stage.Engine.KeepsNumbers = true;
    }

    [OneTimeTearDown]
    public void Delete()
    {
        Stage.Engine.KeepsNumbers = false;
        if (_folder.Length > 0) Directory.Delete(_folder, recursive: true);
    }

    [TestCase("ACEScct", ColourSpaceOption.AcesCct)]
    [TestCase("arri_logc4", ColourSpaceOption.ArriLogC4)]
    [TestCase("davinci_intermediate_widegamut", ColourSpaceOption.DaVinciIntermediate)]
    [TestCase("srgb_display", ColourSpaceOption.Srgb)]
    [TestCase("ofx_scene_linear", ColourSpaceOption.AcesCg)]
    public void SourceHasASpace_EngineGetsIt_AndTheOutputHasTheSame(string name, ColourSpaceOption expected)
    {
        using Scene scene = Open("style", Full, name);
        Assert.That(scene.Render(), Is.EqualTo(expected));
        Assert.That(scene.Clip("Output"), Is.EqualTo(name));
        Assert.That(scene.Effect.Clips["Source"].PreferredColourspaces, Is.Empty, "it takes what there is");
        Assert.That(scene.Effect.Clips["Style"].PreferredColourspaces, Is.EqualTo(new[] { "OfxColourspace_Source" }));
        Assert.That(scene.Effect.Clips["Mask"].PreferredColourspaces, Is.Empty, "masks have no colour");
    }

    [Test]
    public void SourceHasASpaceThatNoEffectKnows_ParameterHolds_AndKnownOnesAreAskedFor()
    {
        using Scene scene = Open("style", Full, "canonlog3_cinemagamut_d55", instance => instance.Parameters["colourSpace"].SetNumbers((int)ColourSpaceOption.SonySLog3));
        Assert.That(scene.Render(), Is.EqualTo(ColourSpaceOption.SonySLog3));
        Assert.That(scene.Effect.Clips["Source"].PreferredColourspaces, Does.Contain("ACEScct").And.Contain("rec1886_rec709_display").And.None.EqualTo("color_timing"));
    }

    [Test]
    public void UserTurnsItOff_ParameterHolds()
    {
        using Scene scene = Open("extend", Full, "ACEScct", instance =>
        {
            instance.Parameters["targetAspect"].SetNumbers(0);
            instance.Parameters["colourFromHost"].SetNumbers(0);
            instance.Parameters["colourSpace"].SetNumbers((int)ColourSpaceOption.Rec2100Pq);
        });
        Assert.That(scene.Render(), Is.EqualTo(ColourSpaceOption.Rec2100Pq));
    }

    [TestCase(None)]
    [TestCase(null)]
    public void HostManagesNothing_ParameterHolds_AndNothingIsAsked(string? style)
    {
        using Scene scene = Open("style", style, "ACEScct", instance => instance.Parameters["colourSpace"].SetNumbers((int)ColourSpaceOption.LinearRec2020));
        Assert.That(scene.Render(), Is.EqualTo(ColourSpaceOption.LinearRec2020));
        Assert.That(scene.Library.Journal.StatusesOf("OfxImageEffectActionGetOutputColourspace"), Is.Empty);
        Assert.That(scene.Effect.Clips["Style"].PreferredColourspaces, Is.Empty);
    }

    [Test]
    public void ChangeOfTheSource_ReachesTheNextFrame()
    {
        using Scene scene = Open("style", Full, "ACEScct");
        Assert.That(scene.Render(), Is.EqualTo(ColourSpaceOption.AcesCct));
        scene.Colourspace = "lin_rec2020";
        Assert.That(scene.Render(), Is.EqualTo(ColourSpaceOption.LinearRec2020));
        Assert.That(scene.Clip("Output"), Is.EqualTo("lin_rec2020"));
    }

    [Test]
    public void Generator_TakesTheFirstSpaceThatHostAndEffectShare()
    {
        using Scene scene = Open("generate", Full, "", instance => instance.Parameters["referencePath"].SetText("/none.png"), EffectContext.Generator, "ACES2065-1", "arri_logc4");
        Assert.That(scene.Render(), Is.EqualTo(ColourSpaceOption.ArriLogC4));
        Assert.That(scene.Clip("Output"), Is.EqualTo("arri_logc4"));
    }

    [Test]
    public void EveryName_IsOneOfTheConfiguration_AndEveryOptionHasOne()
    {
        string[] standard =
        [
            .. typeof(OfxConstants).GetProperties(BindingFlags.Public | BindingFlags.Static).Where(static each => each.Name.StartsWith("kOfxColourspace", StringComparison.Ordinal))
                .Select(static each => Encoding.UTF8.GetString(each.GetMethod!.CreateDelegate<Words>()())),
        ];
        ColourSpaceOption[] known = [.. standard.Select(static name => HostColour.OptionOf(name)).Where(static option => option is not null).Select(static option => option!.Value)];
        Assert.That(known, Has.Length.EqualTo(HostColour.NamesCount), "names that are in the standard and in our table");
        Assert.That(known.Distinct(), Is.EquivalentTo(Enum.GetValues<ColourSpaceOption>()));
        Assert.That(HostColour.OptionOf("Raw"), Is.Null);
        Assert.That(HostColour.OptionOf("ofx_raw"), Is.Null);
    }

    private delegate ReadOnlySpan<byte> Words();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxPlugin* Forward(int nth) => _current is null ? null : _current.GetPlugin(nth);

    private Scene Open(string effect, string? style, string colourspace, Action<HostedEffect>? set = null, EffectContext context = EffectContext.General, params string[] preferred)
    {
        EffectDefinition definition = EffectCatalog.All.Single(each => each.Name == effect);
        PluginLibrary plugins = _current = new PluginLibrary(() => [new CataloguePlugin(definition)], static line => TestContext.Out.WriteLine(line));
        PluginBundle bundle = PluginBundle.Open(_bundle);
        nint module = NativeLibrary.Load(bundle.BinaryPath);
        try
        {
            var forward = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, OfxPlugin*>, int, void>)NativeLibrary.GetExport(module, "forward");
            forward(&Forward, plugins.Count);
            HostProfile profile = HostProfile.Default with { ColourManagementStyle = style, PreferredColourspaces = [.. preferred] };
            return new Scene(plugins, HostedLibrary.Load(bundle, profile), definition, context, set) { Colourspace = colourspace };
        }
        finally
        {
            NativeLibrary.Free(module);
        }
    }

    /// <summary>One effect in one host, whose source has a colour space.</summary>
    private sealed class Scene(PluginLibrary plugins, HostedLibrary library, EffectDefinition definition, EffectContext context, Action<HostedEffect>? set) : IDisposable
    {
        private HostedEffect? _effect;
        private string _connected = "";

        public HostedLibrary Library => library;

        public required string Colourspace { get; set; }

        public HostedEffect Effect => _effect!;

        /// <summary>Renders a frame and says what the engine was told.</summary>
        public ColourSpaceOption Render()
        {
            IHostFrameSource? source = context == EffectContext.Generator ? null : Source();
            if (_effect is null)
            {
                _effect = library.Find(definition.PluginId).CreateInstance(context, new ProjectSettings { Width = Bounds.Width, Height = Bounds.Height }, source);
                _effect.Parameters.Find("mix")?.SetNumbers(0.5);
                set?.Invoke(_effect);
            }
            else if (_connected != Colourspace)
            {
                _effect.Connect(source!);
            }

            _connected = Colourspace;
            try
            {
                using HostImage image = _effect.Render(new HostRequest { Time = 2, UseIdentity = false }, source);
            }
            catch (HostingException) when (source is null)
            {
                // The engine of these tests passes a source through; what it was told stands all the same.
            }

            return (ColourSpaceOption)(int)Stage.Engine.LastNumbers[definition.IndexOf("colourSpace")];
        }

        /// <summary>The colour space of a clip as the plug-in sees it.</summary>
        public string Clip(string name) => Effect.Clips[name].Colourspace;

        public void Dispose()
        {
            _effect?.Dispose();
            library.Dispose();
            plugins.Dispose();
        }

        private DelegateFrameSource Source()
        {
            ClipFormat format = new()
            {
                Depth = PixelDepth.Float, Components = PixelComponents.Rgba, Region = new CanonicalRegion(Bounds.X1, Bounds.Y1, Bounds.X2, Bounds.Y2), ColourSpace = Colourspace,
            };
            float[] pixels = new float[Bounds.Width * Bounds.Height * 4];
            Array.Fill(pixels, 0.25f);
            return new DelegateFrameSource().Add(EffectDefinition.SourceClipName, format,
                _ => HostImageConversion.FromRgbaTopDown(pixels, new HostImageFormat { Bounds = Bounds, Depth = PixelDepth.Float, Components = PixelComponents.Rgba }));
        }
    }
}
