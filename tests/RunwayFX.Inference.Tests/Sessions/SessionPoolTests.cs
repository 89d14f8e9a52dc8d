using RunwayFX.Inference.Sessions;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Sessions;

/// <summary>Loaded models within a budget.</summary>
public sealed class SessionPoolTests
{
    private string _folder = "";

    [SetUp]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-pool").FullName;
        foreach (string name in new[] { "a", "b", "c" })
        {
            OnnxGraph graph = new(name);
            graph.Input("x", 4);
            graph.Output("y", 4);
            graph.Node("Mul", ["x", graph.Constant([1, 2, 3, 4], 4)], "y");
            File.WriteAllBytes(Model(name), graph.ToModel());
        }
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ModelUnusedLongest_GoesFirst()
    {
        using SessionPool pool = new(OnnxRuntime.Shared, 100);
        ModelSession a = Use(pool, "a"), b = Use(pool, "b");
        Assert.That(Use(pool, "a"), Is.SameAs(a), "it is still loaded");
        _ = Use(pool, "c");
        Assert.That(pool.LoadedBytes, Is.EqualTo(80));
        Assert.That(Use(pool, "a"), Is.SameAs(a));
        Assert.That(Use(pool, "b"), Is.Not.SameAs(b), "it had to go");
    }

    [Test]
    public void ModelOverTheBudget_IsRefusedWithBothNumbers()
    {
        using SessionPool pool = new(OnnxRuntime.Shared, 10L << 20);
        Assert.That(() => pool.Borrow(Model("a"), 11L << 20, new SessionSettings(), default),
            Throws.TypeOf<InferenceException>().With.Message.Contains("11 MiB").And.Message.Contains("10 MiB"));
        using SessionLease atTheLimit = pool.Borrow(Model("a"), 10L << 20, new SessionSettings(), default);
        Assert.That(pool.LoadedBytes, Is.EqualTo(pool.BudgetBytes));
    }

    [Test]
    public void WaiterForRoom_GoesOnWhenAModelComesBack()
    {
        using SessionPool pool = new(OnnxRuntime.Shared, 50);
        SessionLease first = pool.Borrow(Model("a"), 40, new SessionSettings(), default);
        Task<SessionLease> second = Task.Run(() => pool.Borrow(Model("b"), 40, new SessionSettings(), default));
        Assert.That(second.IsCompleted, Is.False);
        first.Dispose();
        using SessionLease lease = second.GetAwaiter().GetResult();
        Assert.That(pool.LoadedBytes, Is.EqualTo(40));
    }

    [Test]
    public void WaiterThatIsCancelled_Leaves()
    {
        using SessionPool pool = new(OnnxRuntime.Shared, 50);
        using SessionLease held = pool.Borrow(Model("a"), 40, new SessionSettings(), default);
        using CancellationTokenSource source = new(50);
        Assert.That(() => pool.Borrow(Model("b"), 40, new SessionSettings(), source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void DamagedModel_LeavesNoPlaceTaken()
    {
        File.WriteAllText(Model("a"), "no model");
        using SessionPool pool = new(OnnxRuntime.Shared, 50);
        Assert.That(() => pool.Borrow(Model("a"), 40, new SessionSettings(), default), Throws.TypeOf<InferenceException>());
        Assert.That(pool.LoadedBytes, Is.Zero);
    }

    private ModelSession Use(SessionPool pool, string name)
    {
        using SessionLease lease = pool.Borrow(Model(name), 40, new SessionSettings(), default);
        return lease.Session;
    }

    private string Model(string name) => Path.Combine(_folder, name + ".onnx");
}
