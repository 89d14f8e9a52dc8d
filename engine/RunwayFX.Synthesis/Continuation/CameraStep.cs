namespace RunwayFX.Synthesis.Continuation;

/// <summary>A move of the camera as a change of coordinates: shift, turn and zoom. A place (x, y) goes to (A x − B y + X, B x + A y + Y).</summary>
/// <param name="A">Zoom times the cosine of the turn; 1 stands still.</param>
/// <param name="B">Zoom times the sine of the turn.</param>
/// <param name="X">Shift to the right, in pixels.</param>
/// <param name="Y">Shift downwards, in pixels.</param>
public readonly record struct CameraStep(double A, double B, double X, double Y)
{
    /// <summary>No move.</summary>
    public static CameraStep Still => new(1, 0, 0, 0);

    /// <summary>Where a place goes.</summary>
    public (double X, double Y) Apply(double x, double y) => (A * x - B * y + X, B * x + A * y + Y);

    /// <summary>This move after another.</summary>
    public CameraStep After(CameraStep first)
    {
        (double x, double y) = Apply(first.X, first.Y);
        return new(A * first.A - B * first.B, A * first.B + B * first.A, x, y);
    }

    /// <summary>The way back.</summary>
    public CameraStep Inverse()
    {
        double square = A * A + B * B;
        double a = A / square, b = -B / square;
        return new(a, b, -(a * X - b * Y), -(b * X + a * Y));
    }

    /// <summary>A part of a small move.</summary>
    public CameraStep Part(double part) => new(1 + (A - 1) * part, B * part, X * part, Y * part);

    /// <summary>The same move between pictures of another size.</summary>
    public CameraStep Scaled(double factorX, double factorY) => this with { X = X * factorX, Y = Y * factorY };

    /// <summary>Whether the move is a shift by whole pixels, within rounding.</summary>
    public bool IsWholeShift => Math.Abs(A - 1) < 1e-9 && Math.Abs(B) < 1e-9 && Math.Abs(X - Math.Round(X)) < 1e-6 && Math.Abs(Y - Math.Round(Y)) < 1e-6;
}
