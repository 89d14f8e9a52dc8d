using System.Globalization;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>Storage type of a property.</summary>
internal enum PropertyType
{
    Integer,
    Double,
    Text,
    Pointer,
}

/// <summary>What a property set describes; profiles name these kinds.</summary>
internal enum PropertySetKind
{
    Host,
    Effect,
    Instance,
    Clip,
    Image,
    Param,
    ParamSet,
    Args,
    Interact,
}

/// <summary>One value of a property: which field counts depends on the property's type.</summary>
internal readonly record struct PropertyValue(double Number, nint Pointer, string Text)
{
    public static PropertyValue Of(double value) => new(value, 0, "");

    public static PropertyValue Of(nint value) => new(0, value, "");

    public static PropertyValue Of(string value) => new(0, 0, value);
}

/// <summary>A named list of values of one type.</summary>
/// <remarks><see cref="Dimension"/> 0 means that the plug-in may give any number of values.</remarks>
internal sealed class Property(string name, PropertyType type, int dimension, bool pluginMayWrite, PropertyValue[] defaults)
{
    /// <summary>Values of a property without fixed dimension.</summary>
    public const int ValuesMax = 65_536;

    public string Name { get; } = name;

    public PropertyType Type { get; } = type;

    public int Dimension { get; } = dimension;

    public bool PluginMayWrite { get; set; } = pluginMayWrite;

    public PropertyValue[] Defaults { get; set; } = defaults;

    public List<PropertyValue> Values { get; } = [.. defaults];

    /// <summary>Whether somebody has given a value since creation.</summary>
    public bool IsSet { get; set; }

    public Property Clone()
    {
        var copy = new Property(Name, Type, Dimension, PluginMayWrite, Defaults) { IsSet = IsSet };
        copy.Values.Clear();
        copy.Values.AddRange(Values);
        return copy;
    }
}

/// <summary>A set of properties behind an <c>OfxPropertySetHandle</c>: typed, dimensioned, guarded. Safe to use from several threads.</summary>
internal sealed unsafe class PropertySet : IDisposable
{
    private readonly Dictionary<string, Property> _properties = new(Utf8NameComparer.Instance);
    private readonly Dictionary<string, Property>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly NativeTextCache _texts = new();
    private readonly Lock _gate = new();

    public PropertySet(HostCore host, PropertySetKind kind, string owner)
    {
        Host = host;
        Kind = kind;
        Owner = owner;
        _byBytes = _properties.GetAlternateLookup<ReadOnlySpan<byte>>();
        Handle = new OfxPropertySetHandle(HandleTable.Register(this));
    }

    public HostCore Host { get; }

    public PropertySetKind Kind { get; }

    /// <summary>What the set belongs to, for messages.</summary>
    public string Owner { get; }

    public OfxPropertySetHandle Handle { get; }

    /// <summary>What the set stands for beyond itself: the image of an image's properties.</summary>
    public object? Tag { get; set; }

    /// <summary>Called after a plug-in wrote a property.</summary>
    public Action<string>? Written { get; set; }

    /// <summary>Called before a plug-in reads a property, so that computed values can be brought up to date.</summary>
    public Action<string>? Reading { get; set; }

    public void Define(Property property)
    {
        lock (_gate) _properties[property.Name] = property;
    }

    public void DefineNumbers(ReadOnlySpan<byte> name, PropertyType type, int dimension, bool writable, params ReadOnlySpan<double> values)
    {
        var defaults = new PropertyValue[values.Length];
        for (int i = 0; i < values.Length; i++) defaults[i] = PropertyValue.Of(values[i]);
        Define(new Property(OfxText.Of(name), type, dimension, writable, defaults));
    }

    public void DefineTexts(ReadOnlySpan<byte> name, int dimension, bool writable, params ReadOnlySpan<string> values)
    {
        var defaults = new PropertyValue[values.Length];
        for (int i = 0; i < values.Length; i++) defaults[i] = PropertyValue.Of(values[i]);
        Define(new Property(OfxText.Of(name), PropertyType.Text, dimension, writable, defaults));
    }

