using OpenFX.Raw;

namespace OpenFX.Tests.Raw;

/// <summary>The OpenFX 1.5 ABI in frozen numbers, independent of any header: it only changes when the standard does.</summary>
internal static class AbiFacts
{
    /// <summary>Slots of each suite in the order of its header. A slot is 8 bytes on every 64-bit target.</summary>
    public static readonly Dictionary<Type, string> Slots = new()
    {
        [typeof(OfxPropertySuiteV1)] =
            "propSetPointer propSetString propSetDouble propSetInt propSetPointerN propSetStringN propSetDoubleN " +
            "propSetIntN propGetPointer propGetString propGetDouble propGetInt propGetPointerN propGetStringN " +
            "propGetDoubleN propGetIntN propReset propGetDimension",
        [typeof(OfxImageEffectSuiteV1)] =
            "getPropertySet getParamSet clipDefine clipGetHandle clipGetPropertySet clipGetImage clipReleaseImage " +
            "clipGetRegionOfDefinition abort imageMemoryAlloc imageMemoryFree imageMemoryLock imageMemoryUnlock",
        [typeof(OfxParameterSuiteV1)] =
            "paramDefine paramGetHandle paramSetGetPropertySet paramGetPropertySet paramGetValue paramGetValueAtTime " +
            "paramGetDerivative paramGetIntegral paramSetValue paramSetValueAtTime paramGetNumKeys paramGetKeyTime " +
            "paramGetKeyIndex paramDeleteKey paramDeleteAllKeys paramCopy paramEditBegin paramEditEnd",
        [typeof(OfxMemorySuiteV1)] = "memoryAlloc memoryFree",
        [typeof(OfxMultiThreadSuiteV1)] =
            "multiThread multiThreadNumCPUs multiThreadIndex multiThreadIsSpawnedThread mutexCreate mutexDestroy mutexLock " +
            "mutexUnLock mutexTryLock",
        [typeof(OfxMessageSuiteV1)] = "message",
        [typeof(OfxMessageSuiteV2)] = "message setPersistentMessage clearPersistentMessage",
        [typeof(OfxProgressSuiteV1)] = "progressStart progressUpdate progressEnd",
        [typeof(OfxProgressSuiteV2)] = "progressStart progressUpdate progressEnd",
        [typeof(OfxTimeLineSuiteV1)] = "getTime gotoTime getTimeBounds",
        [typeof(OfxInteractSuiteV1)] = "interactSwapBuffers interactRedraw interactGetPropertySet",
        [typeof(OfxParametricParameterSuiteV1)] =
            "parametricParamGetValue parametricParamGetNControlPoints parametricParamGetNthControlPoint " +
            "parametricParamSetNthControlPoint parametricParamAddControlPoint parametricParamDeleteControlPoint " +
            "parametricParamDeleteAllControlPoints",
        [typeof(OfxImageEffectOpenGLRenderSuiteV1)] = "clipLoadTexture clipFreeTexture flushResources",
        [typeof(OfxOpenCLProgramSuiteV1)] = "compileProgram",
        [typeof(OfxDialogSuiteV1)] = "RequestDialog NotifyRedrawPending",
        [typeof(OfxDrawSuiteV1)] = "getColour setColour setLineWidth setLineStipple draw drawText",
    };

    /// <summary>Size and field offsets of the other structures.</summary>
    public static readonly Dictionary<Type, (int Size, int[] Offsets)> Structures = new()
    {
        [typeof(OfxHost)] = (16, [0, 8]),
        [typeof(OfxPlugin)] = (48, [0, 8, 16, 24, 28, 32, 40]),
        [typeof(OfxBytes)] = (16, [0, 8]),
        [typeof(OfxRangeI)] = (8, [0, 4]),
        [typeof(OfxRangeD)] = (16, [0, 8]),
        [typeof(OfxPointI)] = (8, [0, 4]),
        [typeof(OfxPointD)] = (16, [0, 8]),
        [typeof(OfxRectI)] = (16, [0, 4, 8, 12]),
        [typeof(OfxRectD)] = (32, [0, 8, 16, 24]),
        [typeof(OfxRGBAColourB)] = (4, [0, 1, 2, 3]),
        [typeof(OfxRGBAColourS)] = (8, [0, 2, 4, 6]),
        [typeof(OfxRGBAColourF)] = (16, [0, 4, 8, 12]),
        [typeof(OfxRGBAColourD)] = (32, [0, 8, 16, 24]),
        [typeof(OfxRGBColourB)] = (3, [0, 1, 2]),
        [typeof(OfxRGBColourS)] = (6, [0, 2, 4]),
        [typeof(OfxRGBColourF)] = (12, [0, 4, 8]),
        [typeof(OfxRGBColourD)] = (24, [0, 8, 16]),
        [typeof(OfxYUVAColourB)] = (4, [0, 1, 2, 3]),
        [typeof(OfxYUVAColourS)] = (8, [0, 2, 4, 6]),
        [typeof(OfxYUVAColourF)] = (16, [0, 4, 8, 12]),
    };

    /// <summary>How many names <see cref="OfxConstants"/> has and the SHA-256 of their sorted <c>name=value</c> lines.</summary>
    public const int ConstantCount = 783;

    /// <inheritdoc cref="ConstantCount"/>
    public const string ConstantHash = "430d2d95338f4903567164b0462cefac0bec9f7b97ac0fa285a5aeebe5103dc2";
}
