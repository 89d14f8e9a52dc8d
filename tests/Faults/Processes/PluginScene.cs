using System.Globalization;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Faults.Cases;
using RunwayFX.TestEngine;
using HostComponents = OpenFX.Hosting.PixelComponents;
using HostDepth = OpenFX.Hosting.PixelDepth;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.Faults.Processes;

/// <summary>The published plug-in in a host: loaded from its bundle as a program loads it, rendered through an instance of its own for every frame, so
/// that each has a message of its own.</summary>
internal sealed class PluginScene : IDisposable
{
    private const int StatusFailed = 1, StatusMemory = 8;

    /// <summary>What the plug-in says for faults that a host is told by their words alone.</summary>
    private static readonly (string Words, BridgeError Code)[] Sayings =
    [
        ("is not tried again", BridgeError.RequestRefused),
        ("within a minute, the limit is", BridgeError.RestartLimit),
        ("the engine ended unexpectedly", BridgeError.EngineLost),
        ("the engine fell silent", BridgeError.EngineSilent),
        ("does not answer within", BridgeError.EngineSilent),
        ("no RunwayFX engine at", BridgeError.EngineNotFound),
        ("ended before it listened", BridgeError.EngineStartFailed),
        ("did not listen at", BridgeError.EngineStartFailed),
    ];

    private readonly PluginLibrary _library;

    public PluginScene(string bundle) => _library = PluginLibrary.Load(bundle);

    /// <summary>Renders one frame and compares it.</summary>
    /// <param name="wanted">What to render.</param>
    /// <param name="hooked">Called when the plug-in asks for the first frame; null for nothing.</param>
    /// <param name="wrong">Counts the wrong bytes of a result whose rows run from the top.</param>
    public RenderReport Render(PluginFrame wanted, Action? hooked, Func<byte[][], long> wrong)
    {
        ClipFormat format = new()
        {
            Depth = (HostDepth)(int)wanted.Format.Depth,
            Components = wanted.Format.Components == Bridge.PixelComponents.Rgb ? HostComponents.Rgb : HostComponents.Rgba,
            Alpha = AlphaState.Unpremultiplied,
            Region = new CanonicalRegion(0, 0, wanted.Width, wanted.Height),
        };
        ProjectSettings project = new() { Width = wanted.Width, Height = wanted.Height, Depth = format.Depth, Components = format.Components };
        bool wasHooked = hooked is null;
        DelegateFrameSource source = new DelegateFrameSource().Add(EffectDefinition.SourceClipName, format, query =>
        {
            if (!wasHooked) hooked!();
            wasHooked = true;
            return Picture(format, query, wanted);
        });
        using CancellationTokenSource stop = new();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        HostedEffect? effect = null;
        (int code, string text, HostImage? result) = (0, "", null);
        try
        {
            effect = _library.Find(EffectCatalog.Style.PluginId).CreateInstance(EffectContext.Filter, project, source);
            effect.Parameters["stylePath"].SetText(TestOrder.Text(wanted.Effect, wanted.Number));
            effect.Parameters["temporalStability"].SetNumbers(0);
            if (wanted.AbortAfterMs == 0) stop.Cancel();
            else if (wanted.AbortAfterMs > 0) stop.CancelAfter(wanted.AbortAfterMs);
            clock.Restart();
            result = effect.Render(new HostRequest { Time = wanted.Time, UseIdentity = false, Cancellation = stop.Token });
        }
        catch (HostingException exception)
        {
            (code, text) = Judge(exception, effect);
        }
#pragma warning disable CA1031 // Whatever comes out of the plug-in is what the suite wants to know.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            (code, text) = (-1, exception.ToString());
        }

        long took = clock.ElapsedMilliseconds;
        long late = stop.IsCancellationRequested ? took - wanted.AbortAfterMs : -1;
        long differing = result is null ? 0 : wrong(Rows(result));
        result?.Dispose();
        int held = effect?.ImagesHeld ?? 0;
        effect?.Dispose();
        if (held > 0) (code, text) = (-1, $"{held} images of the host are held after a render; {text}");
        if (_library.Journal.ViolationCount > 0) (code, text) = (-1, string.Join("; ", _library.Journal.Violations.Take(3)));
        return new RenderReport(code, took, late, 0, differing, 0, text);
    }

    public void Dispose() => _library.Dispose();

    private static (int Code, string Text) Judge(HostingException exception, HostedEffect? effect)
    {
        if (exception.Code == HostingError.Aborted) return ((int)BridgeError.Cancelled, "");
        string said = effect?.PersistentMessage?.Text ?? "";
        bool isPlain = exception is { Code: HostingError.ActionFailed, Status: StatusFailed or StatusMemory } && said.Length > 0
            && !said.Contains("inside the plug-in", StringComparison.Ordinal) && !said.Contains("   at ", StringComparison.Ordinal);
        if (!isPlain) return (-1, string.Create(CultureInfo.InvariantCulture, $"{exception.Message}, status {exception.Status}; the user reads '{said}'"));
        if (exception.Status == StatusMemory) return ((int)BridgeError.SlotMemoryExhausted, said);
        foreach ((string words, BridgeError code) in Sayings)
        {
            if (said.Contains(words, StringComparison.Ordinal)) return ((int)code, said);
        }

        return ((int)BridgeError.RenderRefused, said);
    }

    private static HostImage Picture(ClipFormat format, FrameQuery query, PluginFrame wanted)
    {
        HostImage image = new(new HostImageFormat
        {
            Bounds = new PixelBounds(0, 0, wanted.Width, wanted.Height),
            Depth = format.Depth,
            Components = format.Components,
            Alpha = format.Alpha,
            RowPadding = HostProfile.Default.RowPadding,
            RowOrder = HostProfile.Default.RowOrder,
            Scale = query.Scale,
        });
        for (int y = 0; y < wanted.Height; y++)
        {
            Span<byte> row = image.Row(wanted.Height - 1 - y);
            for (int x = 0; x < row.Length; x++) row[x] = FaultHost.ByteAt(0, query.Time, x, y);
        }

        return image;
    }

    private static byte[][] Rows(HostImage image) =>
        [.. Enumerable.Range(0, image.Height).Select(y => image.Row(image.Bounds.Y2 - 1 - y).ToArray())];
}

/// <summary>A frame that a user of the plug-in asks for; see <see cref="FaultCase"/>.</summary>
internal readonly record struct PluginFrame(int Effect, double Number, double Time, int Width, int Height, PixelFormat Format, int AbortAfterMs);
