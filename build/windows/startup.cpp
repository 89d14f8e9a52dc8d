// What a Windows library needs below the compiler's own code when it is linked without Microsoft's start-up library: the entry point, initialisers,
// thread-local storage, the stack probe and cookie, and allocation. Used by CrossLink.targets where a plug-in for Windows is linked on another
// system; on Windows itself the native tool chain brings all of this. Written from the published x64 ABI (stack probes, unwind data, TLS directory
// and section order of PE files); Clang compiles it for x86_64-pc-windows-msvc without any header.

using Word = unsigned int;
using Size = unsigned long long;
using Initializer = void (*)();
using FailingInitializer = int (*)();
using ThreadCallback = void (*)(void *module, Word reason, void *reserved);

constexpr Word ProcessDetach = 0, ProcessAttach = 1, ThreadAttach = 2;

// The compiler takes each of these for an array of one; the linker makes them the ends of a longer one.
template <typename T> static T *within_table(T *entry) {
  __asm__("" : "+r"(entry));
  return entry;
}

extern "C" {

__declspec(dllimport) void *GetProcessHeap(void);
__declspec(dllimport) void *HeapAlloc(void *heap, Word flags, Size bytes);
__declspec(dllimport) int HeapFree(void *heap, Word flags, void *block);
__declspec(dllimport) void GetSystemTimeAsFileTime(Size *time);
__declspec(dllimport) Word GetCurrentThreadId(void);
__declspec(dllimport) Word GetCurrentProcessId(void);
__declspec(dllimport) int QueryPerformanceCounter(Size *count);

// The library's own entry point, from the compiler's dllmain.obj.
int DllMain(void *module, Word reason, void *reserved);

// ---- tables that the linker gathers: sections of one name are joined in the order of what follows the dollar sign -----------------------

#define TABLE(name) __attribute__((section(name), used))

TABLE(".CRT$XIA") static FailingInitializer c_first[] = {nullptr}; // C initialisers; one that returns non-zero refuses to load
TABLE(".CRT$XIZ") static FailingInitializer c_last[] = {nullptr};
TABLE(".CRT$XCA") static Initializer cpp_first[] = {nullptr}; // C++ constructors
TABLE(".CRT$XCZ") static Initializer cpp_last[] = {nullptr};
TABLE(".CRT$XDA") static Initializer thread_first[] = {nullptr}; // constructors of thread-local variables
TABLE(".CRT$XDZ") static Initializer thread_last[] = {nullptr};

void __dyn_tls_init(void *module, Word reason, void *reserved);

TABLE(".CRT$XLA") static ThreadCallback callbacks_first = nullptr; // what the loader calls as threads begin and end
TABLE(".CRT$XLC") static ThreadCallback callback_construct = __dyn_tls_init;
TABLE(".CRT$XLZ") static ThreadCallback callbacks_last = nullptr;

// ---- thread-local storage ------------------------------------------------------------------------------------------------------------

struct TlsDirectory {
  void *first, *last; // the template that each thread gets a copy of
  Word *index;
  ThreadCallback *callbacks;
  Word zeroed, characteristics;
};

Word _tls_index = 0;
TABLE(".tls") char _tls_start = 0;
TABLE(".tls$ZZZ") char _tls_end = 0;
TABLE(".rdata$T") extern const TlsDirectory _tls_used = {&_tls_start, &_tls_end, &_tls_index, &callbacks_first + 1, 0, 0};

__declspec(thread) unsigned char __tls_guard = 0;

// The linker looks for this name where an object has such constructors.
void __dyn_tls_init(void *, Word reason, void *) {
  if (reason != ThreadAttach || __tls_guard) return;
  __tls_guard = 1;
  for (Initializer *next = within_table(thread_first) + 1; next < within_table(thread_last); ++next)
    if (*next) (*next)();
}

// Compiled code calls this before it touches such a variable on a thread that was there before the library.
void __dyn_tls_on_demand_init(void) { __dyn_tls_init(nullptr, ThreadAttach, nullptr); }

// ---- guards --------------------------------------------------------------------------------------------------------------------------

// The value that means "not yet random"; the upper 16 bits of a cookie are always zero.
constexpr Size CookieDefault = 0x2B992DDFA232ULL, CookieMask = 0xFFFFFFFFFFFFULL;
Size __security_cookie = CookieDefault;

static void choose_cookie() {
  Size time = 0, ticks = 0;
  GetSystemTimeAsFileTime(&time);
  QueryPerformanceCounter(&ticks);
  Size cookie = time ^ (ticks << 32) ^ ticks ^ ((Size)GetCurrentProcessId() << 16) ^ GetCurrentThreadId() ^ (Size)&time;
  cookie &= CookieMask;
  __security_cookie = cookie == CookieDefault || cookie == 0 ? CookieDefault + 1 : cookie;
}

// int 29h is the system's fail-fast: no handler runs, the code in ecx goes into the crash report.
[[noreturn]] void __report_gsfailure(void) {
  __asm__ volatile("movl $2, %ecx\n int $0x29");
  __builtin_unreachable();
}

[[noreturn]] void __report_rangecheckfailure(void) {
  __asm__ volatile("movl $8, %ecx\n int $0x29");
  __builtin_unreachable();
}

[[noreturn]] void _purecall(void) {
  __asm__ volatile("movl $7, %ecx\n int $0x29");
  __builtin_unreachable();
}

// rcx holds the value to check; no other register may change.
__attribute__((naked)) void __security_check_cookie(void) {
  __asm__("cmpq __security_cookie(%rip), %rcx\n"
          "jne 1f\n"
          "rolq $16, %rcx\n"
          "testw $0xffff, %cx\n"
          "jne 1f\n"
          "ret\n"
          "1: jmp __report_gsfailure");
}

// Handler of frames that hold a cookie and no exception code: the search for a handler goes on. The cookie itself is checked on return.
int __GSHandlerCheck(void *, void *, void *, void *) {
  constexpr int ContinueSearch = 1;
  return ContinueSearch;
}

// rax holds the bytes about to be taken from the stack: each page is touched in order, so that the guard page moves along. Changes nothing.
__attribute__((naked)) void __chkstk(void) {
  __asm__("pushq %rcx\n"
          "pushq %rax\n"
          "cmpq $0x1000, %rax\n"
          "leaq 24(%rsp), %rcx\n"
          "jb 2f\n"
          "1: subq $0x1000, %rcx\n"
          "testq %rcx, (%rcx)\n"
          "subq $0x1000, %rax\n"
          "cmpq $0x1000, %rax\n"
          "ja 1b\n"
          "2: subq %rax, %rcx\n"
          "testq %rcx, (%rcx)\n"
          "popq %rax\n"
          "popq %rcx\n"
          "ret");
}

// Calls through a control-flow guard: without the guard's table the pointer in rax is called as it is. The system replaces the pointers where it
// enforces the guard.
__attribute__((naked)) static void dispatch_unguarded(void) { __asm__("jmp *%rax"); }
static void check_nothing(void) {}
void (*__guard_dispatch_icall_fptr)(void) = dispatch_unguarded;
void (*__guard_check_icall_fptr)(void) = check_nothing;

int _fltused = 0x9875; // asked for by every object that computes with floating point

// ---- the entry point -----------------------------------------------------------------------------------------------------------------

constexpr int ExitHandlersMax = 256;
static Initializer exit_handlers[ExitHandlersMax];
static int exit_handler_count = 0;

// Called by constructors alone, under the loader's lock.
int atexit(Initializer handler) {
  if (exit_handler_count == ExitHandlersMax) return -1;
  exit_handlers[exit_handler_count++] = handler;
  return 0;
}

int _DllMainCRTStartup(void *module, Word reason, void *reserved) {
  if (reason == ProcessAttach) {
    choose_cookie();
    for (FailingInitializer *next = within_table(c_first) + 1; next < within_table(c_last); ++next)
      if (*next && (*next)() != 0) return 0;
    for (Initializer *next = within_table(cpp_first) + 1; next < within_table(cpp_last); ++next)
      if (*next) (*next)();
    __dyn_tls_init(module, ThreadAttach, nullptr);
  }
  int result = DllMain(module, reason, reserved);
  // With "reserved" the process ends, other threads are gone already, and nothing may be relied on.
  if (reason == ProcessDetach && !reserved)
    while (exit_handler_count > 0) exit_handlers[--exit_handler_count]();
  return result;
}

Size strnlen(const char *text, Size max) {
  Size length = 0;
  while (length < max && text[length]) ++length;
  return length;
}

} // extern "C"

// ---- allocation ----------------------------------------------------------------------------------------------------------------------

namespace std {
struct nothrow_t {
  explicit nothrow_t() = default;
};
extern const nothrow_t nothrow;
const nothrow_t nothrow{};
} // namespace std

static void *allocate(Size bytes) { return HeapAlloc(GetProcessHeap(), 0, bytes ? bytes : 1); }
static void release(void *block) {
  if (block) HeapFree(GetProcessHeap(), 0, block);
}

void *operator new(Size bytes, const std::nothrow_t &) noexcept { return allocate(bytes); }
void *operator new[](Size bytes, const std::nothrow_t &) noexcept { return allocate(bytes); }
void operator delete(void *block) noexcept { release(block); }
void operator delete[](void *block) noexcept { release(block); }
void operator delete(void *block, Size) noexcept { release(block); }
void operator delete[](void *block, Size) noexcept { release(block); }
