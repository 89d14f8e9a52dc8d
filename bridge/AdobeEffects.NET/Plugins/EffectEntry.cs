using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>The one place through which a host reaches an effect: nothing thrown leaves it.</summary>
internal static unsafe class EffectEntry
{
    /// <summary>Runs a command.</summary>
    public static PF_Err Main(Effect effect, PF_Cmd command, PF_InData* inData, PF_OutData* outData, PF_ParamDef** parameters, PF_LayerDef* output, void* extra)
    {
        if (inData == null || outData == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        try
        {
            using HostCall call = new(effect, inData, outData, parameters, output);
            return EffectCommands.Run(call, command, extra);
        }
        catch (OperationCanceledException)
        {
            return PF_Err.PF_Interrupt_CANCEL;
        }
        catch (OutOfMemoryException)
        {
            return PF_Err.PF_Err_OUT_OF_MEMORY; // No line: writing one allocates.
        }
        catch (EffectException e)
        {
            return Failed(outData, command, e.Message);
        }
#pragma warning disable CA1031 // An exception that leaves this frame ends the host process.
        catch (Exception e)
        {
            EffectLog.Write($"{command}: {e}");
            return Failed(outData, command, $"{e.GetType().Name}: {e.Message}");
        }
#pragma warning restore CA1031
    }

    private static PF_Err Failed(PF_OutData* outData, PF_Cmd command, string message)
    {
        EffectLog.Write($"{command}: {message}");
        HostCall.SetMessage(outData, message, true);
        return PF_Err.PF_Err_INTERNAL_STRUCT_DAMAGED;
    }
}
