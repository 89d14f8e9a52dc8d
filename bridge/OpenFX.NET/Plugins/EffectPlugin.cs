using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>An effect as a host lists it: derive, say what it is and make instances. One object lives as long as the library.</summary>
/// <remarks>Every method may be called on any thread, and again after <see cref="Unload"/>: hosts load, describe, unload and load again without
/// unloading the library. An exception becomes a status and a log line, never more.</remarks>
public abstract class EffectPlugin
{
    /// <summary>Identifier for ever, reverse-domain.</summary>
    public abstract string Identifier { get; }

    /// <summary>Major version; an old project opens only with the same one.</summary>
    public virtual int VersionMajor => 1;

    /// <summary>Minor version.</summary>
    public virtual int VersionMinor => 0;

    /// <summary>Called once per load, before anything else. Do as little as possible: some hosts load for every frame.</summary>
    public virtual void Load(HostInfo host)
    {
    }

    /// <summary>Called when the host is done; may be followed by another load.</summary>
    public virtual void Unload()
    {
    }

    /// <summary>Says what holds in every context: labels, contexts, depths, abilities.</summary>
    public abstract void Describe(EffectDescriptor descriptor);

    /// <summary>Defines clips and parameters for a context.</summary>
    /// <param name="descriptor">Where to write.</param>
    /// <param name="context">One of the <c>kOfxImageEffectContext…</c> words.</param>
    public abstract void DescribeInContext(EffectDescriptor descriptor, string context);

    /// <summary>Makes an instance. Clips may not have their properties yet, and nothing is connected.</summary>
    public abstract EffectInstance CreateInstance(InstanceContext context);
}

/// <summary>What a host gives to a new instance.</summary>
public sealed unsafe class InstanceContext
{
    /// <summary>Clips whose objects are used again; standard contexts have a handful.</summary>
    private const int ClipsKeptMax = 32;

    /// <summary>Never changed, only replaced: render threads read it at once.</summary>
    private Clip[] _clips = [];

    internal InstanceContext(HostInfo host, OfxImageEffectHandle handle)
    {
        Host = host;
        Handle = handle;
        OfxPropertySetHandle properties = default;
        if (host.Effects->getPropertySet != null) _ = host.Effects->getPropertySet(handle, &properties);
        Properties = new PropertySet(host, properties);
        OfxParamSetHandle parameters = default;
        if (host.Effects->getParamSet != null) _ = host.Effects->getParamSet(handle, &parameters);
        Parameters = new ParamSet(host, parameters);
    }

    /// <summary>The host that made the instance.</summary>
    public HostInfo Host { get; }

    /// <summary>The host's handle of the instance.</summary>
    public OfxImageEffectHandle Handle { get; }

    /// <summary>The instance's properties.</summary>
    public PropertySet Properties { get; }

    /// <summary>The instance's parameters.</summary>
    public ParamSet Parameters { get; }

    /// <summary>Finds a clip; null where the context has none of the name.</summary>
    /// <remarks>The host is asked each time; while its answer is the same, so is the object.</remarks>
    public Clip? FindClip(string name)
    {
        if (Host.Effects->clipGetHandle == null) return null;
        OfxImageClipHandle clip = default;
        OfxPropertySetHandle properties = default;
        fixed (byte* text = NativeText.Terminated(default, name, stackalloc byte[NativeText.NameBytes]))
        {
            if (Host.Effects->clipGetHandle(Handle, text, &clip, &properties) != OfxStatus.kOfxStatOK || clip.IsNull) return null;
        }

        if (properties.IsNull && Host.Effects->clipGetPropertySet != null) _ = Host.Effects->clipGetPropertySet(clip, &properties);
        return Known(name, clip, properties);
    }

    private Clip Known(string name, OfxImageClipHandle handle, OfxPropertySetHandle properties)
    {
        Clip[] known = Volatile.Read(ref _clips);
        int place = 0;
        while (place < known.Length && known[place].Name != name) place++;
        if (place < known.Length && known[place].IsOf(handle, properties)) return known[place];
        Clip clip = new(Host, name, handle, properties);
        if (place == ClipsKeptMax) return clip;
        Clip[] clips = new Clip[Math.Max(known.Length, place + 1)];
        known.CopyTo(clips, 0);
        clips[place] = clip;
        // Where two threads find a clip at once one of them finds it again later.
        Volatile.Write(ref _clips, clips);
        return clip;
    }
}
