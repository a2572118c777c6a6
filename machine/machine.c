/* SPDX-License-Identifier: MIT */
/*
 * machine.c - the board: which chip sits at which port and on which interrupt line. machine_new is
 * the list; nothing registers itself. The map is that of the IBM AT (Technical Reference, 1985)
 * with the VGA, one serial and one parallel port, and the ports of debugcon (E9h) and the exit device (F4h).
 *
 * Not there yet: firmware, DMA, disks, PCI, APICs, COM2-4, mouse.
 */
#include "machine/machine.h"

#include "base/input.h"
#include "base/irq.h"
#include "devices/vga_font.h"
#include "machine/board.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Where the Bochs display interface without PCI has its frame buffer; RAM ends here at the latest. */
#define VGA_FRAME_BUFFER UINT32_C(0xe0000000)
#define VGA_WINDOW UINT32_C(0xa0000)
#define LOW_MEMORY UINT32_C(0xa0000)
#define HIGH_MEMORY UINT32_C(0x100000)
#define LOW_ROM UINT32_C(0x20000) /* of the ROM, this much is visible below 1 MiB */

static void intr_wire(void *cpu, unsigned n, bool level)
{
    (void)n;
    cpu_set_intr(cpu, level);
}

static uint8_t acknowledge_slave(void *pic)
{
    return pic_ack(pic);
}

/* The processor's INTA cycle. */
static uint8_t acknowledge_line(void *machine)
{
    struct machine *m = machine;
    const struct cpu *c = &m->cpu;
    uint8_t vector = pic_ack(&m->pic[PIC_MASTER]);
    unsigned line = m->pic[PIC_MASTER].accepted;
    if (line == 2)
        line = 8u + m->pic[PIC_SLAVE].accepted;
    if (line < ARRAY_LEN(m->taken))
        m->taken[line] = (struct irq_taken){.count = m->taken[line].count + 1,
                                            .icount = c->icount - c->ahead,
                                            .eip = c->eip,
                                            .cs = c->seg[CS].sel};
    debug_acknowledged(m, line);
    return vector;
}

static void ferr_wire(void *fperr, unsigned n, bool level)
{
    (void)n;
    fperr_set(fperr, level);
}

static void ignne_wire(void *cpu, unsigned n, bool level)
{
    (void)n;
    cpu_set_ignne(cpu, level);
}

static void a20_wire(void *machine, unsigned n, bool level)
{
    struct machine *m = machine;
    m->a20[n] = level;
    bus_set_a20(&m->bus, m->a20[A20_PORT92] || m->a20[A20_KBC]);
}

static void reset_wire(void *machine, unsigned n, bool level)
{
    struct machine *m = machine;
    (void)n;
    if (!level)
        return;
    m->reset_wanted = true;
    cpu_break(&m->cpu);
}

static void timer2_gate(void *pit, bool level)
{
    pit_set_gate(pit, 2, level);
}

static bool timer2_out(void *pit)
{
    return pit_out(pit, 2);
}

static void guest_exit(void *machine, uint32_t value)
{
    struct machine *m = machine;
    m->exited = true;
    m->exit_value = value;
    cpu_break(&m->cpu);
}

/* The 64 KiB at A0000h: memory of the VGA as it is, or what its planar logic makes of it. */
static void vga_window(void *machine, bool linear, uint32_t offset)
{
    struct machine *m = machine;
    struct vga_memory *v = m->vga_memory;
    bus_set_window(&m->bus, VGA_WINDOW, linear ? v->bytes + offset : NULL,
                   linear ? v->dirty + offset / 4096 : NULL);
}

static void vga_looked(void *machine)
{
    struct machine *m = machine;
    bus_dirty_cleared(&m->bus);
}

static struct irq line(struct machine *m, unsigned n)
{
    return (struct irq){pic_set_irq, &m->pic[n < 8 ? PIC_MASTER : PIC_SLAVE], n & 7};
}

