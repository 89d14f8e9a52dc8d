namespace OpenFX.Hosting;

/// <summary>Why loading or rendering a plug-in failed. The numbers never change; callers branch on them.</summary>
public enum HostingError
{
    /// <summary>The bundle or binary does not exist.</summary>
    NotFound = 1,

    /// <summary>The binary could not be loaded or lacks the OpenFX exports.</summary>
    NotLoadable = 2,

    /// <summary>The plug-in asks for an API that this host does not have.</summary>
    UnsupportedApi = 3,

    /// <summary>An action answered with a failure.</summary>
    ActionFailed = 4,

    /// <summary>The plug-in does not offer the wanted context.</summary>
    UnsupportedContext = 5,

    /// <summary>No such parameter or clip.</summary>
    UnknownName = 6,

    /// <summary>A value does not fit the parameter.</summary>
    BadValue = 7,

    /// <summary>The frame source gave nothing, or something that does not fit.</summary>
    BadFrame = 8,

    /// <summary>The render was aborted on request.</summary>
    Aborted = 9,

    /// <summary>A size is over a limit.</summary>
    TooLarge = 10,

    /// <summary>The object was closed, or used from inside an action that forbids it.</summary>
    BadState = 11,
}

/// <summary>The one expected failure of this room: a plug-in that cannot be loaded, described or rendered.</summary>
public sealed class HostingException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">What went wrong.</param>
    /// <param name="message">Names the plug-in, the value and the limit.</param>
    /// <param name="status">The status the plug-in answered with, if it answered.</param>
    /// <param name="innerException">What caused it.</param>
    public HostingException(HostingError code, string message, int? status = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Status = status;
    }

    /// <summary>What went wrong.</summary>
    public HostingError Code { get; }

    /// <summary>The plug-in's own status number (ofxCore.h), where an action answered one.</summary>
    public int? Status { get; }
}
