using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using OpenFX.Raw;

namespace OpenFX.Tests.Raw;

/// <summary>The tables against frozen numbers always, and against the official headers where they are installed.</summary>
public sealed class LayoutTests
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string[] Headers =
    [
        "ofxCore.h", "ofxProperty.h", "ofxParam.h", "ofxImageEffect.h", "ofxInteract.h", "ofxMemory.h", "ofxMultiThread.h", "ofxMessage.h", "ofxProgress.h",
        "ofxTimeLine.h", "ofxParametricParam.h", "ofxGPURender.h", "ofxDialog.h", "ofxPixels.h", "ofxDrawSuite.h", "ofxKeySyms.h", "ofxColour.h", "ofxOld.h",
    ];

    public static IEnumerable<Type> Suites => AbiFacts.Slots.Keys;

    public static IEnumerable<Type> Structures => AbiFacts.Structures.Keys;

    private delegate ReadOnlySpan<byte> Getter();

    [TestCaseSource(nameof(Suites))]
    public void Suite_KeepsItsSlotsInHeaderOrder(Type suite)
    {
        string[] expected = AbiFacts.Slots[suite].Split(' ');
        string[] actual = [.. suite.GetFields(Fields).OrderBy(field => (int)Marshal.OffsetOf(suite, field.Name)).Select(field => field.Name)];
        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(Marshal.SizeOf(suite), Is.EqualTo(8 * expected.Length));
    }

    [TestCaseSource(nameof(Structures))]
    public void Structure_KeepsItsLayout(Type structure)
    {
        (int size, int[] offsets) = AbiFacts.Structures[structure];
        Assert.That(Marshal.SizeOf(structure), Is.EqualTo(size));
        Assert.That(OffsetsOf(structure), Is.EqualTo(offsets));
    }

    [Test]
    public void Suites_AllAreFrozen()
    {
        Type[] tables = [.. typeof(OfxHost).Assembly.GetExportedTypes().Where(type => type.Namespace == "OpenFX.Raw" && type.Name.Contains("Suite", StringComparison.Ordinal))];
        Assert.That(AbiFacts.Slots.Keys, Is.EquivalentTo(tables));
    }

    [Test]
    public void Handles_AreOnePointerWide()
    {
        Type[] handles = [.. typeof(OfxHost).Assembly.GetExportedTypes().Where(type => type.Name.EndsWith("Handle", StringComparison.Ordinal))];
        Assert.That(handles, Has.Length.EqualTo(9));
        Assert.That(handles.Select(Marshal.SizeOf), Is.All.EqualTo(8));
    }

    [Test]
    public void Constants_AreTheFrozenOnes()
    {
        SortedDictionary<string, string> constants = ReadConstants();
        string lines = string.Concat(constants.Select(pair => $"{pair.Key}={pair.Value}\n"));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
        Assert.That((constants.Count, hash), Is.EqualTo((AbiFacts.ConstantCount, AbiFacts.ConstantHash)));
    }

    [Test]
    public void Literals_EndInAZero()
    {
        foreach (PropertyInfo property in typeof(OfxConstants).GetProperties(BindingFlags.Public | BindingFlags.Static))
        {
            ReadOnlySpan<byte> literal = property.GetMethod!.CreateDelegate<Getter>()();
            unsafe
            {
                Assert.That(NativeText.Literal(literal)[literal.Length], Is.Zero, property.Name);
            }
        }
    }

    [Test]
    public void Headers_AgreeWhereInstalled()
    {
        string? include = FindHeaders();
        if (include is null) Assert.Ignore("The OpenFX headers are not installed; RUNWAYFX_OPENFX_INCLUDE names their folder (vcpkg: openfx).");
        SortedDictionary<string, string> constants = ReadConstants();
        string output = CompiledC.Run(WriteProgram(constants.Keys, include!), "-I" + include, "-w");
        Dictionary<string, string> header = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

        int compared = 0;
        foreach ((string name, string value) in constants)
        {
            if (!header.TryGetValue(name, out string? expected)) continue; // A header older than 1.5.1 lacks some names.
            Assert.That(value, Is.EqualTo(expected), name);
            compared++;
        }

        Assert.That(compared, Is.GreaterThan(constants.Count * 9 / 10));
        foreach (OfxStatus status in Enum.GetValues<OfxStatus>()) Assert.That(header[status.ToString()], Is.EqualTo(((int)status).ToString(CultureInfo.InvariantCulture)));
        foreach (Type type in AbiFacts.Structures.Keys.Concat(AbiFacts.Slots.Keys))
        {
            Assert.That(header[type.Name], Is.EqualTo($"{Marshal.SizeOf(type)}:{string.Join(',', OffsetsOf(type))}"), type.Name);
        }

        TestContext.Out.WriteLine($"{compared} of {constants.Count} names, {AbiFacts.Structures.Count + AbiFacts.Slots.Count} structures agree with {include}");
    }

    private static string WriteProgram(IEnumerable<string> constants, string include)
    {
        StringBuilder text = new("#include <stdbool.h>\n#include <stddef.h>\n#include <stdio.h>\n");
        foreach (string header in Headers)
        {
            if (File.Exists(Path.Combine(include, header))) text.AppendLine(CultureInfo.InvariantCulture, $"#include \"{header}\"");
        }

        text.AppendLine("#define SHOW(x) _Generic((x), char *: \"%s=%s\\n\", const char *: \"%s=%s\\n\", default: \"%s=%d\\n\")");
        text.AppendLine("int main(void) {");
        foreach (string name in constants.Concat(Enum.GetNames<OfxStatus>()).Distinct())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"#ifdef {name}\nprintf(SHOW({name}), \"{name}\", {name});\n#endif");
        }

        foreach (Type type in AbiFacts.Structures.Keys.Concat(AbiFacts.Slots.Keys))
        {
            string[] fields = [.. FieldNames(type)];
            text.Append(CultureInfo.InvariantCulture, $"printf(\"{type.Name}=%zu:{string.Join(',', fields.Select(_ => "%zu"))}\\n\", sizeof({type.Name})");
            foreach (string field in fields) text.Append(CultureInfo.InvariantCulture, $", offsetof({type.Name}, {field})");
            text.AppendLine(");");
        }

        return text.AppendLine("return 0; }").ToString();
    }

    // The declaration's order; positional record structs keep their values in backing fields named after the property.
    private static IEnumerable<string> FieldNames(Type type) => type.GetFields(Fields).OrderBy(field => field.MetadataToken).Select(PlainName);

    private static int[] OffsetsOf(Type type) =>
        [.. type.GetFields(Fields).OrderBy(field => field.MetadataToken).Select(field => (int)Marshal.OffsetOf(type, field.Name))];

    private static string PlainName(FieldInfo field) => field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static SortedDictionary<string, string> ReadConstants()
    {
        SortedDictionary<string, string> constants = new(StringComparer.Ordinal);
        foreach (PropertyInfo property in typeof(OfxConstants).GetProperties(BindingFlags.Public | BindingFlags.Static))
        {
            constants.Add(property.Name, Encoding.UTF8.GetString(property.GetMethod!.CreateDelegate<Getter>()()));
        }

        foreach (FieldInfo field in typeof(OfxConstants).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            constants.Add(field.Name, ((int)field.GetRawConstantValue()!).ToString(CultureInfo.InvariantCulture));
        }

        return constants;
    }

    private static string? FindHeaders()
    {
        string? named = Environment.GetEnvironmentVariable("RUNWAYFX_OPENFX_INCLUDE");
        if (!string.IsNullOrEmpty(named)) return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string installed = Path.Combine(folder.FullName, "vcpkg_installed");
            if (!Directory.Exists(installed)) continue;
            string? include = Directory.EnumerateDirectories(installed)
                .Select(triplet => Path.Combine(triplet, "include", "openfx")).FirstOrDefault(path => File.Exists(Path.Combine(path, "ofxCore.h")));
            if (include is not null) return include;
        }

        return new[] { "/usr/include/openfx", "/usr/local/include/openfx" }.FirstOrDefault(path => File.Exists(Path.Combine(path, "ofxCore.h")));
    }
}
