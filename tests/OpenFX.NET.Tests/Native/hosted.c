/* A small OpenFX plug-in for the tests of the hosting side. The tables below repeat the published ABI, so that no header is needed.
   Pixels: out = in * gain + offset, in every depth and row order; alpha is kept. What the host answered is told through the parameter "report". */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef void *Handle;
typedef int Status;
typedef struct { Handle host; const void *(*fetchSuite)(Handle, const char *, int); } Host;
typedef Status (*Entry)(const char *, const void *, Handle, Handle);
typedef struct { const char *api; int apiVersion; const char *id; unsigned major, minor; void (*setHost)(Host *); Entry main; } Plugin;
typedef struct { double x1, y1, x2, y2; } RectD;
typedef struct { const unsigned char *data; size_t length; } Bytes;

typedef struct {
  Status (*setPointer)(Handle, const char *, int, void *);
  Status (*setString)(Handle, const char *, int, const char *);
  Status (*setDouble)(Handle, const char *, int, double);
  Status (*setInt)(Handle, const char *, int, int);
  Status (*setPointerN)(Handle, const char *, int, void *const *);
  Status (*setStringN)(Handle, const char *, int, const char *const *);
  Status (*setDoubleN)(Handle, const char *, int, const double *);
  Status (*setIntN)(Handle, const char *, int, const int *);
  Status (*getPointer)(Handle, const char *, int, void **);
  Status (*getString)(Handle, const char *, int, char **);
  Status (*getDouble)(Handle, const char *, int, double *);
  Status (*getInt)(Handle, const char *, int, int *);
  Status (*getPointerN)(Handle, const char *, int, void **);
  Status (*getStringN)(Handle, const char *, int, char **);
  Status (*getDoubleN)(Handle, const char *, int, double *);
  Status (*getIntN)(Handle, const char *, int, int *);
  Status (*reset)(Handle, const char *);
  Status (*dimension)(Handle, const char *, int *);
} Props;

typedef struct {
  Status (*getPropertySet)(Handle, Handle *);
  Status (*getParamSet)(Handle, Handle *);
  Status (*clipDefine)(Handle, const char *, Handle *);
  Status (*clipGetHandle)(Handle, const char *, Handle *, Handle *);
  Status (*clipGetPropertySet)(Handle, Handle *);
  Status (*clipGetImage)(Handle, double, const RectD *, Handle *);
  Status (*clipReleaseImage)(Handle);
  Status (*clipGetRegionOfDefinition)(Handle, double, RectD *);
  int (*abort)(Handle);
  Status (*memoryAlloc)(Handle, size_t, Handle *);
  Status (*memoryFree)(Handle);
  Status (*memoryLock)(Handle, void **);
  Status (*memoryUnlock)(Handle);
} Effects;

typedef struct {
  Status (*define)(Handle, const char *, const char *, Handle *);
  Status (*getHandle)(Handle, const char *, Handle *, Handle *);
  Status (*setGetPropertySet)(Handle, Handle *);
  Status (*getPropertySet)(Handle, Handle *);
  Status (*getValue)(Handle, ...);
  Status (*getValueAtTime)(Handle, double, ...);
  Status (*getDerivative)(Handle, double, ...);
  Status (*getIntegral)(Handle, double, double, ...);
  Status (*setValue)(Handle, ...);
  Status (*setValueAtTime)(Handle, double, ...);
  Status (*getNumKeys)(Handle, unsigned *);
  Status (*getKeyTime)(Handle, unsigned, double *);
  Status (*getKeyIndex)(Handle, double, int, int *);
  Status (*deleteKey)(Handle, double);
  Status (*deleteAllKeys)(Handle);
  Status (*copy)(Handle, Handle, double, const void *);
  Status (*editBegin)(Handle, const char *);
  Status (*editEnd)(Handle);
} Params;

