namespace RunwayFX.Inference.Stills;

/// <summary>Turns a prompt into the token ids of a text encoder.</summary>
public interface IPromptTokenizer
{
    /// <summary>Ids with start and end marks, cut or padded to a length.</summary>
    int[] Encode(string text, int length);
}
