using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>Where an effect says which part of each input it needs, in canonical coordinates.</summary>
public readonly struct RegionsOfInterest
{
    private readonly PropertySet _out;

    internal RegionsOfInterest(PropertySet outArguments) => _out = outArguments;

    /// <summary>Sets the region of a clip; false where the host refuses.</summary>
    public bool Set(string clipName, OfxRectD region) => _out.TrySet(NativeText.Terminated("OfxImageClipPropRoI_"u8, clipName, stackalloc byte[NativeText.NameBytes]), region);
}

/// <summary>Where an effect says which frames of each input it needs.</summary>
public readonly struct FramesNeeded
{
    /// <summary>Ranges of a clip that can be widened; further ones are left out.</summary>
    private const int WidenedMax = 64;

    private readonly PropertySet _out;
    private readonly double _margin;

    internal FramesNeeded(PropertySet outArguments, double margin = 0) => (_out, _margin) = (outArguments, margin);

    /// <summary>The same, but each range that is set gets some frames more at both ends.</summary>
    public FramesNeeded Widened(double frames) => new(_out, _margin + frames);

    /// <summary>Sets the ranges of a clip, each with first and last frame; false where the host refuses.</summary>
    public bool Set(string clipName, params ReadOnlySpan<OfxRangeD> ranges)
    {
        ReadOnlySpan<byte> property = NativeText.Terminated("OfxImageClipPropFrameRange_"u8, clipName, stackalloc byte[NativeText.NameBytes]);
        if (_margin == 0) return _out.TrySet(property, MemoryMarshal.Cast<OfxRangeD, double>(ranges));
        Span<OfxRangeD> wide = stackalloc OfxRangeD[Math.Min(ranges.Length, WidenedMax)];
        for (int index = 0; index < wide.Length; index++) wide[index] = new OfxRangeD(ranges[index].min - _margin, ranges[index].max + _margin);
        return _out.TrySet(property, MemoryMarshal.Cast<OfxRangeD, double>(wide));
    }
}

/// <summary>Where an effect says what its clips shall be.</summary>
public readonly struct ClipPreferences
{
    private readonly PropertySet _out;

    internal ClipPreferences(PropertySet outArguments) => _out = outArguments;

    /// <summary>The host's set, for what has no method here.</summary>
    public PropertySet Properties => _out;

    /// <summary>Sets a clip's components; false where the host refuses.</summary>
    public bool SetComponents(string clipName, ImageComponents components) =>
        _out.TrySet(NativeText.Terminated("OfxImageClipPropComponents_"u8, clipName, stackalloc byte[NativeText.NameBytes]), components.Name());

    /// <summary>Sets a clip's depth; false where the host refuses, as those without multiple depths do.</summary>
    public bool SetDepth(string clipName, BitDepth depth) => _out.TrySet(NativeText.Terminated("OfxImageClipPropDepth_"u8, clipName, stackalloc byte[NativeText.NameBytes]), depth.Name());

    /// <summary>Sets a clip's pixel aspect; false where the host refuses.</summary>
    public bool SetPixelAspect(string clipName, double aspect) => _out.TrySet(NativeText.Terminated("OfxImageClipPropPAR_"u8, clipName, stackalloc byte[NativeText.NameBytes]), aspect);

    /// <summary>Lists the colour spaces the effect prefers on a clip, best first (1.5).</summary>
    public void SetColourspaces(string clipName, params ReadOnlySpan<string> names)
    {
        ReadOnlySpan<byte> property = NativeText.Terminated("OfxImageClipPropPreferredColourspaces_"u8, clipName, stackalloc byte[NativeText.NameBytes]);
        for (int index = 0; index < names.Length; index++) _ = _out.TrySet(property, names[index], index);
    }

    /// <summary>Sets the output's frame rate; false where the host refuses.</summary>
    public bool SetFrameRate(double framesPerSecond) => _out.TrySet(OfxConstants.kOfxImageEffectPropFrameRate, framesPerSecond);

    /// <summary>Sets the output's alpha state; false where the host refuses.</summary>
    public bool SetPremultiplication(ImagePremultiplication premultiplication) =>
        _out.TrySet(OfxConstants.kOfxImageEffectPropPreMultiplication, premultiplication.Name());

    /// <summary>Sets whether the output exists between frames; false where the host refuses.</summary>
    public bool SetContinuousSamples(bool value) => _out.TrySet(OfxConstants.kOfxImageClipPropContinuousSamples, value);

    /// <summary>Sets whether the output changes over time even where no input and parameter does; false where the host refuses.</summary>
    public bool SetFrameVarying(bool value) => _out.TrySet(OfxConstants.kOfxImageEffectFrameVarying, value);
}
