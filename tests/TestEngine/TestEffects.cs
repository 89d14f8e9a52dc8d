namespace RunwayFX.TestEngine;

/// <summary>Wire ids of what the test engine can do.</summary>
public static class TestEffects
{
    /// <summary>Every byte of the source XOR the first number.</summary>
    public const int Xor = 1;

    /// <summary>Every byte is the sum of the source's bytes at t−1, t and t+1 (missing frames count 0).</summary>
    public const int Neighbours = 2;

    /// <summary>Waits until cancelled.</summary>
    public const int Wait = 3;

    /// <summary>Throws an exception that is none of the bridge's.</summary>
    public const int Fault = 4;

    /// <summary>Ends the process.</summary>
    public const int Die = 5;

    /// <summary>Refuses with the pipeline code 7.</summary>
    public const int Refuse = 6;

    /// <summary>Asks for as many frames from t on (from 0 where the text is "from 0") as the first number says, in one question, and stores the sum of their first bytes in every byte.</summary>
    public const int Many = 7;

    /// <summary>Stops the whole process without ending it.</summary>
    public const int Freeze = 8;

    /// <summary>Reports progress and a log line, waits the first number's milliseconds, then copies the source.</summary>
    public const int Slow = 9;

    /// <summary>Stores the text's first character in every byte.</summary>
    public const int Text = 10;

    /// <summary>Waits until cancelled, then scribbles over the result for the first number's milliseconds before it ends.</summary>
    public const int LateWrite = 11;

    /// <summary>As <see cref="Xor"/>, and ends the process after half of the rows.</summary>
    public const int DieInCopy = 12;

    /// <summary>As <see cref="Xor"/>, and stops the process after half of the rows.</summary>
    public const int FreezeInCopy = 13;

    /// <summary>The source, in its own slot.</summary>
    public const int Pass = 14;

    /// <summary>The source at t+1, in its own slot.</summary>
    public const int PassNext = 15;

    /// <summary>Every byte is the sum of as many clips at t as the first number says (missing ones count 0).</summary>
    public const int Clips = 16;

    /// <summary>Every byte is the sum of the source's bytes at t, t+1 and t once more; the first is given up before the next one is asked for.</summary>
    public const int GiveUp = 17;

    /// <summary>The first number that no session may have.</summary>
    public const int Unknown = 1000;
}
