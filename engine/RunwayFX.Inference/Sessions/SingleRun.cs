using RunwayFX.Inference.Raw;

namespace RunwayFX.Inference.Sessions;

/// <summary>Numbers that a model gave, with the shape that it chose.</summary>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Values">The numbers.</param>
public sealed record RunResult(long[] Shape, float[] Values);

/// <summary>Runs a model once, for stages whose output shapes only the model knows: text encoders, and decoders of pictures.</summary>
public static unsafe class SingleRun
{
    /// <summary>Runs.</summary>
    /// <param name="session">The model.</param>
    /// <param name="job">The job.</param>
    /// <param name="inputs">Tensors by input name; all inputs of the model.</param>
    /// <param name="outputs">Names of the outputs wanted.</param>
    /// <returns>One result per name.</returns>
    /// <exception cref="InferenceException">A port does not fit, or the run failed.</exception>
    /// <exception cref="OperationCanceledException">The job was cancelled.</exception>
    public static RunResult[] Run(ModelSession session, JobRun job, IReadOnlyList<(string Name, Tensor Tensor)> inputs, params IReadOnlyList<string> outputs)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(job);
        job.Cancellation.ThrowIfCancellationRequested();
        // Binding compares names, types and shapes and says what does not fit.
        using (SessionBinding binding = new(session))
        {
            foreach ((string name, Tensor tensor) in inputs) binding.BindInput(name, tensor, InputUse.Constant);
        }

        if (session.Inputs.FirstOrDefault(input => inputs.All(given => given.Name != input.Name)) is { } missing)
            throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' needs an input that was not given: {missing}");
        if (outputs.FirstOrDefault(name => session.FindOutput(name) is null) is { } unknown)
            throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' has no output '{unknown}'; it has: {string.Join("; ", session.Outputs)}");
        OrtApi api = session.Runtime.Api;
        using NativeTexts inputNames = new(inputs.Select(input => KeyValuePair.Create(input.Name, ""))), outputNames = new(outputs.Select(name => KeyValuePair.Create(name, "")));
        nint[] values = [.. inputs.Select(input => input.Tensor.Handle)], results = new nint[outputs.Count];
        try
        {
            nint status;
            fixed (nint* valuesPointer = values, resultsPointer = results)
            {
                status = api.Run(session.Handle, job.Handle, inputNames.Keys, valuesPointer, (nuint)values.Length, outputNames.Keys, (nuint)results.Length, resultsPointer);
            }

            if (status != 0)
            {
                InferenceException failure = session.Runtime.Failure(status, $"running '{session.Name}' on {session.Settings.Provider.Name()}", InferenceError.RunFailed);
                if (job.Cancellation.IsCancellationRequested) throw new OperationCanceledException(failure.Message, failure, job.Cancellation);
                throw failure;
            }

            return [.. results.Select(result => Read(session, result))];
        }
        finally
        {
            foreach (nint result in results.Where(result => result != 0)) api.ReleaseValue(result);
            GC.KeepAlive(inputs);
        }
    }

    private static RunResult Read(ModelSession session, nint value)
    {
        OnnxRuntime runtime = session.Runtime;
        OrtApi api = runtime.Api;
        nint tensor;
        string what = $"reading the result of '{session.Name}'";
        runtime.Check(api.GetTensorTypeAndShape(value, &tensor), what);
        try
        {
            int type;
            nuint rank;
            void* data;
            runtime.Check(api.GetTensorElementType(tensor, &type), what);
            if (!ElementConversion.Holds((ElementType)type))
                throw new InferenceException(InferenceError.ModelMismatch, $"{what}: expected numbers, found {(ElementType)type}");
            runtime.Check(api.GetDimensionsCount(tensor, &rank), what);
            long[] shape = new long[rank];
            fixed (long* sizes = shape) runtime.Check(api.GetDimensions(tensor, sizes, rank), what);
            runtime.Check(api.GetTensorMutableData(value, &data), what);
            long count = 1;
            foreach (long size in shape) count = checked(count * size);
            float[] values = new float[checked((int)count)];
            ElementConversion.ToFloat(new ReadOnlySpan<byte>(data, checked(values.Length * ((ElementType)type).Bytes())), values, (ElementType)type);
            return new RunResult(shape, values);
        }
        finally
        {
            api.ReleaseTensorTypeAndShapeInfo(tensor);
        }
    }
}
