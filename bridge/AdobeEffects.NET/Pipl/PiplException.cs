namespace AdobeEffects.Pipl;

/// <summary>Why a PiPL or resource file was refused; numbers never change.</summary>
public enum PiplFault
{
    /// <summary>Fewer bytes than the header or a length says.</summary>
    Truncated = 1,

    /// <summary>The header is none of a property list.</summary>
    NoPropertyList = 2,

    /// <summary>A count or length is over its limit.</summary>
    TooLarge = 3,

    /// <summary>A property's data does not have the form its key asks for.</summary>
    BadValue = 4,

    /// <summary>A property that an effect needs is absent.</summary>
    Missing = 5,
}

/// <summary>A property list or resource file that cannot be read; <see cref="Code"/> says why.</summary>
public sealed class PiplException : Exception
{
    /// <summary>Makes one.</summary>
    public PiplException(PiplFault code, string message)
        : base(message) => Code = code;

    /// <summary>What is wrong, for programs.</summary>
    public PiplFault Code { get; }
}
