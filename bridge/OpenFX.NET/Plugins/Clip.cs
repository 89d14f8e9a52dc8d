using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>A clip of an instance: where an effect's pictures come from and go to.</summary>
public sealed unsafe class Clip
{
    private readonly HostInfo _host;
    private readonly OfxImageClipHandle _handle;

    internal Clip(HostInfo host, string name, OfxImageClipHandle handle, OfxPropertySetHandle properties)
    {
        _host = host;
        _handle = handle;
        Name = name;
        Properties = new PropertySet(host, properties);
    }

    /// <summary>Whether it stands for these handles of the host.</summary>
    internal bool IsOf(OfxImageClipHandle handle, OfxPropertySetHandle properties) => _handle == handle && Properties.Handle == properties;

    /// <summary>The clip's name.</summary>
    public string Name { get; }

    /// <summary>The clip's properties. Some hosts fill them in only after the instance is made.</summary>
    public PropertySet Properties { get; }

    /// <summary>Whether the host says that something is connected; some say so always and some never. Null where the host says nothing.</summary>
    public bool? ClaimsConnected => Properties.TryGetInt(OfxConstants.kOfxImageClipPropConnected, out int value) ? value != 0 : null;

    /// <summary>Width of a pixel divided by its height.</summary>
    public double PixelAspect => Positive(Properties.GetDouble(OfxConstants.kOfxImagePropPixelAspectRatio, 1), 1);

    /// <summary>Frames per second; the default where the host does not know.</summary>
    public double FrameRate(double fallback) => Positive(Properties.GetDouble(OfxConstants.kOfxImageEffectPropFrameRate, fallback), fallback);

    /// <summary>How colour relates to alpha.</summary>
    public ImagePremultiplication Premultiplication => Properties.GetPremultiplication(OfxConstants.kOfxImageEffectPropPreMultiplication);

    /// <summary>Depth after clip preferences.</summary>
    public BitDepth Depth => Properties.GetDepth(OfxConstants.kOfxImageEffectPropPixelDepth);

    /// <summary>Components after clip preferences.</summary>
    public ImageComponents Components => Properties.GetComponents(OfxConstants.kOfxImageEffectPropComponents);

    /// <summary>First and last frame; null where the host does not say.</summary>
    public OfxRangeD? FrameRange =>
        Properties.TryGetDouble(OfxConstants.kOfxImageEffectPropFrameRange, out double first)
        && Properties.TryGetDouble(OfxConstants.kOfxImageEffectPropFrameRange, out double last, 1)
            ? new OfxRangeD(first, last)
            : null;

    /// <summary>Borrows the picture at a time; null where the host has none. Dispose it.</summary>
    /// <remarks>An image without pixels counts as none and is given back at once.</remarks>
    public Image? GetImage(double time)
    {
        Image image = new();
        return TryGetImage(time, image) ? image : null;
    }

    /// <summary>As <see cref="GetImage"/>, into an object that is used for one picture after another.</summary>
    /// <param name="time">Time in frames.</param>
    /// <param name="image">One that holds no picture. Dispose it where the answer is true.</param>
    /// <exception cref="ArgumentException">The image still holds a picture.</exception>
    public bool TryGetImage(double time, Image image)
    {
        if (image.IsHeld) throw new ArgumentException($"The image still holds a picture of clip {Name}.", nameof(image));
        if (_host.Effects->clipGetImage == null) return false;
        OfxPropertySetHandle handle = default;
        if (_host.Effects->clipGetImage(_handle, time, null, &handle) != OfxStatus.kOfxStatOK || handle.IsNull) return false;
        bool isLent = false;
        try
        {
            image.Hold(_host, handle);
            isLent = image.HasPixels;
            return isLent;
        }
        finally
        {
            if (!isLent) image.Dispose();
        }
    }

    /// <summary>Where the clip has picture at a time, in canonical coordinates; null where the host does not know or the rectangle is
    /// empty.</summary>
    public OfxRectD? GetRegionOfDefinition(double time)
    {
        if (_host.Effects->clipGetRegionOfDefinition == null) return null;
        OfxRectD bounds = default;
        if (_host.Effects->clipGetRegionOfDefinition(_handle, time, &bounds) != OfxStatus.kOfxStatOK) return null;
        // Written so that NaN fails; hosts mark infinite regions with very large numbers.
        return bounds.x2 > bounds.x1 && bounds.y2 > bounds.y1 ? bounds : null;
    }

    private static double Positive(double value, double fallback) => value > 0 && double.IsFinite(value) ? value : fallback;
}
