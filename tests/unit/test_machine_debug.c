/* SPDX-License-Identifier: MIT */
/*
 * test_machine_debug.c - the debug door (machine/debug.h) on a small program with interrupts, faults,
 * ports, paging and loops, on each engine. Above all: points whose verdict is "go on" leave no
 * trace, whatever they watch.
 */
#include "machine/debug.h"

#include "machine/config.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

#define AT UINT32_C(0x100000) /* where the program lies */
#define FOREVER UINT64_MAX

/* Flat segments by the loader's own descriptors: the program brings its GDT, IDT and page tables. */
extern const uint8_t program[], program_end[];
__asm__(".section .rodata\n"
        ".balign 4096\n"
        ".code32\n"
        ".globl program, program_end\n"
        "program:\n"
        "  lgdt gdtr - program + 0x100000\n"
        "  lidt idtr - program + 0x100000\n"
        "  mov $0x180000, %esp\n"
        "  movl $0x00600007, 0x210000 + 4\n" /* directory 1: the table at 600000 */
        "  movl $0x00000083, 0x210000\n"     /* directory 0: a 4 MiB page, the same address */
        "  movl $0x00250007, 0x600000\n"     /* 400000 and 401000 lead to 250000 */
        "  movl $0x00250007, 0x600004\n"
        "  mov %cr4, %eax; or $0x10, %eax; mov %eax, %cr4\n"
        "  mov $0x210000, %eax; mov %eax, %cr3\n"
        "  mov %cr0, %eax; or $0x80000000, %eax\n"
        "  mov %eax, %cr0\n" /* from here: paging */
        "  mov $5, %ecx\n"
        ".globl in_loop\n"
        "in_loop:\n"
        "  inc %ebx\n"
        ".globl in_middle\n"
        "in_middle:\n"
        "  add $3, %edx\n"
        "  dec %ecx\n"
        "  jnz in_loop\n"
        "  movl $0x1234, 0x400010\n"
        ".globl by_alias\n"
        "by_alias:\n"
        "  movw $0x5678, 0x401010\n"
        "  mov 0x400010, %eax\n"
        "  mov $0x220000, %edi; mov $100, %ecx; cld\n"
        ".globl at_rep\n"
        "at_rep:\n"
        "  rep stosl\n"
        ".globl after_rep\n"
        "after_rep:\n"
        "  mov $0x5a, %al; out %al, $0x80; in $0x61, %al\n"
        ".globl at_ud\n"
        "at_ud:\n"
        "  ud2\n" /* its handler steps over it */
        ".globl after_ud\n"
        "after_ud:\n"
        "  int $0x30\n"
        "  sti\n"
        ".globl at_hlt\n"
        "at_hlt:\n"
        "  hlt\n" /* until the timer */
        ".globl after_hlt\n"
        "after_hlt:\n"
        "  cli\n"
        "  nop\n"
        "  mov $7, %eax; out %eax, $0xf4\n"
        "  jmp .\n"
        ".globl ud_handler\n"
        "ud_handler:\n"
        "  addl $2, (%esp)\n"
        "  iretl\n"
        ".globl timer_handler\n"
        "timer_handler:\n"
        "  push %eax; mov $0x20, %al; out %al, $0x20; pop %eax\n"
        "int_handler:\n"
        "  iretl\n"
        ".balign 8\n"
        "gdt: .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff\n"
        "gdtr: .word 31; .long gdt - program + 0x100000\n"
        ".macro gate to\n"
        "  .word \\to - program, 8, 0x8e00, 0x10\n"
        ".endm\n"
        ".balign 8\n"
        "idt: .fill 6, 8, 0\n"
        "  gate ud_handler\n"
        "  .quad 0\n"
        "  gate timer_handler\n"
        "  .fill 39, 8, 0\n"
        "  gate int_handler\n"
        "idtr: .word 0x30 * 8 + 7; .long idt - program + 0x100000\n"
        "program_end:\n"
        ".code64\n"
        ".text\n");
extern const uint8_t in_loop[], in_middle[], by_alias[], at_rep[], after_rep[], at_ud[], after_ud[],
    at_hlt[], after_hlt[], ud_handler[], timer_handler[];

