/* A client of the bridge, written from bridge/PROTOCOL.md alone: no line of the product is in it. Renders one frame of the Extend effect through a running
   engine and writes the result's bytes to a file.

   usage: client SOCKET shared|inline NUMBERS RESULT
   NUMBERS is "WIDTH HEIGHT EFFECT n1 n2 …": byte RGBA, the source is painted by paint() below. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { HELLO = 1, HELLO_REPLY, OPEN_SESSION, SESSION_OPENED, ATTACH_MEMORY, MEMORY_ATTACHED, RENDER_REQUEST = 10, NEED_FRAMES, SUPPLY_FRAME, PIXEL_CHUNK,
       PROGRESS, LOG_LINE, RENDER_DONE, RENDER_FAILED, SLOT_RELEASED = 19, PING, PONG };
enum { BUILD_MISMATCH = 5 };
#define BODY_MAX (1 << 20)
#define SILENCE_MS 10000

static int connection = -1;
static uint8_t body[BODY_MAX];
static uint32_t body_length;
static int body_type;

static void fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    exit(1);
}

/* ---- section 2: framing ---- */

static void put_all(const void *bytes, size_t count, int descriptor)
{
    const uint8_t *at = bytes;
    while (count > 0) {
        struct iovec part = { (void *)at, count };
        union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control;
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        if (descriptor >= 0) {
            memset(&control, 0, sizeof control);
            message.msg_control = control.bytes;
            message.msg_controllen = sizeof control.bytes;
            struct cmsghdr *header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof(int));
            memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
        }
        ssize_t put = sendmsg(connection, &message, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) fail("sendmsg: %s", strerror(errno));
        at += put;
        count -= (size_t)put;
        descriptor = -1; /* It travels with the first byte. */
    }
}

static void get_all(void *bytes, size_t count)
{
    uint8_t *at = bytes;
    while (count > 0) {
        struct pollfd wait = { connection, POLLIN, 0 };
        int ready = poll(&wait, 1, SILENCE_MS);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) fail("the engine is silent");
        ssize_t got = recv(connection, at, count, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) fail("the engine closed the connection");
        at += got;
        count -= (size_t)got;
    }
}

static void send_message(int type, const uint8_t *bytes, size_t length, int descriptor)
{
    uint8_t header[12] = { 'R', 'F', 'X', '1', (uint8_t)type, (uint8_t)(type >> 8), 0, 0,
        (uint8_t)length, (uint8_t)(length >> 8), (uint8_t)(length >> 16), (uint8_t)(length >> 24) };
    uint8_t *whole = malloc(sizeof header + length);
    if (whole == NULL) fail("no memory");
    memcpy(whole, header, sizeof header);
    memcpy(whole + sizeof header, bytes, length);
    put_all(whole, sizeof header + length, descriptor);
    free(whole);
}

static void receive_header(void)
{
    uint8_t header[12];
    get_all(header, sizeof header);
    if (memcmp(header, "RFX1", 4) != 0 || header[6] != 0 || header[7] != 0) fail("no message of this protocol");
    body_type = header[4] | header[5] << 8;
    body_length = header[8] | header[9] << 8 | header[10] << 16 | (uint32_t)header[11] << 24;
    if (body_length > BODY_MAX) fail("message %d has a body of %u bytes", body_type, body_length);
}

static void receive_message(void)
{
    receive_header();
    get_all(body, body_length);
}

/* ---- section 3: values ---- */

static uint8_t out[8192];
static size_t out_length;

static void put_byte(int byte) { if (out_length == sizeof out) fail("message too long"); out[out_length++] = (uint8_t)byte; }
static void put_big(uint64_t value, int bytes) { while (bytes-- > 0) put_byte((int)(value >> 8 * bytes & 255)); }
static void put_list(unsigned count) { if (count < 16) put_byte(0x90 | (int)count); else { put_byte(0xdc); put_big(count, 2); } }
static void put_bool(int value) { put_byte(value ? 0xc3 : 0xc2); }
static void put_nil(void) { put_byte(0xc0); }

