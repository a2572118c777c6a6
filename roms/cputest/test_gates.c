/* SPDX-License-Identifier: MIT */
/*
 * test_gates.c - calls through call gates: from rings 1 to 3 to every ring that is as privileged
 * or more, conforming and not, 16- and 32-bit gates, 0 to 31 parameters: the stack it switches
 * to, the return address, the copied parameters and the old stack pointer.
 *
 * Source: Intel SDM vol. 3, 5.8.3 to 5.8.5 (figures 5-12 and 5-13). The faults of call gates are
 * in test_rings.S and test_seg.S.
 */
#include "rt.h"

#define CODE(n) (0x40 + 8 * (n))
#define DATA(n) (0x60 + 8 * (n))
#define GATE 0x80
#define CONFORMING(n) (0x88 + 8 * (n))
#define MOST 31
#define VEC_END 0x31

extern u32 rt_gdt[], rt_tss[];
extern u32 gates_cs, gates_ss, gates_esp, gates_vector, gates_entry_esp, gates_entry_ss;
extern u32 gates_entry_cs;
extern u8 gates_frame[];
void gates_run(void);
void gates_return(void);
void gates_target(void);

static u32 stacks[2][64]; /* of rings 1 and 2 */
static u32 outer[64 + MOST];

struct call {
    u32 from, to;   /* rings */
    u32 conforming; /* the target */
    u32 size;       /* 4 or 2: the kind of the gate */
    u32 count;      /* parameters */
};

static void check(const struct call *c, const char *name, u32 got, u32 want)
{
    if (got == want) {
        rt_report_pass();
        return;
    }
    rt_puts("ring ");
    rt_putdec(c->from);
    rt_puts(" to ");
    rt_putdec(c->to);
    rt_puts(c->conforming ? " conforming" : "");
    rt_puts(", bytes ");
    rt_putdec(c->size);
    rt_puts(", parameters ");
    rt_putdec(c->count);
    rt_puts("\n");
    rt_report_eq(name, got, want);
}

static u32 slot_value(const struct call *c, u32 n)
{
    const u8 *p = gates_frame + n * c->size;

    return c->size == 4 ? *(const u32 *)p : *(const u16 *)p;
}

static void run(const struct call *c)
{
    u32 selector = c->conforming ? CONFORMING(c->to) : CODE(c->to), target = (u32)gates_target;
    u32 switches = !c->conforming && c->to < c->from;
    u32 mask = c->size == 4 ? 0xffffffff : 0xffff;
    const u8 *params = (const u8 *)(outer + 64);

    rt_gdt[GATE / 4] = selector << 16 | (target & 0xffff);
    rt_gdt[GATE / 4 + 1] = (target & 0xffff0000) | (c->size == 4 ? 0xec00 : 0xe400) | c->count;
    gates_cs = CODE(c->from) | c->from;
    gates_ss = DATA(c->from) | c->from;
    gates_esp = (u32)params;
    gates_run();
    check(c, "vector", gates_vector, VEC_END);
    check(c, c->conforming ? "cs of conforming code" : "cs", gates_entry_cs,
          selector | (c->conforming ? c->from : c->to));
    check(c, "ss", gates_entry_ss, switches ? DATA(c->to) | c->to : gates_ss);
    u32 base = switches ? rt_tss[1 + 2 * c->to] : gates_esp;
    u32 entries = switches ? 4 + c->count : 2;
    check(c, "esp", gates_entry_esp, base - entries * c->size);
    check(c, "return eip", slot_value(c, 0), (u32)gates_return & mask);
    check(c, "return cs", slot_value(c, 1) & 0xffff, gates_cs);
    if (!switches)
        return;
    for (u32 n = 0; n < c->count; n++) {
        const u8 *p = params + n * c->size;

        check(c, "parameter", slot_value(c, 2 + n),
              c->size == 4 ? *(const u32 *)p : *(const u16 *)p);
    }
    check(c, "old esp", slot_value(c, 2 + c->count), gates_esp & mask);
    check(c, "old ss", slot_value(c, 3 + c->count) & 0xffff, gates_ss);
}

void test_main(void)
{
    struct call c;

    for (u32 n = 0; n < 4; n++) {
        rt_gdt[CODE(n) / 4] = rt_gdt[DATA(n) / 4] = rt_gdt[CONFORMING(n) / 4] = 0xffff;
        rt_gdt[CODE(n) / 4 + 1] = 0xcf9b00 | n << 13;
        rt_gdt[DATA(n) / 4 + 1] = 0xcf9300 | n << 13;
        rt_gdt[CONFORMING(n) / 4 + 1] = 0xcf9f00 | n << 13;
    }
    rt_tss[2] = DATA(0);
    rt_tss[3] = (u32)(stacks[0] + 64);
    rt_tss[4] = DATA(1) | 1;
    rt_tss[5] = (u32)(stacks[1] + 64);
    rt_tss[6] = DATA(2) | 2;
    for (u32 n = 0; n < MOST; n++)
        outer[64 + n] = 0x01020304 * (n + 1);
    for (c.from = 1; c.from < 4; c.from++)
        for (c.to = 0; c.to <= c.from; c.to++)
            for (c.conforming = 0; c.conforming < 2; c.conforming++)
                for (c.size = 2; c.size <= 4; c.size += 2)
                    for (c.count = 0; c.count <= MOST; c.count++)
                        run(&c);
}
