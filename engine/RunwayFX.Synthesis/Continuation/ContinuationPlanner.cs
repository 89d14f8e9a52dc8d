namespace RunwayFX.Synthesis.Continuation;

/// <summary>Plans how a clip goes on beyond its last good frame.</summary>
/// <remarks>
/// <para>A static camera: the objects of the last frame walk on (<see cref="SpriteFinder"/>), and an earlier run of the clip brings new ones in
/// (<see cref="RunCut"/>). A moving camera keeps its motion, easing off.</para>
/// <para>Pure: equal input gives equal plans on every machine and for any number of threads. Memory: about 8 bytes per reduced pixel and frame of the
/// clip, and 46 per cell of the cut, at most 100 MB.</para>
/// </remarks>
public static class ContinuationPlanner
{
    /// <summary>Most frames made up on one side.</summary>
    public const int StepsMax = 600;

    private const int CellsMax = 700_000;
    private const int CoarseCellSide = 12;
    private const int Candidates = 24;
    private const int RunFramesMin = 12;
    private const int SoftFrames = 12;

    /// <summary>Frames over which changes are spread: somebody who stands so still that he is lost for a moment has not gone.</summary>
    private const int SpreadFrames = 2;

    private const double EaseHoldSeconds = 1;
    private const double EaseSeconds = 5;
    private const double EaseTo = 0.6;

    /// <summary>Plans.</summary>
    /// <param name="clip">The good frames next to the join; at least one.</param>
    /// <param name="steps">Frames to make up, 1 to <see cref="StepsMax"/>.</param>
    /// <param name="frameRate">Frames per second.</param>
    /// <param name="seed">Another number prefers another run.</param>
    /// <param name="threads">Threads that may work.</param>
    /// <param name="cancellation">Honoured within some milliseconds.</param>
    public static ContinuationPlan Plan(ReducedClip clip, int steps, double frameRate, int seed, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (steps is < 1 or > StepsMax) throw new ArgumentOutOfRangeException(nameof(steps), steps, $"{steps} frames to make up are outside 1..{StepsMax}");
        if (clip.Count < 1) throw new ArgumentException("no good frame is known", nameof(clip));
        CameraPath camera = CameraPath.Find(clip, threads, cancellation);
        MovingLayer layer = MovingLayer.Find(clip, camera, threads, cancellation);
        List<Sprite> sprites = new SpriteFinder(layer, frameRate).Find(cancellation);
        CameraStep[] views = Views(camera, steps, frameRate);
        int[] runFrames = new int[steps];
        byte[]?[] shares = new byte[]?[steps];
        Array.Fill(runFrames, -1);
        List<int> jumps = [0];
        int cellSide = 4;
        if (camera.IsStill && clip.Count > RunFramesMin)
        {
            Runs runs = new(layer, Still(layer), threads, cancellation);
            (cellSide, jumps) = runs.Fill(runFrames, shares, seed);
        }

        return new(layer, sprites, HeightLine.Find(layer), views, runFrames, shares, [.. jumps], cellSide);
    }

    /// <summary>The last frame with everything that moves in it taken out, shape (H, W, 3).</summary>
    private static byte[] Still(MovingLayer layer)
    {
        ReducedClip clip = layer.Clip;
        byte[] still = (byte[])layer.Aligned(clip.Count - 1).Clone();
        byte[] moving = Morphology.Dilate(layer.Mask(clip.Count - 1), clip.Width, clip.Height, 2);
        for (int pixel = 0; pixel < moving.Length; pixel++)
        {
            if (moving[pixel] != 0) layer.Plate.AsSpan(pixel * 3, 3).CopyTo(still.AsSpan(pixel * 3, 3));
        }

        return still;
    }

    private static CameraStep[] Views(CameraPath camera, int steps, double frameRate)
    {
        CameraStep[] views = new CameraStep[steps];
        CameraStep view = CameraStep.Still;
        for (int step = 1; step <= steps; step++)
        {
            double seconds = step / frameRate, part = Math.Clamp((seconds - EaseHoldSeconds) / EaseSeconds, 0, 1);
            double speed = 1 + (EaseTo - 1) * part * part * (3 - 2 * part);
            view = view.After(camera.Velocity.Part(camera.IsStill ? 0 : speed).Inverse());
            views[step - 1] = camera.IsStill ? CameraStep.Still : view;
        }

        return views;
    }

    /// <summary>Chooses the earlier runs that bring life after the join.</summary>
    private sealed class Runs(MovingLayer layer, byte[] still, int threads, CancellationToken cancellation)
    {
        private readonly ReducedClip _clip = layer.Clip;
        private readonly byte[][] _changed = Changes(layer, still, threads, cancellation);

