using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Frames of a numbered sequence, or of a single still.</summary>
internal sealed class SequenceFrames : IFrameSource
{
    private readonly Func<long, string> _file;
    private (long Index, StillPicture Picture) _last;

    private SequenceFrames(MediaInfo info, Func<long, string> file, StillPicture first)
    {
        Info = info;
        _file = file;
        _last = (0, first);
    }

    /// <inheritdoc/>
    public MediaInfo Info { get; }

    /// <summary>Opens one picture file as a clip of one frame.</summary>
    public static SequenceFrames OpenStill(string path, FrameReaderOptions options, CancellationToken cancellation)
    {
        string full = MediaPaths.ExistingFile(path);
        StillPicture picture = StillReader.ReadPicture(full, cancellation);
        return new SequenceFrames(Describe(path, MediaKind.Still, picture, options, 0, 1, []), _ => full, picture);
    }

    /// <summary>Opens a sequence.</summary>
    public static SequenceFrames Open(string path, SequenceName name, FrameReaderOptions options, CancellationToken cancellation)
    {
        long[] numbers = name.Numbers();
        if (numbers.Length == 0) throw new MediaException(MediaError.NotFound, $"'{path}': no file such as '{name.File(1)}' exists");
        long first = numbers[0];
        long count = numbers[^1] - first + 1;
        if (count > SequenceName.FilesMax)
        {
            throw new MediaException(MediaError.TooLarge, $"'{path}' spans {count} frames, the limit is {SequenceName.FilesMax}");
        }

        List<string> warnings = [];
        if (count != numbers.Length) warnings.Add($"{count - numbers.Length} of the frames {first} to {numbers[^1]} are missing");
        StillPicture picture = StillReader.ReadPicture(name.File(first), cancellation);
        MediaInfo info = Describe(path, MediaKind.Sequence, picture, options, first, count, warnings);
        return new SequenceFrames(info, index => name.File(first + index), picture);
    }

    /// <inheritdoc/>
    public MediaFrame Read(long index, CancellationToken cancellation)
    {
        if (_last.Index != index)
        {
            string file = _file(index);
            StillPicture picture = StillReader.ReadPicture(file, cancellation);
            if (picture.Frame.Width != Info.Width || picture.Frame.Height != Info.Height)
            {
                throw new MediaException(
                    MediaError.SizeChanged,
                    $"'{file}' is {picture.Frame.Width}×{picture.Frame.Height}, the first frame is {Info.Width}×{Info.Height}");
            }

            _last = (index, picture);
        }

        return new MediaFrame(_last.Picture.Frame.Clone(), _last.Picture.Exr);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static MediaInfo Describe(
        string path, MediaKind kind, StillPicture picture, FrameReaderOptions options, long first, long count, List<string> warnings)
    {
        Frame frame = picture.Frame;
        string format = picture.IsFloat ? (picture.HasAlpha ? "gbrapf32le" : "gbrpf32le") : picture.BitDepth > 8
            ? (picture.HasAlpha ? "rgba64le" : "rgb48le")
            : picture.HasAlpha ? "rgba" : "rgb24";
        return new MediaInfo
        {
            Path = path,
            Kind = kind,
            Width = frame.Width,
            Height = frame.Height,
            FrameRate = options.SequenceRate,
            AverageRate = options.SequenceRate,
            FrameCount = count,
            FirstFrameNumber = first,
            DurationSeconds = count / options.SequenceRate.Value,
            PixelFormat = format,
            BitDepth = picture.BitDepth,
            IsFloat = picture.IsFloat,
            HasAlpha = picture.HasAlpha,
            IsPremultiplied = picture.IsPremultiplied,
            FieldOrder = FieldOrder.Progressive,
            SampleAspect = picture.SampleAspect,
            Codec = picture.Codec,
            Warnings = warnings,
        };
    }
}
