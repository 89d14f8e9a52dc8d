using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Videos;

/// <summary>Runs a denoiser that sees few frames over a long clip, in overlapping windows whose predictions are averaged, the middle of a window counting
/// most.</summary>
internal sealed class WindowedDenoiser
{
    private readonly Denoiser _denoiser;
    private readonly VideoLatents _layout, _window;
    private readonly JobRun _job;
    private readonly TilePlan _plan;
    private readonly float[] _part, _answer, _weights;

    public WindowedDenoiser(Denoiser denoiser, VideoLatents layout, VideoLatents window, int overlap, JobRun job)
    {
        (_denoiser, _layout, _window, _job) = (denoiser, layout, window, job);
        _plan = new TilePlan(layout.Frames, window.Frames, Math.Min(overlap, window.Frames - 1));
        bool isOne = _plan.Count == 1;
        (_part, _answer, _weights) = (new float[isOne ? 0 : window.Length], new float[isOne ? 0 : window.Length], new float[layout.Frames]);
        for (int index = 0; index < _plan.Count; index++)
        {
            for (int frame = 0; frame < window.Frames; frame++) _weights[_plan.Start(index) + frame] += Weight(frame);
        }
    }

    /// <summary>Predicts the whole clip.</summary>
    public void Predict(ReadOnlySpan<float> sample, float time, Span<float> prediction)
    {
        if (_plan.Count == 1)
        {
            _denoiser.Predict(_job, sample, time, prediction);
            return;
        }

        prediction.Clear();
        for (int index = 0; index < _plan.Count; index++)
        {
            int start = _plan.Start(index);
            for (int plane = 0; plane < _window.Channels * _window.Frames; plane++)
            {
                (int channel, int frame) = (plane / _window.Frames, plane % _window.Frames);
                sample.Slice(_layout.At(channel, start + frame), _layout.Plane).CopyTo(_part.AsSpan(_window.At(channel, frame)));
            }

            _denoiser.Predict(_job, _part, time, _answer);
            for (int plane = 0; plane < _window.Channels * _window.Frames; plane++)
            {
                (int channel, int frame) = (plane / _window.Frames, plane % _window.Frames);
                float share = Weight(frame) / _weights[start + frame];
                ReadOnlySpan<float> from = _answer.AsSpan(_window.At(channel, frame), _layout.Plane);
                Span<float> to = prediction.Slice(_layout.At(channel, start + frame), _layout.Plane);
                for (int i = 0; i < to.Length; i++) to[i] += share * from[i];
            }
        }
    }

    private float Weight(int frame) => Math.Min(frame + 1, _window.Frames - frame);
}
