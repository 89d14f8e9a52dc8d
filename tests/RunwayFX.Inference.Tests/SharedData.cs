using RunwayFX.Testing;

namespace RunwayFX.Inference.Tests;

/// <summary>Public test data that lies beside the checkout: vocabularies and published numbers. Tests skip where it is absent.</summary>
internal static class SharedData
{
    /// <summary>The path of a file or folder, or null.</summary>
    public static string? Find(string name)
    {
        string? named = Environment.GetEnvironmentVariable(TestPictures.DataVariable);
        if (named is not null)
        {
            string path = Path.Combine(named, name);
            return Path.Exists(path) ? path : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) continue;
            string path = Path.Combine(folder.FullName, "..", "shared", "data", name);
            return Path.Exists(path) ? path : null;
        }

        return null;
    }

    /// <summary>Why a test is skipped.</summary>
    public static string AbsentReason(string name)
        => $"{name} is neither in ../shared/data beside the repository nor in the folder that {TestPictures.DataVariable} names.";
}
