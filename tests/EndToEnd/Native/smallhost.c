/* A small OpenFX host in C that shares nothing with the one under test: it loads a plug-in, renders a neutral frame and compares the bits.
 *
 *   smallhost rounds N PLUGIN   loads, renders and unloads N times, each time on a thread of its own that ends; after each round prints
 *                               "round <number> rss_kb <n> fds <n> threads <n>"
 *   smallhost hosts PLUGIN      uses the plug-in through two host structures at once, then takes one of them away
 *   smallhost frames N PLUGIN   renders N frames with one instance
 *   smallhost sealed N PLUGIN   the same in a process where no memory can become executable any more; ends with 3 where the kernel cannot do that
 *   smallhost steady N PLUGIN   renders N frames with all actions of a frame to get warm, and N more; prints "anon_kb <before> <after>" of these
 *   smallhost varied N PLUGIN   the same with a text parameter that changes from frame to frame
 *   smallhost threads N PLUGIN  N frames on each of four threads, each frame under a host structure of its own that goes away after it
 *   smallhost describe PLUGIN   loads every effect, then describes it alone and in each of its contexts, without an engine; prints
 *                               "describe effects <n> contexts <n> load_us <n> describe_us <n> threads <before> <after> children <n>"
 * Ends with 0 when every frame came back as it was.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "props.h"

enum { PARAMS_MAX = 64, CLIPS_MAX = 8, WIDTH = 37, HEIGHT = 23 };

typedef struct { PropSet *props; const void *(*fetch)(PropSet *, const char *, int); } Host;
typedef struct {
    const char *api; int api_version; const char *id; unsigned major, minor;
    void (*set_host)(Host *);
    int (*main)(const char *, const void *, PropSet *, PropSet *);
} Plugin;
typedef struct { PropSet props; char *name, *type; double number; } Param;
typedef struct { PropSet props; char *name; struct Effect *effect; } Clip;
typedef struct Effect { PropSet props, param_props; Param params[PARAMS_MAX]; int param_count; Clip clips[CLIPS_MAX]; int clip_count; } Effect;

static _Thread_local float source_pixels[WIDTH * HEIGHT * 4], output_pixels[WIDTH * HEIGHT * 4];
static _Thread_local int images_mine;
static _Thread_local char last_message[4096];
static int images_out;

static char *property(PropSet *set, const char *name) {
    char *value = NULL;
    return get_string(set, name, 0, &value) ? "" : value;
}

/* ---- image effect suite ---- */
static int effect_props(Effect *effect, PropSet **props) { return effect ? (*props = &effect->props, OK) : BAD_HANDLE; }
static int effect_params(Effect *effect, Effect **params) { return effect ? (*params = effect, OK) : BAD_HANDLE; }

static Clip *find_clip(Effect *effect, const char *name) {
    for (int i = 0; i < effect->clip_count; i++) if (!strcmp(effect->clips[i].name, name)) return &effect->clips[i];
    return NULL;
}

static int clip_define(Effect *effect, const char *name, PropSet **props) {
    if (!effect || effect->clip_count == CLIPS_MAX) return FAILED;
    Clip *clip = &effect->clips[effect->clip_count++];
    clip->name = strdup(name);
    clip->effect = effect;
    set_string(&clip->props, "OfxPropName", 0, name);
    if (props) *props = &clip->props;
    return OK;
}

static int clip_handle(Effect *effect, const char *name, Clip **clip, PropSet **props) {
    *clip = find_clip(effect, name);
    if (props && *clip) *props = &(*clip)->props;
    return *clip ? OK : UNKNOWN;
}

static int clip_props(Clip *clip, PropSet **props) { return clip ? (*props = &clip->props, OK) : BAD_HANDLE; }

