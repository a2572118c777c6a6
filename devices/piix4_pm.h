/* SPDX-License-Identifier: MIT */
/*
 * piix4_pm.h - power management of the PIIX4: function 3 of slot 1. ACPI's fixed hardware, the port by
 * which software calls firmware (B2h), power-off.
 *
 * Source: Intel 82371AB (PIIX4) data sheet (290562), chapters 7.3 (I/O) and 7.2 (configuration).
 *
 *   at PMBA, 64 ports   00 PMSTS   15 RSM | 10 RTC | 8 PWRBTN | 5 GBL | 4 BM | 0 TMROF    (write 1 clears)
 *                       02 PMEN    10 RTC | 8 PWRBTN | 5 GBL | 0 TMROF
 *                       04 PMCNTRL 13 SUS_EN | 12-10 SUS_TYP | 2 GBL_RLS | 1 BRLD | 0 SCI_EN
 *                       08 PMTMR   24 bits at 3.579545 MHz: three ticks for one of the 8254
 *                       0C GPSTS, 0E GPEN, and others that are kept
 *   configuration       40 PMBA    58 DEVACTB (25 APMC_EN)    80 PMREGMISC (0 PMIOSE)    90 SMBBA    D2
 *
 * - The timer's overflow is its bit 23 changing; an event is armed only while that would raise SCI.
 * - SCI is high while an enabled status bit is set, and SCI_EN.
 * - There is no system management mode: APMC F1h sets SCI_EN and F0h clears it at once, as the handler
 *   behind that port does, and APMC_EN is set from reset on, as if that handler were installed.
 * - SUS_EN with SUS_TYP 0 is power-off; other states are ignored.
 *
 * Not modelled: SMI, the SMBus host (its address is kept), device traps, throttling, C2 and C3, bus master
 * status, thermal and lid inputs.
 */
#ifndef DEVICES_PIIX4_PM_H
#define DEVICES_PIIX4_PM_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"
#include "devices/pci.h"

struct bus;
struct io_ops;
struct out;
struct snap;
struct trace;

enum { PIIX4_PM_DEVICE = 0x7113, PIIX4_PMBA = 0x40, PIIX4_PMREGMISC = 0x80 };
enum { PIIX4_ACPI_ENABLE = 0xf1, PIIX4_ACPI_DISABLE = 0xf0 }; /* written to B2h */

struct piix4_pm {
    struct pci_function pci;
    struct clock *clock;           /* time */
    struct bus *bus;               /* where the ports are */
    struct irq sci;                /* system control interrupt */
    void (*power_off)(void *ctx);  /* the guest entered S5 */
    void *ctx;                     /* passed to power_off */
    struct trace *trace;           /* may be NULL */
    struct event overflow;         /* bit 23 of the timer changes, while SCI would tell */
    uint64_t overflow_seen;        /* changes of bit 23 up to the last time TMROF was cleared */
    uint16_t status, enable;       /* PMSTS without TMROF, PMEN */
    uint16_t control;              /* PMCNTRL */
    uint16_t gp_status, gp_enable; /* GPSTS, GPEN */
    uint8_t kept[64];              /* registers without effect, as written */
    uint8_t apm[2];                /* APMC, APMS */
    bool level;                    /* of SCI */
    unsigned range;                /* the ports' mapping, 0: none */
    uint16_t at;                   /* and where it is */
};

extern const struct io_ops piix4_pm_ops;
extern const struct io_ops piix4_apm_ops; /* offset 0 APMC, 1 APMS */

void piix4_pm_init(struct piix4_pm *p, struct clock *k, struct bus *b, struct irq sci,
                   void (*power_off)(void *ctx), void *ctx, struct trace *t);
void piix4_pm_reset(struct piix4_pm *p);
void piix4_pm_snap(struct piix4_pm *p, struct snap *s);
void piix4_pm_info(const struct piix4_pm *p, struct out *to);
void piix4_pm_button(struct piix4_pm *p); /* the power button is pressed */
/* The guest has asked to be told of the button. */
bool piix4_pm_listens(const struct piix4_pm *p);

#endif
