using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Hosting;
using AdobeEffects.Pipl;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;
using AdobeEffects.Sequences;
using RunwayFX.Effects;
using unsafe EntryPoint = delegate* unmanaged[Cdecl]<AdobeEffects.Raw.PF_Cmd, AdobeEffects.Raw.PF_InData*, AdobeEffects.Raw.PF_OutData*,
    AdobeEffects.Raw.PF_ParamDef**, AdobeEffects.Raw.PF_LayerDef*, void*, AdobeEffects.Raw.PF_Err>;
using unsafe PluginDataCallback = delegate* unmanaged[Cdecl]<void*, byte*, byte*, byte*, byte*, int, int, int, int, byte*, int>;

namespace RunwayFX.HostProgram;

/// <summary>One effect's .aex in the emulated Premiere or After Effects.</summary>
internal sealed unsafe class AdobeHost(string path, HostKind kind, Settings settings) : IHost
{
    private readonly Footage _footage = new(settings);
    private readonly Dictionary<Layer, Session> _sessions = [];

    /// <summary>Premiere has no pictures of 16 bits.</summary>
    public IReadOnlyList<int> PictureBits => kind == HostKind.Premiere ? [8, 32] : [8, 16, 32];

    public int CountFramesSeen()
    {
        int count = _footage.Seen.Count;
        _footage.Seen.Clear();
        return count;
    }

    public byte[] Render(Shot shot)
    {
        (int width, int height) = shot.Size(settings);
        Layer layer = new(width, height, shot.SourceBits, shot.Quality(settings));
        if (!_sessions.TryGetValue(layer, out Session? session)) session = _sessions[layer] = new Session(path, kind, _footage, layer, settings);
        try
        {
            // In Premiere a source of 16 bits becomes what the program makes of it.
            int bits = kind == HostKind.Premiere && shot.SourceBits == 16 ? 16 : shot.PictureBits;
            RenderSettings wanted = new() { Frame = shot.Frame, Format = session.Host.FormatFor(bits), Downsample = shot.Downsample, Cancellation = shot.Cancellation };
            return shot.IsInterlaced ? RenderFields(session, wanted) : Render(session, wanted);
        }
        finally
        {
            if (shot.IsLong && _sessions.Remove(layer)) session.Dispose();
        }
    }

    public int LoadDescribeUnload()
    {
        nint module = NativeLibrary.Load(path);
        string name = Session.NameOf(module);
        if (name != EffectCatalog.Style.Label) throw new InvalidDataException($"The library says that it is '{name}'.");
        using (EmulatedHost host = new(new HostOptions { Kind = kind }, Session.EntryOf(module), static (_, _, _, _, pixel) => pixel.Clear()))
        {
            Check(host, host.Load());
            if (OperatingSystem.IsWindows()) CompareWithPipl(host);
        }

        NativeLibrary.Free(module);
        return 1;
    }

    public void Dispose()
    {
        foreach (Session session in _sessions.Values) session.Dispose();
        _sessions.Clear();
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

    /// <summary>Premiere renders the two fields into one picture, each with half the lines; After Effects renders all lines for each, and takes those of the
    /// field.</summary>
    private static byte[] RenderFields(Session session, RenderSettings wanted)
    {
        RenderSettings upper = wanted with { Field = PF_Field.PF_Field_UPPER }, lower = wanted with { Field = PF_Field.PF_Field_LOWER };
        if (session.Host.Options.Kind == HostKind.Premiere)
        {
            using HostPicture picture = Make(session, upper, null);
            _ = Make(session, lower, picture);
            return Bytes(picture);
        }

        using HostPicture first = Make(session, upper, null), second = Make(session, lower, null);
        for (int y = 1; y < first.Height; y += 2) second.Row(y).CopyTo(first.Row(y));
        return Bytes(first);
    }

    private static byte[] Render(Session session, RenderSettings wanted)
    {
        using HostPicture picture = Make(session, wanted, null);
        return Bytes(picture);
    }

    private static HostPicture Make(Session session, RenderSettings wanted, HostPicture? into)
    {
        RenderOutcome outcome = session.Instance.Render(wanted, into);
        if (outcome.Error == PF_Err.PF_Err_NONE) return outcome.Output!;
        outcome.Output?.Dispose();
        if (outcome.Error == PF_Err.PF_Interrupt_CANCEL) throw new OperationCanceledException();
        throw new InvalidOperationException(outcome.Message.Length > 0 ? outcome.Message : $"{outcome.Error}");
    }

    /// <summary>Red, green, blue, alpha from the top, in the picture's own depth.</summary>
    private static byte[] Bytes(HostPicture picture)
    {
        bool isBlueFirst = picture.Layout is PixelLayout.Bgra8 or PixelLayout.BgraFloat or PixelLayout.BgraFloatLinear;
        ReadOnlySpan<int> order = isBlueFirst ? [2, 1, 0, 3] : [1, 2, 3, 0];
        int channelBytes = picture.PixelBytes / 4;
        byte[] bytes = new byte[picture.Width * picture.Height * picture.PixelBytes];
        Span<byte> place = bytes;
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> row = picture.Row(y);
            for (int x = 0; x < picture.Width; x++)
            {
                foreach (int channel in order)
                {
                    row.Slice(x * picture.PixelBytes + channel * channelBytes, channelBytes).CopyTo(place);
                    place = place[channelBytes..];
                }
            }
        }

        return bytes;
    }

    private static void Check(EmulatedHost host, PF_Err error)
    {
        if (error != PF_Err.PF_Err_NONE) throw new InvalidDataException($"The effect answered {error}.");
        if (!host.Counters.IsClean) throw new InvalidDataException(host.Counters.ToString());
    }

    /// <summary>What an instance lies on.</summary>
    private readonly record struct Layer(int Width, int Height, int SourceBits, int Quality);

    /// <summary>The loaded library with one instance.</summary>
    private sealed class Session : IDisposable
    {
        private readonly nint _module;

        public Session(string path, HostKind kind, Footage footage, Layer layer, Settings settings)
        {
            _module = NativeLibrary.Load(path);
            HostOptions options = new() { Kind = kind, Width = layer.Width, Height = layer.Height, FrameCount = Math.Max(settings.Frames, footage.Frames) };
            Host = new EmulatedHost(options, EntryOf(_module), Paint);
            if (Host.Load() is not PF_Err.PF_Err_NONE and var error) throw new InvalidDataException($"The effect would not start: {error}.");
            Instance = Host.OpenInstance(SequenceData.Empty(1).With("stylePath", settings.Style).ToBytes());
            Instance.SetChoice(EffectCatalog.Style.IndexOf("quality") + 1, layer.Quality + 1);

            void Paint(int number, int frame, int x, int y, Span<float> pixel)
            {
                if (number == 0) footage.Read(frame, x, y, layer.SourceBits, pixel);
                else pixel.Clear();
            }
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
