using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace RunwayFX.Media;

/// <summary>The memory of a run in its work folder: which pieces (segments or frames) are finished, with length and checksum, and for which
/// recipe.</summary>
/// <remarks>A text file: a header with the fingerprint, then a line per finished piece, appended and flushed to disk after the piece itself was
/// renamed into place. A torn last line is ignored. The folder is locked while a run uses it.</remarks>
internal sealed class RunJournal : IDisposable
{
    /// <summary>Most pieces of a run.</summary>
    public const int PiecesMax = 1_000_000;

    private const string Magic = "runwayfx-work 1 ";
    private const long FileBytesMax = 128L << 20;

    private readonly FileStream _lock;
    private readonly Lock _gate = new();
    private FileStream? _stream;

    private RunJournal(string folder, FileStream held)
    {
        Folder = folder;
        _lock = held;
    }

    /// <summary>The work folder.</summary>
    public string Folder { get; }

    /// <summary>Pieces an earlier run finished, with (length, checksum); not yet verified.</summary>
    public Dictionary<long, (long Length, string Hash)> Finished { get; } = [];

    /// <summary>Why an earlier run was not taken up; null where it was, or there was none.</summary>
    public string? StartedOver { get; private set; }

    /// <summary>Opens or creates the work folder of an output.</summary>
    /// <exception cref="MediaException">The folder cannot be written, or another run holds it.</exception>
    public static RunJournal Open(string output, string folder, string fingerprint, bool resume)
    {
        try
        {
            Directory.CreateDirectory(folder);
            FileStream held;
            try
            {
                held = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
            {
                throw new MediaException(MediaError.WriteFailed, $"'{output}': another run is writing it ('{folder}' is locked: {e.Message})", e);
            }

            var journal = new RunJournal(folder, held);
            try
            {
                journal.Load(fingerprint, resume);
                return journal;
            }
            catch
            {
                journal.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(MediaError.WriteFailed, $"'{output}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Fingerprint of everything that decides the bytes.</summary>
    public static string Fingerprint(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(string.Join('\u001f', parts))));

    /// <summary>Length and checksum of a file.</summary>
    public static (long Length, string Hash) Measure(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var hash = new XxHash128();
        hash.Append(stream);
        return (stream.Length, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    /// <summary>Whether a piece is finished and its file is what was written.</summary>
    public bool IsIntact(long piece, string path)
    {
        if (!Finished.TryGetValue(piece, out (long Length, string Hash) expected)) return false;
        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length == expected.Length && Measure(path) == expected;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Notes a finished piece, durably. Thread-safe.</summary>
    public void Add(long piece, string path)
    {
        (long length, string hash) = Measure(path);
        byte[] line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{piece} {length} {hash}\n"));
        lock (_gate)
        {
            _stream!.Write(line);
            _stream.Flush(flushToDisk: true);
            Finished[piece] = (length, hash);
        }
    }

    /// <summary>Closes and removes the work folder.</summary>
    public void Remove()
    {
        Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // The output is complete; a left-over folder does no harm.
        }
        catch (UnauthorizedAccessException)
        {
            // Likewise.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
        _lock.Dispose();
    }

    private void Load(string fingerprint, bool resume)
    {
        string path = Path.Combine(Folder, "journal");
        if (File.Exists(path))
        {
            string? found = Read(path);
            if (!resume) StartedOver = "an earlier run is not taken up, as asked";
            else if (found is null) StartedOver = "the journal of an earlier run is damaged; starting over";
            else if (found != fingerprint) StartedOver = "an earlier run had other settings, another source or another ffmpeg; starting over";
        }

        if (StartedOver is not null) Finished.Clear();
        // Written anew and renamed: what is kept is whole, and a torn line is gone.
        string temporary = path + ".tmp";
        using (var writer = new StreamWriter(temporary, append: false, new UTF8Encoding(false)) { NewLine = "\n" })
        {
            writer.WriteLine(Magic + fingerprint);
            foreach ((long piece, (long length, string hash)) in Finished.OrderBy(entry => entry.Key))
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{piece} {length} {hash}"));
            }
        }

        File.Move(temporary, path, overwrite: true);
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Reads the journal; the fingerprint, or null where it is not one.</summary>
    private string? Read(string path)
    {
        if (new FileInfo(path).Length > FileBytesMax) return null;
        string text = File.ReadAllText(path);
        string[] lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines.Length > PiecesMax + 1 || !lines[0].StartsWith(Magic, StringComparison.Ordinal)) return null;
        foreach (string line in lines.AsSpan(1))
        {
            string[] fields = line.Split(' ');
            if (fields.Length != 3 || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long piece)
                || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long length))
            {
                return null;
            }

            Finished[piece] = (length, fields[2]);
        }

        return lines[0][Magic.Length..];
    }
}
