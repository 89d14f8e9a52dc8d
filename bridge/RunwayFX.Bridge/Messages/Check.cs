namespace RunwayFX.Bridge;

/// <summary>The range checks that messages make on themselves. All throw <see cref="BridgeError.OutOfRange"/> with the value, the limit and the
/// place.</summary>
internal static class Check
{
    public static void Range(long value, long minimum, long maximum, string place)
    {
        if (value < minimum || value > maximum) throw new BridgeException(BridgeError.OutOfRange, $"{place} {value} is outside {minimum}..{maximum}");
    }

    public static void Range(double value, double minimum, double maximum, string place)
    {
        // Written so that NaN fails.
        if (!(value >= minimum && value <= maximum))
        {
            throw new BridgeException(BridgeError.OutOfRange, $"{place} {value:R} is outside {minimum:R}..{maximum:R}");
        }
    }

    public static void Finite(double value, string place)
    {
        if (!double.IsFinite(value)) throw new BridgeException(BridgeError.OutOfRange, $"{place} {value:R} is not finite");
    }

    public static void Length(string? text, int maximum, string place)
    {
        if (text is null) throw new BridgeException(BridgeError.Malformed, $"{place} is missing");
        if (text.Length > maximum) throw new BridgeException(BridgeError.OutOfRange, $"{place} has {text.Length} characters, the limit is {maximum}");
    }

    public static void Count<T>(T[]? items, int minimum, int maximum, string place)
    {
        if (items is null) throw new BridgeException(BridgeError.Malformed, $"{place} is missing");
        if (items.Length < minimum || items.Length > maximum)
        {
            throw new BridgeException(BridgeError.OutOfRange, $"{place} has {items.Length} items, allowed are {minimum}..{maximum}");
        }
    }
}
