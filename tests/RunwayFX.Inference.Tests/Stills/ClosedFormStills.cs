using System.Text.Json;
using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>Packages over closed-form models, their pictures, and how far a result is from one.</summary>
internal sealed class ClosedFormStills : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rfx-stills").FullName;
    private int _count;

    public SessionPool Pool { get; } = new(OnnxRuntime.Shared, 1L << 30);

    /// <summary>Writes a package and gives its folder.</summary>
    public string Write(Action<string> write)
    {
        string folder = Path.Combine(_folder, $"{_count++}");
        write(folder);
        return folder;
    }

    public StillPipeline Open(string folder) => new(ModelPackage.Open(folder), Pool, new SessionSettings { Threads = 1 }, path => new WordTokenizer(path));

    public void Dispose()
    {
        Pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A picture of the data, cut to a size.</summary>
    public static Frame Picture(ClosedFormData data, int word, int width = 0, int height = 0)
    {
        Frame frame = new(width == 0 ? data.Width : width, height == 0 ? data.Height : height);
        for (int y = 0; y < frame.Height; y++)
        {
            for (int x = 0; x < frame.Width; x++)
            {
                for (int channel = 0; channel < 3; channel++) frame.Row(y)[x * 4 + channel] = data.Pictures[word][(channel * data.Height + y) * data.Width + x] / 2 + 0.5f;
                frame.Row(y)[x * 4 + 3] = 1;
            }
        }

        return frame;
    }

    public static double Worst(Frame left, Frame right)
    {
        Assert.That((left.Width, left.Height), Is.EqualTo((right.Width, right.Height)));
        return left.Pixels.Zip(right.Pixels, (a, b) => Math.Abs(a - (double)b)).Max();
    }

    /// <summary>Whole words of the package's vocabulary, so that these tests rest on no tokenizer.</summary>
    internal sealed class WordTokenizer(string folder) : IPromptTokenizer
    {
        private readonly Dictionary<string, int> _ids = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, "vocab.json")))!;

        public int[] Encode(string text, int length)
        {
            int[] ids = new int[length];
            Array.Fill(ids, _ids["<|endoftext|>"]);
            ids[0] = _ids["<|startoftext|>"];
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < words.Length; i++) ids[i + 1] = _ids[words[i] + "</w>"];
            return ids;
        }
    }
}
