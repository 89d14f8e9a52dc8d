using RunwayFX.Imaging;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>Every way to make a picture with every sampler: each ends on the right picture to 1e-5.</summary>
public sealed class StillTableTests
{
    private const double Tolerance = 1e-5;
    private const int OddWidth = 15, OddHeight = 13;

    private static readonly ClosedFormStills s_stills = new();
    private static readonly ClosedFormData s_data = new(), s_odd = new(8, 7), s_flow = new(8, 8, channels: 16, scale: 1.5f, shift: 0.0625f);
    private static readonly string s_plain = s_stills.Write(folder => ClosedFormPackage.Write(folder, s_data)), s_plainOdd = s_stills.Write(folder => ClosedFormPackage.Write(folder, s_odd));
    private static readonly string s_sd3 = s_stills.Write(folder => ClosedFormPackage.Write(folder, s_flow, ModelLayout.StableDiffusion3));
    private static readonly string s_flux = s_stills.Write(folder => ClosedFormPackage.Write(folder, s_flow, ModelLayout.Flux));

    private static readonly Sampler[] s_samplers =
    [
        new("DDIM", SchedulerKind.Ddim, ModelLayout.StableDiffusion), new("Euler", SchedulerKind.Euler, ModelLayout.StableDiffusion),
        new("Heun", SchedulerKind.Heun, ModelLayout.StableDiffusion), new("DPM++ 2M", SchedulerKind.DpmMultistep, ModelLayout.StableDiffusion),
        new("UniPC", SchedulerKind.UniPc, ModelLayout.StableDiffusion), new("LCM", SchedulerKind.Lcm, ModelLayout.StableDiffusion),
        new("TCD", SchedulerKind.Tcd, ModelLayout.StableDiffusion), new("flow-match Euler, SD3", SchedulerKind.FlowMatchEuler, ModelLayout.StableDiffusion3),
        new("flow-match Euler, FLUX", SchedulerKind.FlowMatchEuler, ModelLayout.Flux),
    ];

    [OneTimeTearDown]
    public void Remove() => s_stills.Dispose();

    [Test]
    public void Text_GivesItsPicture([ValueSource(nameof(s_samplers))] Sampler sampler, [Values(1, 7.5)] double guidance, [Values] bool isOdd)
    {
        for (int word = 0; word < ClosedFormData.Words.Count; word++)
        {
            Frame made = Run(sampler, isOdd, Settings(sampler, isOdd, ClosedFormData.Words[word]) with { Guidance = guidance, Seed = (ulong)word + 3 })[0];
            Assert.That(ClosedFormStills.Worst(made, Picture(sampler, isOdd, word)), Is.LessThan(Tolerance), ClosedFormData.Words[word]);
        }
    }

    [Test]
    public void Batch_GivesThePictureOfEachSeed([ValueSource(nameof(s_samplers))] Sampler sampler, [Values(1, 7.5)] double guidance, [Values] bool isOdd)
    {
        // Without a prompt the seed alone decides which picture it becomes.
        StillSettings free = Settings(sampler, isOdd, "") with { Guidance = guidance, Batch = 3, Seed = 20 };
        Frame[] made = Run(sampler, isOdd, free);
        Assert.That(made, Has.Length.EqualTo(3));
        for (int index = 0; index < made.Length; index++)
        {
            Frame alone = Run(sampler, isOdd, free with { Batch = 1, Seed = 20 + (ulong)index })[0];
            Assert.That(ClosedFormStills.Worst(made[index], alone), Is.LessThan(Tolerance));
            Assert.That(Enumerable.Range(0, 3).Min(word => ClosedFormStills.Worst(made[index], Picture(sampler, isOdd, word))), Is.LessThan(Tolerance), "one of the pictures");
        }

        foreach (Frame each in Run(sampler, isOdd, free with { Prompt = "ramp" }))
            Assert.That(ClosedFormStills.Worst(each, Picture(sampler, isOdd, 2)), Is.LessThan(Tolerance));
    }