    public void DefinePointer(ReadOnlySpan<byte> name, bool writable, nint value = 0) =>
        Define(new Property(OfxText.Of(name), PropertyType.Pointer, 1, writable, [PropertyValue.Of(value)]));

    /// <summary>Takes over copies of all properties of another set; existing ones of the same name are replaced.</summary>
    public void CopyFrom(PropertySet other)
    {
        lock (other._gate)
        {
            foreach (Property property in other._properties.Values) Define(property.Clone());
        }
    }

    public bool Contains(ReadOnlySpan<byte> name)
    {
        lock (_gate) return _byBytes.ContainsKey(name);
    }

    public bool IsSet(ReadOnlySpan<byte> name)
    {
        lock (_gate) return _byBytes.TryGetValue(name, out Property? property) && property.IsSet;
    }

    public int Count(ReadOnlySpan<byte> name)
    {
        lock (_gate) return _byBytes.TryGetValue(name, out Property? property) ? property.Values.Count : 0;
    }

    public double Number(ReadOnlySpan<byte> name, int index = 0, double missing = 0)
    {
        lock (_gate) return _byBytes.TryGetValue(name, out Property? property) && index < property.Values.Count ? property.Values[index].Number
            : missing;
    }

    public int Integer(ReadOnlySpan<byte> name, int index = 0, int missing = 0) =>
        (int)Math.Clamp(Number(name, index, missing), int.MinValue, int.MaxValue);

    public string Text(ReadOnlySpan<byte> name, int index = 0)
    {
        lock (_gate) return _byBytes.TryGetValue(name, out Property? property) && index < property.Values.Count ? property.Values[index].Text : "";
    }

    public nint Pointer(ReadOnlySpan<byte> name)
    {
        lock (_gate) return _byBytes.TryGetValue(name, out Property? property) && property.Values.Count > 0 ? property.Values[0].Pointer : 0;
    }

    public string[] Texts(ReadOnlySpan<byte> name)
    {
        lock (_gate) return _byBytes.TryGetValue(name, out Property? property) ? [.. property.Values.Select(value => value.Text)] : [];
    }

    public double[] Numbers(ReadOnlySpan<byte> name)
    {
        lock (_gate) return _byBytes.TryGetValue(name, out Property? property) ? [.. property.Values.Select(value => value.Number)] : [];
    }

    /// <summary>The host's own write: no permission needed, counts as set.</summary>
    public void Put(ReadOnlySpan<byte> name, params ReadOnlySpan<double> values)
    {
        lock (_gate)
        {
            if (!_byBytes.TryGetValue(name, out Property? property)) return;
            property.Values.Clear();
            foreach (double value in values) property.Values.Add(PropertyValue.Of(value));
            property.IsSet = true;
        }
    }

    /// <summary>The host's own write of texts.</summary>
    public void PutTexts(ReadOnlySpan<byte> name, params ReadOnlySpan<string> values)
    {
        lock (_gate)
        {
            if (!_byBytes.TryGetValue(name, out Property? property)) return;
            property.Values.Clear();
            foreach (string value in values) property.Values.Add(PropertyValue.Of(value));
            property.IsSet = true;
        }
    }

    /// <summary>The host's own write of a pointer.</summary>
    public void PutPointer(ReadOnlySpan<byte> name, nint value)
    {
        lock (_gate)
        {
            if (!_byBytes.TryGetValue(name, out Property? property)) return;
            property.Values.Clear();
            property.Values.Add(PropertyValue.Of(value));
            property.IsSet = true;
        }
    }

    /// <summary>A plug-in's write of one value.</summary>
    public OfxStatus Write(ReadOnlySpan<byte> name, PropertyType type, int index, PropertyValue value)
    {
        OfxStatus status = Find(name, type, writing: true, out Property? property);
        if (status != OfxStatus.kOfxStatOK) return status;
        lock (_gate)
        {
            if (index < 0 || index >= (property!.Dimension > 0 ? property.Dimension : Property.ValuesMax)) return OfxStatus.kOfxStatErrBadIndex;
            while (property.Values.Count <= index) property.Values.Add(Zero(type));
            property.Values[index] = value;
            property.IsSet = true;
        }

        Written?.Invoke(property.Name);
        return OfxStatus.kOfxStatOK;
    }

