/* SPDX-License-Identifier: MIT */
/*
 * stub.h - what the files of the stub share. Private to monitor/gdb/.
 *
 * A packet is answered by filling the reply (gdb_say and its friends); stub.c frames and sends it.
 * Handlers get the payload behind the packet's name, terminated, with `end` behind its last
 * byte; what they leave unanswered is answered by an empty packet: "not supported".
 */
#ifndef MONITOR_GDB_STUB_H
#define MONITOR_GDB_STUB_H

#include "base/out.h"
#include "base/types.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "monitor/gdb/gdb.h"
#include "monitor/gdb/link.h"
#include "monitor/gdb/packet.h"
#include "monitor/monitor.h"

#define GDB_REPLY_MAX GDB_PACKET_MAX
#define GDB_CORE_REGS 32u /* the registers of org.gnu.gdb.i386.core: what `g` carries */
#define GDB_MAX_REGS 192u

/* Errors as the protocol's two digits; gdb shows most of them as text of its own. */
enum gdb_error {
    GDB_E_BAD = 1,    /* the packet makes no sense */
    GDB_E_NOENT = 2,  /* no such file */
    GDB_E_BADF = 9,   /* no such file handle */
    GDB_E_NOMEM = 12, /* the host's memory, or a limit of ours */
    GDB_E_FAULT = 14, /* memory that is not there */
    GDB_E_INVAL = 22, /* a register that cannot be set to this */
    GDB_E_NOSYS = 88, /* a request we know and do not have */
};

/* Where a register of gdb's comes from. */
enum gdb_source {
    GDB_REG_DEBUG,  /* machine/debug.h */
    GDB_REG_PC,     /* eip: the linear address of the next instruction */
    GDB_REG_ST,     /* an x87 stack register, 10 bytes */
    GDB_REG_IP,     /* EIP, the offset in CS */
    GDB_REG_PDPTE,  /* the entries that the walk for CR2 finds */
    GDB_REG_PDE,    /*   "                                     */
    GDB_REG_PTE,    /*   "                                     */
    GDB_REG_VECTOR, /* of the last exception */
    GDB_REG_ERROR,  /* its error code */
};

struct gdb_reg {
    char name[24];          /* as gdb shows it */
    const char *type;       /* of the target description */
    enum gdb_source source; /* where its value comes from */
    unsigned number;        /* GDB_REG_DEBUG: debug_reg's; GDB_REG_ST: which */
    uint8_t size;           /* bytes */
};

struct gdb_point {
    char type;     /* Z0 to Z4: '0' to '4' */
    uint32_t addr; /* linear */
    uint32_t size; /* bytes; breakpoints: gdb's kind */
    int id;        /* debug_add's */
};

enum gdb_stepping { GDB_RUNNING, GDB_STEP, GDB_RANGE };

struct gdb {
    struct machine *m;
    struct gdb_options options; /* as given */
    struct gdb_link link;
    struct gdb_reader reader;
    struct out said;                  /* text for the client */
    struct gdb_reg reg[GDB_MAX_REGS]; /* the layout, fixed for the session */
    unsigned regs;                    /* how many */
    char *target;                     /* target.xml (owned) */
    size_t target_size;               /* bytes of it */
    bool target_code16;               /* ... was made for 16-bit code */

    /* The client. */
    bool attached;      /* it has spoken */
    bool no_ack;        /* QStartNoAckMode */
    bool extended;      /* '!': it stays when the guest is gone */
    bool swbreak;       /* it understands these stop reasons */
    bool hwbreak;       /*   " */
    bool killed;        /* vKill in extended mode: waits for vRun */
    bool phys_mode;     /* QEMU's PhyMemMode: m and M mean physical addresses */
    unsigned qemu_step; /* QEMU's sstep bits */
    int file;           /* vFile: the open handle, -1: none */

    /* Running. */
    bool resumed;               /* the client waits for a stop reply */
    bool commanding;            /* the client waits for the end of a monitor command that runs */
    enum gdb_stepping stepping; /* what it asked for */
    uint32_t range[2];          /* GDB_RANGE: stops outside of [0] to [1] - 1 */
    bool held_back;             /* an exec stop reply went out first; the true one is to follow */
    uint8_t signal;             /* of the last stop */
    char reason[64];            /* its fields beyond signal and registers, or all of W */
    bool exited;                /* the guest is gone */
    enum gdb_want want;         /* what the packets at hand come to */
    struct monitor_face face;   /* where the monitor spoke before it spoke to us */
    unsigned borrowed;          /* how often it was asked to speak to us */

