using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>Which kind of message it is.</summary>
public enum MessageKind
{
    /// <summary>Worth a line in a log.</summary>
    Log = 0,

    /// <summary>Worth knowing.</summary>
    Message = 1,

    /// <summary>The result may not be what the user expects.</summary>
    Warning = 2,

    /// <summary>Something failed.</summary>
    Error = 3,
}

/// <summary>Tells the user something through the host.</summary>
public static unsafe class HostMessages
{
    /// <summary>Longest text passed on, in characters.</summary>
    public const int TextMax = 1024;

    /// <summary>Shows or logs a text; false where the host cannot. The text is never taken for a format.</summary>
    public static bool Send(HostInfo host, OfxImageEffectHandle effect, MessageKind kind, string text)
    {
        OfxMessageSuiteV1* suite = host.Messages;
        if (suite == null) return false;
        fixed (byte* native = Native(text))
        {
            return VariadicCaller.Message(suite->message, (void*)effect.Value, Name(kind), NativeText.Literal(""u8), native) == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Leaves a text on the effect until it is cleared; false where the host has no such place or is not known to survive being asked
    /// for it.</summary>
    public static bool SetPersistent(HostInfo host, OfxImageEffectHandle effect, MessageKind kind, string text)
    {
        OfxMessageSuiteV2* suite = host.MessagesV2;
        if (suite == null) return false;
        fixed (byte* native = Native(text))
        {
            return VariadicCaller.Message(suite->setPersistentMessage, (void*)effect.Value, Name(kind), NativeText.Literal(""u8), native)
                == OfxStatus.kOfxStatOK;
        }
    }

    /// <summary>Takes the text of <see cref="SetPersistent"/> away.</summary>
    public static bool ClearPersistent(HostInfo host, OfxImageEffectHandle effect)
    {
        OfxMessageSuiteV2* suite = host.MessagesV2;
        return suite != null && suite->clearPersistentMessage != null && suite->clearPersistentMessage((void*)effect.Value) == OfxStatus.kOfxStatOK;
    }

    private static byte[] Native(string text)
    {
        ReadOnlySpan<char> shown = text.AsSpan(0, Math.Min(text.Length, TextMax));
        byte[] bytes = new byte[NativeText.BytesMax(shown)];
        NativeText.Write(shown, bytes);
        return bytes;
    }

    private static byte* Name(MessageKind kind) => NativeText.Literal(kind switch
    {
        MessageKind.Log => OfxConstants.kOfxMessageLog,
        MessageKind.Warning => OfxConstants.kOfxMessageWarning,
        MessageKind.Error => OfxConstants.kOfxMessageError,
        _ => OfxConstants.kOfxMessageMessage,
    });
}
