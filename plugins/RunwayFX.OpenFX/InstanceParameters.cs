using OpenFX.Plugins;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>The parameters of an instance at a time, by index in the catalogue's table. What a host refused or cannot read has the table's
/// default.</summary>
internal readonly struct InstanceParameters
{
    private readonly EffectDefinition _effect;

    private InstanceParameters(EffectDefinition effect, double[] numbers, string[] texts)
    {
        _effect = effect;
        Numbers = numbers;
        Texts = texts;
    }

    /// <summary>Numbers in range; 0 where the parameter is a text.</summary>
    public double[] Numbers { get; }

    /// <summary>Texts; empty where the parameter is a number.</summary>
    public string[] Texts { get; }

    /// <summary>Reads them all.</summary>
    /// <param name="effect">The catalogue's table.</param>
    /// <param name="parameters">The host's parameters.</param>
    /// <param name="time">Time in frames.</param>
    /// <param name="numbers">Where the numbers go, one for each parameter.</param>
    /// <param name="texts">Where the texts go. Those that are there already and still right stay the same objects.</param>
    public static InstanceParameters Read(EffectDefinition effect, ParamSet parameters, double time, double[] numbers, string[] texts)
    {
        for (int index = 0; index < numbers.Length; index++)
        {
            ParameterDefinition definition = effect.Parameters[index];
            bool isThere = parameters.TryGet(definition.Name, out Param param);
            texts[index] = definition.IsText ? isThere && param.TryGetString(time, texts[index], out string text) ? text : definition.DefaultText : "";
            numbers[index] = definition.IsText ? 0 : definition.Sanitize(isThere ? ReadNumber(definition, param, time) : definition.Default);
        }

        return new InstanceParameters(effect, numbers, texts);
    }

    /// <summary>A number by name; the fallback where the effect has no such parameter.</summary>
    public double Number(string name, double fallback = 0)
    {
        int index = _effect.IndexOf(name);
        return index >= 0 ? Numbers[index] : fallback;
    }

    private static double ReadNumber(ParameterDefinition definition, Param param, double time)
    {
        if (definition.Kind == ParameterKind.Double) return param.TryGetDouble(time, out double number) ? number : definition.Default;
        return param.TryGetInt(time, out int whole) ? whole : definition.Default;
    }
}