static void put_int(int64_t value)
{
    if (value >= -32 && value < 128) put_byte((int)(value & 255));
    else if (value < 0) { put_byte(0xd3); put_big((uint64_t)value, 8); }
    else if (value < 256) { put_byte(0xcc); put_big((uint64_t)value, 1); }
    else if (value < 65536) { put_byte(0xcd); put_big((uint64_t)value, 2); }
    else if (value <= UINT32_MAX) { put_byte(0xce); put_big((uint64_t)value, 4); }
    else { put_byte(0xcf); put_big((uint64_t)value, 8); }
}

static void put_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_byte(0xcb);
    put_big(bits, 8);
}

static void put_text(const char *text)
{
    size_t length = strlen(text);
    if (length < 32) put_byte(0xa0 | (int)length);
    else { put_byte(0xd9); put_big(length, 1); }
    for (size_t index = 0; index < length; index++) put_byte((uint8_t)text[index]);
}

static void begin(unsigned fields) { out_length = 0; put_list(fields); }
static void finish(int type, int descriptor) { send_message(type, out, out_length, descriptor); }

static size_t in_at;

static uint8_t get_byte(void) { if (in_at >= body_length) fail("message %d ends too early", body_type); return body[in_at++]; }
static uint64_t get_big(int bytes) { uint64_t value = 0; while (bytes-- > 0) value = value << 8 | get_byte(); return value; }

static int64_t get_int(void)
{
    uint8_t head = get_byte();
    if (head < 0x80) return head;
    if (head >= 0xe0) return (int8_t)head;
    switch (head) {
    case 0xcc: return (int64_t)get_big(1);
    case 0xcd: return (int64_t)get_big(2);
    case 0xce: return (int64_t)get_big(4);
    case 0xcf: return (int64_t)get_big(8);
    case 0xd0: return (int8_t)get_big(1);
    case 0xd1: return (int16_t)get_big(2);
    case 0xd2: return (int32_t)get_big(4);
    case 0xd3: return (int64_t)get_big(8);
    default: fail("message %d: 0x%02x is no integer", body_type, head); return 0;
    }
}

static double get_double(void)
{
    if (get_byte() != 0xcb) fail("message %d: no double", body_type);
    uint64_t bits = get_big(8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static unsigned get_list(void)
{
    uint8_t head = get_byte();
    if ((head & 0xf0) == 0x90) return head & 15;
    if (head == 0xdc) return (unsigned)get_big(2);
    fail("message %d: 0x%02x is no list", body_type, head);
    return 0;
}

static void get_text(char *text, size_t room)
{
    uint8_t head = get_byte();
    size_t length = (head & 0xe0) == 0xa0 ? head & 31u : head == 0xd9 ? get_big(1) : head == 0xda ? get_big(2) : (fail("message %d: no text", body_type), 0);
    for (size_t index = 0; index < length; index++) {
        char c = (char)get_byte();
        if (index + 1 < room) text[index] = c;
    }
    text[length < room ? length : room - 1] = 0;
}

/* A message from the engine, from its first field on. */
static void open_body(int type, unsigned fields)
{
    if (body_type != type) fail("message %d came where %d was due", body_type, type);
    in_at = 0;
    unsigned count = get_list();
    if (count < fields) fail("message %d has %u fields", type, count);
}

/* ---- section 4: handshake ---- */

static int try_hello(const char *socket_path, char *build, size_t room, int features)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(socket_path) >= sizeof address.sun_path) fail("socket path too long");
    strcpy(address.sun_path, socket_path);
    connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0) fail("connect %s: %s", socket_path, strerror(errno));
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid != geteuid()) fail("the engine is another user's");
    begin(4);
    put_int(3);
    put_text(build);
    put_int(getpid());
    put_int(features);
    finish(HELLO, -1);
    receive_message();
    char text[2048];
    open_body(HELLO_REPLY, 7);
    int64_t protocol = get_int();
    get_text(build, room);
    get_int();
    get_int();
    int64_t code = get_int();
    get_text(text, sizeof text);
    if (code == 0) {
        printf("reference %04llx-1\n", (unsigned long long)get_int());
        return 1;
    }
    if (code != BUILD_MISMATCH || protocol != 3) fail("refused (%lld): %s", (long long)code, text);
    close(connection);
    return 0;
}

/* ---- sections 5 to 8: a render ---- */

static int width, height, effect, number_count;
static double numbers[256];
static int is_shared;
static uint8_t *map; /* the source, the result, and room for one frame that the engine asks for */

