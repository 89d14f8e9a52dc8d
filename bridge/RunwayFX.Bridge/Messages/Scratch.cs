namespace RunwayFX.Bridge;

/// <summary>Arrays that a connection reads one message after another into, because every frame of a clip has as many numbers as the one before.</summary>
/// <remarks>What a message holds in such an array is good until the next message of its type is read.</remarks>
internal sealed class Scratch
{
    private double[] _doubles = [];
    private ClipFrame[] _frames = [];

    /// <summary>The same array where it has the length, else a new one.</summary>
    public static T[] OfLength<T>(T[] array, int length) => array.Length == length ? array : new T[length];

    public double[] Doubles(int count) => _doubles = OfLength(_doubles, count);

    public ClipFrame[] Frames(int count) => _frames = OfLength(_frames, count);
}
