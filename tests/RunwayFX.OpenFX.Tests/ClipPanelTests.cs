using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX.Tests;

/// <summary>The controls of a clip as a host is told of them.</summary>
[NonParallelizable]
public sealed class ClipPanelTests
{
    [Test]
    public void Controls_StandInTheirGroup_StatusIsReadAlone_KeyIsSecret([ValueSource(nameof(Effects))] string name)
    {
        using ClipScene scene = new(EffectCatalog.FindByName(name)!);
        ContextDescription described = scene.Library.Find(scene.Definition.PluginId).DescribeInContext(EffectContext.General);
        foreach (ClipControl control in ClipControls.All)
        {
            ParameterDescription parameter = described.Parameters.Single(each => each.Name == control.Name);
            HostedParameterKind kind = control.Kind switch
            {
                ClipControlKind.Button => HostedParameterKind.PushButton,
                ClipControlKind.Parameter => control.Parameter!.Kind == ParameterKind.Choice ? HostedParameterKind.Choice : HostedParameterKind.Integer,
                _ => HostedParameterKind.String,
            };
            Assert.That((parameter.Kind, parameter.Parent, parameter.Label, parameter.IsSecret, parameter.Animates),
                Is.EqualTo((kind, ClipControls.Group.Name, control.Label, control.Kind == ClipControlKind.Key, false)), control.Name);
        }

        Assert.That(scene.Effect.Parameters[ClipControls.StatusName].IsEnabled, Is.False);
        Assert.That((scene.Status, scene.Key), Is.EqualTo((ClipControls.NothingMade, "")));
    }

    private static IEnumerable<string> Effects => EffectCatalog.All.Select(static effect => effect.Name);
}
