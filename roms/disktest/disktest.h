/* SPDX-License-Identifier: MIT */
/*
 * disktest.h - what the files of the disk test share: ports, a line of text on COM1, the count of
 * facts; a driver for one IDE channel and its bus master.
 */
#ifndef DISKTEST_H
#define DISKTEST_H

#include <stdbool.h>
#include <stdint.h>

#define SECTOR 512u

static inline void outb(uint16_t port, uint8_t v)
{
    __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t v;
    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

static inline void outl(uint16_t port, uint32_t v)
{
    __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t v;
    __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

static inline void insw(uint16_t port, void *to, uint32_t n)
{
    __asm__ volatile("rep insw" : "+D"(to), "+c"(n) : "d"(port) : "memory");
}

static inline void insl(uint16_t port, void *to, uint32_t n)
{
    __asm__ volatile("rep insl" : "+D"(to), "+c"(n) : "d"(port) : "memory");
}

static inline void outsw(uint16_t port, const void *from, uint32_t n)
{
    __asm__ volatile("rep outsw" : "+S"(from), "+c"(n) : "d"(port) : "memory");
}

/* ---- main.c: COM1, facts ---- */

void say(const char *text);
void say_number(uint32_t v);
void say_hex(uint32_t v);
/* A fact that must hold; said when it does not. True if it does. */
bool check(bool good, const char *what, uint32_t got, uint32_t want);
uint32_t option(const char *name, uint32_t otherwise); /* name=NUMBER of the command line */
bool word(const char *name);                           /* NAME is in the command line */

/* ---- ide.c: the driver ---- */

struct ide {
    uint16_t base, control; /* command block, control block */
    uint16_t master;        /* bus master's ports of this channel, 0: none */
    uint8_t unit;           /* 0 or 1 */
};

enum { ERROR = 1, COUNT, LOW, MID, HIGH, DEVICE, STATUS };
enum { ERR = 0x01, DRQ = 0x08, DRDY = 0x40, BSY = 0x80 };

uint8_t ide_get(const struct ide *d, unsigned reg);
void ide_put(const struct ide *d, unsigned reg, uint8_t v);
/* The status when the drive is no longer busy; BSY if it stays so. */
uint8_t ide_wait(const struct ide *d);
void ide_reset(const struct ide *d);
/* Selects the drive and fills its task file; ext: with 48-bit addresses. */
void ide_address(const struct ide *d, uint32_t lba, uint32_t count, bool ext);
uint8_t ide_command(const struct ide *d, uint8_t code);
/* All of a command's data by PIO, `block` sectors for each DRQ; the last status. */
uint8_t ide_read(const struct ide *d, uint8_t code, uint32_t count, uint32_t block, void *to);
uint8_t ide_write(const struct ide *d, uint8_t code, uint32_t count, uint32_t block,
                  const void *from);
/* A command whose task file is filled, by DMA in two regions. */
uint8_t ide_dma(const struct ide *d, uint8_t code, bool to_memory, void *data, uint32_t bytes);
/* A packet command that gives up to `most` bytes, at most `limit` at a time; how many came, or -1. */
int32_t ide_packet(const struct ide *d, const uint8_t packet[12], void *to, uint32_t most,
                   uint32_t limit);
uint8_t ide_packet_dma(const struct ide *d, const uint8_t packet[12], void *to, uint32_t bytes);
/* Looks for the bus master among the PCI functions. */
uint16_t ide_find_master(void);

/* ---- disk.c, cdrom.c: the tests; write.c: endless writing ---- */

void test_disk(struct ide *d);
void test_cdrom(struct ide *d);
void write_for_ever(const struct ide *d);

#endif
