using System.Globalization;
using RunwayFX.Bridge;

namespace RunwayFX.TestEngine;

/// <summary>What a render asks the test engine for. A client of the bridge names an effect and a number of <see cref="TestEffects"/> itself; the published
/// plug-in knows only the product's effects, so a user of it says the same in the effect's first text.</summary>
public static class TestOrder
{
    private const string Prefix = "test engine: ";

    /// <summary>The text that asks for an effect with a number.</summary>
    public static string Text(int effect, double number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{effect} {number:R}");

    /// <summary>Effect and number of a render.</summary>
    public static (int Effect, double Number) Of(RenderSession session, in RenderRequest request)
    {
        string text = session.Texts.Count > 0 ? session.Texts[0] : "";
        string[] words = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split(' ') : [];
        bool isOrder = words.Length == 2;
        double number = request.Numbers.Length > 0 ? request.Numbers[0] : 0;
        if (!isOrder || !int.TryParse(words[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out int effect)) return (session.EffectWireId, number);
        return double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double named) ? (effect, named) : (effect, number);
    }
}