static uint32_t addr(const uint8_t *label)
{
    return AT + (uint32_t)(label - program);
}

static struct machine *make(enum config_engine engine)
{
    struct config cfg = {
        .memory = 16u << 20, .cpu = CPU_PPRO, .engine = engine, .insn_cost_log2 = 3};
    struct machine_entry entry = {.protected_mode = true, .eip = AT};
    struct error err;
    struct machine *m = machine_new(&cfg, &err);
    if (!m) {
        printf("%s\n", err.text);
        exit(1);
    }
    machine_enter(m, &entry);
    bus_poke(machine_bus(m), AT, program, (size_t)(program_end - program));
    return m;
}

static enum machine_stop go(struct machine *m)
{
    return machine_run(m, FOREVER, FOREVER);
}

static int point(struct machine *m, enum debug_kind kind, uint32_t first, uint32_t last)
{
    struct debug_spec s = {.kind = kind, .first = first, .last = last};
    struct error err = {.text = ""};
    int id = debug_add(m, &s, &err);
    CHECK(id > 0, "debug_add: %s", err.text);
    return id;
}

static uint32_t reg(const struct machine *m, const char *name)
{
    int n = debug_reg_find(m, name, strlen(name));
    CHECK(n >= 0, "there is a register %s", name);
    return n < 0 ? 0 : (uint32_t)debug_reg_get(m, (unsigned)n);
}

static void stops_at(struct machine *m, int id, uint32_t eip, const char *what)
{
    enum machine_stop stop = go(m);
    const struct debug_stop *s = debug_stopped(m);
    CHECK(stop == MACHINE_BREAK && s->why == DEBUG_AT_POINT && s->point == id &&
              reg(m, "eip") == eip,
          "%s: stop %d why %d point %d at %08x, wanted point %d at %08x", what, (int)stop,
          (int)s->why, s->point, reg(m, "eip"), id, eip);
}

struct end {
    uint64_t icount, hash, now;
};

static struct end finish(struct machine *m)
{
    enum machine_stop stop = go(m);
    CHECK(stop == MACHINE_EXITED, "the program ends by itself (stop %d at %08x)", (int)stop,
          reg(m, "eip"));
    return (struct end){machine_icount(m), machine_hash(m), machine_now(m)};
}

static void same_end(struct machine *m, struct end want, const char *what)
{
    struct end e = finish(m);
    CHECK(e.icount == want.icount && e.hash == want.hash && e.now == want.now,
          "%s: the same end as undisturbed (%llu, %llu instructions)", what,
          (unsigned long long)e.icount, (unsigned long long)want.icount);
    machine_free(m);
}

static void test_exec(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    int id = point(m, DEBUG_EXEC, addr(in_middle), addr(in_middle));
    for (uint32_t n = 1; n <= 5; n++) {
        stops_at(m, id, addr(in_middle), "a point inside a hot block");
        CHECK(reg(m, "ebx") == n && reg(m, "edx") == 3 * (n - 1), "before it is executed: %u", n);
    }
    CHECK(debug_find(m, id)->hits == 5, "five hits");
    int rep = point(m, DEBUG_EXEC, addr(at_rep), addr(at_rep));
    stops_at(m, rep, addr(at_rep), "a point at REP");
    int after = point(m, DEBUG_EXEC, addr(after_rep), addr(after_rep));
    stops_at(m, after, addr(after_rep), "once for all iterations");
    CHECK(debug_remove(m, id) && debug_remove(m, rep) && !debug_remove(m, rep), "gone is gone");
    same_end(m, want, "exec");
}

