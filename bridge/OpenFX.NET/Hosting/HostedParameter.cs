using System.Collections.Immutable;
using System.Globalization;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>A parameter of an instance: read it, set it, animate it. Numbers are held as doubles, which hold every OpenFX integer exactly.</summary>
/// <remarks>Times are frame numbers. Between keys, numbers are interpolated linearly (whole numbers rounded), choices, booleans and texts hold the
/// earlier key.
/// Setting a value from outside tells the plug-in through its instance-changed action, unless the effect's profile says that the host never does.
/// Safe to read from several threads.</remarks>
public sealed partial class HostedParameter
{
    /// <summary>Keys a parameter can hold.</summary>
    public const int KeysMax = 1_000_000;

    private readonly Lock _gate = new();
    private readonly SortedList<double, ParameterValue> _keys = [];
    private ParameterValue _value;

    internal HostedParameter(HostCore host, HostedParameterKind kind, string name, PropertySet properties, EffectNode owner)
    {
        Host = host;
        Kind = kind;
        Name = name;
        Properties = properties;
        Owner = owner;
        Handle = new OfxParamHandle(HandleTable.Register(this));
    }

    /// <summary>Name, as used in scripts.</summary>
    public string Name { get; }

    /// <summary>Kind of value.</summary>
    public HostedParameterKind Kind { get; }

    /// <summary>Numbers in a value; 0 for texts and controls without value.</summary>
    public int Dimension => ParameterKinds.Dimension(Kind);

    /// <summary>Name for people.</summary>
    public string Label => Properties.Text(OfxConstants.kOfxPropLabel);

    /// <summary>Labels of a choice, by index.</summary>
    public ImmutableArray<string> Options => [.. Properties.Texts(OfxConstants.kOfxParamPropChoiceOption)];

    /// <summary>Whether the control is usable now.</summary>
    public bool IsEnabled => Properties.Integer(OfxConstants.kOfxParamPropEnabled, 0, 1) != 0;

    /// <summary>Whether the control is hidden now.</summary>
    public bool IsSecret => Properties.Integer(OfxConstants.kOfxParamPropSecret) != 0;

    /// <summary>Whether the value has keys.</summary>
    public bool IsAnimating
    {
        get
        {
            lock (_gate) return _keys.Count > 0;
        }
    }

    /// <summary>Times of the keys, ascending.</summary>
    public ImmutableArray<double> KeyTimes
    {
        get
        {
            lock (_gate) return [.. _keys.Keys];
        }
    }

    internal HostCore Host { get; }

    internal PropertySet Properties { get; }

    internal EffectNode Owner { get; }

    internal OfxParamHandle Handle { get; }

    internal NativeTextCache Texts { get; } = new();

    internal ParametricCurves? Curves { get; set; }

    /// <summary>Whether the emulated host forgets this parameter when it makes an instance.</summary>
    internal bool IsDropped { get; set; }

    /// <summary>The numbers at a time; without a time, those of the first key or the constant value.</summary>
    /// <exception cref="HostingException">The parameter holds no numbers.</exception>
    public ImmutableArray<double> GetNumbers(double? time = null)
    {
        if (Dimension == 0) throw Mismatch("has no numbers");
        return [.. ValueAt(time).Numbers];
    }

    /// <summary>The first number at a time.</summary>
    public double GetNumber(double? time = null) => GetNumbers(time)[0];

    /// <summary>The text at a time, of a string, custom or string-choice parameter.</summary>
    /// <exception cref="HostingException">The parameter holds no text.</exception>
    public string GetText(double? time = null) => ParameterKinds.IsText(Kind) ? ValueAt(time).Text : throw Mismatch("has no text");

    /// <summary>The bytes of a bytes parameter.</summary>
    public ReadOnlyMemory<byte> GetBytes() => Kind == HostedParameterKind.Bytes ? ValueAt(null).Bytes : throw Mismatch("has no bytes");

    /// <summary>Sets the constant value and drops all keys.</summary>
    /// <exception cref="HostingException">The number of values does not fit, or one is outside the declared range.</exception>
    public void SetNumbers(params ReadOnlySpan<double> values) => Assign(null, Checked(values));

    /// <summary>Sets a key.</summary>
    /// <exception cref="HostingException">The parameter does not animate, or the values do not fit.</exception>
    public void SetNumbersAt(double time, params ReadOnlySpan<double> values) => Assign(CheckedTime(time), Checked(values));

    /// <summary>Sets the constant text and drops all keys.</summary>
    public void SetText(string text) => Assign(null, CheckedText(text));

    /// <summary>Sets a text key.</summary>
    public void SetTextAt(double time, string text) => Assign(CheckedTime(time), CheckedText(text));

    /// <summary>Sets the bytes of a bytes parameter.</summary>
    public void SetBytes(ReadOnlySpan<byte> bytes)
    {
        if (Kind != HostedParameterKind.Bytes) throw Mismatch("takes no bytes");
        Assign(null, ParameterValue.Of(bytes));
    }

