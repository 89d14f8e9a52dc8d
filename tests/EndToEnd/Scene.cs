using System.Runtime.InteropServices;
using OpenFX.Hosting;
using RunwayFX.Effects;
using HostRequest = OpenFX.Hosting.RenderRequest;

namespace RunwayFX.EndToEnd;

/// <summary>One instance of an effect of the published bundle, in OpenFX.NET's host, with a clip that the test paints.</summary>
internal sealed class Scene : IDisposable
{
    private readonly PluginLibrary _library;

    /// <param name="effect">Which effect of the bundle.</param>
    /// <param name="format">What the source is like.</param>
    /// <param name="frame">Paints the source; a new image each time.</param>
    /// <param name="profile">The host to be; null is OpenFX.NET's own.</param>
    /// <param name="context">Role of the instance.</param>
    /// <param name="style">Paints the second clip of the effect (Style, Structure) in the source's format; null leaves it unconnected.</param>
    public Scene(
        EffectDefinition effect, ClipFormat format, Func<FrameQuery, HostImage?> frame, HostProfile? profile = null, EffectContext context = EffectContext.Filter,
        Func<FrameQuery, HostImage?>? style = null)
    {
        Format = format;
        _library = PluginLibrary.Load(Product.BundlePath, profile);
        ProjectSettings project = new()
        {
            OffsetX = format.Region.X1, OffsetY = format.Region.Y1, Width = format.Region.X2 - format.Region.X1, Height = format.Region.Y2 - format.Region.Y1,
            Depth = format.Depth, Components = format.Components,
        };
        DelegateFrameSource source = new DelegateFrameSource().Add(EffectDefinition.SourceClipName, format, frame);
        if (style is not null) source.Add(effect.Clips[1].Name, format, style);
        Effect = _library.Find(effect.PluginId).CreateInstance(context, project, source);
    }

    public HostedEffect Effect { get; }

    public ClipFormat Format { get; }

    public HostJournal Journal => _library.Journal;

    /// <summary>Renders without asking whether the frame is an identity: what comes back has passed the engine.</summary>
    public HostImage Render(double time, RenderScale? scale = null, RowOrder rowOrder = RowOrder.BottomUp, CancellationToken cancellation = default) =>
        Effect.Render(new HostRequest { Time = time, Scale = scale ?? RenderScale.One, RowOrder = rowOrder, UseIdentity = false, Cancellation = cancellation });

    /// <summary>Sets a number parameter.</summary>
    public Scene With(string parameter, double value)
    {
        Effect.Parameters[parameter].SetNumbers(value);
        return this;
    }

    /// <summary>Sets a text parameter.</summary>
    public Scene With(string parameter, string value)
    {
        Effect.Parameters[parameter].SetText(value);
        return this;
    }

    public void Dispose()
    {
        Effect.Dispose();
        _library.Dispose();
    }

    /// <summary>A clip format that covers a region in full-resolution pixels.</summary>
    public static ClipFormat Clip(PixelDepth depth, CanonicalRegion region, AlphaState alpha = AlphaState.Unpremultiplied) =>
        new() { Depth = depth, Components = PixelComponents.Rgba, Alpha = alpha, Region = region, FrameRate = 25 };

    /// <summary>An image of a clip at a query's scale, to be painted.</summary>
    public static HostImage Image(ClipFormat format, RenderScale scale, RowOrder rowOrder = RowOrder.BottomUp, int rowPadding = 0) => new(new HostImageFormat
    {
        Bounds = format.Region.ToPixels(scale, format.PixelAspectRatio),
        Depth = format.Depth,
        Components = format.Components,
        Alpha = format.Alpha,
        RowOrder = rowOrder,
        RowPadding = rowPadding,
        Scale = scale,
    });

    /// <summary>An image of noise over soft shapes in the given depth's own numbers, following from the time.</summary>
    public static HostImage Painted(ClipFormat format, FrameQuery query)
    {
        HostImage image = Image(format, query.Scale);
        for (int y = image.Bounds.Y1; y < image.Bounds.Y2; y++)
        {
            Span<float> row = image.Row<float>(y);
            for (int x = 0; x < image.Width; x++)
            {
                double u = (x + 3 * query.Time) / image.Width, v = (double)(y - image.Bounds.Y1) / image.Height;
                row[4 * x] = (float)(0.5 + 0.4 * Math.Sin(9 * u) * Math.Cos(7 * v));
                row[4 * x + 1] = (float)(0.5 + 0.4 * Math.Sin(13 * v + 4 * u));
                row[4 * x + 2] = (float)(0.3 + 0.3 * Math.Cos(5 * u * v));
                row[4 * x + 3] = 1;
            }
        }

        return image;
    }

    /// <summary>The bytes of all rows, from the bottom row up, without padding.</summary>
    public static byte[] Bytes(HostImage image)
    {
        int length = image.Row(image.Bounds.Y1).Length;
        byte[] bytes = new byte[length * image.Height];
        for (int y = 0; y < image.Height; y++) image.Row(image.Bounds.Y1 + y).CopyTo(bytes.AsSpan(y * length));
        return bytes;
    }

    /// <summary>Fills an image with random bits of its depth, and with the values that break careless code: colour under alpha 0, −0, infinities, NaN
    /// payloads, subnormals.</summary>
    public static void Scramble(HostImage image, int seed)
    {
        Random random = new(seed);
        for (int y = image.Bounds.Y1; y < image.Bounds.Y2; y++)
        {
            Span<byte> row = image.Row(y);
            random.NextBytes(row);
            if (image.Format.Depth is PixelDepth.Float) Scramble<uint>(MemoryMarshal.Cast<byte, uint>(row), random, [0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_1234, 1, 0x3F80_0000]);
            else if (image.Format.Depth is PixelDepth.Half) Scramble<ushort>(MemoryMarshal.Cast<byte, ushort>(row), random, [0x8000, 0x7C00, 0xFC00, 0x7E12, 1, 0x3C00]);
            else ClearSomeAlpha(row, HostImage.ChannelBytes(image.Format.Depth), random);
        }
    }

    private static void Scramble<T>(Span<T> values, Random random, ReadOnlySpan<T> special)
        where T : unmanaged
    {
        for (int index = 0; index < values.Length; index++)
        {
            if (random.Next(8) == 0) values[index] = special[random.Next(special.Length)];
            if (index % 4 == 3 && random.Next(4) == 0) values[index] = default;
        }
    }

    private static void ClearSomeAlpha(Span<byte> row, int channelBytes, Random random)
    {
        for (int pixel = 0; pixel < row.Length / (4 * channelBytes); pixel++)
        {
            if (random.Next(4) == 0) row.Slice((4 * pixel + 3) * channelBytes, channelBytes).Clear();
        }
    }
}