static void map_memory(struct machine *m)
{
    uint32_t size = m->cfg.memory;
    bus_map_ram(&m->bus, "low memory", 0, size < LOW_MEMORY ? size : LOW_MEMORY, 0);
    bus_map_mmio(&m->bus, "vga", VGA_WINDOW, 0x10000, &vga_mem_ops, &m->vga);
    bus_map_mmio(&m->bus, "vga text", VGA_WINDOW + 0x10000, 0x10000, &vga_text_ops, &m->vga);
    if (size > HIGH_MEMORY)
        bus_map_ram(&m->bus, "memory", HIGH_MEMORY, size - HIGH_MEMORY, HIGH_MEMORY);
    bus_map_device_memory(&m->bus, "vga frame buffer", VGA_FRAME_BUFFER, VGA_MEMORY,
                          m->vga_memory->bytes, m->vga_memory->dirty);
}

static void map_ports(struct machine *m)
{
    struct bus *b = &m->bus;
    bus_map_ports(b, "pic master", 0x20, 2, &pic_ops, &m->pic[PIC_MASTER]);
    bus_map_ports(b, "pit", 0x40, 4, &pit_ops, &m->pit);
    bus_map_ports(b, "kbc data", 0x60, 1, &kbc_data_ops, &m->kbc);
    bus_map_ports(b, "port 61", 0x61, 1, &port61_ops, &m->port61);
    bus_map_ports(b, "kbc command", 0x64, 1, &kbc_command_ops, &m->kbc);
    bus_map_ports(b, "rtc", 0x70, 2, &rtc_ops, &m->rtc);
    bus_map_ports(b, "port 92", 0x92, 1, &port92_ops, &m->port92);
    bus_map_ports(b, "pic slave", 0xa0, 2, &pic_ops, &m->pic[PIC_SLAVE]);
    bus_map_ports(b, "debugcon", 0xe9, 1, &debugcon_ops, &m->debugcon);
    bus_map_ports(b, "fpu error", 0xf0, 2, &fperr_ops, &m->fperr);
    bus_map_ports(b, "exit", 0xf4, 4, &exitport_ops, &m->exitport);
    bus_map_ports(b, "vga dispi", 0x1ce, 3, &vga_dispi_ops, &m->vga);
    bus_map_ports(b, "lpt1", 0x378, 3, &lpt_ops, &m->lpt1);
    bus_map_ports(b, "vga", 0x3b0, 0x30, &vga_port_ops, &m->vga);
    bus_map_ports(b, "com1", 0x3f8, 8, &uart_ops, &m->com1);
    bus_map_ports(b, "elcr master", 0x4d0, 1, &pic_elcr_ops, &m->pic[PIC_MASTER]);
    bus_map_ports(b, "elcr slave", 0x4d1, 1, &pic_elcr_ops, &m->pic[PIC_SLAVE]);
}

/* Where the user wants it: the one port that can be in a chip's way. */
static bool map_post_port(struct machine *m, struct error *err)
{
    uint16_t port = m->cfg.post_port ? m->cfg.post_port : 0x80;
    if (m->bus.port_of[port])
        return error_set(err, "--post-port %#x: the port belongs to another device (%s)", port,
                         m->bus.range[m->bus.port_of[port]].name);
    bus_map_ports(&m->bus, "post code", port, 1, &postcode_ops, &m->postcode);
    return true;
}

