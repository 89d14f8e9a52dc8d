namespace RunwayFX.TestModels;

/// <summary>A tensor of doubles with its shape.</summary>
public sealed record DirectTensor(int[] Shape, double[] Values)
{
    /// <summary>A tensor of zeros.</summary>
    public static DirectTensor Zeros(params int[] shape) => new(shape, new double[shape.Aggregate(1, (a, b) => a * b)]);

    /// <summary>A tensor of given numbers.</summary>
    public static DirectTensor From(ReadOnlySpan<float> values, params int[] shape)
    {
        DirectTensor tensor = Zeros(shape);
        for (int i = 0; i < values.Length; i++) tensor.Values[i] = values[i];
        return tensor;
    }
}

/// <summary>Computes layers with plain loops in double precision, straight from their definitions: what the runtime's results are compared with.</summary>
public sealed class DirectLayers : ILayers<DirectTensor>
{
    private const double Epsilon = 1e-5;

    /// <inheritdoc/>
    public DirectTensor Convolution(DirectTensor input, LayerWeight weight, LayerWeight bias, int stride = 1)
    {
        DirectTensor flat = Volume(input with { Shape = [input.Shape[0], input.Shape[1], 1, input.Shape[2], input.Shape[3]] }, weight, bias, (1, (int)weight.Shape[2]), stride);
        return flat with { Shape = [flat.Shape[0], flat.Shape[1], flat.Shape[3], flat.Shape[4]] };
    }

    /// <inheritdoc/>
    public DirectTensor Convolution3(DirectTensor input, LayerWeight weight, LayerWeight bias) =>
        Volume(input, weight, bias, ((int)weight.Shape[2], (int)weight.Shape[2]), 1);

    /// <inheritdoc/>
    public DirectTensor GroupNorm(DirectTensor input, int groups, LayerWeight scale, LayerWeight shift)
    {
        int channels = input.Shape[1], plane = input.Values.Length / input.Shape[0] / channels, block = channels / groups * plane;
        DirectTensor result = DirectTensor.Zeros(input.Shape);
        for (int at = 0; at < input.Values.Length; at += block) Normalise(input.Values.AsSpan(at, block), result.Values.AsSpan(at, block));
        for (int i = 0; i < result.Values.Length; i++)
            result.Values[i] = result.Values[i] * scale.Values[i / plane % channels] + shift.Values[i / plane % channels];
        return result;
    }

    /// <inheritdoc/>
    public DirectTensor LayerNorm(DirectTensor input, LayerWeight scale, LayerWeight shift)
    {
        int last = input.Shape[^1];
        DirectTensor result = DirectTensor.Zeros(input.Shape);
        for (int at = 0; at < input.Values.Length; at += last) Normalise(input.Values.AsSpan(at, last), result.Values.AsSpan(at, last));
        for (int i = 0; i < result.Values.Length; i++) result.Values[i] = result.Values[i] * scale.Values[i % last] + shift.Values[i % last];
        return result;
    }

    /// <inheritdoc/>
    public DirectTensor Silu(DirectTensor input) => Each(input, x => x / (1 + Math.Exp(-x)));

    /// <inheritdoc/>
    public DirectTensor Gelu(DirectTensor input) => Each(input, x => x * Normal(x));