typedef struct { Status (*alloc)(void *, size_t, void **); Status (*release)(void *); } Memory;
typedef struct {
  Status (*multiThread)(void (*)(unsigned, unsigned, void *), unsigned, void *);
  Status (*numCpus)(unsigned *);
  Status (*index)(unsigned *);
  int (*isSpawned)(void);
  Status (*mutexCreate)(Handle *, int);
  Status (*mutexDestroy)(Handle);
  Status (*mutexLock)(Handle);
  Status (*mutexUnLock)(Handle);
  Status (*mutexTryLock)(Handle);
} Threads;
typedef struct {
  Status (*message)(void *, const char *, const char *, const char *, ...);
  Status (*setPersistent)(void *, const char *, const char *, const char *, ...);
  Status (*clearPersistent)(void *);
} Message2;
typedef struct { Status (*start)(void *, const char *, const char *); Status (*update)(void *, double); Status (*end)(void *); } Progress2;
typedef struct { Status (*getTime)(void *, double *); Status (*gotoTime)(void *, double); Status (*bounds)(void *, double *, double *); } TimeLine;
typedef struct {
  Status (*value)(Handle, int, double, double, double *);
  Status (*count)(Handle, int, double, int *);
  Status (*get)(Handle, int, double, int, double *, double *);
  Status (*set)(Handle, int, double, int, double, double, _Bool);
  Status (*add)(Handle, int, double, double, double, _Bool);
  Status (*remove)(Handle, int, int);
  Status (*clear)(Handle, int);
} Parametric;

static Host *host;
static const Props *props;
static const Effects *effects;
static const Params *params;
static const Memory *memory;
static const Threads *threads;
static const Message2 *messages;
static const Progress2 *progress;
static const TimeLine *timeline;
static const Parametric *parametric;

static void set_host(Host *given) { host = given; }

static int load(void)
{
  if (!host) return 1;
  props = host->fetchSuite(host->host, "OfxPropertySuite", 1);
  effects = host->fetchSuite(host->host, "OfxImageEffectSuite", 1);
  params = host->fetchSuite(host->host, "OfxParameterSuite", 1);
  memory = host->fetchSuite(host->host, "OfxMemorySuite", 1);
  threads = host->fetchSuite(host->host, "OfxMultiThreadSuite", 1);
  messages = host->fetchSuite(host->host, "OfxMessageSuite", 2);
  progress = host->fetchSuite(host->host, "OfxProgressSuite", 2);
  timeline = host->fetchSuite(host->host, "OfxTimeLineSuite", 1);
  parametric = host->fetchSuite(host->host, "OfxParametricParameterSuite", 1);
  return props && effects && params ? 0 : 4;
}

static Status describe(Handle effect)
{
  static const char *contexts[] = {"OfxImageEffectContextFilter", "OfxImageEffectContextGeneral", "OfxImageEffectContextGenerator",
    "OfxImageEffectContextTransition", "OfxImageEffectContextPaint", "OfxImageEffectContextRetimer"};
  static const char *depths[] = {"OfxBitDepthByte", "OfxBitDepthShort", "OfxBitDepthHalf", "OfxBitDepthFloat"};
  Handle set;
  effects->getPropertySet(effect, &set);
  props->setString(set, "OfxPropLabel", 0, "Hosted Test");
  props->setString(set, "OfxImageEffectPluginPropGrouping", 0, "Tests/Hosting");
  props->setStringN(set, "OfxImageEffectPropSupportedContexts", 6, contexts);
  for (int i = 0; i < 4; i++) props->setString(set, "OfxImageEffectPropSupportedPixelDepths", i, depths[i]);
  props->setString(set, "OfxImageEffectPluginRenderThreadSafety", 0, "OfxImageEffectRenderFullySafe");
  props->setInt(set, "OfxImageEffectPropTemporalClipAccess", 0, 1);
  props->setInt(set, "OfxImageEffectPropSupportsTiles", 0, 1);
  return 0;
}

static void define_clip(Handle effect, const char *name, int optional)
{
  static const char *components[] = {"OfxImageComponentRGBA", "OfxImageComponentRGB", "OfxImageComponentAlpha"};
  Handle set;
  if (effects->clipDefine(effect, name, &set)) return;
  for (int i = 0; i < 3; i++) props->setString(set, "OfxImageEffectPropSupportedComponents", i, components[i]);
  props->setInt(set, "OfxImageClipPropOptional", 0, optional);
}

static Handle define_param(Handle set, const char *type, const char *name)
{
  Handle p = NULL;
  return params->define(set, type, name, &p) ? NULL : p;
}

