/* SPDX-License-Identifier: MIT */
/* test_devices_info.c - every chip can describe itself, and looking changes nothing. */
#include "base/clock.h"
#include "base/out.h"
#include "devices/debugcon.h"
#include "devices/exitport.h"
#include "devices/kbc.h"
#include "devices/pic.h"
#include "devices/pit.h"
#include "devices/port61.h"
#include "devices/port92.h"
#include "devices/ps2kbd.h"
#include "devices/rtc.h"
#include "devices/uart.h"
#include "devices/vga.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

static char text[4096];
static struct out o;
static struct vga vga, vga_copy;

/* LOOK(chip, function, words that must be in its description) */
#define LOOK(chip, copy, info, words)                                                              \
    do {                                                                                           \
        memcpy(&(copy), &(chip), sizeof(chip));                                                    \
        out_buffer(&o, text, sizeof text);                                                         \
        info(&(chip), &o);                                                                         \
        CHECK(strstr(text, words) != NULL, "%s says: %s", #info, text);                            \
        CHECK(memcmp(&(copy), &(chip), sizeof(chip)) == 0, "%s changes nothing", #info);           \
    } while (0)

int main(void)
{
    struct clock k;
    struct irq none = {0};
    struct ps2_device nobody = {0};
    struct pic pic, pic_copy;
    struct pit pit, pit_copy;
    struct rtc rtc, rtc_copy;
    struct kbc kbc, kbc_copy;
    struct ps2kbd kbd, kbd_copy;
    struct uart uart, uart_copy;
    struct port61 p61, p61_copy;
    struct port92 p92, p92_copy;
    struct debugcon con, con_copy;
    struct exitport ex, ex_copy;

    static struct vga_memory video;

    clock_init(&k);
    pic_init(&pic, "master", none, (struct pic_slave){0}, 0xF8, NULL);
    pit_init(&pit, &k, none, none, none, NULL);
    rtc_init(&rtc, &k, none, 1700000000, NULL);
    kbc_init(&kbc, &k, none, none, none, none, nobody, nobody, NULL);
    ps2kbd_init(&kbd, &k, none, NULL);
    uart_init(&uart, "com1", &k, none, NULL, NULL, NULL);
    port61_init(&p61, &k, (struct port61_timer){0}, NULL);
    port92_init(&p92, none, none, NULL);
    debugcon_init(&con, NULL, NULL);
    exitport_init(&ex, NULL, NULL, NULL);
    vga_init(&vga, &k, &(struct vga_board){.memory = &video}, NULL);

    LOOK(pic, pic_copy, pic_info, "not initialised");
    pit_ops.write(&pit, 3, 0x34, 1);
    pit_ops.write(&pit, 0, 0x9C, 1);
    pit_ops.write(&pit, 0, 0x2E, 1);
    k.now += 100 * CLOCK_PIT_TICK;
    LOOK(pit, pit_copy, pit_info, "pit 0: mode 2 binary both bytes, count register 11932");
    LOOK(pit, pit_copy, pit_info, "now 11833, gate 1, out 1, 99.9 Hz");
    LOOK(rtc, rtc_copy, rtc_info, "2023-11-14 22:13:20 weekday 3 (BCD, 24 h)");
    LOOK(kbc, kbc_copy, kbc_info, "A20 open");
    LOOK(kbd, kbd_copy, ps2kbd_info, "repeat after 500 ms, every 91 ms");
    ps2kbd_key(&kbd, 4, true);
    LOOK(kbd, kbd_copy, ps2kbd_info, "waiting: 1c\n");
    LOOK(kbd, kbd_copy, ps2kbd_info, "held (usage): 04");
    LOOK(uart, uart_copy, uart_info, "9600 baud");
    uart_ops.write(&uart, 3, 0x1F, 1);
    uart_ops.write(&uart, 1, 0x05, 1);
    uart_ops.write(&uart, 4, 0x0B, 1);
    LOOK(uart, uart_copy, uart_info, "8 data bits, even parity, 2 stop bits");
    LOOK(uart, uart_copy, uart_info, "interrupts enabled: receiver, line status; INTR low");
    LOOK(uart, uart_copy, uart_info, "outputs: DTR, RTS, OUT2; line status: transmitter empty");
    LOOK(p61, p61_copy, port61_info, "gate closed");
    LOOK(p92, p92_copy, port92_info, "A20 gate closed");
    LOOK(con, con_copy, debugcon_info, "0 bytes");
    LOOK(ex, ex_copy, exitport_info, "not connected");
    LOOK(vga, vga_copy, vga_info, "graphics  ");
    vga_set_text_mode(&vga);
    LOOK(vga, vga_copy, vga_info, "frame 449 lines at 70 Hz");
    return report_end();
}
