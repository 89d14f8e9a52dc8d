using System.Buffers;
using System.Diagnostics;

namespace RunwayFX.Bridge.Tests;

/// <summary>Wire bytes of every message: frozen, and safe against whatever else comes in their place.</summary>
public sealed class ProtocolTests
{
    internal static readonly Subject[] Subjects =
    [
        Subject.Of(ProtocolSamples.Hello, "9403a9302e312e302b616263cd109201"),
        Subject.Of(ProtocolSamples.HelloReply, "9703a9302e312e302b616263cd10f70105a26e6fcd3f2a"),
        Subject.Of(ProtocolSamples.OpenSession, "940201b06f72672e6578616d706c652e686f737492b32f70696374757265732f6e616368742e6a7067a0"),
        Subject.Of(ProtocolSamples.SessionOpened, "94022a03a46e6f6e65"),
        Subject.Of(ProtocolSamples.AttachMemory, "9303ce0083126eb24c6f63616c5c72756e77617966782d312d61"),
        Subject.Of(ProtocolSamples.MemoryAttached, "920315"),
        Subject.Of(ProtocolSamples.DetachMemory, "9103"),
        Subject.Of(
            ProtocolSamples.Request,
            "dc001402cf000000012a05f20092cb3fe0000000000000cbc008000000000000cbc028800000000000cb3fe0000000000000cb3fd0000000000000cb"
            + "4037f9db22d0e560cb40000000000000000301d09ccd9c40c3c39803ce00011170cd10002111cd02100401929801cb40290000000000009803ce0001"
            + "1170cd10002111cc840101f9cd012c02cb3ff8000000000000029800cb4029000000000000c0f9cd012c02cb3ff8000000000000020302cf0123456789abcdeffe"),
        Subject.Of(ProtocolSamples.NeedFrames, "93090292cb3ff0000000000000cbc004000000000000"),
        Subject.Of(ProtocolSamples.SupplyFrame, "92099801cb40290000000000009803ce00011170cd10002111cc840101f9cd012c02cb3ff800000000000002"),
        Subject.Of(ProtocolSamples.Progress, "9209cb3fe8000000000000"),
        Subject.Of(ProtocolSamples.LogLine, "9203ac68616c66207761792c20c2bd"),
        Subject.Of(ProtocolSamples.RenderDone, "990903ceee6b28004dce0001e240ce00011170cd07d0cd031501"),
        Subject.Of(ProtocolSamples.RenderFailed, "940928fca86e6f207374796c65"),
        Subject.Of(ProtocolSamples.Cancel, "9109"),
        Subject.Of(ProtocolSamples.SlotReleased, "920305"),
        Subject.Of(ProtocolSamples.Ping, "91cd012c"),
        Subject.Of(ProtocolSamples.Pong, "91cd012c"),
        Subject.Of(ProtocolSamples.StatusRequest, "9100"),
        Subject.Of(
            ProtocolSamples.EngineStatus,
            "dc0015cd10f703a9302e312e302b616263ce000186a0030402cd01f40607cf00000001dcd6500009a5302e312e30a22f6ca22f6391a3435055a72e"
            + "4e4554203130990102030405ce00011170cf000000012a05f20008cd012c94ce05f5e100cd4e20cd0bb8049195cd3f2a0102cd1092a168919ecd3f"
            + "2a1102cd0780cd0438cbbfe0000000000000c30428ce0001e240ce00011170cd07d0cd0315a16d"),
        Subject.Of(ProtocolSamples.CacheRequest, "9702cf0123456789abcdeffecbbff8000000000000cb4047800000000000cb3fe0000000000000cb3fd0000000000000"),
        Subject.Of(ProtocolSamples.CacheReply, "95cf0123456789abcdeffe30cf000000012a05f200ce00011170"),
        Subject.Of(ProtocolSamples.PreviewRequest, "92cd3f2a11"),
        Subject.Of(ProtocolSamples.PreviewReply, "96cd3f2a11030201c406010203fdfeff"),
        Subject.Of(ProtocolSamples.Shutdown, "9100"),
    ];

    [Test]
    public void EveryMessageType_HasFrozenBytes() =>
        Assert.That(
            Subjects.Select(subject => subject.Type),
            Is.EquivalentTo(Enum.GetValues<MessageType>().Where(type => type != MessageType.PixelChunk)));

    [TestCaseSource(nameof(Subjects))]
    public void Encoding_IsFrozen(Subject subject) => Assert.That(Convert.ToHexStringLower(subject.Bytes), Is.EqualTo(subject.Frozen));

    [TestCaseSource(nameof(Subjects))]
    public void FrozenBytes_DecodeToTheSameBytes(Subject subject) =>
        Assert.That(subject.Recode(Convert.FromHexString(subject.Frozen)), Is.EqualTo(Convert.FromHexString(subject.Frozen)));

    [TestCaseSource(nameof(Subjects))]
    public void TruncatedAtEveryLength_IsRefusedAsMalformed(Subject subject)
    {
        for (int length = 0; length < subject.Bytes.Length; length++)
        {
            byte[] cut = subject.Bytes[..length];
            BridgeException failure = Assert.Throws<BridgeException>(() => subject.Recode(cut), $"{length} bytes")!;
            Assert.That(failure.Code, Is.EqualTo(BridgeError.Malformed), $"{length} bytes");
        }
    }

    [TestCaseSource(nameof(Subjects))]
    public void ByteAfterTheEnd_IsRefused(Subject subject) =>
        AssertCode(() => subject.Recode([.. subject.Bytes, 0]), BridgeError.Malformed);