static int clip_image(Clip *clip, double time, double *region, PropSet **image) {
    (void)time; (void)region;
    int is_source = !strcmp(clip->name, "Source");
    if (!is_source && strcmp(clip->name, "Output")) return FAILED;
    PropSet *props = calloc(1, sizeof *props);
    int bounds[4] = { -5, -3, -5 + WIDTH, -3 + HEIGHT };
    double one[2] = { 1, 1 };
    set_string(props, "OfxPropType", 0, "OfxTypeImage");
    set_string(props, "OfxImageEffectPropPixelDepth", 0, "OfxBitDepthFloat");
    set_string(props, "OfxImageEffectPropComponents", 0, "OfxImageComponentRGBA");
    set_string(props, "OfxImageEffectPropPreMultiplication", 0, "OfxImageUnPreMultiplied");
    set_double_n(props, "OfxImageEffectPropRenderScale", 2, one);
    set_double(props, "OfxImagePropPixelAspectRatio", 0, 1);
    set_pointer(props, "OfxImagePropData", 0, is_source ? source_pixels : output_pixels);
    set_int_n(props, "OfxImagePropBounds", 4, bounds);
    set_int_n(props, "OfxImagePropRegionOfDefinition", 4, bounds);
    set_int(props, "OfxImagePropRowBytes", 0, WIDTH * 16);
    set_string(props, "OfxImagePropField", 0, "OfxFieldNone");
    set_string(props, "OfxImagePropUniqueIdentifier", 0, "");
    *image = props;
    __atomic_add_fetch(&images_out, 1, __ATOMIC_SEQ_CST);
    images_mine++;
    return OK;
}

static int clip_release(PropSet *image) {
    set_free(image);
    free(image);
    __atomic_sub_fetch(&images_out, 1, __ATOMIC_SEQ_CST);
    images_mine--;
    return OK;
}

static int clip_region(Clip *clip, double time, double *bounds) {
    (void)clip; (void)time;
    bounds[0] = -5; bounds[1] = -3; bounds[2] = -5 + WIDTH; bounds[3] = -3 + HEIGHT;
    return OK;
}

static int effect_abort(Effect *effect) { (void)effect; return 0; }
static int memory_alloc(void *handle, size_t bytes, void **data) { (void)handle; *data = malloc(bytes); return *data ? OK : MEMORY; }
static int memory_free(void *data) { free(data); return OK; }
static int memory_lock(void *handle, void **data) { *data = handle; return OK; }
static int memory_unlock(void *handle) { (void)handle; return OK; }

/* ---- parameter suite ---- */
static Param *find_param(Effect *effect, const char *name) {
    for (int i = 0; i < effect->param_count; i++) if (!strcmp(effect->params[i].name, name)) return &effect->params[i];
    return NULL;
}

static int param_define(Effect *effect, const char *type, const char *name, PropSet **props) {
    if (effect->param_count == PARAMS_MAX) return FAILED;
    if (find_param(effect, name)) return EXISTS;
    Param *param = &effect->params[effect->param_count++];
    param->name = strdup(name);
    param->type = strdup(type);
    set_string(&param->props, "OfxPropName", 0, name);
    set_string(&param->props, "OfxParamPropType", 0, type);
    if (props) *props = &param->props;
    return OK;
}

static int param_handle(Effect *effect, const char *name, Param **param, PropSet **props) {
    *param = find_param(effect, name);
    if (props && *param) *props = &(*param)->props;
    return *param ? OK : UNKNOWN;
}

static int param_set_props(Effect *effect, PropSet **props) { *props = &effect->param_props; return OK; }
static int param_props(Param *param, PropSet **props) { *props = &param->props; return OK; }

static int give_value(Param *param, va_list args) {
    if (!strcmp(param->type, "OfxParamTypeDouble")) *va_arg(args, double *) = param->number;
    else if (!strcmp(param->type, "OfxParamTypeString")) *va_arg(args, char **) = property(&param->props, "OfxParamPropDefault");
    else *va_arg(args, int *) = (int)param->number;
    return OK;
}

static int param_get(Param *param, ...) {
    va_list args;
    va_start(args, param);
    int status = give_value(param, args);
    va_end(args);
    return status;
}

static int param_get_at(Param *param, double time, ...) {
    va_list args;
    va_start(args, time);
    int status = give_value(param, args);
    va_end(args);
    return status;
}

static int refuse(void) { return UNSUPPORTED; }
static int accept_call(void) { return OK; }
static int no_keys(Param *param, unsigned *count) { (void)param; *count = 0; return OK; }

/* ---- other suites ---- */
static int say(void *handle, const char *type, const char *id, const char *format, ...) {
    (void)handle;
    va_list args;
    va_start(args, format);
    vsnprintf(last_message, sizeof last_message, format, args);
    va_end(args);
    fprintf(stderr, "message %s %s: %s\n", type, id ? id : "", last_message);
    return OK;
}

