using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>A progress bar of the host, with its Cancel. Ends when disposed.</summary>
/// <remarks>For passes that run on the host's main thread, such as a push button's; not during a render.</remarks>
public sealed unsafe class ProgressReport : IDisposable
{
    private readonly HostInfo _host;
    private readonly OfxImageEffectHandle _effect;
    private bool _isShown;

    private ProgressReport(HostInfo host, OfxImageEffectHandle effect)
    {
        _host = host;
        _effect = effect;
    }

    /// <summary>Shows the bar; where the host has none, the report only does nothing.</summary>
    public static ProgressReport Start(HostInfo host, OfxImageEffectHandle effect, string label)
    {
        ProgressReport report = new(host, effect);
        OfxProgressSuiteV1* suite = host.Progress;
        if (suite == null || suite->progressStart == null) return report;
        byte[] bytes = new byte[NativeText.BytesMax(label)];
        NativeText.Write(label, bytes);
        fixed (byte* text = bytes)
        {
            report._isShown = suite->progressStart((void*)effect.Value, text) == OfxStatus.kOfxStatOK;
        }

        return report;
    }

    /// <summary>Moves the bar.</summary>
    /// <param name="fraction">0 to 1.</param>
    /// <returns>False where the user pressed Cancel.</returns>
    public bool Update(double fraction)
    {
        if (!_isShown || _host.Progress->progressUpdate == null) return true;
        return _host.Progress->progressUpdate((void*)_effect.Value, Math.Clamp(fraction, 0, 1)) != OfxStatus.kOfxStatReplyNo;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isShown) return;
        _isShown = false;
        if (_host.Progress->progressEnd != null) _ = _host.Progress->progressEnd((void*)_effect.Value);
    }
}
