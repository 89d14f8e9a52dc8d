using System.Text;
using System.Text.Json;
using RunwayFX.Inference;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.Inference.Tokenizers;
using RunwayFX.Inference.Videos;
using RunwayFX.Inference.Weights;
using RunwayFX.TestModels;

namespace RunwayFX.Faults.Fuzzing;

/// <summary>The readers of what a model package holds, which comes from strangers: each accepts or refuses with the inference room's exception.</summary>
internal static class PackageTargets
{
    /// <summary>Most bytes a reader may allocate for a small file: tables of a schedule and of an alphabet.</summary>
    private const long AllocationMax = 48L << 20;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new TextTarget("Package.Manifest", """
            {"format":1,"name":"tiny","title":"T","licence":"l","tasks":["depth"],"family":"wan","side":512,"steps":4,"guidance":1.5,
            "video":{"spatialFactor":8,"temporalFactor":4,"latentChannels":16,"scale":1,"latentMean":[0,1],"latentDeviation":[1,2],"boundaryRatio":0.875,"decodeFrames":2},
            "files":{"unet/model.onnx":{"bytes":5,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}}
            """, text => PackageManifest.Parse(text, "m")),
        new TextTarget("Package.Catalogue", """
            {"format":1,"packages":[{"name":"x","title":"X","licence":"l","tasks":["depth"],"repository":"https://a.test/x","reason":"none"},
            {"name":"y","licence":"l","tasks":["matting"],"manifest":"https://a.test/m.json"}]}
            """, text => ReadCatalogue(text)),
        new TextTarget("Package.Scheduler", """
            {"_class_name":"DPMSolverMultistepScheduler","num_train_timesteps":100,"beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","trained_betas":null,
            "prediction_type":"epsilon","solver_order":2,"algorithm_type":"dpmsolver++","use_karras_sigmas":true,"timestep_spacing":"leading","steps_offset":1,"thresholding":false,
            "shift":3.0,"use_dynamic_shifting":false,"final_sigmas_type":"zero","lower_order_final":true,"rescale_betas_zero_snr":false}
            """, Schedule),
        new TextTarget("Package.Tokenizer.Bpe", """
            {"added_tokens":[{"id":9,"content":"<|end|>"}],"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"[a-z]+|[0-9]"},"behavior":"Removed","invert":true},
            "post_processor":{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"<|end|>","type_id":0}}],
            "special_tokens":{"<|end|>":{"id":"<|end|>","ids":[9],"tokens":["<|end|>"]}}},
            "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"c":3,"abc":4},"merges":["a b","ab c"],"unk_token":"a","byte_fallback":false,"end_of_word_suffix":""}}
            """, text => Encode(new TokenizerReader("t").Read(text, null, 77))),
        new TextTarget("Package.Tokenizer.Unigram", """
            {"added_tokens":[{"id":0,"content":"<pad>"}],"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"}]},"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"},
            "model":{"type":"Unigram","unk_id":1,"vocab":[["<pad>",0],["<unk>",-2],["▁",-1.5],["a",-3.25],["ab",-2.5],["▁ab",-2]],"byte_fallback":false}}
            """, text => Encode(new TokenizerReader("t").Read(text, "<pad>", null))),
        new TextTarget("Package.Tokenizer.Clip", """
            {"a":0,"b":1,"a</w>":2,"b</w>":3,"ab</w>":4,"<|startoftext|>":5,"<|endoftext|>":6}
            """, text => Encode(TokenizerFolder.Clip(text, "#version: 0.2\na b</w>\n", null, 77, "t"))),
        new FolderTarget("Package.Tokenizer.Settings", "tokenizer/tokenizer_config.json", """{"tokenizer_class":"CLIPTokenizer","model_max_length":77,"pad_token":{"content":"<|endoftext|>"}}"""),
        new TextTarget("Package.Tokenizer.Merges", "#version: 0.2\na b\nab c</w>\na b</w>\n", text => Encode(TokenizerFolder.Clip("""
            {"a":0,"b":1,"ab":7,"c</w>":8,"abc</w>":9,"a</w>":2,"b</w>":3,"ab</w>":4,"<|startoftext|>":5,"<|endoftext|>":6}
            """, text, null, 77, "t"))),
        new FolderTarget("Package.Index", ModelPackage.IndexName, """{"_class_name":"WanPipeline","_diffusers_version":"0.35.0","boundary_ratio":0.875,"unet":["diffusers","UNet2DConditionModel"]}"""),
        new FolderTarget("Package.Decoder", "vae_decoder/config.json",
            """{"block_out_channels":[128,256,512,512],"latent_channels":4,"scaling_factor":0.18215,"shift_factor":0.1,"mid_block_add_attention":true,"latents_mean":[0,0,0,0],"latents_std":[1,1,1,1]}"""),
        new FolderTarget("Package.Denoiser", "unet/config.json", """{"sample_size":64,"in_channels":9,"patch_size":[1,2,2],"block_out_channels":[320,640,1280,1280],"cross_attention_dim":768}"""),
        new FolderTarget("Package.Preprocessor", "feature_extractor/preprocessor_config.json",
            """{"crop_size":{"height":224,"width":224},"size":{"shortest_edge":224},"image_mean":[0.48,0.45,0.4],"image_std":[0.26,0.26,0.27],"do_resize":true}"""),
        new BytesTarget("Package.Safetensors", SafetensorsWriter.Write([("down", [1, 2, 3, 4], [2, 2]), ("up", [5, 6], [2, 1])]), bytes =>
        {
            using MemoryStream stream = new(bytes.ToArray());
            foreach (SafetensorsEntry entry in SafetensorsFile.Read(stream, "s").Entries.Values)
            {
                if (entry.Start < 0 || entry.Bytes < 0 || entry.Start + entry.Bytes > stream.Length) throw new FuzzException($"{entry} lies outside {stream.Length} bytes");
            }
        }),
        new BytesTarget("Package.OnnxWeights", Model(), bytes =>
        {
            OnnxWeights read = OnnxWeights.Read(bytes.Span, "m");
            foreach (OnnxWeight weight in read.Weights.Values)
            {
                if (weight.Start >= 0 && (weight.Bytes < 0 || weight.Start + weight.Bytes > bytes.Length)) throw new FuzzException($"{weight} lies outside {bytes.Length} bytes");
                if (weight.ExternalFile is { } file && (file.Contains("..", StringComparison.Ordinal) && file.Split('/', '\\').Contains(".."))) throw new FuzzException($"{weight} leads out");
            }
        }),
    ];

    private static void ReadCatalogue(string text)
    {
        try
        {
            PackageCatalogue.Parse(text);
        }
        catch (JsonException e)
        {
            throw new InferenceException(InferenceError.PackageBroken, e.Message, e);
        }
    }

    /// <summary>A schedule that is accepted must also be good for a few steps.</summary>
    private static void Schedule(string text)
    {
        Scheduler scheduler = Scheduler.Create(SchedulerConfig.Parse(text), null);
        scheduler.Prepare(new SchedulerRun { Steps = 3, Length = 4, Mu = 1 });
        if (scheduler.Timesteps.Length > 64) throw new FuzzException($"{scheduler.Timesteps.Length} calls for three steps");
    }

    private static void Encode(TextTokenizer tokenizer)
    {
        foreach (string text in new[] { "abc ab, c 12", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "\ud83d\ude00 é\n" }) tokenizer.Encode(text);
    }

    private static byte[] Model()
    {
        OnnxGraph graph = new("net") { ExternalFile = "weights.bin" };
        graph.Input("x", 1, 3);
        graph.Output("y", 1, 2);
        graph.NextName = "/block/to_q/MatMul";
        string hidden = graph.Node("MatMul", ["x", graph.Weight("w", new float[6], 3, 2)]);
        graph.Node("Gemm", [hidden, graph.Weight("head.weight", new float[4], 2, 2)], "y", ("transB", 1));
        OnnxGraph inside = new("inside");
        inside.Weight("v", new float[4], 2, 2);
        return [.. graph.ToModel(), .. inside.ToModel()];
    }

    /// <summary>A reader of any bytes.</summary>
    private class BytesTarget(string name, byte[] seed, Action<ReadOnlyMemory<byte>> read) : FuzzTarget(name, seed)
    {
        public override bool HasPackedFields => false;

        public override FuzzTarget Fresh() => new BytesTarget(Name, Seed, read);

        public override long AllocationMax(int length) => PackageTargets.AllocationMax;

        protected override bool IsRefusal(Exception exception) => exception is InferenceException;

        protected override bool Decode(ReadOnlyMemory<byte> bytes)
        {
            read(bytes);
            return true;
        }
    }

    /// <summary>A reader of text.</summary>
    private sealed class TextTarget(string name, string seed, Action<string> read) : BytesTarget(name, Encoding.UTF8.GetBytes(seed), bytes => read(Encoding.UTF8.GetString(bytes.Span)))
    {
        public override FuzzTarget Fresh() => new TextTarget(Name, seed, read);

        public override int Vary(byte[] parent, byte[] input, ref FuzzRandom random) => TextMutator.Vary(parent, input, ref random);
    }

    /// <summary>A file of a package's folder, which everything that reads such files then looks at.</summary>
    private sealed class FolderTarget(string name, string file, string seed) : BytesTarget(name, Encoding.UTF8.GetBytes(seed), static _ => { }), IDisposable
    {
        private string? _folder;
        private int _usual;

        public void Dispose()
        {
            if (_folder is not null) Directory.Delete(_folder, recursive: true);
            _folder = null;
        }

        public override FuzzTarget Fresh() => new FolderTarget(Name, file, seed);

        public override int Vary(byte[] parent, byte[] input, ref FuzzRandom random) => TextMutator.Vary(parent, input, ref random);

        protected override bool Decode(ReadOnlyMemory<byte> bytes)
        {
            if (_folder is null)
            {
                _folder = Make(file, seed);
                _usual = Refusals();
            }

            using (FileStream to = new(Path.Combine(_folder, file), FileMode.Create, FileAccess.Write, FileShare.None, 0)) to.Write(bytes.Span);
            return Refusals() <= _usual;
        }

        /// <summary>How many of the readers of a package's files refuse it: one of another family does that with a sound file too.</summary>
        private int Refusals()
        {
            ModelPackage package = ModelPackage.Open(_folder!);
            _ = package.Tasks;
            PackageDefaults defaults = PackageDefaults.Of(package);
            if (defaults.Side is < 0 or > 4096) throw new FuzzException($"a side of {defaults.Side}");
            int refused = 0;
            foreach (Action read in new Action[]
            {
                () => _ = new VaeCodec(package, null!, new SessionSettings()), () => VideoModel.Read(package), () => ImagePreparation.Read(package),
                () => TokenizerFolder.Load(Path.Combine(_folder!, "tokenizer")),
            })
            {
                try
                {
                    read();
                }
                catch (InferenceException)
                {
                    refused++;
                }
            }

            return refused;
        }

        private static string Make(string file, string seed)
        {
            string folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"rfx-fuzz-{Environment.ProcessId}-{Guid.NewGuid():N}");
            foreach (string part in new[] { "unet", "transformer_2", "vae_decoder", "feature_extractor", "tokenizer" }) Directory.CreateDirectory(Path.Combine(folder, part));
            File.WriteAllText(Path.Combine(folder, ModelPackage.IndexName), "{\"_class_name\":\"WanPipeline\",\"boundary_ratio\":0.875}");
            File.WriteAllText(Path.Combine(folder, "vae_decoder/config.json"), "{}");
            File.WriteAllText(Path.Combine(folder, "unet/config.json"), "{}");
            File.WriteAllText(Path.Combine(folder, "transformer_2/model.onnx"), "");
            File.WriteAllText(Path.Combine(folder, "tokenizer/vocab.json"), """{"a":0,"b</w>":1,"ab</w>":2,"<|startoftext|>":3,"<|endoftext|>":4}""");
            File.WriteAllText(Path.Combine(folder, "tokenizer/merges.txt"), "#version: 0.2\na b</w>\n");
            File.WriteAllText(Path.Combine(folder, file), seed);
            return folder;
        }
    }
}
