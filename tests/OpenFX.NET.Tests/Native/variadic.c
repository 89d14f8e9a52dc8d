/* Stands at the other end of the variadic functions: calls what C# offers, and offers what C# calls. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

typedef int (*plain)(void *param, ...);
typedef int (*timed)(void *param, double time, ...);
typedef int (*ranged)(void *param, double time1, double time2, ...);
typedef int (*message)(void *handle, const char *type, const char *id, const char *format, ...);

/* C calls C#. */
EXPORT int call_get_int(plain f, void *p, int *a) { return f(p, a); }
EXPORT int call_get_double4(plain f, void *p, double *v) { return f(p, v, v + 1, v + 2, v + 3); }
EXPORT int call_get_int_at(timed f, void *p, double t, int *a) { return f(p, t, a); }
EXPORT int call_get_double2_over(ranged f, void *p, double t1, double t2, double *v) { return f(p, t1, t2, v, v + 1); }
EXPORT int call_set_int(plain f, void *p, int a) { return f(p, a); }
EXPORT int call_set_int3(plain f, void *p, int a, int b, int c) { return f(p, a, b, c); }
EXPORT int call_set_double(plain f, void *p, double a) { return f(p, a); }
EXPORT int call_set_double4(plain f, void *p, double a, double b, double c, double d) { return f(p, a, b, c, d); }
EXPORT int call_set_text(plain f, void *p, const char *a) { return f(p, a); }
EXPORT int call_set_double3_at(timed f, void *p, double t, double a, double b, double c) { return f(p, t, a, b, c); }
EXPORT int call_set_int_at(timed f, void *p, double t, int a) { return f(p, t, a); }
EXPORT int call_message_plain(message f, void *h) { return f(h, "OfxMessageError", "id", "no arguments, 100%%"); }
EXPORT int call_message_mixed(message f, void *h) {
  return f(h, "OfxMessageLog", "id", "%s %d %.2f %5u|%-4d|%04x %c %ld %s %d %f %s", "text", -7, 2.5, 42u, 3, 255, 'z', 1234567890123L, "more", 9, -0.125, "last");
}
EXPORT int call_message_doubles(message f, void *h) {
  return f(h, "OfxMessageLog", "id", "%g %g %g %g %g %g %g %g %g %g", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0);
}

/* C# calls C. What arrived is kept for the test to read. */
static struct {
  void *param;
  double time1, time2;
  int ints[4];
  double doubles[4];
  char text[256];
} got;

EXPORT void *last_call(void) { return &got; }
EXPORT size_t offset_of_ints(void) { return offsetof(__typeof__(got), ints); }
EXPORT size_t offset_of_doubles(void) { return offsetof(__typeof__(got), doubles); }
EXPORT size_t offset_of_text(void) { return offsetof(__typeof__(got), text); }
static void forget(void) { memset(&got, 0, sizeof got); }

EXPORT int take_ints(void *param, ...) {
  va_list list;
  forget();
  got.param = param;
  va_start(list, param);
  for (int i = 0; i < 4; i++) got.ints[i] = va_arg(list, int);
  va_end(list);
  return 0;
}

EXPORT int take_doubles(void *param, ...) {
  va_list list;
  forget();
  got.param = param;
  va_start(list, param);
  for (int i = 0; i < 4; i++) got.doubles[i] = va_arg(list, double);
  va_end(list);
  return 4;
}

EXPORT int take_text(void *param, ...) {
  va_list list;
  forget();
  got.param = param;
  va_start(list, param);
  snprintf(got.text, sizeof got.text, "%s", va_arg(list, const char *));
  va_end(list);
  return 0;
}

EXPORT int take_doubles_at(void *param, double time, ...) {
  va_list list;
  forget();
  got.param = param;
  got.time1 = time;
  va_start(list, time);
  for (int i = 0; i < 4; i++) got.doubles[i] = va_arg(list, double);
  va_end(list);
  return 0;
}

EXPORT int take_mixed_at(void *param, double time, ...) {
  va_list list;
  forget();
  got.param = param;
  got.time1 = time;
  va_start(list, time);
  got.ints[0] = va_arg(list, int);
  got.doubles[0] = va_arg(list, double);
  got.ints[1] = va_arg(list, int);
  got.doubles[1] = va_arg(list, double);
  va_end(list);
  return 0;
}

EXPORT int give_ints(void *param, ...) {
  va_list list;
  forget();
  got.param = param;
  va_start(list, param);
  *va_arg(list, int *) = 11;
  *va_arg(list, int *) = -22;
  va_end(list);
  return 0;
}

EXPORT int give_doubles_at(void *param, double time, ...) {
  va_list list;
  forget();
  got.param = param;
  got.time1 = time;
  va_start(list, time);
  *va_arg(list, double *) = time * 2;
  *va_arg(list, double *) = -time;
  *va_arg(list, double *) = 0.5;
  *va_arg(list, double *) = 1e300;
  va_end(list);
  return 0;
}

EXPORT int give_double_over(void *param, double time1, double time2, ...) {
  va_list list;
  forget();
  got.param = param;
  got.time1 = time1;
  got.time2 = time2;
  va_start(list, time2);
  *va_arg(list, double *) = time2 - time1;
  va_end(list);
  return 0;
}

EXPORT int take_message(void *handle, const char *type, const char *id, const char *format, ...) {
  va_list list;
  forget();
  got.param = handle;
  (void)type;
  (void)id;
  va_start(list, format);
  vsnprintf(got.text, sizeof got.text, format, list);
  va_end(list);
  return 0;
}

/* What a host does that gives its list of arguments to a function of variable arguments: the first of them is then the list itself. */
static void format_again(char *room, size_t bytes, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(room, bytes, format, list);
  va_end(list);
}

EXPORT int take_message_carelessly(void *handle, const char *type, const char *id, const char *format, ...) {
  va_list list;
  forget();
  got.param = handle;
  (void)type;
  (void)id;
  va_start(list, format);
  format_again(got.text, sizeof got.text, format, list);
  va_end(list);
  return 0;
}

/* The register rows of Windows x64 and Apple arm64, delivered through plain prototypes: what those callers would have put there. */
typedef int (*row_windows)(void *param, double time, long long v0, long long v1, long long v2, long long v3);
typedef int (*row_apple)(void *param, double time, long long x1, long long x2, long long x3, long long x4, long long x5, long long x6, long long x7,
                         long long s0, long long s1, long long s2, long long s3);
static long long bits(double value) {
  long long result;
  memcpy(&result, &value, sizeof result);
  return result;
}
EXPORT int call_as_windows(row_windows f, void *p, double t, double a, double b, double c) { return f(p, t, bits(a), bits(b), bits(c), 0); }
EXPORT int call_as_apple(row_apple f, void *p, double t, double a, double b, double c) {
  return f(p, t, -1, -1, -1, -1, -1, -1, -1, bits(a), bits(b), bits(c), 0);
}
