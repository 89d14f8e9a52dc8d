using System.Text;
using AdobeEffects.Plugins;

namespace RunwayFX.Premiere.Tests;

public sealed class TextFileTests
{
    private readonly string _path = Path.GetTempFileName();

    [OneTimeTearDown]
    public void Remove() => File.Delete(_path);

    [TestCase("a harbour, at night", "a harbour, at night")]
    [TestCase("ein Hafen\r\n bei Nacht \n\n", "ein Hafen bei Nacht")]
    [TestCase("", "")]
    public void Text_InAnyOfItsEncodings_IsOneLine(string written, string expected)
    {
        foreach (Encoding encoding in (Encoding[])[new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            File.WriteAllText(_path, written + " über", encoding);
            Assert.That(TextFile.Read(_path), Is.EqualTo((expected + " über").Trim()), encoding.EncodingName);
        }
    }

    [TestCase(4096, null)]
    [TestCase(4097, "4097 characters, over 4096")]
    [TestCase(TextFile.BytesMax, "16384 characters, over 4096")]
    [TestCase(TextFile.BytesMax + 1, "16385 bytes, over 16384")]
    public void File_AtTheLimitAndPastIt(int length, string? fault)
    {
        File.WriteAllText(_path, new string('x', length));
        if (fault is null) Assert.That(TextFile.Read(_path), Has.Length.EqualTo(length));
        else Assert.That(() => TextFile.Read(_path), Throws.TypeOf<EffectException>().With.Message.Contains(fault));
    }

    [Test]
    public void File_ThatIsNoneOrNoText_IsRefusedByName()
    {
        File.WriteAllBytes(_path, [1, 0, 2]);
        Assert.That(() => TextFile.Read(_path), Throws.TypeOf<EffectException>().With.Message.EqualTo($"{_path} is no text file."));
        Assert.That(() => TextFile.Read(_path + ".gone"), Throws.TypeOf<EffectException>().With.Message.StartsWith($"{_path}.gone cannot be read"));
    }
}
