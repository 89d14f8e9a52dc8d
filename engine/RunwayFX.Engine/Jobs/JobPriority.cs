namespace RunwayFX.Engine.Jobs;

/// <summary>Who goes first when more jobs wait than may run. Smaller numbers go first.</summary>
internal enum JobPriority
{
    /// <summary>A person drags a control and looks at the picture.</summary>
    Interactive = 0,

    /// <summary>A final render or a batch.</summary>
    Final = 1,
}
