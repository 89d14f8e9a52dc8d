using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>One <c>OfxHost</c> struct and everything behind it: profile, journal, suites, host properties. A library that is loaded gets its
/// own.</summary>
internal sealed unsafe class HostCore : IDisposable
{
    [ThreadStatic]
    private static HostCore? _settingHost;

    private readonly FrozenDictionary<PropertySetKind, FrozenSet<string>> _missing;
    private readonly FrozenDictionary<PropertySetKind, FrozenSet<string>> _forbidden;
    private readonly SuiteTables _suites;
    private int _calls;

    public HostCore(HostProfile profile, HostEvents events)
    {
        Profile = profile;
        Events = events;
        _missing = ByKind(profile.MissingProperties);
        _forbidden = ByKind(profile.ForbiddenProperties);
        Properties = PropertyTables.Host(this);
        _suites = new SuiteTables(this);
        Native = (OfxHost*)NativeMemory.AllocZeroed((nuint)sizeof(OfxHost));
        Native->host = Properties.Handle;
        Native->fetchSuite = &HostEntry.FetchSuite;
    }

    public HostProfile Profile { get; }

    public HostJournal Journal { get; } = new();

    public HostEvents Events { get; }

    public PropertySet Properties { get; }

    public OfxHost* Native { get; private set; }

    /// <summary>Whether the plug-in is inside its setHost on this thread, where the standard forbids calling anything. Other threads may be
    /// rendering meanwhile.</summary>
    public bool IsSettingHost
    {
        get => ReferenceEquals(_settingHost, this);
        set => _settingHost = value ? this : null;
    }

    /// <summary>The current time, as the timeline suite tells it.</summary>
    public double Time { get; set; }

    public bool Lacks(PropertySetKind kind, string property) => _missing.Count > 0 && _missing[kind].Contains(property);

    public bool Forbids(PropertySetKind kind, string property) => _forbidden.Count > 0 && _forbidden[kind].Contains(property);

    /// <summary>Counts a call of a host function and says whether it may go on.</summary>
    public OfxStatus Enter(string function)
    {
        Journal.CountCall(function);
        int call = Interlocked.Increment(ref _calls);
        if (IsSettingHost) Journal.Violate("call-in-set-host", function);
        ActionScope? scope = ActionScope.Current;
        if (Profile.AbortAtCall > 0 && call >= Profile.AbortAtCall) scope?.Abort();
        if (Profile.ForbiddenCalls.Contains(function))
        {
            Journal.Violate("call-forbidden", function);
            return OfxStatus.kOfxStatErrUnsupported;
        }

        if (scope is not null && Profile.ForbiddenCallsByAction.TryGetValue(scope.Action, out var forbidden) && forbidden.Contains(function))
        {
            Journal.Violate("call-forbidden-in-action", $"{function} in {scope.Action}");
            return OfxStatus.kOfxStatErrUnsupported;
        }

        return Profile.FailAtCall > 0 && call == Profile.FailAtCall ? OfxStatus.kOfxStatFailed : OfxStatus.kOfxStatOK;
    }

    /// <summary>The table of a suite; null where the host has none.</summary>
    public void* FetchSuite(string name, int version)
    {
        Journal.CountCall("fetchSuite");
        if (IsSettingHost) Journal.Violate("call-in-set-host", $"fetchSuite {name}/{version}");
        string entry = $"{name}/{version}";
        if (Profile.ForbiddenSuites.Contains(entry))
        {
            Journal.Violate("suite-forbidden", entry);
            return null;
        }

        return Profile.MissingSuites.Contains(entry) ? null : _suites.Find(entry);
    }

    /// <summary>An exception that reached a function called by a plug-in: recorded, answered as a status.</summary>
    public OfxStatus Escaped(string function, Exception exception)
    {
        Journal.Violate("host-exception", $"{function}: {exception.GetType().Name}: {exception.Message}");
        return exception is OutOfMemoryException ? OfxStatus.kOfxStatErrMemory : OfxStatus.kOfxStatFailed;
    }

    public void Dispose()
    {
        if (Native is null) return;
        NativeMemory.Free(Native);
        Native = null;
        Properties.Dispose();
        _suites.Dispose();
    }

    private static FrozenDictionary<PropertySetKind, FrozenSet<string>> ByKind(ImmutableHashSet<string> entries)
    {
        if (entries.Count == 0) return FrozenDictionary<PropertySetKind, FrozenSet<string>>.Empty;
        return Enum.GetValues<PropertySetKind>().ToFrozenDictionary(kind => kind, kind => entries
            .Where(entry => !entry.Contains('/', StringComparison.Ordinal) || entry.StartsWith($"{kind}/", StringComparison.Ordinal))
            .Select(entry => entry[(entry.IndexOf('/', StringComparison.Ordinal) + 1)..])
            .ToFrozenSet(StringComparer.Ordinal));
    }
}
