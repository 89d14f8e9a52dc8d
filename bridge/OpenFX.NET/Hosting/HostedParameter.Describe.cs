using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

public sealed partial class HostedParameter
{
    /// <summary>What the plug-in declared, as data.</summary>
    public ParameterDescription Describe() => new()
    {
        Name = Name,
        Label = Label,
        Hint = Properties.Text(kOfxParamPropHint),
        Kind = Kind,
        Parent = Properties.Text(kOfxParamPropParent),
        Default = Dimension > 0 ? [.. DefaultValue().Numbers] : [],
        DefaultText = Dimension == 0 ? Properties.Text(kOfxParamPropDefault) : "",
        Minimum = Numbers(kOfxParamPropMin),
        Maximum = Numbers(kOfxParamPropMax),
        DisplayMinimum = Numbers(kOfxParamPropDisplayMin),
        DisplayMaximum = Numbers(kOfxParamPropDisplayMax),
        Options = Options,
        OptionNames = [.. Properties.Texts(kOfxParamPropChoiceEnum)],
        Animates = Properties.Integer(kOfxParamPropAnimates) != 0,
        IsSecret = IsSecret,
        HasDeclaredRange = Properties.IsSet(kOfxParamPropMin) && Properties.IsSet(kOfxParamPropMax)
            && Properties.IsSet(kOfxParamPropDisplayMin) && Properties.IsSet(kOfxParamPropDisplayMax),
    };

    private GCHandle _lentBytes;

    private ImmutableArray<double> Numbers(ReadOnlySpan<byte> name) => [.. Properties.Numbers(name)];

    /// <summary>Lends the bytes to the plug-in until the next call for this parameter.</summary>
    internal unsafe OfxStatus LendBytes(OfxBytes* target)
    {
        if (target is null) return OfxStatus.kOfxStatErrValue;
        byte[] bytes = ValueAt(null).Bytes;
        lock (_gate)
        {
            if (_lentBytes.IsAllocated) _lentBytes.Free();
            _lentBytes = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            target->data = bytes.Length > 0 ? (byte*)_lentBytes.AddrOfPinnedObject() : null;
            target->length = (nuint)bytes.Length;
        }

        return OfxStatus.kOfxStatOK;
    }
}
