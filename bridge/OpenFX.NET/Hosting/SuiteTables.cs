using System.Runtime.InteropServices;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

/// <summary>The suite tables of one host, in unmanaged memory, with the null slots its profile wants.</summary>
internal sealed unsafe class SuiteTables : IDisposable
{
    private readonly Dictionary<string, nint> _tables = new(StringComparer.Ordinal);
    private readonly HostProfile _profile;

    public SuiteTables(HostCore host)
    {
        _profile = host.Profile;
        Add(kOfxPropertySuite, 1, PropertySuite.Fill);
        Add(kOfxImageEffectSuite, 1, ImageEffectSuite.Fill);
        Add(kOfxParameterSuite, 1, ParameterSuite.Fill);
        Add(kOfxMemorySuite, 1, MemorySuite.Fill);
        Add(kOfxMultiThreadSuite, 1, MultiThreadSuite.Fill);
        Add(kOfxMessageSuite, 1, MessageSuite.FillV1);
        Add(kOfxMessageSuite, 2, MessageSuite.FillV2);
        Add(kOfxProgressSuite, 1, ProgressSuite.FillV1);
        Add(kOfxProgressSuite, 2, ProgressSuite.FillV2);
        Add(kOfxTimeLineSuite, 1, TimeLineSuite.Fill);
        Add(kOfxParametricParameterSuite, 1, ParametricSuite.Fill);
        Add(kOfxInteractSuite, 1, InteractSuite.Fill);
        Add(kOfxOpenGLRenderSuite, 1, OpenGLRenderSuite.Fill);
        Add(kOfxDialogSuite, 1, DialogSuite.Fill);
        Add(kOfxDrawSuite, 1, DrawSuite.Fill);
    }

    /// <summary>The table of a suite entry such as <c>OfxPropertySuite/1</c>; null where there is none.</summary>
    public void* Find(string entry) => (void*)_tables.GetValueOrDefault(entry);

    public void Dispose()
    {
        foreach (nint table in _tables.Values) NativeMemory.Free((void*)table);
        _tables.Clear();
    }

    private void Add(ReadOnlySpan<byte> name, int version, Action<SuiteTable> fill)
    {
        var table = new SuiteTable();
        fill(table);
        nint* slots = (nint*)NativeMemory.Alloc((nuint)table.Slots.Count, (nuint)sizeof(nint));
        for (int i = 0; i < table.Slots.Count; i++) slots[i] = _profile.NullSlots.Contains(table.Slots[i].Name) ? 0 : table.Slots[i].Function;
        _tables[$"{OfxText.Of(name)}/{version}"] = (nint)slots;
    }
}

/// <summary>A suite's functions by name, in the order of the C header.</summary>
internal sealed unsafe class SuiteTable
{
    public List<(string Name, nint Function)> Slots { get; } = [];

    public void Add(string name, void* function) => Slots.Add((name, (nint)function));
}
