/* SPDX-License-Identifier: MIT */
/*
 * write.c - writes for ever, flushes now and then, and says on COM1 up to where everything was flushed: the
 * harness kills the emulator at any moment and looks whether it is there (tests/disk/verify.c
 * knows the same numbers).
 *
 * Write i, from=N on, covers 1 to 8 sectors; each of them begins with a mark, its sector, and i, and goes on
 * with words made of these. A failed write or flush ends the run: "E i".
 */
#include "disktest.h"

static uint32_t data[8 * 128];

static uint32_t scramble(uint32_t v)
{
    v ^= v >> 16;
    v *= 0x7feb352d;
    v ^= v >> 15;
    v *= 0x846ca68b;
    return v ^ v >> 16;
}

void write_for_ever(const struct ide *d)
{
    uint32_t sectors = option("sectors", 0);
    for (uint32_t i = option("from", 0);; i++) {
        uint32_t lba = scramble(i) % (sectors - 8), count = scramble(i + 0x55555555) % 8 + 1;
        for (uint32_t s = 0; s < count; s++) {
            uint32_t *w = data + s * 128;
            w[0] = 0x6b736964;
            w[1] = lba + s;
            w[2] = i;
            for (uint32_t n = 3; n < 128; n++)
                w[n] = scramble(w[1] + i) + n;
        }
        ide_address(d, lba, count, i & 1);
        uint8_t status = ide_write(d, i & 1 ? 0x34 : 0x30, count, 1, data);
        bool flush = scramble(i + 0x33333333) % 4 == 0;
        if (!(status & ERR) && flush)
            status = ide_command(d, i & 1 ? 0xea : 0xe7);
        if (status & ERR) {
            say("E ");
            say_number(i);
            say("\n");
            return;
        }
        if (flush) {
            say("F ");
            say_number(i);
            say("\n");
        }
    }
}
