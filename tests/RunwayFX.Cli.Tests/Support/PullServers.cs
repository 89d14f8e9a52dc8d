using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RunwayFX.Cli.Tests.Support;

/// <summary>A certificate that only those trust who are given <see cref="Pem"/>, for names that no resolver knows.</summary>
internal sealed class TestCertificate : IDisposable
{
    public TestCertificate(params string[] names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=RunwayFX test", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names) alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem();

    public void Dispose() => Certificate.Dispose();
}

/// <summary>Listens on a loopback port and serves each connection on its own until it is disposed.</summary>
internal abstract class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    protected LoopbackServer()
    {
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    protected CancellationToken End => _end.Token;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _listener.Dispose();
    }

    protected abstract Task ServeAsync(NetworkStream stream);

    /// <summary>Reads up to the empty line that ends a request's head; empty where the other end left.</summary>
    protected async Task<string> ReadHeadAsync(Stream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, End) == 0) return "";
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeOneAsync(await _listener.AcceptTcpClientAsync(End));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeOneAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The other end left, or does not trust the certificate.
            }
        }
    }
}

/// <summary>Serves a folder over HTTPS; paths under /elsewhere/ are redirected.</summary>
internal sealed class HttpsServer(TestCertificate certificate, string root) : LoopbackServer
{
    /// <summary>Heads of the requests that came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Where requests for weights are sent; null serves them.</summary>
    public Uri? Elsewhere { get; init; }

    protected override async Task ServeAsync(NetworkStream stream)
    {
        using SslStream secure = new(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate.Certificate }, End);
        while (await ReadHeadAsync(secure) is { Length: > 0 } head)
        {
            Requests.Enqueue(head);
            string name = head.Split(' ')[1].TrimStart('/'), path = Path.Combine(root, name);
            if (Elsewhere is { } other && name.EndsWith(".onnx", StringComparison.Ordinal))
            {
                await secure.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {new Uri(other, "/" + name)}\r\nContent-Length: 0\r\n\r\n"), End);
                continue;
            }

            byte[] body = File.Exists(path) ? await File.ReadAllBytesAsync(path, End) : [];
            await secure.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(File.Exists(path) ? "200 OK" : "404 Not Found")}\r\nContent-Length: {body.Length}\r\n\r\n"), End);
            await secure.WriteAsync(body, End);
        }
    }
}

/// <summary>A proxy that opens tunnels by CONNECT, to the ports of this machine that stand for hosts.</summary>
internal sealed class ConnectProxy(IReadOnlyDictionary<string, int> hosts) : LoopbackServer
{
    /// <summary>Heads of the requests that came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What Proxy-Authorization must say; null asks for nothing.</summary>
    public string? Authorization { get; init; }

    protected override async Task ServeAsync(NetworkStream stream)
    {
        while (await ReadHeadAsync(stream) is { Length: > 0 } head)
        {
            Requests.Enqueue(head);
            string[] words = head.Split(' ');
            if (Authorization is not null && !head.Contains($"Proxy-Authorization: {Authorization}\r\n", StringComparison.OrdinalIgnoreCase))
            {
                await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), End);
                continue;
            }

            if (words[0] != "CONNECT" || !hosts.TryGetValue(words[1].Split(':')[0], out int port))
            {
                await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), End);
                return;
            }

            using TcpClient target = new();
            await target.ConnectAsync(IPAddress.Loopback, port, End);
            await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), End);
            NetworkStream far = target.GetStream();
            await Task.WhenAny(stream.CopyToAsync(far, End), far.CopyToAsync(stream, End));
            return;
        }
    }
}
