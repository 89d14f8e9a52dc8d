/* Property sets of the small host: a list of named arrays. Used by one thread at a time. */
#pragma once
#include <stdlib.h>
#include <string.h>

enum { OK = 0, FAILED = 1, UNKNOWN = 3, UNSUPPORTED = 5, EXISTS = 6, MEMORY = 8, BAD_HANDLE = 9, BAD_INDEX = 10, VALUE = 11, REPLY_YES = 12, REPLY_DEFAULT = 14 };
enum { VALUES_MAX = 16 };

typedef struct Prop {
    struct Prop *next;
    char *name;
    char type; /* p, s, d, i */
    int count;
    union { void *p; char *s; double d; int i; } values[VALUES_MAX];
} Prop;

typedef struct PropSet { Prop *first; } PropSet;

static Prop *prop_find(PropSet *set, const char *name) {
    for (Prop *p = set->first; p; p = p->next) if (!strcmp(p->name, name)) return p;
    return NULL;
}

static void prop_clear(Prop *p) {
    if (p->type == 's') for (int i = 0; i < p->count; i++) free(p->values[i].s);
    p->count = 0;
}

static Prop *prop_make(PropSet *set, const char *name, char type, int index) {
    if (!set || !name || index < 0 || index >= VALUES_MAX) return NULL;
    Prop *p = prop_find(set, name);
    if (!p) {
        p = calloc(1, sizeof *p);
        p->name = strdup(name);
        p->type = type;
        p->next = set->first;
        set->first = p;
    }
    if (p->type != type) return NULL;
    while (p->count <= index) {
        memset(&p->values[p->count], 0, sizeof p->values[0]);
        p->count++;
    }
    return p;
}

static void set_free(PropSet *set) {
    for (Prop *p = set->first, *next; p; p = next) {
        next = p->next;
        prop_clear(p);
        free(p->name);
        free(p);
    }
    set->first = NULL;
}

static int set_pointer(PropSet *set, const char *name, int index, void *value) {
    Prop *p = prop_make(set, name, 'p', index);
    if (!p) return VALUE;
    p->values[index].p = value;
    return OK;
}

static int set_string(PropSet *set, const char *name, int index, const char *value) {
    Prop *p = prop_make(set, name, 's', index);
    if (!p || !value) return VALUE;
    free(p->values[index].s);
    p->values[index].s = strdup(value);
    return OK;
}

static int set_double(PropSet *set, const char *name, int index, double value) {
    Prop *p = prop_make(set, name, 'd', index);
    if (!p) return VALUE;
    p->values[index].d = value;
    return OK;
}

static int set_int(PropSet *set, const char *name, int index, int value) {
    Prop *p = prop_make(set, name, 'i', index);
    if (!p) return VALUE;
    p->values[index].i = value;
    return OK;
}

#define SET_N(NAME, TYPE, ONE)                                                                   \
    static int NAME(PropSet *set, const char *name, int count, TYPE const *values) {             \
        for (int i = 0; i < count; i++) { int status = ONE(set, name, i, values[i]); if (status) return status; } \
        return OK;                                                                               \
    }
SET_N(set_pointer_n, void *, set_pointer)
SET_N(set_string_n, char *, set_string)
SET_N(set_double_n, double, set_double)
SET_N(set_int_n, int, set_int)

#define GET(NAME, TYPE, LETTER, FIELD)                                                           \
    static int NAME(PropSet *set, const char *name, int index, TYPE *value) {                    \
        if (!set) return BAD_HANDLE;                                                             \
        Prop *p = prop_find(set, name);                                                          \
        if (!p || p->type != LETTER) return UNKNOWN;                                             \
        if (index < 0 || index >= p->count) return BAD_INDEX;                                    \
        *value = p->values[index].FIELD;                                                         \
        return OK;                                                                               \
    }                                                                                            \
    static int NAME##_n(PropSet *set, const char *name, int count, TYPE *values) {               \
        for (int i = 0; i < count; i++) { int status = NAME(set, name, i, &values[i]); if (status) return status; } \
        return OK;                                                                               \
    }
GET(get_pointer, void *, 'p', p)
GET(get_string, char *, 's', s)
GET(get_double, double, 'd', d)
GET(get_int, int, 'i', i)

static int prop_reset(PropSet *set, const char *name) {
    Prop *p = set ? prop_find(set, name) : NULL;
    if (!p) return UNKNOWN;
    prop_clear(p);
    return OK;
}

static int get_dimension(PropSet *set, const char *name, int *count) {
    Prop *p = set ? prop_find(set, name) : NULL;
    if (!p) return UNKNOWN;
    *count = p->count;
    return OK;
}

static const void *property_suite[18] = {
    set_pointer, set_string, set_double, set_int, set_pointer_n, set_string_n, set_double_n, set_int_n,
    get_pointer, get_string, get_double, get_int, get_pointer_n, get_string_n, get_double_n, get_int_n, prop_reset, get_dimension,
};
