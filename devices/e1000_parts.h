/* SPDX-License-Identifier: MIT */
/* e1000_parts.h - what the files of the e1000 share: registers by name, and each other's functions. */
#ifndef DEVICES_E1000_PARTS_H
#define DEVICES_E1000_PARTS_H

#include "devices/e1000.h"

/* Offsets (SDM 13.4). */
enum {
    CTRL = 0x0000,
    STATUS = 0x0008,
    EECD = 0x0010,
    EERD = 0x0014,
    CTRL_EXT = 0x0018,
    MDIC = 0x0020,
    FCAL = 0x0028,
    FCAH = 0x002c,
    FCT = 0x0030,
    VET = 0x0038,
    ICR = 0x00c0,
    ITR = 0x00c4,
    ICS = 0x00c8,
    IMS = 0x00d0,
    IMC = 0x00d8,
    RCTL = 0x0100,
    TCTL = 0x0400,
    LEDCTL = 0x0e00,
    PBA = 0x1000,
    RDBAL = 0x2800,
    RDBAH = 0x2804,
    RDLEN = 0x2808,
    RDH = 0x2810,
    RDT = 0x2818,
    TDBAL = 0x3800,
    TDBAH = 0x3804,
    TDLEN = 0x3808,
    TDH = 0x3810,
    TDT = 0x3818,
    STATISTICS = 0x4000,
    MPC = 0x4010,
    PRC64 = 0x405c,
    GPRC = 0x4074,
    BPRC = 0x4078,
    MPRC = 0x407c,
    GPTC = 0x4080,
    GORC = 0x4088, /* low half; the high one follows */
    GOTC = 0x4090,
    RNBC = 0x40a0,
    ROC = 0x40ac,
    TOR = 0x40c0,
    TOT = 0x40c8,
    TPR = 0x40d0,
    TPT = 0x40d4,
    PTC64 = 0x40d8,
    MPTC = 0x40f0,
    BPTC = 0x40f4,
    TSCTC = 0x40f8,
    STATISTICS_END = 0x4100,
    RXCSUM = 0x5000,
    MTA = 0x5200,
    RAL = 0x5400,
    RAH = 0x5404,
    VFTA = 0x5600,
};

enum {
    CTRL_FD = 1u << 0,
    CTRL_SLU = 1u << 6,
    CTRL_SPEED_1000 = 2u << 8,
    CTRL_RST = 1u << 26,
    CTRL_VME = 1u << 30,
    CTRL_PHY_RST = 1u << 31,

    STATUS_LU = 1u << 1,

    RCTL_EN = 1u << 1,
    RCTL_UPE = 1u << 3,
    RCTL_MPE = 1u << 4,
    RCTL_LPE = 1u << 5,
    RCTL_LBM = 3u << 6,
    RCTL_BAM = 1u << 15,
    RCTL_VFE = 1u << 18,
    RCTL_BSEX = 1u << 25,
    RCTL_SECRC = 1u << 26,

    TCTL_EN = 1u << 1,
    TCTL_PSP = 1u << 3,
};

/* Interrupt causes (SDM 13.4.17). */
enum {
    CAUSE_TXDW = 1u << 0,
    CAUSE_TXQE = 1u << 1,
    CAUSE_LSC = 1u << 2,
    CAUSE_RXDMT0 = 1u << 4,
    CAUSE_RXO = 1u << 6,
    CAUSE_RXT0 = 1u << 7,
    CAUSE_MDAC = 1u << 9,
};

#define REG(e, offset) ((e)->reg[(offset) / 4])

static inline uint16_t e1000_get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t e1000_get32(const uint8_t *p)
{
    return e1000_get16(p) | (uint32_t)e1000_get16(p + 2) << 16;
}

/* e1000.c */
void e1000_cause(struct e1000 *e, uint32_t causes);
/* Statistics stop at their greatest value. */
void e1000_count(struct e1000 *e, unsigned offset);
void e1000_count_octets(struct e1000 *e, unsigned low, unsigned octets);
/* A frame with FCS in the counter of its size: first is PRC64 or PTC64. */
void e1000_count_size(struct e1000 *e, unsigned first, unsigned length);
/* DMA; what a 64-bit address beyond 4 GiB names is nowhere. */
void e1000_fetch(struct e1000 *e, uint64_t at, void *buf, uint32_t n);
void e1000_store(struct e1000 *e, uint64_t at, const void *buf, uint32_t n);

/* e1000_phy.c */
void e1000_eeprom_init(struct e1000 *e, const uint8_t address[6]);
uint32_t e1000_eecd_read(const struct e1000 *e);
void e1000_eecd_write(struct e1000 *e, uint32_t v);
void e1000_eerd_write(struct e1000 *e, uint32_t v);
void e1000_mdic_write(struct e1000 *e, uint32_t v);
void e1000_phy_power_on(struct e1000 *e);
void e1000_phy_reset(struct e1000 *e);
bool e1000_phy_loopback(const struct e1000 *e);
bool e1000_link(const struct e1000 *e);
void e1000_link_up(void *e1000);

/* e1000_tx.c */
void e1000_transmit_kick(struct e1000 *e);
void e1000_transmit_fire(void *e1000);

/* e1000_sum.c: the Internet checksum over bytes, not yet complemented; start is added. */
uint16_t e1000_sum(const uint8_t *bytes, unsigned n, uint32_t start);
uint16_t e1000_fold(uint32_t sum);

#endif
