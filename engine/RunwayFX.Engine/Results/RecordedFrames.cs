using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Results;

/// <summary>The host's frames and picture files on their way into a render: notes which were looked at and what they hold, and how long they took to come.</summary>
/// <remarks>Belongs to one render and its thread.</remarks>
/// <param name="frames">The frames.</param>
/// <param name="pictures">The files.</param>
internal sealed class RecordedFrames(IHostFrames frames, IPictureReader pictures) : IHostFrames, IPictureReader
{
    /// <summary>Identities of pictures that stay the same object from render to render, as decoded files do.</summary>
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Frame, object> s_files = [];

    /// <summary>Stands for a frame that was released: what comes in its place is looked at again.</summary>
    private static readonly object s_released = new();

    private readonly Dictionary<(int Clip, double Time), (object? Frame, UInt128 Hash)> _seen = [];
    private readonly Dictionary<string, UInt128> _read = new(StringComparer.Ordinal);
    private long _waited;

    /// <inheritdoc/>
    public bool HasTemporalAccess => frames.HasTemporalAccess;

    /// <summary>Time spent on waiting for the host, and on looking at what came.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waited);

    /// <summary>Clips' frames that were looked at.</summary>
    public IEnumerable<ResultInput> Frames => _seen.Select(static seen => new ResultInput(seen.Key.Clip, seen.Key.Time, "", seen.Value.Hash));

    /// <summary>Files that were read.</summary>
    public IEnumerable<ResultInput> Files => _read.Select(static read => new ResultInput(ResultInput.File, 0, read.Key, read.Value));

    /// <inheritdoc/>
    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            frames.TryFetch(clip, time, out frame);
            // The same frame comes as the same object while it is kept; only then is its content known.
            if (!_seen.TryGetValue((clip, time), out (object? Frame, UInt128 Hash) seen) || !ReferenceEquals(seen.Frame, frame))
                _seen[(clip, time)] = (frame, ResultRecipe.Of(frame));
        }
        finally
        {
            _waited += Stopwatch.GetTimestamp() - began;
        }

        return frame is not null;
    }

    /// <inheritdoc/>
    public void Release(HostFrame frame)
    {
        foreach (((int Clip, double Time) place, (object? Frame, UInt128 Hash) seen) in _seen)
        {
            if (!ReferenceEquals(seen.Frame, frame)) continue;
            _seen[place] = (s_released, seen.Hash);
            break;
        }

        frames.Release(frame);
    }

    /// <inheritdoc/>
    public Frame Read(string path)
    {
        Frame picture = pictures.Read(path);
        _read[path] = HashOf(picture);
        return picture;
    }

    /// <summary>Identity of a clip's frame as it is now.</summary>
    public UInt128 Look(int clip, double time)
    {
        TryFetch(clip, time, out _);
        return _seen[(clip, time)].Hash;
    }

    /// <summary>Identity of a file as it is now; <see cref="ResultRecipe.Absent"/> where it cannot be read.</summary>
    public UInt128 Look(string path)
    {
        try
        {
            return HashOf(pictures.Read(path));
        }
        catch (PipelineException)
        {
            return ResultRecipe.Absent; // A render says what is wrong with it.
        }
    }

    private static UInt128 HashOf(Frame picture) => (UInt128)s_files.GetValue(picture, static frame => ResultRecipe.Of(frame));
}
