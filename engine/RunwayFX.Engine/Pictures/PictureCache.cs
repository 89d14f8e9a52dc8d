using RunwayFX.Engine.Log;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Pictures;

/// <summary>Keeps the style pictures of recent renders decoded, so that a sequence decodes its picture once.</summary>
/// <remarks>A picture is known by path, modification time and length: an edited file is read anew. Two renders that ask for the same picture at once
/// decode it once. Frames are shared between renders and must not be written to. Thread-safe.</remarks>
/// <param name="decode">Decodes a file to float RGBA, unpremultiplied, top-down; Media's still reader in the engine.</param>
/// <param name="memoryMax">Decoded bytes kept.</param>
internal sealed class PictureCache(Func<string, Frame> decode, long memoryMax = PictureCache.MemoryDefault) : IPictureReader
{
    /// <summary>Largest picture file read, in bytes.</summary>
    public const long FileBytesMax = 1L << 30;

    /// <summary>Longest path accepted, in characters.</summary>
    public const int PathLengthMax = 4096;

    /// <summary>Most pictures kept.</summary>
    public const int PicturesMax = 32;

    /// <summary>Decoded bytes kept unless told otherwise. A larger picture is still read, it is merely not kept.</summary>
    public const long MemoryDefault = 512L << 20;

    private readonly Lock _gate = new();

    /// <summary>Most recently used first.</summary>
    private readonly LinkedList<Entry> _entries = new();

    private long _hits;

    /// <summary>Pictures and decoded bytes kept at this moment, and reads answered without decoding so far.</summary>
    public (int Entries, long Bytes, long Hits) Counters
    {
        get
        {
            lock (_gate) return (_entries.Count, _entries.Sum(entry => entry.Bytes), _hits);
        }
    }

    /// <inheritdoc/>
    public Frame Read(string path)
    {
        Entry entry;
        PictureKey key = Identify(path);
        lock (_gate)
        {
            LinkedListNode<Entry>? node = _entries.First;
            while (node is not null && node.Value.Key != key) node = node.Next;
            if (node is null)
            {
                node = new(new Entry(key, new Lazy<Frame>(() => Decode(path), LazyThreadSafetyMode.ExecutionAndPublication)));
            }
            else
            {
                _entries.Remove(node);
                _hits++;
            }

            _entries.AddFirst(node);
            entry = node.Value;
        }

        try
        {
            Frame frame = entry.Picture.Value;
            Trim();
            return frame;
        }
        catch
        {
            // A failure is not kept: the file may be complete the next time.
            lock (_gate) _entries.Remove(entry);
            throw;
        }
    }

    private void Trim()
    {
        lock (_gate)
        {
            long bytes = 0;
            int count = 0;
            for (LinkedListNode<Entry>? node = _entries.First; node is not null;)
            {
                LinkedListNode<Entry>? next = node.Next;
                bytes += node.Value.Bytes;
                if (++count > PicturesMax || bytes > memoryMax)
                {
                    bytes -= node.Value.Bytes;
                    count--;
                    _entries.Remove(node);
                }

                node = next;
            }
        }
    }

    private Frame Decode(string path)
    {
        try
        {
            return decode(path);
        }
#pragma warning disable CA1031 // A decoder meets hostile bytes: whatever it throws means that this file gives no picture.
        catch (Exception exception) when (exception is not (PipelineException or OutOfMemoryException))
#pragma warning restore CA1031
        {
            EngineLog.PictureUnreadable(path, exception);
            string reason = exception is MediaException ? exception.Message : "it is damaged or of an unknown kind.";
            throw new PipelineException(PipelineError.PictureUnreadable, $"The picture '{path}' cannot be read: {reason}", exception);
        }
    }

    private static PictureKey Identify(string path)
    {
        if (path.Length is 0) throw Unreadable("No picture file is named.");
        if (path.Length > PathLengthMax) throw Unreadable($"The picture's path of {path.Length} characters is over {PathLengthMax}.");
        if (path.Contains('\0', StringComparison.Ordinal)) throw Unreadable("The picture's path holds a zero character.");
        if (!Path.IsPathFullyQualified(path)) throw Unreadable($"The picture's path '{path}' is not absolute.");
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw Unreadable(Directory.Exists(path) ? $"'{path}' is a folder, not a picture file." : $"The picture file '{path}' does not exist.");
            }

            if (file.Length is 0) throw Unreadable($"The picture file '{path}' is empty.");
            if (file.Length > FileBytesMax) throw Unreadable($"The picture file '{path}' has {file.Length} bytes, over {FileBytesMax}.");
            return new(file.FullName, file.LastWriteTimeUtc.Ticks, file.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PipelineException(PipelineError.PictureUnreadable, $"The picture file '{path}' cannot be opened: {exception.Message}", exception);
        }
    }

    private static PipelineException Unreadable(string message) => new(PipelineError.PictureUnreadable, message);

    private readonly record struct PictureKey(string Path, long ModifiedTicks, long Length);

    private sealed class Entry(PictureKey key, Lazy<Frame> picture)
    {
        public PictureKey Key { get; } = key;

        public Lazy<Frame> Picture { get; } = picture;

        public long Bytes => Picture.IsValueCreated ? (long)Picture.Value.Pixels.Length * sizeof(float) : 0;
    }
}
