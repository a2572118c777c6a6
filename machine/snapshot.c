/* SPDX-License-Identifier: MIT */
/* snapshot.c - the whole machine as one stream, and its hash. */
#include "base/snap.h"
#include "machine/apics.h"
#include "machine/board.h"
#include "machine/chipset.h"
#include "machine/timers.h"

#include <string.h>

void board_snap(struct machine *m, struct snap *s)
{
    if (!snap_section(s, "machine", 2))
        return;
    chipset_snap_identity(m, s);
    for (unsigned n = 0; n < A20_SOURCES; n++)
        snap_bool(s, &m->a20[n]);
    snap_bool(s, &m->reset_wanted);
    snap_bool(s, &m->init_wanted);
    snap_bool(s, &m->exited);
    snap_bool(s, &m->powered_off);
    snap_u32(s, &m->exit_value);
    snap_bytes(s, m->line, sizeof m->line);
    clock_snap(&m->clock, s);
    bus_snap(&m->bus, s);
    pic_snap(&m->pic[PIC_MASTER], s);
    pic_snap(&m->pic[PIC_SLAVE], s);
    pit_snap(&m->pit, s);
    port61_snap(&m->port61, s);
    rtc_snap(&m->rtc, s);
    ps2kbd_snap(&m->kbd, s);
    ps2mouse_snap(&m->mouse, s);
    kbc_snap(&m->kbc, s);
    uart_snap(&m->com1, s);
    uart_snap(&m->com2, s);
    lpt_snap(&m->lpt1, s);
    ata_snap(&m->ide[0], s);
    ata_snap(&m->ide[1], s);
    vga_snap(&m->vga, s);
    port92_snap(&m->port92, s);
    fperr_snap(&m->fperr, s);
    postcode_snap(&m->postcode, s);
    debugcon_snap(&m->debugcon, s);
    fwcfg_snap(&m->fwcfg, s);
    if (apics_present(&m->cfg)) {
        lapic_snap(&m->lapic, s);
        ioapic_snap(&m->ioapic, s);
    }
    network_snap(m, s);
    dma_snap(&m->dma, s);
    fdc_snap(&m->fdc, s);
    bioslog_snap(&m->bioslog, s);
    chipset_snap(m, s);
    timers_snap(m, s);
    /* Last: chips may drive their wires while they load, and the processor has the final say. */
    cpu_snap(&m->cpu, s);
    if (s->loading) {
        memset(m->taken, 0, sizeof m->taken);
        apics_place(m);
    }
    m->twin_fresh = true;
}

/* The media first: whether it can be restored at all is known before anything is. */
void machine_snap(struct machine *m, struct snap *s)
{
    board_snap_media(m, s);
    board_snap(m, s);
}

/* FNV-1a over 64-bit words: fast, and the same on every host. */
static uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * UINT64_C(0x100000001b3);
}

static uint64_t hash_page(uint64_t h, const uint8_t *page)
{
    for (unsigned at = 0; at < 4096; at += 8) {
        uint64_t v;
        memcpy(&v, page + at, 8);
        h = mix(h, v);
        h ^= h >> 29;
    }
    return h;
}

/* Pages of zeroes count for nothing. */
static uint64_t hash_memory(uint64_t h, const uint8_t *bytes, uint32_t size)
{
    static const uint8_t zero[4096];
    for (uint32_t at = 0; at < size; at += 4096) {
        if (memcmp(bytes + at, zero, sizeof zero) != 0)
            h = hash_page(mix(h, at), bytes + at);
    }
    return h;
}

uint64_t machine_hash(const struct machine *m)
{
    const struct cpu *c = &m->cpu;
    uint64_t h = hash_memory(UINT64_C(0xcbf29ce484222325), m->bus.ram, m->bus.ram_size);
    h = hash_memory(h, m->vga_memory->bytes, VGA_MEMORY);
    for (unsigned n = 0; n < 8; n++)
        h = mix(h, c->gpr[n]);
    for (unsigned n = 0; n < SEGS; n++) {
        h = mix(h, (uint64_t)c->seg[n].base << 32 | c->seg[n].limit);
        h = mix(h, (uint64_t)c->seg[n].attr << 16 | c->seg[n].sel);
    }
    h = mix(h, (uint64_t)c->eip << 32 | cpu_eflags(c));
    h = mix(h, (uint64_t)c->cr0 << 32 | c->cr2);
    h = mix(h, (uint64_t)c->mmu.cr3 << 32 | c->cr4);
    for (unsigned n = 0; n < MSR_SLOTS; n++)
        h = mix(h, c->msr[n]);
    h = mix(h, c->tsc_base);
    for (unsigned n = 0; n < ARRAY_LEN(c->tr_test); n++)
        h = mix(h, c->tr_test[n]);
    h = mix(h, (uint64_t)c->gdtr.base << 32 | c->idtr.base);
    h = mix(h, (uint64_t)c->x87.full << 32 | (uint32_t)c->x87.cw << 16 | c->x87.sw);
    for (unsigned n = 0; n < 8; n++)
        h = mix(mix(h, c->x87.reg[n].m), c->x87.reg[n].se);
    return mix(mix(h, c->icount), m->clock.now);
}
