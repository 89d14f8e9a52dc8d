using AdobeEffects.Sequences;

namespace AdobeEffects.Plugins;

/// <summary>An effect for Premiere and After Effects: derive, say what it is and render. One object serves every instance, on any thread.</summary>
/// <remarks>An effect keeps nothing that belongs to one instance in its own fields: hosts render several frames at once. What an instance must
/// remember besides its parameters stands in its <see cref="SequenceData"/>, which rendering can only read. An exception becomes an error code and
/// a message of the host, never more.</remarks>
public abstract class Effect
{
    /// <summary>What it is; the same object every time.</summary>
    public abstract EffectDefinition Definition { get; }

    /// <summary>Asks for the layers and frames that <see cref="Render"/> may want. Only After Effects asks beforehand; Premiere hands them over as
    /// they are wanted.</summary>
    public virtual void PlanRender(RenderPlan plan)
    {
    }

    /// <summary>Makes one frame or field.</summary>
    public abstract void Render(RenderFrame frame);

    /// <summary>The user changed a supervised parameter or pressed a button.</summary>
    public virtual void ParameterChanged(ParameterChange change)
    {
    }

    /// <summary>The host redraws the panel: show, hide, enable.</summary>
    public virtual void UpdatePanel(PanelUpdate update)
    {
    }

    /// <summary>Brings data of an older version of the effect up to date; called when a project is opened.</summary>
    public virtual SequenceData Upgrade(SequenceData data) => data;

    /// <summary>Files that the project needs besides its footage.</summary>
    public virtual IEnumerable<string> ExternalFiles(SequenceData data) => [];
}

/// <summary>A failure that the user shall read: the message becomes the host's.</summary>
public sealed class EffectException : Exception
{
    /// <summary>Makes one; hosts show up to 255 characters.</summary>
    public EffectException(string message)
        : base(message)
    {
    }
}
