using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using AdobeEffects.Raw;

namespace AdobeEffects.Pipl;

/// <summary>What an effect's PiPL says: the same name, version and flags that the effect gives at <c>PF_Cmd_GLOBAL_SETUP</c>.</summary>
public sealed record EffectProperties
{
    /// <summary>Characters of <see cref="Name"/> and <see cref="MatchName"/>.</summary>
    public const int NameMax = 47;

    /// <summary>Characters of <see cref="Category"/>.</summary>
    public const int CategoryMax = 31;

    /// <summary>Characters of <see cref="SupportUrl"/> and <see cref="EntryPoint"/>.</summary>
    public const int TextMax = 255;

    private const string Adobe = "8BIM";
    private const string Effect = "eFKT";

    /// <summary>What users read in the menu.</summary>
    public required string Name { get; init; }

    /// <summary>The menu it stands in.</summary>
    public required string Category { get; init; }

    /// <summary>What projects remember; never changes once shipped.</summary>
    public required string MatchName { get; init; }

    /// <summary>The exported function.</summary>
    public string EntryPoint { get; init; } = "EffectMain";

    /// <summary>Where users get help; empty for none.</summary>
    public string SupportUrl { get; init; } = "";

    /// <summary>As <see cref="PF_Version.Pack"/> makes it; equal to <c>my_version</c>.</summary>
    public required uint Version { get; init; }

    /// <summary>Equal to <c>out_flags</c>.</summary>
    public required PF_OutFlags OutFlags { get; init; }

    /// <summary>Equal to <c>out_flags2</c>.</summary>
    public required PF_OutFlags2 OutFlags2 { get; init; }

    /// <summary>The effect ABI it was written for.</summary>
    public PF_SpecVersion SpecVersion { get; init; } = new(PF_Version.PF_PLUG_IN_VERSION, PF_Version.PF_PLUG_IN_SUBVERS);

    /// <summary>The list's entries for a system, in the usual order.</summary>
    /// <exception cref="ArgumentException">A text is empty, too long or not ASCII.</exception>
    public ImmutableArray<PiplProperty> ToProperties(PiplSystem system)
    {
        bool isWindows = system == PiplSystem.Windows;
        List<PiplProperty> list =
        [
            new(Adobe, "kind", 0, PropertyList.CodeBytes(Effect, system)),
            new(Adobe, "name", 0, PascalText(nameof(Name), Name, NameMax, system)),
            new(Adobe, "catg", 0, PascalText(nameof(Category), Category, CategoryMax, system)),
        ];
        if (isWindows)
        {
            list.Add(new PiplProperty(Adobe, "8664", 0, EndedText(nameof(EntryPoint), EntryPoint)));
        }
        else
        {
            list.Add(new PiplProperty(Adobe, "mi64", 0, PascalText(nameof(EntryPoint), EntryPoint, TextMax, system)));
            list.Add(new PiplProperty(Adobe, "ma64", 0, PascalText(nameof(EntryPoint), EntryPoint, TextMax, system)));
        }

        // The list's own version, 2.0: minor half first on Windows, as resource compilers write it. The specification's goes major first on both.
        list.Add(new PiplProperty(Adobe, "ePVR", 0, isWindows ? [0, 0, 2, 0] : [0, 2, 0, 0]));
        list.Add(new PiplProperty(Adobe, "eSVR", 0, Halves(SpecVersion, system)));
        list.Add(new PiplProperty(Adobe, "eVER", 0, PropertyList.NumberBytes(Version, system)));
        list.Add(new PiplProperty(Adobe, "eINF", 0, isWindows ? [0, 0, 0, 0] : [0, 0]));
        list.Add(new PiplProperty(Adobe, "eGLO", 0, PropertyList.NumberBytes((uint)OutFlags, system)));
        list.Add(new PiplProperty(Adobe, "eGL2", 0, PropertyList.NumberBytes((uint)OutFlags2, system)));
        list.Add(new PiplProperty(Adobe, "eMNA", 0, PascalText(nameof(MatchName), MatchName, NameMax, system)));
        list.Add(new PiplProperty(Adobe, "aeFL", 0, PropertyList.NumberBytes(0, system)));
        if (SupportUrl.Length > 0) list.Add(new PiplProperty(Adobe, "eURL", 0, PascalText(nameof(SupportUrl), SupportUrl, TextMax, system)));
        return [.. list];
    }

