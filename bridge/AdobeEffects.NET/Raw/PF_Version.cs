namespace AdobeEffects.Raw;

/// <summary>Packs version numbers as <c>my_version</c> and the PiPL's <c>eVER</c> hold them, and names limits of the ABI.</summary>
public static class PF_Version
{
    // The effect specification this library speaks: what multi-frame rendering asks for at least is 13.25.
    public const short PF_PLUG_IN_VERSION = 13;
    public const short PF_PLUG_IN_SUBVERS = 28;

    public const int PF_MAX_EFFECT_PARAM_NAME_LEN = 31;
    public const int PF_MAX_EFFECT_MSG_LEN = 255;
    public const int PF_MAX_WORLD_WIDTH = 30000;
    public const int PF_MAX_WORLD_HEIGHT = 30000;
    public const int PF_MAX_CHAN16 = 32768;

    /// <summary>Packs a version: 7 bits of version (split), 4 of subversion, 4 of bug fix, 2 of stage, 9 of build.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A part does not fit.</exception>
    public static uint Pack(int version, int subversion, int bugfix, PF_Stage stage, int build)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)version, 127u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)subversion, 15u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bugfix, 15u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)stage, 3u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)build, 511u);
        return ((uint)version >> 3 << 26) | (((uint)version & 7) << 19) | ((uint)subversion << 15) | ((uint)bugfix << 11) | ((uint)stage << 9) | (uint)build;
    }
}

/// <summary>How finished a version is.</summary>
public enum PF_Stage
{
    PF_Stage_DEVELOP = 0,
    PF_Stage_ALPHA = 1,
    PF_Stage_BETA = 2,
    PF_Stage_RELEASE = 3,
}