    struct gdb_point *points; /* what the client set (owned) */
    size_t point_count, point_room;

    uint8_t reply[GDB_REPLY_MAX]; /* of the packet at hand */
    size_t reply_len;
    bool reply_held;                              /* no reply now: it comes at a stop */
    uint8_t frame[GDB_FRAME_ROOM(GDB_REPLY_MAX)]; /* the last one sent, for '-' */
    size_t frame_len;
    char *waiting; /* text said while the client cannot hear (owned) */
    size_t waiting_len, waiting_room;
};

/* stub.c: replies. What does not fit is cut off. */
void gdb_say(struct gdb *g, const char *fmt, ...) PRINTF_LIKE(2, 3);
void gdb_say_bytes(struct gdb *g, const void *bytes, size_t n);
void gdb_say_hex(struct gdb *g, const void *bytes, size_t n);
void gdb_say_error(struct gdb *g, enum gdb_error e);
void gdb_say_refusal(struct gdb *g, const struct error *err);
/* A packet of its own accord: stop replies, text. */
void gdb_send(struct gdb *g, const void *payload, size_t n);
/* Sends `waiting` as O packets, if the client can hear them now. */
void gdb_send_text(struct gdb *g);
/* Between these two the monitor's answers go to the client. They nest. */
void gdb_borrow(struct gdb *g);
void gdb_give_back(struct gdb *g);

/* regs.c: the layout and the values. */
void gdb_regs_init(struct gdb *g);
void gdb_reg_value(struct gdb *g, const struct gdb_reg *r, uint8_t bytes[16]);
void gdb_say_expedited(struct gdb *g);
void gdb_on_g(struct gdb *g, const char *args, const char *end);
void gdb_on_G(struct gdb *g, const char *args, const char *end);
void gdb_on_p(struct gdb *g, const char *args, const char *end);
void gdb_on_P(struct gdb *g, const char *args, const char *end);

/* tdesc.c: the target description. False: no memory. */
bool gdb_describe(struct gdb *g);
/* The layout's type of a register of machine/debug.h. */
const char *gdb_reg_type(const struct debug_reg *d);

/* memory.c */
void gdb_on_m(struct gdb *g, const char *args, const char *end);
void gdb_on_M(struct gdb *g, const char *args, const char *end);
void gdb_on_x(struct gdb *g, const char *args, const char *end);
void gdb_on_X(struct gdb *g, const char *args, const char *end);
void gdb_on_search(struct gdb *g, const char *args, const char *end);
void gdb_on_crc(struct gdb *g, const char *args, const char *end);

/* points.c */
void gdb_on_Z(struct gdb *g, const char *args, const char *end);
void gdb_on_z(struct gdb *g, const char *args, const char *end);
const struct gdb_point *gdb_point_find(const struct gdb *g, int id);
void gdb_points_clear(struct gdb *g);

/* resume.c */
void gdb_on_c(struct gdb *g, const char *args, const char *end);
void gdb_on_C(struct gdb *g, const char *args, const char *end);
void gdb_on_s(struct gdb *g, const char *args, const char *end);
void gdb_on_S(struct gdb *g, const char *args, const char *end);
void gdb_on_cont(struct gdb *g, const char *args, const char *end);
void gdb_on_why(struct gdb *g, const char *args, const char *end);
void gdb_on_command(struct gdb *g, const char *args, const char *end); /* qRcmd */
void gdb_set_stop(struct gdb *g, unsigned signal, const char *reason);
/* The machine runs for the packet at hand; its answer is a stop reply. */
void gdb_resume(struct gdb *g, enum gdb_stepping how);

/* query.c */
void gdb_on_query(struct gdb *g, const char *args, const char *end);
void gdb_on_set(struct gdb *g, const char *args, const char *end);

/* file.c: vFile, which gives out the kernel's ELF file and nothing else. */
void gdb_on_file(struct gdb *g, const char *args, const char *end);

#endif