static const void *effect_suite[] = {
    effect_props, effect_params, clip_define, clip_handle, clip_props, clip_image, clip_release, clip_region, effect_abort,
    memory_alloc, memory_free, memory_lock, memory_unlock,
};
static const void *param_suite[] = {
    param_define, param_handle, param_set_props, param_props, param_get, param_get_at, refuse, refuse, refuse, refuse,
    no_keys, refuse, refuse, refuse, refuse, refuse, accept_call, accept_call,
};
static const void *memory_suite[] = { memory_alloc, memory_free };
static const void *message_suite[] = { say };

static const void *fetch(PropSet *host, const char *name, int version) {
    (void)host;
    if (version != 1) return NULL;
    if (!strcmp(name, "OfxPropertySuite")) return property_suite;
    if (!strcmp(name, "OfxImageEffectSuite")) return effect_suite;
    if (!strcmp(name, "OfxParameterSuite")) return param_suite;
    if (!strcmp(name, "OfxMemorySuite")) return memory_suite;
    if (!strcmp(name, "OfxMessageSuite")) return message_suite;
    return NULL;
}

static Host *host_create(const char *name) {
    Host *host = calloc(1, sizeof *host);
    PropSet *props = host->props = calloc(1, sizeof *props);
    host->fetch = fetch;
    int version[2] = { 1, 4 };
    set_string(props, "OfxPropType", 0, "OfxTypeImageEffectHost");
    set_string(props, "OfxPropName", 0, name);
    set_string(props, "OfxPropLabel", 0, name);
    set_int_n(props, "OfxPropAPIVersion", 2, version);
    set_int(props, "OfxImageEffectHostPropIsBackground", 0, 1);
    set_int(props, "OfxImageEffectPropSupportsMultiResolution", 0, 1);
    set_int(props, "OfxImageEffectPropSupportsTiles", 0, 0);
    set_int(props, "OfxImageEffectPropTemporalClipAccess", 0, 1);
    set_string(props, "OfxImageEffectPropSupportedComponents", 0, "OfxImageComponentRGBA");
    set_string(props, "OfxImageEffectPropSupportedPixelDepths", 0, "OfxBitDepthFloat");
    set_string(props, "OfxImageEffectPropSupportedContexts", 0, "OfxImageEffectContextFilter");
    return host;
}

static void host_destroy(Host *host) {
    set_free(host->props);
    free(host->props);
    memset(host, 0x5A, sizeof *host); /* Whoever keeps it finds out. */
    free(host);
}

static void effect_destroy(Effect *effect) {
    for (int i = 0; i < effect->param_count; i++) { set_free(&effect->params[i].props); free(effect->params[i].name); free(effect->params[i].type); }
    for (int i = 0; i < effect->clip_count; i++) { set_free(&effect->clips[i].props); free(effect->clips[i].name); }
    set_free(&effect->props);
    set_free(&effect->param_props);
    free(effect);
}

static int fail(const char *what, int status) { fprintf(stderr, "%s: status %d\n", what, status); return 1; }

static Plugin *find_plugin(void *library) {
    int (*count)(void) = (int (*)(void))dlsym(library, "OfxGetNumberOfPlugins");
    Plugin *(*get)(int) = (Plugin *(*)(int))dlsym(library, "OfxGetPlugin");
    for (int i = 0; count && get && i < count(); i++) if (!strcmp(get(i)->id, "org.runwayfx.style")) return get(i);
    return NULL;
}

