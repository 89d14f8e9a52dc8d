using System.Runtime.InteropServices;

namespace RunwayFX.Premiere;

/// <summary>Asks the user with the system's own dialog. The ABI has neither texts nor files, so a button has to.</summary>
/// <remarks>A text is what stands in a text file that the user chooses (<see cref="TextFile"/>). On other systems than Windows nothing is asked: the answer is then
/// that of a user who cancels.</remarks>
internal static unsafe partial class SystemPrompt
{
    private const int PathCharacters = 32_768;
    private const uint FileMustExist = 0x1000, PathMustExist = 0x800, NoChangeFolder = 0x8, HideReadOnly = 0x4, Explorer = 0x80000;

    /// <summary>As <see cref="TextPrompt"/>.</summary>
    /// <exception cref="AdobeEffects.Plugins.EffectException">The text file cannot be read.</exception>
    public static string? Ask(string title, string current, bool isFile)
    {
        if (!OperatingSystem.IsWindows()) return null;
        if (isFile) return AskForFile(title, current, "Pictures\0*.png;*.jpg;*.jpeg;*.exr;*.tif;*.tiff\0All files\0*.*\0");
        return AskForFile(title + " (text file)", "", "Text\0*.txt\0All files\0*.*\0") is { } path ? TextFile.Read(path) : null;
    }

    private static string? AskForFile(string title, string current, string filters)
    {
        char[] path = new char[PathCharacters];
        if (current.Length < PathCharacters) current.CopyTo(path);
        fixed (char* text = title, file = path, filter = filters)
        {
            OpenFileName question = new()
            {
                Size = (uint)sizeof(OpenFileName), Owner = GetActiveWindow(), Filter = filter, File = file, FileMax = PathCharacters, Title = text,
                Flags = FileMustExist | PathMustExist | NoChangeFolder | HideReadOnly | Explorer,
            };
            return GetOpenFileName(&question) != 0 ? new string(file) : null;
        }
    }

    [LibraryImport("user32", EntryPoint = "GetActiveWindow")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint GetActiveWindow();

    [LibraryImport("comdlg32", EntryPoint = "GetOpenFileNameW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int GetOpenFileName(OpenFileName* question);

    /// <summary><c>OPENFILENAMEW</c> of commdlg.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenFileName
    {
        public uint Size;
        public nint Owner, Instance;
        public char* Filter, CustomFilter;
        public uint CustomFilterMax, FilterIndex;
        public char* File;
        public uint FileMax;
        public char* FileTitle;
        public uint FileTitleMax;
        public char* InitialFolder, Title;
        public uint Flags;
        public ushort FileOffset, FileExtension;
        public char* DefaultExtension;
        public nint Data, Hook;
        public char* Template;
        public nint Reserved;
        public uint Reserved2, FlagsEx;
    }
}
