using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace RunwayFX.Engine.Results;

/// <summary>A frame of a job: a result by its name.</summary>
/// <param name="Time">Time as the host counts.</param>
/// <param name="ScaleX">Horizontal proxy scale.</param>
/// <param name="ScaleY">Vertical proxy scale.</param>
/// <param name="Name">The result's name.</param>
internal readonly record struct JobFrame(double Time, double ScaleX, double ScaleY, UInt128 Name);

/// <summary>Which results belong to which job key: one file for each, to which lines of equal length are appended, each with a check of its own.</summary>
/// <remarks>Engines append at once without harm: a line is one write. What does not check is passed over. Thread-safe.</remarks>
internal sealed class JobLists(string folder)
{
    /// <summary>Most frames listed for a job; further ones are kept under no name.</summary>
    public const int FramesMax = 200_000;

    private const int LineBytes = 48, CheckedBytes = 40;

    private const string Ending = ".job";

    private readonly Lock _gate = new();

    /// <summary>The list that was added to last, and how long its file was then: reading it anew for every frame would take ever longer.</summary>
    private (UInt128 Job, long Length, HashSet<JobFrame> Frames) _last;

    /// <summary>Lists a frame, once.</summary>
    public void Add(UInt128 job, JobFrame frame)
    {
        lock (_gate)
        {
            HashSet<JobFrame> listed = Listed(job);
            if (listed.Count >= FramesMax || listed.Contains(frame)) return;
            Span<byte> line = stackalloc byte[LineBytes];
            Write(line, frame);
            try
            {
                Directory.CreateDirectory(folder);
                using FileStream stream = new(PathOf(job), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
                // A line that broke off, on a full disk, costs the next one its place, not all that follow.
                if (stream.Length % LineBytes is > 0 and var torn) stream.Write(new byte[LineBytes - torn]);
                stream.Write(line);
                listed.Add(frame);
                _last = (job, stream.Length, listed);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // The result is kept all the same, under no name.
            }
        }
    }

    /// <summary>The frames of a job; a time may have several.</summary>
    public List<JobFrame> Read(UInt128 job)
    {
        List<JobFrame> frames = [];
        try
        {
            string path = PathOf(job);
            if (!File.Exists(path)) return frames;
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 14);
            Span<byte> line = stackalloc byte[LineBytes];
            while (frames.Count < FramesMax && stream.ReadAtLeast(line, LineBytes, throwOnEndOfStream: false) == LineBytes)
            {
                if (TryRead(line, out JobFrame frame)) frames.Add(frame);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // What was read until then counts.
        }

        return frames;
    }

    /// <summary>Forgets a job's list.</summary>
    public void Remove(UInt128 job)
    {
        try
        {
            File.Delete(PathOf(job));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Its results are gone; the list names nothing then.
        }
    }

    /// <summary>Forgets all lists.</summary>
    public void RemoveAll()
    {
        try
        {
            if (!Directory.Exists(folder)) return;
            foreach (string file in Directory.EnumerateFiles(folder, "*" + Ending)) File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Their results are gone; the lists name nothing then.
        }
    }

    private HashSet<JobFrame> Listed(UInt128 job)
    {
        FileInfo file = new(PathOf(job));
        return _last.Job == job && _last.Frames is not null && file.Exists && file.Length == _last.Length ? _last.Frames : [.. Read(job)];
    }

    private static void Write(Span<byte> line, JobFrame frame)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(line, frame.Time);
        BinaryPrimitives.WriteDoubleLittleEndian(line[8..], frame.ScaleX);
        BinaryPrimitives.WriteDoubleLittleEndian(line[16..], frame.ScaleY);
        BinaryPrimitives.WriteUInt64LittleEndian(line[24..], (ulong)(frame.Name >> 64));
        BinaryPrimitives.WriteUInt64LittleEndian(line[32..], (ulong)frame.Name);
        BinaryPrimitives.WriteUInt64LittleEndian(line[CheckedBytes..], XxHash64.HashToUInt64(line[..CheckedBytes]));
    }

    private static bool TryRead(ReadOnlySpan<byte> line, out JobFrame frame)
    {
        frame = new JobFrame(
            BinaryPrimitives.ReadDoubleLittleEndian(line), BinaryPrimitives.ReadDoubleLittleEndian(line[8..]), BinaryPrimitives.ReadDoubleLittleEndian(line[16..]),
            new UInt128(BinaryPrimitives.ReadUInt64LittleEndian(line[24..]), BinaryPrimitives.ReadUInt64LittleEndian(line[32..])));
        return BinaryPrimitives.ReadUInt64LittleEndian(line[CheckedBytes..]) == XxHash64.HashToUInt64(line[..CheckedBytes]);
    }

    private string PathOf(UInt128 job) => Path.Combine(folder, job.ToString("x32", CultureInfo.InvariantCulture) + Ending);
}
