using AdobeEffects.Plugins;
using RunwayFX.Effects;
using CatalogueEffectDefinition = RunwayFX.Effects.EffectDefinition;

namespace RunwayFX.Premiere;

/// <summary>Writes into a render's numbers what the program knows and the engine does not. In these programs a result has the size and length of its
/// layer.</summary>
internal static class HostChoices
{
    private const int FillBars = 2;

    public static void Resolve(CatalogueEffectDefinition effect, double[] numbers, RenderMoment frame)
    {
        if (effect.Canvas == CanvasRule.MayGrow) Set(effect, numbers, "canvas", FillBars);
        if (effect.Canvas == CanvasRule.OwnSize)
        {
            Set(effect, numbers, "targetWidth", 0);
            Set(effect, numbers, "targetHeight", 0);
        }

        // Layers count their frames from 0.
        if (Number(effect, numbers, EffectCatalog.RestRangeName) == (double)RestFrame.FirstFrame) Set(effect, numbers, EffectCatalog.RestFrameName, 0);
        double last = Math.Floor(frame.FrameCount) - 1;
        if (last < 0) return;
        if (Number(effect, numbers, EffectCatalog.TimeModeName) is { } mode && (TimeMode)mode != TimeMode.Off)
            Range(effect, numbers, last, "goodRange", (double)GoodFrames.WholeClip, "firstGoodFrame", "lastGoodFrame");
        if (Number(effect, numbers, "referenceRange") is { } range && (ReferenceRange)range == ReferenceRange.WholeClip)
        {
            Set(effect, numbers, "referenceRange", (double)ReferenceRange.FirstToLast);
            Set(effect, numbers, "firstReferenceFrame", 0);
            Set(effect, numbers, "lastReferenceFrame", last);
        }
    }

    /// <summary>Where the whole clip counts as good its frames are named; where the user names some, the smaller number comes first, and what the layer has
    /// outside of them is what there is to make up.</summary>
    private static void Range(CatalogueEffectDefinition effect, double[] numbers, double last, string choice, double whole, string firstName, string lastName)
    {
        bool isWhole = Number(effect, numbers, choice) == whole;
        double from = isWhole ? 0 : Number(effect, numbers, firstName) ?? 0, to = isWhole ? last : Number(effect, numbers, lastName) ?? last;
        (double first, double end) = (Math.Min(from, to), Math.Max(from, to));
        Set(effect, numbers, firstName, first);
        Set(effect, numbers, lastName, end);
        Set(effect, numbers, "framesBefore", Math.Max(Number(effect, numbers, "framesBefore") ?? 0, first));
        Set(effect, numbers, "framesAfter", Math.Max(Number(effect, numbers, "framesAfter") ?? 0, last - end));
    }

    private static double? Number(CatalogueEffectDefinition effect, double[] numbers, string name) => effect.IndexOf(name) is >= 0 and int index ? numbers[index] : null;

    private static void Set(CatalogueEffectDefinition effect, double[] numbers, string name, double value)
    {
        int index = effect.IndexOf(name);
        if (index >= 0) numbers[index] = effect.Parameters[index].Sanitize(value);
    }
}