    [TestCaseSource(nameof(Subjects))]
    public void BodyAtTheLimitAndOnePast_OnlyThePastIsRefusedByItsHeader(Subject subject)
    {
        byte[] header = new byte[MessageHeader.Bytes];
        int limit = MessageHeader.BodyLimit(subject.Type);
        new MessageHeader(subject.Type, limit).Write(header);
        Assert.That(MessageHeader.Parse(header), Is.EqualTo(new MessageHeader(subject.Type, limit)));
        new MessageHeader(subject.Type, limit + 1).Write(header);
        AssertCode(() => MessageHeader.Parse(header), BridgeError.OutOfRange);
        AssertCode(() => subject.Recode(new byte[limit + 1]), BridgeError.OutOfRange);
    }

    /// <summary>Flips, cuts, inserts and replaces bytes of a valid message; whatever comes out is decoded, or refused by our own exception.</summary>
    [TestCaseSource(nameof(Subjects))]
    public void RandomBytes_AreDecodedOrRefusedQuicklyAndInBoundedMemory(Subject subject)
    {
        const int rounds = 4_000, seed = 20_261_122;
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Spoil(subject.Bytes, random);
            try
            {
                byte[] again = subject.Recode(bytes);
                Assert.That(again, Is.Not.Empty);
            }
            catch (BridgeException e)
            {
                string place = $"seed {seed}, round {round}: {Convert.ToHexString(bytes)}";
                Assert.That(e.Code, Is.EqualTo(BridgeError.Malformed).Or.EqualTo(BridgeError.OutOfRange), place);
            }
        }

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / rounds, Is.LessThan(256 * 1024));
    }

    [Test]
    public void HelloReplyOfProtocol1_IsUnderstood()
    {
        HelloReply reply = MessageCodec.Decode<HelloReply>(Convert.FromHexString("9601a9302e312e302b616263cd10f70105a26e6f"));
        Assert.That(reply, Is.EqualTo(ProtocolSamples.HelloReply with { Protocol = 1, Connection = 0 }));
    }

    [Test]
    public void DeepNesting_IsRefusedBeforeTheStackEnds()
    {
        byte[] body = new byte[MessageHeader.BodyLimit(MessageType.OpenSession)];
        body.AsSpan().Fill(0x91);
        AssertCode(() => MessageCodec.Decode<OpenSession>(body), BridgeError.Malformed);
        // Nested in an unknown trailing field, where a decoder only skips.
        byte[] sample = Subjects.Single(subject => subject.Type == MessageType.OpenSession).Bytes;
        sample.CopyTo(body, 0);
        body[0] = 0x95;
        AssertCode(() => MessageCodec.Decode<OpenSession>(body), BridgeError.Malformed);
    }

    [Test]
    public void HugeCountsInHeaders_AllocateNothing()
    {
        byte[] body = [0x94, 0x01, 0x01, 0xa0, 0xdd, 0x7f, 0xff, 0xff, 0xff, 0xa0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertCode(() => MessageCodec.Decode<OpenSession>(body), BridgeError.Malformed);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void Header_IsFrozen()
    {
        byte[] header = new byte[MessageHeader.Bytes];
        new MessageHeader(MessageType.RenderRequest, 0x1234).Write(header);
        Assert.That(Convert.ToHexStringLower(header), Is.EqualTo("524658310a00000034120000"));
    }

    [TestCase("52465832" + "0a000000" + "00000000", BridgeError.Malformed, Description = "another framing")]
    [TestCase("52465831" + "0a000100" + "00000000", BridgeError.Malformed, Description = "a flag")]
    [TestCase("52465831" + "00000000" + "00000000", BridgeError.Malformed, Description = "type 0")]
    [TestCase("52465831" + "ffff0000" + "00000000", BridgeError.Malformed, Description = "type 65535")]
    [TestCase("52465831" + "0d000000" + "01001000", BridgeError.OutOfRange, Description = "one byte past the longest body")]
    [TestCase("52465831" + "0d000000" + "ffffffff", BridgeError.OutOfRange, Description = "4 GiB")]
    public void HostileHeader_IsRefused(string hex, BridgeError code) => AssertCode(() => MessageHeader.Parse(Convert.FromHexString(hex)), code);

    [Test]
    public void LongestChunk_IsAccepted() =>
        Assert.That(MessageHeader.Parse(Convert.FromHexString("524658310d00000000001000")).BodyBytes, Is.EqualTo(MessageHeader.BodyBytesMax));

    private static void AssertCode(Action action, BridgeError code) =>
        Assert.That(Assert.Throws<BridgeException>(action)!.Code, Is.EqualTo(code));

    private static byte[] Spoil(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    byte[] block = new byte[random.Next(1, 40)];
                    random.NextBytes(block);
                    bytes.InsertRange(at, block);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A message type with its sample, its frozen bytes and its decoder.</summary>
    public sealed class Subject
    {
        private readonly Func<byte[], byte[]> _recode;

        private Subject(MessageType type, byte[] bytes, string frozen, Func<byte[], byte[]> recode)
        {
            Type = type;
            Bytes = bytes;
            Frozen = frozen;
            _recode = recode;
        }

        public MessageType Type { get; }

        public byte[] Bytes { get; }

        public string Frozen { get; }

        public byte[] Recode(byte[] bytes) => _recode(bytes);

        public override string ToString() => Type.ToString();

        internal static Subject Of<T>(T sample, string frozen)
            where T : IBridgeMessage<T>
        {
            return new Subject(T.Type, Encode(sample), frozen, bytes => Encode(MessageCodec.Decode<T>(bytes)));
        }

        private static byte[] Encode<T>(in T message)
            where T : IBridgeMessage<T>
        {
            var buffer = new ArrayBufferWriter<byte>();
            MessageCodec.Encode(buffer, message);
            return buffer.WrittenSpan.ToArray();
        }
    }
}
