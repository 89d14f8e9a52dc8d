namespace RunwayFX.Inference.Portraits;

/// <summary>How a face is held and what it expresses, as LivePortrait's motion extractor says it.</summary>
/// <param name="Pitch">Nodding, in degrees.</param>
/// <param name="Yaw">Turning, in degrees.</param>
/// <param name="Roll">Tilting, in degrees.</param>
/// <param name="Translation">Where it is (x, y, z); z is never used.</param>
/// <param name="Expression">What moves each key point, <see cref="PortraitGeometry.Points"/> × 3.</param>
/// <param name="Scale">How large it is.</param>
/// <param name="Canonical">Key points of the face at rest, looking ahead, <see cref="PortraitGeometry.Points"/> × 3.</param>
public sealed record PortraitMotion(double Pitch, double Yaw, double Roll, float[] Translation, float[] Expression, float Scale, float[] Canonical);

/// <summary>The geometry of LivePortrait (Guo et al. 2024): from what the motion extractor says of two faces to the key points that the warping network
/// takes.</summary>
/// <remarks>Points are rows and stand left of matrices.</remarks>
public static class PortraitGeometry
{
    /// <summary>Key points of a face.</summary>
    public const int Points = 21;

    /// <summary>Classes by which an angle is told.</summary>
    public const int AngleClasses = 66;

    /// <summary>Numbers that stitching gives: a shift of every key point, then one of all in x and y.</summary>
    public const int StitchLength = Points * 3 + 2;

    private const double DegreesPerClass = 3, DegreesMiddle = 97.5;

    /// <summary>The angle that a motion extractor means: the mean class, three degrees wide.</summary>
    /// <param name="logits"><see cref="AngleClasses"/> numbers, or the angle itself as one.</param>
    public static double Degrees(ReadOnlySpan<float> logits)
    {
        if (logits.Length == 1) return logits[0];
        if (logits.Length != AngleClasses) throw new ArgumentException($"{logits.Length} numbers tell no angle: 1 or {AngleClasses} do.", nameof(logits));
        double most = double.NegativeInfinity, sum = 0, mean = 0;
        foreach (float logit in logits) most = Math.Max(most, logit);
        for (int index = 0; index < logits.Length; index++)
        {
            double weight = Math.Exp(logits[index] - most);
            sum += weight;
            mean += weight * index;
        }

        return mean / sum * DegreesPerClass - DegreesMiddle;
    }

    /// <summary>The rotation that turns a row of coordinates: about x (pitch), then y (yaw), then z (roll). Nine numbers, row by row.</summary>
    public static double[] Rotation(double pitch, double yaw, double roll)
    {
        (double sx, double cx) = Math.SinCos(pitch * Math.PI / 180);
        (double sy, double cy) = Math.SinCos(yaw * Math.PI / 180);
        (double sz, double cz) = Math.SinCos(roll * Math.PI / 180);
        // Rz·Ry·Rx turns columns; rows are turned by its transpose.
        return
        [
            cz * cy, sz * cy, -sy,
            cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx,
            cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx,
        ];
    }

    /// <summary>Key points of a face as it is held: scale·(canonical·R + expression) + translation in x and y.</summary>
    public static float[] KeyPoints(PortraitMotion motion)
    {
        ArgumentNullException.ThrowIfNull(motion);
        return Place(motion.Canonical, Rotation(motion.Pitch, motion.Yaw, motion.Roll), motion.Expression, motion.Scale, motion.Translation);
    }

    /// <summary>Key points of the source face that moves as the driving face does.</summary>
    /// <param name="source">The face that is moved.</param>
    /// <param name="driving">The face that it follows.</param>
    /// <param name="first">The driving face in the first frame: the source takes over what changed since. Null takes over pose and expression as they are.</param>
    public static float[] Drive(PortraitMotion source, PortraitMotion driving, PortraitMotion? first)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        double[] own = Rotation(source.Pitch, source.Yaw, source.Roll), now = Rotation(driving.Pitch, driving.Yaw, driving.Roll);
        if (first is null) return Place(source.Canonical, now, Absolute(source.Expression, driving.Expression), source.Scale, driving.Translation);
        double[] rotation = Multiply(Multiply(now, Transpose(Rotation(first.Pitch, first.Yaw, first.Roll))), own);
        float[] expression = new float[Points * 3], translation = new float[3];
        for (int i = 0; i < expression.Length; i++) expression[i] = source.Expression[i] + (driving.Expression[i] - first.Expression[i]);
        for (int i = 0; i < 3; i++) translation[i] = source.Translation[i] + (driving.Translation[i] - first.Translation[i]);
        float scale = first.Scale == 0 ? source.Scale : source.Scale * (driving.Scale / first.Scale);
        return Place(source.Canonical, rotation, expression, scale, translation);
    }

    /// <summary>Adds what stitching says, so that shoulders and neck stay where they are.</summary>
    /// <param name="driven">Key points; changed.</param>
    /// <param name="delta"><see cref="StitchLength"/> numbers.</param>
    public static void Stitch(Span<float> driven, ReadOnlySpan<float> delta)
    {
        if (driven.Length != Points * 3 || delta.Length != StitchLength) throw new ArgumentException($"{driven.Length} and {delta.Length} numbers are no {Points} key points and their stitching.", nameof(delta));
        for (int i = 0; i < driven.Length; i++) driven[i] += delta[i] + (i % 3 < 2 ? delta[Points * 3 + i % 3] : 0);
    }

    /// <summary>Key points that pose and expression do not share: those of the face's outline stay the source's own in some directions.</summary>
    private static float[] Absolute(float[] source, float[] driving)
    {
        float[] expression = (float[])source.Clone();
        for (int point = 0; point < Points; point++)
        {
            for (int axis = 0; axis < 3; axis++)
            {
                bool isDriven = point switch
                {
                    1 or 2 or 6 or >= 11 => true, 3 or 4 => axis == 1, 5 or 8 => axis == 2, 9 => axis > 0, _ => false,
                };
                if (isDriven) expression[point * 3 + axis] = driving[point * 3 + axis];
            }
        }

        return expression;
    }

    private static float[] Place(float[] canonical, double[] rotation, float[] expression, float scale, float[] translation)
    {
        if (canonical.Length != Points * 3 || expression.Length != Points * 3 || translation.Length != 3)
            throw new ArgumentException($"{canonical.Length}, {expression.Length} and {translation.Length} numbers are no face of {Points} key points.", nameof(canonical));
        float[] placed = new float[Points * 3];
        for (int point = 0; point < Points; point++)
        {
            for (int axis = 0; axis < 3; axis++)
            {
                double turned = 0;
                for (int from = 0; from < 3; from++) turned += canonical[point * 3 + from] * rotation[from * 3 + axis];
                placed[point * 3 + axis] = (float)(scale * (turned + expression[point * 3 + axis]) + (axis < 2 ? translation[axis] : 0));
            }
        }

        return placed;
    }

    private static double[] Multiply(double[] left, double[] right)
    {
        double[] product = new double[9];
        for (int i = 0; i < 9; i++)
        {
            for (int k = 0; k < 3; k++) product[i] += left[i / 3 * 3 + k] * right[k * 3 + i % 3];
        }

        return product;
    }

    private static double[] Transpose(double[] matrix) => [.. Enumerable.Range(0, 9).Select(i => matrix[i % 3 * 3 + i / 3])];
}
