/* The small host as a library: the test calls the plug-in's actions itself, this file only makes what they are called with. */
#define main smallhost_main
#include "smallhost.c"
#undef main

void *quiet_instance(Plugin *plugin) { return instance_create(plugin, host_create("quiethost")); }

int quiet_destroy(Plugin *plugin, Effect *effect) { return instance_end(plugin, effect, 0); }

int quiet_number(Effect *effect, const char *name, double value) {
    Param *param = find_param(effect, name);
    if (!param) return FAILED;
    param->number = value;
    return OK;
}

int quiet_text(Effect *effect, const char *name, const char *value) {
    Param *param = find_param(effect, name);
    return param ? set_string(&param->props, "OfxParamPropDefault", 0, value) : FAILED;
}

const char *quiet_message(void) { return last_message; }

void *quiet_set(void) { return calloc(1, sizeof(PropSet)); }

/* What the host passes to the actions on a frame. */
void quiet_time(PropSet *in, double time) {
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

/* Whether the last frame came back as its source, and every image with it; fills the source for the next. */
int quiet_check(int frame) {
    int is_same = !memcmp(source_pixels, output_pixels, sizeof source_pixels) && !images_mine;
    for (int i = 0; i < WIDTH * HEIGHT * 4; i++) source_pixels[i] = (float)(i + frame) / 977.0f;
    memset(output_pixels, 0xEE, sizeof output_pixels);
    return is_same ? OK : FAILED;
}
