using System.Xml.Linq;

namespace RunwayFX.Premiere.Tests;

public sealed class StubsTests
{
    /// <summary>The build cannot ask the catalogue which effects get a binary.</summary>
    [Test]
    public void BuildsList_NamesEveryEffectOfTheMapping()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        if (folder is null) Assert.Ignore("This run is not inside the source tree.");
        XDocument targets = XDocument.Load(Path.Combine(folder!.FullName, "plugins", "RunwayFX.Premiere", "Stubs.targets"));
        string names = targets.Descendants("PremiereEffect").Single().Attribute("Include")!.Value;
        Assert.That(names.Split(';'), Is.EqualTo(CatalogueMapping.Effects.Select(effect => effect.Name)));
    }
}
