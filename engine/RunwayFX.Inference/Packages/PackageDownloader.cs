using System.Net;
using System.Net.Http.Headers;

namespace RunwayFX.Inference.Packages;

/// <summary>How a download behaves.</summary>
public sealed record DownloadOptions
{
    /// <summary>Tries per file; each goes on where the last one stopped.</summary>
    public int TriesMax { get; init; } = 5;

    /// <summary>Longest wait for an answer, and longest time in which nothing comes.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Over this time at least <see cref="WindowBytesMin"/> must come: a server that drips holds nobody for ever.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Fewest bytes in a <see cref="Window"/>.</summary>
    public long WindowBytesMin { get; init; } = 16 << 10;

    /// <summary>Pause before another try, times the count of tries so far.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Access token; sent over HTTPS or to this machine only, and not to where a server redirects.</summary>
    public string? Token { get; init; }
}

/// <summary>How far a download is.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Bytes of all files that are here.</param>
/// <param name="Total">Bytes of all files.</param>
public sealed record DownloadProgress(string Path, long Bytes, long Total);

/// <summary>Fetches a package file by file: goes on where it stopped, believes no byte before its hash is right, and shows the package only when it is
/// whole.</summary>
/// <remarks>Proxies come from the system and from <c>HTTPS_PROXY</c>, <c>NO_PROXY</c>. What has come stays in the store under a name with a dot, so that the
/// same command goes on later.</remarks>
public sealed class PackageDownloader : IDisposable
{
    private readonly HttpClient _client;
    private readonly DownloadOptions _options;

