using System.Text.Json;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Inference.Tests.Packages;

/// <summary>The list of well-known packages: what each entry must say, and that the one that is shipped says it.</summary>
public sealed class PackageCatalogueTests
{
    private static readonly string[] s_tasks =
        ["text-to-image", "image-to-image", "inpaint", "text-to-video", "image-to-video", "depth", "matting", "segmentation", "interpolation", "upscaling", "performance"];

    [Test]
    public void ShippedCatalogue_StatesLicenceTaskAndSourceOfEach()
    {
        IReadOnlyList<CatalogueEntry> packages = PackageCatalogue.Load().Packages;
        Assert.That(packages.Select(entry => entry.Name), Does.Contain("sdxl-base").And.Contain("wan-2.1-t2v-1.3b").And.Contain("depth-anything-v2-small"));
        foreach (CatalogueEntry entry in packages)
        {
            Assert.That(entry.Title, Is.Not.Empty, entry.Name);
            Assert.That(entry.Tasks, Is.SubsetOf(s_tasks), entry.Name);
            Assert.That(entry.Repository, Does.StartWith("https://"), entry.Name);
            Assert.That(entry.Manifest is null, Is.EqualTo(entry.Reason is not null), $"{entry.Name}: a manifest with hashes, or the reason why there is none");
        }
    }

    [TestCase("""{"name":"No Name","licence":"l","tasks":["depth"],"manifest":"https://a.test/m.json"}""", "'No Name' is no package name")]
    [TestCase("""{"name":"x","licence":" ","tasks":["depth"],"manifest":"https://a.test/m.json"}""", "'x' states no licence")]
    [TestCase("""{"name":"x","licence":"l","manifest":"https://a.test/m.json"}""", "'x' names no task")]
    [TestCase("""{"name":"x","licence":"l","tasks":[""],"manifest":"https://a.test/m.json"}""", "'x' names no task")]
    [TestCase("""{"name":"x","licence":"l","tasks":["depth"],"manifest":"http://a.test/m.json"}""", "no HTTPS address")]
    [TestCase("""{"name":"x","licence":"l","tasks":["depth"],"manifest":"m.json"}""", "no HTTPS address")]
    [TestCase("""{"name":"x","licence":"l","tasks":["depth"],"repository":"ftp://a.test"}""", "no HTTPS address")]
    [TestCase("""{"name":"x","licence":"l","tasks":["depth"],"repository":"https://a.test"}""", "the reason why")]
    [TestCase("""{"name":"x","licence":"l","tasks":["depth"],"reason":"because"}""", "the reason why")]
    [TestCase("""{"licence":"l","tasks":["depth"],"manifest":"https://a.test/m.json"}""", "name")]
    [TestCase("""{"name":"a","licence":"l","tasks":["depth"],"manifest":"https://a.test/m.json"},{"name":"a","licence":"l","tasks":["depth"],"manifest":"https://a.test/m.json"}""", "'a' stands twice")]
    public void EntryThatSaysTooLittle_IsRefused(string entries, string part) =>
        Assert.That(() => PackageCatalogue.Parse($"{{\"packages\":[{entries}]}}"), Throws.TypeOf<JsonException>().With.Message.Contains(part));

    [Test]
    public void SoundEntry_IsRead()
    {
        CatalogueEntry entry = PackageCatalogue.Parse("""{"packages":[{"name":"x","licence":"l","tasks":["depth"],"manifest":"https://a.test/m.json"}]}""").Find("x")!;
        Assert.That((entry.Licence, entry.Manifest, entry.Repository), Is.EqualTo(("l", "https://a.test/m.json", (string?)null)));
    }
}
