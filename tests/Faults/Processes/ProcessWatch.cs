using System.Globalization;

namespace RunwayFX.Faults.Processes;

/// <summary>What the kernel says about a process: what it holds and whether it lives.</summary>
internal static class ProcessWatch
{
    private const string SlotName = "memfd:runwayfx-slot";

    /// <summary>What a process holds of the bridge.</summary>
    /// <param name="Slots">Mappings of slot memory.</param>
    /// <param name="SlotFiles">Descriptors of slot memory.</param>
    /// <param name="Sockets">Open sockets.</param>
    /// <param name="Children">Child processes, zombies included.</param>
    public readonly record struct Holdings(int Slots, int SlotFiles, int Sockets, int Children)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"slots={Slots} files={SlotFiles} sockets={Sockets} children={Children}");
    }

    /// <summary>Counts; zeros where the process is gone.</summary>
    public static Holdings Look(int process)
    {
        string root = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        try
        {
            int slots = File.ReadLines(root + "/maps").Count(static line => line.Contains(SlotName, StringComparison.Ordinal));
            int files = 0, sockets = 0;
            foreach (string path in Directory.EnumerateFileSystemEntries(root + "/fd"))
            {
                string target = new FileInfo(path).LinkTarget ?? "";
                if (target.Contains(SlotName, StringComparison.Ordinal)) files++;
                if (target.StartsWith("socket:", StringComparison.Ordinal)) sockets++;
            }

            int children = 0;
            foreach (string task in Directory.EnumerateDirectories(root + "/task"))
            {
                children += File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
            }

            return new Holdings(slots, files, sockets, children);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The highest number of an open descriptor.</summary>
    public static int HighestDescriptor(int process) =>
        Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd"))
            .Max(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));

    /// <summary>As <see cref="Look"/>, in words.</summary>
    public static string Describe(int process) => Look(process).ToString();

    /// <summary>Whether a process is there and is no zombie.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Processes whose command line names a path.</summary>
    public static List<int> Naming(string path)
    {
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process) || process == Environment.ProcessId) continue;
            try
            {
                if (File.ReadAllText(folder + "/cmdline").Contains(path, StringComparison.Ordinal)) found.Add(process);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                continue; // It ended meanwhile.
            }
        }

        return found;
    }

    /// <summary>Waits until something is so; false where it was not within the time.</summary>
    public static bool Await(Func<bool> condition, int milliseconds)
    {
        long end = Environment.TickCount64 + milliseconds;
        while (!condition())
        {
            if (Environment.TickCount64 > end) return false;
            Thread.Sleep(2);
        }

        return true;
    }
}
