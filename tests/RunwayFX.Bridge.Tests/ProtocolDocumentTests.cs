using System.Globalization;
using System.Reflection;

namespace RunwayFX.Bridge.Tests;

/// <summary>Holds <c>bridge/PROTOCOL.md</c> against the code: a peer that is written from the page can talk to the product.</summary>
public sealed class ProtocolDocumentTests
{
    private static readonly ProtocolDocument Document = ProtocolDocument.Current;

    private static IEnumerable<TestCaseData> Subjects => ProtocolTests.Subjects.Select(subject => new TestCaseData(subject).SetArgDisplayNames(subject.Type.ToString()));

    [Test]
    public void Version_IsTheCodes() => Assert.That(
        Document.Text, Does.StartWith($"# The bridge protocol, version {BridgeVersion.Protocol}\n").And.Contain($"`{BridgeVersion.Protocol}-<build>.sock`"));

    [Test]
    public void Messages_HaveTheCodesNumbersNamesAndLimits() => Assert.That(
        Document.Messages.Select(message => (message.Type, message.Table.Name, message.BodyBytesMax)),
        Is.EqualTo(Enum.GetValues<MessageType>().Select(type => ((int)type, type.ToString(), MessageHeader.BodyLimit(type)))));

    [Test]
    public void Errors_AreTheCodes() => Assert.That(
        Document.RowsAfter("## 9. Errors").Select(row => (row[0], row[1])),
        Is.EqualTo(Enum.GetValues<BridgeError>().Select(error => (((int)error).ToString(CultureInfo.InvariantCulture), error.ToString()))));

    [Test]
    public void Limits_AreTheCodes() => Assert.That(
        Document.RowsAfter("## 10. Limits").Select(row => (row[0], row[1])),
        Is.EquivalentTo(typeof(BridgeLimits).GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Select(limit => (limit.Name, Convert.ToString(limit.GetValue(BridgeLimits.Default), CultureInfo.InvariantCulture)!))));

    [TestCase("depth", typeof(PixelDepth))]
    [TestCase("components", typeof(PixelComponents))]
    [TestCase("premultiplication", typeof(Premultiplication))]
    [TestCase("field", typeof(FieldKind))]
    [TestCase("level", typeof(BridgeLogLevel))]
    [TestCase("job state", typeof(JobState))]
    [TestCase("mode", typeof(RenderMode))]
    [TestCase("origin", typeof(ResultOrigin))]
    [TestCase("cache action", typeof(CacheAction))]
    public void Enumerations_AreTheCodes(string name, Type type)
    {
        string row = Document.Text.Split('\n').Single(line => line.StartsWith($"| {name} |", StringComparison.Ordinal));
        foreach (object value in Enum.GetValues(type))
        {
            Assert.That(row, Does.Contain($"{(int)value} {value}").IgnoreCase);
        }
    }

    /// <summary>Every field stands in its place with its type; a message with one field more or less is refused.</summary>
    [TestCaseSource(nameof(Subjects))]
    public void Fields_AreTheCodes(ProtocolTests.Subject subject)
    {
        ProtocolDocument.Table table = Document.Messages.Single(message => message.Type == (int)subject.Type).Table;
        List<object?> body = Body(subject);
        CheckTypes(table, body);
        bool mayGrow = subject.Type is MessageType.Hello or MessageType.HelloReply;
        Assert.That(Refusal(subject, [.. body, 0L]), mayGrow ? Is.Null : Is.Not.Null, "a field more");
        if (subject.Type is not MessageType.HelloReply) Assert.That(Refusal(subject, body[..^1]), Is.Not.Null, "a field less");
    }

    /// <summary>What the page calls the limit is taken, one more is refused; for every number, text and list of every message and every record in it.</summary>
    [TestCaseSource(nameof(Subjects))]
    public void Ranges_AreTheCodes(ProtocolTests.Subject subject)
    {
        ProtocolDocument.Table table = Document.Messages.Single(message => message.Type == (int)subject.Type).Table;
        List<object?> body = Body(subject);
        Assert.That(Refusal(subject, body), Is.Null, "the sample itself");
        int checks = CheckRanges(subject, table, body, body);
        Assert.That(checks, Is.GreaterThan(0));
    }

    /// <summary>The example at the end: every message decodes, and its fields are what the text beside it says.</summary>
    [Test]
    public void Example_IsWellFormed()
    {
        string example = Document.Text[Document.Text.IndexOf("## 11.", StringComparison.Ordinal)..];
        List<byte[]> messages = [];
        foreach (string line in example.Split('\n'))
        {
            if (line.Length < 33 || (line[0] is not ('→' or '←' or ' ') || line[32] == ' ')) continue;
            string[] words = [.. line[1..].Split("  ", StringSplitOptions.RemoveEmptyEntries)[..(line[0] == ' ' ? 1 : 2)]];
            byte[] bytes = Convert.FromHexString(string.Concat(words).Replace(" ", "", StringComparison.Ordinal));
            if (line[0] != ' ') messages.Add(bytes);
            else messages[^1] = [.. messages[^1], .. bytes];
        }

        List<MessageType> types = [];
        foreach (byte[] message in messages)
        {
            MessageHeader header = MessageHeader.Parse(message);
            byte[] body = message[MessageHeader.Bytes..];
            Assert.That(header.BodyBytes, Is.EqualTo(body.Length), header.Type.ToString());
            if (header.Type != MessageType.PixelChunk) ProtocolTests.Subjects.Single(subject => subject.Type == header.Type).Recode(body);
            types.Add(header.Type);
        }

        Assert.That(types, Is.EqualTo(new[]
        {
            MessageType.Hello, MessageType.HelloReply, MessageType.OpenSession, MessageType.SessionOpened, MessageType.RenderRequest, MessageType.PixelChunk,
            MessageType.RenderDone, MessageType.PixelChunk,
        }));
        RenderRequest request = MessageCodec.Decode<RenderRequest>(messages[4].AsMemory(MessageHeader.Bytes));
        Assert.That((request.Job, request.Numbers[0], request.Time, request.FrameRate, request.Result.Width), Is.EqualTo((1L, 0.5, 0.0, 25.0, 2)));
        RenderDone done = MessageCodec.Decode<RenderDone>(messages[6].AsMemory(MessageHeader.Bytes));
        Assert.That(done.Timings, Is.EqualTo(new JobTimings(1234, 7, 100, 0)));
    }

