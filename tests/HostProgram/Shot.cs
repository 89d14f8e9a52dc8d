using RunwayFX.Effects;

namespace RunwayFX.HostProgram;

/// <summary>One picture that a test wants of Style.</summary>
internal sealed record Shot
{
    /// <summary>Which frame.</summary>
    public int Frame { get; init; }

    /// <summary>How fine the source is: 8, 16 or 32 bits a channel.</summary>
    public int SourceBits { get; init; } = 8;

    /// <summary>Bits a channel of the host's pictures; 16 go from 0 to 32768 where the result is told.</summary>
    public int PictureBits { get; init; } = 32;

    /// <summary>How many pixels of each side become one.</summary>
    public int Downsample { get; init; } = 1;

    /// <summary>Whether the fields are rendered one after the other and woven.</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Whether frames around it shall be looked at too.</summary>
    public bool IsSteady { get; init; }

    /// <summary>Whether it shall take seconds, whatever the settings say.</summary>
    public bool IsLong { get; init; }

    /// <summary>Set when the user wants it to stop.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Width and height of the clip.</summary>
    public (int Width, int Height) Size(Settings settings) => IsLong ? (1280, 720) : (settings.Width, settings.Height);

    /// <summary>Number of the quality in the catalogue.</summary>
    public int Quality(Settings settings) => IsLong ? (int)QualityLevel.High : IsSteady ? (int)QualityLevel.Standard : settings.Quality;
}

/// <summary>A plug-in in a host, with Style.</summary>
internal interface IHost : IDisposable
{
    /// <summary>Bits a channel for which the host has pictures.</summary>
    IReadOnlyList<int> PictureBits { get; }

    /// <summary>Frames of the source that were looked at since the last call.</summary>
    int CountFramesSeen();

    /// <summary>Renders red, green, blue, alpha from the top: bytes, 16 bits from 0 to 32768, or 32-bit floats.</summary>
    /// <exception cref="InvalidOperationException">The plug-in failed; the message is what it told the user.</exception>
    /// <exception cref="OperationCanceledException">The plug-in said that it was stopped.</exception>
    byte[] Render(Shot shot);

    /// <summary>Loads the plug-in, has it describe every effect, and unloads it.</summary>
    /// <returns>How many effects there were.</returns>
    int LoadDescribeUnload();
}
