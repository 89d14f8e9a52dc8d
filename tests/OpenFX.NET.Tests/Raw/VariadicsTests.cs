using System.Runtime.InteropServices;
using System.Text;
using OpenFX.Raw;

namespace OpenFX.Tests.Raw;

/// <summary>Variadic functions across the language border, each direction against a C program.</summary>
[TestFixture, NonParallelizable]
public sealed unsafe class VariadicsTests
{
    private static readonly OfxParamHandle Param = new(unchecked((nint)0x1234_5678_9ABC));
    private CompiledC _c = null!;
    private RecordingTarget _target = null!;
    private IVariadicTarget? _before;

    [OneTimeSetUp]
    public void Compile() => _c = CompiledC.Load("variadic");

    [OneTimeTearDown]
    public void Unload() => _c?.Dispose();

    [SetUp]
    public void Attach()
    {
        _before = VariadicCallee.Target;
        VariadicCallee.Target = _target = new RecordingTarget();
    }

    [TearDown]
    public void Detach() => VariadicCallee.Target = _before;

    [Test]
    public void CGetsAnInt_TargetWritesThroughThePointer()
    {
        int value = 0;
        _target.OnGet = (ref VariadicArguments arguments) => *(int*)arguments.NextPointer() = 77;
        OfxStatus status = ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, int*, OfxStatus>)_c.Symbol("call_get_int"))(VariadicCallee.ParamGetValue, Param, &value);
        Assert.That((status, value, _target.Param), Is.EqualTo((OfxStatus.kOfxStatOK, 77, Param)));
    }

    [Test]
    public void CGetsFourDoubles_AllPointersArrive()
    {
        double* values = stackalloc double[4];
        _target.OnGet = (ref VariadicArguments arguments) =>
        {
            for (int index = 0; index < 4; index++) *(double*)arguments.NextPointer() = index + 0.25;
        };
        ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double*, OfxStatus>)_c.Symbol("call_get_double4"))(VariadicCallee.ParamGetValue, Param, values);
        Assert.That(new Span<double>(values, 4).ToArray(), Is.EqualTo(new[] { 0.25, 1.25, 2.25, 3.25 }));
    }

    [TestCase("at")]
    [TestCase("derivative")]
    public void CGetsAtATime_TimeAndPointerArrive(string which)
    {
        int value = 0;
        _target.OnGet = (ref VariadicArguments arguments) => *(int*)arguments.NextPointer() = -5;
        void* function = which == "at" ? VariadicCallee.ParamGetValueAtTime : VariadicCallee.ParamGetDerivative;
        ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double, int*, OfxStatus>)_c.Symbol("call_get_int_at"))(function, Param, -12.5, &value);
        Assert.That((value, _target.Time1, _target.Call), Is.EqualTo((-5, -12.5, which)));
    }

    [Test]
    public void CGetsAnIntegral_BothTimesArrive()
    {
        double* values = stackalloc double[2];
        _target.OnGet = (ref VariadicArguments arguments) =>
        {
            *(double*)arguments.NextPointer() = 1;
            *(double*)arguments.NextPointer() = 2;
        };
        ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double, double, double*, OfxStatus>)_c.Symbol("call_get_double2_over"))(
            VariadicCallee.ParamGetIntegral, Param, 3.5, 9.75, values);
        Assert.That((_target.Time1, _target.Time2, values[0], values[1]), Is.EqualTo((3.5, 9.75, 1.0, 2.0)));
    }

    [Test]
    public void CSetsInts_ValuesArriveInOrder()
    {
        List<int> ints = [];
        _target.OnSet = (ref VariadicArguments arguments) =>
        {
            for (int index = 0; index < 3; index++) ints.Add(arguments.NextInt32());
        };
        ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, int, int, int, OfxStatus>)_c.Symbol("call_set_int3"))(VariadicCallee.ParamSetValue, Param, -1, int.MaxValue, 3);
        Assert.That(ints, Is.EqualTo(new[] { -1, int.MaxValue, 3 }));
    }

    [Test]
    public void CSetsDoubles_ValuesArriveInOrder()
    {
        List<double> doubles = [];
        _target.OnSet = (ref VariadicArguments arguments) =>
        {
            for (int index = 0; index < 4; index++) doubles.Add(arguments.NextDouble());
        };
        ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double, double, double, double, OfxStatus>)_c.Symbol("call_set_double4"))(
            VariadicCallee.ParamSetValue, Param, 0.1, -2e-300, double.PositiveInfinity, 4);
        Assert.That(doubles, Is.EqualTo(new[] { 0.1, -2e-300, double.PositiveInfinity, 4 }));
    }

    [Test]
    public void CSetsDoublesAtATime_TimeIsNotTakenForAValue()
    {
        List<double> doubles = [];
        _target.OnSet = (ref VariadicArguments arguments) =>
        {
            for (int index = 0; index < 3; index++) doubles.Add(arguments.NextDouble());
        };
        ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double, double, double, double, OfxStatus>)_c.Symbol("call_set_double3_at"))(
            VariadicCallee.ParamSetValueAtTime, Param, 24, 1.5, 2.5, 3.5);
        Assert.That((_target.Time1, doubles), Is.EqualTo((24.0, new List<double> { 1.5, 2.5, 3.5 })));
    }

    [Test]
    public void CSetsText_PointerArrives()
    {
        string? text = null;
        _target.OnSet = (ref VariadicArguments arguments) => text = NativeText.Read((byte*)arguments.NextPointer());
        fixed (byte* native = "grün\0"u8)
        {
            ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, byte*, OfxStatus>)_c.Symbol("call_set_text"))(VariadicCallee.ParamSetValue, Param, native);
        }

        Assert.That(text, Is.EqualTo("grün"));
    }

    [Test]
    public void CSendsMessages_TextIsFormatted()
    {
        Send("call_message_plain");
        Assert.That((_target.Call, _target.Text), Is.EqualTo(("OfxMessageError", "no arguments, 100%")));
        Send("call_message_mixed");
        Assert.That(_target.Text, Is.EqualTo("text -7 2.50    42|3   |00ff z 1234567890123 more 9 -0.125000 last"));
        Send("call_message_doubles");
        Assert.That(_target.Text, Is.EqualTo("1 2 3 4 5 6 7 8 9 10"));
    }

    [Test]
    public void TargetThrows_CSeesFailedAndTheHostHears()
    {
        _target.OnSet = (ref VariadicArguments _) => throw new InvalidOperationException("on purpose");
        OfxStatus status = ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double, OfxStatus>)_c.Symbol("call_set_double"))(VariadicCallee.ParamSetValue, Param, 1);
        Assert.That((status, _target.Escaped?.Message), Is.EqualTo((OfxStatus.kOfxStatFailed, "on purpose")));
    }

    [Test]
    public void NoTarget_CSeesMissingHostFeature()
    {
        VariadicCallee.Target = null;
        OfxStatus status = ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double, OfxStatus>)_c.Symbol("call_set_double"))(VariadicCallee.ParamSetValue, Param, 1);
        Assert.That(status, Is.EqualTo(OfxStatus.kOfxStatErrMissingHostFeature));
    }

    [Test]
    public void SetIntsInC_ValuesArrive()
    {
        VariadicCaller.SetValue((void*)_c.Symbol("take_ints"), Param, [VariadicValue.From(-1), VariadicValue.From(2), VariadicValue.From(int.MinValue), VariadicValue.From(4)]);
        Assert.That((LastParam(), LastInts()), Is.EqualTo((Param.Value, new[] { -1, 2, int.MinValue, 4 })));
    }

    [Test]
    public void SetDoublesInC_ValuesArriveAndStatusComesBack()
    {
        OfxStatus status = VariadicCaller.SetValue(
            (void*)_c.Symbol("take_doubles"), Param, [VariadicValue.From(0.1), VariadicValue.From(-2.0), VariadicValue.From(double.Epsilon), VariadicValue.From(1e300)]);
        Assert.That(LastDoubles(), Is.EqualTo(new[] { 0.1, -2, double.Epsilon, 1e300 }));
        Assert.That(status, Is.EqualTo(OfxStatus.kOfxStatErrMissingHostFeature), "take_doubles answers 4");
    }

    [Test]
    public void SetDoublesAtATimeInC_ValuesArrive()
    {
        VariadicCaller.SetValueAtTime(
            (void*)_c.Symbol("take_doubles_at"), Param, -3.25, [VariadicValue.From(1.0), VariadicValue.From(2.0), VariadicValue.From(3.0), VariadicValue.From(4.0)]);
        Assert.That((LastTimes()[0], LastDoubles()), Is.EqualTo((-3.25, new[] { 1.0, 2, 3, 4 })));
    }

    [Test]
    public void SetMixedValuesInC_EachFindsItsRegister()
    {
        VariadicCaller.SetValueAtTime(
            (void*)_c.Symbol("take_mixed_at"), Param, 1.5, [VariadicValue.From(7), VariadicValue.From(0.5), VariadicValue.From(-8), VariadicValue.From(-0.5)]);
        Assert.That((LastInts()[..2], LastDoubles()[..2]), Is.EqualTo((new[] { 7, -8 }, new[] { 0.5, -0.5 })));
    }

    [Test]
    public void SetTextInC_TextArrives()
    {
        fixed (byte* native = "file:///a b%s\0"u8)
        {
            VariadicCaller.SetValue((void*)_c.Symbol("take_text"), Param, [VariadicValue.From(native)]);
        }

        Assert.That(LastText(), Is.EqualTo("file:///a b%s"));
    }

    [Test]
    public void GetFromC_ResultsComeBack()
    {
        int first = 0, second = 0;
        double a = 0, b = 0, c = 0, d = 0, integral = 0;
        VariadicCaller.GetValue((void*)_c.Symbol("give_ints"), Param, &first, &second);
        VariadicCaller.GetValueAtTime((void*)_c.Symbol("give_doubles_at"), Param, 2.25, &a, &b, &c, &d);
        VariadicCaller.GetIntegral((void*)_c.Symbol("give_double_over"), Param, 1.5, 4, &integral);
        Assert.That((first, second), Is.EqualTo((11, -22)));
        Assert.That((a, b, c, d, integral), Is.EqualTo((4.5, -2.25, 0.5, 1e300, 2.5)));
    }

    [TestCase("take_message")]
    [TestCase("take_message_carelessly")]
    public void MessageToC_PercentSignsAreText(string taker)
    {
        byte* text = NativeText.Allocate("50%n done, %s %d%");
        byte* type = NativeText.Literal(OfxConstants.kOfxMessageError);
        OfxStatus status = VariadicCaller.Message((void*)_c.Symbol(taker), (void*)Param.Value, type, type, text);
        NativeMemory.Free(text);
        Assert.That((status, LastText()), Is.EqualTo((OfxStatus.kOfxStatOK, "50%n done, %s %d%")));
    }

    [Test]
    public void NullFunction_AnswersMissingHostFeature()
    {
        int value;
        Assert.That(VariadicCaller.GetValue(null, Param, &value), Is.EqualTo(OfxStatus.kOfxStatErrMissingHostFeature));
        Assert.That(VariadicCaller.Message(null, null, null, null, null), Is.EqualTo(OfxStatus.kOfxStatErrMissingHostFeature));
    }

    [Test]
    public void ValueCount_OneToFourIsAccepted()
    {
        void* function = (void*)_c.Symbol("take_ints");
        Assert.That(VariadicCaller.SetValue(function, Param, []), Is.EqualTo(OfxStatus.kOfxStatErrValue));
        Assert.That(VariadicCaller.SetValue(function, Param, new VariadicValue[Variadics.ValuesMax]), Is.EqualTo(OfxStatus.kOfxStatOK));
        Assert.That(VariadicCaller.SetValue(function, Param, new VariadicValue[Variadics.ValuesMax + 1]), Is.EqualTo(OfxStatus.kOfxStatErrValue));
    }

    [TestCase("call_as_windows")]
    [TestCase("call_as_apple")]
    public void RowsOfOtherSystems_DoublesComeOutOfTheirBits(string caller)
    {
        List<double> doubles = [];
        _target.OnSet = (ref VariadicArguments arguments) =>
        {
            for (int index = 0; index < 3; index++) doubles.Add(arguments.NextDouble());
        };
        void* function = caller == "call_as_windows"
            ? WindowsCallee.AddressOf(VariadicOperation.ParamSetValueAtTime)
            : AppleCallee.AddressOf(VariadicOperation.ParamSetValueAtTime);
        ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, double, double, double, double, OfxStatus>)_c.Symbol(caller))(function, Param, 7, 0.1, -0.0, double.NegativeInfinity);
        Assert.That((_target.Time1, doubles), Is.EqualTo((7.0, new List<double> { 0.1, -0.0, double.NegativeInfinity })));
    }

    private void Send(string function)
    {
        OfxStatus status = ((delegate* unmanaged[Cdecl]<void*, OfxParamHandle, OfxStatus>)_c.Symbol(function))(VariadicCallee.Message, Param);
        Assert.That(status, Is.EqualTo(OfxStatus.kOfxStatOK));
    }

    private byte* Last() => ((delegate* unmanaged[Cdecl]<byte*>)_c.Symbol("last_call"))();

    private nint LastParam() => *(nint*)Last();

    private double[] LastTimes() => new Span<double>(Last() + sizeof(nint), 2).ToArray();

    private int[] LastInts() => new Span<int>(Last() + Offset("offset_of_ints"), 4).ToArray();

    private double[] LastDoubles() => new Span<double>(Last() + Offset("offset_of_doubles"), 4).ToArray();

    private string LastText() => Encoding.UTF8.GetString(NativeText.Bytes(Last() + Offset("offset_of_text")));

    private nuint Offset(string function) => ((delegate* unmanaged[Cdecl]<nuint>)_c.Symbol(function))();

    private delegate void Reader(ref VariadicArguments arguments);

    private sealed class RecordingTarget : IVariadicTarget
    {
        public Reader? OnGet { get; set; }

        public Reader? OnSet { get; set; }

        public OfxParamHandle Param { get; private set; }

        public double Time1 { get; private set; }

        public double Time2 { get; private set; }

        public string? Call { get; private set; }

        public string? Text { get; private set; }

        public Exception? Escaped { get; private set; }

        public OfxStatus ParamGetValue(OfxParamHandle param, ref VariadicArguments arguments) => Note("get", param, 0, 0, OnGet, ref arguments);

        public OfxStatus ParamGetValueAtTime(OfxParamHandle param, double time, ref VariadicArguments arguments) => Note("at", param, time, 0, OnGet, ref arguments);

        public OfxStatus ParamGetDerivative(OfxParamHandle param, double time, ref VariadicArguments arguments) => Note("derivative", param, time, 0, OnGet, ref arguments);

        public OfxStatus ParamGetIntegral(OfxParamHandle param, double time1, double time2, ref VariadicArguments arguments) =>
            Note("integral", param, time1, time2, OnGet, ref arguments);

        public OfxStatus ParamSetValue(OfxParamHandle param, ref VariadicArguments arguments) => Note("set", param, 0, 0, OnSet, ref arguments);

        public OfxStatus ParamSetValueAtTime(OfxParamHandle param, double time, ref VariadicArguments arguments) => Note("setAt", param, time, 0, OnSet, ref arguments);

        public OfxStatus Message(nint handle, string messageType, string messageId, string text)
        {
            (Call, Text) = (messageType, text);
            return OfxStatus.kOfxStatOK;
        }

        public OfxStatus SetPersistentMessage(nint handle, string messageType, string messageId, string text) => Message(handle, messageType, messageId, text);

        public void OnEscaped(Exception exception) => Escaped = exception;

        private OfxStatus Note(string call, OfxParamHandle param, double time1, double time2, Reader? reader, ref VariadicArguments arguments)
        {
            (Call, Param, Time1, Time2) = (call, param, time1, time2);
            reader?.Invoke(ref arguments);
            return OfxStatus.kOfxStatOK;
        }
    }
}
