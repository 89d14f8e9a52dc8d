
namespace RunwayFX.Pipelines.Tests.Style;

public sealed class BoundedCacheTests
{
    [Test]
    public void ValueAtTheLimit_IsKept_OnePastIsNot()
    {
        BoundedCache cache = new(100);
        cache.Put(1, "at the limit", 100);
        Assert.That(cache.TryGet(1, out string? _));
        cache.Put(2, "past it", 101);
        Assert.Multiple(() =>
        {
            Assert.That(cache.TryGet(2, out string? _), Is.False);
            Assert.That(cache.TryGet(1, out string? _), "what was there stays");
            Assert.That(cache.Bytes, Is.EqualTo(100));
        });
    }

    [Test]
    public void Full_ForgetsWhatWasUnusedForLongest()
    {
        BoundedCache cache = new(30);
        cache.Put(1, "one", 10);
        cache.Put(2, "two", 10);
        cache.Put(3, "three", 10);
        Assert.That(cache.TryGet(1, out string? _));
        cache.Put(4, "four", 10);
        Assert.Multiple(() =>
        {
            Assert.That(cache.TryGet(2, out string? _), Is.False);
            Assert.That(cache.TryGet(1, out string? _) && cache.TryGet(3, out string? _) && cache.TryGet(4, out string? _));
            Assert.That(cache.Bytes, Is.EqualTo(30));
        });
    }

    [Test]
    public void Replaced_CountsOnce()
    {
        BoundedCache cache = new(100);
        cache.Put(1, "old", 60);
        cache.Put(1, "new", 70);
        Assert.Multiple(() =>
        {
            Assert.That(cache.TryGet(1, out string? value) ? value : null, Is.EqualTo("new"));
            Assert.That(cache.Bytes, Is.EqualTo(70));
        });
        cache.Remove(1);
        Assert.That(cache.Bytes, Is.Zero);
    }
}
