using System.Globalization;
using RunwayFX.Engine.Log;

namespace RunwayFX.Engine.Results;

/// <summary>Keeps results on disk by their names, within a limit of bytes: those unused for longest go first.</summary>
/// <remarks>
/// <para>A file is written under another name and renamed, so that it is there whole or not at all; what is damaged all the same is a miss, and is removed. Several
/// engines may use one folder: each counts what it sees when it looks, and looks anew when it has written a part of the limit.</para>
/// <para>Nothing here fails a render: a folder that cannot be read has no results, one that cannot be written to keeps none. Thread-safe.</para>
/// </remarks>
internal sealed class ResultStore
{
    /// <summary>Most results kept.</summary>
    public const int ResultsMax = 250_000;

    /// <summary>What is left free on the disk, in bytes.</summary>
    public const long FreeBytesMin = 1L << 30;

    /// <summary>Part of the limit that is given free at a time.</summary>
    private const int TrimShare = 10;

    /// <summary>Part of the limit after which the folder is looked at anew.</summary>
    private const int LookShare = 20;

    private const string Ending = ".rfxr", Unfinished = ".tmp";

    /// <summary>After which a file that was begun is nobody's, and a list that nobody added to.</summary>
    private static readonly TimeSpan UnfinishedMax = TimeSpan.FromHours(1), ListUnusedMax = TimeSpan.FromDays(180);

    private readonly Lock _gate = new();
    private long _bytes;
    private long _entries;
    private long _written;
    private long _hits;
    private bool _hasLooked;

