/* SPDX-License-Identifier: MIT */
/* smbios.c - the inventory of the board (see smbios.h). */
#include "machine/smbios.h"

#include <assert.h>
#include <string.h>

enum { BIOS = 0, SYSTEM = 1, ENCLOSURE = 3, ARRAY = 16, DEVICE = 17, MAPPED = 19, END = 127 };
enum { MAJOR = 2, MINOR = 8, NONE = 0xfffe };

/* The structures while they are written. */
struct writer {
    struct smbios *s;
    uint8_t *now;     /* the structure that is being written */
    uint8_t strings;  /* it has so many */
    uint16_t count;   /* structures */
    uint16_t largest; /* bytes of the longest, with its strings */
};

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned n = 0; n < bytes; n++)
        at[n] = (uint8_t)(value >> (8 * n));
}

static uint8_t sum(const uint8_t *p, uint32_t n)
{
    uint8_t total = 0;

    while (n--)
        total = (uint8_t)(total + p[n]);
    return total;
}

/* A structure of so many bytes; its handle is its type, of which there is one each. */
static void begin(struct writer *w, uint8_t type, uint8_t size)
{
    assert(w->s->size + size + 2 <= SMBIOS_ROOM);
    w->now = w->s->table + w->s->size;
    w->s->size += size;
    w->strings = 0;
    w->count++;
    w->now[0] = type;
    w->now[1] = size;
    put(w->now + 2, type, 2);
}

/* A text behind the structure, which is named by its number in the field at `field`. */
static void add_text(struct writer *w, unsigned field, const char *text)
{
    size_t size = strlen(text) + 1;

    assert(w->s->size + size + 1 <= SMBIOS_ROOM);
    memcpy(w->s->table + w->s->size, text, size);
    w->s->size += (uint32_t)size;
    w->now[field] = ++w->strings;
}

/* The texts end with an empty one; no text at all is two. */
static void end(struct writer *w)
{
    uint32_t size;

    w->s->size += w->strings ? 1 : 2;
    size = (uint32_t)(w->s->table + w->s->size - w->now);
    if (size > w->largest)
        w->largest = (uint16_t)size;
}

static void describe_board(struct writer *w)
{
    begin(w, BIOS, 24);
    put(w->now + 6, 0xf000, 2);      /* segment; 64 KiB */
    put(w->now + 10, 1u << 3, 8);    /* what it can is not said */
    put(w->now + 18, 1u << 12, 2);   /* but that the machine is virtual */
    put(w->now + 20, 0xffff0001, 4); /* release 1.0; no embedded controller */
    add_text(w, 4, "emu386");
    add_text(w, 5, "1.0");
    add_text(w, 8, "01/01/2026");
    end(w);

    begin(w, SYSTEM, 27);
    w->now[24] = 6; /* the power switch woke it */
    add_text(w, 4, "emu386");
    add_text(w, 5, "pc (i440FX, PIIX3)");
    add_text(w, 6, "1.0");
    end(w);

    begin(w, ENCLOSURE, 22);
    w->now[5] = 1;                           /* other */
    w->now[9] = w->now[10] = w->now[11] = 3; /* all is well */
    w->now[12] = 3;
    add_text(w, 4, "emu386");
    end(w);
}

static void describe_memory(struct writer *w, uint32_t memory)
{
    begin(w, ARRAY, 15);
    w->now[4] = 3; /* on the board */
    w->now[5] = 3; /* as system memory */
    w->now[6] = 3; /* without parity */
    put(w->now + 7, memory >> 10, 4);
    put(w->now + 11, NONE, 2);
    put(w->now + 13, 1, 2);
    end(w);

    begin(w, DEVICE, 34);
    put(w->now + 4, ARRAY, 2);
    put(w->now + 6, NONE, 2);
    put(w->now + 8, 32, 2);
    put(w->now + 10, 32, 2);
    put(w->now + 12, memory >> 20 ? memory >> 20 : 0x8000 | memory >> 10, 2); /* MiB or KiB */
    w->now[14] = 9;                                                           /* a DIMM */
    w->now[18] = 3;                                                           /* DRAM */
    put(w->now + 19, 1u << 2, 2); /* of an unknown type */
    add_text(w, 16, "DIMM 0");
    end(w);

    begin(w, MAPPED, 15);
    put(w->now + 8, (memory >> 10) - 1, 4); /* the last KiB */
    put(w->now + 12, ARRAY, 2);
    w->now[14] = 1;
    end(w);
}

void smbios_build(struct smbios *s, uint32_t at, uint32_t memory)
{
    struct writer w = {.s = s};
    uint8_t *e = s->entry;

    memset(s, 0, sizeof *s);
    describe_board(&w);
    describe_memory(&w, memory);
    begin(&w, END, 4);
    end(&w);

    memcpy(e, "_SM_", 4);
    e[5] = SMBIOS_ENTRY;
    e[6] = MAJOR;
    e[7] = MINOR;
    put(e + 8, w.largest, 2);
    memcpy(e + 16, "_DMI_", 5);
    put(e + 22, s->size, 2);
    put(e + 24, at, 4);
    put(e + 28, w.count, 2);
    e[30] = MAJOR << 4 | MINOR;
    e[21] = (uint8_t)-sum(e + 16, 15);
    e[4] = (uint8_t)-sum(e, SMBIOS_ENTRY);
}
