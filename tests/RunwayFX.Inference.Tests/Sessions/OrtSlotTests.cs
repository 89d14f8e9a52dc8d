using System.Reflection;
using System.Text.RegularExpressions;
using RunwayFX.Inference.Raw;

namespace RunwayFX.Inference.Tests.Sessions;

/// <summary>The places of functions in the runtime's table are its ABI: compared with the header that comes in the native package.</summary>
public sealed partial class OrtSlotTests
{
    [Test]
    public void Places_AreThoseOfTheHeader()
    {
        string path = typeof(OrtSlotTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == "OnnxRuntimeHeader").Value!;
        if (!File.Exists(path)) Assert.Ignore($"the header {path} is not installed");
        string[] header = Names(File.ReadAllText(path));
        Assert.That(header, Has.Length.GreaterThan(300));
        foreach (OrtSlot slot in Enum.GetValues<OrtSlot>())
            Assert.That(Array.IndexOf(header, slot.ToString()), Is.EqualTo((int)slot), $"{slot}");
    }

    private static string[] Names(string header)
    {
        int start = header.IndexOf("struct OrtApi {", StringComparison.Ordinal);
        string body = header[start..header.IndexOf("\n};", start, StringComparison.Ordinal)];
        body = LineComment().Replace(BlockComment().Replace(body, ""), "");
        return [.. Entry().Matches(body).Select(match => match.Groups["release"].Success ? "Release" + match.Groups["release"].Value : match.Groups["name"].Value)];
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex BlockComment();

    [GeneratedRegex("//[^\n]*")]
    private static partial Regex LineComment();

    [GeneratedRegex(@"ORT_API2_STATUS\((?<name>\w+)|ORT_CLASS_RELEASE2?\((?<release>\w+)|ORT_API_T\([^,]+,\s*(?<name>\w+)|\(ORT_API_CALL\s*\*\s*(?<name>\w+)\)")]
    private static partial Regex Entry();
}
