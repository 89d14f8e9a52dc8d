namespace OpenFX.Hosting;

/// <summary>Storage of one channel value. The numbers are stable.</summary>
public enum PixelDepth
{
    /// <summary>No image: the clip is not connected.</summary>
    None = 0,

    /// <summary>8-bit unsigned, 255 is white.</summary>
    Byte = 1,

    /// <summary>16-bit unsigned, 65535 is white.</summary>
    Short = 2,

    /// <summary>16-bit IEEE float.</summary>
    Half = 3,

    /// <summary>32-bit IEEE float.</summary>
    Float = 4,
}

/// <summary>Channels of a pixel. The numbers are stable.</summary>
public enum PixelComponents
{
    /// <summary>No image: the clip is not connected.</summary>
    None = 0,

    /// <summary>One channel: coverage.</summary>
    Alpha = 1,

    /// <summary>Red, green, blue.</summary>
    Rgb = 3,

    /// <summary>Red, green, blue, alpha.</summary>
    Rgba = 4,
}

/// <summary>What the colour channels of a clip say about alpha.</summary>
public enum AlphaState
{
    /// <summary>Alpha is 1 everywhere or absent.</summary>
    Opaque = 0,

    /// <summary>Colour has been multiplied by alpha.</summary>
    Premultiplied = 1,

    /// <summary>Colour and alpha are independent.</summary>
    Unpremultiplied = 2,
}

/// <summary>Fields of an image or a clip, as OpenFX names them.</summary>
public enum ImageField
{
    /// <summary>Progressive.</summary>
    None = 0,

    /// <summary>The lower field: rows 0, 2, 4… counted from the bottom.</summary>
    Lower = 1,

    /// <summary>The upper field: rows 1, 3, 5… counted from the bottom.</summary>
    Upper = 2,

    /// <summary>Both fields interlaced in one image.</summary>
    Both = 3,
}

/// <summary>Order of an image's rows in memory. OpenFX's own y axis always points up; top-down storage shows as negative row bytes.</summary>
public enum RowOrder
{
    /// <summary>The bottom row comes first; row bytes are positive.</summary>
    BottomUp = 0,

    /// <summary>The top row comes first; row bytes are negative.</summary>
    TopDown = 1,
}

/// <summary>The role in which a plug-in is instantiated (OpenFX "contexts").</summary>
public enum EffectContext
{
    /// <summary>No input, one output.</summary>
    Generator = 0,

    /// <summary>One input called <c>Source</c>.</summary>
    Filter = 1,

    /// <summary>Two inputs and a <c>Transition</c> parameter.</summary>
    Transition = 2,

    /// <summary>An input and a brush mask.</summary>
    Paint = 3,

    /// <summary>Anything the plug-in declares.</summary>
    General = 4,

    /// <summary>One input and a <c>SourceTime</c> parameter.</summary>
    Retimer = 5,
}

/// <summary>Why a value changed, as told to the plug-in.</summary>
public enum ChangeReason
{
    /// <summary>A person edited it.</summary>
    UserEdited = 0,

    /// <summary>The plug-in itself set it.</summary>
    PluginEdited = 1,

    /// <summary>The current time moved.</summary>
    Time = 2,
}
