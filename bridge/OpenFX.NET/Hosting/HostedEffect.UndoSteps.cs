using System.Collections.Immutable;

namespace OpenFX.Hosting;

/// <summary>Changes of a plug-in to its own parameters that the user would undo as one.</summary>
/// <param name="Name">What the plug-in calls the step; empty for a change outside <c>paramEditBegin</c> and <c>paramEditEnd</c>.</param>
/// <param name="Parameters">Names of the parameters that were set, in order.</param>
public sealed record UndoStep(string Name, ImmutableArray<string> Parameters);

public sealed partial class HostedEffect
{
    /// <summary>Steps kept; later ones are forgotten.</summary>
    public const int UndoStepsMax = 10_000;

    private readonly List<UndoStep> _undoSteps = [];
    private ImmutableArray<string>.Builder? _openStep;
    private string _openStepName = "";

    /// <summary>What the plug-in changed itself, oldest first. Steps in which nothing was set leave no trace.</summary>
    public ImmutableArray<UndoStep> UndoSteps
    {
        get
        {
            lock (_undoSteps) return [.. _undoSteps];
        }
    }

    internal void BeginUndoStep(string name)
    {
        lock (_undoSteps)
        {
            if (_openStep is not null) Host.Journal.Violate("edit-in-edit", $"'{name}' began inside '{_openStepName}'");
            _openStep = ImmutableArray.CreateBuilder<string>();
            _openStepName = name;
        }
    }

    internal void EndUndoStep()
    {
        lock (_undoSteps)
        {
            if (_openStep is null) Host.Journal.Violate("edit-not-begun", "paramEditEnd without paramEditBegin");
            else if (_openStep.Count > 0) Keep(new UndoStep(_openStepName, _openStep.ToImmutable()));
            _openStep = null;
        }
    }

    internal void AddToUndoStep(string parameter)
    {
        lock (_undoSteps)
        {
            if (_openStep is null) Keep(new UndoStep("", [parameter]));
            else _openStep.Add(parameter);
        }
    }

    /// <summary>Reports what an action began and did not end.</summary>
    private void CheckOpenEnds(ActionScope scope)
    {
        if (scope.Outer?.Node == _node) return; // An action within an action: the outer one may go on.
        if (IsShowingProgress)
        {
            Host.Journal.Violate("progress-not-ended", $"'{Plugin.Identifier}' still shows '{ProgressLabel}' after {scope.Action}");
            IsShowingProgress = false;
        }

        lock (_undoSteps)
        {
            if (_openStep is null) return;
            Host.Journal.Violate("edit-not-ended", $"'{Plugin.Identifier}' still changes '{_openStepName}' after {scope.Action}");
            _openStep = null;
        }
    }

    private void Keep(UndoStep step)
    {
        if (_undoSteps.Count < UndoStepsMax) _undoSteps.Add(step);
    }
}
