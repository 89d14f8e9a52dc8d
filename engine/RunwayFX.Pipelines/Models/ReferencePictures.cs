using RunwayFX.Imaging;
using RunwayFX.Inference;
using RunwayFX.Inference.Prompts;

namespace RunwayFX.Pipelines.Models;

/// <summary>Which of the listed reference pictures a prompt means: those that it calls by @name, all of them where it calls none.</summary>
internal static class ReferencePictures
{
    /// <summary>Reads them.</summary>
    /// <exception cref="PipelineException">The prompt calls one that is not listed, or a file cannot be read.</exception>
    public static IReadOnlyList<Frame> Read(ModelSettings settings, IPictureReader pictures)
    {
        List<string> called = Called(settings.Prompt);
        if (called.Count == 0) return [.. settings.References.Select(reference => pictures.Read(reference.Path))];
        // Without a list an @ is a way to write a word: nothing was promised.
        if (settings.References.Count == 0) return [];
        return [.. called.Select(name => pictures.Read(PathOf(settings, name)))];
    }

    private static List<string> Called(string prompt)
    {
        try
        {
            return [.. PromptText.References(prompt).Select(reference => reference.Name).Distinct(StringComparer.Ordinal)];
        }
        catch (InferenceException e)
        {
            throw new PipelineException(PipelineError.SettingUnsupported, e.Message, e);
        }
    }

    private static string PathOf(ModelSettings settings, string name)
    {
        foreach (ReferencePicture reference in settings.References)
        {
            if (reference.Name == name) return reference.Path;
        }

        throw new PipelineException(PipelineError.SettingUnsupported,
            $"the prompt calls @{name}, and references lists: {string.Join(", ", settings.References.Select(reference => reference.Name))}");
    }
}
