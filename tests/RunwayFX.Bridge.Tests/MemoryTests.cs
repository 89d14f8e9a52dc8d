using System.Runtime.InteropServices;
using RunwayFX.Bridge.Raw;
using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

public sealed unsafe class MemoryTests
{
    [Test]
    public void SealedMemory_RefusesToShrinkToGrowAndToLoseItsSeals()
    {
        MemfdMemory memory = MemfdMemory.CreateSealed(100_000);
        Descriptor descriptor = memory.Descriptor!;
        Assert.That(LibC.ftruncate(descriptor, 10), Is.EqualTo(-1));
        Assert.That(Marshal.GetLastPInvokeError(), Is.EqualTo(LibC.EPERM));
        Assert.That(LibC.ftruncate(descriptor, 1_000_000), Is.EqualTo(-1));
        Assert.That(LibC.fcntl(descriptor, LibC.F_ADD_SEALS, LibC.F_SEAL_GROW), Is.EqualTo(-1));
        new Span<byte>(memory.Pointer, 100_000).Fill(1);
        memory.Release();
        Assert.That(descriptor.IsClosed, Is.True);
    }

    [Test]
    public void MemoryOfThePeer_IsTheSameMemory()
    {
        MemfdMemory memory = MemfdMemory.CreateSealed(65_536);
        MemfdMemory seen = MemfdMemory.Open(Duplicate(memory.Descriptor!), 65_536);
        memory.Pointer[65_535] = 42;
        Assert.That(seen.Pointer[65_535], Is.EqualTo(42));
        memory.Release();
        Assert.That(seen.Pointer[65_535], Is.EqualTo(42), "the owner's end must not take the memory from the peer");
        seen.Release();
    }

    [Test]
    public void MemoryWithoutSeals_IsRefused()
    {
        Descriptor descriptor = NewMemory(65_536, seals: 0);
        Assert.That(Assert.Throws<BridgeException>(() => MemfdMemory.Open(descriptor, 65_536))!.Code, Is.EqualTo(BridgeError.SlotMemoryUnsafe));
        Assert.That(descriptor.IsClosed, Is.True);
        Descriptor partly = NewMemory(65_536, LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW);
        Assert.That(Assert.Throws<BridgeException>(() => MemfdMemory.Open(partly, 65_536))!.Code, Is.EqualTo(BridgeError.SlotMemoryUnsafe));
    }

    [TestCase(65_536, true)]
    [TestCase(65_537, false)]
    public void MemoryOfTheClaimedSizeOrOneByteLess_OnlyTheFirstIsMapped(long claimed, bool isMapped)
    {
        Descriptor descriptor = NewMemory(65_536, LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_SEAL);
        if (isMapped) MemfdMemory.Open(descriptor, claimed).Release();
        else Assert.That(Assert.Throws<BridgeException>(() => MemfdMemory.Open(descriptor, claimed))!.Code, Is.EqualTo(BridgeError.SlotMemoryUnsafe));
    }

    [Test]
    public void OrdinaryFileInPlaceOfMemory_IsRefused()
    {
        using var folder = new TestFolder();
        string path = Path.Combine(folder.FullPath, "file");
        File.WriteAllBytes(path, new byte[65_536]);
        var descriptor = new Descriptor(LibC.open(path, LibC.O_RDWR, 0));
        Assert.That(Assert.Throws<BridgeException>(() => MemfdMemory.Open(descriptor, 65_536))!.Code, Is.EqualTo(BridgeError.SlotMemoryUnsafe));
    }

    [Test]
    public void ServerRefusesTheMemory_PixelsTravelInThePipe()
    {
        using var server = new TestServer(BridgeLimits.Default with { ConnectionBytesMax = 40_000 });
        using EngineClient client = server.NewClient();
        TestHost.RenderXor(client, 4, 0x33);
        Assert.That(server.Log, Has.Some.Contains("was refused"));
        TestHost.RenderXor(client, 5, 0x34);
    }

    [TestCase(132, true)]
    [TestCase(131, false)]
    public void RowsAsLongAsTheirPixelsOrOneByteShorter_OnlyTheFirstIsTaken(long rowBytes, bool isTaken) =>
        AssertSlot(ProtocolSamples.Slot with { RowBytes = rowBytes }, isTaken);