static size_t frame_bytes(void) { return (size_t)width * (size_t)height * 4; }

/* Top-down rows; black bars left and right of a square picture. */
static void paint(uint8_t *pixels, double time)
{
    int left = (width - height) / 2;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            for (int channel = 0; channel < 4; channel++) {
                int bar = x < left || x >= width - left;
                int value = channel == 3 ? 255 : bar ? 0 : 20 + ((x * x * 3 + y * 17 + x * y + channel * 40 + (int)time * 31) & 127);
                pixels[((size_t)y * (size_t)width + (size_t)x) * 4 + (size_t)channel] = (uint8_t)value;
            }
        }
    }
}

enum { SOURCE, RESULT, SUPPLIED, PLACES };
static int64_t generations[PLACES] = { 1, 2, 2 };

static void put_slot(int place)
{
    put_list(8);
    put_int(is_shared ? 1 : 0);
    put_int(generations[place]);
    put_int(is_shared ? place * (int64_t)frame_bytes() : 0);
    put_int(width);
    put_int(height);
    put_int((int64_t)width * 4);
    put_int(1); /* byte */
    put_int(1); /* RGBA */
}

static void put_clip(int clip, double time, int place)
{
    put_list(8);
    put_int(clip);
    put_double(time);
    if (place >= 0) put_slot(place);
    else put_nil();
    put_int(-3);
    put_int(5);
    put_int(3); /* unpremultiplied */
    put_double(1);
    put_int(0);
}

static void send_pixels(const uint8_t *pixels, size_t count)
{
    while (count > 0) {
        size_t chunk = count < 100000 ? count : 100000;
        send_message(PIXEL_CHUNK, pixels, chunk, -1);
        pixels += chunk;
        count -= chunk;
    }
}

static void receive_pixels(uint8_t *pixels, size_t count)
{
    while (count > 0) {
        receive_header();
        if (body_type != PIXEL_CHUNK || body_length < 1 || body_length > count) fail("message %d of %u bytes amid pixels", body_type, body_length);
        get_all(pixels, body_length);
        pixels += body_length;
        count -= body_length;
    }
}

static void make_memory(void)
{
    size_t bytes = PLACES * frame_bytes();
    if (!is_shared) {
        map = calloc(1, bytes);
        if (map == NULL) fail("no memory");
        return;
    }
    int memory = memfd_create("protocol-client", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0 || fallocate(memory, 0, 0, (off_t)bytes) != 0) fail("memfd: %s", strerror(errno));
    if (fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) fail("sealing: %s", strerror(errno));
    map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (map == MAP_FAILED) fail("mmap: %s", strerror(errno));
    begin(3);
    put_int(1);
    put_int((int64_t)bytes);
    put_text("");
    finish(ATTACH_MEMORY, memory);
    close(memory);
    receive_message();
    open_body(MEMORY_ATTACHED, 2);
    if (get_int() != 1 || get_int() != 0) fail("the memory was refused");
}

static void open_session(void)
{
    begin(4);
    put_int(1);
    put_int(effect);
    put_text("protocol client in C");
    put_list((unsigned)number_count);
    for (int index = 0; index < number_count; index++) put_text("");
    finish(OPEN_SESSION, -1);
    receive_message();
    open_body(SESSION_OPENED, 4);
    char text[2048];
    get_int();
    int64_t code = get_int();
    get_int();
    get_text(text, sizeof text);
    if (code != 0) fail("the session was refused (%lld): %s", (long long)code, text);
}

static void request(void)
{
    paint(map, 0);
    begin(20);
    put_int(1); /* session */
    put_int(1); /* job */
    put_list((unsigned)number_count);
    for (int index = 0; index < number_count; index++) put_double(numbers[index]);
    put_double(0);
    put_double(1);
    put_double(1);
    put_double(25);
    put_double(1);
    put_int(0);
    put_int(3);
    put_int(-3);
    put_int(5);
    put_bool(0);
    put_bool(1); /* Other times can be asked for. */
    put_slot(RESULT);
    put_list(1);
    put_clip(0, 0, SOURCE);
    put_int(0);
    put_int(0); /* A final render, under no job key. */
    put_int(0);
    put_int(0);
    finish(RENDER_REQUEST, -1);
    if (!is_shared) send_pixels(map, frame_bytes());
}