/* Loads and describes under a host, and creates an instance with Mix at 0. */
static Effect *instance_create(Plugin *plugin, Host *host) {
    plugin->set_host(host);
    int status = plugin->main("OfxActionLoad", NULL, NULL, NULL);
    if (status) return fail("load", status), NULL;
    Effect *effect = calloc(1, sizeof *effect);
    set_string(&effect->props, "OfxPropType", 0, "OfxTypeImageEffect");
    set_string(&effect->props, "OfxPluginPropFilePath", 0, "");
    if ((status = plugin->main("OfxActionDescribe", effect, NULL, NULL))) return fail("describe", status), NULL;
    PropSet in = { 0 };
    set_string(&in, "OfxImageEffectPropContext", 0, "OfxImageEffectContextFilter");
    status = plugin->main("OfxImageEffectActionDescribeInContext", effect, &in, NULL);
    set_free(&in);
    if (status) return fail("describe in context", status), NULL;
    /* The descriptor becomes the instance: this host needs only one of each. */
    set_string(&effect->props, "OfxPropType", 0, "OfxTypeImageEffectInstance");
    set_string(&effect->props, "OfxImageEffectPropContext", 0, "OfxImageEffectContextFilter");
    set_double(&effect->props, "OfxImageEffectPropFrameRate", 0, 25);
    for (int i = 0; i < effect->clip_count; i++) {
        PropSet *props = &effect->clips[i].props;
        double range[2] = { 0, 100 };
        set_int(props, "OfxImageClipPropConnected", 0, !strcmp(effect->clips[i].name, "Source") || !strcmp(effect->clips[i].name, "Output"));
        set_string(props, "OfxImageEffectPropPixelDepth", 0, "OfxBitDepthFloat");
        set_string(props, "OfxImageEffectPropComponents", 0, "OfxImageComponentRGBA");
        set_string(props, "OfxImageEffectPropPreMultiplication", 0, "OfxImageUnPreMultiplied");
        set_double(props, "OfxImagePropPixelAspectRatio", 0, 1);
        set_double(props, "OfxImageEffectPropFrameRate", 0, 25);
        set_double_n(props, "OfxImageEffectPropFrameRange", 2, range);
        set_string(props, "OfxImageClipPropFieldOrder", 0, "OfxFieldNone");
    }
    for (int i = 0; i < effect->param_count; i++) {
        Param *param = &effect->params[i];
        int whole = 0;
        if (get_double(&param->props, "OfxParamPropDefault", 0, &param->number) && !get_int(&param->props, "OfxParamPropDefault", 0, &whole)) param->number = whole;
    }
    Param *mix = find_param(effect, "mix");
    if (mix) mix->number = 0;
    if ((status = plugin->main("OfxActionCreateInstance", effect, NULL, NULL))) return fail("create instance", status), NULL;
    return effect;
}

static int instance_end(Plugin *plugin, Effect *effect, int unload) {
    int status = plugin->main("OfxActionDestroyInstance", effect, NULL, NULL);
    effect_destroy(effect);
    if (status) return fail("destroy instance", status);
    status = unload ? plugin->main("OfxActionUnload", NULL, NULL, NULL) : OK;
    return status ? fail("unload", status) : 0;
}

/* What the actions on a frame get. */
static void frame_arguments(PropSet *in, double time) {
    int window[4] = { -5, -3, -5 + WIDTH, -3 + HEIGHT };
    double one[2] = { 1, 1 }, region[4] = { -5, -3, -5 + WIDTH, -3 + HEIGHT };
    set_double(in, "OfxPropTime", 0, time);
    set_string(in, "OfxImageEffectPropFieldToRender", 0, "OfxFieldNone");
    set_int_n(in, "OfxImageEffectPropRenderWindow", 4, window);
    set_double_n(in, "OfxImageEffectPropRenderScale", 2, one);
    set_double_n(in, "OfxImageEffectPropRegionOfInterest", 4, region);
    set_int(in, "OfxImageEffectPropSequentialRenderStatus", 0, 0);
    set_int(in, "OfxImageEffectPropInteractiveRenderStatus", 0, 0);
}

static int render(Plugin *plugin, Effect *effect, int frame) {
    static const uint32_t special[] = { 0x80000000u, 0x7F800000u, 0xFF800000u, 0x00000001u, 0x3F800001u, 0xC0400000u };
    uint32_t *bits = (uint32_t *)source_pixels;
    for (int i = 0; i < WIDTH * HEIGHT * 4; i++) {
        if (i % 11 == 0) bits[i] = special[(i / 11 + frame) % 6];
        else source_pixels[i] = i % 4 == 3 && i % 8 == 3 ? 0.0f : (float)(i + frame) / 977.0f;
    }
    memset(output_pixels, 0xEE, sizeof output_pixels);
    PropSet in = { 0 };
    frame_arguments(&in, frame);
    int status = plugin->main("OfxImageEffectActionRender", effect, &in, NULL);
    set_free(&in);
    if (status) return fail("render", status);
    if (memcmp(source_pixels, output_pixels, sizeof source_pixels)) return fail("the frame came back changed", 0);
    if (images_mine) return fail("images not released", images_mine);
    return 0;
}

/* ---- modes ---- */
typedef struct { const char *path; int frame, result; long thread; } Round;

