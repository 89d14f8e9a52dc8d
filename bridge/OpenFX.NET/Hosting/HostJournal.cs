using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace OpenFX.Hosting;

/// <summary>Kind of a message a plug-in shows.</summary>
public enum HostMessageKind
{
    /// <summary>The plug-in cannot go on.</summary>
    Fatal = 0,

    /// <summary>Something failed.</summary>
    Error = 1,

    /// <summary>Something may be wrong.</summary>
    Warning = 2,

    /// <summary>For information.</summary>
    Message = 3,

    /// <summary>For the log only.</summary>
    Log = 4,

    /// <summary>Asks for yes or no.</summary>
    Question = 5,
}

/// <summary>A message a plug-in showed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The plug-in's own name for the message; may be empty.</param>
/// <param name="Text">The formatted text.</param>
/// <param name="IsPersistent">Whether it stays on the instance until cleared.</param>
public sealed record HostMessage(HostMessageKind Kind, string Id, string Text, bool IsPersistent);

/// <summary>Something a plug-in did that the standard, or the emulated host, does not allow.</summary>
/// <param name="Rule">Short name of the rule, for example <c>image-not-released</c>.</param>
/// <param name="Detail">What happened, with names and values.</param>
public sealed record HostViolation(string Rule, string Detail);

/// <summary>What a plug-in did to its host: messages, broken rules and calls by function. Safe to read from any thread at any time.</summary>
public sealed class HostJournal
{
    /// <summary>Messages and violations kept; later ones are only counted.</summary>
    public const int EntriesMax = 10_000;

    private readonly ConcurrentQueue<HostMessage> _messages = new();
    private readonly ConcurrentQueue<HostViolation> _violations = new();
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableHashSet<int>> _statuses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _unknownProperties = new(StringComparer.Ordinal);
    private int _messageCount;
    private int _violationCount;
    private int _callCount;

    /// <summary>Messages in order.</summary>
    public ImmutableArray<HostMessage> Messages => [.. _messages];

    /// <summary>Broken rules in order; empty for a well-behaved plug-in.</summary>
    public ImmutableArray<HostViolation> Violations => [.. _violations];

    /// <summary>Handles of images, clips, parameters and property sets that this process's hosts have handed out and not taken back. After a frame there are as many as
    /// before it.</summary>
    public static int LiveHandles => HandleTable.Count;

    /// <summary>How often a message was shown, those not kept included.</summary>
    public int MessageCount => Volatile.Read(ref _messageCount);

    /// <summary>How often a rule was broken, those not kept included.</summary>
    public int ViolationCount => Volatile.Read(ref _violationCount);

    /// <summary>Calls of any host function so far.</summary>
    public int CallCount => Volatile.Read(ref _callCount);

    /// <summary>Calls of one host function, spelled as in the C header (for example <c>clipGetImage</c>), or of one action.</summary>
    public int CallsOf(string function) => _calls.GetValueOrDefault(function);

    /// <summary>Every status number an action was answered with, in no order; empty where it was never called.</summary>
    public ImmutableArray<int> StatusesOf(string action) => _statuses.TryGetValue(action, out ImmutableHashSet<int>? seen) ? [.. seen] : [];

    /// <summary>Properties a plug-in asked for that this host does not have, as <c>owner: name</c>; plug-ins try extensions of other hosts, so this
    /// breaks no rule.</summary>
    public ImmutableArray<string> UnknownProperties => [.. _unknownProperties.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _messages.Clear();
        _violations.Clear();
        _calls.Clear();
        _statuses.Clear();
        _unknownProperties.Clear();
        _messageCount = _violationCount = _callCount = 0;
    }

    internal void Add(HostMessage message)
    {
        if (Interlocked.Increment(ref _messageCount) <= EntriesMax) _messages.Enqueue(message);
    }

    internal void Violate(string rule, string detail)
    {
        if (Interlocked.Increment(ref _violationCount) <= EntriesMax) _violations.Enqueue(new(rule, detail));
    }

    internal int CountCall(string function)
    {
        _calls.AddOrUpdate(function, 1, static (_, count) => count + 1);
        return Interlocked.Increment(ref _callCount);
    }

    internal void AddUnknownProperty(string property)
    {
        if (_unknownProperties.Count < EntriesMax) _unknownProperties.TryAdd(property, 0);
    }

    internal void AddStatus(string action, int status) =>
        _statuses.AddOrUpdate(action, static (_, seen) => [seen], static (_, known, seen) => known.Add(seen), status);

    internal void CountAction(string action) => _calls.AddOrUpdate(action, 1, static (_, count) => count + 1);
}

/// <summary>How the program around the host reacts to plug-ins. All members may be called from any thread.</summary>
public sealed class HostEvents
{
    /// <summary>Shows a message; for a question, answers true for yes, false for no, null for no opinion.</summary>
    public Func<HostMessage, bool?>? Message { get; set; }

    /// <summary>Shows progress from 0 to 1 of a modal pass of the plug-in; answers false to cancel it.</summary>
    public Func<string, double, bool>? Progress { get; set; }

    /// <summary>Follows a plug-in that moves the current time.</summary>
    public Action<double>? TimeChanged { get; set; }
}
