using System.Diagnostics;
using System.Text.Json;
using RunwayFX.Inference.Tokenizers;

namespace RunwayFX.Inference.Tests.Tokenizers;

/// <summary>Ids published in public tests, on the real CLIP and T5 vocabularies where they lie beside the checkout, and on small ones made here.</summary>
public sealed class TextTokenizerTests
{
    private const string Oracles = "scheduler_oracles.json";

    private static readonly string Alphabet = ByteAlphabet.All;

    [Test]
    public void ClipOnTheRealVocabulary_GivesThePublishedIds()
    {
        TextTokenizer clip = TextTokenizer.Load(Shared("clip-tokenizer"));
        Assert.That((clip.Prefix[0], clip.Suffix[0], clip.PadId, clip.MaxLength), Is.EqualTo((49406, 49407, 49407, (int?)77)));
        int cases = 0;
        foreach (JsonProperty row in Published("clip").GetProperty("full_vocab_cases_without_bos_eos").EnumerateObject())
        {
            Assert.That(clip.Encode(row.Name), Is.EqualTo(row.Value.EnumerateArray().Select(id => id.GetInt32())), row.Name);
            cases++;
        }

        Assert.That(cases, Is.GreaterThanOrEqualTo(12));
        Assert.That(clip.Decode(clip.Encode("a photo of a cat")), Is.EqualTo("a photo of a cat"));
    }

