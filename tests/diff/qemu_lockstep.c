/* SPDX-License-Identifier: MIT */
/*
 * qemu_lockstep.c - emu386 and qemu-system-i386 execute the same guest, one instruction at a time.
 *
 *     qemu_lockstep [-n N] [-p STEP] [-i INITRD] [-t] KERNEL...
 *
 * QEMU's firmware and its multiboot loader run up to the kernel's entry. Registers and all RAM are
 * copied from there, so that both see the same bytes; then each step compares EIP, the general
 * registers, EFLAGS and the selectors, and the end compares RAM. It ends after N steps (100000), when
 * interrupts are first let in, at HLT, or when the guest leaves through port F4h. The first
 * difference prints both states and the last instructions; exit status 1.
 * -p spoils bit 0 of emu386's EAX at that step: a difference that must be found. -t is the suite:
 * every
 * KERNEL is compared, and the first one again with planted differences.
 *
 * What may differ, and what is done about it, is written in README.md ("Differences that are none").
 */
#include "cpu/cpu.h"
#include "cpu/opcodes.h"
#include "loader/elf.h"
#include "loader/file.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/diff/gdb_remote.h"
#include "tests/report.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum {
    RAM = 16 << 20,
    LOW_END = 0xa0000, /* the VGA and ROMs lie between these two */
    HIGH_BASE = 0x100000,
    HISTORY = 8,
    RF = 0x10000,
};

enum end { END_STEPS, END_INTERRUPTS, END_HALT, END_EXIT, END_DIFFERENT, END_ERROR };

struct past {
    uint32_t eip;       /* where it stood */
    struct insn i;      /* what it was */
    bool known;         /* i is valid */
    struct regs before; /* as emu386 began it */
};

struct lockstep {
    struct remote q;                /* QEMU */
    struct machine *m;              /* emu386 */
    struct regs qr, er;             /* their registers after the last step */
    struct past past[HISTORY];      /* the last steps; step n is at n % HISTORY */
    uint64_t steps;                 /* done */
    uint64_t plant;                 /* spoil this step; 0: none */
    uint64_t flags, devices, facts; /* steps in which such a difference was passed over */
    uint64_t accessed;              /* descriptors with QEMU's accessed bit clear */
    uint64_t idle;                  /* steps of QEMU that were none */
    uint64_t pushes;                /* selectors pushed */
    uint64_t frames;                /* RF cleared in a fault's frame */
    char why[160];                  /* END_DIFFERENT: in one line */
    struct error err;               /* END_ERROR */
};

static void take_regs(const struct cpu *c, struct regs *to)
{
    memcpy(to->gpr, c->gpr, sizeof to->gpr);
    to->eip = c->eip;
    to->eflags = cpu_eflags(c);
    for (unsigned n = 0; n < SEGS; n++)
        to->sel[n] = c->seg[n].sel;
}

static void fetch(const struct lockstep *l, struct past *p)
{
    struct cpu *c = machine_cpu(l->m);
    uint8_t code[INSN_MAX_LENGTH];
    unsigned have = 0;
    phys_t phys;
    *p = (struct past){.eip = c->eip, .before = l->er};
    while (have < sizeof code && mmu_peek(&c->mmu, c->seg[CS].base + c->eip + have, &phys) &&
           bus_peek(c->bus, phys, &code[have], 1) == 1)
        have++;
    p->known = decode(&p->i, code, have, !(c->mode & MODE_CODE32)) == DECODE_OK;
}

/* ---- differences that are none: see README.md */

static bool is_repeated(const struct past *p)
{
    return p->known && (opcodes[p->i.row].flags & OPC_STRING) &&
           (p->i.flags & (INSN_REP | INSN_REPNE));
}

/* These say which processor it is, or what time. */
static bool is_fact(const struct past *p)
{
    static const char *const names[] = {"cpuid", "rdtsc", "rdmsr", "rdpmc"};
    for (unsigned n = 0; p->known && n < ARRAY_LEN(names); n++) {
        if (!strcmp(opcodes[p->i.row].name, names[n]))
            return true;
    }
    return false;
}

