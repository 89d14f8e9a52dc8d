using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace RunwayFX.Windows.Tests;

/// <summary>What a Windows library offers and asks for.</summary>
internal sealed class PeExports : IDisposable
{
    private readonly PEReader _reader;

    public PeExports(string path) => _reader = new PEReader(File.OpenRead(path));

    /// <summary>The processor it is for.</summary>
    public Machine Machine => _reader.PEHeaders.CoffHeader.Machine;

    /// <summary>What the loader may do with it.</summary>
    public DllCharacteristics Characteristics => _reader.PEHeaders.PEHeader!.DllCharacteristics;

    /// <summary>Whether threads get variables of their own from it.</summary>
    public bool HasThreadStorage => _reader.PEHeaders.PEHeader!.ThreadLocalStorageTableDirectory.Size > 0;

    /// <summary>Names that others can bind to, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            BlobAt table = new(this, _reader.PEHeaders.PEHeader!.ExportTableDirectory.RelativeVirtualAddress);
            int count = table.Number(24), names = table.Number(32);
            return [.. Enumerable.Range(0, count).Select(index => Text(new BlobAt(this, names).Number(index * 4))).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Libraries that have to be there, in lower case and sorted.</summary>
    public IReadOnlyList<string> Imports
    {
        get
        {
            List<string> names = [];
            BlobAt table = new(this, _reader.PEHeaders.PEHeader!.ImportTableDirectory.RelativeVirtualAddress);
            for (int entry = 0; table.Number(entry + 12) is var name and not 0; entry += 20) names.Add(Text(name).ToLowerInvariant());
            names.Sort(StringComparer.Ordinal);
            return names;
        }
    }

    public void Dispose() => _reader.Dispose();

    private string Text(int address)
    {
        BlobReader bytes = _reader.GetSectionData(address).GetReader();
        StringBuilder text = new();
        while (bytes.ReadByte() is var letter and not 0) text.Append((char)letter);
        return text.ToString();
    }

    private readonly struct BlobAt(PeExports file, int address)
    {
        public int Number(int offset) => file._reader.GetSectionData(address + offset).GetReader(0, 4).ReadInt32();
    }
}
