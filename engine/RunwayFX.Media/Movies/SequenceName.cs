using System.Globalization;

namespace RunwayFX.Media;

/// <summary>The name of a numbered sequence: folder, what stands before and after the number, and how many digits it has at least.</summary>
internal sealed record SequenceName(string Folder, string Prefix, int Digits, string Suffix)
{
    /// <summary>Most digits of a frame number.</summary>
    public const int DigitsMax = 9;

    /// <summary>Most files of a sequence.</summary>
    public const int FilesMax = 1_000_000;

    /// <summary>The file of a frame number.</summary>
    public string File(long number) =>
        System.IO.Path.Combine(Folder, Prefix + number.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0') + Suffix);

    /// <summary>Reads <c>name.%04d.png</c>, <c>name.%d.png</c> or <c>name.####.png</c>; null where the name has no such place.</summary>
    public static SequenceName? Parse(string path)
    {
        string full = MediaPaths.Full(path);
        string folder = System.IO.Path.GetDirectoryName(full) ?? full;
        string name = System.IO.Path.GetFileName(full);
        int hash = name.LastIndexOf('#');
        if (hash >= 0)
        {
            int first = hash;
            while (first > 0 && name[first - 1] == '#') first--;
            return Make(folder, name[..first], hash - first + 1, name[(hash + 1)..], path);
        }

        for (int percent = name.LastIndexOf('%'); percent >= 0; percent = percent == 0 ? -1 : name.LastIndexOf('%', percent - 1))
        {
            int end = percent + 1;
            while (end < name.Length && char.IsAsciiDigit(name[end])) end++;
            if (end >= name.Length || name[end] != 'd') continue;
            string digits = name[(percent + 1)..end];
            int count = digits.Length == 0 ? 1 : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed
                : DigitsMax + 1;
            return Make(folder, name[..percent], Math.Max(1, count), name[(end + 1)..], path);
        }

        return null;
    }

    /// <summary>Finds the one sequence of a folder.</summary>
    /// <exception cref="MediaException">None, or more than one.</exception>
    public static SequenceName InFolder(string folder)
    {
        string full = MediaPaths.Full(folder);
        var groups = new Dictionary<(string Prefix, string Suffix), (int Count, int Digits)>();
        foreach (string file in Files(full, folder))
        {
            if (!StillReader.Extensions.Contains(System.IO.Path.GetExtension(file).ToLowerInvariant()) || !Split(file, out int start, out int length))
            {
                continue;
            }

            (string, string) key = (file[..start], file[(start + length)..]);
            groups[key] = groups.TryGetValue(key, out (int Count, int Digits) seen) ? (seen.Count + 1, Math.Min(seen.Digits, length)) : (1, length);
        }

        if (groups.Count == 0)
        {
            throw new MediaException(MediaError.NotFound,
                $"the folder '{folder}' holds no numbered pictures ({string.Join(' ', StillReader.Extensions)})");
        }

        if (groups.Count > 1)
        {
            IEnumerable<string> names = groups.Keys.Take(4).Select(key => $"{key.Prefix}#{key.Suffix}");
            throw new MediaException(MediaError.Unsupported,
                $"the folder '{folder}' holds {groups.Count} sequences ({string.Join(", ", names)}…): name one");
        }

        ((string prefix, string suffix), (int _, int digits)) = groups.First();
        return new SequenceName(full, prefix, digits, suffix);
    }

    /// <summary>Frame numbers that exist, ascending.</summary>
    public long[] Numbers()
    {
        var numbers = new SortedSet<long>();
        foreach (string file in Files(Folder, Folder))
        {
            if (file.Length < Prefix.Length + Suffix.Length + Digits || !file.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            if (!file.EndsWith(Suffix, StringComparison.Ordinal)) continue;
            ReadOnlySpan<char> digits = file.AsSpan(Prefix.Length, file.Length - Prefix.Length - Suffix.Length);
            if (digits.Length > DigitsMax || (digits.Length > Digits && digits[0] == '0')) continue;
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) numbers.Add(number);
        }

        return [.. numbers];
    }

    private static SequenceName Make(string folder, string prefix, int digits, string suffix, string path) =>
        digits <= DigitsMax
            ? new SequenceName(folder, prefix, digits, suffix)
            : throw new MediaException(MediaError.TooLarge, $"'{path}': {digits} digits are over the limit of {DigitsMax}");

    private static IEnumerable<string> Files(string folder, string subject)
    {
        if (!Directory.Exists(folder)) throw new MediaException(MediaError.NotFound, $"the folder '{subject}' does not exist");
        int count = 0;
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (++count > FilesMax) throw new MediaException(MediaError.TooLarge, $"the folder '{subject}' holds more than {FilesMax} files");
            yield return System.IO.Path.GetFileName(file);
        }
    }

    /// <summary>Finds the last run of digits before the extension.</summary>
    private static bool Split(string file, out int start, out int length)
    {
        int end = System.IO.Path.GetFileNameWithoutExtension(file).Length;
        while (end > 0 && !char.IsAsciiDigit(file[end - 1])) end--;
        start = end;
        while (start > 0 && char.IsAsciiDigit(file[start - 1]) && end - start < DigitsMax) start--;
        length = end - start;
        return length > 0;
    }
}
