using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The curves of a parametric parameter: control points, joined by straight lines, level outside the first and last. Not animated.</summary>
internal sealed class ParametricCurves
{
    /// <summary>Curves in one parameter.</summary>
    public const int CurvesMax = 64;

    /// <summary>Control points in one curve.</summary>
    public const int PointsMax = 65_536;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, SortedList<double, double>> _curves = [];

    public void CopyFrom(ParametricCurves other)
    {
        lock (other._gate)
        {
            foreach (var (index, points) in other._curves) _curves[index] = new SortedList<double, double>(points);
        }
    }

    public OfxStatus Value(int curve, double position, out double value)
    {
        value = position;
        if (curve is < 0 or >= CurvesMax) return OfxStatus.kOfxStatErrBadIndex;
        lock (_gate)
        {
            SortedList<double, double> points = Points(curve);
            if (points.Count == 0) return OfxStatus.kOfxStatOK; // No points: the identity.
            int next = 0;
            while (next < points.Count && points.Keys[next] <= position) next++;
            if (next == 0) value = points.Values[0];
            else if (next == points.Count) value = points.Values[^1];
            else
            {
                double amount = (position - points.Keys[next - 1]) / (points.Keys[next] - points.Keys[next - 1]);
                value = points.Values[next - 1] + (points.Values[next] - points.Values[next - 1]) * amount;
            }

            return OfxStatus.kOfxStatOK;
        }
    }

    public OfxStatus Count(int curve, out int count)
    {
        count = 0;
        if (curve is < 0 or >= CurvesMax) return OfxStatus.kOfxStatErrBadIndex;
        lock (_gate) count = Points(curve).Count;
        return OfxStatus.kOfxStatOK;
    }

    public OfxStatus Get(int curve, int index, out double key, out double value)
    {
        key = value = 0;
        if (curve is < 0 or >= CurvesMax) return OfxStatus.kOfxStatErrBadIndex;
        lock (_gate)
        {
            SortedList<double, double> points = Points(curve);
            if (index < 0 || index >= points.Count) return OfxStatus.kOfxStatErrBadIndex;
            (key, value) = (points.Keys[index], points.Values[index]);
            return OfxStatus.kOfxStatOK;
        }
    }

    public OfxStatus Set(int curve, int index, double key, double value)
    {
        if (curve is < 0 or >= CurvesMax) return OfxStatus.kOfxStatErrBadIndex;
        if (!double.IsFinite(key) || !double.IsFinite(value)) return OfxStatus.kOfxStatErrValue;
        lock (_gate)
        {
            SortedList<double, double> points = Points(curve);
            if (index < 0 || index >= points.Count) return OfxStatus.kOfxStatErrBadIndex;
            points.RemoveAt(index);
            points[key] = value;
            return OfxStatus.kOfxStatOK;
        }
    }

    public OfxStatus Add(int curve, double key, double value)
    {
        if (curve is < 0 or >= CurvesMax) return OfxStatus.kOfxStatErrBadIndex;
        if (!double.IsFinite(key) || !double.IsFinite(value)) return OfxStatus.kOfxStatErrValue;
        lock (_gate)
        {
            SortedList<double, double> points = Points(curve);
            if (points.Count >= PointsMax) return OfxStatus.kOfxStatErrMemory;
            points[key] = value;
            return OfxStatus.kOfxStatOK;
        }
    }

    public OfxStatus Delete(int curve, int index)
    {
        if (curve is < 0 or >= CurvesMax) return OfxStatus.kOfxStatErrBadIndex;
        lock (_gate)
        {
            SortedList<double, double> points = Points(curve);
            if (index < 0 || index >= points.Count) return OfxStatus.kOfxStatErrBadIndex;
            points.RemoveAt(index);
            return OfxStatus.kOfxStatOK;
        }
    }

    public OfxStatus Clear(int curve)
    {
        if (curve is < 0 or >= CurvesMax) return OfxStatus.kOfxStatErrBadIndex;
        lock (_gate) Points(curve).Clear();
        return OfxStatus.kOfxStatOK;
    }

    private SortedList<double, double> Points(int curve)
    {
        if (!_curves.TryGetValue(curve, out SortedList<double, double>? points)) _curves[curve] = points = [];
        return points;
    }
}
