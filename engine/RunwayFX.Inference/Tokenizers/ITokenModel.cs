namespace RunwayFX.Inference.Tokenizers;

/// <summary>Cuts a piece of text into tokens of a vocabulary.</summary>
internal interface ITokenModel
{
    /// <summary>Appends the piece's ids.</summary>
    void Encode(string piece, List<int> ids);

    /// <summary>The id of a token as the vocabulary writes it, or null.</summary>
    int? IdOf(string token);

    /// <summary>How the vocabulary writes an id, or null.</summary>
    string? TokenOf(int id);
}
