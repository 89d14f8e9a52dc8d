using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Weights;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Weights;

/// <summary>Safetensors files and models from strangers: read right, or refused with a reason.</summary>
public sealed class SafetensorsFileTests
{
    private static readonly string s_folder = Directory.CreateTempSubdirectory("rfx-safetensors").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(s_folder, recursive: true);

    [TestCase(OnnxType.Float, ElementType.Float32)]
    [TestCase(OnnxType.Half, ElementType.Float16)]
    [TestCase(OnnxType.BFloat16, ElementType.BFloat16)]
    public void Tensors_AreReadInEveryType(OnnxType type, ElementType expected)
    {
        SafetensorsFile file = Open(SafetensorsWriter.Write([("a", [1.5f, -2, 0.25f, 8], [2, 2]), ("b", [3], []), ("none", [], [0, 4])], type));
        Assert.That(file.Entries["a"].Type, Is.EqualTo(expected));
        Assert.That(file.Entries["a"].Shape, Is.EqualTo(new long[] { 2, 2 }));
        Assert.That(file.Values("a"), Is.EqualTo(new[] { 1.5f, -2, 0.25f, 8 }));
        Assert.That(file.Values("b"), Is.EqualTo(new[] { 3f }));
        Assert.That(file.Values("none"), Is.Empty);
        Assert.That(() => file.Values("c"), Throws.TypeOf<InferenceException>().With.Message.Contains("'c'"));
    }

    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "takes 8 bytes and has 12")]
    [TestCase("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[4,20]}}""", "lies at 4..20 of 16")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", "lies at 8..4")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "-4")]
    [TestCase("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "over 2147483647")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "-1")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "1.5")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", "at most 8")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "lies over another")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "twice")]
    [TestCase("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", "dtype")]
    [TestCase("""{"a":[]}""", "dtype")]
    [TestCase("""[1,2]""", "no object")]
    [TestCase("""{"a":""", "JSON")]
    [TestCase("""{"a":[[[[[[[[[[[[]]]]]]]]]]]]}""", "JSON")]
    public void BadHeader_IsRefused(string header, string reason) =>
        Assert.That(() => Open(SafetensorsWriter.Join(header, new byte[16])), Throws.TypeOf<InferenceException>().With.Message.Contains(reason));

    [TestCase(new byte[] { 1, 0, 0 }, "too few")]
    [TestCase(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 1 }, "over 67108864")]
    [TestCase(new byte[] { 100, 0, 0, 0, 0, 0, 0, 0, 123, 125 }, "does not fit")]
    public void BadLength_IsRefused(byte[] bytes, string reason) => Assert.That(() => Open(bytes), Throws.TypeOf<InferenceException>().With.Message.Contains(reason));

    [Test]
    public void MissingFile_IsNamed() => Assert.That(() => SafetensorsFile.Open(Path.Combine(s_folder, "absent")), Throws.TypeOf<InferenceException>().With.Message.Contains("absent"));

    [Test]
    public void DamagedFiles_AreReadOrRefused_NeverMore()
    {
        byte[] sound = SafetensorsWriter.Write([("down", [1, 2, 3, 4], [2, 2]), ("up", [5, 6], [2, 1])]);
        Random random = new(20);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = Damage(sound, random);
            try
            {
                SafetensorsFile file = Open(damaged);
                foreach (string name in file.Entries.Keys) file.Values(name);
            }
            catch (InferenceException)
            {
                // Refused with a reason.
            }
        }
    }

    [Test]
    public void DamagedModels_AreReadOrRefused_NeverMore()
    {
        OnnxGraph graph = new("net") { ExternalFile = "weights.bin" };
        graph.Input("x", 1, 6);
        graph.Output("y", 1, 4);
        graph.NextName = "/block/to_q/MatMul";
        string hidden = graph.Node("MatMul", ["x", graph.Weight("w", new float[30], 6, 5)]);
        graph.Node("Gemm", [hidden, graph.Weight("head.weight", new float[20], 4, 5)], "y", ("transB", 1));
        byte[] sound = graph.ToModel();
        OnnxWeights read = OnnxWeights.Read(sound, "sound");
        Assert.That(read.Layers.Keys, Is.EquivalentTo(new[] { "block_to_q", "head" }));
        Assert.That((read.Layers["block_to_q"].IsTransposed, read.Layers["head"].IsTransposed), Is.EqualTo((true, false)));
        Random random = new(21);
        for (int round = 0; round < 3000; round++)
        {
            try
            {
                OnnxWeights.Read(Damage(sound, random), "damaged");
            }
            catch (InferenceException)
            {
                // Refused with a reason.
            }
        }
    }

    [Test]
    public void WeightsOutsideTheFolder_AreRefused()
    {
        foreach (string place in new[] { "../secret.bin", "/etc/secret.bin", "a/../../b" })
        {
            OnnxGraph graph = new("net") { ExternalFile = place };
            graph.Weight("w", [1], 1);
            Assert.That(() => OnnxWeights.Read(graph.ToModel(), "escaping"), Throws.TypeOf<InferenceException>().With.Message.Contains(place));
        }
    }

    private static byte[] Damage(byte[] sound, Random random)
    {
        byte[] damaged = (byte[])sound.Clone();
        for (int change = random.Next(1, 4); change > 0; change--) damaged[random.Next(damaged.Length)] = random.Next(3) == 0 ? (byte)255 : (byte)random.Next(256);
        return random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private static SafetensorsFile Open(byte[] bytes)
    {
        string path = Path.Combine(s_folder, "file.safetensors");
        File.WriteAllBytes(path, bytes);
        return SafetensorsFile.Open(path);
    }
}
