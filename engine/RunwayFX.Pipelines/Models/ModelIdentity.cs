using System.Globalization;
using RunwayFX.Effects;

namespace RunwayFX.Pipelines.Models;

/// <summary>Names everything outside a job's settings and pictures that a model's result depends on: packages and the state of their files, runtime, provider and
/// LoRA. Loads no model.</summary>
/// <remarks>Where a job names its package and nothing else chooses one, only that package counts; else all that are installed, because any could be chosen.</remarks>
public static class ModelIdentity
{
    /// <summary>The identity; empty where the job takes the built-in method.</summary>
    /// <exception cref="PipelineException">No package is installed, or the runtime cannot be used; as a render would say it.</exception>
    public static string Of(ModelMaker models, RenderJob job)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(job);
        if (!IsModelJob(job)) return "";
        bool isSteered = job.Effect.IndexOf(EffectCatalog.ControlName) >= 0;
        string package = job.Text(EffectCatalog.ModelName).Trim();
        bool isAlone = package.Length > 0 && !(isSteered && job.Integer(EffectCatalog.ControlName) != (int)ControlKind.None);
        string lora = isSteered ? job.Text(EffectCatalog.LoraName).Trim() : "";
        return $"{models.Describe(isAlone ? package : "")}|{StateOf(lora)}";
    }

    /// <summary>Whether a model makes the result.</summary>
    public static bool IsModelJob(RenderJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.Effect.IndexOf(EffectCatalog.ModelName) < 0) return false;
        return job.Effect.IndexOf(EffectCatalog.MethodName) < 0 || ModelSettings.IsWanted(job); // Without a choice there is no other method.
    }

    private static string StateOf(string path)
    {
        if (path.Length == 0) return "";
        try
        {
            FileInfo file = new(path);
            return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length}:{file.LastWriteTimeUtc.Ticks}") : "absent";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return "absent"; // The render says what is wrong with the path.
        }
    }
}