    /// <summary>The whole resource.</summary>
    public byte[] ToBytes(PiplSystem system) => PropertyList.Write(ToProperties(system), system);

    /// <summary>Reads a resource back; nothing in it is trusted.</summary>
    /// <exception cref="PiplException">It is no PiPL of an effect.</exception>
    public static EffectProperties FromBytes(ReadOnlySpan<byte> bytes, PiplSystem system)
    {
        ImmutableArray<PiplProperty> list = PropertyList.Read(bytes, system);
        string kind = PropertyList.Code(Data(list, "kind", 4).AsSpan(), system);
        if (kind != Effect) throw new PiplException(PiplFault.BadValue, $"The kind is '{kind}', not '{Effect}'.");
        ReadOnlySpan<byte> spec = Data(list, "eSVR", 4).AsSpan();
        bool isWindows = system == PiplSystem.Windows;
        return new EffectProperties
        {
            Name = Text(list, "name"),
            Category = Text(list, "catg"),
            MatchName = Text(list, "eMNA"),
            EntryPoint = isWindows ? EndedText(Data(list, "8664", 1)) : Text(list, "mi64"),
            SupportUrl = list.Any(entry => entry.Key == "eURL") ? Text(list, "eURL") : "",
            Version = Number(list, "eVER", system),
            OutFlags = (PF_OutFlags)Number(list, "eGLO", system),
            OutFlags2 = (PF_OutFlags2)Number(list, "eGL2", system),
            SpecVersion = isWindows
                ? new PF_SpecVersion(BinaryPrimitives.ReadInt16LittleEndian(spec), BinaryPrimitives.ReadInt16LittleEndian(spec[2..]))
                : new PF_SpecVersion(BinaryPrimitives.ReadInt16BigEndian(spec), BinaryPrimitives.ReadInt16BigEndian(spec[2..])),
        };
    }

    private static ImmutableArray<byte> Data(ImmutableArray<PiplProperty> list, string key, int bytesMin)
    {
        PiplProperty found = list.FirstOrDefault(entry => entry.Vendor == Adobe && entry.Key == key)
            ?? throw new PiplException(PiplFault.Missing, $"There is no '{key}'.");
        return found.Data.Length >= bytesMin
            ? found.Data
            : throw new PiplException(PiplFault.BadValue, $"'{key}' has {found.Data.Length} bytes, {bytesMin} are the least.");
    }

    private static uint Number(ImmutableArray<PiplProperty> list, string key, PiplSystem system) =>
        (uint)PropertyList.Number(Data(list, key, 4).AsSpan(), 0, system);

    private static string Text(ImmutableArray<PiplProperty> list, string key)
    {
        ImmutableArray<byte> data = Data(list, key, 1);
        int length = data[0];
        if (length > data.Length - 1) throw new PiplException(PiplFault.BadValue, $"'{key}' says {length} characters, {data.Length - 1} are there.");
        return Encoding.Latin1.GetString(data.AsSpan(1, length));
    }

    private static string EndedText(ImmutableArray<byte> data)
    {
        int end = data.IndexOf((byte)0);
        return end >= 0 ? Encoding.Latin1.GetString(data.AsSpan(0, end)) : throw new PiplException(PiplFault.BadValue, "The entry point's name has no end.");
    }

    private static ImmutableArray<byte> Halves(PF_SpecVersion version, PiplSystem system)
    {
        byte[] bytes = new byte[4];
        if (system == PiplSystem.Windows)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes, version.major);
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2), version.minor);
        }
        else
        {
            BinaryPrimitives.WriteInt16BigEndian(bytes, version.major);
            BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(2), version.minor);
        }

        return [.. bytes];
    }

    private static ImmutableArray<byte> PascalText(string what, string text, int most, PiplSystem system)
    {
        Check(what, text, most);
        byte[] bytes = [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
        return system == PiplSystem.Windows ? [.. bytes, .. new byte[PropertyList.Padding(bytes.Length)]] : [.. bytes];
    }

    private static ImmutableArray<byte> EndedText(string what, string text)
    {
        Check(what, text, TextMax);
        byte[] bytes = [.. Encoding.ASCII.GetBytes(text), 0];
        return [.. bytes, .. new byte[PropertyList.Padding(bytes.Length)]];
    }

    private static void Check(string what, string text, int most)
    {
        if (text.Length == 0 || text.Length > most || !Ascii.IsValid(text) || text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"{what} '{text}' has {text.Length} characters; 1 to {most} of ASCII are legal.", what);
    }
}
