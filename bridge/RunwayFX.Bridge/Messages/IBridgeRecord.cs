using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>A record that stands in lists inside messages: it knows its fields' order on the wire and how to check itself.</summary>
internal interface IBridgeRecord<TSelf>
    where TSelf : struct, IBridgeRecord<TSelf>
{
    /// <summary>Reads the fields; what they hold is checked by <see cref="Validate"/>.</summary>
    static abstract TSelf Read(ref BodyReader reader);

    /// <summary>Writes the fields in the same order.</summary>
    void Write(ref MessagePackWriter writer);

    /// <summary>Throws <see cref="BridgeException"/> where a value is outside its limits.</summary>
    void Validate();
}

/// <summary>Records and lists of them: written and checked alike in every message. <see cref="BodyReader"/> reads them.</summary>
internal static class BridgeRecords
{
    /// <summary>Writes a record.</summary>
    public static void Write<T>(ref MessagePackWriter writer, in T record)
        where T : struct, IBridgeRecord<T> => record.Write(ref writer);

    /// <summary>Checks a record.</summary>
    public static void Validate<T>(in T record)
        where T : struct, IBridgeRecord<T> => record.Validate();

    /// <summary>Writes the count and the records.</summary>
    public static void Write<T>(ref MessagePackWriter writer, T[] records)
        where T : struct, IBridgeRecord<T>
    {
        writer.WriteArrayHeader(records.Length);
        foreach (T record in records) record.Write(ref writer);
    }

    /// <summary>Checks the count and the records.</summary>
    public static void Validate<T>(T[]? records, int maximum, string place)
        where T : struct, IBridgeRecord<T>
    {
        Check.Count(records, 0, maximum, place);
        foreach (T record in records!) record.Validate();
    }
}
