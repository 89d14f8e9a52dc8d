using System.Collections.Immutable;
using AdobeEffects.Pipl;
using AdobeEffects.Raw;
using CsCheck;

namespace AdobeEffects.Tests.Pipl;

public sealed class EffectPropertiesTests
{
    /// <summary>A list as the usual tools make it for Windows: mark, numbers little-endian, codes backwards, lengths with their padding.</summary>
    private const string WindowsBytes =
        "0100 00000000 0D000000"
        + "4D494238 646E696B 00000000 04000000 544B4665"
        + "4D494238 656D616E 00000000 08000000 05477261696E0000"
        + "4D494238 67746163 00000000 08000000 0554657374730000"
        + "4D494238 34363638 00000000 0C000000 4566666563744D61696E0000"
        + "4D494238 52565065 00000000 04000000 00000200"
        + "4D494238 52565365 00000000 04000000 0D001C00"
        + "4D494238 52455665 00000000 04000000 01800800"
        + "4D494238 464E4965 00000000 04000000 00000000"
        + "4D494238 4F4C4765 00000000 04000000 00040002"
        + "4D494238 324C4765 00000000 04000000 00040008"
        + "4D494238 414E4D65 00000000 10000000 0E6F72672E746573742E677261696E00"
        + "4D494238 4C466561 00000000 04000000 00000000"
        + "4D494238 4C525565 00000000 10000000 0D68747470733A2F2F742E6F72670000";

    /// <summary>The same for macOS: no mark, big-endian, lengths without their padding.</summary>
    private const string MacintoshBytes =
        "00000000 0000000E"
        + "3842494D 6B696E64 00000000 00000004 65464B54"
        + "3842494D 6E616D65 00000000 00000006 05477261696E0000"
        + "3842494D 63617467 00000000 00000006 0554657374730000"
        + "3842494D 6D693634 00000000 0000000B 0A4566666563744D61696E00"
        + "3842494D 6D613634 00000000 0000000B 0A4566666563744D61696E00"
        + "3842494D 65505652 00000000 00000004 00020000"
        + "3842494D 65535652 00000000 00000004 000D001C"
        + "3842494D 65564552 00000000 00000004 00088001"
        + "3842494D 65494E46 00000000 00000002 00000000"
        + "3842494D 65474C4F 00000000 00000004 02000400"
        + "3842494D 65474C32 00000000 00000004 08000400"
        + "3842494D 654D4E41 00000000 0000000F 0E6F72672E746573742E677261696E00"
        + "3842494D 6165464C 00000000 00000004 00000000"
        + "3842494D 6555524C 00000000 0000000E 0D68747470733A2F2F742E6F72670000";

    private static EffectProperties Sample => new()
    {
        Name = "Grain",
        Category = "Tests",
        MatchName = "org.test.grain",
        SupportUrl = "https://t.org",
        Version = PF_Version.Pack(1, 1, 0, PF_Stage.PF_Stage_DEVELOP, 1),
        OutFlags = PF_OutFlags.PF_OutFlag_PIX_INDEPENDENT | PF_OutFlags.PF_OutFlag_DEEP_COLOR_AWARE,
        OutFlags2 = PF_OutFlags2.PF_OutFlag2_SUPPORTS_SMART_RENDER | PF_OutFlags2.PF_OutFlag2_SUPPORTS_THREADED_RENDERING,
    };

    [TestCase(PiplSystem.Windows, WindowsBytes)]
    [TestCase(PiplSystem.Macintosh, MacintoshBytes)]
    public void Effect_Written_IsTheFrozenBytes(PiplSystem system, string hexadecimal) =>
        Assert.That(Convert.ToHexString(Sample.ToBytes(system)), Is.EqualTo(hexadecimal.Replace(" ", "", StringComparison.Ordinal)));

    [TestCase(PiplSystem.Windows)]
    [TestCase(PiplSystem.Macintosh)]
    public void Effect_WrittenAndRead_IsTheSame(PiplSystem system)
    {
        Gen<string> text = Gen.String[Gen.Char['!', '~'], 1, 31];
        Gen.Select(text, text, text, Gen.UInt, Gen.UInt, Gen.UInt).Sample((name, category, match, version, flags, flags2) =>
        {
            EffectProperties effect = Sample with
            {
                Name = name,
                Category = category,
                MatchName = match,
                EntryPoint = name,
                Version = version,
                OutFlags = (PF_OutFlags)flags,
                OutFlags2 = (PF_OutFlags2)flags2,
            };
            byte[] bytes = effect.ToBytes(system);
            Assert.That(EffectProperties.FromBytes(bytes, system), Is.EqualTo(effect));
            Assert.That(PropertyList.Write(PropertyList.Read(bytes, system), system), Is.EqualTo(bytes));
        }, iter: 300);
    }

