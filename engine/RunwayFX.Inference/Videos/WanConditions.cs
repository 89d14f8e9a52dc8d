using RunwayFX.Imaging;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Videos;

/// <summary>What Wan's models take beside the noisy latents: known frames with their mask, or VACE's control clip, mask and reference pictures.</summary>
internal sealed class WanConditions(VideoModel model, VideoVae vae)
{
    /// <summary>Image→video: a mask of as many channels as frames are in a latent one, then the latents of a clip that is grey but for the known frames.</summary>
    public float[] KnownFrames(VideoSettings video, VideoLatents layout, JobRun job)
    {
        int frames = model.FramesOf(layout.Frames), wide = layout.Width * model.SpatialFactor, high = layout.Height * model.SpatialFactor, plane = wide * high, step = model.TemporalFactor;
        float[] clip = new float[3 * frames * plane], mask = new float[step * layout.Frames * layout.Plane];
        Put(clip, video.FirstFrame!, 0);
        if (video.LastFrame is not null) Put(clip, video.LastFrame, video.Frames - 1);
        // The first latent frame is one frame, which stands in all of its channels.
        for (int channel = 0; channel < step; channel++) mask.AsSpan(channel * layout.Frames * layout.Plane, layout.Plane).Fill(1);
        if (video.LastFrame is not null && video.Frames > 1)
        {
            int last = video.Frames - 1 + step - 1;
            mask.AsSpan((last % step * layout.Frames + last / step) * layout.Plane, layout.Plane).Fill(1);
        }

        return [.. mask, .. vae.Encode(clip, frames, layout, job)];

        void Put(float[] to, Frame frame, int at)
        {
            float[] planes = VaeCodec.ToPlanes(frame, wide, high);
            for (int channel = 0; channel < 3; channel++) planes.AsSpan(channel * plane, plane).CopyTo(to.AsSpan((channel * frames + at) * plane));
        }
    }

    /// <summary>VACE: latents of what is kept and of what is painted over, and the mask's pixels as channels; references stand before the clip.</summary>
    /// <param name="video">The job.</param>
    /// <param name="layout">The clip's own latents, without references.</param>
    /// <param name="job">The job's run.</param>
    /// <returns>(2·C + f², R + F, H, W).</returns>
    public float[] Control(VideoSettings video, VideoLatents layout, JobRun job)
    {
        int frames = model.FramesOf(layout.Frames), factor = model.SpatialFactor, wide = layout.Width * factor, high = layout.Height * factor, plane = wide * high;
        float[] kept = new float[3 * frames * plane], painted = new float[kept.Length], masks = new float[frames * plane];
        for (int frame = 0; frame < frames; frame++)
        {
            (Frame? picture, Frame? mask, bool isKnown) = FrameOf(video, Math.Min(frame, video.Frames - 1));
            Span<float> share = masks.AsSpan(frame * plane, plane);
            share.Fill(isKnown ? 0 : 1);
            if (mask is not null) Share(mask, share, wide, high);
            if (picture is null) continue;
            float[] planes = VaeCodec.ToPlanes(picture, wide, high);
            for (int i = 0; i < planes.Length; i++)
            {
                int at = (i / plane * frames + frame) * plane + i % plane;
                (share[i % plane] > 0.5f ? painted : kept)[at] = planes[i];
            }
        }

        float[] keptLatents = vae.Encode(kept, frames, layout, job), paintedLatents = vae.Encode(painted, frames, layout, job);
        int references = video.References.Count, channels = 2 * layout.Channels + factor * factor;
        VideoLatents whole = layout with { Channels = channels, Frames = layout.Frames + references };
        float[] result = new float[whole.Length];
        for (int channel = 0; channel < layout.Channels; channel++)
        {
            int length = layout.Frames * layout.Plane;
            keptLatents.AsSpan(channel * length, length).CopyTo(result.AsSpan(whole.At(channel, references)));
            paintedLatents.AsSpan(channel * length, length).CopyTo(result.AsSpan(whole.At(layout.Channels + channel, references)));
        }

        for (int channel = 0; channel < factor * factor; channel++)
        {
            for (int frame = 0; frame < layout.Frames; frame++)
            {
                // Of the frames in a latent one the middle speaks for all.
                int from = (int)((frame + 0.5) * frames / layout.Frames);
                Span<float> to = result.AsSpan(whole.At(2 * layout.Channels + channel, references + frame), layout.Plane);
                for (int i = 0; i < to.Length; i++)
                    to[i] = masks[from * plane + (i / layout.Width * factor + channel / factor) * wide + i % layout.Width * factor + channel % factor] > 0.5f ? 1 : 0;
            }
        }

        for (int index = 0; index < references; index++)
        {
            // Each goes before those that were there.
            VideoLatents one = layout with { Frames = 1 };
            float[] latent = vae.Encode(OnWhite(video.References[index], wide, high), 1, one, job);
            for (int channel = 0; channel < layout.Channels; channel++) latent.AsSpan(one.At(channel, 0), layout.Plane).CopyTo(result.AsSpan(whole.At(channel, references - 1 - index)));
        }

        return result;
    }

    private static (Frame? Picture, Frame? Mask, bool IsKnown) FrameOf(VideoSettings video, int index)
    {
        if (index == 0 && video.FirstFrame is not null) return (video.FirstFrame, null, true);
        if (index == video.Frames - 1 && video.LastFrame is not null) return (video.LastFrame, null, true);
        return (video.Control?[index], video.ControlMask?[index], false);
    }

    private static void Share(Frame mask, Span<float> share, int wide, int high)
    {
        for (int i = 0; i < wide * high; i++)
            share[i] = mask.Row(Math.Min(i / wide, mask.Height - 1))[Math.Min(i % wide, mask.Width - 1) * Frame.Channels] > 0.5f ? 1 : 0;
    }

    /// <summary>A picture scaled to fit, in the middle of white.</summary>
    private static float[] OnWhite(Frame picture, int wide, int high)
    {
        double scale = Math.Min((double)wide / picture.Width, (double)high / picture.Height);
        int width = Math.Clamp((int)(picture.Width * scale), 1, wide), height = Math.Clamp((int)(picture.Height * scale), 1, high);
        float[] sized = VaeCodec.ToPlanes(width == picture.Width && height == picture.Height ? picture : Resampling.Resize(picture, width, height, ResamplingFilter.Bicubic), width, height);
        float[] planes = new float[3 * wide * high];
        Array.Fill(planes, 1);
        int left = (wide - width) / 2, top = (high - height) / 2;
        for (int row = 0; row < 3 * height; row++) sized.AsSpan(row * width, width).CopyTo(planes.AsSpan((row / height * high + top + row % height) * wide + left));
        return planes;
    }
}
