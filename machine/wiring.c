/* SPDX-License-Identifier: MIT */
/*
 * wiring.c - which chip sits at which port and on which interrupt line. board_wire is the list;
 * nothing registers itself. The map is that of the IBM AT (Technical Reference, 1985) with the
 * VGA, two serial ports and a parallel one, and the ports of debugcon (E9h) and the exit device (F4h).
 *
 * What the `pc` has besides is in chipset.c, APICs in apics.c.
 */
#include "base/block.h"
#include "base/irq.h"
#include "machine/apics.h"
#include "machine/board.h"
#include "machine/chipset.h"
#include "machine/timers.h"

#define VGA_WINDOW UINT32_C(0xa0000)
#define LOW_MEMORY UINT32_C(0xa0000)
#define HIGH_MEMORY UINT32_C(0x100000)

static uint8_t acknowledge_slave(void *pic)
{
    return pic_ack(pic);
}

uint8_t board_acknowledge(void *machine)
{
    struct machine *m = machine;
    const struct cpu *c = &m->cpu;
    unsigned line;
    uint8_t vector = apics_acknowledge(m, &line);
    if (line < ARRAY_LEN(m->taken))
        m->taken[line] = (struct irq_taken){.count = m->taken[line].count + 1,
                                            .icount = c->icount - c->ahead,
                                            .eip = c->eip,
                                            .cs = c->seg[CS].sel};
    debug_acknowledged(m, line);
    return vector;
}

void board_ferr(void *fperr, unsigned n, bool level)
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

void board_reset_line(struct machine *m, bool level)
{
    if (!level)
        return;
    m->reset_wanted = true;
    cpu_break(&m->cpu);
}

