using System.Diagnostics;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace RunwayFX.OpenFX.Tests;

/// <summary>The small host in C as a library in this process. What it makes lies on its own heap, so that the managed bytes of an action are the
/// plug-in's alone.</summary>
internal sealed unsafe class QuietHost : IDisposable
{
    private readonly string _folder;
    private readonly nint _library;

    private QuietHost(string folder, nint library)
    {
        _folder = folder;
        _library = library;
    }

    /// <summary>Compiles the host; skips the test where there is no C compiler.</summary>
    public static QuietHost Build()
    {
        string folder = Directory.CreateTempSubdirectory("rfx-quiet-").FullName;
        string library = Path.Combine(folder, "libquiethost.so"), source = Path.Combine(AppContext.BaseDirectory, "Native", "quiethost.c");
        foreach (string compiler in new[] { "cc", "clang", "gcc" })
        {
            try
            {
                ProcessStartInfo start = new(compiler, ["-std=gnu11", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"])
                {
                    RedirectStandardError = true,
                };
                using Process process = Process.Start(start)!;
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.That(process.ExitCode, Is.Zero, errors);
                return new QuietHost(folder, NativeLibrary.Load(library));
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // No such compiler: try the next.
                continue;
            }
        }

        Directory.Delete(folder, recursive: true);
        Assert.Ignore("No C compiler (cc, clang or gcc) is installed.");
        return null!;
    }

    /// <summary>Loads and describes a plug-in and makes an instance with the parameters' defaults, Mix at 0.</summary>
    public nint CreateInstance(OfxPlugin* plugin) =>
        ((delegate* unmanaged[Cdecl]<OfxPlugin*, nint>)Symbol("quiet_instance"))(plugin) is var effect and not 0
            ? effect
            : throw new InvalidOperationException("The host could not make an instance; its standard error says why.");

    /// <summary>Ends an instance.</summary>
    public void Destroy(OfxPlugin* plugin, nint effect) =>
        Assert.That(((delegate* unmanaged[Cdecl]<OfxPlugin*, nint, int>)Symbol("quiet_destroy"))(plugin, effect), Is.Zero);

    /// <summary>Sets a parameter.</summary>
    public void Set(nint effect, string name, double value)
    {
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(name + '\0'))
        {
            Assert.That(((delegate* unmanaged[Cdecl]<nint, byte*, double, int>)Symbol("quiet_number"))(effect, text, value), Is.Zero, name);
        }
    }

    /// <summary>Sets a parameter.</summary>
    public void Set(nint effect, string name, string value)
    {
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(name + '\0'), content = System.Text.Encoding.UTF8.GetBytes(value + '\0'))
        {
            Assert.That(((delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)Symbol("quiet_text"))(effect, text, content), Is.Zero, name);
        }
    }

    /// <summary>What the plug-in last told the user on this thread.</summary>
    public string LastMessage => NativeText.Read(((delegate* unmanaged[Cdecl]<byte*>)Symbol("quiet_message"))()) ?? "";

    /// <summary>An empty property set; it lives as long as the process.</summary>
    public OfxPropertySetHandle NewSet() => new(((delegate* unmanaged[Cdecl]<nint>)Symbol("quiet_set"))());

    /// <summary>Writes the arguments of the actions on a frame.</summary>
    public void SetTime(OfxPropertySetHandle arguments, double time) =>
        ((delegate* unmanaged[Cdecl]<OfxPropertySetHandle, double, void>)Symbol("quiet_time"))(arguments, time);

    /// <summary>Whether the frame rendered last equals its source and all images are back; makes the source of the next.</summary>
    public bool NextFrame(int frame) => ((delegate* unmanaged[Cdecl]<int, int>)Symbol("quiet_check"))(frame) == 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeLibrary.Free(_library);
        Directory.Delete(_folder, recursive: true);
    }

    private nint Symbol(string name) => NativeLibrary.GetExport(_library, name);
}
