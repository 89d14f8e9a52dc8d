using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Pipelines.Models;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.TestModels;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>A folder of packages whose right answers are known, and pipelines that use them.</summary>
internal sealed class ModelRig : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rfx-models");

    public ModelRig() => Maker = new ModelMaker(() => new PackageStore(_folder.FullName), () => Pool, () => new SessionSettings { Threads = 1 });

    public static ClosedFormData Data { get; } = new();

    public SessionPool Pool { get; } = new(OnnxRuntime.Shared, 1L << 30);

    public ModelMaker Maker { get; }

    public string Folder => _folder.FullName;

    /// <summary>Writes a package.</summary>
    public ModelRig With(string name)
    {
        ClosedFormPackage.Write(Path.Combine(Folder, name), Data);
        return this;
    }

    /// <summary>A picture of the data, opaque.</summary>
    public static Frame Picture(int word)
    {
        Frame frame = new(Data.Width, Data.Height);
        for (int y = 0; y < frame.Height; y++)
        {
            for (int x = 0; x < frame.Width; x++)
            {
                for (int channel = 0; channel < 3; channel++) frame.Row(y)[x * Frame.Channels + channel] = Data.Shown(word, x, y, channel);
                frame.Row(y)[x * Frame.Channels + 3] = 1;
            }
        }

        return frame;
    }

    /// <summary>A job for the model method with the catalogue's defaults and some of its own.</summary>
    public static RenderJob Job(EffectDefinition effect, PixelWindow output, double time = 0, params (string Name, object Value)[] settings)
    {
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        if (effect.IndexOf(EffectCatalog.MethodName) is >= 0 and int method) numbers[method] = (int)EffectMethod.Model;
        foreach ((string name, object value) in settings)
        {
            if (value is string text) texts[effect.IndexOf(name)] = text;
            else numbers[effect.IndexOf(name)] = Convert.ToDouble(value, null);
        }

        return new RenderJob { Effect = effect, Numbers = numbers, Texts = texts, Time = time, OutputWindow = output };
    }

    /// <summary>Renders a frame of a clip that is one picture.</summary>
    public static Frame Render(IEffectPipeline pipeline, HostFrame source, double time, params (string Name, object Value)[] settings) =>
        new OutputPipeline(pipeline).Render(Job(pipeline.Effect, source.Window, time, settings), new FakeClip(_ => source), null!, new ExtendPipelineTests.NoProgress(), default);

    /// <summary>Largest difference of two frames of a size.</summary>
    public static double Worst(Frame left, Frame right) => left.Pixels.Zip(right.Pixels, (a, b) => Math.Abs(a - (double)b)).Max();

    public void Dispose()
    {
        Pool.Dispose();
        _folder.Delete(recursive: true);
    }
}
