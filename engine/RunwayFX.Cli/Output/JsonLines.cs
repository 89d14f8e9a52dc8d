using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RunwayFX.Cli.Output;

/// <summary>How everything behind <c>--json</c> is written: camelCase names, enum names as text, one object per line for events.</summary>
internal static class JsonLines
{
    private static readonly JsonSerializerOptions _line = Options(indented: false);
    private static readonly JsonSerializerOptions _document = Options(indented: true);

    /// <summary>Writes an object on a line of its own and flushes, so that a program that follows sees it at once.</summary>
    public static void WriteLine<T>(TextWriter writer, T value)
    {
        writer.WriteLine(JsonSerializer.Serialize(value, _line));
        writer.Flush();
    }

    /// <summary>Writes an object over several lines.</summary>
    public static void WriteDocument<T>(TextWriter writer, T value)
    {
        writer.WriteLine(JsonSerializer.Serialize(value, _document));
        writer.Flush();
    }

    /// <summary>Text of an object, for files.</summary>
    public static string ToDocument<T>(T value) => JsonSerializer.Serialize(value, _document);

    /// <summary>Reads what <see cref="ToDocument"/> wrote.</summary>
    /// <exception cref="JsonException">Not such a text.</exception>
    public static T? Read<T>(string text) => JsonSerializer.Deserialize<T>(text, _document);

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        WriteIndented = indented,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // Output goes to terminals and files, not into web pages: keep × and accents readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };
}
