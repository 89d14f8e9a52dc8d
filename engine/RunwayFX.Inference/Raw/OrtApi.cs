namespace RunwayFX.Inference.Raw;

/// <summary>The functions of ONNX Runtime's C interface that this room calls (<c>OrtApi</c> in onnxruntime_c_api.h), spelled as in the header.</summary>
/// <remarks>Handles are opaque and stand as <see cref="nint"/>; a status of 0 means success, any other must be released
/// (<see cref="Sessions.OnnxRuntime"/> does). Every function here exists since interface version 23.</remarks>
internal readonly unsafe struct OrtApi(nint* slots)
{
    /// <summary>(nint status)</summary>
    public delegate* unmanaged<nint, int> GetErrorCode => (delegate* unmanaged<nint, int>)slots[(int)OrtSlot.GetErrorCode];

    /// <summary>(nint status)</summary>
    public delegate* unmanaged<nint, byte*> GetErrorMessage => (delegate* unmanaged<nint, byte*>)slots[(int)OrtSlot.GetErrorMessage];

    /// <summary>(OrtLoggingFunction logger, void* param, int level, byte* logid, nint* env)</summary>
    public delegate* unmanaged<void*, void*, int, byte*, nint*, nint> CreateEnvWithCustomLogger =>
        (delegate* unmanaged<void*, void*, int, byte*, nint*, nint>)slots[(int)OrtSlot.CreateEnvWithCustomLogger];

    /// <summary>(nint env, void* path, nint options, nint* session)</summary>
    public delegate* unmanaged<nint, void*, nint, nint*, nint> CreateSession =>
        (delegate* unmanaged<nint, void*, nint, nint*, nint>)slots[(int)OrtSlot.CreateSession];

    /// <summary>(nint env, void* model, nuint length, nint options, nint* session)</summary>
    public delegate* unmanaged<nint, void*, nuint, nint, nint*, nint> CreateSessionFromArray =>
        (delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)slots[(int)OrtSlot.CreateSessionFromArray];

    /// <summary>(nint session, nint runOptions, byte** inputNames, nint* inputs, nuint inputCount, byte** outputNames, nuint outputCount, nint* outputs)</summary>
    public delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint> Run =>
        (delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)slots[(int)OrtSlot.Run];

    /// <summary>(nint* options)</summary>
    public delegate* unmanaged<nint*, nint> CreateSessionOptions => (delegate* unmanaged<nint*, nint>)slots[(int)OrtSlot.CreateSessionOptions];

    /// <summary>(nint options)</summary>
    public delegate* unmanaged<nint, nint> DisableMemPattern => (delegate* unmanaged<nint, nint>)slots[(int)OrtSlot.DisableMemPattern];

    /// <summary>(nint options, int level)</summary>
    public delegate* unmanaged<nint, int, nint> SetSessionGraphOptimizationLevel =>
        (delegate* unmanaged<nint, int, nint>)slots[(int)OrtSlot.SetSessionGraphOptimizationLevel];

    /// <summary>(nint options, int threads)</summary>
    public delegate* unmanaged<nint, int, nint> SetIntraOpNumThreads =>
        (delegate* unmanaged<nint, int, nint>)slots[(int)OrtSlot.SetIntraOpNumThreads];

    /// <summary>(nint options, int threads)</summary>
    public delegate* unmanaged<nint, int, nint> SetInterOpNumThreads =>
        (delegate* unmanaged<nint, int, nint>)slots[(int)OrtSlot.SetInterOpNumThreads];

    /// <summary>(nint session, nuint* count)</summary>
    public delegate* unmanaged<nint, nuint*, nint> SessionGetInputCount =>
        (delegate* unmanaged<nint, nuint*, nint>)slots[(int)OrtSlot.SessionGetInputCount];

    /// <summary>(nint session, nuint* count)</summary>
    public delegate* unmanaged<nint, nuint*, nint> SessionGetOutputCount =>
        (delegate* unmanaged<nint, nuint*, nint>)slots[(int)OrtSlot.SessionGetOutputCount];

    /// <summary>(nint session, nuint index, nint* type)</summary>
    public delegate* unmanaged<nint, nuint, nint*, nint> SessionGetInputTypeInfo =>
        (delegate* unmanaged<nint, nuint, nint*, nint>)slots[(int)OrtSlot.SessionGetInputTypeInfo];

    /// <summary>(nint session, nuint index, nint* type)</summary>
    public delegate* unmanaged<nint, nuint, nint*, nint> SessionGetOutputTypeInfo =>
        (delegate* unmanaged<nint, nuint, nint*, nint>)slots[(int)OrtSlot.SessionGetOutputTypeInfo];

    /// <summary>(nint session, nuint index, nint allocator, byte** name)</summary>
    public delegate* unmanaged<nint, nuint, nint, byte**, nint> SessionGetInputName =>
        (delegate* unmanaged<nint, nuint, nint, byte**, nint>)slots[(int)OrtSlot.SessionGetInputName];

    /// <summary>(nint session, nuint index, nint allocator, byte** name)</summary>
    public delegate* unmanaged<nint, nuint, nint, byte**, nint> SessionGetOutputName =>
        (delegate* unmanaged<nint, nuint, nint, byte**, nint>)slots[(int)OrtSlot.SessionGetOutputName];

    /// <summary>(nint* options)</summary>
    public delegate* unmanaged<nint*, nint> CreateRunOptions => (delegate* unmanaged<nint*, nint>)slots[(int)OrtSlot.CreateRunOptions];

    /// <summary>(nint options)</summary>
    public delegate* unmanaged<nint, nint> RunOptionsSetTerminate => (delegate* unmanaged<nint, nint>)slots[(int)OrtSlot.RunOptionsSetTerminate];

    /// <summary>(nint memory, void* data, nuint bytes, long* shape, nuint rank, int type, nint* value)</summary>
    public delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint> CreateTensorWithDataAsOrtValue =>
        (delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)slots[(int)OrtSlot.CreateTensorWithDataAsOrtValue];

    /// <summary>(nint type, nint* tensor)</summary>
    public delegate* unmanaged<nint, nint*, nint> CastTypeInfoToTensorInfo =>
        (delegate* unmanaged<nint, nint*, nint>)slots[(int)OrtSlot.CastTypeInfoToTensorInfo];

    /// <summary>(nint tensor, int* type)</summary>
    public delegate* unmanaged<nint, int*, nint> GetTensorElementType =>
        (delegate* unmanaged<nint, int*, nint>)slots[(int)OrtSlot.GetTensorElementType];

    /// <summary>(nint tensor, nuint* rank)</summary>
    public delegate* unmanaged<nint, nuint*, nint> GetDimensionsCount =>
        (delegate* unmanaged<nint, nuint*, nint>)slots[(int)OrtSlot.GetDimensionsCount];

    /// <summary>(nint tensor, long* dimensions, nuint rank)</summary>
    public delegate* unmanaged<nint, long*, nuint, nint> GetDimensions =>
        (delegate* unmanaged<nint, long*, nuint, nint>)slots[(int)OrtSlot.GetDimensions];

    /// <summary>(nint tensor, byte** names, nuint rank)</summary>
    public delegate* unmanaged<nint, byte**, nuint, nint> GetSymbolicDimensions =>
        (delegate* unmanaged<nint, byte**, nuint, nint>)slots[(int)OrtSlot.GetSymbolicDimensions];

    /// <summary>(int allocator, int memory, nint* info)</summary>
    public delegate* unmanaged<int, int, nint*, nint> CreateCpuMemoryInfo =>
        (delegate* unmanaged<int, int, nint*, nint>)slots[(int)OrtSlot.CreateCpuMemoryInfo];

    /// <summary>(nint allocator, void* block)</summary>
    public delegate* unmanaged<nint, void*, nint> AllocatorFree => (delegate* unmanaged<nint, void*, nint>)slots[(int)OrtSlot.AllocatorFree];

    /// <summary>(nint* allocator)</summary>
    public delegate* unmanaged<nint*, nint> GetAllocatorWithDefaultOptions =>
        (delegate* unmanaged<nint*, nint>)slots[(int)OrtSlot.GetAllocatorWithDefaultOptions];

    /// <summary>(nint status)</summary>
    public delegate* unmanaged<nint, void> ReleaseStatus => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseStatus];

    /// <summary>(nint info)</summary>
    public delegate* unmanaged<nint, void> ReleaseMemoryInfo => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseMemoryInfo];

    /// <summary>(nint session)</summary>
    public delegate* unmanaged<nint, void> ReleaseSession => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseSession];

    /// <summary>(nint value)</summary>
    public delegate* unmanaged<nint, void> ReleaseValue => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseValue];

    /// <summary>(nint options)</summary>
    public delegate* unmanaged<nint, void> ReleaseRunOptions => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseRunOptions];

    /// <summary>(nint type)</summary>
    public delegate* unmanaged<nint, void> ReleaseTypeInfo => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseTypeInfo];

    /// <summary>(nint options)</summary>
    public delegate* unmanaged<nint, void> ReleaseSessionOptions => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseSessionOptions];

    /// <summary>(nint options, byte* name, long value)</summary>
    public delegate* unmanaged<nint, byte*, long, nint> AddFreeDimensionOverrideByName =>
        (delegate* unmanaged<nint, byte*, long, nint>)slots[(int)OrtSlot.AddFreeDimensionOverrideByName];

    /// <summary>(byte*** names, int* count)</summary>
    public delegate* unmanaged<byte***, int*, nint> GetAvailableProviders =>
        (delegate* unmanaged<byte***, int*, nint>)slots[(int)OrtSlot.GetAvailableProviders];

    /// <summary>(byte** names, int count)</summary>
    public delegate* unmanaged<byte**, int, nint> ReleaseAvailableProviders =>
        (delegate* unmanaged<byte**, int, nint>)slots[(int)OrtSlot.ReleaseAvailableProviders];

    /// <summary>(nint options, byte* key, byte* value)</summary>
    public delegate* unmanaged<nint, byte*, byte*, nint> AddSessionConfigEntry =>
        (delegate* unmanaged<nint, byte*, byte*, nint>)slots[(int)OrtSlot.AddSessionConfigEntry];

    /// <summary>(nint session, nint runOptions, nint binding)</summary>
    public delegate* unmanaged<nint, nint, nint, nint> RunWithBinding =>
        (delegate* unmanaged<nint, nint, nint, nint>)slots[(int)OrtSlot.RunWithBinding];

    /// <summary>(nint session, nint* binding)</summary>
    public delegate* unmanaged<nint, nint*, nint> CreateIoBinding => (delegate* unmanaged<nint, nint*, nint>)slots[(int)OrtSlot.CreateIoBinding];

    /// <summary>(nint binding)</summary>
    public delegate* unmanaged<nint, void> ReleaseIoBinding => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseIoBinding];

    /// <summary>(nint binding, byte* name, nint value)</summary>
    public delegate* unmanaged<nint, byte*, nint, nint> BindInput => (delegate* unmanaged<nint, byte*, nint, nint>)slots[(int)OrtSlot.BindInput];

    /// <summary>(nint binding, byte* name, nint value)</summary>
    public delegate* unmanaged<nint, byte*, nint, nint> BindOutput => (delegate* unmanaged<nint, byte*, nint, nint>)slots[(int)OrtSlot.BindOutput];

    /// <summary>(nint options, byte* name, nint value)</summary>
    public delegate* unmanaged<nint, byte*, nint, nint> AddInitializer =>
        (delegate* unmanaged<nint, byte*, nint, nint>)slots[(int)OrtSlot.AddInitializer];

    /// <summary>(nint options, byte* key, byte* value)</summary>
    public delegate* unmanaged<nint, byte*, byte*, nint> AddRunConfigEntry =>
        (delegate* unmanaged<nint, byte*, byte*, nint>)slots[(int)OrtSlot.AddRunConfigEntry];

    /// <summary>(nint options, nint tensorRt)</summary>
    public delegate* unmanaged<nint, nint, nint> SessionOptionsAppendExecutionProvider_TensorRT_V2 =>
        (delegate* unmanaged<nint, nint, nint>)slots[(int)OrtSlot.SessionOptionsAppendExecutionProvider_TensorRT_V2];

    /// <summary>(nint* options)</summary>
    public delegate* unmanaged<nint*, nint> CreateTensorRTProviderOptions =>
        (delegate* unmanaged<nint*, nint>)slots[(int)OrtSlot.CreateTensorRTProviderOptions];

    /// <summary>(nint options, byte** keys, byte** values, nuint count)</summary>
    public delegate* unmanaged<nint, byte**, byte**, nuint, nint> UpdateTensorRTProviderOptions =>
        (delegate* unmanaged<nint, byte**, byte**, nuint, nint>)slots[(int)OrtSlot.UpdateTensorRTProviderOptions];

    /// <summary>(nint options)</summary>
    public delegate* unmanaged<nint, void> ReleaseTensorRTProviderOptions =>
        (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseTensorRTProviderOptions];

    /// <summary>(nint options, nint cuda)</summary>
    public delegate* unmanaged<nint, nint, nint> SessionOptionsAppendExecutionProvider_CUDA_V2 =>
        (delegate* unmanaged<nint, nint, nint>)slots[(int)OrtSlot.SessionOptionsAppendExecutionProvider_CUDA_V2];

    /// <summary>(nint* options)</summary>
    public delegate* unmanaged<nint*, nint> CreateCUDAProviderOptions =>
        (delegate* unmanaged<nint*, nint>)slots[(int)OrtSlot.CreateCUDAProviderOptions];

    /// <summary>(nint options, byte** keys, byte** values, nuint count)</summary>
    public delegate* unmanaged<nint, byte**, byte**, nuint, nint> UpdateCUDAProviderOptions =>
        (delegate* unmanaged<nint, byte**, byte**, nuint, nint>)slots[(int)OrtSlot.UpdateCUDAProviderOptions];

    /// <summary>(nint options)</summary>
    public delegate* unmanaged<nint, void> ReleaseCUDAProviderOptions =>
        (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseCUDAProviderOptions];

    /// <summary>(nint options, byte** names, nint* values, nuint count)</summary>
    public delegate* unmanaged<nint, byte**, nint*, nuint, nint> AddExternalInitializers =>
        (delegate* unmanaged<nint, byte**, nint*, nuint, nint>)slots[(int)OrtSlot.AddExternalInitializers];

    /// <summary>(nint options, byte* name, byte** keys, byte** values, nuint count)</summary>
    public delegate* unmanaged<nint, byte*, byte**, byte**, nuint, nint> SessionOptionsAppendExecutionProvider =>
        (delegate* unmanaged<nint, byte*, byte**, byte**, nuint, nint>)slots[(int)OrtSlot.SessionOptionsAppendExecutionProvider];

    /// <summary>()</summary>
    public delegate* unmanaged<byte*> GetBuildInfoString => (delegate* unmanaged<byte*>)slots[(int)OrtSlot.GetBuildInfoString];

    /// <summary>(nint options, byte isDeterministic)</summary>
    public delegate* unmanaged<nint, byte, nint> SetDeterministicCompute =>
        (delegate* unmanaged<nint, byte, nint>)slots[(int)OrtSlot.SetDeterministicCompute];

    /// <summary>(nint options, byte cancel)</summary>
    public delegate* unmanaged<nint, byte, nint> SessionOptionsSetLoadCancellationFlag =>
        (delegate* unmanaged<nint, byte, nint>)slots[(int)OrtSlot.SessionOptionsSetLoadCancellationFlag];

    /// <summary>(nint pairs, byte*** keys, byte*** values, nuint* count)</summary>
    public delegate* unmanaged<nint, byte***, byte***, nuint*, void> GetKeyValuePairs =>
        (delegate* unmanaged<nint, byte***, byte***, nuint*, void>)slots[(int)OrtSlot.GetKeyValuePairs];

    /// <summary>(nint env, byte* name, void* path)</summary>
    public delegate* unmanaged<nint, byte*, void*, nint> RegisterExecutionProviderLibrary =>
        (delegate* unmanaged<nint, byte*, void*, nint>)slots[(int)OrtSlot.RegisterExecutionProviderLibrary];

    /// <summary>(nint env, nint** devices, nuint* count)</summary>
    public delegate* unmanaged<nint, nint**, nuint*, nint> GetEpDevices =>
        (delegate* unmanaged<nint, nint**, nuint*, nint>)slots[(int)OrtSlot.GetEpDevices];

    /// <summary>(nint options, nint env, nint* devices, nuint deviceCount, byte** keys, byte** values, nuint count)</summary>
    public delegate* unmanaged<nint, nint, nint*, nuint, byte**, byte**, nuint, nint> SessionOptionsAppendExecutionProvider_V2 =>
        (delegate* unmanaged<nint, nint, nint*, nuint, byte**, byte**, nuint, nint>)slots[(int)OrtSlot.SessionOptionsAppendExecutionProvider_V2];

    /// <summary>(nint device)</summary>
    public delegate* unmanaged<nint, int> HardwareDevice_Type => (delegate* unmanaged<nint, int>)slots[(int)OrtSlot.HardwareDevice_Type];

    /// <summary>(nint device)</summary>
    public delegate* unmanaged<nint, byte*> HardwareDevice_Vendor => (delegate* unmanaged<nint, byte*>)slots[(int)OrtSlot.HardwareDevice_Vendor];

    /// <summary>(nint device)</summary>
    public delegate* unmanaged<nint, nint> HardwareDevice_Metadata => (delegate* unmanaged<nint, nint>)slots[(int)OrtSlot.HardwareDevice_Metadata];

    /// <summary>(nint device)</summary>
    public delegate* unmanaged<nint, byte*> EpDevice_EpName => (delegate* unmanaged<nint, byte*>)slots[(int)OrtSlot.EpDevice_EpName];

    /// <summary>(nint device)</summary>
    public delegate* unmanaged<nint, nint> EpDevice_Device => (delegate* unmanaged<nint, nint>)slots[(int)OrtSlot.EpDevice_Device];

    /// <summary>(nint value, void** data)</summary>
    public delegate* unmanaged<nint, void**, nint> GetTensorMutableData => (delegate* unmanaged<nint, void**, nint>)slots[(int)OrtSlot.GetTensorMutableData];

    /// <summary>(nint value, nint* tensor)</summary>
    public delegate* unmanaged<nint, nint*, nint> GetTensorTypeAndShape => (delegate* unmanaged<nint, nint*, nint>)slots[(int)OrtSlot.GetTensorTypeAndShape];

    /// <summary>(nint tensor)</summary>
    public delegate* unmanaged<nint, void> ReleaseTensorTypeAndShapeInfo => (delegate* unmanaged<nint, void>)slots[(int)OrtSlot.ReleaseTensorTypeAndShapeInfo];
}
