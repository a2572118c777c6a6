/* SPDX-License-Identifier: MIT */
/*
 * late.c - a jump for each function of a library that is loaded late (late.h). ui/late_names.h is
 * made by the Makefile from the undefined symbols of the other objects: a line SDL(f), VNC(f) or
 * SLIRP(f) for each.
 */
#include "ui/late.h"

#include <dlfcn.h>

#ifdef LATE

#define JUMP(f)                                                                                    \
    static void *late_##f __attribute__((used));                                                   \
    __asm__(".pushsection .text\n.globl " #f "\n.hidden " #f "\n.type " #f ", @function\n" #f      \
            ":\n\tjmp *late_" #f "(%rip)\n.popsection");
#define SDL(f) JUMP(f)
#define VNC(f) JUMP(f)
#define SLIRP(f) JUMP(f)
#include "ui/late_names.h"
#undef SDL
#undef VNC
#undef SLIRP

static const struct late_function {
    enum late_library library;
    const char *name;
    void **at; /* where its address goes */
} functions[] = {
#define SDL(f) {LATE_SDL, #f, &late_##f},
#define VNC(f) {LATE_VNC, #f, &late_##f},
#define SLIRP(f) {LATE_SLIRP, #f, &late_##f},
#include "ui/late_names.h"
};

bool late_load(enum late_library which, struct error *err)
{
    static const char *const file[] = {
        [LATE_SDL] = "libSDL2-2.0.so.0",
        [LATE_VNC] = "libvncserver.so.1",
        [LATE_SLIRP] = "libslirp.so.0",
    };
    void *library = dlopen(file[which], RTLD_NOW | RTLD_GLOBAL);
    if (!library)
        return error_set(err, "cannot load a library: %s", dlerror());
    for (size_t n = 0; n < ARRAY_LEN(functions); n++) {
        if (functions[n].library != which)
            continue;
        *functions[n].at = dlsym(library, functions[n].name);
        if (!*functions[n].at)
            return error_set(err, "%s has no %s", file[which], functions[n].name);
    }
    return true;
}

#else

bool late_load(enum late_library which, struct error *err)
{
    return true;
}

#endif

void *late_variable(const char *name)
{
    return dlsym(RTLD_DEFAULT, name);
}
