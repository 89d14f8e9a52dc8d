using RunwayFX.Engine;
using RunwayFX.Engine.Rendering;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Models;
using RunwayFX.Pipelines.Perform;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Pipelines.Style;

return EngineProcess.Run(args, () =>
{
    ModelMaker models = new();
    return new PipelineRegistry(new StylePipeline(models: models), new ExtendPipeline(models), new RetimePipeline(), new GeneratePipeline(models), new RemovePipeline(models),
        new PerformPipeline(models));
});