static void wire_chips(struct machine *m)
{
    struct clock *k = &m->clock;
    struct trace *t = &m->trace;
    const struct irq none = {0};
    struct irq a20_92 = {a20_wire, m, A20_PORT92}, a20_kbc = {a20_wire, m, A20_KBC};
    struct irq reset = {reset_wire, m, 0};

    pic_init(&m->pic[PIC_MASTER], "master", (struct irq){intr_wire, &m->cpu, 0},
             (struct pic_slave){acknowledge_slave, &m->pic[PIC_SLAVE]}, 0xf8, t);
    pic_init(&m->pic[PIC_SLAVE], "slave", line(m, 2), (struct pic_slave){0}, 0xde, t);
    pit_init(&m->pit, k, line(m, 0), none, none, t);
    port61_init(&m->port61, k, (struct port61_timer){timer2_gate, timer2_out, &m->pit}, t);
    rtc_init(&m->rtc, k, line(m, 8), m->cfg.rtc_start, t);
    ps2kbd_init(&m->kbd, k, (struct irq){kbc_ready, &m->kbc, KBC_KBD}, t);
    kbc_init(&m->kbc, k, line(m, 1), line(m, 12), a20_kbc, reset, ps2kbd_device(&m->kbd),
             (struct ps2_device){0}, t);
    uart_init(&m->com1, "com1", k, line(m, 4), m->cfg.serial_write, m->cfg.serial_ctx, t);
    lpt_init(&m->lpt1, line(m, 7), m->cfg.parallel_write, m->cfg.parallel_ctx);
    vga_init(&m->vga, k,
             &(struct vga_board){.memory = m->vga_memory,
                                 .linear_window = vga_window,
                                 .dirty_cleared = vga_looked,
                                 .ctx = m},
             t);
    fperr_init(&m->fperr, line(m, 13), (struct irq){ignne_wire, &m->cpu, 0}, t);
    port92_init(&m->port92, a20_92, reset, t);
    postcode_init(&m->postcode, t);
    debugcon_init(&m->debugcon, m->cfg.debugcon_write, m->cfg.debugcon_ctx);
    exitport_init(&m->exitport, guest_exit, m, t);
}

/* What the AT's setup program keeps in CMOS and a kernel may look up: memory sizes. */
static void set_cmos(struct machine *m)
{
    uint32_t low = m->cfg.memory < LOW_MEMORY ? m->cfg.memory : LOW_MEMORY;
    uint32_t high = m->cfg.memory > HIGH_MEMORY ? m->cfg.memory - HIGH_MEMORY : 0;
    uint32_t low_kib = low >> 10, high_kib = high >> 10;
    uint32_t above16 = high > 15u << 20 ? (high - (15u << 20)) >> 16 : 0;
    if (high_kib > 0xffff)
        high_kib = 0xffff;
    if (above16 > 0xffff)
        above16 = 0xffff;
    rtc_cmos_set(&m->rtc, 0x15, low_kib & 0xff);
    rtc_cmos_set(&m->rtc, 0x16, (uint8_t)(low_kib >> 8));
    rtc_cmos_set(&m->rtc, 0x17, high_kib & 0xff);
    rtc_cmos_set(&m->rtc, 0x18, (uint8_t)(high_kib >> 8));
    rtc_cmos_set(&m->rtc, 0x30, high_kib & 0xff);
    rtc_cmos_set(&m->rtc, 0x31, (uint8_t)(high_kib >> 8));
    rtc_cmos_set(&m->rtc, 0x34, above16 & 0xff);
    rtc_cmos_set(&m->rtc, 0x35, (uint8_t)(above16 >> 8));
    rtc_cmos_set(&m->rtc, 0x14, 0x06); /* equipment: VGA, keyboard; x87, no floppy */
}

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
        .inta = acknowledge_line,
        .inta_arg = m,
        .ferr = {ferr_wire, &m->fperr, 0},
    };
    if (!cpu_init(&m->cpu, &cpu, &m->bus, &m->clock, &m->trace, err)) {
        (void)munmap(m->vga_memory, sizeof *m->vga_memory);
        bus_fini(&m->bus);
        free(m);
        return NULL;
    }
    if (cfg->count_rows)
        m->cpu.row_count = m->row_count;
    wire_chips(m);
    map_memory(m);
    map_ports(m);
    if (!map_post_port(m, err)) {
        machine_free(m);
        return NULL;
    }
    set_cmos(m);
    debug_init(m);
    machine_reset(m);
    return m;
}