static bool is_output(const struct past *p)
{
    return !p->known || !strncmp(opcodes[p->i.row].name, "out", 3);
}

static bool is_input(const struct past *p)
{
    return p->known && !strcmp(opcodes[p->i.row].name, "in");
}

/* A selector takes four bytes on the stack. QEMU writes zeroes into the upper two, the P6 leaves them
   as they were; both are allowed (SDM vol. 2, PUSH). */
static void adopt_push(struct lockstep *l, const struct past *p)
{
    static const uint8_t zero[2] = {0, 0};
    struct cpu *c = machine_cpu(l->m);
    const struct opcode *o = p->known ? &opcodes[p->i.row] : NULL;
    if (!o || strcmp(o->name, "push") != 0 || (o->dst != Sz && o->src != Sz) ||
        !(p->i.flags & INSN_OS32) || c->gpr[ESP] != p->before.gpr[ESP] - 4)
        return;
    for (unsigned n = 2; n < 4; n++) {
        phys_t at;
        if (mmu_peek(&c->mmu, c->seg[SS].base + c->gpr[ESP] + n, &at))
            (void)bus_poke(c->bus, at, zero, 1);
    }
    l->pushes++;
}

static uint32_t stack_dword(const struct cpu *c, uint32_t at, phys_t *phys)
{
    uint8_t b[4];
    if (!mmu_peek(&c->mmu, c->seg[SS].base + c->gpr[ESP] + at, phys) ||
        bus_peek(c->bus, *phys, b, sizeof b) != sizeof b)
        return 0;
    return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

/* QEMU pushes no RF when a fault is delivered. The frame lies under an error code and under what the
   handler's first instruction may have pushed. */
static void adopt_frame(struct lockstep *l)
{
    struct cpu *c = machine_cpu(l->m);
    const struct delivery *d = &c->delivery[(c->deliveries - 1) % DELIVERIES];
    for (uint32_t at = 0; at <= 16 && !d->software && !d->external; at += 4) {
        phys_t phys;
        if (stack_dword(c, at, &phys) != d->eip || (uint16_t)stack_dword(c, at + 4, &phys) != d->cs)
            continue;
        uint32_t flags = stack_dword(c, at + 8, &phys);
        uint8_t third = (uint8_t)(flags >> 16 & 0xfe);
        if (flags & RF) {
            (void)bus_poke(c->bus, phys + 2, &third, 1);
            l->frames++;
        }
        return;
    }
}

/* QEMU's values replace ours. */
static void adopt(struct lockstep *l, bool flags)
{
    struct cpu *c = machine_cpu(l->m);
    for (unsigned n = 0; n < 8; n++) {
        if (n != ESP)
            c->gpr[n] = l->qr.gpr[n];
    }
    if (flags)
        cpu_set_eflags(c, (cpu_eflags(c) & ~0x8d5u) | (l->qr.eflags & 0x8d5u));
    take_regs(c, &l->er);
}

/* Bits that the manual leaves open become QEMU's. */
static void adopt_undefined(struct lockstep *l, const struct past *p)
{
    struct cpu *c = machine_cpu(l->m);
    uint32_t open = p->known ? opcodes[p->i.row].undef : 0;
    uint32_t mine = cpu_eflags(c), theirs = l->qr.eflags;
    if (!((mine ^ theirs) & open))
        return;
    l->flags++;
    cpu_set_eflags(c, (mine & ~open) | (theirs & open));
    take_regs(c, &l->er);
}

static const char *compare(const struct regs *a, const struct regs *b)
{
    static const char *const names[] = {"EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"};
    static const char *const segs[] = {"ES", "CS", "SS", "DS", "FS", "GS"};
    if (a->eip != b->eip)
        return "EIP";
    for (unsigned n = 0; n < 8; n++) {
        if (a->gpr[n] != b->gpr[n])
            return names[n];
    }
    for (unsigned n = 0; n < SEGS; n++) {
        if (a->sel[n] != b->sel[n])
            return segs[n];
    }
    return (a->eflags ^ b->eflags) & ~(uint32_t)RF ? "EFLAGS" : NULL;
}

/* ---- stepping */

static bool begin(struct lockstep *l, const char *const *options, const char *program,
                  uint32_t entry)
{
    struct config cfg = {.memory = RAM, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    uint8_t *ram;
    if (!remote_start(&l->q, program, options, &l->err) || !remote_run_to(&l->q, entry, &l->err) ||
        !remote_regs(&l->q, &l->qr, &l->err))
        return false;
    l->m = machine_new(&cfg, &l->err);
    if (!l->m)
        return false;
    const uint32_t *r = l->qr.gpr;
    const struct machine_entry e = {.protected_mode = true,
                                    .eip = entry,
                                    .eax = r[EAX],
                                    .ebx = r[EBX],
                                    .ecx = r[ECX],
                                    .edx = r[EDX],
                                    .esi = r[ESI],
                                    .edi = r[EDI],
                                    .ebp = r[EBP],
                                    .esp = r[ESP]};
    machine_enter(l->m, &e);
    struct cpu *c = machine_cpu(l->m);
    cpu_set_eflags(c, l->qr.eflags);
    take_regs(c, &l->er);
    ram = malloc(RAM);
    bool ok = ram && remote_memory(&l->q, 0, ram, LOW_END, &l->err) &&
              remote_memory(&l->q, HIGH_BASE, ram + HIGH_BASE, RAM - HIGH_BASE, &l->err);
    if (ok) {
        (void)bus_poke(c->bus, 0, ram, LOW_END);
        (void)bus_poke(c->bus, HIGH_BASE, ram + HIGH_BASE, RAM - HIGH_BASE);
    }
    free(ram);
    return ok;
}

static bool step_qemu(struct lockstep *l)
{
    return remote_step(&l->q, &l->err) && remote_regs(&l->q, &l->qr, &l->err);
}

static enum end different(struct lockstep *l, const char *what)
{
    (void)snprintf(l->why, sizeof l->why, "step %" PRIu64 ": %s", l->steps, what);
    return END_DIFFERENT;
}

/* Where the two stop at different points of the same course of events. */
static bool catch_up(struct lockstep *l, const struct past *p, bool delivered)
{
    /* QEMU says that it has stepped, and has not. Often it has by the next time. */
    for (unsigned n = 0; n < 20 && compare(&l->er, &p->before) && !compare(&l->qr, &p->before);
         n++) {
        l->idle++;
        if (!step_qemu(l))
            return false;
    }
    if (l->qr.eip == l->er.eip)
        return true;
    if (is_repeated(p) && l->qr.eip == p->eip)
        return step_qemu(l);                /* it looks at ECX = 0 in a step of its own */
    return delivered ? step_qemu(l) : true; /* emu386 counts no step for the delivery */
}

/* One step of both; END_STEPS: go on. */
static enum end step(struct lockstep *l)
{
    struct cpu *c = machine_cpu(l->m);
    struct past *p = &l->past[++l->steps % HISTORY];
    uint64_t io = c->bus->io_count, deliveries = c->deliveries;
    fetch(l, p);
    enum machine_stop stop = machine_run(l->m, UINT64_MAX, c->icount + 1);
    if (l->steps == l->plant)
        c->gpr[EAX] ^= 1;
    take_regs(c, &l->er);
    if (stop == MACHINE_EXITED) {
        if (step_qemu(l))
            return different(l, "QEMU goes on where the guest of emu386 has left");
        return l->err.text[0] ? END_ERROR : END_EXIT;
    }
    if (stop == MACHINE_HALTED)
        return END_HALT;
    if (stop != MACHINE_INSNS)
        return different(l, "emu386 has stopped (triple fault?)");
    if (!step_qemu(l) || !catch_up(l, p, c->deliveries != deliveries))
        return l->err.text[0] ? END_ERROR : different(l, "QEMU has ended");
    adopt_undefined(l, p);
    adopt_push(l, p);
    if (c->deliveries != deliveries)
        adopt_frame(l);
    if (compare(&l->er, &l->qr) && l->er.eip == l->qr.eip && l->steps != l->plant) {
        if (is_input(p) || (c->bus->io_count != io && !is_output(p))) {
            l->devices++;
            adopt(l, true);
        } else if (is_fact(p)) {
            l->facts++;
            adopt(l, false);
        }
    }
    const char *what = compare(&l->er, &l->qr);
    if (what)
        return different(l, what);
    return l->er.eflags & 0x200 ? END_INTERRUPTS : END_STEPS;
}

/* ---- what a human sees */

static void show_regs(const char *name, const struct regs *r)
{
    printf("%-7s eip %08x eflags %08x  es %04x cs %04x ss %04x ds %04x fs %04x gs %04x\n", name,
           r->eip, r->eflags, r->sel[ES], r->sel[CS], r->sel[SS], r->sel[DS], r->sel[FS],
           r->sel[GS]);
    printf("        eax %08x ecx %08x edx %08x ebx %08x esp %08x ebp %08x esi %08x edi %08x\n",
           r->gpr[EAX], r->gpr[ECX], r->gpr[EDX], r->gpr[EBX], r->gpr[ESP], r->gpr[EBP],
           r->gpr[ESI], r->gpr[EDI]);
}

static void show_difference(const struct lockstep *l)
{
    uint64_t first = l->steps > HISTORY ? l->steps - HISTORY + 1 : 1;
    printf("%s\n", l->why);
    for (uint64_t n = first; n <= l->steps; n++) {
        const struct past *p = &l->past[n % HISTORY];
        char text[96] = "(no instruction)";
        if (p->known)
            (void)disasm(text, sizeof text, &p->i, p->eip);
        printf("%s %04x:%08x  %s\n", n == l->steps ? "=>" : "  ", p->before.sel[CS], p->eip, text);
    }
    show_regs("before", &l->past[l->steps % HISTORY].before);
    show_regs("emu386", &l->er);
    show_regs("QEMU", &l->qr);
}

/* QEMU loads CS by far transfers without setting the accessed bit of its descriptor. */
static bool is_accessed_bit(const struct cpu *c, phys_t at, unsigned mine, unsigned theirs)
{
    phys_t gdt;
    return mine == (theirs | 1) && mmu_peek(&c->mmu, c->gdtr.base, &gdt) && at >= gdt &&
           at - gdt <= c->gdtr.limit && (at - gdt) % 8 == 5;
}

/* All RAM, after the last step. */
static enum end compare_memory(struct lockstep *l, enum end end)
{
    struct cpu *c = machine_cpu(l->m);
    uint8_t *theirs = malloc(RAM), *mine = malloc(RAM);
    if (!theirs || !mine || !remote_memory(&l->q, 0, theirs, LOW_END, &l->err) ||
        !remote_memory(&l->q, HIGH_BASE, theirs + HIGH_BASE, RAM - HIGH_BASE, &l->err)) {
        end = END_ERROR;
    } else {
        (void)bus_peek(c->bus, 0, mine, LOW_END);
        (void)bus_peek(c->bus, HIGH_BASE, mine + HIGH_BASE, RAM - HIGH_BASE);
        for (uint32_t at = 0; at < RAM && end != END_DIFFERENT; at++) {
            if (at >= LOW_END && at < HIGH_BASE)
                continue;
            if (theirs[at] != mine[at] && is_accessed_bit(c, at, mine[at], theirs[at])) {
                l->accessed++;
            } else if (theirs[at] != mine[at]) {
                (void)snprintf(l->why, sizeof l->why,
                               "after step %" PRIu64 ": memory at %08x is %02x, under QEMU %02x",
                               l->steps, at, mine[at], theirs[at]);
                end = END_DIFFERENT;
            }
        }
    }
    free(theirs);
    free(mine);
    return end;
}

static const char *const end_text[] = {
    [END_STEPS] = "as many as asked for",
    [END_INTERRUPTS] = "up to the first enabled interrupts",
    [END_HALT] = "up to HLT",
    [END_EXIT] = "up to the guest's exit",
    [END_DIFFERENT] = "a difference",
    [END_ERROR] = "an error",
};

struct options {
    const char *program, *initrd; /* files; initrd may be NULL */
    uint64_t limit, plant;        /* steps */
    bool suite;                   /* -t */
};

static bool entry_of(const char *path, uint32_t *entry, struct error *err)
{
    struct elf e;
    uint8_t *data;
    size_t size;
    if (!file_read(path, &data, &size, err))
        return false;
    bool ok =
        elf_open(&e, (struct bytes){data, size}, path, err) && elf_entry(&e, path, entry, err);
    free(data);
    return ok;
}

static enum end run(const struct options *o, const char *kernel, uint64_t limit, uint64_t plant)
{
    const char *argv[16] = {"-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", kernel};
    struct lockstep *l = calloc(1, sizeof *l);
    enum end end = END_ERROR;
    uint32_t entry;
    if (!l)
        return END_ERROR;
    if (o->initrd) {
        argv[4] = "-initrd";
        argv[5] = o->initrd;
    }
    l->q.fd = -1;
    l->plant = plant;
    if (entry_of(kernel, &entry, &l->err) && begin(l, argv, o->program, entry)) {
        const char *what = compare(&l->er, &l->qr);
        end = what ? different(l, what) : END_STEPS;
        while (end == END_STEPS && l->steps < limit)
            end = step(l);
        if (end <= END_HALT)
            end = compare_memory(l, end);
    }
    if (end == END_DIFFERENT && !(o->suite && plant))
        show_difference(l);
    if (end == END_ERROR)
        printf("%s\n", l->err.text);
    printf("%s: %" PRIu64 " steps, %s; passed over: undefined flags %" PRIu64
           ", device values %" PRIu64 ", CPUID and time %" PRIu64 ", accessed bits %" PRIu64
           ", idle steps %" PRIu64 ", selectors pushed %" PRIu64 ", RF in frames %" PRIu64 "\n",
           kernel, l->steps, end_text[end], l->flags, l->devices, l->facts, l->accessed, l->idle,
           l->pushes, l->frames);
    remote_stop(&l->q);
    machine_free(l->m);
    free(l);
    return end;
}

static int suite(const struct options *o, char **kernels, unsigned count)
{
    if (!remote_installed(o->program)) {
        printf("QEMU is not installed: nothing run\n");
        return report_end();
    }
    for (unsigned n = 0; n < count; n++) {
        enum end end = run(o, kernels[n], o->limit, 0);
        CHECK(end != END_DIFFERENT && end != END_ERROR, "%s is as under QEMU", kernels[n]);
    }
    CHECK(run(o, kernels[0], 1000, 1) == END_DIFFERENT, "planted in the first step");
    CHECK(run(o, kernels[0], 1000, 700) == END_DIFFERENT, "planted in step 700");
    return report_end();
}

int main(int argc, char **argv)
{
    const char *qemu = getenv("QEMU");
    struct options o = {.program = qemu ? qemu : "qemu-system-i386", .limit = 100000};
    int c;
    while ((c = getopt(argc, argv, "n:p:i:t")) != -1) {
        switch (c) {
        case 'n': o.limit = strtoull(optarg, NULL, 0); break;
        case 'p': o.plant = strtoull(optarg, NULL, 0); break;
        case 'i': o.initrd = optarg; break;
        case 't': o.suite = true; break;
        default: return 2;
        }
    }
    if (optind >= argc) {
        printf("usage: qemu_lockstep [-n STEPS] [-p STEP] [-i INITRD] [-t] KERNEL...\n");
        return 2;
    }
    if (o.suite)
        return suite(&o, argv + optind, (unsigned)(argc - optind));
    if (!remote_installed(o.program)) {
        printf("%s is not installed: nothing run\n", o.program);
        return 0;
    }
    enum end worst = END_STEPS;
    for (int n = optind; n < argc; n++) {
        enum end end = run(&o, argv[n], o.limit, o.plant);
        worst = end > worst ? end : worst;
    }
    return worst >= END_DIFFERENT;
}
