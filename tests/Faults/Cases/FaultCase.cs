using System.Globalization;
using RunwayFX.Bridge;
using RunwayFX.TestEngine;

namespace RunwayFX.Faults.Cases;

/// <summary>Everything about one case, made from its seed alone.</summary>
internal sealed record FaultCase
{
    private static readonly (FaultKind Kind, int Weight)[] Weights =
    [
        (FaultKind.None, 2), (FaultKind.KillEngine, 10), (FaultKind.KillHost, 6), (FaultKind.KillEngineInCopy, 5), (FaultKind.KillHostInCopy, 3),
        (FaultKind.Close, 8), (FaultKind.Stall, 6), (FaultKind.HalfWritten, 6), (FaultKind.Garbage, 9), (FaultKind.Replay, 7), (FaultKind.SlotLie, 11),
        (FaultKind.FieldLie, 8), (FaultKind.Descriptor, 6), (FaultKind.Drop, 5), (FaultKind.Drip, 3), (FaultKind.SuspendEngine, 4),
        (FaultKind.SuspendHost, 3), (FaultKind.OtherVersion, 4), (FaultKind.LateWrite, 4), (FaultKind.Scarcity, 3), (FaultKind.StartRace, 2),
        (FaultKind.StaleSocket, 2), (FaultKind.ClockJump, 3), (FaultKind.DeadlyFrame, 1),
    ];

    public required int Seed { get; init; }

    /// <summary>Whether the host renders with the published plug-in rather than with the client alone.</summary>
    public bool IsPlugin { get; init; }

    public required FaultKind Kind { get; init; }

    /// <summary>Whether it is about messages that go to the engine.</summary>
    public required bool ToEngine { get; init; }

    /// <summary>Which message of those that the fault can happen to, from 1.</summary>
    public required int Message { get; init; }

    public required Moment Moment { get; init; }

    /// <summary>Chooses among the ways a fault can happen.</summary>
    public required int Variant { get; init; }

    public required int Effect { get; init; }

    public required double Time { get; init; }

    public required double Number { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required PixelFormat Format { get; init; }

    public required bool UsesSharedMemory { get; init; }

    /// <summary>Render threads at once.</summary>
    public required int Threads { get; init; }

    /// <summary>Frames of each thread, one after another.</summary>
    public required int Rounds { get; init; }

    /// <summary>When the host wants to stop, in milliseconds after the start; −1 never.</summary>
    public required int AbortAfterMs { get; init; }

    /// <summary>What the times are divided by; 1 is the shipped limits.</summary>
    public required int Divisor { get; init; }

    /// <summary>The case of a seed.</summary>
    public static FaultCase Of(int seed, int divisor, FaultKind? only = null)
    {
        var random = new Random(seed);
        FaultKind drawn = Draw(random);
        FaultKind kind = only ?? drawn;
        bool isLarge = kind is FaultKind.KillEngineInCopy or FaultKind.KillHostInCopy || random.Next(12) == 0;
        int effect = random.Next(10) switch
        {
            < 5 => TestEffects.Xor,
            < 7 => TestEffects.Neighbours,
            < 8 => TestEffects.Many,
            < 9 => TestEffects.Slow,
            _ => TestEffects.Text,
        };
        bool hasFrames = effect is TestEffects.Neighbours or TestEffects.Many;
        bool toEngine = random.Next(2) == 0;
        // A forged request may ask for work without end, of which a host gets tired.
        int patienceMs = toEngine && kind is FaultKind.FieldLie or FaultKind.Garbage ? 20_000 / divisor : -1;
        return new FaultCase
        {
            Seed = seed,
            Kind = kind,
            ToEngine = toEngine,
            Message = 1 + random.Next(kind switch
            {
                FaultKind.Descriptor or FaultKind.OtherVersion => 2,
                FaultKind.SlotLie => hasFrames ? 7 : 4,
                _ => hasFrames ? 16 : 7,
            }),
            Moment = (Moment)random.Next(3),
            Variant = random.Next(1 << 20),
            Effect = effect,
            Time = random.Next(-50, 200) / 4.0,
            Number = effect switch { TestEffects.Many => random.Next(1, 9), TestEffects.Slow => random.Next(0, 2_000) / divisor, _ => random.Next(256) },
            Width = isLarge ? random.Next(300, 900) : random.Next(1, 100),
            Height = isLarge ? random.Next(300, 700) : random.Next(1, 100),
            Format = new PixelFormat((PixelDepth)random.Next(1, 5), (PixelComponents)random.Next(1, 4)),
            UsesSharedMemory = kind == FaultKind.Descriptor || random.Next(4) != 0,
            Threads = random.Next(4) == 0 ? random.Next(2, 5) : 1,
            Rounds = random.Next(1, 4),
            AbortAfterMs = random.Next(5) == 0 ? random.Next(0, 8_000) / divisor : patienceMs,
            Divisor = divisor,
        };
    }

    /// <summary>The case of a seed for the published plug-in, which has the shipped limits, its own choice of transport and no clock to turn.</summary>
    public static FaultCase OfPlugin(int seed, FaultKind? only = null)
    {
        FaultCase drawn = Of(seed, 1, only is FaultKind.ClockJump ? FaultKind.KillEngineInCopy : only);
        bool isClock = drawn.Kind == FaultKind.ClockJump;
        bool isRgb = drawn.Format.Components == PixelComponents.Rgb;
        return drawn with
        {
            IsPlugin = true,
            Kind = isClock ? FaultKind.KillEngineInCopy : drawn.Kind,
            Effect = drawn.Effect == TestEffects.Text ? TestEffects.Xor : drawn.Effect,
            Format = new PixelFormat(drawn.Format.Depth, isRgb ? PixelComponents.Rgb : PixelComponents.Rgba),
            UsesSharedMemory = true,
        };
    }

    /// <summary>One line that says what happens.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}{(IsPlugin ? " (plug-in)" : "")}: {Kind} {(ToEngine ? "to the engine" : "to the host")}, message {Message} {Moment}, variant {Variant}, effect {Effect}({Number}) at {Time}, "
        + $"{Width}x{Height} {Format.Depth} {Format.Components}, {(UsesSharedMemory ? "shared memory" : "in the pipe")}, {Threads} threads, {Rounds} frames, "
        + $"stop after {AbortAfterMs} ms, limits / {Divisor}");

    private static FaultKind Draw(Random random)
    {
        int at = random.Next(Weights.Sum(static entry => entry.Weight));
        foreach ((FaultKind kind, int weight) in Weights)
        {
            if (at < weight) return kind;
            at -= weight;
        }

        return FaultKind.None;
    }
}
