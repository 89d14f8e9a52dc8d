using AdobeEffects.Pipl;
using RunwayFX.Effects;
using RunwayFX.Premiere;

// Writes the PiPL of every effect as a compiled resource, NAME.res, into a folder: a step of the Windows build. What it says comes from the definition
// that answers GLOBAL_SETUP too.
if (args.Length != 1)
{
    Console.Error.WriteLine("usage: RunwayFX.PiplWriter FOLDER");
    return 2;
}

Directory.CreateDirectory(args[0]);
foreach (EffectDefinition effect in CatalogueMapping.Effects)
{
    byte[] pipl = CatalogueMapping.Make(effect).ToPipl("EffectMain").ToBytes(PiplSystem.Windows);
    byte[] file = ResourceFile.Write([new WindowsResource(ResourceFile.PiplType, ResourceFile.PiplId, [.. pipl])]);
    string path = Path.Combine(args[0], effect.Name + ".res");
    File.WriteAllBytes(path + ".part", file);
    File.Move(path + ".part", path, overwrite: true);
}

return 0;
