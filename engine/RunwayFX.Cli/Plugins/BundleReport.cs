using System.Collections.Immutable;
using OpenFX.Hosting;

namespace RunwayFX.Cli.Plugins;

/// <summary>What a bundle holds, or why it cannot be used. The shape of <c>rfx plugins --json</c>.</summary>
/// <param name="Path">The bundle.</param>
/// <param name="Error">Why it cannot be used; null where it can.</param>
/// <param name="Plugins">Its plug-ins.</param>
internal sealed record BundleReport(string Path, string? Error, ImmutableArray<PluginReport> Plugins)
{
    /// <summary>A bundle that cannot be used.</summary>
    public static BundleReport Broken(string path, string error) => new(path, error, []);
}

/// <summary>One plug-in of a bundle.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Error">Why it cannot be described; null where it can.</param>
/// <param name="Description">What it says of itself.</param>
/// <param name="Contexts">Clips and parameters by context.</param>
internal sealed record PluginReport(string Id, string? Error, PluginDescription? Description, ImmutableArray<ContextDescription> Contexts)
{
    /// <summary>The context that shows most: General, else the first.</summary>
    public ContextDescription? Richest => Contexts.FirstOrDefault(context => context.Context == EffectContext.General) ?? Contexts.FirstOrDefault();
}
