using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Plugins;

/// <summary>What a host says of a frame, the same while it plans it and while it wants it made.</summary>
public abstract unsafe class RenderMoment
{
    private protected RenderMoment(HostCall call)
    {
        Call = call;
        Parameters = new ParameterValues(call);
        Sequence = SequenceHandle.Read(call, true);
    }

    /// <summary>The parameters.</summary>
    public ParameterValues Parameters { get; }

    /// <summary>What the instance keeps in the project.</summary>
    public SequenceData Sequence { get; }

    /// <summary>Whether the host is Premiere, Media Encoder included.</summary>
    public bool IsPremiere => Call.IsPremiere;

    /// <summary>The current frame's number within the layer, with a fraction where the host renders between frames.</summary>
    public double Frame => Call.In->time_step == 0 ? 0 : (double)Call.In->current_time / Call.In->time_step;

    /// <summary>Frames a second; 0 where the host does not say.</summary>
    public double FrameRate => Call.In->time_step == 0 ? 0 : (double)Call.In->time_scale / Call.In->time_step;

    /// <summary>Frames of the layer; 0 where the host does not say.</summary>
    public double FrameCount => Call.In->time_step == 0 ? 0 : (double)Call.In->total_time / Call.In->time_step;

    /// <summary>Which field this is. In Premiere the pictures then have its lines only; in After Effects they have all.</summary>
    public PF_Field Field => Call.In->field;

    /// <summary>Whether the pictures have the lines of one field only.</summary>
    public bool IsOneField => IsPremiere && Field is PF_Field.PF_Field_UPPER or PF_Field.PF_Field_LOWER;

    /// <summary>Factor from full size to these pictures, 1 or less (a quarter of each side: 0.25).</summary>
    public (double X, double Y) Downsample => (Factor(Call.In->downsample_x), Factor(Call.In->downsample_y));

    /// <summary>Width of a pixel over its height.</summary>
    public double PixelAspect => Ratio(Call.In->pixel_aspect_ratio);

    /// <summary>Size of the layer at full resolution and with all lines.</summary>
    public (int Width, int Height) LayerSize => (Call.In->width, Call.In->height);

    /// <summary>Whether the host wants it quick rather than good.</summary>
    public bool IsDraft => Call.In->quality == PF_Quality.PF_Quality_LO;

    private protected HostCall Call { get; }

    private static double Ratio(PF_RationalScale scale) => scale.num > 0 && scale.den > 0 ? (double)scale.num / scale.den : 1;

    private static double Factor(PF_RationalScale scale) => Math.Min(1, Ratio(scale));
}
