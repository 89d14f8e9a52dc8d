using System.Globalization;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Writes numbered picture files (or one picture). Each appears whole under its name; a broken run goes on after the files that are
/// verified.</summary>
internal sealed class SequenceWriter : FrameWriter
{
    private readonly RunJournal _journal;
    private readonly SequenceName? _name;
    private readonly StillFormat _format;
    private readonly string _fullPath;
    private readonly List<string> _warnings = [];
    private readonly long[] _pending;

    private SequenceWriter(OutputSettings settings, RunJournal journal, SequenceName? name, StillFormat format)
        : base(settings)
    {
        _journal = journal;
        _name = name;
        _format = format;
        _fullPath = MediaPaths.Full(settings.Path);
        if (journal.StartedOver is not null) _warnings.Add($"'{settings.Path}': {journal.StartedOver}");
        var pending = new List<long>();
        for (long i = 0; i < settings.FrameCount; i++)
        {
            if (!journal.IsIntact(i, FilePath(i))) pending.Add(i);
        }

        _pending = [.. pending];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<long> Pending => _pending;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Checks the name and opens the journal.</summary>
    public static SequenceWriter OpenSequence(OutputSettings settings)
    {
        (StillFormat format, int depth, bool alpha, bool isFloat) = settings.Format switch
        {
            OutputFormat.Png8 => (StillFormat.Png8, 8, true, false),
            OutputFormat.Png16 => (StillFormat.Png16, 16, true, false),
            OutputFormat.ExrHalf => (StillFormat.ExrHalf, 16, true, true),
            OutputFormat.ExrFloat => (StillFormat.ExrFloat, 32, true, true),
            OutputFormat.Dpx10 => (StillFormat.Dpx10, 10, false, false),
            OutputFormat.Dpx12 => (StillFormat.Dpx12, 12, false, false),
            OutputFormat.Tiff16 => (StillFormat.Tiff16, 16, true, false),
            _ => throw new ArgumentException($"{settings.Format} is not a picture format", nameof(settings)),
        };
        EncoderPlan.RefuseLoss(settings, depth, alpha, isFloat);
        SequenceName? name = SequenceName.Parse(settings.Path);
        if (name is null && settings.FrameCount > 1)
        {
            throw new MediaException(
                MediaError.Unsupported,
                $"'{settings.Path}' has no place for the number of {settings.FrameCount} frames; write it as name.%04d.ext or name.####.ext");
        }

        if (settings.FrameCount > RunJournal.PiecesMax)
        {
            throw new MediaException(MediaError.TooLarge,
                $"'{settings.Path}': {settings.FrameCount} files are over the limit of {RunJournal.PiecesMax}");
        }

        string fingerprint = RunJournal.Fingerprint(
        [
            "sequence 1", settings.Recipe, settings.Format.ToString(),
            string.Create(CultureInfo.InvariantCulture,
                $"{settings.Width} {settings.Height} {settings.FrameCount} {settings.FirstFrameNumber} {settings.FrameRate}"),
            $"{settings.HasAlpha} {settings.IsPremultiplied}", settings.SampleAspect.ToString(),
        ]);
        RunJournal journal = RunJournal.Open(settings.Path, MediaPaths.Full(settings.Path) + ".rfxwork", fingerprint, settings.Resume);
        return new SequenceWriter(settings, journal, name, format);
    }

    /// <inheritdoc/>
    public override void Write(long index, Frame frame, ExrExtras? exr = null, CancellationToken cancellation = default)
    {
        if (index < 0 || index >= Settings.FrameCount)
        {
            throw new MediaException(MediaError.FrameOutOfRange, $"'{Settings.Path}': frame {index} is outside 0..{Settings.FrameCount - 1}");
        }

        CheckFrameSize(frame);
        bool isExr = _format is StillFormat.ExrHalf or StillFormat.ExrFloat;
        if (!isExr)
        {
            RefuseLayers(exr);
            exr = null;
        }
        else if (exr is not null && (exr.DataWindow.Width != frame.Width || exr.DataWindow.Height != frame.Height))
        {
            RefuseLayers(exr);
            exr = null; // The effect made a picture of another size: the old windows no longer mean anything.
        }

        if (Settings.HasAlpha && Settings.IsPremultiplied != isExr)
        {
            frame = isExr ? AlphaState.Premultiplied(frame) : AlphaState.Unpremultiplied(frame);
        }

        string path = FilePath(index);
        StillWriter.Write(path, frame, _format, Settings.HasAlpha, exr, Settings.SampleAspect, cancellation);
        try
        {
            _journal.Add(index, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(MediaError.WriteFailed, $"'{path}' cannot be noted as written: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override void Finish(CancellationToken cancellation = default)
    {
        foreach (long index in _pending)
        {
            if (!_journal.Finished.ContainsKey(index))
            {
                throw new MediaException(MediaError.FrameOutOfRange, $"'{Settings.Path}': frame {index} was not written");
            }
        }

        _journal.Remove();
    }

    /// <inheritdoc/>
    private protected override void Dispose(bool disposing) => _journal.Dispose();

    private string FilePath(long index) => _name is null ? _fullPath : _name.File(Settings.FirstFrameNumber + index);
}
