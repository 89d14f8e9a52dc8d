using System.Text.Json;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Schedulers;

namespace RunwayFX.Inference.Tests.Schedulers;

/// <summary>The published numbers: the copy in the repository, and the file beside it where there is one.</summary>
internal static class OracleFile
{
    private const string Name = "scheduler_oracles.json";

    /// <summary>Every copy that can be read, by what to call it.</summary>
    public static IEnumerable<(string Label, JsonElement Root)> All()
    {
        yield return ("own", Read(Path.Combine(AppContext.BaseDirectory, "Data", Name)));
        if (SharedData.Find(Name) is { } path) yield return ("shared", Read(path));
    }

    public static IEnumerable<TestCaseData> Rows(Func<JsonElement, IEnumerable<(string Label, JsonElement Row)>> select)
    {
        foreach (var (label, root) in All())
        {
            int index = 0;
            foreach (var (name, row) in select(root)) yield return new TestCaseData(row).SetArgDisplayNames($"{label} {index++} {name}");
        }
    }

    private static JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }
}

/// <summary>The dummy model and samples of the published tests.</summary>
internal static class Dummy
{
    public const int Length = 4 * 3 * 8 * 8;

    /// <summary>Which sample the model sees and which the step gets.</summary>
    public enum Feeding
    {
        /// <summary>Both the scaled one, as most published tests do.</summary>
        ScaledToBoth,

        /// <summary>The model the scaled, the step the unscaled one, as pipelines do.</summary>
        ScaledToModel,
    }

    public static float[] Sample() => Build(value => value);

    public static float[] Noise() => Build(value => Length - 1 - value);

    /// <summary>Runs a scheduler from its current call to its end; the model is output = sample · t / (t + 1).</summary>
    public static void Loop(Scheduler scheduler, float[] sample, Feeding feeding, NoiseSource? noise)
    {
        float[] scaled = new float[sample.Length], output = new float[sample.Length];
        while (scheduler.CallIndex < scheduler.Timesteps.Length)
        {
            float timestep = scheduler.Timesteps[scheduler.CallIndex];
            scheduler.ScaleModelInput(sample, scaled);
            if (feeding == Feeding.ScaledToBoth) scaled.CopyTo(sample, 0);
            for (int i = 0; i < scaled.Length; i++) output[i] = scaled[i] * timestep / (timestep + 1);
            scheduler.Step(output, sample, noise);
        }
    }

    private static float[] Build(Func<int, int> order)
    {
        // The published sample is laid out (3, 8, 8, 4) and then turned to (4, 3, 8, 8).
        float[] values = new float[Length];
        for (int batch = 0; batch < 4; batch++)
        {
            for (int i = 0; i < Length / 4; i++) values[batch * (Length / 4) + i] = order(i * 4 + batch) / (float)Length;
        }

        return values;
    }
}
