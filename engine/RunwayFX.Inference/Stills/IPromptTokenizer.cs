using RunwayFX.Inference.Prompts;

namespace RunwayFX.Inference.Stills;

/// <summary>Turns a prompt into the token ids of a text encoder.</summary>
public interface IPromptTokenizer
{
    /// <summary>Ids with start and end marks, cut or padded to a length.</summary>
    int[] Encode(string text, int length);

    /// <summary>Both prompts as equally many chunks of the encoder's length, with weights; null where this tokenizer knows one chunk without weights
    /// alone.</summary>
    (PromptChunks Wanted, PromptChunks Unwanted)? Chunks(string prompt, string negative) => null;
}