    /// <summary>Keeps results in a folder.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    /// <param name="bytesMax">What all results may take together; above 0.</param>
    public ResultStore(string folder, long bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 1);
        Folder = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"v{ResultFile.Version}"));
        BytesMax = bytesMax;
        Jobs = new JobLists(Path.Combine(Folder, "jobs"));
    }

    /// <summary>Where they lie.</summary>
    public string Folder { get; }

    /// <summary>What they may take together.</summary>
    public long BytesMax { get; }

    /// <summary>Which of them belong to which job.</summary>
    public JobLists Jobs { get; }

    /// <summary>Results and their bytes as last seen, and results handed out.</summary>
    public (long Entries, long Bytes, long Hits) Counters
    {
        get
        {
            lock (_gate)
            {
                Look();
                return (_entries, _bytes, Interlocked.Read(ref _hits));
            }
        }
    }

    /// <summary>A result that is kept; null where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height.</param>
    /// <param name="accepts">Says, from what it was made from, whether it still holds.</param>
    /// <param name="isStale">Whether there is one that was not accepted.</param>
    public KeptResult? Find(UInt128 name, int width, int height, Func<ResultHead, bool> accepts, out bool isStale)
    {
        isStale = false;
        string path = PathOf(name);
        try
        {
            using FileStream? stream = Open(path);
            if (stream is null) return null;
            ResultHead? head = ResultFile.ReadHead(stream, name);
            if (head is not null && head.Width == width && head.Height == height)
            {
                if (!accepts(head))
                {
                    isStale = true;
                    return null;
                }

                if (ResultFile.ReadPixels(stream, head) is { } result)
                {
                    Touch(path);
                    Interlocked.Increment(ref _hits);
                    return result;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            EngineLog.Debug($"the kept result {path} cannot be read: {e.Message}");
            return null;
        }

        EngineLog.Warn($"the kept result {path} is damaged; it is removed");
        Remove(path);
        return null;
    }

    /// <summary>Whether a result is kept, as far as its file is there.</summary>
    public bool Has(UInt128 name) => File.Exists(PathOf(name));

    /// <summary>Keeps a result; one that does not fit, or cannot be written, is not kept.</summary>
    public void Put(UInt128 name, KeptResult result)
    {
        long bytes = (long)result.Picture.Pixels.Length * sizeof(float) + (long)result.Shares.Length * sizeof(float);
        if (bytes > BytesMax) return;
        string path = PathOf(name), folder = Path.GetDirectoryName(path)!;
        string unfinished = Path.Combine(folder, Path.GetRandomFileName() + Unfinished);
        bool isWritten = false;
        try
        {
            Directory.CreateDirectory(folder);
            if (!HasRoom(folder, bytes)) return;
            lock (_gate) MakeRoom(bytes);
            using (FileStream stream = new(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                isWritten = ResultFile.TryWrite(stream, name, result);
                bytes = stream.Length;
            }

            if (!isWritten) return;
            File.Move(unfinished, path, overwrite: true);
            lock (_gate)
            {
                _bytes += bytes;
                _entries++;
                _written += bytes;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            EngineLog.Debug($"a result cannot be kept: {e.Message}");
            isWritten = false;
        }
        finally
        {
            if (!isWritten) Remove(unfinished);
        }
    }

    /// <summary>How many frames of a job are kept, and their bytes.</summary>
    /// <param name="job">The job's key.</param>
    /// <param name="counts">Which of its frames count.</param>
    public (long Frames, long Bytes) Count(UInt128 job, Func<JobFrame, bool> counts)
    {
        HashSet<double> times = [];
        HashSet<UInt128> names = [];
        long bytes = 0;
        foreach (JobFrame frame in Jobs.Read(job))
        {
            if (!counts(frame) || LengthOf(PathOf(frame.Name)) is not { } length) continue;
            times.Add(frame.Time);
            if (names.Add(frame.Name)) bytes += length;
        }

        return (times.Count, bytes);
    }

    /// <summary>Forgets the results of a job.</summary>
    /// <returns>Frames that were kept, and their bytes.</returns>
    public (long Frames, long Bytes) Forget(UInt128 job)
    {
        (long frames, long bytes) = Count(job, static _ => true);
        foreach (UInt128 name in Jobs.Read(job).Select(static frame => frame.Name).Distinct()) Remove(PathOf(name));
        Jobs.Remove(job);
        lock (_gate) _hasLooked = false;
        return (frames, bytes);
    }

    /// <summary>Forgets all results and lists, those that other engines on this folder made included. What is being written stays.</summary>
    /// <returns>Results that were kept, and their bytes.</returns>
    public (long Frames, long Bytes) ForgetAll()
    {
        List<FileInfo> files = Files();
        foreach (FileInfo file in files) Remove(file.FullName);
        Jobs.RemoveAll();
        lock (_gate) _hasLooked = false;
        List<FileInfo> left = Files();
        return (files.Count - left.Count, files.Sum(static file => file.Length) - left.Sum(static file => file.Length));
    }

    private string PathOf(UInt128 name)
    {
        string text = name.ToString("x32", CultureInfo.InvariantCulture);
        return Path.Combine(Folder, text[..2], text + Ending);
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // Another engine removed it.
        }
    }

    private static long? LengthOf(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.Exists ? file.Length : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Notes the use by the file's time, which is what all engines see.</summary>
    private static void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be written to needs no order of use.
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // It is not there, or it stays: a damaged file is a miss every time.
        }
    }

    private static bool HasRoom(string folder, long bytes)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace - bytes >= FreeBytesMin;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true; // Nobody can say; the write will.
        }
    }

    /// <summary>Counts what is there, where it was not counted yet or much has been written since.</summary>
    private void Look()
    {
        if (_hasLooked && _written < BytesMax / LookShare) return;
        (_bytes, _entries, _written, _hasLooked) = (0, 0, 0, true);
        foreach (FileInfo file in Files())
        {
            _bytes += file.Length;
            _entries++;
        }
    }

    private void MakeRoom(long bytes)
    {
        Look();
        if (_bytes + bytes <= BytesMax && _entries < ResultsMax) return;
        List<FileInfo> files = [.. Files().OrderBy(static file => file.LastWriteTimeUtc)];
        (_bytes, _entries, _written) = (files.Sum(static file => file.Length), files.Count, 0);
        long bytesKept = BytesMax - Math.Max(bytes, BytesMax / TrimShare), entriesKept = ResultsMax - ResultsMax / TrimShare;
        if (_bytes + bytes <= BytesMax && _entries < ResultsMax) return;
        foreach (FileInfo file in files)
        {
            if (_bytes <= bytesKept && _entries <= entriesKept) break;
            Remove(file.FullName);
            _bytes -= file.Length;
            _entries--;
        }
    }

    /// <summary>All results; what an engine left unfinished, and lists that are long unused, are removed on the way.</summary>
    private List<FileInfo> Files()
    {
        List<FileInfo> results = [];
        try
        {
            DirectoryInfo folder = new(Folder);
            if (!folder.Exists) return results;
            foreach (FileInfo file in folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true }))
            {
                if (file.Extension == Ending && LengthOf(file.FullName) is not null) results.Add(file);
                else if (DateTime.UtcNow - file.LastWriteTimeUtc > (file.Extension == Unfinished ? UnfinishedMax : ListUnusedMax)) Remove(file.FullName);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was seen until then counts.
        }

        return results;
    }
}
