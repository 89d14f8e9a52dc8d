using System.Text;
using AdobeEffects.Plugins;

namespace RunwayFX.Premiere;

/// <summary>A text from a file: prompts and lists of frames, which the ABI has no field for. The text itself goes into the project; the file is not needed again.</summary>
internal static class TextFile
{
    /// <summary>Longest file, in bytes.</summary>
    public const int BytesMax = 16_384;

    /// <summary>Longest text: what the engine takes.</summary>
    public const int CharactersMax = 4096;

    /// <summary>Reads a file in UTF-8, or in what its byte order mark says. Its lines become one: parameters here have one line.</summary>
    /// <exception cref="EffectException">The file cannot be read, is too long, or holds no text.</exception>
    public static string Read(string path)
    {
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > BytesMax) throw new EffectException($"{path} has {file.Length} bytes, over {BytesMax}.");
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EffectException($"{path} cannot be read: {exception.Message}");
        }

        string text = bytes switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(bytes.AsSpan(2)),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(bytes.AsSpan(2)),
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(bytes.AsSpan(3)),
            _ => Encoding.UTF8.GetString(bytes),
        };
        if (text.Contains('\0', StringComparison.Ordinal)) throw new EffectException($"{path} is no text file.");
        string line = string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= CharactersMax ? line : throw new EffectException($"{path} holds {line.Length} characters, over {CharactersMax}.");
    }
}
