using System.Globalization;

namespace RunwayFX.TestModels;

/// <summary>How a video family lays out its denoiser's ports.</summary>
public enum VideoFamily
{
    /// <summary>Stable Video Diffusion.</summary>
    StableVideoDiffusion,

    /// <summary>AnimateDiff.</summary>
    AnimateDiff,

    /// <summary>Wan 2.1 from text.</summary>
    Wan,

    /// <summary>Wan 2.1 from frames.</summary>
    WanImage,

    /// <summary>Wan VACE.</summary>
    WanVace,

    /// <summary>LTX-Video.</summary>
    Ltx,

    /// <summary>Wan 2.2: two denoisers, each for its share of the noise levels.</summary>
    WanTwo,

    /// <summary>LTX-Video whose tokens are told their places, with a last frame before the clip.</summary>
    LtxPlaces,
}

/// <summary>Writes video packages around closed-form denoisers: they know the clips of the data, and spoil the result where they are told anything else than
/// expected.</summary>
public static class ClosedFormVideoPackage
{
    /// <summary>Log-prior of the clip that a picture shows.</summary>
    private const float Likely = 2000;

    /// <summary>Tokens of Wan's and LTX's texts.</summary>
    public const int TextTokens = 24;

    /// <summary>Share of the timesteps from which on the first of two denoisers works.</summary>
    public const string Boundary = "0.875";

    /// <summary>Layers that Wan VACE's scale counts.</summary>
    public const int ControlLayers = 3;

