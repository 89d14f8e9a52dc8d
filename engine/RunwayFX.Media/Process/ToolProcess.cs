using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace RunwayFX.Media;

/// <summary>A running ffmpeg or ffprobe: raw pipes on both sides, the end of its error text, and an end that is certain.</summary>
/// <remarks>Arguments go as a list, never through a shell. <see cref="Dispose"/> kills what still runs.</remarks>
internal sealed class ToolProcess : IDisposable
{
    /// <summary>Error text kept, in characters.</summary>
    public const int ErrorTailMax = 4_000;

    /// <summary>How long a failure waits to learn whether it was the user's Ctrl-C, which reaches the tool too.</summary>
    private const int CancelGraceMs = 300;

    private static readonly string[] _writeFailures =
        ["No space left", "Disk quota", "Permission denied", "Read-only file system", "Error writing trailer", "av_interleaved_write_frame"];

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private bool _killed;

    private ToolProcess(Process process, string name)
    {
        _process = process;
        Name = name;
    }

    /// <summary>Name for messages: ffmpeg or ffprobe.</summary>
    public string Name { get; }

    /// <summary>The tool's standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>The tool's standard input; only where it was asked for.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The last lines the tool printed.</summary>
    public string ErrorTail
    {
        get
        {
            lock (_errors) return _errors.ToString().Trim();
        }
    }

    /// <summary>Starts a tool.</summary>
    /// <exception cref="MediaException"><see cref="MediaError.ToolMissing"/> where it cannot be started.</exception>
    public static ToolProcess Start(string program, IEnumerable<string> arguments, bool writesInput, string? workingFolder = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (workingFolder is not null) start.WorkingDirectory = workingFolder;
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Remove("FFREPORT"); // Would write log files beside the movies.
        start.Environment.Remove("AV_LOG_FORCE_COLOR");
        string name = Path.GetFileNameWithoutExtension(program);
        var process = new Process { StartInfo = start };
        var tool = new ToolProcess(process, name);
        try
        {
            process.ErrorDataReceived += tool.OnError;
            process.Start();
            process.BeginErrorReadLine();
            if (!writesInput) process.StandardInput.Close();
            return tool;
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new MediaException(MediaError.ToolMissing, $"{name} at '{program}' cannot be started: {e.Message}", e);
        }
    }

    /// <summary>Runs a tool to its end and returns what it printed.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Bytes for its standard input; empty for none.</param>
    /// <param name="outputBytesMax">Longer output is an error.</param>
    /// <param name="subject">The file the message names.</param>
    /// <param name="cancellation">Kills the tool.</param>
    public static byte[] Capture(
        string program, IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, long outputBytesMax, string subject,
            CancellationToken cancellation)
    {
        using ToolProcess tool = Start(program, arguments, !input.IsEmpty);
        using CancellationTokenRegistration registration = cancellation.Register(tool.Kill);
        Task feed = input.IsEmpty ? Task.CompletedTask : Task.Run(() => tool.Feed(input), CancellationToken.None);
        using var result = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        int count;
        while ((count = tool.ReadSome(buffer)) > 0)
        {
            if (result.Length + count > outputBytesMax)
            {
                throw new MediaException(MediaError.TooLarge, $"'{subject}': {tool.Name} printed more than the limit of {outputBytesMax} bytes");
            }

            result.Write(buffer, 0, count);
        }

        feed.Wait(CancellationToken.None);
        tool.Finish(subject, cancellation);
        return result.ToArray();
    }

    /// <summary>Reads until the buffer is full; false at a clean end before the first byte.</summary>
    /// <exception cref="MediaException">The stream ended inside the buffer, or the tool failed.</exception>
    public bool ReadExactly(Span<byte> buffer, string subject, CancellationToken cancellation)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int count = ReadSome(buffer[filled..]);
            if (count == 0) break;
            filled += count;
        }

        cancellation.ThrowIfCancellationRequested();
        if (filled == buffer.Length) return true;
        Finish(subject, cancellation);
        if (filled == 0) return false;
        throw new MediaException(MediaError.Malformed, $"'{subject}': {Name} ended inside a frame, after {filled} of {buffer.Length} bytes");
    }

    /// <summary>Waits for the end and turns failure into an exception with what the tool said.</summary>
    /// <exception cref="MediaException"><see cref="MediaError.ToolFailed"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Finish(string subject, CancellationToken cancellation)
    {
        _process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        // ffmpeg can end with 0 although its last bytes did not fit on the disk.
        if (_process.ExitCode == 0 && !_writeFailures.Any(text => ErrorTail.Contains(text, StringComparison.Ordinal))) return;
        throw Failure(subject, cancellation);
    }

    /// <summary>The exception for a tool that ended early; waits for its last words.</summary>
    public Exception Failure(string subject, CancellationToken cancellation)
    {
        _process.WaitForExit();
        if (cancellation.CanBeCanceled && cancellation.WaitHandle.WaitOne(CancelGraceMs)) return new OperationCanceledException(cancellation);
        string tail = ErrorTail;
        MediaError code = _writeFailures.Any(text => tail.Contains(text, StringComparison.Ordinal)) ? MediaError.WriteFailed : MediaError.ToolFailed;
        return new MediaException(code, $"'{subject}': {Name} ended with {_process.ExitCode}: {(tail.Length == 0 ? "it said nothing" : tail)}");
    }

    /// <summary>Ends the tool now.</summary>
    public void Kill()
    {
        try
        {
            _killed = true;
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended in between.
        }
        catch (Win32Exception)
        {
            // It is ending.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private int ReadSome(Span<byte> buffer)
    {
        try
        {
            return Output.Read(buffer);
        }
        catch (IOException) when (_killed)
        {
            return 0;
        }
    }

    private void Feed(ReadOnlyMemory<byte> input)
    {
        try
        {
            Input.Write(input.Span);
            Input.Close();
        }
        catch (IOException)
        {
            // The tool closed its end: its exit code and last words tell why.
        }
    }

    private void OnError(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null) return;
        lock (_errors)
        {
            _errors.AppendLine(e.Data);
            if (_errors.Length > ErrorTailMax) _errors.Remove(0, _errors.Length - ErrorTailMax);
        }
    }
}
