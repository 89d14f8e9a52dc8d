namespace RunwayFX.Faults.Cases;

/// <summary>What goes wrong in a case. New kinds are appended, so that a seed keeps its meaning for those before.</summary>
internal enum FaultKind
{
    /// <summary>Nothing: the case shows that the suite itself does no harm.</summary>
    None,

    /// <summary>The engine is killed at a message boundary or amid a message.</summary>
    KillEngine,

    /// <summary>The host is killed at a message boundary or amid a message.</summary>
    KillHost,

    /// <summary>The engine is killed while the host copies a frame in or out, or while it writes the result itself.</summary>
    KillEngineInCopy,

    /// <summary>The host is killed while it copies a frame in or out.</summary>
    KillHostInCopy,

    /// <summary>The connection is closed at a message boundary or amid a message.</summary>
    Close,

    /// <summary>The pipe carries nothing more, in one direction or both.</summary>
    Stall,

    /// <summary>A message is written half and then nothing more.</summary>
    HalfWritten,

    /// <summary>A message is replaced by, preceded by or mixed with bytes that are none.</summary>
    Garbage,

    /// <summary>A message comes twice, or an earlier one comes again.</summary>
    Replay,

    /// <summary>A slot's generation, memory, size, offset or row bytes are not what they were.</summary>
    SlotLie,

    /// <summary>Any other value of a message is not what it was.</summary>
    FieldLie,

    /// <summary>The descriptor of shared memory is another one: truncated, removed, unsealed, too small, no file, none.</summary>
    Descriptor,

    /// <summary>A message is lost.</summary>
    Drop,

    /// <summary>A message comes byte by byte.</summary>
    Drip,

    /// <summary>The engine is suspended, for less or for more than the silence limit.</summary>
    SuspendEngine,

    /// <summary>The host is suspended.</summary>
    SuspendHost,

    /// <summary>One end is of another build or protocol.</summary>
    OtherVersion,

    /// <summary>The engine writes into the slot of a cancelled job.</summary>
    LateWrite,

    /// <summary>The host has no memory, disk, files or descriptors left.</summary>
    Scarcity,

    /// <summary>Several hosts and threads start an engine at once.</summary>
    StartRace,

    /// <summary>A socket, lock or other file of a dead engine lies in the way.</summary>
    StaleSocket,

    /// <summary>The clock leaps.</summary>
    ClockJump,

    /// <summary>A frame ends every engine it meets.</summary>
    DeadlyFrame,
}

/// <summary>When something happens to a message.</summary>
internal enum Moment
{
    /// <summary>Before it goes on.</summary>
    Before,

    /// <summary>When half of it has gone on.</summary>
    Amid,

    /// <summary>When all of it has.</summary>
    After,
}