    /// <summary>Writes a package.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="data">The clips.</param>
    /// <param name="family">The family.</param>
    /// <param name="extra">Numbers that the family's further channels must hold (Stable Video Diffusion: for the wanted half; Wan: mask and frames; VACE: control).</param>
    /// <param name="numbers">SVD's rate, motion and noise; LTX's scale of time.</param>
    /// <param name="references">Latent frames before the clip: VACE's reference pictures.</param>
    public static void Write(string folder, ClosedFormVideoData data, VideoFamily family, float[]? extra = null, float[]? numbers = null, int references = 0)
    {
        bool isUnet = family is VideoFamily.StableVideoDiffusion or VideoFamily.AnimateDiff;
        ClosedFormPackage.Text(folder, "model_index.json", $"{{\"_class_name\":\"{family switch
        {
            VideoFamily.StableVideoDiffusion => "StableVideoDiffusionPipeline", VideoFamily.AnimateDiff => "AnimateDiffPipeline", VideoFamily.Wan => "WanPipeline",
            VideoFamily.WanImage => "WanImageToVideoPipeline", VideoFamily.WanVace => "WanVACEPipeline", VideoFamily.WanTwo => "WanPipeline", _ => "LTXPipeline",
        }}\"{(family == VideoFamily.WanTwo ? $",\"boundary_ratio\":{Boundary}" : "")}}}");
        ClosedFormPackage.Text(folder, "runwayfx.json", isUnet ? $"{{\"video\":{{\"spatialFactor\":2,\"latentChannels\":{data.Channels},\"contextFrames\":{(family == VideoFamily.AnimateDiff ? data.Frames : 0)}}}}}"
            : $"{{\"video\":{{\"spatialFactor\":2,\"temporalFactor\":{data.TemporalFactor},\"latentChannels\":{data.Channels},\"textTokens\":{TextTokens}}}}}");
        ClosedFormPackage.Text(folder, "scheduler/scheduler_config.json", family switch
        {
            VideoFamily.StableVideoDiffusion => """
                {"_class_name":"EulerDiscreteScheduler","num_train_timesteps":1000,"beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","prediction_type":"v_prediction","timestep_type":"continuous","use_karras_sigmas":true,"sigma_min":0.002,"sigma_max":700.0,"timestep_spacing":"leading","steps_offset":1,"interpolation_type":"linear"}
                """,
            VideoFamily.AnimateDiff => ClosedFormPackage.SchedulerJson,
            VideoFamily.Ltx or VideoFamily.LtxPlaces => ClosedFormPackage.FluxSchedulerJson,
            _ => """{"_class_name":"UniPCMultistepScheduler","num_train_timesteps":1000,"prediction_type":"flow_prediction","use_flow_sigmas":true,"flow_shift":3.0,"solver_order":2,"solver_type":"bh2"}""",
        });
        string config = isUnet ? "{\"scaling_factor\":0.5}"
            : string.Create(CultureInfo.InvariantCulture, $"{{\"latents_mean\":[{Join(data.Means)}],\"latents_std\":[{Join(data.Deviations)}]}}");
        ClosedFormPackage.Text(folder, "vae_decoder/config.json", config);
        string component = isUnet ? "unet" : "transformer";
        ClosedFormPackage.Text(folder, $"{component}/config.json", "{}");
        ClosedFormPackage.Bytes(folder, $"{component}/model.onnx", family == VideoFamily.LtxPlaces ? PlacedLtx(data, extra!, numbers!) : Denoiser(data, family, extra, numbers, references));
        if (family == VideoFamily.WanTwo) ClosedFormPackage.Bytes(folder, "transformer_2/model.onnx", Denoiser(data, family, extra, numbers, references, isLow: true));
        ClosedFormData flat = new(data.LatentWidth, data.LatentHeight);
        ClosedFormPackage.Bytes(folder, "vae_encoder/model.onnx", isUnet ? ClosedFormPackage.Encoder(flat) : Encoder(data));
        ClosedFormPackage.Bytes(folder, "vae_decoder/model.onnx", family == VideoFamily.StableVideoDiffusion ? TemporalDecoder() : isUnet ? ClosedFormPackage.Decoder(flat) : Decoder(data));
        if (family == VideoFamily.StableVideoDiffusion)
        {
            ClosedFormPackage.Bytes(folder, "image_encoder/model.onnx", ImageEncoder());
            return;
        }

        Dictionary<string, int> vocabulary = ClosedFormPackage.WriteTokenizer(folder, "tokenizer");
        ClosedFormPackage.Bytes(folder, "text_encoder/model.onnx", ClosedFormPackage.TextEncoder(vocabulary, false, 1, OnnxType.Float, isMasked: family != VideoFamily.AnimateDiff));
    }

    private static string Join(float[] values) => string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static byte[] Denoiser(ClosedFormVideoData data, VideoFamily family, float[]? extra, float[]? numbers, int references, bool isLow = false)
    {
        OnnxGraph graph = new("closed_form_video");
        bool isSvd = family == VideoFamily.StableVideoDiffusion, isLtx = family == VideoFamily.Ltx;
        int more = extra is null || family == VideoFamily.WanVace ? 0 : extra.Length / (data.LatentFrames * data.LatentHeight * data.LatentWidth);
        string sample = family switch
        {
            VideoFamily.StableVideoDiffusion => graph.Input("sample", "batch_size", "frames", data.Channels + more, "height", "width"),
            VideoFamily.AnimateDiff => graph.Input("sample", "batch_size", data.Channels, "frames", "height", "width"),
            VideoFamily.Ltx => graph.Input("hidden_states", "batch_size", "tokens", data.Channels),
            _ => graph.Input("hidden_states", "batch_size", data.Channels + more, "frames", "height", "width"),
        };
        string time = isLtx ? graph.Input("timestep", "batch_size", "tokens") : isSvd || family == VideoFamily.AnimateDiff ? graph.Input("timestep") : graph.Input("timestep", "batch_size");
        string text = graph.Input("encoder_hidden_states", "batch_size", "text_tokens", ClosedFormDenoiser.TextFeatures), output = isSvd || family == VideoFamily.AnimateDiff ? "out_sample" : "out_hidden_states";
        if (isLtx) graph.Output(output, "batch_size", "tokens", data.Channels);
        else if (isSvd) graph.Output(output, "batch_size", "frames", data.Channels, "height", "width");
        else graph.Output(output, "batch_size", data.Channels, "frames", "height", "width");
        if (more > 0) sample = Known(graph, data, sample, extra!, isSvd ? 2 : 1, more);
        if (isSvd) sample = ClosedFormDenoiser.Expect(graph, sample, graph.Input("added_time_ids", "batch_size", 3), numbers ?? [0, 0, 0], 3);
        if (family == VideoFamily.WanVace) sample = Control(graph, data, sample, extra);
        if (family == VideoFamily.WanTwo) sample = OwnShare(graph, sample, time, isLow);
        if (isLtx) (sample, time, text) = Tokens(graph, data, sample, time, text, numbers, isFirstKnown: extra is not null);
        string prior = graph.Node("MatMul", [graph.Node("ReduceSum", [text, graph.Integers(1)], null, ("keepdims", 0)), ClosedFormDenoiser.Pick(graph, data.Latents.Count)]);
        float[][] latents = [.. data.Latents.Select(latent => isSvd ? data.FramesFirst(latent) : isLtx ? Turn(latent, data.Channels) : Behind(latent, data.Channels, references * data.LatentHeight * data.LatentWidth))];
        (string, string) mix = isSvd ? Continuous(graph, time) : family == VideoFamily.AnimateDiff ? ClosedFormDenoiser.Diffusion(graph, time) : ClosedFormDenoiser.Flow(graph, time, 1000);
        ClosedFormDenoiser.Answer(graph, latents, mix, (isSvd ? Prediction.Velocity : Prediction.Epsilon, !isSvd && family != VideoFamily.AnimateDiff), (sample, prior, output));
        return graph.ToModel();
    }

    /// <summary>Spoils the clip at timesteps that are the other denoiser's.</summary>
    private static string OwnShare(OnnxGraph graph, string sample, string time, bool isLow)
    {
        float boundary = 1000 * float.Parse(Boundary, CultureInfo.InvariantCulture);
        string[] range = isLow ? [graph.Float32([-1], []), graph.Float32([boundary - 0.01f], [])] : [graph.Float32([boundary], []), graph.Float32([2000], [])];
        return ClosedFormDenoiser.Expect(graph, sample, graph.Node("Sub", [time, graph.Node("Clip", [time, .. range])]), [0], 1);
    }

    /// <summary>LTX with places: tokens of a last frame stand before the clip's, without noise and at time 0; they and all places must be as expected.</summary>
    private static byte[] PlacedLtx(ClosedFormVideoData data, float[] shown, float[] places)
    {
        OnnxGraph graph = new("closed_form_places");
        int plane = data.LatentHeight * data.LatentWidth, count = places.Length / 3;
        string sample = graph.Input("hidden_states", "batch_size", "tokens", data.Channels), time = graph.Input("timestep", "batch_size", "tokens");
        string text = graph.Input("encoder_hidden_states", "batch_size", "text_tokens", ClosedFormDenoiser.TextFeatures);
        string mask = graph.Node("Unsqueeze", [graph.Input("encoder_attention_mask", "batch_size", "text_tokens"), graph.Integers(2)]), told = graph.Input("video_coords", "batch_size", 3, "tokens");
        graph.Output("out_hidden_states", "batch_size", "tokens", data.Channels);
        string first = graph.Node("Slice", [sample, graph.Integers(0), graph.Integers(plane), graph.Integers(1)]);
        string own = graph.Node("Slice", [sample, graph.Integers(plane), graph.Integers(int.MaxValue), graph.Integers(1)]);
        own = ClosedFormDenoiser.Expect(graph, own, first, shown, 1, plane, data.Channels);
        own = ClosedFormDenoiser.Expect(graph, own, told, places, 1, 3, count);
        string most = graph.Node("ReduceMax", [time], null, ("axes", new long[] { 1 }), ("keepdims", 1));
        float[] shares = [.. Enumerable.Range(0, count).Select(token => token < plane ? 0f : 1)];
        own = ClosedFormDenoiser.Expect(graph, own, graph.Node("Sub", [time, graph.Node("Mul", [most, graph.Constant(shares, 1, count)])]), [0], 1);
        string prior = graph.Node("MatMul", [graph.Node("ReduceSum", [graph.Node("Mul", [text, mask]), graph.Integers(1)], null, ("keepdims", 0)), ClosedFormDenoiser.Pick(graph, data.Latents.Count)]);
        float[][] latents = [.. data.Latents.Select(latent => Turn(latent, data.Channels))];
        ClosedFormDenoiser.Answer(graph, latents, ClosedFormDenoiser.Flow(graph, most, 1000), (Prediction.Epsilon, true), (own, prior, "own"));
        graph.Node("Concat", [first, "own"], "out_hidden_states", ("axis", 1));
        return graph.ToModel();
    }

    /// <summary>Cuts the further channels off; they must be as expected, or nothing at all in a half that is not to see them.</summary>
    private static string Known(OnnxGraph graph, ClosedFormVideoData data, string sample, float[] expected, int axis, int count)
    {
        string known = graph.Node("Slice", [sample, graph.Integers(data.Channels), graph.Integers(data.Channels + count), graph.Integers(axis)]);
        string own = graph.Node("Slice", [sample, graph.Integers(0), graph.Integers(data.Channels), graph.Integers(axis)]);
        long[] shape = axis == 2 ? [data.LatentFrames, count, data.LatentHeight, data.LatentWidth] : [count, data.LatentFrames, data.LatentHeight, data.LatentWidth];
        if (axis == 1) return ClosedFormDenoiser.Expect(graph, own, known, expected, shape);
        string off = graph.Node("Mul", [known, graph.Node("Sub", [known, graph.Constant(expected, shape)])]);
        return ClosedFormDenoiser.Expect(graph, own, off, [0], 1);
    }

    private static string Control(OnnxGraph graph, ClosedFormVideoData data, string sample, float[]? expected)
    {
        int channels = 2 * data.Channels + ClosedFormVideoData.Factor * ClosedFormVideoData.Factor;
        string control = graph.Input("control_hidden_states", "batch_size", channels, "frames", "height", "width"), scale = graph.Input("control_hidden_states_scale", ControlLayers);
        sample = ClosedFormDenoiser.Expect(graph, sample, scale, [1], 1);
        return expected is null ? ClosedFormDenoiser.Use(graph, sample, control)
            : ClosedFormDenoiser.Expect(graph, sample, control, expected, channels, expected.Length / channels / data.LatentHeight / data.LatentWidth, data.LatentHeight, data.LatentWidth);
    }

    /// <summary>LTX: sizes as numbers, a mask for the text, a time for each token, which is 0 where the frame is known.</summary>
    private static (string Sample, string Time, string Text) Tokens(OnnxGraph graph, ClosedFormVideoData data, string sample, string time, string text, float[]? numbers, bool isFirstKnown)
    {
        foreach ((string name, long value) in new[] { ("num_frames", data.LatentFrames), ("height", data.LatentHeight), ("width", (long)data.LatentWidth) })
            sample = ClosedFormDenoiser.Expect(graph, sample, graph.Node("Cast", [graph.Input(name, OnnxType.Int64)], null, ("to", 1)), [value], 1);
        string scale = graph.Input("rope_interpolation_scale", 3);
        sample = numbers is null ? ClosedFormDenoiser.Use(graph, sample, scale) : ClosedFormDenoiser.Expect(graph, sample, scale, numbers, 3);
        string mask = graph.Node("Unsqueeze", [graph.Input("encoder_attention_mask", "batch_size", "text_tokens"), graph.Integers(2)]);
        string most = graph.Node("ReduceMax", [time], null, ("axes", new long[] { 1 }), ("keepdims", 1));
        int plane = data.LatentHeight * data.LatentWidth, tokens = plane * data.LatentFrames;
        float[] shares = [.. Enumerable.Range(0, tokens).Select(token => isFirstKnown && token < plane ? 0f : 1)];
        string wrong = graph.Node("Sub", [time, graph.Node("Mul", [most, graph.Constant(shares, 1, tokens)])]);
        return (ClosedFormDenoiser.Expect(graph, sample, wrong, [0], 1), most, graph.Node("Mul", [text, mask]));
    }

    /// <summary>Numbers of zero before those of each channel.</summary>
    private static float[] Behind(float[] latent, int channels, int count)
    {
        int each = latent.Length / channels;
        float[] result = new float[latent.Length + channels * count];
        for (int channel = 0; channel < channels; channel++) latent.AsSpan(channel * each, each).CopyTo(result.AsSpan(channel * (each + count) + count));
        return result;
    }

    /// <summary>(C, N) as (N, C).</summary>
    private static float[] Turn(float[] latent, int channels)
    {
        int count = latent.Length / channels;
        float[] result = new float[latent.Length];
        for (int i = 0; i < latent.Length; i++) result[i % count * channels + i / count] = latent[i];
        return result;
    }

    /// <summary>The noise level is e^(4t): times are a quarter of its logarithm.</summary>
    private static (string Signal, string Level) Continuous(OnnxGraph graph, string time)
    {
        string column = graph.Node("Reshape", [time, graph.Integers(-1, 1)]), one = graph.Float32([1], 1);
        string sigma = graph.Node("Exp", [graph.Node("Mul", [column, graph.Float32([4], 1)])]);
        string signal = graph.Node("Div", [one, graph.Node("Sqrt", [graph.Node("Add", [graph.Node("Mul", [sigma, sigma]), one])])]);
        return (signal, graph.Node("Mul", [sigma, signal]));
    }

    /// <summary>Tells the wave from the ramp by what differs more, columns or rows.</summary>
    private static byte[] ImageEncoder()
    {
        const int Side = 224;
        ClosedFormData flat = new();
        OnnxGraph graph = new("image_encoder");
        graph.Input("pixel_values", "batch_size", 3, Side, Side);
        graph.Output("image_embeds", "batch_size", ClosedFormDenoiser.TextFeatures);
        // The ramp's rows differ, the wave's columns; the checker is not told from either.
        string rows = Spread(graph, 3), columns = Spread(graph, 2);
        string isRamp = graph.Node("Sub", [rows, columns]);
        string likely = graph.Node("Mul", [graph.Node("Concat", [graph.Node("Mul", [isRamp, graph.Constant([0], 1)]), graph.Node("Neg", [isRamp]), isRamp], null, ("axis", 1)), graph.Constant([Likely], 1)]);
        graph.Node("Pad", [likely, graph.Integers(0, 0, 0, ClosedFormDenoiser.TextFeatures - flat.Pictures.Count)], "image_embeds");
        return graph.ToModel();
    }

    private static string Spread(OnnxGraph graph, long over)
    {
        string mean = graph.Node("ReduceMean", ["pixel_values"], null, ("axes", new[] { over }), ("keepdims", 1));
        string middle = graph.Node("ReduceMean", [mean], null, ("axes", new long[] { 2, 3 }), ("keepdims", 1));
        string off = graph.Node("Abs", [graph.Node("Sub", [mean, middle])]);
        return graph.Node("Reshape", [graph.Node("ReduceMean", [off], null, ("axes", new long[] { 1, 2, 3 }), ("keepdims", 0)), graph.Integers(-1, 1)]);
    }

    /// <summary>Stable Video Diffusion's decoder is told how many frames belong together; wrong numbers spoil the picture.</summary>
    private static byte[] TemporalDecoder()
    {
        OnnxGraph graph = new("vae_decoder");
        string latent = graph.Input("latent_sample", "frames", ClosedFormData.LatentChannels, "height", "width"), count = graph.Input("num_frames", OnnxType.Int64);
        graph.Output("sample", "frames", 3, "height_out", "width_out");
        string frames = graph.Node("Gather", [graph.Node("Shape", [latent]), graph.Integers(0)]);
        string wrong = graph.Node("Cast", [graph.Node("Abs", [graph.Node("Sub", [frames, count])])], null, ("to", 1));
        graph.Node("Add", [graph.Node("DepthToSpace", [latent], null, ("blocksize", ClosedFormData.Factor), ("mode", "DCR")), wrong], "sample");
        return graph.ToModel();
    }

    private static byte[] Encoder(ClosedFormVideoData data)
    {
        OnnxGraph graph = new("vae_encoder");
        int time = data.TemporalFactor, high = data.LatentHeight, wide = data.LatentWidth;
        graph.Input("sample", "batch_size", 3, "frames", high * 2, wide * 2);
        graph.Output("latent_parameters", "batch_size", data.Channels, "latent_frames", high, wide);
        string padded = graph.Node("Pad", ["sample", graph.Integers(0, 0, time - 1, 0, 0, 0, 0, 0, 0, 0)]);
        string cut = graph.Node("Reshape", [padded, graph.Integers(1, 3, -1, time, high, 2, wide, 2)]);
        string sorted = graph.Node("Transpose", [cut], null, ("perm", new long[] { 0, 3, 5, 7, 1, 2, 4, 6 }));
        graph.Node("Reshape", [sorted, graph.Integers(1, data.Channels, -1, high, wide)], "latent_parameters");
        return graph.ToModel();
    }

    private static byte[] Decoder(ClosedFormVideoData data)
    {
        OnnxGraph graph = new("vae_decoder");
        int time = data.TemporalFactor, high = data.LatentHeight, wide = data.LatentWidth;
        graph.Input("latent_sample", "batch_size", data.Channels, "latent_frames", high, wide);
        graph.Output("sample", "batch_size", 3, "frames", high * 2, wide * 2);
        string cut = graph.Node("Reshape", ["latent_sample", graph.Integers(1, time, 2, 2, 3, -1, high, wide)]);
        string sorted = graph.Node("Transpose", [cut], null, ("perm", new long[] { 0, 4, 5, 1, 6, 2, 7, 3 }));
        string whole = graph.Node("Reshape", [sorted, graph.Integers(1, 3, -1, high * 2, wide * 2)]);
        graph.Node("Slice", [whole, graph.Integers(time - 1), graph.Integers(int.MaxValue), graph.Integers(2)], "sample");
        return graph.ToModel();
    }
}
