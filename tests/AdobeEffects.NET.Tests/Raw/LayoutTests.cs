using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Raw;

namespace AdobeEffects.Tests.Raw;

/// <summary>Every structure against its frozen size and offsets, and every number that travels.</summary>
public sealed class LayoutTests
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Dictionary<Type, (int Size, string Offsets)> Facts = new()
    {
        [typeof(PF_LRect)] = (16, "0 4 8 12"),
        [typeof(PF_Point)] = (8, "0 4"),
        [typeof(PF_RationalScale)] = (8, "0 4"),
        [typeof(PF_SpecVersion)] = (4, "0 2"),
        [typeof(PF_Pixel)] = (4, "0 1 2 3"),
        [typeof(PF_Pixel16)] = (8, "0 2 4 6"),
        [typeof(PF_PixelFloat)] = (16, "0 4 8 12"),
        [typeof(PF_SoundFormatInfo)] = (16, "0 8 10 12"),
        [typeof(PF_SoundWorld)] = (32, "0 16 24"),
        [typeof(PF_LayerDef)] = (120, "0 8 16 24 32 36 40 44 64 72 80 88 96 104 108 112 116"),
        [typeof(PF_InteractCallbacks)] = (176, "0 8 16 24 32 40 48 56 64 72 96"),
        [typeof(PF_UtilCallbacks)] = (552, "0 8 16 24 32 40 48 56 64 72 80 88 96 104 112 120 128 136 144 152 160 168 176 184 192 200 208 368 432 440 448 456 464 "
            + "472 480 488 496 504 512 520 528 536 544"),
        [typeof(PF_ANSICallbacks)] = (160, "0 152"),
        [typeof(PF_ColorCallbacks)] = (64, "0"),
        [typeof(PF_InData)] = (408, "0 176 184 192 196 200 204 208 212 216 220 224 228 232 236 240 244 248 252 256 260 276 280 284 292 300 308 312 320 328 336 340 344 "
            + "352 384 392 396 400"),
        [typeof(PF_OutData)] = (408, "0 4 40 48 56 64 72 80 84 88 96 100 356 360 368 400"),
        [typeof(PF_ParamDef)] = (176, "0 4 8 10 12 16 48 52 56"),
        [typeof(PF_ParamDefIdentity)] = (4, "0 0"),
        [typeof(PF_ParamDefUnion)] = (120, "0 0 0 0 0 0 0 0 0 0 0 0 0"),
        [typeof(PF_SliderDef)] = (88, "0 4 36 68 72 76 80 84"),
        [typeof(PF_FixedSliderDef)] = (92, "0 4 36 68 72 76 80 84 88 90"),
        [typeof(PF_FloatSliderDef)] = (88, "0 8 16 48 52 56 60 64 68 70 72 76 80 84"),
        [typeof(PF_AngleDef)] = (16, "0 4 8 12"),
        [typeof(PF_CheckBoxDef)] = (16, "0 4 5 6 8"),
        [typeof(PF_ColorDef)] = (8, "0 4"),
        [typeof(PF_PointDef)] = (20, "0 4 8 11 12 16"),
        [typeof(PF_PopupDef)] = (16, "0 4 6 8"),
        [typeof(PF_ArbitraryDef)] = (32, "0 2 8 16 24"),
        [typeof(PF_PathDef)] = (12, "0 4 8"),
        [typeof(PF_ButtonDef)] = (16, "0 8"),
        [typeof(PF_Point3DDef)] = (64, "0 8 16 24 32 40 48"),
        [typeof(PF_UserChangedParamExtra)] = (4, "0"),
        [typeof(PF_RenderRequest)] = (44, "0 16 20 24 25 28"),
        [typeof(PF_CheckoutResult)] = (76, "0 16 32 40 41 44 48 52"),
        [typeof(PF_PreRenderInput)] = (64, "0 44 48 56 60"),
        [typeof(PF_PreRenderOutput)] = (56, "0 16 32 33 34 40 48"),
        [typeof(PF_PreRenderCallbacks)] = (16, "0 8"),
        [typeof(PF_PreRenderExtra)] = (24, "0 8 16"),
        [typeof(PF_SmartRenderInput)] = (72, "0 44 48 56 64 68"),
        [typeof(PF_SmartRenderCallbacks)] = (24, "0 8 16"),
        [typeof(PF_SmartRenderExtra)] = (16, "0 8"),
        [typeof(PF_ExtDependenciesExtra)] = (16, "0 8"),
        [typeof(SPBasicSuite)] = (56, "0 8 16 24 32 40 48"),
        [typeof(PF_PixelFormatSuite1)] = (64, "0 8 16 24 32 40 48 56"),
        [typeof(PF_UtilitySuite)] = (104, "0 8 16 24 32 40 48 56 64 72 80 88 96"),
        [typeof(PF_WorldSuite2)] = (24, "0 8 16"),
        [typeof(PF_HandleSuite1)] = (48, "0 8 16 24 32 40"),
        [typeof(PF_EffectSequenceDataSuite1)] = (8, "0"),
        [typeof(PF_ParamUtilsSuite3)] = (72, "0 8 16 24 32 40 48 56 64"),
    };

    public static IEnumerable<Type> Structures => Facts.Keys;

    [TestCaseSource(nameof(Structures))]
    public void Structure_KeepsItsLayout(Type structure)
    {
        (int size, string offsets) = Facts[structure];
        int[] expected = [.. offsets.Split(' ').Select(int.Parse)];
        int[] actual = [.. structure.GetFields(Fields).Where(field => !field.IsStatic).Select(field => (int)Marshal.OffsetOf(structure, field.Name))];
        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(Marshal.SizeOf(structure), Is.EqualTo(size));
        object? unmanagedSize = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(structure).Invoke(null, null);
        Assert.That(unmanagedSize, Is.EqualTo(size));
    }

    [Test]
    public void Structures_AllAreFrozen()
    {
        Type[] all = [.. typeof(PF_InData).Assembly.GetExportedTypes().Where(type => type is { Namespace: "AdobeEffects.Raw", IsValueType: true, IsEnum: false, IsNested: false })];
        Assert.That(Facts.Keys, Is.EquivalentTo(all));
    }

    [TestCase(nameof(PF_InData.inter), 0)]
    [TestCase(nameof(PF_InData.utils), 176)]
    [TestCase(nameof(PF_InData.effect_ref), 184)]
    [TestCase(nameof(PF_InData.appl_id), 204)]
    [TestCase(nameof(PF_InData.current_time), 224)]
    [TestCase(nameof(PF_InData.field), 244)]
    [TestCase(nameof(PF_InData.extent_hint), 260)]
    [TestCase(nameof(PF_InData.downsample_x), 284)]
    [TestCase(nameof(PF_InData.sequence_data), 320)]
    [TestCase(nameof(PF_InData.pica_basicP), 384)]
    public void InData_Field_StandsWhereHostsPutIt(string field, int offset) =>
        Assert.That((int)Marshal.OffsetOf<PF_InData>(field), Is.EqualTo(offset));

    [TestCase(nameof(PF_UtilCallbacks.copy), 64)]
    [TestCase(nameof(PF_UtilCallbacks.host_new_handle), 160)]
    [TestCase(nameof(PF_UtilCallbacks.host_dispose_handle), 184)]
    [TestCase(nameof(PF_UtilCallbacks.host_get_handle_size), 440)]
    [TestCase(nameof(PF_UtilCallbacks.host_resize_handle), 464)]
    public void UtilCallbacks_Slot_StandsWhereHostsPutIt(string field, int offset) =>
        Assert.That((int)Marshal.OffsetOf<PF_UtilCallbacks>(field), Is.EqualTo(offset));

    [TestCase(nameof(PF_FloatSliderDef.valid_min), 48)]
    [TestCase(nameof(PF_FloatSliderDef.dephault), 64)]
    public void FloatSlider_Floats_StandFrom48To64(string field, int offset) =>
        Assert.That((int)Marshal.OffsetOf<PF_FloatSliderDef>(field), Is.EqualTo(offset));

    [TestCase(PF_Cmd.PF_Cmd_ABOUT, 0)]
    [TestCase(PF_Cmd.PF_Cmd_GLOBAL_SETUP, 1)]
    [TestCase(PF_Cmd.PF_Cmd_GLOBAL_SETDOWN, 3)]
    [TestCase(PF_Cmd.PF_Cmd_PARAMS_SETUP, 4)]
    [TestCase(PF_Cmd.PF_Cmd_SEQUENCE_SETUP, 5)]
    [TestCase(PF_Cmd.PF_Cmd_SEQUENCE_RESETUP, 6)]
    [TestCase(PF_Cmd.PF_Cmd_SEQUENCE_FLATTEN, 7)]
    [TestCase(PF_Cmd.PF_Cmd_SEQUENCE_SETDOWN, 8)]
    [TestCase(PF_Cmd.PF_Cmd_FRAME_SETUP, 10)]
    [TestCase(PF_Cmd.PF_Cmd_RENDER, 11)]
    [TestCase(PF_Cmd.PF_Cmd_FRAME_SETDOWN, 12)]
    [TestCase(PF_Cmd.PF_Cmd_USER_CHANGED_PARAM, 13)]
    [TestCase(PF_Cmd.PF_Cmd_UPDATE_PARAMS_UI, 14)]
    [TestCase(PF_Cmd.PF_Cmd_EVENT, 15)]
    [TestCase(PF_Cmd.PF_Cmd_GET_EXTERNAL_DEPENDENCIES, 16)]
    [TestCase(PF_Cmd.PF_Cmd_ARBITRARY_CALLBACK, 22)]
    [TestCase(PF_Cmd.PF_Cmd_SMART_PRE_RENDER, 23)]
    [TestCase(PF_Cmd.PF_Cmd_SMART_RENDER, 24)]
    [TestCase(PF_Cmd.PF_Cmd_GET_FLATTENED_SEQUENCE_DATA, 28)]
    public void Command_KeepsItsNumber(PF_Cmd command, int number) => Assert.That((int)command, Is.EqualTo(number));

    [TestCase(PF_PixelFormat.PF_PixelFormat_ARGB32, "argb")]
    [TestCase(PF_PixelFormat.PF_PixelFormat_ARGB64, "ae16")]
    [TestCase(PF_PixelFormat.PF_PixelFormat_ARGB128, "ae32")]
    [TestCase(PF_PixelFormat.PrPixelFormat_BGRA_4444_8u, "bgra")]
    [TestCase(PF_PixelFormat.PrPixelFormat_BGRA_4444_32f, "BGra")]
    [TestCase(PF_PixelFormat.PrPixelFormat_BGRA_4444_32f_Linear, "BGaL")]
    public void PixelFormat_IsItsCodeLittleEndian(PF_PixelFormat format, string code)
    {
        byte[] bytes = BitConverter.GetBytes((uint)format);
        Assert.That(new string([.. bytes.Select(value => (char)value)]), Is.EqualTo(code));
    }

    [TestCase(PF_Err.PF_Err_OUT_OF_MEMORY, 4)]
    [TestCase(PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED, 512)]
    [TestCase(PF_Err.PF_Err_BAD_CALLBACK_PARAM, 516)]
    [TestCase(PF_Err.PF_Interrupt_CANCEL, 517)]
    public void Error_KeepsItsNumber(PF_Err error, int number) => Assert.That((int)error, Is.EqualTo(number));

    [TestCase(PF_OutFlags.PF_OutFlag_WIDE_TIME_INPUT, 1)]
    [TestCase(PF_OutFlags.PF_OutFlag_SEQUENCE_DATA_NEEDS_FLATTENING, 4)]
    [TestCase(PF_OutFlags.PF_OutFlag_DISPLAY_ERROR_MESSAGE, 8)]
    [TestCase(PF_OutFlags.PF_OutFlag_FORCE_RERENDER, 22)]
    [TestCase(PF_OutFlags.PF_OutFlag_DEEP_COLOR_AWARE, 25)]
    public void OutFlag_KeepsItsBit(PF_OutFlags flag, int bit) => Assert.That((uint)flag, Is.EqualTo(1u << bit));

    [TestCase(PF_OutFlags2.PF_OutFlag2_SUPPORTS_SMART_RENDER, 10)]
    [TestCase(PF_OutFlags2.PF_OutFlag2_FLOAT_COLOR_AWARE, 12)]
    [TestCase(PF_OutFlags2.PF_OutFlag2_AUTOMATIC_WIDE_TIME_INPUT, 17)]
    [TestCase(PF_OutFlags2.PF_OutFlag2_SUPPORTS_GET_FLATTENED_SEQUENCE_DATA, 23)]
    [TestCase(PF_OutFlags2.PF_OutFlag2_SUPPORTS_THREADED_RENDERING, 27)]
    public void OutFlag2_KeepsItsBit(PF_OutFlags2 flag, int bit) => Assert.That((uint)flag, Is.EqualTo(1u << bit));

    [Test]
    public void Version_IsPackedAsHostsReadIt()
    {
        Assert.That(PF_Version.Pack(1, 1, 0, PF_Stage.PF_Stage_DEVELOP, 1), Is.EqualTo(0x00088001u));
        Assert.That(PF_Version.Pack(127, 15, 15, PF_Stage.PF_Stage_RELEASE, 511), Is.EqualTo(0x3C3FFFFFu));
        Assert.That(() => PF_Version.Pack(128, 0, 0, PF_Stage.PF_Stage_RELEASE, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PF_Version.Pack(1, 0, 0, PF_Stage.PF_Stage_RELEASE, 512), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