struct machine *machine_new(const struct config *cfg, struct error *err)
{
    struct machine *m = board_new(cfg, err);
    if (!m || cfg->engine != ENGINE_LOCKSTEP)
        return m;
    /* The twin's output goes nowhere: the guest speaks once. */
    struct config twin = *cfg;
    twin.engine = ENGINE_REFERENCE;
    twin.serial_write = NULL;
    twin.debugcon_write = NULL;
    twin.parallel_write = NULL;
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
    debug_points_free(m);
    cpu_fini(&m->cpu);
    bus_fini(&m->bus);
    (void)munmap(m->vga_memory, sizeof *m->vga_memory);
    free(m);
}

void machine_reset(struct machine *m)
{
    m->reset_wanted = false;
    memset(m->taken, 0, sizeof m->taken);
    pic_reset(&m->pic[PIC_MASTER]);
    pic_reset(&m->pic[PIC_SLAVE]);
    pit_reset(&m->pit);
    port61_reset(&m->port61);
    rtc_reset(&m->rtc);
    ps2kbd_reset(&m->kbd);
    kbc_reset(&m->kbc);
    uart_reset(&m->com1);
    lpt_reset(&m->lpt1);
    vga_reset(&m->vga);
    port92_reset(&m->port92);
    fperr_reset(&m->fperr);
    postcode_reset(&m->postcode);
    debugcon_reset(&m->debugcon);
    cpu_reset(&m->cpu);
    m->twin_fresh = true;
}

void machine_map_rom(struct machine *m, uint8_t *rom, uint32_t size)
{
    uint32_t low = size < LOW_ROM ? size : LOW_ROM;
    bus_map_rom(&m->bus, "rom", 0u - size, size, rom);
    bus_map_rom(&m->bus, "rom, low", HIGH_MEMORY - low, low, rom + (size - low));
    if (m->twin)
        machine_map_rom(m->twin, rom, size);
}

void machine_on_reset(struct machine *m, void (*rebooted)(void *ctx, struct machine *m), void *ctx)
{
    m->rebooted = rebooted;
    m->rebooted_ctx = ctx;
}

/* The state in which a PC BIOS hands over: interrupts at 08h and 70h, the timer at 18.2 Hz, the
   keyboard translating to set 1, A20 open. */
static void as_firmware_leaves_it(struct machine *m, bool mask_all)
{
    static const struct {
        uint16_t port;
        uint8_t value;
    } setup[] = {
        {0x20, 0x11}, {0x21, 0x08}, {0x21, 0x04}, {0x21, 0x01}, {0x21, 0xb8}, {0xa0, 0x11},
        {0xa1, 0x70}, {0xa1, 0x02}, {0xa1, 0x01}, {0xa1, 0x8f}, {0x43, 0x36}, {0x40, 0x00},
        {0x40, 0x00}, {0x43, 0x54}, {0x41, 0x12}, {0x64, 0x60}, {0x60, 0x65}, {0x92, 0x02},
    };
    for (unsigned n = 0; n < ARRAY_LEN(setup); n++)
        bus_out(&m->bus, setup[n].port, setup[n].value, 1);
    if (mask_all) { /* nobody is there to handle them: no BIOS behind a bare boot sector */
        bus_out(&m->bus, 0x21, 0xff, 1);
        bus_out(&m->bus, 0xa1, 0xff, 1);
    }
}

void machine_enter(struct machine *m, const struct machine_entry *e)
{
    struct cpu *c = &m->cpu;
    cpu_reset(c);
    as_firmware_leaves_it(m, !e->protected_mode);
    vga_set_text_mode(&m->vga);
    if (e->protected_mode)
        cpu_enter_flat32(c, e->eip);
    else
        cpu_enter_real(c, (const uint16_t[]){e->es, e->cs, e->ss, e->ds, 0, 0}, e->eip);
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
    if (in->kind == INPUT_KEY)
        ps2kbd_key(&m->kbd, in->key, in->down);
    else
        (void)uart_receive(&m->com1, in->byte);
    if (m->twin)
        machine_input(m->twin, in);
}

unsigned machine_serial_room(const struct machine *m)
{
    return uart_room(&m->com1);
}
