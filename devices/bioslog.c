/* SPDX-License-Identifier: MIT */
/* bioslog.c - the debug ports of BIOSes, as trace lines (see bioslog.h). */
#include "devices/bioslog.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum { TEXT = 2, LISTENS = 0xe9 }; /* offsets from TEXT on are text, those before it the end */

static void end_line(struct bioslog *b)
{
    b->line[b->length] = '\0';
    if (b->length)
        TRACE(b->trace, TRACE_BIOS, "%s", b->line);
    b->length = 0;
}

static void put_char(struct bioslog *b, char c)
{
    b->bytes++;
    if (c == '\n' || b->length == BIOSLOG_WIDTH)
        end_line(b);
    if (c != '\n' && c != '\r')
        b->line[b->length++] = c;
}

static uint32_t bioslog_read(void *dev, uint32_t off, unsigned size)
{
    (void)dev, (void)size;
    return off == TEXT ? LISTENS : 0xff;
}

static void bioslog_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct bioslog *b = dev;

    if (off >= TEXT) {
        put_char(b, (char)value);
        return;
    }
    end_line(b);
    TRACE(b->trace, TRACE_BIOS, "the BIOS gives up: %0*x at port %03x", (int)(2 * size), value,
          0x400 + off);
}

const struct io_ops bioslog_ops = {.read = bioslog_read, .write = bioslog_write, .widths = 1};

void bioslog_init(struct bioslog *b, struct trace *t)
{
    *b = (struct bioslog){.trace = t};
}

void bioslog_reset(struct bioslog *b)
{
    b->length = 0;
    b->bytes = 0;
}

void bioslog_snap(struct bioslog *b, struct snap *s)
{
    if (!snap_section(s, "bioslog", 1))
        return;
    snap_bytes(s, b->line, sizeof b->line);
    snap_u8(s, &b->length);
    snap_u64(s, &b->bytes);
    if (b->length > BIOSLOG_WIDTH) {
        b->length = 0;
        snap_fail(s, "a line of the BIOS is too long");
    }
}

void bioslog_info(const struct bioslog *b, struct out *to)
{
    out_printf(to, "bios log: %llu bytes written (--trace bios shows them)\n",
               (unsigned long long)b->bytes);
}
