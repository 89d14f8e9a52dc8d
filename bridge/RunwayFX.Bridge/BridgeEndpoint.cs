using System.IO.Hashing;
using System.Text;
using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>Where the engine of this user and build listens.</summary>
/// <param name="Folder">The folder, verified to be ours and closed to others; empty on Windows.</param>
/// <param name="Address">Path of the socket, or name of the pipe.</param>
public sealed record BridgeEndpoint(string Folder, string Address)
{
    /// <summary>Overrides the folder; absolute path. For tests and for systems without a runtime folder.</summary>
    public const string FolderVariable = "RUNWAYFX_RUNTIME_DIR";

    /// <summary>Longest socket path the system takes, in bytes, without its closing zero.</summary>
    public const int AddressBytesMax = 107;

    /// <summary>Longest build id that stands in a file name as it is; a longer one is hashed.</summary>
    private const int BuildCharactersMax = 24;

    private const int OwnerOnly = 0b111_000_000, OthersMask = 0b000_111_111, OthersWrite = 0b000_010_010;

    /// <summary>Path of the file whose lock the one engine holds.</summary>
    public string LockPath => Address + ".lock";

    /// <summary>Finds, and where needed makes, the folder: <see cref="FolderVariable"/>, else <c>$XDG_RUNTIME_DIR/runwayfx</c>, else
    /// <c>runwayfx-&lt;uid&gt;</c> in the temporary folder.</summary>
    /// <exception cref="BridgeException">No folder is safely ours, or the path is too long.</exception>
    public static BridgeEndpoint Default()
    {
        string name = $"{BridgeVersion.Protocol}-{FileNameOf(BridgeVersion.Build)}";
        if (OperatingSystem.IsWindows()) return new BridgeEndpoint("", $@"\\.\pipe\runwayfx-{Environment.UserName}-{name}");
        if (!OperatingSystem.IsLinux()) throw new BridgeException(BridgeError.Unsupported, "the bridge runs on Linux and Windows");
        string folder = FindFolder();
        return new BridgeEndpoint(folder, Checked(Path.Combine(folder, name + ".sock")));
    }

    /// <summary>An endpoint at a given socket path. A client starts its engine as <c>runwayfx-engine serve --socket PATH</c>; the engine takes PATH
    /// through here.</summary>
    /// <exception cref="BridgeException">The path is relative or too long, or its folder is not safely ours.</exception>
    public static BridgeEndpoint At(string address)
    {
        if (OperatingSystem.IsWindows()) return new BridgeEndpoint("", address);
        string? folder = Path.IsPathFullyQualified(address) ? Path.GetDirectoryName(address) : null;
        if (string.IsNullOrEmpty(folder)) throw new BridgeException(BridgeError.OutOfRange, $"socket path '{address}' is not absolute");
        Secure(folder);
        return new BridgeEndpoint(folder, Checked(address));
    }

    /// <summary>A build id as part of a file name: itself where it is short and harmless, else a hash.</summary>
    internal static string FileNameOf(string build)
    {
        bool harmless = build.Length <= BuildCharactersMax && build.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+');
        if (harmless) return build;
        return XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(build)).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Makes a folder that only its owner can enter, where it is absent, and looks whether it can be trusted: a folder and no link, ours, closed to others. Its parent
    /// must be there.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public static string? TryMakePrivate(string folder)
    {
        if (OperatingSystem.IsLinux()) return TrySecure(folder);
        try
        {
            Directory.CreateDirectory(folder); // Below the user's own data on Windows, which others cannot enter.
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }

    private static string FindFolder()
    {
        string? named = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(named))
        {
            if (!Path.IsPathFullyQualified(named))
            {
                throw new BridgeException(BridgeError.RuntimeFolderUnsafe, $"{FolderVariable} '{named}' is not absolute");
            }

            Secure(named);
            return named;
        }

        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        if (!string.IsNullOrEmpty(runtime) && Path.IsPathFullyQualified(runtime) && Complaint(runtime, OthersWrite) is null)
        {
            string inRuntime = Path.Combine(runtime, "runwayfx");
            if (TrySecure(inRuntime) is null) return inRuntime;
        }

        string temporary = Path.Combine(Path.GetTempPath(), $"runwayfx-{LibC.geteuid()}");
        Secure(temporary);
        return temporary;
    }

    private static void Secure(string folder)
    {
        if (TrySecure(folder) is string complaint) throw new BridgeException(BridgeError.RuntimeFolderUnsafe, complaint);
    }

    /// <summary>Makes the folder where it is absent, and says what is wrong with it; null where nothing is.</summary>
    private static string? TrySecure(string folder)
    {
        if (LibC.mkdir(folder, OwnerOnly) == 0)
        {
            // The mask may have taken away more than it should.
            if (LibC.chmod(folder, OwnerOnly) != 0) return $"{folder} cannot be closed to others";
        }

        return Complaint(folder, OthersMask);
    }

    /// <summary>What speaks against trusting a folder: not a folder (a link is none), another owner, or rights of others in
    /// <paramref name="mask"/>.</summary>
    private static unsafe string? Complaint(string folder, int mask)
    {
        LibC.statx_t stat;
        if (LibC.statx(LibC.AT_FDCWD, folder, LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &stat) != 0)
        {
            return SystemCall.Failed($"looking at folder {folder}").Message;
        }

        if ((stat.stx_mode & LibC.S_IFMT) != LibC.S_IFDIR) return $"{folder} is not a folder";
        uint user = LibC.geteuid();
        if (stat.stx_uid != user) return $"{folder} belongs to user {stat.stx_uid}, not to user {user}";
        int open = stat.stx_mode & mask;
        return open == 0 ? null : $"{folder} is open to others (mode {Convert.ToString(stat.stx_mode & 0xFFF, 8)})";
    }

    private static string Checked(string path)
    {
        int length = Encoding.UTF8.GetByteCount(path);
        return length <= AddressBytesMax
            ? path
            : throw new BridgeException(
                BridgeError.OutOfRange,
                $"socket path {path} has {length} bytes, the limit is {AddressBytesMax}; set {FolderVariable} to a shorter folder");
    }
}
