/* SPDX-License-Identifier: MIT */
/*
 * machine.c - a machine's life: made, reset, entered, run, given input and freed. What it is made
 * of and how it is wired is wiring.c.
 */
#include "machine/machine.h"

#include "base/input.h"
#include "devices/vga_font.h"
#include "machine/apics.h"
#include "machine/board.h"
#include "machine/chipset.h"
#include "machine/disk_echo.h"
#include "machine/timers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Zeroed, and no host memory is used for what the guest never touches. */
static struct vga_memory *new_vga_memory(struct error *err)
{
    void *p = mmap(NULL, sizeof(struct vga_memory), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p != MAP_FAILED)
        return p;
    error_set(err, "not enough memory for the video memory");
    return NULL;
}

static struct machine *board_new(const struct config *cfg, struct error *err)
{
    struct machine *m = calloc(1, sizeof *m);
    if (!m) {
        error_set(err, "not enough memory for the machine");
        return NULL;
    }
    m->cfg = *cfg;
    clock_init(&m->clock);
    trace_init(&m->trace, &m->clock.now);
    if (!bus_init(&m->bus, cfg->memory, &m->trace, err)) {
        free(m);
        return NULL;
    }
    m->vga_memory = new_vga_memory(err);
    if (!m->vga_memory) {
        bus_fini(&m->bus);
        free(m);
        return NULL;
    }
    struct cpu_config cpu = {
        .model = (unsigned)cfg->cpu + 3,
        .fast = cfg->engine == ENGINE_LOCKSTEP || (cfg->engine == ENGINE_FAST && !cfg->count_rows),
        .cost_log2 = cfg->insn_cost_log2,
        .tlb = {cfg->tlb_sets, cfg->tlb_ways, cfg->tlb_pseudo_lru},
        .strict = cfg->strict,
        .inta = board_acknowledge,
        .inta_arg = m,
        .apic = {apics_present(cfg), apics_moved, m},
        .ferr = {board_ferr, &m->fperr, 0},
    };
    if (!cpu_init(&m->cpu, &cpu, &m->bus, &m->clock, &m->trace, err)) {
        (void)munmap(m->vga_memory, sizeof *m->vga_memory);
        bus_fini(&m->bus);
        free(m);
        return NULL;
    }
    if (cfg->count_rows)
        m->cpu.row_count = m->row_count;
    if (!board_wire(m, err)) {
        machine_free(m);
        return NULL;
    }
    debug_init(m);
    machine_reset(m);
    return m;
}

struct machine *machine_new(const struct config *cfg, struct error *err)
{
    if (cfg->engine != ENGINE_LOCKSTEP)
        return board_new(cfg, err);
    /* The twin's output goes nowhere: the guest speaks once. */
    struct config first = *cfg, twin = *cfg;
    struct disk_echo *echo[BOARD_DRIVES] = {NULL};
    bool shared = board_share_media(&first, &twin, echo, err);
    struct machine *m = shared ? board_new(&first, err) : NULL;
    if (!m) {
        for (unsigned n = 0; n < BOARD_DRIVES; n++)
            disk_echo_free(echo[n]);
        return NULL;
    }
    for (unsigned n = 0; n < BOARD_DRIVES; n++)
        m->drive[n].echo = echo[n];
    twin.engine = ENGINE_REFERENCE;
    twin.serial_write = NULL;
    twin.serial2_write = NULL;
    twin.debugcon_write = NULL;
    twin.parallel_write = NULL;
    twin.frame_write = NULL;
    m->twin = board_new(&twin, err);
    m->twin_fresh = true;
    if (m->twin)
        return m;
    machine_free(m);
    return NULL;
}

void machine_free(struct machine *m)
{
    if (!m)
        return;
    machine_free(m->twin);
    (void)fdc_flush(&m->fdc); /* the motors stop */
    board_free_media(m);
    debug_points_free(m);
    cpu_fini(&m->cpu);
    bus_fini(&m->bus);
    (void)munmap(m->vga_memory, sizeof *m->vga_memory);
    free(m);
}

void machine_reset(struct machine *m)
{
    m->reset_wanted = m->init_wanted = m->powered_off = false;
    memset(m->taken, 0, sizeof m->taken);
    pic_reset(&m->pic[PIC_MASTER]);
    pic_reset(&m->pic[PIC_SLAVE]);
    pit_reset(&m->pit);
    port61_reset(&m->port61);
    rtc_reset(&m->rtc);
    ps2kbd_reset(&m->kbd);
    ps2mouse_reset(&m->mouse);
    kbc_reset(&m->kbc);
    uart_reset(&m->com1);
    uart_reset(&m->com2);
    lpt_reset(&m->lpt1);
    ata_reset(&m->ide[0]);
    ata_reset(&m->ide[1]);
    vga_reset(&m->vga);
    port92_reset(&m->port92);
    fperr_reset(&m->fperr);
    postcode_reset(&m->postcode);
    debugcon_reset(&m->debugcon);
    fwcfg_reset(&m->fwcfg);
    network_reset(m);
    dma_reset(&m->dma);
    fdc_reset(&m->fdc);
    bioslog_reset(&m->bioslog);
    chipset_reset(m);
    timers_reset(m);
    cpu_reset(&m->cpu);
    apics_reset(m);
    m->twin_fresh = true;
}

void machine_on_reset(struct machine *m, void (*rebooted)(void *ctx, struct machine *m), void *ctx)
{
    m->rebooted = rebooted;
    m->rebooted_ctx = ctx;
}

