using RunwayFX.Engine;
using RunwayFX.Engine.Rendering;

return EngineProcess.Run(args, () => new PipelineRegistry());
