using AdobeEffects.Hosting;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;

namespace AdobeEffects.Tests.Hosts;

/// <summary>An emulated host with the test effect loaded; ends with a look at the counts.</summary>
internal sealed unsafe class Stage : IDisposable
{
    private readonly int _slot;
    private readonly bool _isClean;

    public Stage(HostKind kind, HostFaults faults = HostFaults.None, MixEffect? effect = null, bool isMatched = true, bool isClean = true)
    {
        _isClean = isClean;
        Effect = effect ?? new MixEffect();
        _slot = EffectSlots.Take(Effect);
        Host = new EmulatedHost(new HostOptions { Kind = kind, Faults = faults, MatchesCheckouts = isMatched }, EffectSlots.EntryOf(_slot), Paint);
        LoadError = Host.Load();
    }

    public MixEffect Effect { get; }

    public EmulatedHost Host { get; }

    public PF_Err LoadError { get; }

    /// <summary>What layers hold: every channel of every pixel, frame and layer is another value, all representable closely in 8 bits.</summary>
    public static void Paint(int layer, int frame, int x, int y, Span<float> pixel)
    {
        pixel[0] = (x * 3 + frame * 7 + layer * 31) % 200 / 255f;
        pixel[1] = (y * 5 + frame * 11 + layer * 17) % 200 / 255f;
        pixel[2] = (x + y + frame * 13) % 200 / 255f;
        pixel[3] = (200 + (x + frame) % 50) / 255f;
    }

    /// <summary>The worst difference between a picture and what it should be.</summary>
    public static double Worst(HostPicture picture, Func<int, int, (float Red, float Green, float Blue, float Alpha)> expected)
    {
        double worst = 0;
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                (float r, float g, float b, float a) = picture.GetPixel(x, y);
                (float er, float eg, float eb, float ea) = expected(x, y);
                worst = Math.Max(worst, Math.Max(Math.Max(Math.Abs(r - er), Math.Abs(g - eg)), Math.Max(Math.Abs(b - eb), Math.Abs(a - ea))));
                if (float.IsNaN(r + g + b + a)) return double.NaN;
            }
        }

        return worst;
    }

    /// <summary>A layer's pixel.</summary>
    public static (float Red, float Green, float Blue, float Alpha) At(int layer, int frame, int x, int y)
    {
        Span<float> pixel = stackalloc float[4];
        Paint(layer, frame, x, y, pixel);
        return (pixel[0], pixel[1], pixel[2], pixel[3]);
    }

    /// <summary>The largest error that a format's steps excuse.</summary>
    public static double Step(PF_PixelFormat format) => format switch
    {
        PF_PixelFormat.PF_PixelFormat_ARGB32 or PF_PixelFormat.PrPixelFormat_BGRA_4444_8u => 0.51 / 255,
        PF_PixelFormat.PF_PixelFormat_ARGB64 => 1.01 / 32768,
        _ => 1e-6,
    };

    public void Dispose()
    {
        Host.Dispose();
        EffectSlots.Free(_slot);
        if (_isClean) Assert.That(Host.Counters.IsClean, Is.True, Host.Counters.ToString());
    }
}
