using System.Runtime.InteropServices;

namespace AdobeEffects.Raw;

/// <summary><c>PF_ParamDef</c>: a parameter's definition and its value. 176 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_ParamDef
{
    public PF_ParamDefIdentity uu;
    public PF_ParamUIFlags ui_flags;
    public short ui_width;
    public short ui_height;
    public PF_ParamType param_type;
    public fixed byte name[32];
    public PF_ParamFlags flags;
    public int unused;
    public PF_ParamDefUnion u;

    /// <summary>The name as text.</summary>
    public readonly string NameText
    {
        get
        {
            fixed (byte* first = name) return System.Text.Encoding.UTF8.GetString(new ReadOnlySpan<byte>(first, 32)).Split('\0')[0];
        }
    }

    /// <summary>Puts the name into another record.</summary>
    public readonly void CopyNameTo(ref PF_ParamDef other)
    {
        for (int index = 0; index < 32; index++) other.name[index] = name[index];
    }
}

/// <summary>A parameter's number while it is defined, what changed of it afterwards. 4 bytes.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct PF_ParamDefIdentity
{
    [FieldOffset(0)]
    public int id;

    [FieldOffset(0)]
    public PF_ChangeFlags change_flags;
}

/// <summary><c>PF_ParamDefUnion</c>: <c>param_type</c> says which member holds. 120 bytes.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct PF_ParamDefUnion
{
    [FieldOffset(0)]
    public PF_LayerDef ld;

    [FieldOffset(0)]
    public PF_SliderDef sd;

    [FieldOffset(0)]
    public PF_FixedSliderDef fd;

    [FieldOffset(0)]
    public PF_AngleDef ad;

    [FieldOffset(0)]
    public PF_CheckBoxDef bd;

    [FieldOffset(0)]
    public PF_ColorDef cd;

    [FieldOffset(0)]
    public PF_PointDef td;

    [FieldOffset(0)]
    public PF_PopupDef pd;

    [FieldOffset(0)]
    public PF_FloatSliderDef fs_d;

    [FieldOffset(0)]
    public PF_ArbitraryDef arb_d;

    [FieldOffset(0)]
    public PF_PathDef path_d;

    [FieldOffset(0)]
    public PF_ButtonDef button_d;

    [FieldOffset(0)]
    public PF_Point3DDef point3d_d;
}

/// <summary><c>PF_SliderDef</c>: a whole number; superseded by the float slider. 88 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_SliderDef
{
    public int value;
    public fixed byte value_str[32];
    public fixed byte value_desc[32];
    public int valid_min;
    public int valid_max;
    public int slider_min;
    public int slider_max;
    public int dephault;
}

/// <summary><c>PF_FixedSliderDef</c>: a 16.16 number. 92 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_FixedSliderDef
{
    public int value;
    public fixed byte value_str[32];
    public fixed byte value_desc[32];
    public int valid_min;
    public int valid_max;
    public int slider_min;
    public int slider_max;
    public int dephault;
    public PF_Precision precision;
    public short display_flags;
}

/// <summary><c>PF_FloatSliderDef</c>: a number with a fraction. 88 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_FloatSliderDef
{
    public double value;
    public double phase;
    public fixed byte value_desc[32];
    public float valid_min;
    public float valid_max;
    public float slider_min;
    public float slider_max;
    public float dephault;
    public PF_Precision precision;
    public short display_flags;
    public uint fs_flags;
    public float curve_tolerance;
    public byte useExponent;
    public float exponent;
}

/// <summary><c>PF_AngleDef</c>: degrees as 16.16 numbers. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_AngleDef(int value, int dephault, int valid_min, int valid_max);

/// <summary><c>PF_CheckBoxDef</c>: on or off. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_CheckBoxDef
{
    public int value;
    public byte dephault;
    public byte reserved;
    public short reserved1;
    public byte* nameptr;
}

/// <summary><c>PF_ColorDef</c>: a colour in 8 bits. 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_ColorDef(PF_Pixel value, PF_Pixel dephault);

/// <summary><c>PF_PointDef</c>: a place as 16.16 numbers; the default in percent. 20 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_PointDef
{
    public int x_value;
    public int y_value;
    public fixed byte reserved[3];
    public byte restrict_bounds;
    public int x_dephault;
    public int y_dephault;
}

/// <summary><c>PF_PopupDef</c>: one of several, counted from 1; the names separated by <c>|</c>. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_PopupDef
{
    public int value;
    public short num_choices;
    public short dephault;
    public byte* namesptr;
}

/// <summary><c>PF_ArbitraryDef</c>: data of the plug-in's own. 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_ArbitraryDef
{
    public short id;
    public short pad;
    public void** dephault;
    public void** value;
    public void* refconPV;
}

/// <summary><c>PF_PathDef</c>: a mask of the layer. 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_PathDef(uint path_id, int reserved0, int dephault);

/// <summary><c>PF_ButtonDef</c>: a push button with its text. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_ButtonDef
{
    public int value;
    public byte* namesptr;
}

/// <summary><c>PF_Point3DDef</c>. 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_Point3DDef
{
    public double x_value;
    public double y_value;
    public double z_value;
    public double x_dephault;
    public double y_dephault;
    public double z_dephault;
    public fixed byte reserved[16];
}

/// <summary><c>PF_UserChangedParamExtra</c>: which parameter the user changed. 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct PF_UserChangedParamExtra(int param_index);
