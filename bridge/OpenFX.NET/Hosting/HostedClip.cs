using System.Collections.Immutable;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

/// <summary>A clip of an instance: what the plug-in declared, what is connected, and the form in which the plug-in sees its frames.</summary>
public sealed class HostedClip
{
    internal HostedClip(EffectNode effect, string name, PropertySet properties)
    {
        Effect = effect;
        Name = name;
        Properties = properties;
        Handle = new OfxImageClipHandle(HandleTable.Register(this));
    }

    /// <summary>Name of the clip every effect writes to.</summary>
    public static string OutputName { get; } = OfxText.Of(kOfxImageEffectOutputClipName);

    /// <summary>Name, as used in scripts.</summary>
    public string Name { get; }

    /// <summary>Name for people.</summary>
    public string Label => Properties.Text(kOfxPropLabel);

    /// <summary>Whether this is what the effect writes.</summary>
    public bool IsOutput => string.Equals(Name, OutputName, StringComparison.Ordinal);

    /// <summary>Whether the clip may stay unconnected.</summary>
    public bool IsOptional => Properties.Integer(kOfxImageClipPropOptional) != 0;

    /// <summary>Whether the clip is a mask.</summary>
    public bool IsMask => Properties.Integer(kOfxImageClipPropIsMask) != 0;

    /// <summary>Whether something is connected; the output always is.</summary>
    public bool IsConnected => IsOutput || Source is not null;

    /// <summary>Colour spaces that the plug-in asks for, best first; empty where it takes any.</summary>
    public ImmutableArray<string> PreferredColourspaces { get; internal set; } = [];

    /// <summary>Colour space that the plug-in is told (OpenFX 1.5); empty where none.</summary>
    public string Colourspace => Properties.Text(kOfxImageClipPropColourspace);

    /// <summary>Components the plug-in accepts.</summary>
    public ImmutableArray<PixelComponents> SupportedComponents =>
        [.. Properties.Texts(kOfxImageEffectPropSupportedComponents).Select(StandardNames.Components)
            .Where(found => found is not null).Select(found => found!.Value)];

    /// <summary>Storage the plug-in sees.</summary>
    public PixelDepth Depth { get; internal set; }

    /// <summary>Channels the plug-in sees.</summary>
    public PixelComponents Components { get; internal set; }

    /// <summary>Pixel aspect ratio the plug-in sees.</summary>
    public double PixelAspectRatio { get; internal set; } = 1;

    /// <summary>Format of what is connected; null where nothing is.</summary>
    internal ClipFormat? Source { get; set; }

    internal EffectNode Effect { get; }

    internal PropertySet Properties { get; }

    internal OfxImageClipHandle Handle { get; }

    internal ClipDescription Describe() => new(Name, Label, IsOptional, IsMask, SupportedComponents,
        Properties.Integer(kOfxImageEffectPropTemporalClipAccess) != 0);

    internal void Release()
    {
        HandleTable.Release(Handle.Value);
        Properties.Dispose();
    }
}
