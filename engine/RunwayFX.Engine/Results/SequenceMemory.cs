namespace RunwayFX.Engine.Results;

/// <summary>What is known of the pictures that come by while a sequence is rendered. Thread-safe.</summary>
internal sealed class SequenceMemory
{
    /// <summary>Most frames remembered for a recipe.</summary>
    public const int FramesMax = 4096;

    /// <summary>Frames from afar that count for every result of a shot, where they are no more than this: samples of it. More are frames around each frame.</summary>
    public const int SamplesMax = 64;

    /// <summary>Most recipes remembered.</summary>
    public const int RecipesMax = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Recipe> _recipes = [];

    /// <summary>Whether the recipe's sequence begins with this look-up; it has begun afterwards.</summary>
    public bool Begin(UInt128 recipe)
    {
        lock (_gate)
        {
            Recipe known = Get(recipe);
            bool begins = !known.HasBegun;
            known.HasBegun = true;
            return begins;
        }
    }

    /// <summary>What a clip's frame held when it last came by; null where it has not.</summary>
    public UInt128? Known(UInt128 recipe, int clip, double time)
    {
        lock (_gate) return Get(recipe).Frames.TryGetValue((clip, time), out Seen seen) ? seen.Hash : null;
    }

    /// <summary>Notes what frames hold.</summary>
    /// <param name="recipe">The recipe of the render that saw them.</param>
    /// <param name="time">Its time.</param>
    /// <param name="frames">What it saw.</param>
    public void Note(UInt128 recipe, double time, IEnumerable<ResultInput> frames)
    {
        lock (_gate)
        {
            Recipe known = Get(recipe);
            foreach (ResultInput frame in frames)
            {
                if (known.Frames.Count >= FramesMax) known.Frames.Clear();
                bool isNeighbour = !frame.Time.Equals(time);
                if (isNeighbour) known.Widest = Math.Max(known.Widest, Math.Abs(frame.Time - time));
                isNeighbour |= known.Frames.TryGetValue((frame.Clip, frame.Time), out Seen before) && before.IsNeighbour;
                known.Frames[(frame.Clip, frame.Time)] = new Seen(frame.Hash, isNeighbour);
            }
        }
    }

    /// <summary>Frames around a time that renders of the recipe have seen, where such renders look at other frames than their own: a pipeline that remembers what
    /// it made of a frame does not ask for it again, but its result depends on it.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="time">The time.</param>
    /// <param name="reach">Frames either way that count in any case; those that renders looked at from farther away count within as much.</param>
    public List<ResultInput> Around(UInt128 recipe, double time, double reach)
    {
        lock (_gate)
        {
            Recipe known = Get(recipe);
            if (known.Widest == 0) return [];
            // From somewhere within a shot its ends are at least half of it away.
            double shot = 2 * known.Widest;
            int samples = known.Frames.Count(frame => frame.Value.IsNeighbour && Math.Abs(frame.Key.Time - time) <= shot);
            double far = samples <= SamplesMax ? shot : known.Widest;
            bool Counts((int Clip, double Time) frame, bool isNeighbour) => Math.Abs(frame.Time - time) <= (isNeighbour ? Math.Max(reach, far) : reach);
            return [.. known.Frames.Where(frame => Counts(frame.Key, frame.Value.IsNeighbour))
                .Select(static frame => new ResultInput(frame.Key.Clip, frame.Key.Time, "", frame.Value.Hash))];
        }
    }

    private Recipe Get(UInt128 recipe)
    {
        if (_recipes.TryGetValue(recipe, out Recipe? known)) return known;
        if (_recipes.Count >= RecipesMax) _recipes.Clear();
        return _recipes[recipe] = new Recipe();
    }

    /// <summary>A frame that came by.</summary>
    /// <param name="Hash">What it held.</param>
    /// <param name="IsNeighbour">Whether a render for another time looked at it.</param>
    private readonly record struct Seen(UInt128 Hash, bool IsNeighbour);

    private sealed class Recipe
    {
        public Dictionary<(int Clip, double Time), Seen> Frames { get; } = [];

        public bool HasBegun { get; set; }

        /// <summary>The farthest that a render looked from its own time, in frames.</summary>
        public double Widest { get; set; }
    }
}
