using System.Text.Json;
using CsCheck;
using RunwayFX.Inference.Prompts;
using RunwayFX.Inference.Tokenizers;

namespace RunwayFX.Inference.Tests.Prompts;

/// <summary>Weights, references and chunks of prompts, and texts that mean harm.</summary>
public sealed class PromptTests
{
    private const string Letters = "()[]:\\@.19-a \ud83d\udc00é";

    [TestCase("a cat", "a cat|1")]
    [TestCase("", "")]
    [TestCase("a (red) cat", "a |1;red|1.1; cat|1")]
    [TestCase("((red))", "red|1.21")]
    [TestCase("(red:1.3) cat", "red|1.3; cat|1")]
    [TestCase("[dim]", "dim|0.9091")]
    [TestCase("(a (b:2) c)", "a |1.1;b|2.2; c|1.1")]
    [TestCase(@"\(a\) \[b\] \\ \@c", @"(a) [b] \ @c|1")]
    [TestCase("(open", "open|1.1")]
    [TestCase("closed)", "closed)|1")]
    [TestCase("[a)", "a)|0.9091")]
    [TestCase("(a:b)", "a:b|1.1")]
    [TestCase("(a:1.5", "a:1.5|1.1")]
    [TestCase("time 10:30", "time 10:30|1")]
    [TestCase("(a:99)", "a|10")]
    [TestCase("(a:-1)", "a|0")]
    [TestCase("()", "")]
    public void Weights_AreRead(string prompt, string expected)
        => Assert.That(string.Join(';', PromptText.Parse(prompt).Select(part => FormattableString.Invariant($"{part.Text}|{MathF.Round(part.Weight, 4):0.####}"))),
            Is.EqualTo(expected));

    [Test]
    public void References_AreFoundWithTheirPlaces()
    {
        Assert.That(PromptText.References("@hero rides @Horse_2, not a@b.c or \\@x or @1"), Is.EqualTo(new[]
        {
            new PromptReference("hero", 0, 5), new PromptReference("Horse_2", 12, 8),
        }));
        Assert.That(PromptText.References("@" + new string('a', PromptText.NameMax)), Has.Count.EqualTo(1));
        Assert.That(PromptText.References("@" + new string('a', PromptText.NameMax + 1)), Is.Empty);
        string most = string.Join(' ', Enumerable.Repeat("@a", PromptText.ReferencesMax));
        Assert.That(PromptText.References(most), Has.Count.EqualTo(PromptText.ReferencesMax));
        Assert.That(() => PromptText.References(most + " @a"), Throws.TypeOf<InferenceException>());
    }

    [Test]
    public void LongestPrompt_IsReadAndOneMoreRefused()
    {
        Assert.That(PromptText.Parse(new string('(', PromptText.LengthMax)), Has.Count.EqualTo(1));
        Assert.That(() => PromptText.Parse(new string('(', PromptText.LengthMax + 1)), Throws.TypeOf<InferenceException>().With.Message.Contains("16384"));
    }

    [Test]
    public void AnyText_IsReadWithinBounds() => Gen.Int[0, Letters.Length - 1].Array[0, 200].Sample(places =>
    {
        string text = new([.. places.Select(place => Letters[place])]);
        foreach (PromptSegment part in PromptText.Parse(text))
        {
            Assert.That(part.Weight, Is.InRange(0, PromptText.WeightMax));
            Assert.That(part.Text, Is.Not.Empty);
        }

        if (text.Count(letter => letter == '@') > PromptText.ReferencesMax) return;
        foreach (PromptReference reference in PromptText.References(text))
            Assert.That(text.Substring(reference.Start, reference.Length), Is.EqualTo("@" + reference.Name));
    }, iter: 3000);

    [Test]
    public void LongPrompts_AreCutIntoEquallyManyChunks()
    {
        TextTokenizer clip = TwoWords();
        var (positive, negative) = PromptChunks.Pair(clip, string.Join(' ', Enumerable.Repeat("a", 76)), "(b:1.5)");
        Assert.That((positive.Count, negative.Count, positive.Length), Is.EqualTo((2, 2, 77)));
        Assert.That(positive.Ids[..77], Is.EqualTo(new long[] { 2 }.Concat(Enumerable.Repeat(0L, 75)).Append(3)));
        Assert.That(positive.Ids[77..], Is.EqualTo(new long[] { 2, 0, 3 }.Concat(Enumerable.Repeat(3L, 74))));
        Assert.That(negative.Ids[..3], Is.EqualTo(new long[] { 2, 1, 3 }));
        Assert.That(negative.Weights[..3], Is.EqualTo(new[] { 1, 1.5f, 1 }));
        Assert.That(negative.Ids[77..80], Is.EqualTo(new long[] { 2, 3, 3 }), "an empty chunk");
        Assert.That(PromptChunks.Of(clip, string.Join(' ', Enumerable.Repeat("a", 75))).Count, Is.EqualTo(1));
        PromptChunks huge = PromptChunks.Of(clip, string.Join(' ', Enumerable.Repeat("a", 75 * PromptChunks.ChunksMax + 1)));
        Assert.That((huge.Count, huge.IsCut), Is.EqualTo((PromptChunks.ChunksMax, true)));
    }

    [Test]
    public void AppliedWeights_KeepTheMeanAndLeaveTheUnweightedAlone()
    {
        float[] embeddings = [1, 2, 3, 4, 5, 6, 7, 8];
        PromptChunks.ApplyWeights(embeddings, [1, 2, 1, 1], chunkLength: 2);
        Assert.That(embeddings[..4].Sum(), Is.EqualTo(10).Within(1e-5f));
        Assert.That(embeddings[2] / embeddings[0], Is.EqualTo(6).Within(1e-5f));
        Assert.That(embeddings[4..], Is.EqualTo(new float[] { 5, 6, 7, 8 }));
        Assert.That(() => PromptChunks.ApplyWeights(new float[7], [1, 1], 2), Throws.ArgumentException);
    }

    private static TextTokenizer TwoWords() => TokenizerFolder.Clip(
        JsonSerializer.Serialize(new Dictionary<string, int> { ["a</w>"] = 0, ["b</w>"] = 1, ["<|startoftext|>"] = 2, ["<|endoftext|>"] = 3 }),
        "#version: 0.2\n", null, null, "letters");
}