        public (int CellSide, List<int> Jumps) Fill(int[] runFrames, byte[]?[] shares, int seed)
        {
            int last = _clip.Count - 1, cellSide = 4;
            int longest = Math.Min(runFrames.Length, last);
            while ((long)Cells(_clip.Width, cellSide) * Cells(_clip.Height, cellSide) * longest > CellsMax) cellSide++;
            List<int> jumps = [];
            List<(long Score, int Start)> ranking = Rank(runFrames.Length, seed);
            for (int step = 0; step < runFrames.Length;)
            {
                jumps.Add(step);
                int start = ranking[(jumps.Count - 1) % Math.Min(ranking.Count, 3)].Start;
                int length = Math.Min(runFrames.Length - step, last - start);
                List<byte[]> changes = Reduce(start + 1, length, cellSide);
                RunCut cut = RunCut.Find(changes, Cells(_clip.Width, cellSide), Cells(_clip.Height, cellSide), false, cancellation);
                for (int frame = 0; frame < length; frame++, step++)
                {
                    runFrames[step] = start + 1 + frame;
                    shares[step] = Strengths(cut.Shares[frame], changes[frame], frame + 1);
                }
            }

            return (cellSide, jumps);
        }

        /// <summary>Where nothing differs the run comes in softly: its noise and light are not quite the join's.</summary>
        private static byte[] Strengths(byte[] shows, byte[] change, int step)
        {
            byte[] strengths = new byte[shows.Length];
            int soft = Math.Min(255, 255 * step / SoftFrames);
            for (int cell = 0; cell < shows.Length; cell++) strengths[cell] = (byte)(shows[cell] == 0 ? 0 : change[cell] > 0 ? 255 : soft);
            return strengths;
        }

        /// <summary>Frames after which a run could start, the best first, judged by coarse cuts.</summary>
        private List<(long Score, int Start)> Rank(int steps, int seed)
        {
            int last = _clip.Count - 1, length = Math.Min(steps, Math.Max(RunFramesMin / 2, last * 2 / 3)), latest = last - length;
            int[] starts = [.. Enumerable.Range(0, Candidates).Select(index => (int)((long)latest * index / Candidates)).Distinct()];
            (long Score, int Start)[] ranking = new (long, int)[starts.Length];
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
            Parallel.For(0, starts.Length, parallel, index =>
            {
                int start = starts[index];
                RunCut cut = RunCut.Find(Reduce(start + 1, length, CoarseCellSide), Cells(_clip.Width, CoarseCellSide), Cells(_clip.Height, CoarseCellSide), false,
                    cancellation);
                ranking[index] = (cut.Kept, start);
            });
            Array.Sort(ranking, (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Start.CompareTo(b.Start));
            List<(long Score, int Start)> result = [.. ranking];
            // Seeds walk through the better ones.
            int turn = Math.Max(0, seed - 1) % Math.Max(1, Math.Min(4, result.Count));
            (result[0], result[turn]) = (result[turn], result[0]);
            return result;
        }

        private List<byte[]> Reduce(int first, int length, int side)
        {
            int columns = Cells(_clip.Width, side), rows = Cells(_clip.Height, side);
            List<byte[]> counts = [];
            for (int frame = first - SpreadFrames; frame < first + length + SpreadFrames; frame++)
            {
                byte[] cells = new byte[columns * rows], changed = _changed[Math.Clamp(frame, 0, _clip.Count - 1)];
                for (int y = 0; y < _clip.Height; y++)
                {
                    for (int x = 0; x < _clip.Width; x++) cells[y / side * columns + x / side] += changed[y * _clip.Width + x];
                }

                counts.Add(cells);
            }

            List<byte[]> result = [];
            for (int frame = 0; frame < length; frame++)
            {
                byte[] most = (byte[])counts[frame].Clone();
                for (int near = frame + 1; near <= frame + 2 * SpreadFrames; near++)
                {
                    for (int cell = 0; cell < most.Length; cell++) most[cell] = Math.Max(most[cell], counts[near][cell]);
                }

                result.Add(most);
            }

            return result;
        }

        private static byte[][] Changes(MovingLayer layer, byte[] still, int threads, CancellationToken cancellation)
        {
            byte[][] changed = new byte[layer.Clip.Count][];
            (byte[] least, byte[] most) = Morphology.Range(still, layer.Clip.Width, layer.Clip.Height);
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
            Parallel.For(0, changed.Length, parallel, frame => changed[frame] = Morphology.Dilate(
                MovingLayer.MaskOf(layer.Clip, layer.Clip[frame], least, most, layer.Threshold), layer.Clip.Width, layer.Clip.Height, 2, 8));
            return changed;
        }

        private static int Cells(int length, int side) => (length + side - 1) / side;
    }
}
