using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>A progress bar of the host, with its Cancel. Ends when disposed.</summary>
/// <remarks>For passes that run on the host's main thread, such as a push button's; not during a render. Version 2 of the suite is taken where the host has it, else
/// version 1.</remarks>
public sealed unsafe class ProgressReport : IDisposable
{
    private readonly OfxImageEffectHandle _effect;
    private delegate* unmanaged[Cdecl]<void*, double, OfxStatus> _update;
    private delegate* unmanaged[Cdecl]<void*, OfxStatus> _end;

    private ProgressReport(OfxImageEffectHandle effect) => _effect = effect;

    /// <summary>Whether the host shows a bar, on which the user can press Cancel.</summary>
    public bool IsShown { get; private set; }

    /// <summary>Shows the bar; where the host has none, the report only does nothing.</summary>
    /// <param name="host">The host.</param>
    /// <param name="effect">The instance that is busy.</param>
    /// <param name="label">What it is busy with, for people.</param>
    public static ProgressReport Start(HostInfo host, OfxImageEffectHandle effect, string label)
    {
        ProgressReport report = new(effect);
        byte[] bytes = new byte[NativeText.BytesMax(label)];
        NativeText.Write(label, bytes);
        fixed (byte* text = bytes)
        {
            report.Show(host, text);
        }

        return report;
    }

    /// <summary>Moves the bar.</summary>
    /// <param name="fraction">0 to 1.</param>
    /// <returns>False where the user pressed Cancel.</returns>
    public bool Update(double fraction)
    {
        if (!IsShown || _update == null) return true;
        return _update((void*)_effect.Value, Math.Clamp(fraction, 0, 1)) != OfxStatus.kOfxStatReplyNo;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!IsShown) return;
        IsShown = false;
        if (_end != null) _ = _end((void*)_effect.Value);
    }

    private void Show(HostInfo host, byte* text)
    {
        OfxProgressSuiteV2* second = host.ProgressV2;
        if (second != null && second->progressStart != null)
        {
            IsShown = second->progressStart((void*)_effect.Value, text, NativeText.Literal(""u8)) == OfxStatus.kOfxStatOK;
            _update = second->progressUpdate;
            _end = second->progressEnd;
            if (IsShown) return;
        }

        OfxProgressSuiteV1* first = host.Progress;
        if (first == null || first->progressStart == null) return;
        IsShown = first->progressStart((void*)_effect.Value, text) == OfxStatus.kOfxStatOK;
        _update = first->progressUpdate;
        _end = first->progressEnd;
    }
}
