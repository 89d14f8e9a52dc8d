using System.IO.Hashing;
using System.Reflection;
using System.Runtime.InteropServices;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Results;

/// <summary>Names results by what makes them. A recipe is all that stays the same from frame to frame; with time, animated values and the source at that time it
/// names one frame's result.</summary>
/// <remarks>Parameters that do not matter (<see cref="ParameterDefinition.Matters"/>) do not enter. The code that computes does: a result that another build of
/// the engine made is another result, whatever its version numbers say.</remarks>
internal static class ResultRecipe
{
    /// <summary>Names a picture that is not there.</summary>
    public const int Absent = 0;

    private static readonly byte[] s_code = CodeIdentity();

    /// <summary>The recipe of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="hasTemporalAccess">Whether its host can give other times.</param>
    /// <param name="model">What a model's results depend on besides; empty for built-in methods.</param>
    public static UInt128 Of(RenderJob job, bool hasTemporalAccess, string model)
    {
        EffectDefinition effect = job.Effect;
        XxHash128 hash = new();
        hash.Append(s_code);
        PixelWindow window = job.OutputWindow;
        Append(hash, [ResultFile.Version, effect.WireId, effect.AlgorithmVersion, window.X1, window.Y1, window.X2, window.Y2, hasTemporalAccess ? 1 : 0, job.IsInteractive ? 1 : 0]);
        Append(hash, [job.RenderScaleX, job.RenderScaleY, job.PixelAspect, job.FrameRate]);
        Append(hash, model);
        for (int index = 0; index < effect.Parameters.Length; index++)
        {
            ParameterDefinition parameter = effect.Parameters[index];
            if (!parameter.Matters) continue;
            if (parameter.IsText) Append(hash, job.Texts[index]);
            else if (!parameter.Animates) Append(hash, [job.Numbers[index] + 0.0]);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>The name of one frame's result.</summary>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="job">The job.</param>
    /// <param name="source">Identity of the source at the job's time.</param>
    public static UInt128 Frame(UInt128 recipe, RenderJob job, UInt128 source)
    {
        XxHash128 hash = new();
        Append(hash, recipe);
        Append(hash, source);
        Append(hash, [job.Time + 0.0]); // −0 and 0 are the same time, and the same setting.
        for (int index = 0; index < job.Effect.Parameters.Length; index++)
        {
            ParameterDefinition parameter = job.Effect.Parameters[index];
            if (parameter is { Matters: true, IsText: false, Animates: true }) Append(hash, [job.Numbers[index] + 0.0]);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Identity of a host's frame: its bits, where it lies and what its alpha means. Never <see cref="Absent"/>.</summary>
    public static UInt128 Of(HostFrame? frame)
    {
        if (frame is null) return Absent;
        XxHash128 hash = new();
        PixelWindow window = frame.Window;
        Append(hash, [window.X1, window.Y1, window.X2, window.Y2, frame.Premultiplied ? 1 : 0, frame.IsOneField ? 1 : 0]);
        return WithPixels(hash, frame.Picture);
    }

    /// <summary>Identity of a picture. Never <see cref="Absent"/>.</summary>
    public static UInt128 Of(Frame picture) => WithPixels(new XxHash128(), picture);

    private static UInt128 WithPixels(XxHash128 hash, Frame picture)
    {
        Append(hash, [picture.Width, picture.Height]);
        hash.Append(MemoryMarshal.AsBytes(picture.Pixels.AsSpan()));
        UInt128 value = hash.GetCurrentHashAsUInt128();
        return value == Absent ? 1 : value;
    }

    private static void Append(XxHash128 hash, ReadOnlySpan<int> values) => hash.Append(MemoryMarshal.AsBytes(values));

    private static void Append(XxHash128 hash, ReadOnlySpan<double> values) => hash.Append(MemoryMarshal.AsBytes(values));

    private static void Append(XxHash128 hash, UInt128 value)
    {
        ReadOnlySpan<ulong> halves = [(ulong)(value >> 64), (ulong)value];
        hash.Append(MemoryMarshal.AsBytes(halves));
    }

    private static void Append(XxHash128 hash, string text)
    {
        Append(hash, [text.Length]);
        hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>Names the code of the rooms that make pictures: the pipelines and what of ours they stand on, and the readers of files.</summary>
    private static byte[] CodeIdentity()
    {
        SortedDictionary<string, Guid> rooms = new(StringComparer.Ordinal);
        Queue<Assembly> open = new([typeof(IEffectPipeline).Assembly, typeof(RunwayFX.Media.MediaException).Assembly]);
        while (open.TryDequeue(out Assembly? room))
        {
            if (!rooms.TryAdd(room.GetName().Name ?? "", room.ManifestModule.ModuleVersionId)) continue;
            foreach (AssemblyName name in room.GetReferencedAssemblies())
            {
                if (name.Name?.StartsWith("RunwayFX.", StringComparison.Ordinal) == true) open.Enqueue(Assembly.Load(name));
            }
        }

        return [.. rooms.Values.SelectMany(room => room.ToByteArray())];
    }
}
