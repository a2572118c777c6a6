/* SPDX-License-Identifier: MIT */
/*
 * test_queries.c - LAR, LSL, VERR and VERW of every access byte (type, DPL, P) with every RPL,
 * both granularities, in the GDT: ZF and the value against the definitions of the manual.
 *
 * Source: Intel SDM vol. 2, LAR (table 3-53), LSL (table 3-54), VERR/VERW. Ring 0 only; null
 * selectors and those beyond the limit are in test_seg.S.
 */
#include "rt.h"

#define SLOT 0x40
#define KEPT 0x5a5a5a5a

extern u32 rt_gdt[];

struct answer {
    u32 value; /* what the destination holds afterwards */
    u8 zf;
};

static struct answer lar(u32 selector)
{
    struct answer a = {KEPT, 0};

    __asm__ volatile("lar %2, %0; setz %1" : "+r"(a.value), "=q"(a.zf) : "r"(selector) : "cc");
    return a;
}

static struct answer lsl(u32 selector)
{
    struct answer a = {KEPT, 0};

    __asm__ volatile("lsl %2, %0; setz %1" : "+r"(a.value), "=q"(a.zf) : "r"(selector) : "cc");
    return a;
}

static u8 verr(u32 selector)
{
    u8 zf;

    __asm__ volatile("verr %w1; setz %0" : "=q"(zf) : "r"(selector) : "cc");
    return zf;
}

static u8 verw(u32 selector)
{
    u8 zf;

    __asm__ volatile("verw %w1; setz %0" : "=q"(zf) : "r"(selector) : "cc");
    return zf;
}

/* System types that LAR and LSL know: TSS, LDT; and LAR the call and task gates. */
static int lar_type(u32 type)
{
    return (1u << type & 0x1a3e) != 0; /* 1 2 3 4 5 9 b c */
}

static int lsl_type(u32 type)
{
    return (1u << type & 0x0a0e) != 0; /* 1 2 3 9 b */
}

static void check(const char *name, u32 access, u32 rpl, u32 got, u32 want)
{
    if (got == want) {
        rt_report_pass();
        return;
    }
    rt_puts("access byte ");
    rt_puthex(access);
    rt_puts(" rpl ");
    rt_putdec(rpl);
    rt_puts("\n");
    rt_report_eq(name, got, want);
}

static void one(u32 access, u32 rpl, u32 granular)
{
    u32 type = access & 15, dpl = access >> 5 & 3, segment = access & 16;
    u32 code = segment && (type & 8), conforming = code && (type & 4);
    u32 visible = conforming || dpl >= rpl, low = 0x23451234, high = 0x00430000 | access << 8;
    struct answer a;

    high |= granular ? 0x00800000 : 0;
    rt_gdt[SLOT / 4] = low;
    rt_gdt[SLOT / 4 + 1] = high;
    u32 can_lar = visible && (segment || lar_type(type));
    a = lar(SLOT | rpl);
    check("lar: zf", access, rpl, a.zf, can_lar);
    check("lar: value", access, rpl, can_lar ? a.value & 0x00f0ff00 : a.value,
          can_lar ? high & 0x00f0ff00 : KEPT);
    u32 can_lsl = visible && (segment || lsl_type(type));
    u32 limit = granular ? 0x31234fff : 0x31234;
    a = lsl(SLOT | rpl);
    check("lsl: zf", access, rpl, a.zf, can_lsl);
    check("lsl: value", access, rpl, a.value, can_lsl ? limit : KEPT);
    u32 readable = segment && (!code || (type & 2));
    check("verr: zf", access, rpl, verr(SLOT | rpl), visible && readable);
    u32 writable = segment && !code && (type & 2);
    check("verw: zf", access, rpl, verw(SLOT | rpl), visible && writable);
}

void test_main(void)
{
    for (u32 access = 0; access < 256; access++)
        for (u32 rpl = 0; rpl < 4; rpl++)
            for (u32 granular = 0; granular < 2; granular++)
                one(access, rpl, granular);
}
