using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>A set of properties that the host holds. Every read and every write may fail: hosts forget properties, refuse unknown ones and pass
/// null sets, so reads come with a default and writes with an answer.</summary>
/// <remarks>A name is a constant of <see cref="OfxConstants"/>, another <c>u8</c> literal, or bytes that end in a zero (<see cref="NativeText.Terminated"/>). Strings
/// belong to the host and are copied.</remarks>
public readonly unsafe struct PropertySet(HostInfo? host, OfxPropertySetHandle handle)
{
    /// <summary>Longest property array that is read, in elements.</summary>
    public const int DimensionMax = 4096;

    private readonly OfxPropertySuiteV1* _suite = host is null ? null : host.Properties;

    /// <summary>The host's handle.</summary>
    public OfxPropertySetHandle Handle { get; } = handle;

    /// <summary>Whether there is no set behind this: every read then gives its default and every write fails.</summary>
    public bool IsNull => _suite == null || Handle.IsNull;

    /// <summary>How many values a property has; 0 where it has none or the host does not know it.</summary>
    public int Dimension(ReadOnlySpan<byte> name)
    {
        if (IsNull || _suite->propGetDimension == null) return 0;
        int count = 0;
        fixed (byte* property = name)
        {
            return _suite->propGetDimension(Handle, property, &count) == OfxStatus.kOfxStatOK ? Math.Clamp(count, 0, DimensionMax) : 0;
        }
    }

    /// <summary>Reads an integer.</summary>
    public bool TryGetInt(ReadOnlySpan<byte> name, out int value, int index = 0)
    {
        value = 0;
        if (IsNull || _suite->propGetInt == null) return false;
        int read = 0;
        fixed (byte* property = name)
        {
            if (_suite->propGetInt(Handle, property, index, &read) != OfxStatus.kOfxStatOK) return false;
        }

        value = read;
        return true;
    }

    /// <summary>Reads a number.</summary>
    public bool TryGetDouble(ReadOnlySpan<byte> name, out double value, int index = 0)
    {
        value = 0;
        if (IsNull || _suite->propGetDouble == null) return false;
        double read = 0;
        fixed (byte* property = name)
        {
            if (_suite->propGetDouble(Handle, property, index, &read) != OfxStatus.kOfxStatOK) return false;
        }

        value = read;
        return true;
    }

    /// <summary>Reads a pointer; a null pointer counts as read.</summary>
    public bool TryGetPointer(ReadOnlySpan<byte> name, out nint value, int index = 0)
    {
        value = 0;
        if (IsNull || _suite->propGetPointer == null) return false;
        void* read = null;
        fixed (byte* property = name)
        {
            if (_suite->propGetPointer(Handle, property, index, &read) != OfxStatus.kOfxStatOK) return false;
        }

        value = (nint)read;
        return true;
    }

    /// <summary>Reads a string; false also for a null string.</summary>
    public bool TryGetString(ReadOnlySpan<byte> name, out string value, int index = 0)
    {
        byte* text = GetText(name, index);
        value = NativeText.Read(text) ?? "";
        return text != null;
    }

    /// <summary>As <see cref="TryGetString(ReadOnlySpan{byte}, out string, int)"/>, for a text that is most often the same as before.</summary>
    /// <param name="name">Name of the property.</param>
    /// <param name="known">What it was; the same object comes back where the text is still that.</param>
    /// <param name="value">The text; empty where there is none.</param>
    public bool TryGetString(ReadOnlySpan<byte> name, string known, out string value)
    {
        byte* text = GetText(name, 0);
        value = NativeText.Read(text, known) ?? "";
        return text != null;
    }

    /// <summary>An integer, or the default where the host has none.</summary>
    public int GetInt(ReadOnlySpan<byte> name, int fallback = 0, int index = 0) => TryGetInt(name, out int value, index) ? value : fallback;

    /// <summary>A flag, or the default where the host has none.</summary>
    public bool GetFlag(ReadOnlySpan<byte> name, bool fallback = false) => TryGetInt(name, out int value) ? value != 0 : fallback;

    /// <summary>A number, or the default where the host has none or a NaN.</summary>
    public double GetDouble(ReadOnlySpan<byte> name, double fallback = 0, int index = 0) =>
        TryGetDouble(name, out double value, index) && !double.IsNaN(value) ? value : fallback;

    /// <summary>A string, or the default where the host has none.</summary>
    public string GetString(ReadOnlySpan<byte> name, string fallback = "", int index = 0) =>
        TryGetString(name, out string value, index) ? value : fallback;

    /// <summary>Two numbers, or the default where one of them is missing or not finite.</summary>
    public (double X, double Y) GetPoint(ReadOnlySpan<byte> name, double fallbackX, double fallbackY)
    {
        bool isThere = TryGetDouble(name, out double x) & TryGetDouble(name, out double y, 1);
        return isThere && double.IsFinite(x) && double.IsFinite(y) ? (x, y) : (fallbackX, fallbackY);
    }

    /// <summary>Four integers as a rectangle; false where one is missing.</summary>
    public bool TryGetRectI(ReadOnlySpan<byte> name, out OfxRectI value)
    {
        value = default;
        if (!TryGetInt(name, out int x1) || !TryGetInt(name, out int y1, 1) || !TryGetInt(name, out int x2, 2) || !TryGetInt(name, out int y2, 3))
        {
            return false;
        }

        value = new OfxRectI(x1, y1, x2, y2);
        return true;
    }

    /// <summary>Four numbers as a rectangle; false where one is missing.</summary>
    public bool TryGetRectD(ReadOnlySpan<byte> name, out OfxRectD value)
    {
        value = default;
        if (!TryGetDouble(name, out double x1) || !TryGetDouble(name, out double y1, 1)
            || !TryGetDouble(name, out double x2, 2) || !TryGetDouble(name, out double y2, 3))
        {
            return false;
        }

        value = new OfxRectD(x1, y1, x2, y2);
        return true;
    }

    /// <summary>Whether one of a property's strings is the given word.</summary>
    public bool Contains(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word)
    {
        int count = Dimension(name);
        for (int index = 0; index < count; index++)
        {
            if (NativeText.Equals(GetText(name, index), word)) return true;
        }

        return false;
    }

    /// <summary>Writes an integer; false where the host refuses.</summary>
    public bool TrySet(ReadOnlySpan<byte> name, int value, int index = 0)
    {
        if (IsNull || _suite->propSetInt == null) return false;
        fixed (byte* property = name)
        {
            return _suite->propSetInt(Handle, property, index, value) == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Writes a flag as 0 or 1; false where the host refuses.</summary>
    public bool TrySet(ReadOnlySpan<byte> name, bool value) => TrySet(name, value ? 1 : 0);

    /// <summary>Writes a number; false where the host refuses.</summary>
    public bool TrySet(ReadOnlySpan<byte> name, double value, int index = 0)
    {
        if (IsNull || _suite->propSetDouble == null) return false;
        fixed (byte* property = name)
        {
            return _suite->propSetDouble(Handle, property, index, value) == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Writes a pointer; false where the host refuses.</summary>
    public bool TrySetPointer(ReadOnlySpan<byte> name, nint value, int index = 0)
    {
        if (IsNull || _suite->propSetPointer == null) return false;
        fixed (byte* property = name)
        {
            return _suite->propSetPointer(Handle, property, index, (void*)value) == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Writes a word of the standard (a <c>u8</c> literal, or bytes that end in a zero); false where the host refuses.</summary>
    public bool TrySet(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word, int index = 0)
    {
        if (IsNull || _suite->propSetString == null) return false;
        fixed (byte* property = name, text = word)
        {
            return _suite->propSetString(Handle, property, index, text) == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Writes a text, which the host copies; false where the host refuses.</summary>
    public bool TrySet(ReadOnlySpan<byte> name, string value, int index = 0)
    {
        return TrySet(name, NativeText.Terminated(default, value, stackalloc byte[NativeText.NameBytes]), index);
    }

    /// <summary>Writes a rectangle; false where the host refuses.</summary>
    public bool TrySet(ReadOnlySpan<byte> name, OfxRectD value)
    {
        if (IsNull || _suite->propSetDoubleN == null) return false;
        fixed (byte* property = name)
        {
            return _suite->propSetDoubleN(Handle, property, 4, (double*)&value) == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Writes a row of numbers; false where the host refuses.</summary>
    public bool TrySet(ReadOnlySpan<byte> name, ReadOnlySpan<double> values)
    {
        if (IsNull || _suite->propSetDoubleN == null) return false;
        fixed (byte* property = name)
        fixed (double* first = values)
        {
            return _suite->propSetDoubleN(Handle, property, values.Length, first) == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Reads a depth.</summary>
    public BitDepth GetDepth(ReadOnlySpan<byte> name) => PixelTypes.ReadDepth(NativeText.Bytes(GetText(name, 0)));

    /// <summary>Reads components.</summary>
    public ImageComponents GetComponents(ReadOnlySpan<byte> name) => PixelTypes.ReadComponents(NativeText.Bytes(GetText(name, 0)));

    /// <summary>Reads an alpha state.</summary>
    public ImagePremultiplication GetPremultiplication(ReadOnlySpan<byte> name) =>
        PixelTypes.ReadPremultiplication(NativeText.Bytes(GetText(name, 0)));

    /// <summary>Reads a field.</summary>
    public ImageField GetField(ReadOnlySpan<byte> name) => PixelTypes.ReadField(NativeText.Bytes(GetText(name, 0)));

    /// <summary>Whether a property holds the given word.</summary>
    public bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word) => NativeText.Equals(GetText(name, 0), word);

    private byte* GetText(ReadOnlySpan<byte> name, int index)
    {
        if (IsNull || _suite->propGetString == null) return null;
        byte* text = null;
        fixed (byte* property = name)
        {
            return _suite->propGetString(Handle, property, index, &text) == OfxStatus.kOfxStatOK ? text : null;
        }
    }
}
