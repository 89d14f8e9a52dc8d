using System.Text;
using RunwayFX.Cli.Tests.Support;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Cli.Tests.Models;

/// <summary><c>rfx models pull</c> as a process of its own, over HTTPS and through proxies: what each end gets to see.</summary>
[CancelAfter(120_000)]
internal sealed class ModelsPullTests
{
    private const string Token = "hf_secret", Host = "models.test", OtherHost = "weights.test";

    private TempFolder _folder = null!;
    private TestCertificate _certificate = null!;
    private HttpsServer _server = null!;

    [SetUp]
    public void Publish()
    {
        _folder = new TempFolder();
        _certificate = new TestCertificate(Host, OtherHost, "localhost");
        File.WriteAllText(_folder["root.pem"], _certificate.Pem);
        Directory.CreateDirectory(_folder["no-roots"]);
        string source = _folder["tiny"];
        Directory.CreateDirectory(Path.Combine(source, "unet"));
        File.WriteAllText(Path.Combine(source, "model_index.json"), "{\"_class_name\":\"ORTStableDiffusionPipeline\"}");
        byte[] weights = new byte[100_000];
        new Random(1).NextBytes(weights);
        File.WriteAllBytes(Path.Combine(source, "unet", "model.onnx"), weights);
        new PackageStore(_folder["site"]).Import(source);
        _server = new HttpsServer(_certificate, _folder["site"]);
    }