static void test_exec_verdicts(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    struct error err;
    struct debug_spec s = {.kind = DEBUG_EXEC,
                           .where = WHERE_PHYSICAL,
                           .first = addr(in_loop),
                           .last = addr(in_loop),
                           .once = true};
    int id = debug_add(m, &s, &err);
    debug_find(m, id)->ignore = 3;
    stops_at(m, id, addr(in_loop), "physical, the first three ignored");
    CHECK(reg(m, "ebx") == 3 && !debug_find(m, id), "the fourth time, and once");
    s = (struct debug_spec){.kind = DEBUG_EXEC,
                            .where = WHERE_LINEAR,
                            .first = addr(after_rep),
                            .last = addr(after_rep),
                            .cr3_given = true,
                            .cr3 = 0x777000};
    int other = debug_add(m, &s, &err);
    int disabled = point(m, DEBUG_EXEC, addr(at_rep), addr(at_rep));
    debug_enable(m, disabled, false);
    struct end e = finish(m);
    CHECK(debug_find(m, other)->hits == 0, "another address space is not this one");
    CHECK(e.hash == want.hash && e.icount == want.icount, "the end is the same");
    machine_free(m);
}

static void test_data(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    const struct debug_event *e = &debug_stopped(m)->event;
    int id = point(m, DEBUG_WRITE, 0x400010, 0x400013);
    stops_at(m, id, addr(by_alias), "a write");
    CHECK(e->old == 0 && e->now == 0x1234 && e->lin == 0x400010 && e->phys == 0x250010 &&
              e->size == 4 && e->write && e->by_cpu,
          "with its values: %x -> %x at %x (%x)", e->old, e->now, e->lin, e->phys);
    stops_at(m, id, addr(by_alias) + 9, "the same frame by another address");
    CHECK(e->old == 0x1234 && e->now == 0x5678 && e->lin == 0x401010 && e->size == 2,
          "with its values: %x -> %x at %x", e->old, e->now, e->lin);
    debug_remove(m, id);
    id = point(m, DEBUG_READ, 0x400000, 0x400fff);
    stops_at(m, id, addr(by_alias) + 14, "a read");
    debug_remove(m, id);
    id = point(m, DEBUG_ACCESS, 0x220000 + 50 * 4, 0x220000 + 50 * 4);
    stops_at(m, id, engine == ENGINE_FAST ? addr(at_rep) : addr(at_rep), "in the middle of REP");
    CHECK(reg(m, "ecx") == 49, "exactly there: ecx %u", reg(m, "ecx"));
    debug_remove(m, id);
    same_end(m, want, "data");
}

static void test_physical(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    const struct debug_event *e = &debug_stopped(m)->event;
    struct error err;
    struct debug_spec s = {
        .kind = DEBUG_WRITE, .where = WHERE_PHYSICAL, .first = 0x600000, .last = 0x600003};
    int id = debug_add(m, &s, &err);
    go(m);
    CHECK(debug_stopped(m)->point == id && e->now == 0x250007 && e->by_cpu,
          "a page-table entry is written by the program: %x", e->now);
    go(m);
    CHECK(debug_stopped(m)->point == id && !e->by_cpu && e->now == 0x250067 && !e->lin,
          "and by the page walker, A and D: %x", e->now);
    s = (struct debug_spec){
        .kind = DEBUG_WRITE, .where = WHERE_ANY, .first = 0x401010, .last = 0x401010};
    id = debug_add(m, &s, &err);
    stops_at(m, id, addr(by_alias) + 9, "one linear address, not its aliases");
    same_end(m, want, "physical");
}

static void test_events(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    const struct debug_event *e = &debug_stopped(m)->event;
    int io = point(m, DEBUG_IO, 0x80, 0x80), ud = point(m, DEBUG_EXC, 6, 6);
    int sw = point(m, DEBUG_EXC, 0x30, 0x30), irq = point(m, DEBUG_IRQ, 0, 0);
    int hlt = point(m, DEBUG_HLT, 0, 0), cpl = point(m, DEBUG_CPL, 0, 3);
    struct debug_spec s = {
        .kind = DEBUG_CR, .first = 0, .last = 0, .mask = 1u << 31, .match = 1u << 31};
    int cr = debug_add(m, &s, NULL);
    int mode = point(m, DEBUG_MODE, 0, 0);
    go(m);
    CHECK(debug_stopped(m)->point == cr && (e->now & ~e->old) == 1u << 31, "CR0.PG is set");
    CHECK(debug_find(m, mode)->hits == 1, "which is a change of mode");
    stops_at(m, io, addr(after_rep) + 4, "a port is written");
    CHECK(e->number == 0x80 && e->now == 0x5a && e->write && e->size == 1, "with 5a");
    stops_at(m, ud, addr(at_ud), "a fault stops before its delivery");
    CHECK(e->number == 6 && reg(m, "esp") == 0x180000, "nothing pushed yet");
    debug_step(m, false);
    CHECK(go(m) == MACHINE_BREAK && reg(m, "eip") == addr(ud_handler), "a step delivers it");
    CHECK(reg(m, "esp") == 0x180000 - 12, "pushed");
    go(m);
    CHECK(debug_stopped(m)->point == sw && e->software && e->number == 0x30 &&
              e->eip == addr(after_ud),
          "INT n, in its handler");
    stops_at(m, hlt, addr(after_hlt), "HLT was executed");
    stops_at(m, irq, addr(timer_handler), "the timer");
    CHECK(e->number == 0, "line 0");
    CHECK(debug_find(m, cpl)->hits == 0, "all at CPL 0");
    same_end(m, want, "events");
}

