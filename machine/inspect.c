/* SPDX-License-Identifier: MIT */
/* inspect.c - the board's devices and interrupt lines as a debugger sees them (see inspect.h). */
#include "machine/inspect.h"

#include "base/out.h"
#include "base/screen.h"
#include "machine/apics.h"
#include "machine/board.h"
#include "machine/debug.h"
#include "machine/inspect_parts.h"
#include "machine/lines.h"
#include "machine/timers.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct cpu *inspect_cpu(const struct machine *m)
{
    return &m->cpu;
}

const struct bus *inspect_bus(const struct machine *m)
{
    return &m->bus;
}

const struct config *inspect_config(const struct machine *m)
{
    return &m->cfg;
}

static bool maps_alike(const struct machine *m, uint32_t cr3, uint32_t lin)
{
    uint32_t mine, theirs;
    bool here = debug_translate(m, m->cpu.mmu.cr3, lin, &mine);
    return debug_translate(m, cr3, lin, &theirs) == here && (!here || mine == theirs);
}

bool inspect_space_alive(const struct machine *m, uint32_t cr3)
{
    return !m->cpu.mmu.paging ||
           (maps_alike(m, cr3, m->cpu.idtr.base) && maps_alike(m, cr3, m->cpu.gdtr.base));
}

static void pic_both(const struct machine *m, struct out *to)
{
    pic_info(&m->pic[PIC_MASTER], to);
    pic_info(&m->pic[PIC_SLAVE], to);
}

static void pit_one(const struct machine *m, struct out *to)
{
    pit_info(&m->pit, to);
}

static void kbc_both(const struct machine *m, struct out *to)
{
    kbc_info(&m->kbc, to);
    ps2kbd_info(&m->kbd, to);
    ps2mouse_info(&m->mouse, to);
}

static void rtc_one(const struct machine *m, struct out *to)
{
    rtc_info(&m->rtc, to);
    out_text(to, "  cmos memory (0E-7F):");
    for (unsigned n = 0x0e; n < 0x80; n++)
        out_printf(to, "%s%02x", n % 16 == 0 || n == 0x0e ? "\n    " : " ",
                   rtc_cmos_get(&m->rtc, n));
    out_text(to, "\n");
}

static void com1_one(const struct machine *m, struct out *to)
{
    uart_info(&m->com1, to);
}

static void com2_one(const struct machine *m, struct out *to)
{
    uart_info(&m->com2, to);
}

static void dma_both(const struct machine *m, struct out *to)
{
    dma_info(&m->dma, to);
}

static void floppy_one(const struct machine *m, struct out *to)
{
    fdc_info(&m->fdc, to);
}

static void lpt1_one(const struct machine *m, struct out *to)
{
    lpt_info(&m->lpt1, to);
}

static void ide_both(const struct machine *m, struct out *to)
{
    ata_info(&m->ide[0], to);
    ata_info(&m->ide[1], to);
    if (m->cfg.machine == MACHINE_PC)
        bmdma_info(&m->bmdma, to);
}

static void vga_one(const struct machine *m, struct out *to)
{
    struct screen *s = calloc(1, sizeof *s);
    if (s) {
        vga_screen(&m->vga, s);
        if (s->kind == SCREEN_TEXT)
            out_printf(to, "screen: text, %u x %u characters of %u x %u dots, cursor %s at %u,%u\n",
                       s->cols, s->rows, s->cell_w, s->cell_h, s->cursor_on ? "on" : "off",
                       s->cursor_col, s->cursor_row);
        else if (s->kind == SCREEN_GRAPHICS)
            out_printf(to, "screen: graphics, %u x %u pixels of %u x %u dots\n", s->width,
                       s->height, s->scale_x, s->scale_y);
        else
            out_printf(to, "screen: blank\n");
    }
    free(s);
    vga_info(&m->vga, to);
}

static void port61_one(const struct machine *m, struct out *to)
{
    port61_info(&m->port61, to);
    out_printf(to, "speaker: %s\n", port61_speaker_on(&m->port61) ? "on" : "off");
}

