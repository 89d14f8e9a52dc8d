using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference;
using RunwayFX.Inference.Analysis;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Pipelines.Models;

/// <summary>What steers a model: a ControlNet, and the depth model whose picture it looks at.</summary>
/// <param name="Net">The ControlNet's package.</param>
/// <param name="Component">Its folder there.</param>
/// <param name="Depth">Package of the depth model; null where none is needed.</param>
internal sealed record ModelSteering(ModelPackage Net, string Component, ModelPackage? Depth)
{
    /// <summary>Task of packages that see depth.</summary>
    public const string DepthTask = "depth";

    /// <summary>Finds them: the named package, else the model's own ControlNet, else the first package for that control.</summary>
    /// <param name="settings">What the user says.</param>
    /// <param name="model">The model's package.</param>
    /// <param name="find">Finds a package by name (empty for the first) and task.</param>
    /// <exception cref="InferenceException">There is none; the message names what is missing.</exception>
    public static ModelSteering Find(ModelSettings settings, ModelPackage model, Func<string, string, ModelPackage> find)
    {
        string kind = settings.Control switch { ControlKind.Edges => "edges", ControlKind.Depth => "depth", _ => "picture" }, task = $"control-{kind}";
        ModelPackage net = settings.ControlPackage.Length == 0 && ComponentOf(model, kind) is not null ? model : find(settings.ControlPackage, task);
        string component = ComponentOf(net, kind) ?? (net.Exists("model.onnx") ? "." : throw new InferenceException(InferenceError.PackageBroken,
            $"package {net.Name} has no ControlNet: controlnet/model.onnx or controlnet_{kind}/model.onnx"));
        return new ModelSteering(net, component, settings.Control == ControlKind.Depth ? find("", DepthTask) : null);
    }

    /// <summary>Names the state of the files that steer.</summary>
    public string State() => $"{Net.Name}/{Component}: {Net.State()}; {Depth?.Name}: {Depth?.State()}";

    /// <summary>What the ControlNet looks at.</summary>
    /// <param name="structure">Display values, of the model's size.</param>
    /// <param name="settings">What the user says.</param>
    /// <param name="pool">Loaded models.</param>
    /// <param name="session">Provider and threads.</param>
    /// <param name="cancellation">Stops it.</param>
    public ControlInput Input(Frame structure, ModelSettings settings, SessionPool pool, SessionSettings session, CancellationToken cancellation)
    {
        Frame picture = settings.Control switch
        {
            ControlKind.Edges => EdgePicture.Of(structure, cancellation),
            ControlKind.Depth => new DepthEstimator(Depth!, pool, session).Run(structure, cancellation),
            _ => structure,
        };
        return new ControlInput(picture, Net) { Scale = settings.ControlScale, Component = Component };
    }

    private static string? ComponentOf(ModelPackage package, string kind) =>
        new[] { $"controlnet_{kind}", "controlnet" }.FirstOrDefault(component => package.Exists($"{component}/model.onnx"));
}