static void test_steps(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    uint32_t seen[600];
    unsigned n = 0;
    while (n < ARRAY_LEN(seen)) {
        debug_step(m, false);
        if (go(m) != MACHINE_BREAK)
            break;
        CHECK(debug_stopped(m)->why == DEBUG_STEPPED, "a step ends as a step");
        seen[n++] = reg(m, "eip");
    }
    unsigned again = 0;
    bool rep_once = false, over_hlt = false, in_timer = false, into_ud = false;
    for (unsigned k = 1; k < n; k++) {
        rep_once |= seen[k - 1] == addr(at_rep) && seen[k] == addr(after_rep);
        over_hlt |= seen[k - 1] == addr(at_hlt) && seen[k] == addr(after_hlt);
        into_ud |= seen[k - 1] == addr(at_ud) && seen[k] == addr(ud_handler);
        in_timer |= seen[k] == addr(timer_handler);
        again += seen[k] == addr(at_rep);
    }
    CHECK(rep_once && again == 1, "REP is one step (%u)", again);
    CHECK(into_ud, "a faulting instruction leads into its handler");
    CHECK(over_hlt, "HLT waits for its interrupt, whose handler runs through");
    CHECK(!in_timer, "no step ends in the timer's handler");
    CHECK(n > 50 && n < 100, "%u steps (engine %d)", n, (int)engine);
    struct end e = {machine_icount(m), machine_hash(m), machine_now(m)};
    CHECK(e.icount == want.icount && e.hash == want.hash, "stepped to the same end");
    machine_free(m);

    m = make(engine);
    int id = point(m, DEBUG_EXEC, addr(at_hlt), addr(at_hlt));
    stops_at(m, id, addr(at_hlt), "to the HLT");
    debug_step(m, true);
    CHECK(go(m) == MACHINE_BREAK && reg(m, "eip") == addr(timer_handler),
          "with irqs a step ends in the handler");
    same_end(m, want, "irqs");
}

static bool never(void *ctx, struct machine *m, const struct debug_point *p,
                  const struct debug_event *e)
{
    uint8_t byte;
    (void)debug_peek(m, SPACE_CPU, e->eip, &byte, 1);
    (void)p;
    ++*(unsigned *)ctx;
    return false;
}

/* Everything is watched and nothing stops: the run must not know. */
static void test_no_trace(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    unsigned asked = 0;
    for (unsigned kind = 0; kind < DEBUG_KINDS; kind++) {
        struct debug_spec s = {.kind = (enum debug_kind)kind,
                               .last = kind == DEBUG_EXEC ? AT + 0x1000 : UINT32_MAX,
                               .first64 = 60,
                               .hit = never,
                               .ctx = &asked};
        if (kind == DEBUG_EXEC)
            s.first = AT;
        if (kind == DEBUG_EXEC || kind == DEBUG_READ)
            s.where = WHERE_PHYSICAL;
        CHECK(debug_add(m, &s, NULL), "kind %u", kind);
    }
    for (int id = 1; id <= (int)DEBUG_KINDS; id++)
        CHECK(debug_find(m, id), "point %d is there", id);
    same_end(m, want, "all watched");
    CHECK(asked > 100, "asked %u times", asked);
}

