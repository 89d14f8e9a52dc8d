using AdobeEffects.Plugins;
using AdobeEffects.Sequences;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using AdobeEffect = AdobeEffects.Plugins.EffectDefinition;
using CatalogueEffectDefinition = RunwayFX.Effects.EffectDefinition;
using CatalogueKind = RunwayFX.Effects.ParameterKind;
using CatalogueParameter = RunwayFX.Effects.ParameterDefinition;

namespace RunwayFX.Premiere;

/// <summary>Asks the user for a text or a file; null when he cancels.</summary>
/// <param name="title">What is wanted.</param>
/// <param name="current">What there is now.</param>
/// <param name="isFile">Whether it is the path of a file.</param>
internal delegate string? TextPrompt(string title, string current, bool isFile);

/// <summary>An effect of the catalogue in Premiere and After Effects: commands become bridge requests. Describing never touches the engine.</summary>
/// <remarks>Premiere hands over other frames as the engine asks for them. After Effects wants them named beforehand (<see cref="PlannedFrames"/>); where they are
/// too many, the methods that work on one frame run there.</remarks>
/// <param name="effect">The catalogue's table.</param>
/// <param name="client">Gives the process's client of the engine; asked at the first render.</param>
/// <param name="prompt">Asks the user for texts and files.</param>
internal sealed class CatalogueEffect(CatalogueEffectDefinition effect, Func<EngineClient> client, TextPrompt prompt) : Effect
{
    /// <inheritdoc/>
    public override AdobeEffect Definition { get; } = CatalogueMapping.Make(effect);

    /// <inheritdoc/>
    public override void PlanRender(RenderPlan plan)
    {
        for (int clip = 1; clip < effect.Clips.Length; clip++)
        {
            if (effect.Clips[clip].ToggleParameter is { } toggle && plan.Parameters.IsChecked(toggle)) plan.NeedLayer(CatalogueMapping.LayerKey(clip));
        }

        Read(plan, out double[] numbers, out string[] texts);
        double last = Math.Floor(plan.FrameCount) - 1;
        PlannedMoment moment = new(plan.Frame, last < 0 ? EffectCatalog.FrameMax : last, plan.LayerSize.Width, plan.LayerSize.Height, IsInteractive(plan));
        if (PlannedFrames.Of(effect, numbers, texts, moment) is not { } frames) return;
        foreach ((int clip, double time) in frames)
        {
            if (clip == 0) plan.NeedFrame(time - plan.Frame);
            else plan.NeedLayer(CatalogueMapping.LayerKey(clip), time - plan.Frame);
        }

        plan.CoversOtherFrames = true;
    }

    /// <inheritdoc/>
    public override void Render(RenderFrame frame)
    {
        Read(frame, out double[] numbers, out string[] texts);
        RenderCall call = new()
        {
            EffectWireId = effect.WireId,
            Texts = texts,
            Numbers = numbers,
            Time = frame.Frame,
            RenderScaleX = Math.Clamp(frame.Downsample.X, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax),
            RenderScaleY = Math.Clamp(frame.Downsample.Y, RenderRequest.RenderScaleMin, RenderRequest.RenderScaleMax),
            Output = HostPictures.Describe(frame, frame.Output),
            FrameRate = Math.Clamp(frame.FrameRate > 0 ? frame.FrameRate : 25, RenderRequest.FrameRateMin, RenderRequest.FrameRateMax),
            IsInteractive = IsInteractive(frame),
            HasTemporalAccess = frame.HasOtherFrames,
            InitialClips = 1,
            HostName = frame.IsPremiere ? "Premiere" : "After Effects",
        };
        try
        {
            _ = client().Render(call, new FrameConversation(effect, numbers, frame));
        }
        catch (BridgeException exception)
        {
            throw new EffectException(exception.Reference is { } job ? $"{effect.Label} failed: {exception.Message} (job {job})" : $"{effect.Label} failed: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public override void ParameterChanged(ParameterChange change)
    {
        int index = effect.IndexOf(change.Key);
        if (index < 0 || !effect.Parameters[index].IsText) return;
        CatalogueParameter parameter = effect.Parameters[index];
        string current = TextOf(change.Sequence, parameter);
        if (prompt($"{effect.Label}: {parameter.Label}", current, parameter.Kind == CatalogueKind.FilePath) is not { } text || text == current) return;
        try
        {
            change.Sequence = change.Sequence.With(parameter.Name, text);
        }
        catch (ArgumentException exception)
        {
            throw new EffectException($"{effect.Label}: {parameter.Label}: {exception.Message}");
        }
    }

    /// <summary>Beside each button stands what was chosen: a file's name, or a text's beginning.</summary>
    public override void UpdatePanel(PanelUpdate update)
    {
        foreach (CatalogueParameter parameter in effect.Parameters)
        {
            if (!parameter.IsText) continue;
            string text = TextOf(update.Sequence, parameter);
            if (parameter.Kind == CatalogueKind.FilePath) text = text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
            _ = update.SetLabel(parameter.Name, text.Length > 0 ? text : parameter.Label);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> ExternalFiles(SequenceData data)
    {
        foreach (CatalogueParameter parameter in effect.Parameters)
        {
            if (parameter.Kind == CatalogueKind.FilePath && data.Text(parameter.Name) is { Length: > 0 } path) yield return path;
        }
    }

    private static bool IsInteractive(RenderMoment moment) => moment.IsDraft || moment.Downsample.X < 1;

    /// <summary>The parameters as the engine gets them.</summary>
    private void Read(RenderMoment moment, out double[] numbers, out string[] texts)
    {
        numbers = new double[effect.Parameters.Length];
        texts = new string[effect.Parameters.Length];
        for (int index = 0; index < numbers.Length; index++)
        {
            CatalogueParameter parameter = effect.Parameters[index];
            texts[index] = parameter.IsText ? TextOf(moment.Sequence, parameter) : "";
            numbers[index] = parameter.Kind switch
            {
                CatalogueKind.Boolean => moment.Parameters.IsChecked(parameter.Name) ? 1 : 0,
                CatalogueKind.Choice => moment.Parameters.Choice(parameter.Name),
                CatalogueKind.Text or CatalogueKind.FilePath => 0,
                _ => moment.Parameters.Number(parameter.Name),
            };
            if (!parameter.IsText) numbers[index] = parameter.Sanitize(numbers[index]);
        }

        HostChoices.Resolve(effect, numbers, moment);
    }

    private static string TextOf(SequenceData data, CatalogueParameter parameter) => data.Text(parameter.Name) ?? parameter.DefaultText;
}