static void *run_round(void *argument) {
    Round *round = argument;
    round->result = 1;
    round->thread = syscall(SYS_gettid);
    void *library = dlopen(round->path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), NULL;
    Plugin *plugin = find_plugin(library);
    Host *host = host_create("smallhost");
    Effect *effect = plugin ? instance_create(plugin, host) : NULL;
    if (effect) round->result = render(plugin, effect, round->frame) | instance_end(plugin, effect, 1);
    host_destroy(host);
    dlclose(library);
    return NULL;
}

static int entries(const char *folder) {
    int count = 0;
    DIR *dir = opendir(folder);
    while (dir && readdir(dir)) count++;
    if (dir) closedir(dir);
    return count;
}

static long memory_kb(const char *kind) {
    long kb = 0;
    char line[256];
    size_t length = strlen(kind);
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file)) if (!strncmp(line, kind, length) && sscanf(line + length, ": %ld", &kb) == 1) break;
    if (file) fclose(file);
    return kb;
}

/* A joined thread has let go of its memory, but the kernel may list it a moment longer. */
static void await_gone(long thread) {
    char entry[64];
    struct timespec pause = { 0, 1000000 };
    snprintf(entry, sizeof entry, "/proc/self/task/%ld", thread);
    for (int tries = 0; tries < 2000 && !access(entry, F_OK); tries++) nanosleep(&pause, NULL);
}

static int rounds(int count, const char *path) {
    for (int number = 1; number <= count; number++) {
        Round round = { path, number, 1, 0 };
        pthread_t thread;
        if (pthread_create(&thread, NULL, run_round, &round)) return fail("thread", number);
        pthread_join(thread, NULL);
        await_gone(round.thread);
        if (round.result) return fail("round", number);
        printf("round %d rss_kb %ld fds %d threads %d\n", number, memory_kb("VmRSS"), entries("/proc/self/fd"), entries("/proc/self/task"));
        fflush(stdout);
    }
    return 0;
}

static int frames(int count, const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
    Plugin *plugin = find_plugin(library);
    Host *host = host_create("smallhost");
    Effect *effect = plugin ? instance_create(plugin, host) : NULL;
    int result = effect ? 0 : 1;
    for (int frame = 0; !result && frame < count; frame++) result = render(plugin, effect, frame);
    return result || instance_end(plugin, effect, 1);
}

/* What a host asks about a frame before it renders it. */
static int ask(Plugin *plugin, Effect *effect, int frame, PropSet *in, PropSet *out) {
    static const char *actions[] = {
        "OfxImageEffectActionGetRegionOfDefinition", "OfxImageEffectActionGetFramesNeeded", "OfxImageEffectActionGetRegionsOfInterest",
        "OfxImageEffectActionIsIdentity",
    };
    frame_arguments(in, frame);
    for (unsigned i = 0; i < sizeof actions / sizeof *actions; i++) {
        int status = plugin->main(actions[i], effect, in, out);
        if (status && status != REPLY_DEFAULT) return fail(actions[i], status);
    }
    return 0;
}

static int steady(int count, int varies, const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
    Plugin *plugin = find_plugin(library);
    Host *host = host_create("smallhost");
    Effect *effect = plugin ? instance_create(plugin, host) : NULL;
    Param *text = effect ? find_param(effect, "stylePath") : NULL;
    if (!text) return fail("no instance, or no text parameter", 0);
    PropSet in = { 0 }, out = { 0 };
    long before = 0;
    for (int frame = 0; frame < 2 * count; frame++) {
        if (frame == count) before = memory_kb("RssAnon");
        if (varies) set_string(&text->props, "OfxParamPropDefault", 0, frame % 2 ? "/pictures/one-of-two.png" : "/pictures/two-of-two.png");
        if (ask(plugin, effect, frame, &in, &out) || render(plugin, effect, frame)) return 1;
    }
    printf("anon_kb %ld %ld\n", before, memory_kb("RssAnon"));
    set_free(&in);
    set_free(&out);
    return instance_end(plugin, effect, 1);
}

/* What SELinux and systemd's MemoryDenyWriteExecute do, by the process itself. */
static int sealed(int count, const char *path) {
    enum { SET_MDWE = 65, REFUSE_EXEC_GAIN = 1 };
    if (prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0)) return 3;
    return frames(count, path);
}

typedef struct { Plugin *plugin; int count, result; } Worker;

