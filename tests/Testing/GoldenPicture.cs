using System.Runtime.CompilerServices;
using NUnit.Framework;
using RunwayFX.Imaging;

namespace RunwayFX.Testing;

/// <summary>Compares a picture with one that a person accepted: worst pixel and mean.</summary>
/// <remarks>Goldens are 8-bit PNG files in a folder <c>Golden</c> beside the test's source. With <see cref="AcceptVariable"/> set to 1 the actual
/// picture
/// is written in their place, and the test fails all the same: accepting never counts as green.</remarks>
public static class GoldenPicture
{
    /// <summary>Set to 1 to write goldens.</summary>
    public const string AcceptVariable = "RUNWAYFX_ACCEPT_GOLDEN";

    /// <summary>Fails the test, and saves the actual picture, where it differs from the golden by more than the limits.</summary>
    /// <param name="actual">What the code made, display encoded.</param>
    /// <param name="name">File name of the golden without extension.</param>
    /// <param name="worstLimit">Largest difference allowed in one channel; half a step of 8 bits is lost in the file.</param>
    /// <param name="meanLimit">Largest mean difference allowed.</param>
    /// <param name="testFile">Filled in by the compiler.</param>
    public static void AssertMatches(Frame actual, string name, double worstLimit, double meanLimit, [CallerFilePath] string testFile = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(testFile)!, "Golden", name + ".png");
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            TestArtifacts.WritePng(actual, path);
            Assert.Fail($"{path} was written; run again without {AcceptVariable} to compare with it.");
        }

        if (!File.Exists(path)) Assert.Fail($"{path} is missing: look at {TestArtifacts.Save(actual, name)} and accept it with {AcceptVariable}=1.");
        FrameComparison.AssertClose(actual, TestPictures.Load(path), worstLimit, meanLimit);
    }
}