/* The state in which a PC BIOS hands over: interrupts at 08h and 70h, the timer at 18.2 Hz, the
   keyboard translating to set 1, A20 open, the first DMA controller behind channel 4. */
static void as_firmware_leaves_it(struct machine *m, bool mask_all)
{
    static const struct {
        uint16_t port;
        uint8_t value;
    } setup[] = {
        {0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xb8},
        {0xa0, 0x11}, {0xa1, 0x70}, {0xa1, 0x02}, {0xa1, 0x01}, {0xa1, 0x8f},
        {0x43, 0x36}, {0x40, 0x00}, {0x40, 0x00}, {0x43, 0x54}, {0x41, 0x12},
        {0x64, 0x60}, {0x60, 0x65}, {0x92, 0x02}, {0xd6, 0xc0}, {0xd4, 0x00},
    };
    for (unsigned n = 0; n < ARRAY_LEN(setup); n++)
        bus_out(&m->bus, setup[n].port, setup[n].value, 1);
    apics_as_firmware_leaves_them(m);
    if (mask_all) { /* nobody is there to handle them: no BIOS behind a bare boot sector */
        bus_out(&m->bus, 0x21, 0xff, 1);
        bus_out(&m->bus, 0xa1, 0xff, 1);
    }
}

/* The flat segments under the names that the loaded code's own protocol gives them. */
static void name_segments(struct cpu *c, const struct machine_entry *e)
{
    const uint16_t sel[SEGS] = {
        [ES] = e->es, [CS] = e->cs, [SS] = e->ss, [DS] = e->ds, [FS] = e->ds, [GS] = e->ds};
    for (unsigned n = 0; n < SEGS; n++)
        c->seg[n].sel = sel[n];
    c->gdtr.base = e->gdt;
    c->gdtr.limit = e->gdt_limit;
}

static void set_frame_buffer(struct machine *m, const struct machine_entry *e)
{
    const uint16_t size[] = {e->width, e->height, e->depth, 0x41}; /* on, linear */
    for (unsigned n = 0; n < ARRAY_LEN(size); n++) {
        bus_out(&m->bus, 0x1ce, n + 1, 2);
        bus_out(&m->bus, 0x1cf, size[n], 2);
    }
}

void machine_enter(struct machine *m, const struct machine_entry *e)
{
    struct cpu *c = &m->cpu;
    cpu_reset(c);
    as_firmware_leaves_it(m, !e->protected_mode && !m->cfg.services);
    chipset_configure(m);
    firmware_place_tables(m);
    vga_set_text_mode(&m->vga);
    if (e->width)
        set_frame_buffer(m, e);
    if (e->protected_mode)
        cpu_enter_flat32(c, e->eip);
    else
        cpu_enter_real(c, (const uint16_t[]){e->es, e->cs, e->ss, e->ds, 0, 0}, e->eip);
    if (e->protected_mode && e->cs)
        name_segments(c, e);
    const uint32_t gpr[8] = {e->eax, e->ecx, e->edx, e->ebx, e->esp, e->ebp, e->esi, e->edi};
    for (unsigned n = 0; n < 8; n++)
        c->gpr[n] = gpr[n];
    cpu_set_eflags(c, e->interrupts ? FLAG_IF : 0);
    m->twin_fresh = true;
}

enum machine_stop machine_run(struct machine *m, uint64_t until, uint64_t max_insns)
{
    return m->twin ? lockstep_run(m, until, max_insns) : board_run(m, until, max_insns);
}

uint64_t machine_now(const struct machine *m)
{
    return m->clock.now;
}

uint64_t machine_icount(const struct machine *m)
{
    return m->cpu.icount;
}

uint32_t machine_exit_status(const struct machine *m)
{
    return m->exit_value << 1 | 1;
}

uint64_t machine_slept(const struct machine *m)
{
    return m->slept;
}

bool machine_idle(const struct machine *m)
{
    return m->cpu.halted;
}

struct bus *machine_bus(struct machine *m)
{
    m->twin_fresh = true; /* whoever asks may change memory */
    return &m->bus;
}

struct cpu *machine_cpu(struct machine *m)
{
    m->twin_fresh = true;
    return &m->cpu;
}

struct trace *machine_trace(struct machine *m)
{
    return &m->trace;
}

void machine_screen(const struct machine *m, struct screen *out)
{
    vga_screen(&m->vga, out);
}

const uint8_t (*machine_font(void))[16]
{
    return vga_font_8x16;
}

void machine_input(struct machine *m, const struct input *in)
{
    switch (in->kind) {
    case INPUT_KEY: ps2kbd_key(&m->kbd, in->key, in->down); break;
    case INPUT_SERIAL: (void)uart_receive(in->port ? &m->com2 : &m->com1, in->byte); break;
    case INPUT_FRAME: network_input(m, in->frame, in->length); break;
    case INPUT_MEDIUM: board_change_medium(m, in->drive, in->disk); return; /* the twin's as well */
    case INPUT_MOUSE: ps2mouse_move(&m->mouse, in->dx, in->dy, in->dz, in->buttons); break;
    case INPUT_POWER:
        if (m->cfg.machine == MACHINE_PC)
            piix4_pm_button(&m->pm);
        break;
    }
    if (m->twin)
        machine_input(m->twin, in);
}

unsigned machine_key_room(const struct machine *m)
{
    return ps2kbd_room(&m->kbd);
}

uint32_t machine_floppy_size(uint64_t sectors)
{
    struct fdc_format format;
    return fdc_format(sectors, &format) ? format.sectors : 0;
}

unsigned machine_serial_room(const struct machine *m, unsigned port)
{
    return uart_room(port ? &m->com2 : &m->com1);
}