static void *run_worker(void *argument) {
    Worker *worker = argument;
    for (int frame = 0; !worker->result && frame < worker->count; frame++) {
        Host *host = host_create("smallhost");
        Effect *effect = instance_create(worker->plugin, host);
        worker->result = effect ? render(worker->plugin, effect, frame) | instance_end(worker->plugin, effect, frame % 2) : 1;
        host_destroy(host);
    }
    return NULL;
}

static int threads(int count, const char *path) {
    enum { THREADS = 4 };
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
    Worker workers[THREADS];
    pthread_t ids[THREADS];
    int result = 0;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (Worker){ find_plugin(library), count, 0 };
        if (!workers[i].plugin || pthread_create(&ids[i], NULL, run_worker, &workers[i])) return fail("thread", i);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(ids[i], NULL);
        result |= workers[i].result;
    }
    return result || (images_out && fail("images not released", images_out));
}

static int hosts(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
    Plugin *plugin = find_plugin(library);
    if (!plugin) return fail("no plug-in", 0);
    Host *first = host_create("first"), *second = host_create("second");
    Effect *a = instance_create(plugin, first), *b = a ? instance_create(plugin, second) : NULL;
    if (!b) return 1;
    if (render(plugin, a, 1) || render(plugin, b, 2) || render(plugin, a, 3)) return 1;
    if (instance_end(plugin, a, 0)) return 1;
    host_destroy(first);
    if (render(plugin, b, 4)) return 1;
    return instance_end(plugin, b, 1);
}

static long microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static int children(void) {
    int count = 0;
    char word[32];
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", syscall(SYS_gettid));
    FILE *file = fopen(path, "r");
    while (file && fscanf(file, "%31s", word) == 1) count++;
    if (file) fclose(file);
    return count;
}

/* What a host does with every effect when it starts. */
static int describe(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
    int (*count)(void) = (int (*)(void))dlsym(library, "OfxGetNumberOfPlugins");
    Plugin *(*get)(int) = (Plugin *(*)(int))dlsym(library, "OfxGetPlugin");
    if (!count || !get) return fail("no plug-in", 0);
    Host *host = host_create("smallhost");
    int effects = count(), contexts = 0;
    long start = microseconds();
    for (int i = 0; i < effects; i++) {
        get(i)->set_host(host);
        int status = get(i)->main("OfxActionLoad", NULL, NULL, NULL);
        if (status) return fail("load", status);
    }
    int before = entries("/proc/self/task") - 2;
    long loaded = microseconds();
    for (int i = 0; i < effects; i++) {
        Effect *effect = calloc(1, sizeof *effect);
        int status = get(i)->main("OfxActionDescribe", effect, NULL, NULL);
        char *context = NULL;
        for (int n = 0; !status && !get_string(&effect->props, "OfxImageEffectPropSupportedContexts", n, &context); n++, contexts++) {
            Effect *within = calloc(1, sizeof *within);
            PropSet in = { 0 };
            set_string(&in, "OfxImageEffectPropContext", 0, context);
            status = get(i)->main("OfxImageEffectActionDescribeInContext", within, &in, NULL);
            set_free(&in);
            effect_destroy(within);
        }
        effect_destroy(effect);
        if (status) return fail("describe", status);
    }
    long described = microseconds();
    printf("describe effects %d contexts %d load_us %ld describe_us %ld threads %d %d children %d\n", effects, contexts, loaded - start, described - loaded,
        before, entries("/proc/self/task") - 2, children());
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "rounds")) return rounds(atoi(argv[2]), argv[3]);
    if (argc == 4 && !strcmp(argv[1], "frames")) return frames(atoi(argv[2]), argv[3]);
    if (argc == 4 && !strcmp(argv[1], "sealed")) return sealed(atoi(argv[2]), argv[3]);
    if (argc == 4 && !strcmp(argv[1], "steady")) return steady(atoi(argv[2]), 0, argv[3]);
    if (argc == 4 && !strcmp(argv[1], "varied")) return steady(atoi(argv[2]), 1, argv[3]);
    if (argc == 4 && !strcmp(argv[1], "threads")) return threads(atoi(argv[2]), argv[3]);
    if (argc == 3 && !strcmp(argv[1], "hosts")) return hosts(argv[2]);
    if (argc == 3 && !strcmp(argv[1], "describe")) return describe(argv[2]);
    fprintf(stderr, "usage: smallhost rounds N PLUGIN | hosts PLUGIN | describe PLUGIN | frames|sealed|steady|varied|threads N PLUGIN\n");
    return 2;
}
