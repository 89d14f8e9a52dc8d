using RunwayFX.Engine;
using RunwayFX.Engine.Rendering;
using RunwayFX.Engine.Results;
using RunwayFX.Pipelines;
using RunwayFX.Pipelines.Alpha;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Fields;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Models;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Perform;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Pipelines.Style;

return EngineProcess.Run(args, store =>
{
    ModelMaker models = new();
    IEffectPipeline[] effects =
    [
        new StylePipeline(models: models), new ExtendPipeline(models), new RetimePipeline(), new GeneratePipeline(models), new RemovePipeline(models), new PerformPipeline(models),
    ];
    ResultKeeping keeping = new(store, new ResultCosts(ResultCosts.ComputeMinDefault), job => ModelIdentity.Of(models, job));
    return new PipelineRegistry(effects.Select(effect => new FieldPipeline(new OutputPipeline(new ResultPipeline(new AlphaPipeline(effect), keeping)))));
});