    /// <summary>Creates a downloader.</summary>
    public PackageDownloader(DownloadOptions? options = null)
    {
        _options = options ?? new DownloadOptions();
        _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = _options.IdleLimit, AutomaticDecompression = DecompressionMethods.None })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("RunwayFX");
    }

    /// <summary>Fetches the package that a manifest describes; its files lie beside it.</summary>
    /// <param name="manifest">Address of a <c>runwayfx.json</c> with sizes and hashes.</param>
    /// <param name="store">Where to install.</param>
    /// <param name="name">Its name here; null takes the manifest's.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellation">Stops; what has come is kept for the next time.</param>
    /// <exception cref="InferenceException">The server gives something else than the manifest says, or nothing.</exception>
    public async Task<ModelPackage> PullAsync(
        Uri manifest, PackageStore store, string? name = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(store);
        if (manifest.Scheme != Uri.UriSchemeHttps && !manifest.IsLoopback)
            throw new InferenceException(InferenceError.SettingUnsupported, $"'{manifest}' is not HTTPS; files are fetched over HTTPS, or from this machine");
        PackageManifest described = PackageManifest.Parse(await ReadTextAsync(manifest, cancellation).ConfigureAwait(false), manifest.ToString());
        if (described.Files.Count == 0) throw new InferenceException(InferenceError.PackageBroken, $"'{manifest}' lists no files");
        string final = PackagePath.CheckName(name ?? described.Name ?? PackagePath.NameOf(manifest.Segments.Length > 1 ? manifest.Segments[^2].Trim('/') : "package"));
        if (store.Names().Contains(final))
            throw new InferenceException(InferenceError.SettingUnsupported, $"a package '{final}' is installed already; `rfx models remove {final}` removes it");
        string incoming = Path.Combine(store.Folder, $".pull-{final}");
        Directory.CreateDirectory(incoming);
        long total = described.Files.Values.Sum(file => file.Bytes), done = 0;
        foreach ((string path, PackageFile file) in described.Files.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            string target = Path.Combine(incoming, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            long before = done;
            await FetchAsync(new Uri(manifest, Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)), target, file,
                bytes => progress?.Report(new DownloadProgress(path, before + bytes, total)), cancellation).ConfigureAwait(false);
            done += file.Bytes;
        }

        await File.WriteAllTextAsync(Path.Combine(incoming, PackageManifest.FileName), (described with { Source = described.Source ?? manifest.ToString() }).ToJson(),
            cancellation).ConfigureAwait(false);
        return store.Install(incoming, final, final, manifest.ToString(), cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task FetchAsync(Uri address, string target, PackageFile file, Action<long> progress, CancellationToken cancellation)
    {
        if (File.Exists(target) && new FileInfo(target).Length == file.Bytes && Matches(target, file, cancellation)) return;
        string part = target + ".part";
        for (int attempt = 1; ; attempt++)
        {
            string fault;
            try
            {
                await ReceiveAsync(address, part, file, progress, cancellation).ConfigureAwait(false);
                if (Matches(part, file, cancellation))
                {
                    File.Move(part, target, overwrite: true);
                    return;
                }

                fault = $"its SHA-256 is {PackageStore.Hash(part, cancellation)}, expected {file.Sha256}";
                File.Delete(part);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException && !cancellation.IsCancellationRequested)
            {
                fault = e.Message;
            }

            if (attempt >= _options.TriesMax)
                throw new InferenceException(InferenceError.DownloadFailed, $"'{address}' could not be fetched in {attempt} tries: {fault}");
            await Task.Delay(_options.Pause * attempt, cancellation).ConfigureAwait(false);
        }
    }

    private static bool Matches(string path, PackageFile file, CancellationToken cancellation) =>
        PackageStore.Hash(path, cancellation).Equals(file.Sha256, StringComparison.OrdinalIgnoreCase);

    private async Task ReceiveAsync(Uri address, string part, PackageFile file, Action<long> progress, CancellationToken cancellation)
    {
        long have = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (have > file.Bytes) have = 0;
        if (have == file.Bytes && have > 0) return;
        using HttpRequestMessage request = Request(address);
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        using HttpResponseMessage response = await SendAsync(request, cancellation).ConfigureAwait(false);
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!goesOn)
        {
            if (response.StatusCode == HttpStatusCode.PartialContent) throw new IOException($"the server answered another range than was asked ({response.Content.Headers.ContentRange})");
            if (!response.IsSuccessStatusCode) throw Refused(address, response.StatusCode);
            have = 0;
        }

        FileStream to = new(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await using (to.ConfigureAwait(false))
        {
            Stream from = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (from.ConfigureAwait(false)) await CopyAsync(from, to, have, file.Bytes, progress, cancellation).ConfigureAwait(false);
        }
    }

    private async Task CopyAsync(Stream from, FileStream to, long have, long expected, Action<long> progress, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 17];
        long windowBytes = 0, windowStart = Environment.TickCount64;
        while (true)
        {
            int read;
            using (CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                idle.CancelAfter(_options.IdleLimit);
                try
                {
                    read = await from.ReadAsync(buffer, idle.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    throw new TimeoutException($"nothing came for {_options.IdleLimit.TotalSeconds} s");
                }
            }

            if (read == 0) break;
            have += read;
            if (have > expected) throw new InferenceException(InferenceError.DownloadFailed, $"'{to.Name}' grows over the {expected} bytes that the manifest says");
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress(have);
            windowBytes += read;
            long now = Environment.TickCount64;
            if (now - windowStart < _options.Window.TotalMilliseconds) continue;
            if (windowBytes < _options.WindowBytesMin) throw new TimeoutException($"only {windowBytes} bytes came in {_options.Window.TotalSeconds} s");
            (windowBytes, windowStart) = (0, now);
        }

        if (have < expected) throw new IOException($"the connection ended after {have} of {expected} bytes");
    }

    private async Task<string> ReadTextAsync(Uri address, CancellationToken cancellation)
    {
        try
        {
            using HttpRequestMessage request = Request(address);
            using HttpResponseMessage response = await SendAsync(request, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw Refused(address, response.StatusCode);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(_options.Window);
            await response.Content.LoadIntoBufferAsync(PackageManifest.BytesMax, limit.Token).ConfigureAwait(false);
            return await response.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new InferenceException(InferenceError.DownloadFailed, $"'{address}' could not be read: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.IdleLimit);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer came within {_options.IdleLimit.TotalSeconds} s");
        }
    }

    private HttpRequestMessage Request(Uri address)
    {
        HttpRequestMessage request = new(HttpMethod.Get, address);
        if (_options.Token is { Length: > 0 } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private static InferenceException Refused(Uri address, HttpStatusCode status) => new(InferenceError.DownloadFailed,
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? $"'{address}' answers {(int)status}: it wants a token (RUNWAYFX_MODELS_TOKEN) or its licence accepted" : $"'{address}' answers {(int)status} {status}");
}