    private static List<object?> Body(ProtocolTests.Subject subject) => (List<object?>)WireTree.Read(subject.Bytes)!;

    private static BridgeException? Refusal(ProtocolTests.Subject subject, List<object?> body)
    {
        try
        {
            subject.Recode(WireTree.Write(body));
            return null;
        }
        catch (BridgeException e)
        {
            return e;
        }
    }

    private static void CheckTypes(ProtocolDocument.Table table, List<object?> body)
    {
        Assert.That(table.Fields.Select(field => field.Number), Is.EqualTo(Enumerable.Range(1, body.Count)), table.Name);
        foreach (ProtocolDocument.Field field in table.Fields)
        {
            object? value = body[field.Number - 1];
            string place = $"{table.Name}.{field.Name}";
            if (value is null) Assert.That(field.Type, Does.EndWith(" or nil"), place);
            else CheckType(field.Type.Replace(" or nil", "", StringComparison.Ordinal), value, place);
        }
    }

    private static void CheckType(string type, object value, string place)
    {
        if (type.StartsWith("list of ", StringComparison.Ordinal))
        {
            List<object?> items = (List<object?>)value;
            Assert.That(items, Is.Not.Empty, place);
            foreach (object? item in items) CheckType(type["list of ".Length..], item!, place);
        }
        else if (Document.Records.TryGetValue(type, out ProtocolDocument.Table? record))
        {
            CheckTypes(record, (List<object?>)value);
        }
        else
        {
            Type expected = type switch { "int" or "uint" => typeof(long), "double" => typeof(double), "bool" => typeof(bool), "str" => typeof(string), "bin" => typeof(byte[]), _ => typeof(void) };
            Assert.That(value, Is.TypeOf(expected), place);
        }
    }

    /// <summary>Puts values at and past each limit into a field and tries the whole message; leaves everything as it was.</summary>
    private static int CheckRanges(ProtocolTests.Subject subject, ProtocolDocument.Table table, List<object?> fields, List<object?> body)
    {
        int checks = 0;
        foreach (ProtocolDocument.Field field in table.Fields)
        {
            int index = field.Number - 1;
            object? before = fields[index];
            (List<object?> good, List<object?> bad) = Probes(field, before);
            foreach ((List<object?> values, bool isGood) in new[] { (good, true), (bad, false) })
            {
                foreach (object? value in values)
                {
                    fields[index] = value;
                    string shown = value is string or List<object?> ? "" : $" = {value}";
                    Assert.That(Refusal(subject, body), isGood ? Is.Null : Is.Not.Null, $"{subject.Type}: {table.Name}.{field.Name}{shown} ({field.Range})");
                    checks++;
                }
            }

            fields[index] = before;
            string type = field.Type.Replace("list of ", "", StringComparison.Ordinal).Replace(" or nil", "", StringComparison.Ordinal);
            if (!Document.Records.TryGetValue(type, out ProtocolDocument.Table? record) || before is not List<object?> inner) continue;
            checks += CheckRanges(subject, record, field.Type.StartsWith("list", StringComparison.Ordinal) ? (List<object?>)inner[0]! : inner, body);
        }

        return checks;
    }

    /// <summary>Values that must be taken and values that must be refused.</summary>
    private static (List<object?> Good, List<object?> Bad) Probes(ProtocolDocument.Field field, object? before)
    {
        List<object?> good = [], bad = field.Type.EndsWith("or nil", StringComparison.Ordinal) ? [] : [null];
        string range = field.Range.TrimEnd('*');
        string[] ends = range.Split("..");
        if (range.StartsWith('≤'))
        {
            int limit = int.Parse(range[1..], CultureInfo.InvariantCulture);
            if (!field.Range.EndsWith('*')) good.Add(OfLength(limit));
            bad.Add(OfLength(limit + 1));
        }
        else if (field.Type == "double")
        {
            (double low, double high) = (double.Parse(ends[0], CultureInfo.InvariantCulture), double.Parse(ends[1], CultureInfo.InvariantCulture));
            good.AddRange([low, high]);
            bad.AddRange([double.BitDecrement(low), double.BitIncrement(high), double.NaN, double.PositiveInfinity]);
        }
        else if (field.Type == "uint")
        {
            good.AddRange([0L, (long)uint.MaxValue]);
            bad.AddRange([-1L, uint.MaxValue + 1L]);
        }
        else if (ends.Length == 2)
        {
            (long low, long high) = (long.Parse(ends[0], CultureInfo.InvariantCulture), long.Parse(ends[1], CultureInfo.InvariantCulture));
            if (!field.Range.EndsWith('*')) good.AddRange([low, high]);
            bad.AddRange([low - 1, high == long.MaxValue ? (ulong)high + 1 : high + 1, 0.5, "1"]);
        }
        else
        {
            Assert.That(range, Is.EqualTo("any"), field.Name);
        }

        return (good, bad);

        object OfLength(int length) => before switch
        {
            string => new string('x', length),
            byte[] => new byte[length],
            _ => Enumerable.Repeat(((List<object?>)before!)[0], length).ToList(),
        };
    }
}