static void define_number(Handle set, const char *type, const char *name, int n, int integer, double value, double low, double high)
{
  Handle p = define_param(set, type, name);
  if (!p) return;
  for (int i = 0; i < n; i++) {
    if (integer) {
      props->setInt(p, "OfxParamPropDefault", i, (int)value);
      props->setInt(p, "OfxParamPropMin", i, (int)low);
      props->setInt(p, "OfxParamPropMax", i, (int)high);
    } else {
      props->setDouble(p, "OfxParamPropDefault", i, value);
      props->setDouble(p, "OfxParamPropMin", i, low);
      props->setDouble(p, "OfxParamPropMax", i, high);
    }
  }
}

static Status describe_in_context(Handle effect, Handle in)
{
  char *context = "";
  Handle set, p;
  props->getString(in, "OfxImageEffectPropContext", 0, &context);
  if (!strcmp(context, "OfxImageEffectContextTransition")) {
    define_clip(effect, "SourceFrom", 0);
    define_clip(effect, "SourceTo", 0);
  } else if (strcmp(context, "OfxImageEffectContextGenerator")) {
    define_clip(effect, "Source", 0);
    if (!strcmp(context, "OfxImageEffectContextGeneral")) define_clip(effect, "Extra", 1);
    if (!strcmp(context, "OfxImageEffectContextPaint")) define_clip(effect, "Brush", 0);
  }
  define_clip(effect, "Output", 0);
  effects->getParamSet(effect, &set);
  define_number(set, "OfxParamTypeDouble", "gain", 1, 0, 1, -10, 10);
  define_number(set, "OfxParamTypeDouble", "offset", 1, 0, 0, -10, 10);
  define_number(set, "OfxParamTypeDouble", "timeShift", 1, 0, 0, -1000, 1000);
  define_number(set, "OfxParamTypeInteger", "int", 1, 1, 3, -100, 100);
  define_param(set, "OfxParamTypeBoolean", "bool");
  p = define_param(set, "OfxParamTypeChoice", "choice");
  if (p) for (int i = 0; i < 3; i++) props->setString(p, "OfxParamPropChoiceOption", i, i == 0 ? "Zero" : i == 1 ? "One" : "Two");
  p = define_param(set, "OfxParamTypeStrChoice", "strChoice");
  if (p) for (int i = 0; i < 2; i++) {
    props->setString(p, "OfxParamPropChoiceOption", i, i ? "Beta Label" : "Alpha Label");
    props->setString(p, "OfxParamPropChoiceEnum", i, i ? "beta" : "alpha");
    props->setString(p, "OfxParamPropDefault", 0, "alpha");
  }
  p = define_param(set, "OfxParamTypeString", "string");
  if (p) props->setString(p, "OfxParamPropDefault", 0, "gr\xc3\xbc\xc3\x9f");
  define_number(set, "OfxParamTypeRGB", "rgb", 3, 0, 0.5, -1, 2);
  define_number(set, "OfxParamTypeRGBA", "rgba", 4, 0, 0.25, -1, 2);
  define_number(set, "OfxParamTypeInteger2D", "int2", 2, 1, 2, -100, 100);
  define_number(set, "OfxParamTypeInteger3D", "int3", 3, 1, 3, -100, 100);
  define_number(set, "OfxParamTypeDouble2D", "double2", 2, 0, 2.5, -100, 100);
  define_number(set, "OfxParamTypeDouble3D", "double3", 3, 0, 3.5, -100, 100);
  define_param(set, "OfxParamTypeCustom", "custom");
  define_param(set, "OfxParamTypePushButton", "roundTrip");
  define_param(set, "OfxParamTypePushButton", "speak");
  define_param(set, "OfxParamTypePushButton", "work");
  define_param(set, "OfxParamTypePushButton", "probe");
  define_param(set, "OfxParamTypePushButton", "leak");
  define_param(set, "OfxParamTypeGroup", "group");
  define_param(set, "OfxParamTypePage", "page");
  define_param(set, "OfxParamTypeBytes", "bytes");
  p = define_param(set, "OfxParamTypeParametric", "curve");
  define_param(set, "OfxParamTypeString", "report");
  p = define_param(set, "OfxParamTypeChoice", "misbehave");
  if (p) {
    static const char *ways[] = {"None", "Keep an image", "Write past a row", "Fail", "Set a parameter", "Poll abort"};
    for (int i = 0; i < 6; i++) props->setString(p, "OfxParamPropChoiceOption", i, ways[i]);
  }
  if (!strcmp(context, "OfxImageEffectContextTransition")) define_number(set, "OfxParamTypeDouble", "Transition", 1, 0, 0, 0, 1);
  if (!strcmp(context, "OfxImageEffectContextRetimer")) define_number(set, "OfxParamTypeDouble", "SourceTime", 1, 0, 0, -1000, 1000);
  return 0;
}

