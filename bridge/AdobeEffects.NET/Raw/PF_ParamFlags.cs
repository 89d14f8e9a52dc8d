namespace AdobeEffects.Raw;

/// <summary>What a parameter is: which member of the union in <see cref="PF_ParamDef"/> holds it.</summary>
public enum PF_ParamType
{
    PF_Param_LAYER = 0,
    PF_Param_SLIDER = 1,
    PF_Param_FIX_SLIDER = 2,
    PF_Param_ANGLE = 3,
    PF_Param_CHECKBOX = 4,
    PF_Param_COLOR = 5,
    PF_Param_POINT = 6,
    PF_Param_POPUP = 7,
    PF_Param_CUSTOM = 8,
    PF_Param_NO_DATA = 9,
    PF_Param_FLOAT_SLIDER = 10,
    PF_Param_ARBITRARY_DATA = 11,
    PF_Param_PATH = 12,
    PF_Param_GROUP_START = 13,
    PF_Param_GROUP_END = 14,
    PF_Param_BUTTON = 15,
    PF_Param_POINT_3D = 18,
}

/// <summary>How the host treats a parameter.</summary>
[Flags]
public enum PF_ParamFlags : uint
{
    PF_ParamFlag_NONE = 0,
    PF_ParamFlag_CANNOT_TIME_VARY = 0x00000002,
    PF_ParamFlag_CANNOT_INTERP = 0x00000004,
    PF_ParamFlag_SUPERVISE = 0x00000040,
    PF_ParamFlag_START_COLLAPSED = 0x00000020,
    PF_ParamFlag_USE_VALUE_FOR_OLD_PROJECTS = 0x00000080,
    PF_ParamFlag_EXCLUDE_FROM_HAVE_INPUTS_CHANGED = 0x00000100,
    PF_ParamFlag_SKIP_REVEAL_WHEN_UNHIDDEN = 0x00000200,
}

/// <summary>How the host shows a parameter.</summary>
[Flags]
public enum PF_ParamUIFlags : uint
{
    PF_PUI_NONE = 0,
    PF_PUI_TOPIC = 0x00000001,
    PF_PUI_CONTROL = 0x00000002,
    PF_PUI_STD_CONTROL_ONLY = 0x00000004,
    PF_PUI_NO_ECW_UI = 0x00000008,
    PF_PUI_ECW_SEPARATOR = 0x00000010,
    PF_PUI_DISABLED = 0x00000020,
    PF_PUI_DONT_ERASE_TOPIC = 0x00000040,
    PF_PUI_DONT_ERASE_CONTROL = 0x00000080,
    PF_PUI_RADIO_BUTTON = 0x00000100,
    PF_PUI_INVISIBLE = 0x00000200,
}

/// <summary>What a plug-in says of a parameter that it changed itself.</summary>
[Flags]
public enum PF_ChangeFlags : uint
{
    PF_ChangeFlag_NONE = 0,
    PF_ChangeFlag_CHANGED_VALUE = 0x00000001,
    PF_ChangeFlag_SET_TO_VARY = 0x00000004,
    PF_ChangeFlag_SET_TO_CONSTANT = 0x00000008,
}

/// <summary>Digits behind the point that a slider shows.</summary>
public enum PF_Precision : short
{
    PF_Precision_INTEGER = 0,
    PF_Precision_TENTHS = 1,
    PF_Precision_HUNDREDTHS = 2,
    PF_Precision_THOUSANDTHS = 3,
    PF_Precision_TEN_THOUSANDTHS = 4,
}
