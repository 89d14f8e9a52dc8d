using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Pipelines.Generate;

/// <summary>One job on its way through the pipeline: what it asks the host for, and guides made of it.</summary>
internal sealed class GenerateRequest
{
    private const int SourceClip = 0, StructureClip = 1;

    private readonly IHostFrames _frames;
    private readonly IPictureReader _pictures;
    private readonly BoundedCache _guides;
    private readonly BoundedCache _hostFrames;
    private readonly PerceptualGuide _guide;

    public GenerateRequest(
        RenderJob job, GenerateSource source, IHostFrames frames, IPictureReader pictures, (BoundedCache Guides, BoundedCache Frames) caches, PerceptualGuide guide,
        CancellationToken cancellation)
    {
        (Job, Source, _frames, _pictures, _guide, Cancellation) = (job, source.Reference, frames, pictures, guide, cancellation);
        (_guides, _hostFrames) = caches;
        (IsClip, SourceTime) = (source.IsClip, source.Time);
        Settings = GenerateSettings.From(job, Source.Picture.Width, Source.Picture.Height, source.ResultSize);
        SourceHash = GenerateSettings.Hash(Source.Picture, Source.Premultiplied);
        Key = Settings.Key();
        _hostFrames.Put(SourceHash, Source, Source.Picture.Pixels.Length * 4L);
    }

    public RenderJob Job { get; }

    /// <summary>The reference frame that stands for the job's time.</summary>
    public HostFrame Source { get; }

    /// <summary>Its time.</summary>
    public double SourceTime { get; }

    /// <summary>Whether the reference has other frames.</summary>
    public bool IsClip { get; }

    public UInt128 SourceHash { get; }

    public GenerateSettings Settings { get; }

    /// <summary>Identity of the settings, without any picture.</summary>
    public UInt128 Key { get; }

    public CancellationToken Cancellation { get; }

    public bool HasStructureClip => Job.Flag(EffectCatalog.StructureFromClipName);

    public bool HasStructure => HasStructureClip || !string.IsNullOrWhiteSpace(Job.Text(EffectCatalog.StructurePathName));

    /// <summary>A frame of the reference by its time, with its identity; null where the host has none of the source's size.</summary>
    public (HostFrame Frame, UInt128 Hash)? Fetch(double time)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (time == SourceTime) return (Source, SourceHash);
        if (!IsClip) return null;
        if (!_frames.TryFetch(SourceClip, time, out HostFrame? frame)) return null;
        if (frame.Picture.Width != Source.Picture.Width || frame.Picture.Height != Source.Picture.Height) return null;
        UInt128 hash = GenerateSettings.Hash(frame.Picture, frame.Premultiplied);
        _hostFrames.Put(hash, frame, frame.Picture.Pixels.Length * 4L);
        return (frame, hash);
    }

    /// <summary>The pixels of a reference frame whose identity is known, from memory where they are still there.</summary>
    public HostFrame? Pixels(double time, UInt128 hash)
    {
        if (hash == SourceHash) return Source;
        if (_hostFrames.TryGet(hash, out HostFrame? frame)) return frame;
        return Fetch(time) is { } fetched && fetched.Hash == hash ? fetched.Frame : null;
    }

    /// <summary>The guides of a reference frame.</summary>
    public GuideFrame Guide(HostFrame frame, UInt128 hash)
    {
        UInt128 key = GenerateSettings.Join(hash, (UInt128)(int)Settings.Encoding, (UInt128)(int)Settings.Quality);
        if (_guides.TryGet(key, out GuideFrame? guide)) return guide;
        guide = GuideFrame.Create(hash, frame, Settings, _guide, Cancellation);
        _guides.Put(key, guide, guide.Bytes);
        return guide;
    }

    /// <summary>Small guides of the structure for a range of whole times, and their identity; null where none is wanted.</summary>
    /// <exception cref="PipelineException">A structure is wanted, but there is none.</exception>
    public (SpaceTimeVolume[] Frames, UInt128 Hash)? Structure(double first, double last)
    {
        if (!HasStructure) return null;
        int count = (int)(last - first) + 1;
        if (!HasStructureClip)
        {
            Frame picture = _pictures.Read(Job.Text(EffectCatalog.StructurePathName));
            SpaceTimeVolume guide = GuideFrame.Small(picture, Settings, Cancellation);
            return ([.. Enumerable.Repeat(guide, count)], GenerateSettings.Hash(picture, premultiplied: false));
        }

        SpaceTimeVolume?[] guides = new SpaceTimeVolume?[count];
        UInt128 identity = 1;
        for (int index = 0; index < count; index++)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (!_frames.TryFetch(StructureClip, first + index, out HostFrame? frame)) continue;
            identity = GenerateSettings.Join(identity, (UInt128)index, GenerateSettings.Hash(frame.Picture, frame.Premultiplied));
            Frame display = _guide.Convert(frame.Premultiplied ? Premultiplication.Unpremultiply(frame.Picture) : frame.Picture, Cancellation);
            guides[index] = GuideFrame.Small(display, Settings, Cancellation);
        }

        if (guides.All(guide => guide is null))
        {
            throw new PipelineException(PipelineError.ReferenceMissing,
                $"structureFromClip is on, but the host gave no {EffectCatalog.StructureClipName} frame around time {Job.Time}");
        }

        // Beyond the ends of the structure its nearest frame stands.
        SpaceTimeVolume[] filled = new SpaceTimeVolume[count];
        for (int index = 0; index < count; index++)
        {
            int nearest = Enumerable.Range(0, count).Where(other => guides[other] is not null).MinBy(other => Math.Abs(other - index));
            filled[index] = guides[nearest]!;
        }

        return (filled, identity);
    }
}