static void reset_wire(void *machine, unsigned n, bool level)
{
    (void)n;
    board_reset_line(machine, level);
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

/* The floppy controller sits on channel 2. */
static size_t floppy_dma(void *dma, bool to_memory, uint8_t *buf, size_t n, bool *tc)
{
    return dma_transfer(dma, 2, to_memory, buf, n, tc);
}

/* An interrupt line of the ISA bus is high while anybody drives it. */
void board_drive_line(struct machine *m, enum line_source source, unsigned n, bool level)
{
    uint8_t *sources = &m->line[n % ARRAY_LEN(m->line)], was = *sources;
    uint8_t bit = (uint8_t)(1u << source);

    *sources = (uint8_t)(level ? was | bit : was & ~bit);
    if (!was == !*sources)
        return;
    pic_set_irq(&m->pic[n < 8 ? PIC_MASTER : PIC_SLAVE], n & 7, level);
    apics_line(m, n, level);
}

static void chip_line(void *machine, unsigned n, bool level)
{
    board_drive_line(machine, LINE_CHIP, n, level);
}

static struct irq line(struct machine *m, unsigned n)
{
    return (struct irq){chip_line, m, n};
}

struct irq board_line(struct machine *m, unsigned n)
{
    return line(m, n);
}

static void map_memory(struct machine *m)
{
    uint32_t size = m->cfg.memory;
    bus_map_ram(&m->bus, "low memory", 0, size < LOW_MEMORY ? size : LOW_MEMORY, 0);
    bus_map_mmio(&m->bus, "vga", VGA_WINDOW, 0x10000, &vga_mem_ops, &m->vga);
    bus_map_mmio(&m->bus, "vga text", VGA_WINDOW + 0x10000, 0x10000, &vga_text_ops, &m->vga);
    if (size > HIGH_MEMORY)
        bus_map_ram(&m->bus, "memory", HIGH_MEMORY, size - HIGH_MEMORY, HIGH_MEMORY);
}

static void map_ports(struct machine *m)
{
    struct bus *b = &m->bus;
    bus_map_ports(b, "dma first", 0x00, 16, &dma_first_ops, &m->dma);
    bus_map_ports(b, "pic master", 0x20, 2, &pic_ops, &m->pic[PIC_MASTER]);
    bus_map_ports(b, "pit", 0x40, 4, &pit_ops, &m->pit);
    bus_map_ports(b, "kbc data", 0x60, 1, &kbc_data_ops, &m->kbc);
    bus_map_ports(b, "port 61", 0x61, 1, &port61_ops, &m->port61);
    bus_map_ports(b, "kbc command", 0x64, 1, &kbc_command_ops, &m->kbc);
    bus_map_ports(b, "rtc", 0x70, 2, &rtc_ops, &m->rtc);
    bus_map_ports(b, "dma pages", 0x80, 16, &dma_page_ops, &m->dma);
    bus_map_ports(b, "port 92", 0x92, 1, &port92_ops, &m->port92);
    bus_map_ports(b, "pic slave", 0xa0, 2, &pic_ops, &m->pic[PIC_SLAVE]);
    bus_map_ports(b, "dma second", 0xc0, 32, &dma_second_ops, &m->dma);
    bus_map_ports(b, "debugcon", 0xe9, 1, &debugcon_ops, &m->debugcon);
    bus_map_ports(b, "fpu error", 0xf0, 2, &fperr_ops, &m->fperr);
    bus_map_ports(b, "exit", 0xf4, 4, &exitport_ops, &m->exitport);
    bus_map_ports(b, "ide1", 0x170, 8, &ata_ops, &m->ide[1]);
    bus_map_ports(b, "vga dispi", 0x1ce, 3, &vga_dispi_ops, &m->vga);
    bus_map_ports(b, "ide0", 0x1f0, 8, &ata_ops, &m->ide[0]);
    bus_map_ports(b, "ide1 control", 0x376, 1, &ata_control_ops, &m->ide[1]);
    bus_map_ports(b, "com2", 0x2f8, 8, &uart_ops, &m->com2);
    bus_map_ports(b, "lpt1", 0x378, 3, &lpt_ops, &m->lpt1);
    bus_map_ports(b, "vga", 0x3b0, 0x30, &vga_port_ops, &m->vga);
    bus_map_ports(b, "floppy", 0x3f0, 6, &fdc_ops, &m->fdc);
    bus_map_ports(b, "ide0 control", 0x3f6, 1, &ata_control_ops, &m->ide[0]);
    bus_map_ports(b, "floppy change", 0x3f7, 1, &fdc_dir_ops, &m->fdc);
    bus_map_ports(b, "com1", 0x3f8, 8, &uart_ops, &m->com1);
    bus_map_ports(b, "bios log", 0x400, 4, &bioslog_ops, &m->bioslog);
    bus_map_ports(b, "elcr master", 0x4d0, 1, &pic_elcr_ops, &m->pic[PIC_MASTER]);
    bus_map_ports(b, "fw_cfg", 0x510, 2, &fwcfg_ops, &m->fwcfg);
    bus_map_ports(b, "fw_cfg dma", 0x514, 8, &fwcfg_dma_ops, &m->fwcfg);
    bus_map_ports(b, "elcr slave", 0x4d1, 1, &pic_elcr_ops, &m->pic[PIC_SLAVE]);
}

/* Where the user wants it: the one port that can be in a chip's way. A DMA page register that no
   channel uses is free for it. */
static bool map_post_port(struct machine *m, struct error *err)
{
    uint16_t port = m->cfg.post_port ? m->cfg.post_port : 0x80;
    const struct port_range *taken = &m->bus.range[m->bus.port_of[port]];
    bool page = taken->ops == &dma_page_ops && !dma_page_used(port - taken->base);
    if (m->bus.port_of[port] && !page)
        return error_set(err, "--post-port %#x: the port belongs to another device (%s)", port,
                         taken->name);
    (void)bus_map_ports_over(&m->bus, "post code", port, 1, &postcode_ops, &m->postcode);
    return true;
}

/* Two channels, a master and a slave on each, as the user has chosen. */
static void wire_ide(struct machine *m)
{
    struct ata *channels[2] = {&m->ide[0], &m->ide[1]};
    const struct irq lines[2] = {line(m, 14), line(m, 15)};
    bool pci = m->cfg.machine == MACHINE_PC;
    if (pci)
        bmdma_init(&m->bmdma, &m->bus, channels, lines, &m->trace);
    for (unsigned n = 0; n < 2; n++)
        ata_init(&m->ide[n], n ? "ide1" : "ide0", &m->clock,
                 pci ? (struct irq){bmdma_intrq, &m->bmdma, n} : lines[n],
                 pci ? bmdma_engine(&m->bmdma, n) : (struct ata_dma){0}, &m->trace);
    for (unsigned n = 0; n < CONFIG_UNITS; n++) {
        const struct config_unit *u = &m->cfg.ide[n];
        if (u->kind != IDE_NONE)
            ata_plug(&m->ide[n / 2], n % 2, u->kind == IDE_DISK ? ATA_DISK : ATA_CDROM, u->medium);
    }
}

static void wire_chips(struct machine *m)
{
    struct clock *k = &m->clock;
    struct trace *t = &m->trace;
    const struct irq none = {0};
    struct irq a20_92 = {a20_wire, m, A20_PORT92}, a20_kbc = {a20_wire, m, A20_KBC};
    struct irq reset = {reset_wire, m, 0};

    apics_wire(m);
    pic_init(&m->pic[PIC_MASTER], "master", apics_pic_output(m),
             (struct pic_slave){acknowledge_slave, &m->pic[PIC_SLAVE]}, 0xf8, t);
    pic_init(&m->pic[PIC_SLAVE], "slave", line(m, 2), (struct pic_slave){0}, 0xde, t);
    pit_init(&m->pit, k, timers_line(m, TIMERS_PIT), none, none, t);
    port61_init(&m->port61, k, (struct port61_timer){timer2_gate, timer2_out, &m->pit}, t);
    rtc_init(&m->rtc, k, timers_line(m, TIMERS_RTC), m->cfg.rtc_start, t);
    ps2kbd_init(&m->kbd, k, (struct irq){kbc_ready, &m->kbc, KBC_KBD}, t);
    ps2mouse_init(&m->mouse, k, (struct irq){kbc_ready, &m->kbc, KBC_AUX}, t);
    kbc_init(&m->kbc, k, line(m, 1), line(m, 12), a20_kbc, reset, ps2kbd_device(&m->kbd),
             ps2mouse_device(&m->mouse), t);
    uart_init(&m->com1, "com1", k, line(m, 4), m->cfg.serial_write, m->cfg.serial_ctx, t);
    uart_init(&m->com2, "com2", k, line(m, 3), m->cfg.serial2_write, m->cfg.serial2_ctx, t);
    lpt_init(&m->lpt1, line(m, 7), m->cfg.parallel_write, m->cfg.parallel_ctx);
    wire_ide(m);
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
    bioslog_init(&m->bioslog, t);
    exitport_init(&m->exitport, guest_exit, m, t);
    fwcfg_init(&m->fwcfg, &m->bus, t);
    firmware_describe(&m->firmware, &m->cfg, &m->fwcfg);
    dma_init(&m->dma, &m->bus, t);
    fdc_init(&m->fdc, k, line(m, 6), (struct fdc_dma){floppy_dma, &m->dma}, t);
}

/* Drive A is always there, of 1.44 MB unless its medium wants another; B comes with a medium. */
static void connect_floppies(struct machine *m)
{
    uint8_t kinds = 0, equipment = rtc_cmos_get(&m->rtc, 0x14) & (uint8_t)~0xc1u;
    unsigned count = 0;
    for (unsigned n = 0; n < CONFIG_FLOPPIES; n++) {
        struct block *medium = m->cfg.floppy[n];
        struct fdc_format format = {.drive = n == 0 ? FDC_1440K : FDC_NONE};
        if (medium)
            (void)fdc_format(medium->sectors, &format);
        if (!format.drive)
            continue;
        fdc_attach(&m->fdc, n, (enum fdc_kind)format.drive);
        fdc_insert(&m->fdc, n, medium);
        kinds |= (uint8_t)(format.drive << (n ? 0 : 4));
        count++;
    }
    rtc_cmos_set(&m->rtc, 0x10, kinds);
    rtc_cmos_set(&m->rtc, 0x14, (uint8_t)(equipment | (count - 1) << 6 | 1));
}

bool board_wire(struct machine *m, struct error *err)
{
    wire_chips(m);
    map_memory(m);
    map_ports(m);
    chipset_wire(m);
    timers_wire(m);
    if (!network_wire(m, err) || !map_post_port(m, err))
        return false;
    cmos_fill(m);
    connect_floppies(m);
    rtc_cmos_checksum(&m->rtc);
    return true;
}
