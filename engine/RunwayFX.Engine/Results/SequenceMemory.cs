namespace RunwayFX.Engine.Results;

/// <summary>What is known of the pictures that come by while a sequence is rendered. Thread-safe.</summary>
internal sealed class SequenceMemory
{
    /// <summary>Most frames remembered for a recipe.</summary>
    public const int FramesMax = 4096;

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
        lock (_gate) return Get(recipe).Frames.TryGetValue((clip, time), out UInt128 hash) ? hash : null;
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
                known.Frames[(frame.Clip, frame.Time)] = frame.Hash;
                known.LooksAround |= !frame.Time.Equals(time);
            }
        }
    }

    /// <summary>Frames around a time that renders of the recipe have seen, where such renders look at other frames than their own: a pipeline that remembers what
    /// it made of a frame does not ask for it again, but its result depends on it.</summary>
    public List<ResultInput> Around(UInt128 recipe, double time, double reach)
    {
        lock (_gate)
        {
            Recipe known = Get(recipe);
            if (!known.LooksAround) return [];
            return [.. known.Frames.Where(frame => Math.Abs(frame.Key.Time - time) <= reach).Select(static frame => new ResultInput(frame.Key.Clip, frame.Key.Time, "", frame.Value))];
        }
    }

    private Recipe Get(UInt128 recipe)
    {
        if (_recipes.TryGetValue(recipe, out Recipe? known)) return known;
        if (_recipes.Count >= RecipesMax) _recipes.Clear();
        return _recipes[recipe] = new Recipe();
    }

    private sealed class Recipe
    {
        public Dictionary<(int Clip, double Time), UInt128> Frames { get; } = [];

        public bool HasBegun { get; set; }

        public bool LooksAround { get; set; }
    }
}