static Handle param(Handle effect, const char *name)
{
  Handle set, p = NULL;
  effects->getParamSet(effect, &set);
  params->getHandle(set, name, &p, NULL);
  return p;
}

static float half_to_float(uint16_t h)
{
  uint32_t sign = (uint32_t)(h >> 15) << 31, exponent = (h >> 10) & 31, mantissa = h & 1023, bits;
  float f;
  if (exponent == 31) bits = sign | 0x7f800000u | (mantissa << 13);
  else if (exponent) bits = sign | ((exponent + 112) << 23) | (mantissa << 13);
  else { f = (float)mantissa / 16777216.0f; return sign ? -f : f; }
  memcpy(&f, &bits, 4);
  return f;
}

static uint16_t float_to_half(float f)
{
  _Float16 h = (_Float16)f;
  uint16_t bits;
  memcpy(&bits, &h, 2);
  return bits;
}

typedef struct { Handle set; char *data; int row_bytes, bounds[4], depth, channels; } Image;

static int open_image(Handle clip, double time, Image *image)
{
  char *depth = "", *components = "";
  memset(image, 0, sizeof *image);
  if (effects->clipGetImage(clip, time, NULL, &image->set) || !image->set) return 0;
  props->getPointer(image->set, "OfxImagePropData", 0, (void **)&image->data);
  props->getInt(image->set, "OfxImagePropRowBytes", 0, &image->row_bytes);
  props->getIntN(image->set, "OfxImagePropBounds", 4, image->bounds);
  props->getString(image->set, "OfxImageEffectPropPixelDepth", 0, &depth);
  props->getString(image->set, "OfxImageEffectPropComponents", 0, &components);
  image->depth = !strcmp(depth, "OfxBitDepthByte") ? 1 : !strcmp(depth, "OfxBitDepthShort") ? 2 : !strcmp(depth, "OfxBitDepthHalf") ? 3 : 4;
  image->channels = !strcmp(components, "OfxImageComponentRGBA") ? 4 : !strcmp(components, "OfxImageComponentRGB") ? 3 : 1;
  return image->data != NULL;
}

static char *pixel(Image *image, int x, int y)
{
  int size = image->depth == 1 ? 1 : image->depth == 4 ? 4 : 2;
  if (x < image->bounds[0] || y < image->bounds[1] || x >= image->bounds[2] || y >= image->bounds[3]) return NULL;
  return image->data + (ptrdiff_t)(y - image->bounds[1]) * image->row_bytes + (ptrdiff_t)(x - image->bounds[0]) * image->channels * size;
}

static float get(const char *at, int depth)
{
  uint16_t s; float f;
  if (depth == 1) return *(const unsigned char *)at / 255.0f;
  if (depth == 4) { memcpy(&f, at, 4); return f; }
  memcpy(&s, at, 2);
  return depth == 2 ? s / 65535.0f : half_to_float(s);
}

static void put(char *at, int depth, float value)
{
  uint16_t s;
  float clamped = value < 0 ? 0 : value > 1 ? 1 : value;
  if (depth == 1) { *(unsigned char *)at = (unsigned char)(clamped * 255 + 0.5f); return; }
  if (depth == 4) { memcpy(at, &value, 4); return; }
  s = depth == 2 ? (uint16_t)(clamped * 65535 + 0.5f) : float_to_half(value);
  memcpy(at, &s, 2);
}

typedef struct { Image *in, *out; int window[4]; double gain, offset; } Job;

