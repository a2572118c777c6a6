/* SPDX-License-Identifier: MIT */
/* test_devices_piix4_pm.c - PIIX4 power management: timer, SCI, button, soft off, ports that move. */
#include "base/snap.h"
#include "devices/piix4_pm.h"
#include "mmu/bus.h"
#include "tests/report.h"

static struct bus bus;
static struct clock clk;
static struct pci pci;
static struct piix4_pm pm;
static unsigned offs;
static bool sci;

static void sci_set(void *dev, unsigned n, bool level)
{
    (void)dev, (void)n;
    sci = level;
}

static void off(void *ctx)
{
    (void)ctx;
    offs++;
}

static void config(unsigned reg, uint32_t value, unsigned size)
{
    pci_config_write(&pci, 1, 3, reg, value, size);
}

static void test_place(void)
{
    CHECK(pci_config_read(&pci, 1, 3, 0, 4) == 0x71138086, "identity");
    CHECK(pci_config_read(&pci, 1, 3, 0x58, 4) == 0x02000000, "APMC_EN is set from reset on");
    config(PIIX4_PMBA, 0xffffffff, 4);
    CHECK(pci_config_read(&pci, 1, 3, PIIX4_PMBA, 4) == 0xffc1, "PMBA's writable bits");
    config(PIIX4_PMBA, 0x601, 4);
    CHECK(bus_in(&bus, 0x604, 2) == 0xffff, "not there before PMIOSE");
    config(PIIX4_PMREGMISC, 1, 1);
    CHECK(bus_in(&bus, 0x604, 2) == 0, "there");
    config(PIIX4_PMBA, 0xb001, 4);
    CHECK(bus_in(&bus, 0x604, 2) == 0xffff && bus_in(&bus, 0xb004, 2) == 0, "moved");
    config(PIIX4_PMBA, 0x601, 4);
}

static void test_timer(void)
{
    clk.now = 0;
    piix4_pm_ops.write(&pm, 0, 1, 2);
    CHECK(bus_in(&bus, 0x608, 4) == 0, "the timer begins with the clock");
    clk.now = 1000 * CLOCK_PIT_TICK;
    CHECK(bus_in(&bus, 0x608, 4) == 3000, "three ticks for one of the 8254: %u",
          bus_in(&bus, 0x608, 4));
    clk.now += CLOCK_PIT_TICK / 3;
    CHECK(bus_in(&bus, 0x608, 4) == 3000, "not yet");
    clk.now++;
    CHECK(bus_in(&bus, 0x608, 4) == 3001, "now");
    CHECK(clock_next(&clk) == CLOCK_NEVER, "no event while nobody asks");
    bus_out(&bus, 0xb2, PIIX4_ACPI_ENABLE, 1);
    CHECK(bus_in(&bus, 0x604, 2) & 1, "ACPI is on at once");
    bus_out(&bus, 0x602, 1, 2);
    uint64_t due = clock_next(&clk);
    clk.now = due - 1;
    CHECK(bus_in(&bus, 0x608, 4) == 0x7fffff && !(bus_in(&bus, 0x600, 2) & 1), "before bit 23");
    clk.now = due;
    clock_fire(&clk);
    CHECK(bus_in(&bus, 0x608, 4) == 0x800000 && (bus_in(&bus, 0x600, 2) & 1) && sci,
          "bit 23 has changed: SCI");
    bus_out(&bus, 0x600, 1, 2);
    CHECK(!(bus_in(&bus, 0x600, 2) & 1) && !sci, "cleared");
    clk.now = clock_next(&clk);
    clock_fire(&clk);
    CHECK(bus_in(&bus, 0x608, 4) == 0 && sci, "24 bits, and again");
    bus_out(&bus, 0x602, 0, 2);
    CHECK(!sci && clock_next(&clk) == CLOCK_NEVER, "disabled");
    CHECK(bus_in(&bus, 0x60a, 2) == 0 && bus_in(&bus, 0x60b, 1) == 0, "in parts");
}

static void test_button(void)
{
    piix4_pm_button(&pm);
    CHECK(bus_in(&bus, 0x600, 2) & 0x100 && !sci, "seen, but not enabled");
    bus_out(&bus, 0x603, 1, 1);
    CHECK(sci, "enabled by its byte");
    CHECK(piix4_pm_listens(&pm), "the guest listens");
    bus_out(&bus, 0xb2, PIIX4_ACPI_DISABLE, 1);
    CHECK(!sci, "no SCI without ACPI");
    CHECK(!piix4_pm_listens(&pm), "nor does anybody listen");
    bus_out(&bus, 0xb2, PIIX4_ACPI_ENABLE, 1);
    bus_out(&bus, 0x601, 1, 1);
    CHECK(!sci && !(bus_in(&bus, 0x600, 2) & 0x100), "write 1 clears, by its byte too");
    bus_out(&bus, 0x628, 2, 4);
    CHECK(bus_in(&bus, 0x600, 2) & 0x20, "firmware gives the global lock back: GBL_STS");
}

static void test_off(void)
{
    bus_out(&bus, 0x604, 0x2401, 2);
    CHECK(offs == 0, "suspend to RAM does not exist");
    bus_out(&bus, 0x604, 0x0001, 2);
    CHECK(offs == 0 && bus_in(&bus, 0x604, 2) == 1, "SUS_EN does it");
    bus_out(&bus, 0x604, 0x2001, 2);
    CHECK(offs == 1 && bus_in(&bus, 0x604, 2) == 1, "soft off; SUS_EN reads 0");
    bus_out(&bus, 0x605, 0x20, 1);
    CHECK(offs == 2, "by its byte");
}

static void test_snapshot(void)
{
    struct snap s, l;
    bus_out(&bus, 0x602, 1, 2);
    snap_save_init(&s);
    clock_snap(&clk, &s);
    piix4_pm_snap(&pm, &s);
    uint64_t due = clock_next(&clk);
    piix4_pm_reset(&pm);
    CHECK(bus_in(&bus, 0x604, 2) == 0xffff && clock_next(&clk) == CLOCK_NEVER, "reset");
    snap_load_init(&l, s.buf, s.len);
    clock_snap(&clk, &l);
    piix4_pm_snap(&pm, &l);
    CHECK(snap_ok(&l) && bus_in(&bus, 0x604, 2) == 1 && clock_next(&clk) == due, "restored");
    for (size_t n = 0; n < s.len; n++) {
        s.buf[n] ^= 0xff;
        snap_load_init(&l, s.buf, s.len);
        clock_snap(&clk, &l);
        piix4_pm_snap(&pm, &l);
        (void)piix4_pm_ops.read(&pm, 8, 4);
        piix4_pm_ops.write(&pm, 0, 0xffffffff, 4);
        s.buf[n] ^= 0xff;
    }
    snap_free(&s);
}

int main(void)
{
    const struct irq none[PCI_PIRQS] = {{0}};
    struct error err = {.text = ""};
    if (!bus_init(&bus, 1 << 20, NULL, &err))
        return 1;
    clock_init(&clk);
    pci_init(&pci, &bus, none, NULL);
    piix4_pm_init(&pm, &clk, &bus, (struct irq){sci_set, NULL, 0}, off, NULL, NULL);
    pci_attach(&pci, 1, 3, &pm.pci);
    bus_map_ports(&bus, "apm", 0xb2, 2, &piix4_apm_ops, &pm);
    piix4_pm_reset(&pm);
    test_place();
    test_timer();
    test_button();
    test_off();
    test_snapshot();
    bus_fini(&bus);
    return report_end();
}