    [Test]
    public void Windows_EveryLength_IsAMultipleOfFour()
    {
        ImmutableArray<PiplProperty> list = (Sample with { Name = "Four", EntryPoint = "Abc" }).ToProperties(PiplSystem.Windows);
        Assert.That(list.Select(entry => entry.Data.Length % 4), Is.All.Zero);
    }

    [TestCase(47, true)]
    [TestCase(48, false)]
    public void Name_AtAndPastItsLimit_IsTakenAndRefused(int length, bool isTaken)
    {
        EffectProperties effect = Sample with { Name = new string('n', length) };
        if (isTaken) Assert.That(EffectProperties.FromBytes(effect.ToBytes(PiplSystem.Windows), PiplSystem.Windows), Is.EqualTo(effect));
        else Assert.That(() => effect.ToBytes(PiplSystem.Windows), Throws.ArgumentException.With.Message.Contains("48 characters"));
    }

    [TestCase("")]
    [TestCase("Größe")]
    [TestCase("a\0b")]
    public void Name_ThatHostsCannotShow_IsRefused(string name) =>
        Assert.That(() => (Sample with { Name = name }).ToBytes(PiplSystem.Windows), Throws.ArgumentException);

    [Test]
    public void List_OfTheOtherSystem_IsRefused()
    {
        byte[] windows = Sample.ToBytes(PiplSystem.Windows), macintosh = Sample.ToBytes(PiplSystem.Macintosh);
        Assert.That(() => EffectProperties.FromBytes(windows, PiplSystem.Macintosh), Throws.InstanceOf<PiplException>());
        Assert.That(() => EffectProperties.FromBytes(macintosh, PiplSystem.Windows), Throws.InstanceOf<PiplException>());
    }

    [Test]
    public void List_CutAnywhere_IsRefusedAndNothingElse()
    {
        byte[] whole = Sample.ToBytes(PiplSystem.Windows);
        for (int length = 0; length < whole.Length - 3; length++)
        {
            PiplException? refusal = Assert.Throws<PiplException>(() => EffectProperties.FromBytes(whole.AsSpan(0, length), PiplSystem.Windows));
            Assert.That(refusal!.Code, Is.EqualTo(PiplFault.Truncated), $"{length} bytes");
        }
    }

    [TestCase(256, true)]
    [TestCase(257, false)]
    public void Count_AtAndPastItsLimit_IsTakenAndRefused(int count, bool isTaken)
    {
        PiplProperty[] entries = [.. Enumerable.Range(0, count).Select(index => new PiplProperty("8BIM", "test", index, [1, 2, 3, 4]))];
        if (isTaken) Assert.That(PropertyList.Read(PropertyList.Write(entries, PiplSystem.Windows), PiplSystem.Windows), Is.EqualTo(entries));
        else Assert.That(() => PropertyList.Write(entries, PiplSystem.Windows), Throws.ArgumentException.With.Message.Contains("257"));
    }

    [TestCase(0xFFFFFFFFu, PiplFault.TooLarge)]
    [TestCase(0x80000000u, PiplFault.TooLarge)]
    [TestCase(257u, PiplFault.TooLarge)]
    [TestCase(14u, PiplFault.Truncated)]
    public void Count_ThatLies_IsRefused(uint count, PiplFault code)
    {
        byte[] bytes = Sample.ToBytes(PiplSystem.Windows);
        BitConverter.TryWriteBytes(bytes.AsSpan(6), count);
        PiplException? refusal = Assert.Throws<PiplException>(() => PropertyList.Read(bytes, PiplSystem.Windows));
        Assert.That(refusal!.Code, Is.EqualTo(code));
    }

    [Test]
    public void Read_HostileBytes_GivesAListOrPiplException()
    {
        byte[] good = Sample.ToBytes(PiplSystem.Windows);
        Gen<byte[]> changed = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Select((a, x, b, y, length) =>
        {
            byte[] bytes = [.. good];
            bytes[a] = x;
            bytes[b] = y;
            return bytes[..length];
        });
        Gen.OneOf(changed, Gen.Byte.Array[0, 200]).Sample(bytes =>
        {
            foreach (PiplSystem system in (PiplSystem[])[PiplSystem.Windows, PiplSystem.Macintosh])
            {
                try
                {
                    EffectProperties effect = EffectProperties.FromBytes(bytes, system);
                    Assert.That(effect.Name, Is.Not.Null);
                }
                catch (PiplException e)
                {
                    Assert.That(e.Code, Is.Not.Zero);
                }
            }
        }, iter: 20_000);
    }
}
