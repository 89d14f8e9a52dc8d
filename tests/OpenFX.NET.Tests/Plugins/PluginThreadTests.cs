using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Plugins;
using OpenFX.Raw;

namespace OpenFX.Tests.Plugins;

/// <summary>The entry points under hosts that set structures of their own from several threads, and under effects whose failures fail.</summary>
[TestFixture, NonParallelizable]
public sealed unsafe class PluginThreadTests
{
    private static OfxPropertySuiteV1* _properties;
    private static OfxImageEffectSuiteV1* _effects;
    private readonly List<string> _log = [];
    private NamingEffect _effect = null!;
    private PluginLibrary _library = null!;

    [OneTimeSetUp]
    public void MakeSuites()
    {
        _properties = (OfxPropertySuiteV1*)NativeMemory.AllocZeroed((nuint)sizeof(OfxPropertySuiteV1));
        _properties->propGetInt = &HostNumber;
        _effects = (OfxImageEffectSuiteV1*)NativeMemory.AllocZeroed((nuint)sizeof(OfxImageEffectSuiteV1));
    }

    [OneTimeTearDown]
    public void FreeSuites()
    {
        NativeMemory.Free(_properties);
        NativeMemory.Free(_effects);
    }

    [SetUp]
    public void Declare()
    {
        _log.Clear();
        _effect = new NamingEffect();
        _library = new PluginLibrary(() => [_effect], _log.Add);
        _ = _library.Count;
    }

    [TearDown]
    public void Forget() => _library.Dispose();

    [Test]
    public void AnotherThreadsHostCameAndWent_OwnHostIsDescribedTo()
    {
        OfxHost first = HostOf(1), second = HostOf(2);
        OfxHost* one = &first, two = &second;
        Begin(one);
        OnAnotherThread(() => Begin(two));
        second = default; // That host is gone; whoever still reads it finds nothing.
        Assert.That(Describe(), Is.EqualTo((OfxStatus.kOfxStatOK, 1)), () => string.Join('\n', _log));
    }

    [Test]
    public void HostUnloadedByAnotherThread_NextHostIsDescribedTo()
    {
        OfxHost first = HostOf(1), second = HostOf(2);
        OfxHost* one = &first, two = &second;
        Begin(one);
        OnAnotherThread(() =>
        {
            Call(OfxConstants.kOfxActionUnload);
            Begin(two);
        });
        first = default;
        Assert.That(Describe(), Is.EqualTo((OfxStatus.kOfxStatOK, 2)), () => string.Join('\n', _log));
    }

    [Test]
    public void EightThreads_EachWithItsOwnHosts_NothingMixedUp()
    {
        List<string> wrong = [];
        Thread[] threads = [.. Enumerable.Range(1, 8).Select(thread => new Thread(() =>
        {
            for (int round = 0; round < 300; round++)
            {
                OfxHost host = HostOf(thread * 1000 + round);
                Begin(&host);
                (OfxStatus status, int described) = Describe();
                if (round % 2 == 0) Call(OfxConstants.kOfxActionUnload);
                if (status == OfxStatus.kOfxStatOK && described == thread * 1000 + round) continue;
                lock (wrong) wrong.Add($"thread {thread}, round {round}: {status}, host {described}");
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.That(wrong, Is.Empty, () => string.Join('\n', _log.Take(3)));
    }

    [Test]
    public void SuiteMissingOnceLoaded_DescribeIsRefused()
    {
        OfxHost host = HostOf(1), bare = HostOf(2);
        bare.fetchSuite = &FetchNothing;
        Begin(&host);
        OfxHost* second = &bare;
        _library.GetPlugin(0)->setHost(second);
        Assert.That(Describe().Status, Is.EqualTo(OfxStatus.kOfxStatErrMissingHostFeature), () => string.Join('\n', _log));
    }

    [Test]
    public void ExceptionWithoutText_HostStillLives()
    {
        OfxHost host = HostOf(1);
        Begin(&host);
        _effect.OnDescribe = () => throw new SpeechlessException();
        Assert.That(Describe().Status, Is.EqualTo(OfxStatus.kOfxStatFailed));
    }

    private static OfxHost HostOf(int number) => new() { host = new OfxPropertySetHandle(number), fetchSuite = &Fetch };

    private static void OnAnotherThread(ThreadStart action)
    {
        Thread thread = new(action);
        thread.Start();
        thread.Join();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* Fetch(OfxPropertySetHandle host, byte* name, int version)
    {
        if (NativeText.Equals(name, OfxConstants.kOfxPropertySuite)) return _properties;
        return NativeText.Equals(name, OfxConstants.kOfxImageEffectSuite) ? _effects : null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* FetchNothing(OfxPropertySetHandle host, byte* name, int version) => null;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus HostNumber(OfxPropertySetHandle set, byte* name, int index, int* value)
    {
        *value = (int)set.Value;
        return OfxStatus.kOfxStatOK;
    }

    private void Begin(OfxHost* host)
    {
        _library.GetPlugin(0)->setHost(host);
        Assert.That(Call(OfxConstants.kOfxActionLoad), Is.EqualTo(OfxStatus.kOfxStatOK));
    }

    private (OfxStatus Status, int Host) Describe()
    {
        OfxStatus status = Call(OfxConstants.kOfxActionDescribe, 77);
        return (status, NamingEffect.Described);
    }

    private OfxStatus Call(ReadOnlySpan<byte> action, nint handle = 0) =>
        _library.GetPlugin(0)->mainEntry(NativeText.Literal(action), (void*)handle, default, default);

    /// <summary>Notes the version number of the host it is described to.</summary>
    private sealed class NamingEffect : EffectPlugin
    {
        [ThreadStatic]
        private static int _described;

        public static int Described => _described;

        public override string Identifier => "org.openfx.test.naming";

        public Action? OnDescribe { get; set; }

        public override void Describe(EffectDescriptor descriptor)
        {
            _described = 0;
            OnDescribe?.Invoke();
            Thread.Yield();
            _described = descriptor.Host.Version.Major;
        }

        public override void DescribeInContext(EffectDescriptor descriptor, string context)
        {
        }

        public override EffectInstance CreateInstance(InstanceContext context) => throw new NotSupportedException();
    }

    private sealed class SpeechlessException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");

        public override string ToString() => throw new InvalidOperationException("no text");
    }
}