static void a20_all(const struct machine *m, struct out *to)
{
    port92_info(&m->port92, to);
    out_printf(to, "A20 gate: %s (port 92h %s, keyboard controller %s)\n",
               m->bus.a20_mask == UINT32_MAX ? "open" : "closed: address bit 20 reads as zero",
               m->a20[A20_PORT92] ? "open" : "closed", m->a20[A20_KBC] ? "open" : "closed");
}

static void fperr_one(const struct machine *m, struct out *to)
{
    fperr_info(&m->fperr, to);
}

static void post_one(const struct machine *m, struct out *to)
{
    postcode_info(&m->postcode, to);
}

static void debugcon_one(const struct machine *m, struct out *to)
{
    debugcon_info(&m->debugcon, to);
}

static void exit_one(const struct machine *m, struct out *to)
{
    exitport_info(&m->exitport, to);
}

static void fwcfg_one(const struct machine *m, struct out *to)
{
    fwcfg_info(&m->fwcfg, to);
}

static void pm_one(const struct machine *m, struct out *to)
{
    if (m->cfg.machine == MACHINE_PC)
        piix4_pm_info(&m->pm, to);
    else
        out_text(to, "an ISA machine has no power management\n");
}

static bool apics_or_none(const struct machine *m, struct out *to)
{
    if (apics_present(&m->cfg))
        return true;
    out_text(to, "this machine has no APIC (--machine pc with --cpu pentium or ppro has)\n");
    return false;
}

static void pci_all(const struct machine *m, struct out *to)
{
    if (m->cfg.machine != MACHINE_PC) {
        out_text(to, "this machine has no PCI bus\n");
        return;
    }
    pci_info(&m->pci, to);
}

static void bridges(const struct machine *m, struct out *to)
{
    if (m->cfg.machine != MACHINE_PC) {
        out_text(to, "this machine has no PCI bus\n");
        return;
    }
    i440fx_info(&m->i440fx, to);
    piix3_info(&m->piix3, to);
}

static void bioslog_one(const struct machine *m, struct out *to)
{
    bioslog_info(&m->bioslog, to);
}

static void lapic_one(const struct machine *m, struct out *to)
{
    if (!apics_or_none(m, to))
        return;
    if (m->lapic_at)
        out_printf(to, "registers at %08x\n", (uint32_t)m->lapic_at);
    lapic_info(&m->lapic, to);
}

static void ioapic_one(const struct machine *m, struct out *to)
{
    if (apics_or_none(m, to))
        ioapic_info(&m->ioapic, to);
}

static void hpet_one(const struct machine *m, struct out *to)
{
    if (timers_hpet_present(&m->cfg))
        hpet_info(&m->hpet, to);
    else
        out_text(to, "this machine has no HPET (--machine pc has one, unless hpet=off)\n");
}

static void memory_map(const struct machine *m, struct out *to)
{
    const struct bus *b = &m->bus;
    uint32_t first = 0;
    out_text(to, "physical memory:\n");
    for (uint32_t page = 1; page <= UINT32_C(1) << 20; page++) {
        if (page < UINT32_C(1) << 20 && b->page_region[page] == b->page_region[first])
            continue;
        const struct bus_region *r = &b->region[b->page_region[first]];
        if (b->page_region[first])
            out_printf(to, "  %08x-%08x %-6s %s\n", first << 12, (page << 12) - 1,
                       r->ops   ? "device"
                       : r->rom ? "ROM"
                                : "RAM",
                       r->name);
        first = page;
    }
}

static void port_map(const struct machine *m, struct out *to)
{
    const struct bus *b = &m->bus;
    unsigned first = 0;
    out_text(to, "ports:\n");
    for (unsigned port = 1; port <= 65536; port++) {
        if (port < 65536 && b->port_of[port] == b->port_of[first])
            continue;
        if (b->port_of[first])
            out_printf(to, "  %04x-%04x %s\n", first, port - 1, b->range[b->port_of[first]].name);
        first = port;
    }
}