    /// <inheritdoc/>
    public DirectTensor Linear(DirectTensor input, LayerWeight weight, LayerWeight bias)
    {
        int from = (int)weight.Shape[0], to = (int)weight.Shape[1], rows = input.Values.Length / from;
        DirectTensor result = DirectTensor.Zeros([.. input.Shape[..^1], to]);
        for (int row = 0; row < rows; row++)
        {
            for (int o = 0; o < to; o++)
            {
                double sum = bias.Values[o];
                for (int i = 0; i < from; i++) sum += input.Values[row * from + i] * weight.Values[i * to + o];
                result.Values[row * to + o] = sum;
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public DirectTensor Attention(DirectTensor query, DirectTensor key, DirectTensor value, int heads)
    {
        int batch = query.Shape[0], rows = query.Shape[1], keys = key.Shape[1], channels = query.Shape[2], width = channels / heads;
        DirectTensor result = DirectTensor.Zeros(query.Shape);
        double[] weights = new double[keys];
        for (int b = 0; b < batch; b++)
        {
            for (int at = 0; at < channels; at += width)
            {
                for (int row = 0; row < rows; row++)
                {
                    for (int k = 0; k < keys; k++)
                    {
                        double dot = 0;
                        for (int i = at; i < at + width; i++) dot += query.Values[(b * rows + row) * channels + i] * key.Values[(b * keys + k) * channels + i];
                        weights[k] = dot / Math.Sqrt(width);
                    }

                    double most = weights.Max(), sum = 0;
                    for (int k = 0; k < keys; k++) sum += weights[k] = Math.Exp(weights[k] - most);
                    for (int k = 0; k < keys; k++)
                    {
                        for (int i = at; i < at + width; i++)
                            result.Values[(b * rows + row) * channels + i] += weights[k] / sum * value.Values[(b * keys + k) * channels + i];
                    }
                }
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public DirectTensor ToTokens(DirectTensor input) => Swap(input, input.Shape[1], input.Shape[2] * input.Shape[3], [input.Shape[0], input.Shape[2] * input.Shape[3], input.Shape[1]]);

    /// <inheritdoc/>
    public DirectTensor ToPlanes(DirectTensor tokens, DirectTensor like) => Swap(tokens, tokens.Shape[1], tokens.Shape[2], like.Shape);

    /// <inheritdoc/>
    public DirectTensor Add(DirectTensor left, DirectTensor right) => left with { Values = [.. left.Values.Zip(right.Values, (a, b) => a + b)] };

    /// <inheritdoc/>
    public DirectTensor AddByChannel(DirectTensor input, DirectTensor channels)
    {
        int plane = input.Shape[2] * input.Shape[3], count = input.Shape[1], batch = channels.Shape[0];
        DirectTensor result = DirectTensor.Zeros(input.Shape);
        for (int i = 0; i < result.Values.Length; i++)
            result.Values[i] = input.Values[i] + channels.Values[i / plane / count % batch * count + i / plane % count];
        return result;
    }

    /// <inheritdoc/>
    public DirectTensor Upsample(DirectTensor input)
    {
        int height = input.Shape[2], width = input.Shape[3];
        DirectTensor result = DirectTensor.Zeros(input.Shape[0], input.Shape[1], height * 2, width * 2);
        for (int i = 0; i < result.Values.Length; i++)
        {
            int x = i % (width * 2) / 2, y = i / (width * 2) % (height * 2) / 2, plane = i / (width * height * 4);
            result.Values[i] = input.Values[(plane * height + y) * width + x];
        }

        return result;
    }

    /// <inheritdoc/>
    public DirectTensor Concatenate(DirectTensor left, DirectTensor right)
    {
        int a = left.Values.Length / left.Shape[0], b = right.Values.Length / right.Shape[0];
        DirectTensor result = DirectTensor.Zeros(left.Shape[0], left.Shape[1] + right.Shape[1], left.Shape[2], left.Shape[3]);
        for (int batch = 0; batch < left.Shape[0]; batch++)
        {
            left.Values.AsSpan(batch * a, a).CopyTo(result.Values.AsSpan(batch * (a + b)));
            right.Values.AsSpan(batch * b, b).CopyTo(result.Values.AsSpan(batch * (a + b) + a));
        }

        return result;
    }

    /// <inheritdoc/>
    public DirectTensor TimeFeatures(DirectTensor time, int half)
    {
        DirectTensor result = DirectTensor.Zeros(time.Values.Length, half * 2);
        for (int i = 0; i < result.Values.Length; i++)
        {
            double angle = time.Values[i / (half * 2)] * Math.Exp(-Math.Log(10_000) * (i % half) / half);
            result.Values[i] = i % (half * 2) < half ? Math.Cos(angle) : Math.Sin(angle);
        }

        return result;
    }

    /// <inheritdoc/>
    public DirectTensor GridSample3(DirectTensor input, DirectTensor places)
    {
        int[] size = input.Shape[2..];
        int count = places.Values.Length / 3 / places.Shape[0], channels = input.Shape[1], volume = size[0] * size[1] * size[2];
        DirectTensor result = DirectTensor.Zeros(input.Shape[0], channels, places.Shape[1], places.Shape[2], places.Shape[3]);
        for (int batch = 0; batch < input.Shape[0]; batch++)
        {
            for (int at = 0; at < count; at++)
            {
                double[] position = new double[3];
                // A place is (x, y, z): the last dimension first.
                for (int axis = 0; axis < 3; axis++) position[axis] = ((places.Values[(batch * count + at) * 3 + 2 - axis] + 1) * size[axis] - 1) / 2;
                for (int corner = 0; corner < 8; corner++)
                {
                    double weight = 1;
                    int index = 0;
                    for (int axis = 0; axis < 3; axis++)
                    {
                        int low = (int)Math.Floor(position[axis]), p = low + ((corner >> axis) & 1);
                        weight *= p < 0 || p >= size[axis] ? 0 : 1 - Math.Abs(position[axis] - p);
                        index = index * size[axis] + Math.Clamp(p, 0, size[axis] - 1);
                    }

                    for (int channel = 0; channel < channels; channel++)
                        result.Values[(batch * channels + channel) * count + at] += weight * input.Values[(batch * channels + channel) * volume + index];
                }
            }
        }

        return result;
    }

    private static DirectTensor Each(DirectTensor input, Func<double, double> function) => input with { Values = [.. input.Values.Select(function)] };

    private static void Normalise(ReadOnlySpan<double> from, Span<double> to)
    {
        double mean = 0, variance = 0;
        foreach (double value in from) mean += value / from.Length;
        foreach (double value in from) variance += (value - mean) * (value - mean) / from.Length;
        for (int i = 0; i < from.Length; i++) to[i] = (from[i] - mean) / Math.Sqrt(variance + Epsilon);
    }

    /// <summary>The normal distribution's Φ by its series for erf: exact to 1e-15 for the values of these networks.</summary>
    private static double Normal(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2), term = z, sum = z;
        if (z > 6) return x > 0 ? 1 : 0;
        for (int n = 1; n < 200 && Math.Abs(term) > 1e-18; n++)
        {
            term *= -z * z / n;
            sum += term / (2 * n + 1);
        }

        return 0.5 + Math.Sign(x) * sum / Math.Sqrt(Math.PI);
    }

    private static DirectTensor Swap(DirectTensor input, int rows, int columns, int[] shape)
    {
        DirectTensor result = DirectTensor.Zeros(shape);
        int block = rows * columns;
        for (int i = 0; i < result.Values.Length; i++) result.Values[i / block * block + i % columns * rows + i % block / columns] = input.Values[i];
        return result;
    }

    private static DirectTensor Volume(DirectTensor input, LayerWeight weight, LayerWeight bias, (int Deep, int Wide) kernel, int stride)
    {
        int to = (int)weight.Shape[0], from = (int)weight.Shape[1], depth = input.Shape[2], height = input.Shape[3], width = input.Shape[4];
        int highTo = (height + stride - 1) / stride, wideTo = (width + stride - 1) / stride, padDeep = kernel.Deep / 2, pad = kernel.Wide / 2;
        DirectTensor result = DirectTensor.Zeros(input.Shape[0], to, depth, highTo, wideTo);
        for (int i = 0; i < result.Values.Length; i++)
        {
            int x = i % wideTo * stride, y = i / wideTo % highTo * stride, z = i / wideTo / highTo % depth, o = i / wideTo / highTo / depth % to, b = i / wideTo / highTo / depth / to;
            double sum = bias.Values[o];
            for (int c = 0; c < from; c++)
            {
                for (int k = 0; k < kernel.Deep * kernel.Wide * kernel.Wide; k++)
                {
                    int sx = x + k % kernel.Wide - pad, sy = y + k / kernel.Wide % kernel.Wide - pad, sz = z + k / kernel.Wide / kernel.Wide - padDeep;
                    if (sx < 0 || sy < 0 || sz < 0 || sx >= width || sy >= height || sz >= depth) continue;
                    sum += input.Values[(((b * from + c) * depth + sz) * height + sy) * width + sx] * weight.Values[(o * from + c) * kernel.Deep * kernel.Wide * kernel.Wide + k];
                }
            }

            result.Values[i] = sum;
        }

        return result;
    }
}
