using System.Buffers;
using System.Diagnostics;

namespace RunwayFX.Bridge.Tests;

/// <summary>Waits of a host's render thread that others could keep from ending.</summary>
public sealed class BoundedWaitTests
{
    [Test, CancelAfter(30_000)]
    public void OtherThreadsTakeWhateverIsFreed_TheWaitForMemoryEnds()
    {
        BridgeLimits limits = BridgeLimits.Default with { SlotBytesTotalMax = 65_536, PoolWaitMs = 200, AbortPollMs = 10 };
        var budget = new SlotBudget(limits.SlotBytesTotalMax);
        Assert.That(budget.TryReserve(65_536), Is.True);
        var clock = Stopwatch.StartNew();
        // Something is freed each time, and is gone again before it can be had.
        var slots = new ClientSlots(budget, limits, () => clock.ElapsedMilliseconds < 10_000);
        BridgeException failure = Assert.Throws<BridgeException>(() => slots.Take(8, 8, TestHost.Format, _ => true, static () => { }))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.SlotMemoryExhausted));
        Assert.That(clock.ElapsedMilliseconds, Is.InRange(150, 5_000));
    }

    [Test, CancelAfter(30_000)]
    public void EngineTalksWithoutEnd_TheConnectionIsGivenUp()
    {
        using var folder = new TestFolder();
        using Listener listener = Listener.Open(folder.Endpoint);
        using UnixChannel near = UnixChannel.TryConnect(folder.Endpoint.Address, Deadline.In(1_000))!;
        using ByteChannel far = listener.Accept(1_000)!;
        var clock = Stopwatch.StartNew();
        var talking = new Thread(() => TalkUntilClosed(far, () => clock.ElapsedMilliseconds > 10_000));
        talking.Start();
        var reply = new HelloReply
        {
            Protocol = BridgeVersion.Protocol, Build = BridgeVersion.Build, ProcessId = 1, Features = BridgeFeatures.None, Code = BridgeError.None,
            Message = "",
        };
        using (var channel = new EngineChannel(
            new MessagePipe(near, BridgeLimits.Default), reply, new EngineClientOptions(), new SlotBudget(65_536), static _ => false))
        {
            Assert.That(near.WaitReadable(5_000), Is.True);
            while (!channel.IsBroken && clock.ElapsedMilliseconds < 5_000) channel.TryMakeReady();
            Assert.That(channel.IsBroken, Is.True);
            Assert.That(clock.ElapsedMilliseconds, Is.LessThan(5_000));
        }

        talking.Join();
    }

    private static unsafe void TalkUntilClosed(ByteChannel channel, Func<bool> isOver)
    {
        var one = new ArrayBufferWriter<byte>();
        one.Advance(one.GetSpan(MessageHeader.Bytes)[..MessageHeader.Bytes].Length);
        MessageCodec.Encode(one, new Progress { Job = 1, Fraction = 0.5 });
        byte[] message = one.WrittenSpan.ToArray();
        new MessageHeader(MessageType.Progress, message.Length - MessageHeader.Bytes).Write(message);
        // Many at a time, so that the reader always finds the next one there.
        byte[] many = [.. Enumerable.Repeat(message, 2_000).SelectMany(static bytes => bytes)];
        try
        {
            fixed (byte* first = many)
            {
                while (!isOver()) channel.Write(first, many.Length, Deadline.In(5_000));
            }
        }
        catch (BridgeException failure) when (failure.Code is BridgeError.PeerGone or BridgeError.TimedOut)
        {
            // The reader had enough.
        }
    }
}