static void process(unsigned index, unsigned count, void *argument)
{
  Job *job = argument;
  int size = job->out->depth == 1 ? 1 : job->out->depth == 4 ? 4 : 2, height = job->window[3] - job->window[1];
  int first = job->window[1] + (int)((long long)height * index / count), last = job->window[1] + (int)((long long)height * (index + 1) / count);
  for (int y = first; y < last; y++)
    for (int x = job->window[0]; x < job->window[2]; x++) {
      char *to = pixel(job->out, x, y), *from = job->in ? pixel(job->in, x, y) : NULL;
      if (!to) continue;
      for (int c = 0; c < job->out->channels; c++) {
        float value = from ? get(from + c * size, job->out->depth) : 0;
        if (c < 3 && job->out->channels > 1) value = (float)(value * job->gain + job->offset);
        put(to + c * size, job->out->depth, value);
      }
    }
}

static Status render(Handle effect, Handle in)
{
  double time = 0, shift = 0;
  int misbehave = 0, has_input;
  Handle output, source = NULL;
  Image out, input;
  Job job = {0};
  props->getDouble(in, "OfxPropTime", 0, &time);
  props->getIntN(in, "OfxImageEffectPropRenderWindow", 4, job.window);
  params->getValueAtTime(param(effect, "gain"), time, &job.gain);
  params->getValueAtTime(param(effect, "offset"), time, &job.offset);
  params->getValueAtTime(param(effect, "timeShift"), time, &shift);
  params->getValue(param(effect, "misbehave"), &misbehave);
  if (misbehave == 3) {
    if (messages) messages->message(effect, "OfxMessageError", "failed", "told to fail at %g in %s (%d%%)", time, "render", 42);
    return 1;
  }
  if (misbehave == 4) params->setValue(param(effect, "int"), 7);
  if (misbehave == 5) for (long i = 0; i < 200000000L; i++) if (effects->abort(effect)) return 0;
  effects->clipGetHandle(effect, "Output", &output, NULL);
  if (effects->clipGetHandle(effect, "Source", &source, NULL)) effects->clipGetHandle(effect, "SourceFrom", &source, NULL);
  if (!open_image(output, time, &out)) return 1;
  has_input = source && open_image(source, time + shift, &input);
  if (source && !has_input) { effects->clipReleaseImage(out.set); return 1; }
  job.in = has_input ? &input : NULL;
  job.out = &out;
  if (threads) threads->multiThread(process, 3, &job);
  else process(0, 1, &job);
  if (misbehave == 2) memset(pixel(&out, out.bounds[2] - 1, out.bounds[1]), 0, 24);
  if (has_input) effects->clipReleaseImage(input.set);
  if (misbehave != 1) effects->clipReleaseImage(out.set);
  return 0;
}

static Status set_report(Handle effect, const char *text) { return params->setValue(param(effect, "report"), text); }

