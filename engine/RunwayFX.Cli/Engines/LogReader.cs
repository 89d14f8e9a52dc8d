using System.Text;
using RunwayFX.Bridge;

namespace RunwayFX.Cli.Engines;

/// <summary>Shows the engine's log as it stands and as it grows, over the files that the engine sets aside.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="path">The file in use; it need not be there.</param>
/// <param name="job">Shows only the entries of this job; null shows all.</param>
internal sealed class LogReader(TextWriter output, string path, JobReference? job) : IDisposable
{
    /// <summary>Bytes shown at first, where not a job's entries are asked for.</summary>
    public const int TailBytes = 16 * 1024;

    private readonly string? _tag = job is { } reference ? $" [{reference}] " : null;
    private readonly StringBuilder _rest = new();
    private Decoder _decoder = Encoding.UTF8.GetDecoder();
    private FileStream? _open;
    private bool _isWanted;

    /// <summary>How often a log that is followed is looked at.</summary>
    public static TimeSpan Poll { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Shows the end of the log, or all entries of the job in all files.</summary>
    /// <returns>Whether there was anything to show.</returns>
    public bool ShowEnd()
    {
        bool isAny = false;
        _isWanted = _tag is null;
        if (_tag is not null)
        {
            foreach (string old in EngineLogFiles.Sequence(path).SkipLast(1)) isAny |= ShowWhole(old);
        }

        _open = TryOpen(path);
        if (_open is null) return isAny;
        bool isCut = _tag is null && _open.Length > TailBytes;
        if (isCut) _open.Position = _open.Length - TailBytes;
        return Show(_open, isCut) | isAny;
    }

    /// <summary>Shows what came since; where the engine has set the file aside, or another engine began a new one, the rest of the old and then the new.</summary>
    public void ShowNew()
    {
        if (_open is not null) Show(_open, isCut: false);
        FileStream? current = TryOpen(path);
        if (current is null) return; // Between two files.
        if (_open is not null && current.Length >= _open.Position && IsSameFile(current, _open))
        {
            current.Dispose();
            return;
        }

        if (_open is not null)
        {
            Show(_open, isCut: false); // What was written between the first look and the new file.
            _open.Dispose();
        }

        _decoder = Encoding.UTF8.GetDecoder();
        _open = current;
        Show(current, isCut: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    private static FileStream? TryOpen(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether two handles are one file: setting a file aside renames it, so that the name then leads to another one. The first bytes hold the time
    /// and the process of the first line, so that two files of a log differ there.</summary>
    private static bool IsSameFile(FileStream a, FileStream b)
    {
        Span<byte> first = stackalloc byte[128], second = stackalloc byte[128];
        int firstCount = RandomAccess.Read(a.SafeFileHandle, first, 0), secondCount = RandomAccess.Read(b.SafeFileHandle, second, 0);
        int count = Math.Min(firstCount, secondCount);
        return count > 0 && first[..count].SequenceEqual(second[..count]);
    }

    private bool ShowWhole(string file)
    {
        using FileStream? stream = TryOpen(file);
        return stream is not null && Show(stream, isCut: false);
    }

    /// <summary>Shows from the stream's position to its end, whole lines only.</summary>
    private bool Show(FileStream stream, bool isCut)
    {
        bool isAny = false;
        byte[] bytes = new byte[16 * 1024];
        char[] text = new char[bytes.Length + 2];
        int count;
        while ((count = stream.Read(bytes)) > 0)
        {
            _rest.Append(text, 0, _decoder.GetChars(bytes, 0, count, text, 0, flush: false));
            isAny |= TakeLines(ref isCut);
        }

        output.Flush();
        return isAny;
    }

    private bool TakeLines(ref bool isCut)
    {
        bool isAny = false;
        string text = _rest.ToString();
        int start = 0;
        for (int end; (end = text.IndexOf('\n', start)) >= 0; start = end + 1)
        {
            // The first piece may begin in the middle of a line.
            if (!isCut && IsWanted(text.AsSpan(start, end - start)))
            {
                output.WriteLine(text.AsSpan(start, end - start));
                isAny = true;
            }

            isCut = false;
        }

        _rest.Clear().Append(text, start, text.Length - start);
        return isAny;
    }

    /// <summary>A line without a time goes on with the entry before it: an exception's stack.</summary>
    private bool IsWanted(ReadOnlySpan<char> line)
    {
        if (_tag is null) return true;
        bool begins = line.Length > 24 && char.IsAsciiDigit(line[0]) && line[4] == '-' && line[10] == 'T' && line[23] == 'Z';
        if (begins) _isWanted = line.Contains(_tag, StringComparison.Ordinal);
        return _isWanted;
    }
}