    /// <summary>Sets the value from text as a person writes it: numbers separated by commas, <c>true</c> or <c>false</c>, an option's label, name or
    /// index, or plain text.</summary>
    /// <exception cref="HostingException">The text does not fit the parameter.</exception>
    public void SetFromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (ParameterKinds.IsText(Kind)) SetText(text);
        else if (Kind == HostedParameterKind.Bytes) SetBytes(ParseHex(text));
        else if (Dimension > 0) SetNumbers(ParseNumbers(text));
        else throw Mismatch("holds no value");
    }

    /// <summary>Back to the default, without keys.</summary>
    public void Reset() => Assign(null, DefaultValue());

    /// <summary>Removes the key at a time.</summary>
    /// <returns>False where there is none.</returns>
    public bool DeleteKey(double time)
    {
        lock (_gate)
        {
            if (!_keys.Remove(time, out ParameterValue removed)) return false;
            if (_keys.Count == 0) _value = removed;
            return true;
        }
    }

    internal ParameterValue ValueAt(double? time)
    {
        lock (_gate)
        {
            if (_keys.Count == 0) return _value;
            return time is { } at ? KeyInterpolation.At(_keys, at, this) : _keys.Values[0];
        }
    }

    /// <summary>Takes the default as value: once, when an instance is made.</summary>
    internal void Initialise() => _value = DefaultValue();

    /// <summary>Stores a value without range checks beyond clamping and without telling the plug-in; for the plug-in's own writes.</summary>
    internal OfxStatus Store(double? time, ParameterValue value)
    {
        value = ParameterKinds.Clamp(this, value);
        lock (_gate)
        {
            if (time is { } at)
            {
                if (_keys.Count >= KeysMax && !_keys.ContainsKey(at)) return OfxStatus.kOfxStatErrMemory;
                _keys[at] = value;
            }
            else if (_keys.Count > 0)
            {
                _keys[_keys.Keys[0]] = value;
            }
            else
            {
                _value = value;
            }
        }

        return OfxStatus.kOfxStatOK;
    }

    internal int KeyCount
    {
        get
        {
            lock (_gate) return _keys.Count;
        }
    }

    internal void DeleteAllKeys()
    {
        lock (_gate)
        {
            if (_keys.Count > 0) _value = _keys.Values[0];
            _keys.Clear();
        }
    }

    internal void CopyValuesFrom(HostedParameter other, double offset, OfxRangeD? range)
    {
        KeyValuePair<double, ParameterValue>[] keys;
        ParameterValue value;
        lock (other._gate)
        {
            keys = [.. other._keys];
            value = other._value;
        }

        lock (_gate)
        {
            if (keys.Length == 0)
            {
                _keys.Clear();
                _value = value;
                return;
            }

            foreach (var (time, keyed) in keys)
            {
                if (range is { } limits && (time < limits.min || time > limits.max)) continue;
                _keys[time + offset] = keyed;
            }
        }
    }

    internal void Release()
    {
        HandleTable.Release(Handle.Value);
        Properties.Dispose();
        Texts.Dispose();
        lock (_gate)
        {
            if (_lentBytes.IsAllocated) _lentBytes.Free();
        }
    }

    internal ParameterValue DefaultValue() => ParameterKinds.Clamp(this, ParameterKinds.Default(this));

    private void Assign(double? time, ParameterValue value)
    {
        if (time is null) DeleteAllKeys();
        Store(time, value);
        Owner.Instance?.ParameterChanged(this, ChangeReason.UserEdited, time);
    }

    private ParameterValue Checked(ReadOnlySpan<double> values)
    {
        if (Dimension == 0) throw Mismatch("takes no numbers");
        if (values.Length != Dimension) throw Mismatch(string.Create(CultureInfo.InvariantCulture,
            $"takes {Dimension} numbers, not {values.Length}"));
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) throw Mismatch(string.Create(CultureInfo.InvariantCulture, $"does not take {value}"));
        }

        var wanted = ParameterValue.Of(values);
        ParameterValue clamped = ParameterKinds.Clamp(this, wanted);
        for (int i = 0; i < values.Length; i++)
        {
            if (Math.Abs(clamped.Numbers[i] - values[i]) < 0.500001 && clamped.Numbers[i] == ParameterKinds.Round(Kind, values[i])) continue;
            (double low, double high) = ParameterKinds.Range(this, i);
            throw Mismatch(string.Create(CultureInfo.InvariantCulture, $"value {values[i]} is outside {low}..{high}"));
        }

        return wanted;
    }

    private double CheckedTime(double time)
    {
        if (!double.IsFinite(time)) throw Mismatch(string.Create(CultureInfo.InvariantCulture, $"has no value at time {time}"));
        if (Properties.Integer(OfxConstants.kOfxParamPropAnimates, 0, 1) == 0) throw Mismatch("does not animate");
        return time;
    }

    private ParameterValue CheckedText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!ParameterKinds.IsText(Kind)) throw Mismatch("takes no text");
        if (Kind != HostedParameterKind.StrChoice) return ParameterValue.Of(text);
        string[] names = Properties.Texts(OfxConstants.kOfxParamPropChoiceEnum);
        if (names.Contains(text, StringComparer.Ordinal)) return ParameterValue.Of(text);
        int label = Array.IndexOf([.. Options], text);
        if (label >= 0 && label < names.Length) return ParameterValue.Of(names[label]);
        throw Mismatch($"has no option '{text}'; there are {string.Join(", ", names)}");
    }

    private double[] ParseNumbers(string text)
    {
        if (Kind == HostedParameterKind.Boolean && bool.TryParse(text, out bool flag)) return [flag ? 1 : 0];
        if (Kind == HostedParameterKind.Choice)
        {
            int option = Array.FindIndex([.. Options], label => string.Equals(label, text, StringComparison.OrdinalIgnoreCase));
            if (option >= 0) return [option];
        }

        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        double[] numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])) continue;
            string options = Kind == HostedParameterKind.Choice ? $"; options are {string.Join(", ", Options)}" : "";
            throw Mismatch($"cannot take '{parts[i]}'{options}");
        }

        return numbers;
    }

    private byte[] ParseHex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException e)
        {
            throw new HostingException(HostingError.BadValue, $"parameter '{Name}' takes bytes in hexadecimal, not '{text}'", null, e);
        }
    }

    private HostingException Mismatch(string what) => new(HostingError.BadValue, $"parameter '{Name}' ({Kind}) {what}");
}
