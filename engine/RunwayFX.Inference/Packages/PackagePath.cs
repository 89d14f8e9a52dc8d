namespace RunwayFX.Inference.Packages;

/// <summary>Says which paths a package may have: nothing that leads out of its folder, on any system.</summary>
public static class PackagePath
{
    /// <summary>Longest path.</summary>
    public const int LengthMax = 400;

    /// <summary>Longest name of a package.</summary>
    public const int NameMax = 100;

    /// <summary>Checks a relative path with slashes.</summary>
    /// <exception cref="InferenceException">It is empty, absolute, too long or leads elsewhere.</exception>
    public static void Check(string path, string place)
    {
        bool isGood = path.Length is > 0 and <= LengthMax && !path.StartsWith('/') && path.IndexOfAny(['\\', ':', '\0', '*', '?']) < 0
            && path.Split('/').All(part => part is not ("" or "." or "..") && !part.EndsWith(' ') && !part.EndsWith('.') && !part.Any(char.IsControl));
        if (!isGood) throw new InferenceException(InferenceError.PackageBroken, $"'{place}' has the path '{path}', which could lead out of the package");
    }

    /// <summary>Checks a package's name.</summary>
    /// <exception cref="InferenceException">It holds something else than small letters, digits, dots, underscores and hyphens.</exception>
    public static string CheckName(string name)
    {
        return IsName(name) ? name : throw new InferenceException(InferenceError.SettingUnsupported,
            $"'{name}' is no package name: 1 to {NameMax} small letters, digits, dots, underscores and hyphens");
    }

    /// <summary>Whether a text can be a package's name.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= NameMax } && !name.StartsWith('.')
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');

    /// <summary>Makes a package's name of a file's or folder's.</summary>
    public static string NameOf(string text)
    {
        string name = new([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_' ? c : '-')]);
        return CheckName(name.TrimStart('.', '-').Length > 0 ? name.TrimStart('.', '-') : "package");
    }
}