/* Sets every kind of parameter through the variadic functions and reads it back. */
static Status round_trip(Handle effect)
{
  char text[1024], *s = "", *e = "", *c = "";
  int i = 0, b = 0, ch = 0, i2[2], i3[3];
  double d = 0, rgb[3], rgba[4], d2[2], d3[3], slope = 0, area = 0, key = 0;
  unsigned keys = 0;
  Bytes bytes = {(const unsigned char *)"\x00\x01\xff", 3}, back = {0};
  params->setValue(param(effect, "int"), -42);
  params->setValue(param(effect, "bool"), 1);
  params->setValue(param(effect, "choice"), 2);
  params->setValue(param(effect, "strChoice"), "beta");
  params->setValue(param(effect, "string"), "two words");
  params->setValue(param(effect, "custom"), "custom!");
  params->setValue(param(effect, "rgb"), 0.1, 0.2, 0.3);
  params->setValue(param(effect, "rgba"), 0.4, 0.5, 0.6, 0.7);
  params->setValue(param(effect, "int2"), 11, -12);
  params->setValue(param(effect, "int3"), 21, -22, 23);
  params->setValue(param(effect, "double2"), 1.5, -2.5);
  params->setValue(param(effect, "double3"), 3.5, -4.5, 5.5);
  params->setValue(param(effect, "bytes"), &bytes);
  params->setValueAtTime(param(effect, "offset"), 10.0, 1.0);
  params->setValueAtTime(param(effect, "offset"), 20.0, 3.0);
  params->getValue(param(effect, "int"), &i);
  params->getValue(param(effect, "bool"), &b);
  params->getValue(param(effect, "choice"), &ch);
  params->getValue(param(effect, "strChoice"), &e);
  params->getValue(param(effect, "string"), &s);
  params->getValue(param(effect, "custom"), &c);
  params->getValue(param(effect, "rgb"), &rgb[0], &rgb[1], &rgb[2]);
  params->getValue(param(effect, "rgba"), &rgba[0], &rgba[1], &rgba[2], &rgba[3]);
  params->getValue(param(effect, "int2"), &i2[0], &i2[1]);
  params->getValue(param(effect, "int3"), &i3[0], &i3[1], &i3[2]);
  params->getValue(param(effect, "double2"), &d2[0], &d2[1]);
  params->getValue(param(effect, "double3"), &d3[0], &d3[1], &d3[2]);
  params->getValue(param(effect, "bytes"), &back);
  params->getValueAtTime(param(effect, "offset"), 15.0, &d);
  params->getDerivative(param(effect, "offset"), 15.0, &slope);
  params->getIntegral(param(effect, "offset"), 10.0, 20.0, &area);
  params->getNumKeys(param(effect, "offset"), &keys);
  params->getKeyTime(param(effect, "offset"), 1, &key);
  snprintf(text, sizeof text, "%d %d %d %s %s %s | %.1f %.1f %.1f | %.1f %.1f %.1f %.1f | %d %d | %d %d %d | %.1f %.1f | %.1f %.1f %.1f | %d %d | %.2f %.2f %.2f %u %.0f",
    i, b, ch, e, s, c, rgb[0], rgb[1], rgb[2], rgba[0], rgba[1], rgba[2], rgba[3], i2[0], i2[1], i3[0], i3[1], i3[2], d2[0], d2[1], d3[0], d3[1], d3[2],
    (int)back.length, back.data ? back.data[2] : -1, d, slope, area, keys, key);
  return set_report(effect, text);
}

/* Uses handles, names, types and indices wrongly and reports the statuses. */
static Status probe(Handle effect)
{
  char text[512], *s;
  int n[8] = {0}, dimension = 0;
  double d;
  Handle set, other;
  effects->getPropertySet(effect, &set);
  n[0] = props->getInt((Handle)(intptr_t)0x123456, "OfxPropType", 0, &n[1]);
  n[1] = props->getString(set, "NoSuchProperty", 0, &s);
  n[2] = props->getDouble(set, "OfxPropType", 0, &d);
  n[3] = props->getString(set, "OfxPropType", 7, &s);
  n[4] = props->setString(set, "OfxPropType", 0, "mine");
  n[5] = effects->clipGetHandle(effect, "NoSuchClip", &other, NULL);
  n[6] = effects->clipReleaseImage((Handle)(intptr_t)0x777);
  n[7] = memory ? memory->release(text) : -1;
  props->dimension(set, "OfxImageEffectPropProjectSize", &dimension);
  snprintf(text, sizeof text, "%d %d %d %d %d %d %d %d dim %d", n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], dimension);
  return set_report(effect, text);
}

static Status work(Handle effect)
{
  char text[128];
  Status status = 0;
  double now = -1, first = -1, last = -1, value = -1;
  int i = 0, points = -1;
  Handle mutex = NULL, block = NULL, curve = param(effect, "curve");
  void *bytes = NULL, *locked = NULL;
  if (progress) {
    progress->start(effect, "Working", "work");
    for (i = 0; i <= 4 && !status; i++) status = progress->update(effect, i / 4.0);
    progress->end(effect);
  }
  if (timeline) { timeline->bounds(effect, &first, &last); timeline->gotoTime(effect, 12.5); timeline->getTime(effect, &now); }
  if (parametric && curve) {
    parametric->add(curve, 0, 0, 0.0, 1.0, 0);
    parametric->add(curve, 0, 0, 1.0, 3.0, 0);
    parametric->count(curve, 0, 0, &points);
    parametric->value(curve, 0, 0, 0.25, &value);
  }
  if (threads) { threads->mutexCreate(&mutex, 1); threads->mutexUnLock(mutex); threads->mutexDestroy(mutex); }
  if (memory) { memory->alloc(effect, 1000, &bytes); memset(bytes, 1, 1000); memory->release(bytes); }
  effects->memoryAlloc(effect, 4096, &block);
  effects->memoryLock(block, &locked);
  memset(locked, 2, 4096);
  effects->memoryUnlock(block);
  effects->memoryFree(block);
  snprintf(text, sizeof text, "status %d steps %d bounds %.0f %.0f points %d value %.2f", status, i, first, last, points, value);
  return set_report(effect, text);
}

