namespace RunwayFX.Media;

/// <summary>Asks ffprobe what a movie is.</summary>
public static class MovieProbe
{
    /// <summary>Reads the header facts. Quick: nothing is decoded, so <see cref="MediaInfo.FrameCount"/> is the container's claim.
    /// <see cref="FrameReader.Open"/> gives the exact count.</summary>
    /// <exception cref="MediaException">Missing, unreadable, no video stream, ffprobe absent.</exception>
    public static MediaInfo Probe(string path, CancellationToken cancellation = default) => throw new NotSupportedException();
}