static const struct inspect_device devices[] = {
    {"pic", "8259 8259a", "the two 8259A interrupt controllers", pic_both},
    {"pit", "timer 8254", "the 8254 timer", pit_one},
    {"hpet", "", "the high precision event timers", hpet_one},
    {"kbc", "kbd keyboard mouse 8042", "the 8042 keyboard controller, keyboard and mouse",
     kbc_both},
    {"rtc", "cmos mc146818", "the MC146818 clock and its CMOS memory", rtc_one},
    {"com1", "uart serial 16550", "the first serial port, a 16550A", com1_one},
    {"com2", "", "the second serial port, a 16550A", com2_one},
    {"dma", "8237", "the two 8237A DMA controllers and their page registers", dma_both},
    {"floppy", "fdc 82077", "the floppy controller and its drives", floppy_one},
    {"lpt1", "lpt parallel", "the parallel port", lpt1_one},
    {"ide", "ata disk", "the two IDE channels and their drives", ide_both},
    {"vga", "screen", "the VGA and what it shows", vga_one},
    {"port61", "speaker", "port 61h: timer 2's gate, the speaker", port61_one},
    {"a20", "port92", "port 92h and the A20 gate", a20_all},
    {"fperr", "", "the x87's error line (F0h)", fperr_one},
    {"post", "postcode", "the last POST code", post_one},
    {"debugcon", "e9", "the debug console (E9h)", debugcon_one},
    {"exit", "exitport", "the exit port (F4h)", exit_one},
    {"lapic", "apic", "the local APIC", lapic_one},
    {"ioapic", "", "the I/O APIC", ioapic_one},
    {"pci", "", "the functions on the PCI bus", pci_all},
    {"chipset", "440fx i440fx piix3 pam", "shadow RAM, interrupt routing, reset control", bridges},
    {"bioslog", "bios", "what firmware has said at ports 400h-403h", bioslog_one},
    {"pm", "acpi", "power management of the PIIX4", pm_one},
    {"fwcfg", "fw_cfg", "what fw_cfg tells the firmware", fwcfg_one},
    {"net", "nic ne2000 e1000 ethernet", "the network card and its cable", network_info},
    {"memory", "mtree", "who answers at which physical address", memory_map},
    {"ports", "io", "who answers at which port", port_map},
};

const struct inspect_device *inspect_device(unsigned n)
{
    return n < ARRAY_LEN(devices) ? &devices[n] : NULL;
}

/* Is name one of the words of this list? */
static bool among(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; (at = strstr(at, name)) != NULL; at++) {
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return n > 0;
    }
    return false;
}

const struct inspect_device *inspect_device_find(const char *name)
{
    for (unsigned n = 0; n < ARRAY_LEN(devices); n++) {
        if (strcmp(devices[n].name, name) == 0 || among(devices[n].aliases, name))
            return &devices[n];
    }
    return NULL;
}

/* PIRQs that are routed to line n, as letters; how many. */
static unsigned routed_to(const struct machine *m, unsigned n, char letters[PCI_PIRQS + 1])
{
    unsigned count = 0;
    for (unsigned pirq = 0; m->cfg.machine == MACHINE_PC && pirq < PCI_PIRQS; pirq++)
        if (piix3_route(&m->piix3, pirq) == n)
            letters[count++] = (char)('A' + pirq);
    letters[count] = '\0';
    return count;
}

/* Who drives line n; NULL: nobody. */
static const char *source_of(const struct machine *m, unsigned n)
{
    static const char *const source[LINES_ISA] = {
        [0] = "timer",  [1] = "keyboard",   [2] = "slave PIC",     [3] = "com2",
        [4] = "com1",   [6] = "floppy",     [7] = "parallel port", [8] = "rtc",
        [12] = "mouse", [13] = "x87 error", [14] = "ide0",         [15] = "ide1",
    };
    char pirqs[PCI_PIRQS + 1];
    if (m->timers_replaced && (n == 0 || n == 8))
        return "hpet";
    if (n && n == network_line(m)) /* 0: no card of the ISA bus */
        return "ne2000";
    return source[n] || !routed_to(m, n, pirqs) ? source[n] : "pci";
}

