using System.Text.Json;

namespace RunwayFX.Inference.Packages;

/// <summary>Reads values of a package's JSON files whatever their kind is: the framework's own Try methods throw where a value is none of theirs.</summary>
internal static class JsonReading
{
    /// <summary>A whole number; false for anything else.</summary>
    public static bool TryWhole(this JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }

    /// <summary>A number; false for anything else.</summary>
    public static bool TryNumber(this JsonElement element, out double value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value);
    }

    /// <summary>A text, or what else stands there as text; null where it is no Unicode.</summary>
    public static string? AnyText(this JsonElement element)
    {
        try
        {
            return element.ToString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape.
            return null;
        }
    }
}
