using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Hosting;
using AdobeEffects.Pipl;
using AdobeEffects.Raw;
using AdobeEffects.Sequences;
using RunwayFX.Effects;
using unsafe EntryPoint = delegate* unmanaged[Cdecl]<AdobeEffects.Raw.PF_Cmd, AdobeEffects.Raw.PF_InData*, AdobeEffects.Raw.PF_OutData*,
    AdobeEffects.Raw.PF_ParamDef**, AdobeEffects.Raw.PF_LayerDef*, void*, AdobeEffects.Raw.PF_Err>;
using unsafe PluginDataCallback = delegate* unmanaged[Cdecl]<void*, byte*, byte*, byte*, byte*, int, int, int, int, byte*, int>;

namespace RunwayFX.HostProgram;

/// <summary>One effect's .aex in the emulated Premiere, at 32-bit float.</summary>
internal sealed unsafe class AdobeHost(string path, Settings settings) : IHost
{
    private readonly Footage _footage = new(settings);
    private Session? _session;

    public float[] Render(int frame, bool isLong = false)
    {
        if (!isLong) return Render(_session ??= new Session(path, _footage, settings.Width, settings.Height, settings.Style, settings.Quality, settings.Frames), frame);
        using Session session = new(path, _footage, 1280, 720, settings.Style, (int)QualityLevel.High, settings.Frames);
        return Render(session, frame);
    }

    public int LoadDescribeUnload()
    {
        nint module = NativeLibrary.Load(path);
        string name = Session.NameOf(module);
        if (name != EffectCatalog.Style.Label) throw new InvalidDataException($"The library says that it is '{name}'.");
        using (EmulatedHost host = new(new HostOptions { Kind = HostKind.Premiere }, Session.EntryOf(module), _footage.PaintLayer))
        {
            Check(host, host.Load());
            if (OperatingSystem.IsWindows()) CompareWithPipl(host);
        }

        NativeLibrary.Free(module);
        return 1;
    }

    public void Dispose()
    {
        _session?.Dispose();
        _session = null;
    }

    /// <summary>What the binary says to hosts that do not load it must be what it says when loaded.</summary>
    private void CompareWithPipl(EmulatedHost host)
    {
        WindowsResource resource = BinaryResources.Read(File.ReadAllBytes(path)).Single(resource => resource is { Type: ResourceFile.PiplType, Id: ResourceFile.PiplId });
        EffectProperties pipl = EffectProperties.FromBytes(resource.Data.AsSpan(), PiplSystem.Windows);
        if ((pipl.OutFlags, pipl.OutFlags2, pipl.Version) == (host.OutFlags, host.OutFlags2, host.Version)) return;
        throw new InvalidDataException(
            $"The PiPL says {pipl.OutFlags}, {pipl.OutFlags2}, {pipl.Version}; loaded it says {host.OutFlags}, {host.OutFlags2}, {host.Version}.");
    }

    private static float[] Render(Session session, int frame)
    {
        RenderOutcome outcome = session.Instance.Render(new RenderSettings { Frame = frame, Format = PF_PixelFormat.PrPixelFormat_BGRA_4444_32f });
        using HostPicture? picture = outcome.Output;
        if (outcome.Error != PF_Err.PF_Err_NONE) throw new InvalidOperationException(outcome.Message.Length > 0 ? outcome.Message : $"{outcome.Error}");
        float[] pixels = new float[picture!.Width * picture.Height * 4];
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<float> row = MemoryMarshal.Cast<byte, float>(picture.Row(y));
            for (int x = 0; x < picture.Width; x++)
            {
                Span<float> pixel = pixels.AsSpan((y * picture.Width + x) * 4, 4);
                (pixel[0], pixel[1], pixel[2], pixel[3]) = (row[4 * x + 2], row[4 * x + 1], row[4 * x], row[4 * x + 3]);
            }
        }

        return pixels;
    }

    private static void Check(EmulatedHost host, PF_Err error)
    {
        if (error != PF_Err.PF_Err_NONE) throw new InvalidDataException($"The effect answered {error}.");
        if (!host.Counters.IsClean) throw new InvalidDataException(host.Counters.ToString());
    }

    /// <summary>The loaded library with one instance.</summary>
    private sealed class Session : IDisposable
    {
        private readonly nint _module;

        public Session(string path, Footage footage, int width, int height, string style, int quality, int frames)
        {
            _module = NativeLibrary.Load(path);
            HostOptions options = new() { Kind = HostKind.Premiere, Width = width, Height = height, FrameCount = Math.Max(frames, footage.Frames) };
            Host = new EmulatedHost(options, EntryOf(_module), footage.PaintLayer);
            if (Host.Load() is not PF_Err.PF_Err_NONE and var error) throw new InvalidDataException($"The effect would not start: {error}.");
            Instance = Host.OpenInstance(SequenceData.Empty(1).With("stylePath", style).ToBytes());
            Instance.SetChoice(EffectCatalog.Style.IndexOf("quality") + 1, quality + 1);
        }

        public EmulatedHost Host { get; }

        public HostedInstance Instance { get; }

        public static EntryPoint EntryOf(nint module) => (EntryPoint)NativeLibrary.GetExport(module, "EffectMain");

        /// <summary>What the library registers itself as.</summary>
        public static string NameOf(nint module)
        {
            nint name = 0;
            var register = (delegate* unmanaged[Cdecl]<void*, PluginDataCallback, void*, byte*, byte*, int>)NativeLibrary.GetExport(module, "PluginDataEntryFunction2");
            fixed (byte* host = "Premiere Pro\0"u8, version = "25.0\0"u8) _ = register(&name, &TakeName, null, host, version);
            string text = Marshal.PtrToStringUTF8(name) ?? "";
            Marshal.FreeCoTaskMem(name);
            return text;
        }

        public void Dispose()
        {
            Instance.Dispose();
            Host.Dispose();
            // A line that no test expects.
            if (!Host.Counters.IsClean) Console.WriteLine($"not given back: {Host.Counters}");
            NativeLibrary.Free(_module);
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int TakeName(
            void* data, byte* name, byte* matchName, byte* category, byte* entryPoint, int kind, int major, int minor, int reserved, byte* url)
        {
            *(nint*)data = Marshal.StringToCoTaskMemUTF8(Marshal.PtrToStringUTF8((nint)name));
            return 0;
        }
    }
}
