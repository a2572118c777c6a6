/* SPDX-License-Identifier: MIT */
/* query.c - the packets that begin with q and Q: who we are and what we can do. */
#include "monitor/gdb/stub.h"

#include "base/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has(const char *features, const char *name)
{
    const char *at = strstr(features, name);
    char before = at && at > features ? at[-1] : ':', behind = at ? at[strlen(name)] : 0;

    return at && strchr(":;", before) && strchr(";", behind);
}

static void on_supported(struct gdb *g, const char *args, const char *end)
{
    g->swbreak = has(args, "swbreak+");
    g->hwbreak = has(args, "hwbreak+");
    gdb_say(g,
            "PacketSize=%x;QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+;binary-upload+;"
            "error-message+;qXfer:features:read+;qXfer:memory-map:read+",
            GDB_PACKET_MAX);
    if (g->options.exec_name)
        gdb_say(g, ";qXfer:exec-file:read+");
    if (g->options.mode_switch)
        gdb_say(g, ";exec-events+");
}

static void on_thread_info(struct gdb *g, const char *args, const char *end)
{
    char mode[120] = "";

    debug_mode_text(debug_mode(g->m), mode, sizeof mode);
    gdb_say_hex(g, mode, strlen(mode));
}

static void on_first_thread(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "m1");
}

static void on_next_thread(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "l");
}

static void on_current_thread(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "QC1");
}

/* We were there before gdb: on quit it detaches and does not kill. */
static void on_attached(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "1");
}

static void on_symbol(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "OK"); /* we have our own */
}

/* lldb asks these two before it has read the target description. */
static void on_host_info(struct gdb *g, const char *args, const char *end)
{
    static const char triple[] = "i386-pc-none-elf";

    gdb_say(g, "triple:");
    gdb_say_hex(g, triple, sizeof triple - 1);
    gdb_say(g, ";ptrsize:4;endian:little;hostname:656d75333836;");
}

static void on_process_info(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "pid:1;ptrsize:4;endian:little;");
}

static void on_server_version(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "name:emu386;version:%s;", EMU386_VERSION);
}

/* ---- qXfer: OBJECT:read:ANNEX:OFFSET,LENGTH --------------------------------------------------- */

/* The part that was asked for, `m` if more follows, `l` if not. */
static void say_part(struct gdb *g, const char *args, const char *text, size_t size)
{
    uint64_t offset, n;

    if (!gdb_hex_number(&args, &offset) || *args++ != ',' || !gdb_hex_number(&args, &n) || *args ||
        offset > size) {
        gdb_say_error(g, GDB_E_BAD);
        return;
    }
    if (n > GDB_REPLY_MAX - 1)
        n = GDB_REPLY_MAX - 1;
    gdb_say(g, offset + n < size ? "m" : "l");
    gdb_say_bytes(g, text + offset, n < size - offset ? (size_t)n : (size_t)(size - offset));
}

static void on_features(struct gdb *g, const char *args, const char *end)
{
    if (strncmp(args, "target.xml:", 11) != 0) {
        gdb_say_error(g, GDB_E_BAD);
        return;
    }
    if (strncmp(args + 11, "0,", 2) == 0) /* asked for anew: as the code is now */
        gdb_describe(g);
    say_part(g, args + 11, g->target, g->target_size);
}

/* gdb's addresses are linear, so what is RAM and what is not may change with every page table. The
   map says only that everything may be tried; memory that is not there is an error when read. */
static void on_memory_map(struct gdb *g, const char *args, const char *end)
{
    static const char map[] =
        "<?xml version=\"1.0\"?>\n"
        "<!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\" "
        "\"http://sourceware.org/gdb/gdb-memory-map.dtd\">\n"
        "<memory-map><memory type=\"ram\" start=\"0x0\" length=\"0x100000000\"/></memory-map>\n";

    say_part(g, args + 1, map, sizeof map - 1);
}

static void on_exec_file(struct gdb *g, const char *args, const char *end)
{
    const char *colon = strchr(args, ':');

    if (colon && g->options.exec_name)
        say_part(g, colon + 1, g->options.exec_name, strlen(g->options.exec_name));
}

/* ---- QEMU's own ------------------------------------------------------------------------------ */

static void on_qemu_supported(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "sstepbits;sstep;PhyMemMode");
}

static void on_qemu_step_bits(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "ENABLE=1,NOIRQ=2,NOTIMER=4");
}

static void on_qemu_step(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "0x%x", g->qemu_step);
}

static void on_set_qemu_step(struct gdb *g, const char *args, const char *end)
{
    uint64_t bits;

    if (strncmp(args, "0x", 2) == 0)
        args += 2;
    if (gdb_hex_number(&args, &bits) && !*args && bits <= 7) {
        g->qemu_step = (unsigned)bits;
        gdb_say(g, "OK");
    } else {
        gdb_say_error(g, GDB_E_BAD);
    }
}

static void on_qemu_phys(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "%d", g->phys_mode);
}

static void on_set_qemu_phys(struct gdb *g, const char *args, const char *end)
{
    if ((*args == '0' || *args == '1') && !args[1]) {
        g->phys_mode = *args == '1';
        gdb_say(g, "OK");
    } else {
        gdb_say_error(g, GDB_E_BAD);
    }
}

static void on_no_ack(struct gdb *g, const char *args, const char *end)
{
    gdb_send(g, "OK", 2); /* still acknowledged */
    g->reply_held = true;
    g->no_ack = true;
}

/* ---- The tables ------------------------------------------------------------------------------ */

struct query {
    const char *name; /* behind the q or Q */
    void (*run)(struct gdb *g, const char *args, const char *end);
};

static const struct query queries[] = {
    {"Supported", on_supported},
    {"Xfer:features:read:", on_features},
    {"Xfer:memory-map:read:", on_memory_map},
    {"Xfer:exec-file:read:", on_exec_file},
    {"Rcmd,", gdb_on_command},
    {"Attached", on_attached},
    {"fThreadInfo", on_first_thread},
    {"sThreadInfo", on_next_thread},
    {"ThreadExtraInfo,", on_thread_info},
    {"C", on_current_thread},
    {"Symbol:", on_symbol},
    {"HostInfo", on_host_info},
    {"ProcessInfo", on_process_info},
    {"GDBServerVersion", on_server_version},
    {"qemu.Supported", on_qemu_supported},
    {"qemu.sstepbits", on_qemu_step_bits},
    {"qemu.sstep", on_qemu_step},
    {"qemu.PhyMemMode", on_qemu_phys},
    {NULL, NULL},
};

static const struct query settings[] = {
    {"StartNoAckMode", on_no_ack},
    {"qemu.sstep=", on_set_qemu_step},
    {"qemu.PhyMemMode:", on_set_qemu_phys},
    {NULL, NULL},
};

/* A name that ends in a letter must be all of the word. */
static void dispatch(struct gdb *g, const struct query *q, const char *args, const char *end)
{
    for (; q->name; q++) {
        size_t n = strlen(q->name);
        bool word = strchr(":,=", q->name[n - 1]) == NULL;

        if (strncmp(args, q->name, n) == 0 && (!word || !args[n] || strchr(":;,", args[n]))) {
            q->run(g, args + n, end);
            return;
        }
    }
}

void gdb_on_query(struct gdb *g, const char *args, const char *end)
{
    dispatch(g, queries, args, end);
}

void gdb_on_set(struct gdb *g, const char *args, const char *end)
{
    dispatch(g, settings, args, end);
}
