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
void quiet_time(PropSet *in, double time) { frame_arguments(in, time); }

/* Whether the last frame came back as its source, and every image with it; fills the source for the next. */
int quiet_check(int frame) {
    int is_same = !memcmp(source_pixels, output_pixels, sizeof source_pixels) && !images_mine;
    for (int i = 0; i < WIDTH * HEIGHT * 4; i++) source_pixels[i] = (float)(i + frame) / 977.0f;
    memset(output_pixels, 0xEE, sizeof output_pixels);
    return is_same ? OK : FAILED;
}
