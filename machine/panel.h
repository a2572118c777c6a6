/* SPDX-License-Identifier: MIT */
/*
 * panel.h - the front of the case: what a look at the machine tells a user who debugs nothing. The
 * processor's mode, the keyboard's lamps, the lights of the drives, and what of the buttons and the
 * mouse the guest pays attention to. Looking changes nothing.
 *
 * A light is a counter that goes up with every use, so that a viewer can tell a blink between two
 * looks from none. That of a floppy drive is on while its motor runs and it is selected.
 */
#ifndef MACHINE_PANEL_H
#define MACHINE_PANEL_H

#include "base/types.h"

struct machine;

enum panel_mode { PANEL_REAL, PANEL_V86, PANEL_PROTECTED };
enum panel_light { PANEL_DISK, PANEL_CDROM, PANEL_FLOPPY, PANEL_NETWORK, PANEL_LIGHTS };
enum { PANEL_SCROLL = 1, PANEL_NUM = 2, PANEL_CAPS = 4 }; /* the keyboard's own bits (EDh) */

struct panel {
    enum panel_mode mode;         /* of the processor */
    bool paging;                  /* CR0.PG */
    bool code32;                  /* 32-bit code segment */
    uint8_t cpl;                  /* privilege level */
    bool idle;                    /* in HLT */
    uint8_t lamps;                /* PANEL_SCROLL | ... */
    uint64_t light[PANEL_LIGHTS]; /* how often the drive or card was used */
    bool on[PANEL_LIGHTS];        /* lit, whatever the counter says */
    bool fitted[PANEL_LIGHTS];    /* there is one */
    bool mouse;                   /* the guest has asked the mouse to report */
    bool power_button;            /* the guest wants to hear of the power button */
};

void machine_panel(const struct machine *m, struct panel *p);

#endif
