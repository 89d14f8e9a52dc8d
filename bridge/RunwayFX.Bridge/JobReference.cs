using System.Globalization;

namespace RunwayFX.Bridge;

/// <summary>Names one job of one engine for people: in the host's message, in <c>rfx status</c> and in the log, such as <c>3f2a-17</c>.</summary>
/// <param name="Connection">Number of the connection within its engine, <see cref="ConnectionMin"/> to <see cref="ConnectionMax"/>.</param>
/// <param name="Job">Number of the job within the connection.</param>
public readonly record struct JobReference(int Connection, long Job)
{
    /// <summary>Smallest number of a connection: four hexadecimal digits, so that a reference can be told from other numbers.</summary>
    public const int ConnectionMin = 0x1000;

    /// <summary>Largest number of a connection; the next is <see cref="ConnectionMin"/> again.</summary>
    public const int ConnectionMax = 0xffff;

    /// <summary>Longest text of a reference, in characters.</summary>
    public const int TextMax = 4 + 1 + 19;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Connection:x4}-{Job}");

    /// <summary>Reads what <see cref="ToString"/> writes; capital digits are fine.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out JobReference reference)
    {
        reference = default;
        if (text.Length is < 6 or > TextMax || text[4] != '-') return false;
        if (!int.TryParse(text[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int connection) || connection < ConnectionMin) return false;
        if (!long.TryParse(text[5..], NumberStyles.None, CultureInfo.InvariantCulture, out long job) || job < 1) return false;
        reference = new JobReference(connection, job);
        return true;
    }
}
