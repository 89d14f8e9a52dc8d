using System.Collections.Immutable;

namespace AdobeEffects.Pipl;

/// <summary>One entry of a property list.</summary>
/// <param name="Vendor">Four characters; <c>8BIM</c> for everything that effects use.</param>
/// <param name="Key">Four characters that say what <paramref name="Data"/> is.</param>
/// <param name="Id">Tells apart entries of one key; 0 in practice.</param>
/// <param name="Data">The bytes, in the order of the system that the list is for.</param>
public sealed record PiplProperty(string Vendor, string Key, int Id, ImmutableArray<byte> Data)
{
    /// <summary>Whether all four fields are the same, the bytes included.</summary>
    public bool Equals(PiplProperty? other) =>
        other != null && Vendor == other.Vendor && Key == other.Key && Id == other.Id && Data.AsSpan().SequenceEqual(other.Data.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Vendor, Key, Id, Data.Length);
}

/// <summary>Which system a property list is for. Numbers and codes are turned round between the two, and strings end differently.</summary>
public enum PiplSystem
{
    /// <summary>Little-endian, a two-byte mark in front; lengths include the padding.</summary>
    Windows,

    /// <summary>Big-endian; lengths do not include the padding.</summary>
    Macintosh,
}
