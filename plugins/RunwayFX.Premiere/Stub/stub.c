// The binary of one effect. Premiere reads one PiPL from a binary, so each effect has a binary of its own; all of them pass the host's calls on to one
// library, loaded once and by its absolute path beside this file, so that the process has one runtime. EFFECT names the effect of the catalogue.
// Needs no C library.

#ifdef _WIN32
#include <windows.h>
#define EXPORT __declspec(dllexport)
#define LIBRARY L"RunwayFX.Premiere.dll"
#define PATH_UNITS 32768
#else
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <string.h>
#define EXPORT __attribute__((visibility("default")))
#define LIBRARY "RunwayFX.Premiere.so"
#endif

typedef int (*Entry)(int command, void *in, void *out, void **parameters, void *output, void *extra);
typedef Entry (*EntryOf)(const char *effect);
typedef int (*Register)(const char *effect, void *data, void *callback);

// Answers where the library cannot be had: the host leaves the effect out.
enum { INTERNAL_STRUCT_DAMAGED = 512, NOT_REGISTERED = 1 };

EXPORT int EffectMain(int command, void *in, void *out, void **parameters, void *output, void *extra);

#ifdef _WIN32
typedef HMODULE Library;

// Puts the library's name in place of this file's in its path; false where there is no room.
static int name_library(WCHAR *path, DWORD length) {
  static const WCHAR name[] = LIBRARY;
  const DWORD name_units = sizeof name / sizeof *name;
  while (length > 0 && path[length - 1] != L'\\' && path[length - 1] != L'/') --length;
  if (length == 0 || length + name_units > PATH_UNITS) return 0;
  for (DWORD index = 0; index < name_units; ++index) path[length + index] = name[index];
  return 1;
}

static Library load(void) {
  HMODULE self = NULL;
  const DWORD unchanged = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  if (!GetModuleHandleExW(unchanged, (LPCWSTR)(void *)&EffectMain, &self)) return NULL;
  WCHAR *path = HeapAlloc(GetProcessHeap(), 0, PATH_UNITS * sizeof(WCHAR)); // Too much for the stack of some hosts' threads.
  if (!path) return NULL;
  DWORD length = GetModuleFileNameW(self, path, PATH_UNITS);
  Library library = NULL;
  if (length < PATH_UNITS && name_library(path, length))
    library = LoadLibraryExW(path, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
  HeapFree(GetProcessHeap(), 0, path);
  return library;
}

static void *find(Library library, const char *name) { return (void *)GetProcAddress(library, name); }
#else
typedef void *Library;

static Library load(void) {
  char path[PATH_MAX];
  Dl_info self;
  if (!dladdr((void *)&EffectMain, &self) || !self.dli_fname || self.dli_fname[0] != '/') return NULL;
  const char *slash = strrchr(self.dli_fname, '/');
  size_t length = (size_t)(slash - self.dli_fname) + 1;
  if (length + sizeof LIBRARY > sizeof path) return NULL;
  memcpy(path, self.dli_fname, length);
  memcpy(path + length, LIBRARY, sizeof LIBRARY);
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static void *find(Library library, const char *name) { return dlsym(library, name); }
#endif

static Library shared_library(void) {
  static Library library;
  Library known = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
  if (known) return known;
  // Two threads may both come here: the second load only counts up, and the library stays for good.
  known = load();
  if (known) __atomic_store_n(&library, known, __ATOMIC_RELEASE);
  return known;
}

EXPORT int EffectMain(int command, void *in, void *out, void **parameters, void *output, void *extra) {
  static Entry entry;
  Entry known = __atomic_load_n(&entry, __ATOMIC_ACQUIRE);
  if (!known) {
    Library library = shared_library();
    EntryOf entry_of = library ? (EntryOf)find(library, "RunwayFX_EntryOf") : 0;
    known = entry_of ? entry_of(EFFECT) : 0;
    if (!known) return INTERNAL_STRUCT_DAMAGED;
    __atomic_store_n(&entry, known, __ATOMIC_RELEASE);
  }
  return known(command, in, out, parameters, output, extra);
}

EXPORT int PluginDataEntryFunction2(void *data, void *callback, void *suites, const char *host_name, const char *host_version);

EXPORT int PluginDataEntryFunction2(void *data, void *callback, void *suites, const char *host_name, const char *host_version) {
  (void)suites, (void)host_name, (void)host_version;
  Library library = shared_library();
  Register enrol = library ? (Register)find(library, "RunwayFX_Register") : 0;
  return enrol ? enrol(EFFECT, data, callback) : NOT_REGISTERED;
}