static Status changed(Handle effect, Handle in)
{
  char *name = "", *reason = "";
  props->getString(in, "OfxPropName", 0, &name);
  props->getString(in, "OfxPropChangeReason", 0, &reason);
  if (strcmp(reason, "OfxChangeUserEdited")) return 14;
  if (!strcmp(name, "roundTrip")) return round_trip(effect);
  if (!strcmp(name, "probe")) return probe(effect);
  if (!strcmp(name, "work")) return work(effect);
  if (!strcmp(name, "leak")) {
    Handle clip, image;
    effects->clipGetHandle(effect, "Source", &clip, NULL);
    return effects->clipGetImage(clip, 1, NULL, &image);
  }
  if (!strcmp(name, "speak") && messages) {
    Status reply = messages->message(effect, "OfxMessageQuestion", "q", "Go on with %s at %.2f (%i of %u)?", "it", 2.5, -1, 4000000000u);
    messages->setPersistent(effect, "OfxMessageWarning", "w", "%5.1f|%-4s|%04x|%c|%ld", 3.14159, "ab", 255, 'z', -9000000000L);
    return set_report(effect, reply == 12 ? "yes" : reply == 13 ? "no" : "default");
  }
  return 14;
}

static Status identity(Handle effect, Handle in, Handle out)
{
  double time = 0, gain = 1, offset = 0, shift = 0;
  int misbehave = 0;
  Handle clip;
  props->getDouble(in, "OfxPropTime", 0, &time);
  params->getValueAtTime(param(effect, "gain"), time, &gain);
  params->getValueAtTime(param(effect, "offset"), time, &offset);
  params->getValueAtTime(param(effect, "timeShift"), time, &shift);
  params->getValue(param(effect, "misbehave"), &misbehave);
  if (gain != 1 || offset != 0 || misbehave || effects->clipGetHandle(effect, "Source", &clip, NULL)) return 14;
  props->setString(out, "OfxPropName", 0, "Source");
  props->setDouble(out, "OfxPropTime", 0, time + shift);
  return 0;
}

static Status frames_needed(Handle effect, Handle in, Handle out)
{
  double time = 0, shift = 0, range[2];
  props->getDouble(in, "OfxPropTime", 0, &time);
  params->getValueAtTime(param(effect, "timeShift"), time, &shift);
  range[0] = range[1] = time + shift;
  return props->setDoubleN(out, "OfxImageClipPropFrameRange_Source", 2, range) ? 14 : 0;
}

static Status main_entry(const char *action, const void *handle, Handle in, Handle out)
{
  Handle effect = (Handle)handle;
  if (!strcmp(action, "OfxActionLoad")) return load();
  if (!strcmp(action, "OfxActionUnload")) return 0;
  if (!strcmp(action, "OfxActionDescribe")) return describe(effect);
  if (!strcmp(action, "OfxImageEffectActionDescribeInContext")) return describe_in_context(effect, in);
  if (!strcmp(action, "OfxActionCreateInstance") || !strcmp(action, "OfxActionDestroyInstance")) return 0;
  if (!strcmp(action, "OfxImageEffectActionRender")) return render(effect, in);
  if (!strcmp(action, "OfxImageEffectActionIsIdentity")) return identity(effect, in, out);
  if (!strcmp(action, "OfxImageEffectActionGetFramesNeeded")) return frames_needed(effect, in, out);
  if (!strcmp(action, "OfxActionInstanceChanged")) return changed(effect, in);
  return 14;
}

static Plugin plugin = {"OfxImageEffectPluginAPI", 1, "org.openfx.test.hosted", 1, 2, set_host, main_entry};

__attribute__((visibility("default"))) int OfxGetNumberOfPlugins(void) { return 1; }
__attribute__((visibility("default"))) Plugin *OfxGetPlugin(int n) { return n == 0 ? &plugin : NULL; }
