namespace RunwayFX.TestModels;

/// <summary>An image encoder and a projection whose tokens name the picture of the data that was shown, and nothing for features of zeros.</summary>
public static class ClosedFormReference
{
    private const int Side = 224, Cells = 8, Gain = 1000;

    private static readonly float[] s_mean = [0.48145466f, 0.4578275f, 0.40821073f], s_deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>Writes <c>image_encoder/</c> and <c>image_projection/</c>.</summary>
    /// <param name="folder">The package.</param>
    /// <param name="data">The pictures, as wide as high.</param>
    public static void Write(string folder, ClosedFormData data)
    {
        const int Features = 3 * Cells * Cells;
        Directory.CreateDirectory(Path.Combine(folder, "image_encoder"));
        Directory.CreateDirectory(Path.Combine(folder, "image_projection"));
        OnnxGraph encoder = new("image_encoder");
        encoder.Input("pixel_values", "batch_size", 3, Side, Side);
        encoder.Output("image_embeds", "batch_size", Features);
        string pooled = encoder.Node("AveragePool", ["pixel_values"], null, ("kernel_shape", new long[] { Side / Cells, Side / Cells }), ("strides", new long[] { Side / Cells, Side / Cells }));
        encoder.Node("Reshape", [pooled, encoder.Integers(-1, Features)], "image_embeds");
        File.WriteAllBytes(Path.Combine(folder, "image_encoder/model.onnx"), encoder.ToModel());

        OnnxGraph projection = new("image_projection");
        projection.Input("image_embeds", "batch_size", Features);
        projection.Output("image_tokens", "batch_size", 2, ClosedFormDenoiser.TextFeatures);
        string tokens = projection.Node("MatMul", ["image_embeds", projection.Constant(Detectors(data), Features, 2 * ClosedFormDenoiser.TextFeatures)]);
        projection.Node("Reshape", [tokens, projection.Integers(-1, 2, ClosedFormDenoiser.TextFeatures)], "image_tokens");
        File.WriteAllBytes(Path.Combine(folder, "image_projection/model.onnx"), projection.ToModel());
    }

    /// <summary>The dual basis of the pictures' features: detector k says 1 of picture k and 0 of the others.</summary>
    private static float[] Detectors(ClosedFormData data)
    {
        int count = data.Pictures.Count, length = 3 * Cells * Cells, width = 2 * ClosedFormDenoiser.TextFeatures;
        double[][] features = [.. data.Pictures.Select(picture => Features(data, picture))];
        double[,] system = new double[count, 2 * count];
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < count; k++) system[i, k] = features[i].Zip(features[k], (a, b) => a * b).Sum();
            system[i, count + i] = 1;
        }

        for (int column = 0; column < count; column++)
        {
            double pivot = system[column, column];
            for (int k = 0; k < 2 * count; k++) system[column, k] /= pivot;
            for (int row = 0; row < count; row++)
            {
                double factor = row == column ? 0 : system[row, column];
                for (int k = 0; k < 2 * count; k++) system[row, k] -= factor * system[column, k];
            }
        }

        float[] detectors = new float[length * width];
        for (int i = 0; i < length; i++)
        {
            for (int k = 0; k < count; k++)
            {
                double value = 0;
                for (int other = 0; other < count; other++) value += features[other][i] * system[other, count + k];
                detectors[i * width + k] = (float)(value * Gain);
            }
        }

        return detectors;
    }

    private static double[] Features(ClosedFormData data, float[] picture)
    {
        double[] features = new double[3 * Cells * Cells];
        int cell = data.Width / Cells;
        for (int i = 0; i < picture.Length; i++)
        {
            int channel = i / (data.Width * data.Height), y = i / data.Width % data.Height / cell, x = i % data.Width / cell;
            features[(channel * Cells + y) * Cells + x] += (picture[i] / 2 + 0.5 - s_mean[channel]) / s_deviation[channel] / (cell * cell);
        }

        return features;
    }
}
