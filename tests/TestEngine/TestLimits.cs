using RunwayFX.Bridge;

namespace RunwayFX.TestEngine;

/// <summary>The bridge's limits for tests that cannot wait that long.</summary>
public static class TestLimits
{
    /// <summary>Names the divisor for the engine, as a whole number; without it the shipped limits hold.</summary>
    public const string DivisorVariable = "RUNWAYFX_TEST_DIVISOR";

    /// <summary>The shipped limits with every time divided; counts and sizes stay.</summary>
    public static BridgeLimits DividedBy(int divisor)
    {
        BridgeLimits shipped = BridgeLimits.Default;
        return shipped with
        {
            ConnectMs = shipped.ConnectMs / divisor,
            EngineStartMs = shipped.EngineStartMs / divisor,
            SilenceMs = shipped.SilenceMs / divisor,
            HeartbeatMs = shipped.HeartbeatMs / divisor,
            AbortPollMs = Math.Max(shipped.AbortPollMs / divisor, 1),
            RenderMs = shipped.RenderMs / divisor,
            FrameFetchMs = shipped.FrameFetchMs / divisor,
            PixelsMs = shipped.PixelsMs / divisor,
            PoolWaitMs = shipped.PoolWaitMs / divisor,
            QuarantineMs = shipped.QuarantineMs / divisor,
            IdleSlotMs = shipped.IdleSlotMs / divisor,
            ProgressMs = Math.Max(shipped.ProgressMs / divisor, 1),
        };
    }

    /// <summary>What <see cref="DivisorVariable"/> asks for.</summary>
    public static BridgeLimits FromEnvironment() =>
        int.TryParse(Environment.GetEnvironmentVariable(DivisorVariable), out int divisor) && divisor > 0 ? DividedBy(divisor) : BridgeLimits.Default;
}
