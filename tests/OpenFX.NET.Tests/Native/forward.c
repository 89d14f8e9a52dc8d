/* A bundle whose plug-ins live elsewhere in the process: the test says where, so that effects written in C# are loaded as any other. */
#define EXPORT __attribute__((visibility("default")))

static void *(*get_plugin)(int nth);
static int count;

EXPORT void forward(void *(*get)(int nth), int plugins) {
  get_plugin = get;
  count = plugins;
}

EXPORT int OfxGetNumberOfPlugins(void) { return count; }
EXPORT void *OfxGetPlugin(int nth) { return get_plugin(nth); }