    [Test]
    public void Picture_BecomesWhatThePromptSays(
        [ValueSource(nameof(s_samplers))] Sampler sampler, [Values(1, 7.5)] double guidance, [Values(0.25, 0.5, 0.75, 1.0)] double strength, [Values] bool isOdd)
    {
        StillSettings settings = Settings(sampler, isOdd, "checker") with { Picture = Picture(sampler, isOdd, 0), Strength = strength, Guidance = guidance };
        Assert.That(ClosedFormStills.Worst(Run(sampler, isOdd, settings)[0], Picture(sampler, isOdd, 0)), Is.LessThan(Tolerance), "its own word leaves it");
        if (guidance > 1 && strength < 1) return; // Guidance away from a picture that is still to be seen goes beyond the one that is named.
        Frame other = Run(sampler, isOdd, settings with { Prompt = "wave" })[0];
        Assert.That(ClosedFormStills.Worst(other, Picture(sampler, isOdd, 1)), Is.LessThan(Tolerance), "another word changes it");
        if (strength > 0.25) return;
        Frame same = Run(sampler, isOdd, settings with { Prompt = "" })[0];
        Assert.That(ClosedFormStills.Worst(same, Picture(sampler, isOdd, 0)), Is.LessThan(Tolerance), "no word at little strength leaves it");
    }

    [Test]
    public void Inpaint_PaintsTheMaskAndKeepsTheRest_BitForBit([ValueSource(nameof(s_samplers))] Sampler sampler, [Values(1, 7.5)] double guidance, [Values] bool isOdd)
    {
        Frame known = Picture(sampler, isOdd, 1), picture = known.Clone(), mask = new(known.Width, known.Height);
        for (int y = 0; y < known.Height; y++)
        {
            for (int x = known.Width / 2; x < known.Width; x++)
            {
                mask.Row(y)[x * 4] = 1;
                picture.Row(y).Slice(x * 4, 3).Fill(0.5f);
            }
        }

        picture.Pixels[0] = 1.75f;
        picture.Pixels[1] = -0.0f;
        Frame made = Run(sampler, isOdd, Settings(sampler, isOdd, "wave") with { Picture = picture, Mask = mask, Strength = 1, Guidance = guidance })[0];
        for (int i = 0; i < made.Pixels.Length; i++)
        {
            if (mask.Pixels[i / 4 * 4] > 0) Assert.That(made.Pixels[i], Is.EqualTo(known.Pixels[i]).Within(Tolerance), $"number {i}, painted");
            else Assert.That(BitConverter.SingleToInt32Bits(made.Pixels[i]), Is.EqualTo(BitConverter.SingleToInt32Bits(picture.Pixels[i])), $"number {i}, kept");
        }
    }

    private static Frame[] Run(Sampler sampler, bool isOdd, StillSettings settings) => s_stills.Open(sampler.Layout switch
    {
        ModelLayout.StableDiffusion3 => s_sd3, ModelLayout.Flux => s_flux, _ => isOdd ? s_plainOdd : s_plain,
    }).Run(settings, null, default);

    private static ClosedFormData Data(Sampler sampler, bool isOdd) => sampler.Layout != ModelLayout.StableDiffusion ? s_flow : isOdd ? s_odd : s_data;

    private static StillSettings Settings(Sampler sampler, bool isOdd, string prompt) => new()
    {
        Prompt = prompt, Width = isOdd ? OddWidth : s_data.Width, Height = isOdd ? OddHeight : s_data.Height, Steps = 12, Scheduler = sampler.Kind,
    };

    private static Frame Picture(Sampler sampler, bool isOdd, int word) =>
        ClosedFormStills.Picture(Data(sampler, isOdd), word, isOdd ? OddWidth : 0, isOdd ? OddHeight : 0);

    public sealed record Sampler(string Name, SchedulerKind Kind, ModelLayout Layout)
    {
        public override string ToString() => Name;
    }
}