    /// <summary>A plug-in's write of all values at once.</summary>
    public OfxStatus WriteAll(ReadOnlySpan<byte> name, PropertyType type, ReadOnlySpan<PropertyValue> values)
    {
        OfxStatus status = Find(name, type, writing: true, out Property? property);
        if (status != OfxStatus.kOfxStatOK) return status;
        lock (_gate)
        {
            if (values.Length > (property!.Dimension > 0 ? property.Dimension : Property.ValuesMax)) return OfxStatus.kOfxStatErrBadIndex;
            if (property.Dimension == 0) property.Values.Clear();
            while (property.Values.Count < values.Length) property.Values.Add(Zero(type));
            for (int i = 0; i < values.Length; i++) property.Values[i] = values[i];
            property.IsSet = true;
        }

        Written?.Invoke(property.Name);
        return OfxStatus.kOfxStatOK;
    }

    /// <summary>A plug-in's read of values from <paramref name="index"/> on.</summary>
    public OfxStatus Read(ReadOnlySpan<byte> name, PropertyType type, int index, Span<PropertyValue> values)
    {
        OfxStatus status = Find(name, type, writing: false, out Property? property);
        if (status != OfxStatus.kOfxStatOK) return status;
        Reading?.Invoke(property!.Name);
        lock (_gate)
        {
            if (index < 0 || (long)index + values.Length > property!.Values.Count) return OfxStatus.kOfxStatErrBadIndex;
            for (int i = 0; i < values.Length; i++) values[i] = property.Values[index + i];
        }

        return OfxStatus.kOfxStatOK;
    }

    public OfxStatus Reset(ReadOnlySpan<byte> name)
    {
        OfxStatus status = Find(name, type: null, writing: true, out Property? property);
        if (status != OfxStatus.kOfxStatOK) return status;
        lock (_gate)
        {
            property!.Values.Clear();
            property.Values.AddRange(property.Defaults);
            property.IsSet = false;
        }

        Written?.Invoke(property.Name);
        return OfxStatus.kOfxStatOK;
    }

    public OfxStatus Dimension(ReadOnlySpan<byte> name, out int count)
    {
        count = 0;
        OfxStatus status = Find(name, type: null, writing: false, out Property? property);
        if (status != OfxStatus.kOfxStatOK) return status;
        Reading?.Invoke(property!.Name);
        lock (_gate) count = property!.Values.Count;
        return OfxStatus.kOfxStatOK;
    }

    public byte* Lend(string text) => _texts.Lend(text);

    public void Dispose()
    {
        HandleTable.Release(Handle.Value);
        _texts.Dispose();
    }

    private static PropertyValue Zero(PropertyType type) => type == PropertyType.Text ? PropertyValue.Of("") : PropertyValue.Of(0.0);

    private OfxStatus Find(ReadOnlySpan<byte> name, PropertyType? type, bool writing, out Property? property)
    {
        lock (_gate)
        {
            if (!_byBytes.TryGetValue(name, out property) || Host.Lacks(Kind, property.Name))
            {
                Host.Journal.AddUnknownProperty($"{Owner}: {OfxText.Of(name)}");
                return OfxStatus.kOfxStatErrUnknown;
            }

            if (!writing && Host.Profile.UnsetPropertiesUnknown && !property.IsSet) return OfxStatus.kOfxStatErrUnknown;
        }

        if (type is { } wanted && wanted != property.Type)
        {
            Host.Journal.Violate("property-type", string.Create(CultureInfo.InvariantCulture,
                $"{Owner}: {property.Name} is {property.Type}, used as {wanted}"));
            return OfxStatus.kOfxStatErrValue;
        }

        if (!writing) return OfxStatus.kOfxStatOK;
        if (Host.Forbids(Kind, property.Name)) Host.Journal.Violate("property-forbidden", $"{Owner}: {property.Name} was written");
        return property.PluginMayWrite ? OfxStatus.kOfxStatOK : OfxStatus.kOfxStatErrValue;
    }
}
