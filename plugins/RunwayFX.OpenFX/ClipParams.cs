using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>The controls of <see cref="ClipControls"/> in a host's panel.</summary>
internal static class ClipParams
{
    /// <summary>Names of those that people see.</summary>
    public static IEnumerable<string> Shown => ClipControls.All.Where(static control => control.Kind != ClipControlKind.Key).Select(static control => control.Name);

    /// <summary>Defines them. What a host refuses is missing there: without buttons nobody presses one, and without the key renders look up nothing by name.</summary>
    /// <param name="parameters">Where to.</param>
    /// <param name="hasGroup">Whether they stand under a heading.</param>
    public static void Define(ParamDescriptors parameters, bool hasGroup)
    {
        ParameterGroup group = ClipControls.Group;
        hasGroup = hasGroup && parameters.DefineGroup(new ParamText(group.Name, group.Label, group.Hint, Animates: false), group.IsOpen);
        foreach (ClipControl control in ClipControls.All) Define(parameters, control, hasGroup ? group.Name : "");
    }

    private static void Define(ParamDescriptors parameters, ClipControl control, string group)
    {
        ParamText text = new(control.Name, control.Label, control.Hint, Animates: false, group);
        switch (control.Kind)
        {
            case ClipControlKind.Button:
                _ = parameters.DefinePushButton(text);
                break;
            case ClipControlKind.Status:
                _ = parameters.DefineString(text with { IsReadOnly = true, ChangesNoPicture = true }, OfxConstants.kOfxParamStringIsSingleLine, control.DefaultText);
                break;
            case ClipControlKind.Key:
                // A change of it is a reason to render: previews give way to what was generated.
                _ = parameters.DefineString(text with { IsSecret = true }, OfxConstants.kOfxParamStringIsSingleLine, control.DefaultText);
                break;
            default:
                _ = CataloguePlugin.Define(parameters, control.Parameter!, group, changesNoPicture: true);
                break;
        }
    }
}