    [TearDown]
    public void Stop()
    {
        _server.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Proxy_CarriesEverything_AndSeesNoToken()
    {
        using ConnectProxy proxy = new(new Dictionary<string, int> { [Host] = _server.Port });
        CliRun run = Pull($"https://{Host}/tiny/runwayfx.json", Through(proxy));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(run.Output, Does.Contain("installed tiny (StableDiffusion; text-to-image)"));
        Assert.That(PackageStore.Verify(new PackageStore(_folder["models"]).Open("tiny")), Is.Empty);
        Assert.That(proxy.Requests, Is.Not.Empty.And.All.StartsWith($"CONNECT {Host}:443 ").And.All.Not.Contains(Token));
        Assert.That(_server.Requests, Has.Count.EqualTo(3).And.All.Contains($"Authorization: Bearer {Token}\r\n"), "manifest and two files");
    }

    [Test]
    public void ProxyWithPassword_IsToldIt_AndNobodyElse()
    {
        string basic = Convert.ToBase64String(Encoding.ASCII.GetBytes("who:pass word"));
        using ConnectProxy proxy = new(new Dictionary<string, int> { [Host] = _server.Port }) { Authorization = $"Basic {basic}" };
        CliRun run = Pull($"https://{Host}/tiny/runwayfx.json", ("HTTPS_PROXY", $"http://who:pass%20word@127.0.0.1:{proxy.Port}"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(_server.Requests, Has.All.Not.Contains("Proxy-Authorization").And.All.Not.Contains(basic));
    }

    [TestCase("HTTPS_PROXY", "localhost")]
    [TestCase("https_proxy", "other.test,localhost")]
    public void HostNamedInNoProxy_IsAskedDirectly(string variable, string list)
    {
        using ConnectProxy proxy = new(new Dictionary<string, int> { ["localhost"] = _server.Port });
        string address = $"https://localhost:{_server.Port}/tiny/runwayfx.json";
        CliRun run = Pull(address, (variable, $"http://127.0.0.1:{proxy.Port}"), ("NO_PROXY", list));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(proxy.Requests, Is.Empty);
        new PackageStore(_folder["models"]).Remove("tiny");
        run = Pull(address, (variable, $"http://127.0.0.1:{proxy.Port}"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(proxy.Requests, Is.Not.Empty, "without the list the proxy is asked");
    }

    [Test]
    public void Token_StopsAtTheHostItWasGivenTo()
    {
        using HttpsServer far = new(_certificate, _folder["site"]);
        using HttpsServer near = new(_certificate, _folder["site"]) { Elsewhere = new Uri($"https://{OtherHost}/") };
        using ConnectProxy proxy = new(new Dictionary<string, int> { [Host] = near.Port, [OtherHost] = far.Port });
        CliRun run = Pull($"https://{Host}/tiny/runwayfx.json", Through(proxy));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(near.Requests, Has.Count.EqualTo(3).And.All.Contains(Token));
        Assert.That(far.Requests, Has.Count.EqualTo(1).And.All.Contains("GET /tiny/unet/model.onnx").And.All.Not.Contains(Token).And.All.Not.Contains("Authorization"));
        Assert.That(PackageStore.Verify(new PackageStore(_folder["models"]).Open("tiny")), Is.Empty);
    }

    [Test]
    public void RedirectToPlainHttp_IsNotFollowed()
    {
        using ConnectProxy plain = new(new Dictionary<string, int>());
        using HttpsServer near = new(_certificate, _folder["site"]) { Elsewhere = new Uri($"http://127.0.0.1:{plain.Port}/") };
        using ConnectProxy proxy = new(new Dictionary<string, int> { [Host] = near.Port });
        CliRun run = Pull($"https://{Host}/tiny/runwayfx.json", Through(proxy));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(run.Error, Does.Contain("unet/model.onnx").And.Contain("302"));
        Assert.That(plain.Requests, Is.Empty);
        Assert.That(new PackageStore(_folder["models"]).Names(), Is.Empty);
    }

    [Test]
    public void UnknownCertificate_EndsThePull()
    {
        using ConnectProxy proxy = new(new Dictionary<string, int> { [Host] = _server.Port });
        CliRun run = Pull($"https://{Host}/tiny/runwayfx.json", Through(proxy), ("SSL_CERT_FILE", _folder["none.pem"]));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(run.Error, Does.StartWith($"rfx: 'https://{Host}/tiny/runwayfx.json' could not be read").And.Contain("SSL").And.Not.Contain("   at "));
        Assert.That(_server.Requests, Is.Empty, "no word, and no token, was said");
    }

    [Test]
    public void ProxyThatRefuses_IsSaid()
    {
        using ConnectProxy proxy = new(new Dictionary<string, int>());
        CliRun run = Pull($"https://{Host}/tiny/runwayfx.json", Through(proxy));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(run.Error, Does.Contain("403").And.Not.Contain("   at ").And.Not.Contain(Token));
    }

    [Test]
    public void NameInTheCatalogue_IsPulledUnderThatName()
    {
        File.WriteAllText(_folder["catalogue.json"],
            $$"""{"packages":[{"name":"sample","title":"Sample","licence":"mit","tasks":["text-to-image"],"manifest":"https://{{Host}}/tiny/runwayfx.json"}]}""");
        using ConnectProxy proxy = new(new Dictionary<string, int> { [Host] = _server.Port });
        CliRun run = Pull("sample", Through(proxy), ("RUNWAYFX_CATALOGUE", _folder["catalogue.json"]));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(new PackageStore(_folder["models"]).Names(), Is.EqualTo(new[] { "sample" }));
    }

    [Test]
    public void WrongAnswers_EndThePull()
    {
        using ConnectProxy proxy = new(new Dictionary<string, int> { [Host] = _server.Port });
        CliRun absent = Pull($"https://{Host}/absent/runwayfx.json", Through(proxy));
        Assert.That((absent.ExitCode, absent.Error.Contains("answers 404")), Is.EqualTo((ExitCode.Failed, true)), absent.Error);
        File.WriteAllBytes(_folder["site/tiny/unet/model.onnx"], new byte[100_001]);
        CliRun longer = Pull($"https://{Host}/tiny/runwayfx.json", Through(proxy));
        Assert.That((longer.ExitCode, longer.Error.Contains("grows over the 100000 bytes")), Is.EqualTo((ExitCode.Failed, true)), longer.Error);
        Assert.That(new PackageStore(_folder["models"]).Names(), Is.Empty);
    }

    private static (string, string) Through(ConnectProxy proxy) => ("HTTPS_PROXY", $"http://127.0.0.1:{proxy.Port}");

    /// <summary>Runs <c>rfx models pull</c> with this environment and no other proxy, root or token.</summary>
    private CliRun Pull(string address, params (string Name, string Value)[] environment) => CliProcess.Run(["models", "pull", address],
    [
        ("RUNWAYFX_MODELS", _folder["models"]), ("RUNWAYFX_MODELS_TOKEN", Token), ("SSL_CERT_FILE", _folder["root.pem"]), ("SSL_CERT_DIR", _folder["no-roots"]), .. environment,
    ]);
}
