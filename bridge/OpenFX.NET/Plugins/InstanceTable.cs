using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>The living instances of one plug-in by the host's handle.</summary>
/// <remarks>Kept here and not in the host's instance data property, which not every host keeps. A plain lock: the table is small and a lookup is
/// nothing beside an action.</remarks>
internal sealed class InstanceTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<nint, EffectInstance> _instances = [];

    /// <summary>Keeps an instance. One that a host never destroyed before it used the handle again is disposed.</summary>
    public void Add(OfxImageEffectHandle handle, EffectInstance instance)
    {
        EffectInstance? before;
        lock (_lock)
        {
            _instances.TryGetValue(handle.Value, out before);
            _instances[handle.Value] = instance;
        }

        before?.Dispose();
    }

    /// <summary>Forgets and disposes an instance; an unknown handle is ignored.</summary>
    public void Remove(OfxImageEffectHandle handle)
    {
        EffectInstance? instance;
        lock (_lock)
        {
            _instances.Remove(handle.Value, out instance);
        }

        instance?.Dispose();
    }

    /// <summary>The instance of a handle; null where there is none.</summary>
    public EffectInstance? Find(OfxImageEffectHandle handle)
    {
        lock (_lock)
        {
            return _instances.GetValueOrDefault(handle.Value);
        }
    }
}
