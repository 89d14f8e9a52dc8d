using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>One use of an effect in a project. Override what the effect does; what is left alone answers <c>kOfxStatReplyDefault</c>.</summary>
/// <remarks>Rendering may happen on several threads at once, whatever was declared. <see cref="Dispose(bool)"/> runs when the host destroys the
/// instance.</remarks>
public abstract unsafe class EffectInstance(InstanceContext context) : IDisposable
{
    /// <summary>What the host gave.</summary>
    public InstanceContext Context { get; } = context;

    /// <summary>The host.</summary>
    public HostInfo Host => Context.Host;

    /// <summary>The instance's parameters.</summary>
    public ParamSet Parameters => Context.Parameters;

    /// <summary>Whether the host wants the current render to stop.</summary>
    public bool IsAborted => Host.Effects->abort != null && Host.Effects->abort(Context.Handle) != 0;

    /// <summary>Renders one frame into the output clip.</summary>
    public abstract void Render(in RenderArguments arguments);

    /// <summary>A run of frames begins.</summary>
    public virtual void BeginSequenceRender(in SequenceArguments arguments)
    {
    }

    /// <summary>A run of frames is over.</summary>
    public virtual void EndSequenceRender(in SequenceArguments arguments)
    {
    }

    /// <summary>A clip and time whose picture is the result as it stands; null where the effect must render.</summary>
    public virtual IdentityReply? IsIdentity(in RenderArguments arguments) => null;

    /// <summary>Where the output has picture, in canonical coordinates; null leaves it to the host (the union of the inputs).</summary>
    public virtual OfxRectD? GetRegionOfDefinition(in RegionArguments arguments) => null;

    /// <summary>Says which part of each input the region needs; false leaves it to the host (the same region).</summary>
    public virtual bool GetRegionsOfInterest(in RegionArguments arguments, RegionsOfInterest regions) => false;

    /// <summary>Says which frames of each input a frame needs; false leaves it to the host (the same frame).</summary>
    public virtual bool GetFramesNeeded(double time, FramesNeeded frames) => false;

    /// <summary>Sets depth, components, rate and alpha of clips; false leaves it to the host.</summary>
    public virtual bool GetClipPreferences(ClipPreferences preferences) => false;

    /// <summary>First and last frame of the output; null leaves it to the host.</summary>
    public virtual OfxRangeD? GetTimeDomain() => null;

    /// <summary>Name of the output's colour space among those the host prefers; null leaves it to the host.</summary>
    public virtual string? GetOutputColourspace(IReadOnlyList<string> preferred) => null;

    /// <summary>A run of changes begins.</summary>
    public virtual void BeginInstanceChanged(ChangeReason reason)
    {
    }

    /// <summary>A parameter or clip changed; false where it does not concern the effect.</summary>
    public virtual bool InstanceChanged(in ChangeArguments arguments) => false;

    /// <summary>A run of changes is over.</summary>
    public virtual void EndInstanceChanged(ChangeReason reason)
    {
    }

    /// <summary>The controls are shown.</summary>
    public virtual void BeginEdit()
    {
    }

    /// <summary>The controls are gone.</summary>
    public virtual void EndEdit()
    {
    }

    /// <summary>What the instance keeps for itself is to be written into its parameters, before the project is saved.</summary>
    public virtual void SyncPrivateData()
    {
    }

    /// <summary>Memory is short: forget what can be made again.</summary>
    public virtual void PurgeCaches()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the instance holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