static int asked_clip, is_lent, supplied_count;
static unsigned asked_count, asked_next;
static double asked[64];

static void need_frames(void)
{
    open_body(NEED_FRAMES, 3);
    get_int();
    asked_clip = (int)get_int();
    asked_count = get_list();
    asked_next = 0;
    if (asked_count < 1 || asked_count > 64) fail("%u times", asked_count);
    for (unsigned index = 0; index < asked_count; index++) asked[index] = get_double();
}

/* Answers as far as it goes: one place serves all frames, so the next one waits until the engine has read the last. The clip has frames from -2 to 2. */
static void supply(void)
{
    while (asked_next < asked_count && !is_lent) {
        double time = asked[asked_next++];
        int has_frame = asked_clip == 0 && fabs(time) <= 2;
        if (has_frame) {
            paint(map + SUPPLIED * frame_bytes(), time);
            generations[SUPPLIED]++;
            is_lent = 1;
            supplied_count++;
        }
        begin(2);
        put_int(1);
        put_clip(asked_clip, time, has_frame ? SUPPLIED : -1);
        finish(SUPPLY_FRAME, -1);
        if (has_frame && !is_shared) send_pixels(map + SUPPLIED * frame_bytes(), frame_bytes());
    }
}

static void slot_released(void)
{
    open_body(SLOT_RELEASED, 2);
    int64_t memory = get_int(), generation = get_int();
    if (memory == is_shared && generation == generations[SUPPLIED]) is_lent = 0;
}

static void converse(void)
{
    for (;;) {
        supply();
        receive_message();
        switch (body_type) {
        case NEED_FRAMES: need_frames(); break;
        case SLOT_RELEASED: slot_released(); break;
        case PROGRESS: case LOG_LINE: case PONG: break;
        case PING: {
            open_body(PING, 1);
            int64_t number = get_int();
            if (number > 0) { begin(1); put_int(number); finish(PONG, -1); }
            break;
        }
        case RENDER_FAILED: {
            char text[2048];
            open_body(RENDER_FAILED, 4);
            get_int();
            long long code = get_int();
            get_int();
            get_text(text, sizeof text);
            fail("the render failed (%lld): %s", code, text);
            break;
        }
        case RENDER_DONE: {
            open_body(RENDER_DONE, 9);
            int64_t job = get_int(), memory = get_int(), generation = get_int();
            get_int();
            int64_t total = get_int(), wait = get_int(), transfer = get_int(), fetch = get_int(), origin = get_int();
            if (origin > 1) fail("a final render was answered with origin %lld", (long long)origin);
            if (job != 1 || memory != is_shared || (generation != 2 && !(is_shared && generation == 1))) fail("the result names another slot");
            if (total < wait + transfer || transfer < fetch) fail("times do not add up");
            printf("supplied %d\n", supplied_count);
            if (!is_shared) receive_pixels(map + frame_bytes(), frame_bytes());
            /* The engine may call the source's own slot the result. */
            if (generation == 1) memcpy(map + frame_bytes(), map, frame_bytes());
            return;
        }
        default: fail("message %d during a job", body_type);
        }
    }
}

int main(int count, char **arguments)
{
    if (count != 5) fail("usage: client SOCKET shared|inline NUMBERS RESULT");
    is_shared = strcmp(arguments[2], "shared") == 0;
    char *word = strtok(arguments[3], " ");
    for (int index = 0; word != NULL && index < 3 + 256; index++, word = strtok(NULL, " ")) {
        double value = strtod(word, NULL);
        if (index == 0) width = (int)value;
        else if (index == 1) height = (int)value;
        else if (index == 2) effect = (int)value;
        else numbers[number_count++] = value;
    }
    if (width < 1 || height < 1 || width > 16384 || height > 16384 || width < height) fail("sizes");
    char build[512] = "unknown";
    /* The first attempt learns the engine's build. */
    if (!try_hello(arguments[1], build, sizeof build, is_shared) && !try_hello(arguments[1], build, sizeof build, is_shared)) fail("the build changed");
    open_session();
    make_memory();
    request();
    converse();
    FILE *file = fopen(arguments[4], "wb");
    if (file == NULL || fwrite(map + frame_bytes(), 1, frame_bytes(), file) != frame_bytes() || fclose(file) != 0) fail("writing %s", arguments[4]);
    return 0;
}