void inspect_irq(const struct machine *m, unsigned n, struct inspect_irq *irq)
{
    struct pic_view v;
    assert(n < LINES_ALL);
    if (n >= LINES_ISA) {
        inspect_pin(m, n, irq);
        return;
    }
    pic_view(&m->pic[n < 8 ? PIC_MASTER : PIC_SLAVE], n & 7, &v);
    const struct irq_taken *t = &m->taken[n];
    *irq = (struct inspect_irq){.fate = v.fate == PIC_NOT_READY ? IRQ_NOT_READY
                                        : v.fate == PIC_IDLE    ? IRQ_IDLE
                                        : v.fate == PIC_MASKED  ? IRQ_MASKED
                                        : v.fate == PIC_BLOCKED ? IRQ_BLOCKED
                                        : v.fate == PIC_WAITS   ? IRQ_WAITS
                                                                : IRQ_GOES,
                                .by = v.by + (n & 8),
                                .source = source_of(m, n),
                                .pic = n < 8 ? "master" : "slave",
                                .input = n & 7,
                                .vector = v.vector,
                                .line = v.line,
                                .requested = v.requested,
                                .in_service = v.in_service,
                                .masked = v.masked,
                                .level = v.level,
                                .auto_eoi = v.auto_eoi,
                                .taken = t->count,
                                .taken_icount = t->icount,
                                .taken_eip = t->eip,
                                .taken_cs = t->cs};
}

/* Virtual time until an event that is armed. */
static uint64_t micros_to(const struct machine *m, const struct event *e)
{
    uint64_t wait = e->when > m->clock.now ? e->when - m->clock.now : 0;
    return wait * CLOCK_HZ_DEN / (CLOCK_HZ_NUM / 1000000);
}

static int source_timer(const struct machine *m, char *text, size_t n)
{
    const struct pit_channel *c = &m->pit.ch[0];
    unsigned mode = c->control >> 1 & 7;
    mode = mode > 5 ? mode - 4 : mode; /* 6 and 7 are 2 and 3 */
    if (!c->written)
        return snprintf(text, n, "channel 0 of the timer waits for a count");
    uint32_t count = c->loaded           ? c->loaded
                     : !(c->control & 1) ? (c->cr ? c->cr : 65536)
                                         : 0; /* BCD, and not counting yet */
    if ((mode == 2 || mode == 3) && count)
        return snprintf(
            text, n, "channel 0 of the timer is in mode %u at %u.%u Hz, its next edge in %u us",
            mode, 1193182 / count, 11931818 / count % 10, (unsigned)micros_to(m, &c->edge));
    return snprintf(text, n, "channel 0 of the timer is in mode %u: one interrupt for each count",
                    mode);
}

static int source_keyboard(const struct machine *m, bool aux, char *text, size_t n)
{
    const struct kbc *k = &m->kbc;
    bool full = k->status & 1, from_aux = k->status & 0x20;
    if (!(k->ram[0] & (aux ? 2 : 1)))
        return snprintf(text, n,
                        "the keyboard controller's command byte (%02x) has bit %u clear: "
                        "it raises no IRQ %u",
                        k->ram[0], aux ? 1 : 0, aux ? 12 : 1);
    if (!full || from_aux != aux)
        return snprintf(text, n, "the keyboard controller has no byte from the %s",
                        aux ? "mouse" : "keyboard");
    return snprintf(
        text, n, "byte %02x waits in the keyboard controller's output buffer (port 60h)", k->data);
}

static int source_com(const struct uart *u, char *text, size_t n)
{
    if (!(u->ier & 0x0f))
        return snprintf(text, n, "the serial port's IER is %02x: no interrupt is enabled", u->ier);
    if (!(u->mcr & 8))
        return snprintf(text, n,
                        "the serial port's OUT2 is off (MCR %02x): its interrupt does not "
                        "reach the line",
                        u->mcr);
    return snprintf(text, n, "the serial port (IER %02x) %s", u->ier,
                    u->intr ? "asks for attention" : "has nothing to report");
}