    [TestCase(FrameSlot.SideMax, true)]
    [TestCase(FrameSlot.SideMax + 1, false)]
    public void SideAtTheLimitOrOnePast_OnlyTheFirstIsTaken(int side, bool isTaken)
    {
        AssertSlot(ProtocolSamples.Slot with { Width = side, RowBytes = 4L * FrameSlot.SideMax + 4, Offset = 0 }, isTaken);
        AssertSlot(ProtocolSamples.Slot with { Height = side, Offset = 0 }, isTaken);
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void SlotThatEndsAtTheLimitOrOnePast_OnlyTheFirstIsTaken(long beyond, bool isTaken)
    {
        FrameSlot slot = ProtocolSamples.Slot;
        AssertSlot(slot with { Offset = FrameSlot.BytesMax - slot.SpanBytes + beyond }, isTaken);
    }

    [TestCase(FrameSlot.MemoryMax, true)]
    [TestCase(FrameSlot.MemoryMax + 1, false)]
    [TestCase(-1, false)]
    public void MemoryNumberAtTheLimitOrOnePast_OnlyTheFirstIsTaken(int memory, bool isTaken) =>
        AssertSlot(ProtocolSamples.Slot with { Memory = memory }, isTaken);

    [Test]
    public void UnknownDepthAndComponents_AreRefused()
    {
        AssertSlot(ProtocolSamples.Slot with { Depth = 0 }, false);
        AssertSlot(ProtocolSamples.Slot with { Depth = PixelDepth.Float + 1, RowBytes = 1_000 }, false);
        AssertSlot(ProtocolSamples.Slot with { Components = 0 }, false);
        AssertSlot(ProtocolSamples.Slot with { Components = PixelComponents.Alpha + 1 }, false);
    }

    [Test]
    public void SlotReachesOverItsMemory_NoViewIsGiven()
    {
        var memory = new PrivateMemory(10_000);
        FrameSlot slot = ProtocolSamples.Slot with { Offset = 10_000 - ProtocolSamples.Slot.SpanBytes };
        Assert.That(memory.View(slot).Height, Is.EqualTo(17));
        Assert.That(() => memory.View(slot with { Offset = slot.Offset + 1 }), Throws.TypeOf<BridgeException>());
        memory.Release();
    }

    [Test]
    public void BudgetIsSpent_TheNextFrameWaitsForMemoryAndTakesIdleOnesFirst()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(limits: BridgeLimits.Default with { SlotBytesTotalMax = 400_000, PoolWaitMs = 200 });
        // Two slots of 128 KiB and idle; then two of 192 KiB fit only when the idle ones go.
        TestHost.RenderXor(client, 0, 1, 180, 180);
        long first = client.SlotBytes;
        TestHost.RenderXor(client, 0, 1, 220, 220);
        Assert.That(first, Is.EqualTo(4 * 65_536));
        Assert.That(client.SlotBytes, Is.LessThanOrEqualTo(400_000));
        BridgeException failure = Assert.Throws<BridgeException>(() => TestHost.RenderXor(client, 0, 1, 400, 400))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.SlotMemoryExhausted));
        TestHost.RenderXor(client, 0, 1, 220, 220);
    }

    [Test]
    public void HostRowsOfEitherSign_AreCopiedBothWays()
    {
        var memory = new PrivateMemory(4_096);
        var slot = new ClientSlot(FrameSlot.Inline, memory);
        slot.LayOut(3, 2, new PixelFormat(PixelDepth.Byte, PixelComponents.Alpha), 1);
        byte[] picture = [1, 2, 3, 0, 4, 5, 6, 0];
        fixed (byte* start = picture)
        {
            // The lowest row first, as OpenFX has it; then the same picture told from its other end.
            slot.View.CopyFromHost(start, 4);
            Assert.That(new ReadOnlySpan<byte>(memory.Pointer, 6).ToArray(), Is.EqualTo(new byte[] { 4, 5, 6, 1, 2, 3 }));
            slot.View.CopyFromHost(start + 4, -4);
            Assert.That(new ReadOnlySpan<byte>(memory.Pointer, 6).ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
        }

        byte[] back = new byte[8];
        fixed (byte* start = back)
        {
            slot.View.CopyToHost(start, 4);
            Assert.That(back, Is.EqualTo(new byte[] { 4, 5, 6, 0, 1, 2, 3, 0 }));
            slot.View.CopyToHost(start + 4, -4);
            Assert.That(back, Is.EqualTo(new byte[] { 1, 2, 3, 0, 4, 5, 6, 0 }));
        }

        memory.Release();
    }

    [Test]
    public void HundredConnectionsComeAndGo_NoDescriptorThreadOrMappingStays()
    {
        using var server = new TestServer();
        Round(server, 10);
        CancelTests.AwaitThat(() => server.Status.Connections == 0);
        // What other tests left to the finalizer must not go in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        string[] before = Descriptors();
        Round(server, 100);
        CancelTests.AwaitThat(() => server.Status.Connections == 0);
        Assert.That(Descriptors(), Is.EquivalentTo(before));
        Assert.That(File.ReadLines("/proc/self/maps"), Has.None.Contains("runwayfx-slot"));

        static void Round(TestServer server, int count)
        {
            for (int index = 0; index < count; index++)
            {
                using EngineClient client = server.NewClient();
                TestHost.RenderXor(client, index, (byte)index);
                if (index % 3 == 0) Assert.Throws<BridgeException>(() => client.Render(TestHost.Call(TestEffects.Fault), new TestHost(33, 17)));
            }
        }

        static string[] Descriptors() =>
            [.. Directory.GetFileSystemEntries("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget ?? "").Where(IsOurs).Order()];

        static bool IsOurs(string target) =>
            target.Contains("runwayfx", StringComparison.Ordinal) || target.StartsWith("socket", StringComparison.Ordinal);
    }

    private static void AssertSlot(FrameSlot slot, bool isTaken)
    {
        if (isTaken) slot.Validate();
        else Assert.That(Assert.Throws<BridgeException>(slot.Validate)!.Code, Is.EqualTo(BridgeError.OutOfRange));
    }

    private static Descriptor Duplicate(Descriptor descriptor)
    {
        const int duplicateCloseOnExec = 1030;
        return new Descriptor(LibC.fcntl(descriptor, duplicateCloseOnExec, 0));
    }

    private static Descriptor NewMemory(long bytes, int seals)
    {
        Descriptor descriptor;
        fixed (byte* name = "test"u8) descriptor = new Descriptor(LibC.memfd_create(name, LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING));
        Assert.That(LibC.ftruncate(descriptor, bytes), Is.Zero);
        if (seals != 0) Assert.That(LibC.fcntl(descriptor, LibC.F_ADD_SEALS, seals), Is.Zero);
        return descriptor;
    }
}
