namespace AdobeEffects.Raw;

/// <summary>Which lines of an interlaced frame a picture holds.</summary>
public enum PF_Field
{
    PF_Field_FRAME = 0,
    PF_Field_UPPER = 1,
    PF_Field_LOWER = 2,
}

/// <summary>Whether the host wants it quick or good.</summary>
public enum PF_Quality
{
    PF_Quality_DRAWING_AUDIO = -1,
    PF_Quality_LO = 0,
    PF_Quality_HI = 1,
}

/// <summary>State of a picture.</summary>
[Flags]
public enum PF_WorldFlags : uint
{
    PF_WorldFlag_DEEP = 0x00000001,
    PF_WorldFlag_WRITEABLE = 0x00000002,
}

/// <summary>Channels that the host wants.</summary>
[Flags]
public enum PF_ChannelMask : uint
{
    PF_ChannelMask_NONE = 0,
    PF_ChannelMask_ALPHA = 0x00000001,
    PF_ChannelMask_RED = 0x00000002,
    PF_ChannelMask_GREEN = 0x00000004,
    PF_ChannelMask_BLUE = 0x00000008,
    PF_ChannelMask_ARGB = 0x0000000F,
}

/// <summary>What a smart effect says of its answer to <c>PF_Cmd_SMART_PRE_RENDER</c>.</summary>
[Flags]
public enum PF_RenderOutputFlags : ushort
{
    PF_RenderOutputFlag_NONE = 0,
    PF_RenderOutputFlag_RETURNS_EXTRA_PIXELS = 0x0001,
    PF_RenderOutputFlag_GPU_RENDER_POSSIBLE = 0x0002,
}

/// <summary>How a new picture is made.</summary>
[Flags]
public enum PF_NewWorldFlags : uint
{
    PF_NewWorldFlag_NONE = 0,
    PF_NewWorldFlag_CLEAR_PIXELS = 0x00000001,
    PF_NewWorldFlag_DEEP_PIXELS = 0x00000002,
}
