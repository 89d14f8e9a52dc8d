namespace RunwayFX.Media;

/// <summary>Why a picture or movie cannot be read or written: codes are for programs, messages for people. Numbers never change.</summary>
public enum MediaError
{
    /// <summary>The file or folder does not exist.</summary>
    NotFound = 1,

    /// <summary>ffmpeg or ffprobe is not installed, or not where RUNWAYFX_FFMPEG points.</summary>
    ToolMissing = 2,

    /// <summary>The file is not what its name or its header says, or it ends too early.</summary>
    Malformed = 3,

    /// <summary>A size, a count or a length is over a named limit.</summary>
    TooLarge = 4,

    /// <summary>A valid file of a kind that is not handled.</summary>
    Unsupported = 5,

    /// <summary>Going on would lose something that the source has; the message says what.</summary>
    WouldLose = 6,

    /// <summary>ffmpeg or ffprobe failed; the message carries the end of what it said.</summary>
    ToolFailed = 7,

    /// <summary>The output cannot be written: folder, rights, or a full disk. An older output is still there.</summary>
    WriteFailed = 8,

    /// <summary>A frame outside of the clip was asked for, or frames were written out of order.</summary>
    FrameOutOfRange = 9,

    /// <summary>The frames of one clip differ in size.</summary>
    SizeChanged = 10,

    /// <summary>A name that would reach the network or another device: only plain files are opened.</summary>
    PathRefused = 11,

    /// <summary>The source is there but may not be read.</summary>
    AccessDenied = 12,
}

/// <summary>An expected failure of reading or writing media. The message names the file, the value and the limit.</summary>
public sealed class MediaException(MediaError code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What went wrong.</summary>
    public MediaError Code { get; } = code;
}