static void test_thousands(enum config_engine engine, struct end want)
{
    struct machine *m = make(engine);
    for (uint32_t n = 0; n < 3000; n++)
        point(m, DEBUG_EXEC, 0x300000 + n * 7, 0x300000 + n * 7);
    int id = point(m, DEBUG_EXEC, addr(after_hlt), addr(after_hlt));
    stops_at(m, id, addr(after_hlt), "one among thousands");
    same_end(m, want, "thousands");
}

static void test_registers(enum config_engine engine)
{
    struct machine *m = make(engine);
    struct error err = {.text = ""};
    int id = point(m, DEBUG_EXEC, addr(in_loop), addr(in_loop));
    stops_at(m, id, addr(in_loop), "in protected mode");
    unsigned ds = (unsigned)debug_reg_find(m, "ds", 2), cr0 = (unsigned)debug_reg_find(m, "cr0", 3);
    CHECK(debug_reg_set(m, ds, 0x10, &err) && reg(m, "ds.limit") == UINT32_MAX, "DS = 10: %s",
          err.text);
    CHECK(!debug_reg_set(m, ds, 0x70, &err), "DS = 70 is beyond the GDT");
    CHECK(strstr(err.text, "#GP"), "and says so: %s", err.text);
    CHECK(reg(m, "ds") == 0x10, "nothing changed");
    CHECK(!debug_reg_set(m, cr0, 0x80000000, &err), "paging without protection is refused");
    CHECK(!debug_reg_set(m, ds, 0x10000, &err), "17 bits do not fit");
    unsigned eax = (unsigned)debug_reg_find(m, "eax", 3);
    CHECK(debug_reg_set(m, eax, 0xcafe, &err) && reg(m, "eax") == 0xcafe, "eax is written");
    uint8_t st[10] = {1, 2, 3, 4, 5, 6, 7, 0x88, 9, 0x40}, back[10];
    debug_fpu_set(m, 3, st);
    debug_fpu_get(m, 3, back);
    CHECK(memcmp(st, back, 10) == 0, "st3 keeps its bytes");
    machine_free(m);
}

static void test_history(enum config_engine engine)
{
    struct machine *m = make(engine);
    struct debug_insn list[300];
    debug_attach(m, true);
    int id = point(m, DEBUG_EXEC, addr(after_rep), addr(after_rep));
    stops_at(m, id, addr(after_rep), "behind REP");
    size_t n = debug_history(m, list, ARRAY_LEN(list));
    CHECK(n > 40, "%zu instructions", n);
    CHECK(list[0].lin == addr(at_rep) && list[0].icount == machine_icount(m) - 100,
          "the last one is REP, once: %08x", list[0].lin);
    CHECK(list[n - 1].lin == AT && list[n - 1].icount == 0, "the first one is the first: %08x",
          list[n - 1].lin);
    unsigned rounds = 0, decreasing = 1;
    for (size_t k = 0; k < n; k++) {
        rounds += list[k].lin == addr(in_middle);
        decreasing &= k == 0 || list[k].icount < list[k - 1].icount;
    }
    CHECK(rounds == 5 && decreasing, "five rounds in order (%u)", rounds);
    debug_attach(m, false);
    machine_free(m);
}

int main(void)
{
    static const enum config_engine engines[] = {ENGINE_REFERENCE, ENGINE_FAST, ENGINE_LOCKSTEP};
    struct end want = {0, 0, 0};
    for (unsigned n = 0; n < ARRAY_LEN(engines); n++) {
        struct machine *m = make(engines[n]);
        struct end e = finish(m);
        machine_free(m);
        CHECK(n == 0 || (e.icount == want.icount && e.hash == want.hash), "engine %u agrees", n);
        want = e;
        test_exec(engines[n], want);
        test_exec_verdicts(engines[n], want);
        test_data(engines[n], want);
        test_physical(engines[n], want);
        test_events(engines[n], want);
        test_steps(engines[n], want);
        test_no_trace(engines[n], want);
        test_thousands(engines[n], want);
        test_registers(engines[n]);
        test_history(engines[n]);
    }
    return report_end();
}
