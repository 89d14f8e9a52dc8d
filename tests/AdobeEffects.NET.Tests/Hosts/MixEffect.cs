using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AdobeEffects.Plugins;
using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Tests.Hosts;

/// <summary>An effect that multiplies the input, another frame or another layer, and does on request what careless effects do.</summary>
internal sealed class MixEffect : Effect
{
    public const int Amount = 1;
    public const int Mode = 2;
    public const int Tint = 3;
    public const int Invert = 4;
    public const int Choose = 6;
    public const int Other = 8;

    public const int ModeInput = 1;
    public const int ModePrevious = 2;
    public const int ModeNeighbours = 3;
    public const int ModeOther = 4;
    public const int ModeUnplanned = 5;

    private static readonly EffectDefinition Shared = new("Mix", "Tests", "org.test.mix",
    [
        new ParameterDefinition { Key = "amount", Id = 11, Kind = ParameterKind.Slider, Label = "Amount", Maximum = 2, DisplayMaximum = 2, Default = 1, Digits = 3 },
        new ParameterDefinition
        {
            Key = "mode", Id = 12, Kind = ParameterKind.Popup, Label = "Mode", Options = ["Input", "Previous", "Neighbours", "Other", "Unplanned"], IsSupervised = true,
            Animates = false,
        },
        new ParameterDefinition { Key = "tint", Id = 13, Kind = ParameterKind.Colour, Label = "Tint", DefaultColour = new PF_Pixel(255, 10, 20, 30) },
        new ParameterDefinition { Key = "invert", Id = 14, Kind = ParameterKind.Checkbox, Label = "Invert", Caption = "On" },
        new ParameterDefinition { Key = "file", Id = 15, Kind = ParameterKind.GroupStart, Label = "File" },
        new ParameterDefinition { Key = "choose", Id = 16, Kind = ParameterKind.Button, Label = "Choose", Caption = "Choose..." },
        new ParameterDefinition { Key = "fileEnd", Id = 17, Kind = ParameterKind.GroupEnd },
        new ParameterDefinition { Key = "other", Id = 18, Kind = ParameterKind.Layer, Label = "Other" },
    ])
    {
        UsesOtherFrames = true,
        HasExternalFiles = true,
        SequenceVersion = 2,
        SupportUrl = "https://t.org",
        Version = PF_Version.Pack(1, 2, 3, PF_Stage.PF_Stage_RELEASE, 4),
    };

    public override EffectDefinition Definition => Shared;

    /// <summary>Runs at the start of every render.</summary>
    public Action<RenderFrame>? OnRender { get; set; }

    /// <summary>Runs at the start of every plan.</summary>
    public Action<RenderPlan>? OnPlan { get; set; }

    /// <summary>What the button stores.</summary>
    public string ChosenPath { get; set; } = "/footage/Größe 1.png";

    /// <summary>What renders saw.</summary>
    public ConcurrentQueue<Seen> Renders { get; } = new();

    public override void PlanRender(RenderPlan plan)
    {
        OnPlan?.Invoke(plan);
        if (plan.Parameters.Choice("mode") + 1 == ModeUnplanned) return;
        plan.NeedFrame(-1);
        plan.NeedFrame(1);
        plan.NeedLayer("other");
    }

    public override void Render(RenderFrame frame)
    {
        OnRender?.Invoke(frame);
        Renders.Enqueue(new Seen(frame.Frame, frame.Field, frame.Downsample.X, frame.Output.Layout, frame.Output.Width, frame.Output.Height, frame.Sequence.Text("path")));
        double amount = frame.Parameters.Number("amount");
        bool isInverted = frame.Parameters.IsChecked("invert");
        Picture[] sources = Sources(frame);
        for (int y = 0; y < frame.Output.Height; y++)
        {
            frame.ThrowIfAborted();
            if (!frame.Report((double)y / frame.Output.Height)) return;
            for (int x = 0; x < frame.Output.Width; x++)
            {
                float red = 0, green = 0, blue = 0, alpha = 0;
                foreach (Picture source in sources)
                {
                    (float r, float g, float b, float a) = source.GetPixel(x + frame.Output.Left - source.Left, y + frame.Output.Top - source.Top);
                    red += r / sources.Length;
                    green += g / sources.Length;
                    blue += b / sources.Length;
                    alpha += a / sources.Length;
                }

                Write(frame.Output, x, y, [Tone(red), Tone(green), Tone(blue), alpha]);
            }
        }

        float Tone(float value) => (float)((isInverted ? 1 - value : value) * amount);
    }

    public override void ParameterChanged(ParameterChange change)
    {
        if (change.Key == "choose")
        {
            change.Sequence = change.Sequence.With("path", ChosenPath).With("count", (change.Sequence.Number("count") ?? 0) + 1);
            change.ShowMessage("Chosen.");
        }
        else if (change.Key == "mode")
        {
            _ = change.SetNumber("amount", 5);
            _ = change.SetChecked("invert", true);
        }
    }

    public override void UpdatePanel(PanelUpdate update)
    {
        _ = update.SetEnabled("amount", update.Parameters.Choice("mode") == 0);
        _ = update.SetShown("other", update.Parameters.Choice("mode") + 1 == ModeOther);
        _ = update.SetLabel("choose", Path.GetFileName(update.Sequence.Text("path") ?? "None"));
    }

    public override SequenceData Upgrade(SequenceData data) => data.With("path", data.Text("oldPath") ?? "").Without("oldPath");

    public override IEnumerable<string> ExternalFiles(SequenceData data) => data.Text("path") is { Length: > 0 } path ? [path] : [];

    private static Picture[] Sources(RenderFrame frame) => (frame.Parameters.Choice("mode") + 1) switch
    {
        ModePrevious => [frame.FindFrame(-1) ?? frame.Input],
        ModeNeighbours => [frame.FindFrame(-1) ?? frame.Input, frame.FindFrame(1) ?? frame.Input],
        ModeOther => [frame.FindLayer("other") ?? frame.Input],
        ModeUnplanned => [frame.FindFrame(-1) ?? frame.Input],
        _ => [frame.Input],
    };

    private static void Write(Picture picture, int x, int y, ReadOnlySpan<float> pixel)
    {
        bool isBlueFirst = picture.Layout is PixelLayout.Bgra8 or PixelLayout.BgraFloat or PixelLayout.BgraFloatLinear;
        ReadOnlySpan<float> ordered = isBlueFirst ? [pixel[2], pixel[1], pixel[0], pixel[3]] : [pixel[3], pixel[0], pixel[1], pixel[2]];
        Span<byte> place = picture.Row(y).Slice(x * picture.PixelBytes, picture.PixelBytes);
        for (int channel = 0; channel < 4; channel++)
        {
            if (picture.PixelBytes == 4) place[channel] = (byte)MathF.Round(Math.Clamp(ordered[channel], 0, 1) * 255);
            else if (picture.PixelBytes == 8) Unsafe.WriteUnaligned(ref place[channel * 2], (ushort)MathF.Round(Math.Clamp(ordered[channel], 0, 1) * 32768));
            else Unsafe.WriteUnaligned(ref place[channel * 4], ordered[channel]);
        }
    }

    internal readonly record struct Seen(double Frame, PF_Field Field, double Downsample, PixelLayout Layout, int Width, int Height, string? Path);
}