    [Test]
    public void ClipOnTheToyVocabulary_GivesThePublishedIds()
    {
        string[] vocabulary = ["l", "o", "w", "e", "r", "s", "t", "i", "d", "n", "lo", "l</w>", "w</w>", "r</w>", "t</w>", "low</w>", "er</w>", "lowest</w>",
            "newer</w>", "wider", "<unk>", "<|startoftext|>", "<|endoftext|>"];
        string json = JsonSerializer.Serialize(vocabulary.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id));
        TextTokenizer clip = TokenizerFolder.Clip(json, "#version: 0.2\nl o\nlo w</w>\ne r</w>\n", null, null, "toy");
        Assert.That(clip.Encode("lower newer"), Is.EqualTo(new[] { 10, 2, 16, 9, 3, 2, 16 }));
        Assert.That(clip.Encode("x"), Is.EqualTo(new[] { 20 }));
    }

    [Test]
    public void T5OnTheRealVocabulary_GivesThePublishedIds()
    {
        TextTokenizer t5 = TextTokenizer.Load(Shared("t5-tokenizer"));
        Assert.That((t5.PadId, t5.Suffix[0]), Is.EqualTo((0, 1)));
        foreach (JsonProperty row in Published("t5").GetProperty("cases").EnumerateObject())
            Assert.That(t5.Encode(row.Name).Concat(t5.Suffix), Is.EqualTo(row.Value.EnumerateArray().Select(id => id.GetInt32())), row.Name);
        Assert.That(t5.Encode("<pad> Today is <unk> nice day </s>"), Is.EqualTo(new[] { 0, 1960, 19, 2, 1245, 239, 1 }));
        Assert.That(t5.Encode("ｆｕｌｌ"), Is.EqualTo(t5.Encode("full")), "compatibility forms are mapped");
        Assert.That(t5.Encode("日本").Count(id => id == 2), Is.EqualTo(1), "unknown neighbours are one");
        Assert.That(t5.Decode(t5.Encode("Summary of the text.")), Is.EqualTo("Summary of the text."));
    }

    [Test]
    public void Padded_IsCutAndFilled()
    {
        TextTokenizer toy = Unigram(byteFallback: false);
        long[] ids = new long[6], mask = new long[6];
        Assert.That(toy.EncodePadded("ab", ids, mask), Is.EqualTo(2));
        Assert.That(ids, Is.EqualTo(new long[] { 5, 1, 0, 0, 0, 0 }));
        Assert.That(mask, Is.EqualTo(new long[] { 1, 1, 0, 0, 0, 0 }));
        Assert.That(toy.EncodePadded(string.Concat(Enumerable.Repeat("b", 20)), ids, mask), Is.EqualTo(6));
        Assert.That(ids[^1], Is.EqualTo(1), "the end stays");
    }

    [Test]
    public void Unigram_TakesTheBestSumNotTheLongestPiece()
    {
        TextTokenizer toy = Unigram(byteFallback: false);
        Assert.That(toy.Encode("ab"), Is.EqualTo(new[] { 5 }), "▁ab");
        Assert.That(toy.Encode("abab"), Is.EqualTo(new[] { 5, 4, 3 }), "▁ab a b, because ab itself scores less than its letters");
        Assert.That(toy.Encode("a??b"), Is.EqualTo(new[] { 6, 4, 2, 3 }));
        Assert.That(toy.Encode(""), Is.Empty);
    }

    [Test]
    public void UnigramWithBytes_WritesUnknownLettersAsBytes()
    {
        TextTokenizer toy = Unigram(byteFallback: true);
        int firstByte = 8;
        Assert.That(toy.Encode("é"), Is.EqualTo(new[] { 6, firstByte + 0xc3, firstByte + 0xa9 }));
    }

    [TestCase("Gpt2", "Hello  world's 123", new[] { "Hello", "Ġ", "Ġworld", "'s", "Ġ123" })]
    [TestCase("Qwen", "Hello world's 123\n\nx", new[] { "Hello", "Ġworld", "'s", "Ġ", "1", "2", "3", "ĊĊ", "x" })]
    [TestCase("Llama3", "Hello world's 12345", new[] { "Hello", "Ġworld", "'s", "Ġ", "123", "45" })]
    public void ByteLevelModels_CutAsTheirPatternsSay(string family, string text, string[] expected)
    {
        // Every wanted piece is a token, so that the pieces can be read off the ids.
        TextTokenizer tokenizer = ByteLevel(family, expected);
        List<int> ids = tokenizer.Encode(text);
        Assert.That(ids.Select(id => id < 256 ? Alphabet[id].ToString() : expected[id - 256]), Is.EqualTo(expected));
        Assert.That(tokenizer.Decode(ids), Is.EqualTo(text));
    }

    [Test]
    public void SpecialTokensInTheText_AreFound()
    {
        TextTokenizer tokenizer = ByteLevel("Qwen", ["hi"]);
        Assert.That(tokenizer.Encode("<|im_start|>hi<|im_end|>"), Is.EqualTo(new[] { 300, 256, 301 }));
    }

    [Test]
    public void AnyText_ComesBackFromByteLevel()
    {
        TextTokenizer tokenizer = ByteLevel("Qwen", []);
        foreach (string text in new[] { "naïve café", "日本語の石灯籠", "😀 😃", "a\tb\r\nc", "\u0000\u0001", "עברית", "𝔘𝔫𝔦" })
            Assert.That(tokenizer.Decode(tokenizer.Encode(text)), Is.EqualTo(text));
        Assert.That(tokenizer.Decode(tokenizer.Encode("e\u0301")), Is.EqualTo("é"), "composed");
        Assert.That(tokenizer.Decode(tokenizer.Encode("\u1112\u1161\u11ab")), Is.EqualTo("한"));
    }

    [Test]
    public void LongestTextOfOneLetter_TakesLittleTime()
    {
        TextTokenizer bytes = ByteLevel("Gpt2", ["aa", "aaaa"], merges: [("a", "a"), ("aa", "aa")]);
        var watch = Stopwatch.StartNew();
        Assert.That(bytes.Encode(new string('a', TextTokenizer.TextMax)), Has.Count.EqualTo(TextTokenizer.TextMax / 4));
        Assert.That(Unigram(byteFallback: false).Encode(new string('b', TextTokenizer.TextMax)), Has.Count.GreaterThan(1));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
        Assert.That(() => bytes.Encode(new string('a', TextTokenizer.TextMax + 1)), Throws.TypeOf<InferenceException>().With.Message.Contains("65536"));
    }

    [TestCase("""{"model": {"type": "WordPiece", "vocab": {}}}""", "WordPiece")]
    [TestCase("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}""", "\"b\"")]
    [TestCase("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["ab"]}}""", "no merge")]
    [TestCase("""{"model": {"type": "Unigram", "vocab": [["a", 0]], "unk_id": 7}}""", "unk_id 7")]
    [TestCase("""{"normalizer": {"type": "Magic"}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}""", "Magic")]
    [TestCase("""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}, "behavior": "Removed"}, "model": {"type": "BPE", "vocab": {}, "merges": []}}""", "pattern")]
    [TestCase("""{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "/////w=="}, "model": {"type": "BPE", "vocab": {}, "merges": []}}""", "map")]
    [TestCase("[]", "model")]
    [TestCase("{", "JSON")]
    public void WhatIsNotUnderstood_IsNamed(string json, string part)
        => Assert.That(() => TextTokenizer.Parse(json, "t.json"), Throws.TypeOf<InferenceException>().With.Message.Contains("t.json").And.Message.Contains(part));

    private static TextTokenizer Unigram(bool byteFallback)
    {
        List<object[]> vocabulary = [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["b", -1], ["a", -1], ["▁ab", -1], ["▁", -3], ["ab", -5]];
        for (int i = 0; byteFallback && i < 256; i++) vocabulary.Add([$"<0x{i:X2}>", -9]);
        return TextTokenizer.Parse(JsonSerializer.Serialize(new
        {
            added_tokens = new[] { new { id = 0, content = "<pad>" }, new { id = 1, content = "</s>" } },
            pre_tokenizer = new { type = "Metaspace", replacement = "▁", add_prefix_space = true },
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new object[] { new { Sequence = new { id = "A" } }, new { SpecialToken = new { id = "</s>" } } },
                special_tokens = new Dictionary<string, object> { ["</s>"] = new { ids = new[] { 1 } } },
            },
            model = new { type = "Unigram", unk_id = 2, vocab = vocabulary, byte_fallback = byteFallback },
        }));
    }

    private static TextTokenizer ByteLevel(string family, string[] words, (string, string)[]? merges = null)
    {
        Dictionary<string, int> vocabulary = [];
        foreach (char letter in Alphabet) vocabulary.Add(letter.ToString(), vocabulary.Count);
        for (int i = 0; i < words.Length; i++) vocabulary.TryAdd(words[i], 256 + i);
        object split(string pattern) => new
        {
            type = "Sequence",
            pretokenizers = new object[]
            {
                new { type = "Split", pattern = new { Regex = pattern }, behavior = "Isolated", invert = false },
                new { type = "ByteLevel", add_prefix_space = false, use_regex = false },
            },
        };
        object cutter = family switch
        {
            "Gpt2" => new { type = "ByteLevel", add_prefix_space = false, use_regex = true },
            "Qwen" => split(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
            _ => split(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
        };
        return TextTokenizer.Parse(JsonSerializer.Serialize(new
        {
            added_tokens = new[] { new { id = 300, content = "<|im_start|>" }, new { id = 301, content = "<|im_end|>" } },
            normalizer = family == "Qwen" ? new { type = "NFC" } : null,
            pre_tokenizer = cutter,
            model = new { type = "BPE", vocab = vocabulary, merges = (merges ?? []).Select(pair => new[] { pair.Item1, pair.Item2 }), ignore_merges = merges is null },
        }));
    }

    private static string Shared(string name)
    {
        string? path = SharedData.Find(name);
        if (path is null) Assert.Ignore(SharedData.AbsentReason(name));
        return path!;
    }

    private static JsonElement Published(string kind)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Shared(Oracles)));
        return document.RootElement.GetProperty("tokenizers").GetProperty(kind).Clone();
    }
}
