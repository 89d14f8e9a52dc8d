using System.Collections.Immutable;
using AdobeEffects.Sequences;
using CsCheck;

namespace AdobeEffects.Tests.Sequences;

public sealed class SequenceDataTests
{
    /// <summary>Mark, form 1, version 3, length and count, checksum; then the key, its kind and its bytes. Projects hold these bytes: they never change.</summary>
    private const string Frozen = "41455344 0100 0300 1B000000 02000000";

    [Test]
    public void Data_Written_AreTheFrozenBytes()
    {
        byte[] bytes = SequenceData.Empty(3).With("path", "ü").With("n", 1).ToBytes();
        Assert.That(Convert.ToHexString(bytes.AsSpan(0, 16)), Is.EqualTo(Frozen.Replace(" ", "", StringComparison.Ordinal)));
        Assert.That(Convert.ToHexString(bytes.AsSpan(24)), Is.EqualTo("016E0208000000000000000000F03F" + "04706174680102000000C3BC"));
    }

    [Test]
    public void Data_WrittenAndRead_AreTheSame() =>
        Gen.Select(Gen.UShort, Gen.String[0, 50], Gen.Double, Gen.Byte.Array[0, 100], Gen.String[1, 40]).Sample((version, text, number, bytes, key) =>
        {
            SequenceData data = SequenceData.Empty(version).With("text", text).With("number", number).With("bytes", [.. bytes]).With(key, text);
            Assert.That(SequenceData.TryRead([.. data.ToBytes(), 1, 2, 3], out SequenceData read, out string why), Is.True, why);
            Assert.That(read.ToBytes(), Is.EqualTo(data.ToBytes()));
            Assert.That((read.Version, read.Count), Is.EqualTo((data.Version, data.Count)));
            Assert.That((read.Text("text"), read.Number("number"), read.Text("number")), Is.EqualTo((data.Text("text"), data.Number("number"), data.Text("number"))));
        }, iter: 500);

    [Test]
    public void Data_AnyByteChanged_AreRefused()
    {
        byte[] good = SequenceData.Empty(3).With("path", "/a/b.png").With("n", 1).ToBytes();
        for (int index = 0; index < good.Length; index++)
        {
            byte[] bad = [.. good];
            bad[index] ^= 0x10;
            Assert.That(SequenceData.TryRead(bad, out SequenceData data, out string why), Is.False, $"byte {index}");
            Assert.That((data.Count, why), Is.Not.EqualTo((0, "")));
        }
    }

    [Test]
    public void Data_CutAnywhere_AreRefused()
    {
        byte[] good = SequenceData.Empty(3).With("path", "/a/b.png").ToBytes();
        for (int length = 0; length < good.Length; length++) Assert.That(SequenceData.TryRead(good.AsSpan(0, length), out _, out _), Is.False);
    }

    [Test]
    public void Data_HostileWithARightChecksum_AreDataOrRefused() =>
        Gen.Select(Gen.Byte.Array[0, 120], Gen.UInt[0, 300]).Sample((body, count) =>
        {
            byte[] bytes = [.. SequenceData.Empty(1).ToBytes().AsSpan(0, 24), .. body];
            BitConverter.TryWriteBytes(bytes.AsSpan(8), body.Length);
            BitConverter.TryWriteBytes(bytes.AsSpan(12), count);
            BitConverter.TryWriteBytes(bytes.AsSpan(16), Fnv(bytes));
            if (SequenceData.TryRead(bytes, out SequenceData data, out string why)) Assert.That(data.Count, Is.LessThanOrEqualTo((int)count));
            else Assert.That(why, Is.Not.Empty);
        }, iter: 5000);

    [TestCase(SequenceData.EntriesMax, true)]
    [TestCase(SequenceData.EntriesMax + 1, false)]
    public void Keys_AtAndPastTheirLimit_AreTakenAndRefused(int count, bool isTaken)
    {
        SequenceData Fill() => Enumerable.Range(0, count).Aggregate(SequenceData.Empty(1), (data, index) => data.With($"k{index}", index));
        if (isTaken) Assert.That(Fill().Count, Is.EqualTo(count));
        else Assert.That(() => Fill(), Throws.ArgumentException.With.Message.Contains("256"));
    }

    [Test]
    public void Size_AtAndPastItsLimit_IsTakenAndRefused()
    {
        int room = SequenceData.BytesMax - 24 - 7;
        SequenceData most = SequenceData.Empty(1).With("k", ImmutableArray.Create(new byte[room]));
        Assert.That(most.ToBytes(), Has.Length.EqualTo(SequenceData.BytesMax));
        Assert.That(SequenceData.TryRead(most.ToBytes(), out _, out _), Is.True);
        Assert.That(() => SequenceData.Empty(1).With("k", ImmutableArray.Create(new byte[room + 1])), Throws.ArgumentException.With.Message.Contains("1048577"));
    }

    [TestCase("")]
    [TestCase(null)]
    public void Key_EmptyOrTooLong_IsRefused(string? key) =>
        Assert.That(() => SequenceData.Empty(1).With(key ?? new string('k', 256), 1), Throws.ArgumentException);

    private static ulong Fnv(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 14695981039346656037;
        for (int index = 0; index < bytes.Length; index++) sum = index is >= 16 and < 24 ? sum : (sum ^ bytes[index]) * 1099511628211;
        return sum;
    }
}
