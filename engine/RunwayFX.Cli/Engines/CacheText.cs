using System.Globalization;
using RunwayFX.Bridge;

namespace RunwayFX.Cli.Engines;

/// <summary>What the engine keeps of results, for people and as JSON.</summary>
internal static class CacheText
{
    /// <summary>One line.</summary>
    /// <param name="status">The engine's.</param>
    /// <param name="bytesMax">What all results may take, in bytes; 0 where none are kept.</param>
    public static string Of(EngineStatus status, long bytesMax) => bytesMax == 0
        ? "no results are kept: switched off (RUNWAYFX_CACHE_DIR=off, RUNWAYFX_CACHE_MB=0), or the folder cannot be used (rfx log says why)"
        : $"{status.CacheEntries} results, {Mib(status.CacheBytes)} of {Mib(bytesMax)}, in {status.CachePath}; {status.CacheHits} handed out by this engine";

    /// <summary>What <c>--json</c> writes; units stand in the names.</summary>
    public static object Document(EngineStatus status, long bytesMax) =>
        new { Keeps = bytesMax > 0, Folder = status.CachePath, Entries = status.CacheEntries, Bytes = status.CacheBytes, BytesMax = bytesMax, Hits = status.CacheHits };

    /// <summary>What was forgotten.</summary>
    public static string Cleared(CacheReply gone) => gone.BytesMax == 0 ? "no results are kept" : $"{gone.Frames} results forgotten, {Mib(gone.Bytes)} free again";

    private static string Mib(long bytes) => (bytes / (1024.0 * 1024)).ToString("0.0", CultureInfo.InvariantCulture) + " MiB";
}
