/* SPDX-License-Identifier: MIT */
/*
 * options.h - the command line as values. options.c and main.c are the top floor: they alone
 * see the machine, the loader and the front-ends together.
 *
 * - options_parse checks everything that can be checked without touching a file or a display,
 *   and explains the first mistake in one line.
 * - options_help prints a topic; the options' part is made from the table they are parsed with.
 * - Strings are borrowed from argv.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/types.h"
#include "loader/bzimage.h"
#include "machine/config.h"
#include "monitor/gdb/link.h"
#include "ui/net.h"
#include "ui/ui.h"

#include <stdio.h>

#define OPTIONS_MAX_MODULES 64
#define OPTIONS_MAX_COMMANDS 256
#define OPTIONS_MAX_DISKS 4
#define OPTIONS_DEFAULT_MEMORY (UINT32_C(64) << 20)

enum options_action { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION };
#define OPTIONS_MAX_LINES 2 /* COM1, COM2 */
enum options_port {
    OPTIONS_PORT_NONE,
    OPTIONS_PORT_STDIO,
    OPTIONS_PORT_FILE,
    OPTIONS_PORT_PTY, /* serial lines: a pseudo terminal */
    OPTIONS_PORT_UNIX /* serial lines: a socket */
};

struct options_command {
    const char *text; /* a command of the monitor, or a file of them */
    bool is_file;     /* -x, not -e */
};

struct options {
    enum options_action action;               /* what to do at all */
    const char *topic;                        /* OPTIONS_HELP: about what, may be NULL */
    struct config config;                     /* the machine; its back-ends are main's business */
    const char *image;                        /* what to boot, NULL: the built-in kernel */
    bool direct;                              /* -k: it is loaded, not put into a drive */
    const char *modules[OPTIONS_MAX_MODULES]; /* --initrd, in order */
    unsigned module_count;                    /* how many */
    const char *disks[OPTIONS_MAX_DISKS];     /* --disk, in order */
    unsigned disk_count;                      /* how many */
    const char *cdrom;                        /* --cdrom: file, "none": no disc; NULL: no drive */
    const char *floppies[CONFIG_FLOPPIES];    /* --floppy, A and B: file, "none": no disk in it */
    unsigned floppy_count;                    /* how many */
    const char *append;                       /* --append, or NULL */
    enum ui_display display;                  /* --display */
    enum ui_pace pace;                        /* --pace */
    enum options_port serial[OPTIONS_MAX_LINES]; /* --serial, COM1 and COM2 */
    const char *serial_file[OPTIONS_MAX_LINES];  /* OPTIONS_PORT_FILE, _UNIX: where to */
    unsigned serial_count;                       /* how many */
    enum bzimage_entry linux_entry;              /* --linux-entry */
    const char *bios;                            /* --bios, or NULL */
    const char *vgabios;                         /* --vgabios: a file or "none", or NULL */
    enum options_port parallel;                  /* --parallel */
    const char *parallel_file;                   /* OPTIONS_PORT_FILE: where to */
    enum options_port debugcon;                  /* --debugcon */
    const char *debugcon_file;                   /* OPTIONS_PORT_FILE: where to */
    uint64_t max_insns;                          /* --max-insns, UINT64_MAX: no limit */
    double timeout;                              /* --timeout in host seconds, 0: none */
    char vnc_address[16];                        /* --display vnc:ADDR:PORT */
    unsigned vnc_port;                           /* the same */
    const char *vnc_password;                    /* --vnc-password: file, or NULL */
    bool mmu_view;                               /* --mmu-view */
    const char *mmu_record;                      /* --mmu-record: folder, or NULL */
    const char *screenshot;                      /* --screenshot, or NULL */
    uint32_t trace_mask;                         /* --trace: a bit per enum trace_cat */
    bool trace_summary;                          /* --trace summary */
    const char *trace_file;                      /* --trace CATS:FILE, NULL: stderr */
    bool exit_on_halt;                           /* --exit-on-halt */
    bool monitor;                                /* --monitor: start at its prompt */
    bool json;                                   /* --json: the monitor answers in JSON */
    struct options_command commands[OPTIONS_MAX_COMMANDS]; /* -e and -x, in order */
    unsigned command_count;                                /* how many */
    bool gdb;                                              /* --gdb: listen for it ... */
    struct gdb_address gdb_address;                        /* ... here */
    bool gdb_mode_switch;                                  /* --gdb-mode-switch */
    struct net_options net;                                /* --net */
    bool tour;                                             /* --tour */
    bool wait;                                             /* -S: a debugger starts the machine */
};

bool options_parse(struct options *o, int argc, char **argv, struct error *err);
/* False when there is no such topic. */
bool options_help(const char *topic, FILE *to, struct error *err);
void options_version(FILE *to);

#endif