static int source_rtc(const struct machine *m, char *text, size_t n)
{
    uint8_t b = m->rtc.ram[0x0b], c = m->rtc.ram[0x0c];
    if (!(b & 0x70))
        return snprintf(text, n, "the clock's register B is %02x: no interrupt is enabled", b);
    if (b & c & 0x70)
        return snprintf(text, n,
                        "the clock's register C is %02x: the line stays up until it is "
                        "read",
                        c);
    return snprintf(text, n, "the clock (register B %02x) has nothing to report", b);
}

static int source_ide(const struct machine *m, unsigned channel, char *text, size_t n)
{
    const struct ata *a = &m->ide[channel];
    const struct ata_drive *d = &a->drive[a->selected];
    if (d->kind == ATA_NONE)
        return snprintf(text, n, "drive %u, which is selected, is not there", a->selected);
    if (a->control & 2)
        return snprintf(text, n, "interrupts of the channel are off (nIEN of device control)");
    return snprintf(text, n, "drive %u has status %02x after command %02x: it %s", a->selected,
                    d->status, d->command,
                    d->intrq ? "waits until its status is read" : "has nothing to report");
}

/* The function that asks for the interrupt, else whose PIRQ could. */
static int source_pci(const struct machine *m, unsigned n, char *text, size_t size)
{
    char routed[PCI_PIRQS + 1];
    unsigned count = routed_to(m, n, routed);
    if (!count)
        return snprintf(text, size, "nothing is connected to the line");
    for (unsigned slot = 0; slot < PCI_SLOTS; slot++)
        for (unsigned k = 0; k < PCI_FUNCTIONS; k++) {
            const struct pci_function *f = m->pci.at[slot][k];
            unsigned pin = f ? f->config[PCI_INTERRUPT_PIN] : 0;
            if (pin && f->interrupt && piix3_route(&m->piix3, pci_pirq_of(slot, pin)) == n)
                return snprintf(text, size, "PCI function %02x.%x (%s) asks for attention", slot, k,
                                f->name);
        }
    return snprintf(text, size, "PIRQ %s of PCI %s routed to the line: no function asks", routed,
                    count > 1 ? "are" : "is");
}

int inspect_irq_source(const struct machine *m, unsigned n, char *text, size_t size)
{
    if (n >= LINES_ISA)
        return inspect_pin_source(m, n, text, size);
    if (n && n == network_line(m))
        return network_why(m, text, size);
    if (m->timers_replaced && (n == 0 || n == 8))
        return snprintf(text, size, "timer %u of the HPET is in the %s's place", n / 8,
                        n ? "clock" : "timer");
    switch (n) {
    case 0: return source_timer(m, text, size);
    case 1: return source_keyboard(m, false, text, size);
    case 2: return snprintf(text, size, "the slave controller is behind it");
    case 3: return source_com(&m->com2, text, size);
    case 4: return source_com(&m->com1, text, size);
    case 6:
        return snprintf(text, size, "the floppy controller %s",
                        !m->fdc.pending ? "has nothing to report"
                        : m->fdc.level  ? "asks for attention"
                                        : "is kept from the line by its DMA gate (DOR bit 3)");
    case 7:
        return snprintf(text, size, "the parallel port %s",
                        m->lpt1.control & 0x10 ? "raises it after each byte"
                                               : "has interrupts off (control bit 4)");
    case 8: return source_rtc(m, text, size);
    case 12: return source_keyboard(m, true, text, size);
    case 13:
        return snprintf(text, size, "the x87 reports %s",
                        m->fperr.ferr ? "an exception" : "nothing");
    case 14:
    case 15: return source_ide(m, n - 14, text, size);
    default: return source_pci(m, n, text, size);
    }
}
