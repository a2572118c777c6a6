/* SPDX-License-Identifier: MIT */
/*
 * commands_registers.c - r, seg, cr, dr, fpu, msr: the processor's registers with their bits by
 * name (SDM vol. 3, 2.5 and 17.2; vol. 1, 8.1).
 */
#include "monitor/command.h"

#include "cpu/cpu.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "monitor/answer.h"
#include "monitor/descriptor.h"
#include "monitor/line.h"
#include "monitor/registers.h"
#include "monitor/session.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct bit {
    uint32_t mask;
    const char *name;
};

static const struct bit eflags_bits[] = {
    {FLAG_CF, "CF"}, {FLAG_PF, "PF"}, {FLAG_AF, "AF"}, {FLAG_ZF, "ZF"},   {FLAG_SF, "SF"},
    {FLAG_TF, "TF"}, {FLAG_IF, "IF"}, {FLAG_DF, "DF"}, {FLAG_OF, "OF"},   {FLAG_NT, "NT"},
    {FLAG_RF, "RF"}, {FLAG_VM, "VM"}, {FLAG_AC, "AC"}, {FLAG_VIF, "VIF"}, {FLAG_VIP, "VIP"},
    {FLAG_ID, "ID"}, {0, NULL},
};
static const struct bit cr0_bits[] = {
    {CR0_PE, "PE"}, {CR0_MP, "MP"}, {CR0_EM, "EM"}, {CR0_TS, "TS"}, {CR0_ET, "ET"}, {CR0_NE, "NE"},
    {CR0_WP, "WP"}, {CR0_AM, "AM"}, {CR0_NW, "NW"}, {CR0_CD, "CD"}, {CR0_PG, "PG"}, {0, NULL},
};
static const struct bit cr3_bits[] = {{1 << 3, "PWT"}, {1 << 4, "PCD"}, {0, NULL}};
static const struct bit cr4_bits[] = {
    {CR4_VME, "VME"}, {CR4_PVI, "PVI"},       {CR4_TSD, "TSD"}, {CR4_DE, "DE"},
    {CR4_PSE, "PSE"}, {CR4_PAE, "PAE"},       {CR4_MCE, "MCE"}, {CR4_PGE, "PGE"},
    {CR4_PCE, "PCE"}, {CR4_OSFXSR, "OSFXSR"}, {0, NULL},
};
static const struct bit dr6_bits[] = {
    {1, "B0"},      {2, "B1"},      {4, "B2"},      {8, "B3"},
    {DR6_BD, "BD"}, {DR6_BS, "BS"}, {DR6_BT, "BT"}, {0, NULL},
};
static const struct bit sw_bits[] = {
    {SW_IE, "IE"}, {SW_DE, "DE"}, {SW_ZE, "ZE"}, {SW_OE, "OE"}, {SW_UE, "UE"},
    {SW_PE, "PE"}, {SW_SF, "SF"}, {SW_ES, "ES"}, {SW_C0, "C0"}, {SW_C1, "C1"},
    {SW_C2, "C2"}, {SW_C3, "C3"}, {SW_B, "B"},   {0, NULL},
};
static const struct bit cw_bits[] = {
    {1, "IM"}, {2, "DM"}, {4, "ZM"}, {8, "OM"}, {16, "UM"}, {32, "PM"}, {0, NULL},
};

/* The names of the bits that are set: as text, and as a list in JSON. */
static void say_bits(struct answer *to, const char *key, uint32_t value, const struct bit *bits)
{
    answer_list(to, key);
    for (; bits->mask; bits++) {
        if (!(value & bits->mask))
            continue;
        answer_text(to, " %s", bits->name);
        answer_string(to, NULL, bits->name);
    }
    answer_close(to);
}

enum { SHOWN_EIP = 8, SHOWN_EFLAGS, SHOWN_SEG, SHOWN_CR = 16 };
static const char *const shown[REGISTERS_SHOWN] = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags",
    "es",  "cs",  "ss",  "ds",  "fs",  "gs",  "cr0", "cr2", "cr3", "cr4",
};

void registers_note(struct registers_seen *r, const struct machine *m)
{
    const struct cpu *c = inspect_cpu(m);
    r->valid = true;
    r->icount = c->icount;
    memcpy(r->value, c->gpr, 8 * sizeof r->value[0]);
    r->value[SHOWN_EIP] = c->eip;
    r->value[SHOWN_EFLAGS] = cpu_eflags(c);
    for (unsigned n = 0; n < SEGS; n++)
        r->value[SHOWN_SEG + n] = c->seg[n].sel;
    r->value[SHOWN_CR] = c->cr0;
    r->value[SHOWN_CR + 1] = c->cr2;
    r->value[SHOWN_CR + 2] = c->mmu.cr3;
    r->value[SHOWN_CR + 3] = c->cr4;
}

/* One register by name, as the debug interface has it. */
static bool say_one(struct monitor *mon, const char *name, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    int n = debug_reg_find(m, name[0] == '$' ? name + 1 : name, strlen(name) - (name[0] == '$'));
    if (n < 0)
        return error_set(err, "there is no register '%s'", name);
    const struct debug_reg *r = debug_reg(m, (unsigned)n);
    uint64_t v = debug_reg_get(m, (unsigned)n);
    answer_text(to, "%-8s %0*" PRIx64 "  %" PRIu64 "\n", r->name, (r->bits + 3) / 4, v, v);
    answer_number(to, r->name, v);
    return true;
}

/* "= old" for those that changed since the machine last began to run. */
static void say_changes(const struct registers_seen *old, const struct registers_seen *now,
                        struct answer *to)
{
    unsigned count = 0;
    answer_list(to, "changed");
    for (unsigned n = 0; old->valid && n < REGISTERS_SHOWN; n++) {
        if (old->value[n] == now->value[n])
            continue;
        answer_string(to, NULL, shown[n]);
        answer_text(to, "%s%s %0*x",
                    count % 5 ? ", "
                    : count   ? ",\n           "
                              : "changed *: was ",
                    shown[n], n >= SHOWN_SEG && n < SHOWN_CR ? 4 : 8, old->value[n]);
        count++;
    }
    answer_close(to);
    if (count)
        answer_text(to, "\n");
    if (old->valid)
        answer_text(to, "           %" PRIu64 " instruction%s since the last stop\n",
                    now->icount - old->icount, now->icount - old->icount == 1 ? "" : "s");
}

static bool has_cr4(const struct machine *m)
{
    return debug_reg_find(m, "cr4", 3) >= 0;
}

static void say_mode(const struct machine *m, struct answer *to)
{
    const struct cpu *c = inspect_cpu(m);
    char mode[80];
    debug_mode_text(debug_mode(m), mode, sizeof mode);
    answer_number(to, "cpl", c->cpl);
    answer_string(to, "mode", mode);
    answer_bool(to, "halted", c->halted);
    answer_bool(to, "shutdown", c->shutdown);
    answer_number(to, "icount", c->icount);
    answer_text(to, "cpl %u, %s%s%s%s%s\n", c->cpl, mode, c->halted ? ", in HLT" : "",
                c->shutdown ? ", shut down" : "",
                c->inhibit == INHIBIT_STI  ? ", in the shadow of STI"
                : c->inhibit == INHIBIT_SS ? ", in the shadow of a load of SS"
                                           : "",
                c->nmi_blocked ? ", NMI blocked" : "");
}

static bool show_r(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct registers_seen *old = &mon->seen;
    struct registers_seen now;
    char name[32], place[200];
    if (line_more(line)) {
        while (line_more(line)) {
            if (!line_word(line, "a register", name, sizeof name, err) ||
                !say_one(mon, name, to, err))
                return false;
        }
        return true;
    }
    registers_note(&now, m);
    unsigned count = has_cr4(m) ? REGISTERS_SHOWN : REGISTERS_SHOWN - 1;
    for (unsigned n = 0; n < count; n++) {
        const char *mark = old->valid && old->value[n] != now.value[n] ? "*" : " ";
        bool last = n < 8 ? n % 4 == 3 : n == SHOWN_CR - 1 || n == count - 1;
        answer_number(to, shown[n], now.value[n]);
        if (n == SHOWN_EIP) {
            session_place(mon, debug_pc(m), place, sizeof place);
            answer_text(to, "eip %08x%s%s\n", now.value[n], *mark == '*' || place[8] ? mark : "",
                        place + 8);
        } else if (n == SHOWN_EFLAGS) {
            answer_text(to, "eflags %08x%s IOPL=%u", now.value[n], mark, now.value[n] >> 12 & 3);
            say_bits(to, "flags", now.value[n], eflags_bits);
            answer_text(to, "\n");
        } else {
            answer_text(to, "%s %0*x%s", shown[n], n >= SHOWN_SEG && n < SHOWN_CR ? 4 : 8,
                        now.value[n], last && *mark == ' ' ? "\n" : mark);
            answer_text(to, "%s", !last ? " " : *mark == '*' ? "\n" : "");
        }
    }
    say_mode(m, to);
    say_changes(old, &now, to);
    return true;
}

static void say_segment(const char *name, const struct seg *s, bool paragraphs, struct answer *to)
{
    char type[64];
    descriptor_type_text(s->attr, type, sizeof type);
    bool usable = s->attr & DESC_P;
    answer_object(to, name);
    answer_number(to, "selector", s->sel);
    answer_number(to, "base", s->base);
    answer_number(to, "limit", s->limit);
    answer_number(to, "attributes", s->attr);
    answer_bool(to, "usable", usable);
    answer_string(to, "type", usable ? type : "null");
    answer_close(to);
    if (!usable)
        answer_text(to, "%-5s %04x  null: every use faults\n", name, s->sel);
    else
        answer_text(to, "%-5s %04x  base %08x  limit %08x  %s, DPL %u%s%s\n", name, s->sel, s->base,
                    s->limit, type, s->attr >> 5 & 3u,
                    s->attr & DESC_S && !(s->attr & DESC_ACCESSED) ? ", not accessed" : "",
                    paragraphs && s->base != (uint32_t)s->sel << 4 ? "  (base is not selector * 16)"
                    : paragraphs && s->limit > 0xffff ? "  (limit beyond 64K: \"unreal\" mode)"
                                                      : "");
}

static void say_table(const char *name, const struct dtable *t, struct answer *to)
{
    answer_object(to, name);
    answer_number(to, "base", t->base);
    answer_number(to, "limit", t->limit);
    answer_close(to);
    answer_text(to, "%-5s       base %08x  limit     %04x\n", name, t->base, t->limit);
}

static bool show_seg(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    static const char *const names[SEGS] = {"es", "cs", "ss", "ds", "fs", "gs"};
    static const uint8_t order[SEGS] = {CS, SS, DS, ES, FS, GS};
    const struct cpu *c = inspect_cpu(monitor_machine(mon));
    bool paragraphs = !(c->cr0 & CR0_PE) || (c->eflags & FLAG_VM);
    if (!line_end(line, err))
        return false;
    for (unsigned n = 0; n < SEGS; n++)
        say_segment(names[order[n]], &c->seg[order[n]], paragraphs, to);
    say_segment("ldtr", &c->ldtr, false, to);
    say_segment("tr", &c->tr, false, to);
    say_table("gdtr", &c->gdtr, to);
    say_table("idtr", &c->idtr, to);
    return true;
}

static void say_cr(const char *name, uint32_t value, const struct bit *bits, const char *note,
                   struct answer *to)
{
    char key[16];
    snprintf(key, sizeof key, "%s_bits", name);
    answer_number(to, name, value);
    answer_text(to, "%s %08x", name, value);
    if (bits)
        say_bits(to, key, value, bits);
    answer_text(to, "%s\n", note);
}

static bool show_cr(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct cpu *c = inspect_cpu(monitor_machine(mon));
    char place[120], note[160];
    if (!line_end(line, err))
        return false;
    say_cr("cr0", c->cr0, cr0_bits,
           !(c->cr0 & CR0_PE)   ? "  (real mode)"
           : !(c->cr0 & CR0_PG) ? "  (protected mode, no paging)"
           : !(c->cr0 & CR0_WP) ? "  (paging; the kernel may write read-only pages)"
                                : "  (paging; read-only pages bind the kernel too)",
           to);
    session_place(mon, c->cr2, place, sizeof place);
    snprintf(note, sizeof note, "  (the last page fault's address%s%s)", place[8] ? ":" : "",
             place + 8);
    say_cr("cr2", c->cr2, NULL, note, to);
    snprintf(note, sizeof note, "  (page directory%s at %08x)", c->cr4 & CR4_PAE ? " pointers" : "",
             c->mmu.cr3 & (c->cr4 & CR4_PAE ? ~31u : PAGE_FRAME_MASK));
    say_cr("cr3", c->mmu.cr3, cr3_bits, note, to);
    if (has_cr4(monitor_machine(mon)))
        say_cr("cr4", c->cr4, cr4_bits, c->cr4 & CR4_PAE ? "  (PAE paging, 2 MiB pages)" : "", to);
    return true;
}

static void say_breakpoint(const struct cpu *c, unsigned n, struct answer *to)
{
    static const char *const kind[4] = {"execution", "writes", "port", "reads and writes"};
    static const uint8_t length[4] = {1, 2, 8, 4};
    unsigned on = c->dr[7] >> 2 * n & 3, type = c->dr[7] >> (16 + 4 * n) & 3;
    const char *what = type == 2 && !(c->cr4 & CR4_DE) ? "nothing (ports need CR4.DE)" : kind[type];
    unsigned bytes = length[c->dr[7] >> (18 + 4 * n) & 3];
    answer_object(to, NULL);
    answer_number(to, "address", c->dr[n]);
    answer_bool(to, "local", on & 1);
    answer_bool(to, "global", on & 2);
    answer_string(to, "kind", what);
    answer_number(to, "size", bytes);
    answer_close(to);
    answer_text(to, "dr%u %08x  ", n, c->dr[n]);
    if (on)
        answer_text(to, "%s, %u byte%s,%s%s\n", what, bytes, bytes == 1 ? "" : "s",
                    on & 1 ? " local" : "", on & 2 ? " global" : "");
    else
        answer_text(to, "off\n");
}

static bool show_dr(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct cpu *c = inspect_cpu(monitor_machine(mon));
    if (!line_end(line, err))
        return false;
    answer_list(to, "breakpoints");
    for (unsigned n = 0; n < 4; n++)
        say_breakpoint(c, n, to);
    answer_close(to);
    answer_number(to, "dr6", c->dr[6]);
    answer_text(to, "dr6 %08x", c->dr[6]);
    say_bits(to, "dr6_bits", c->dr[6], dr6_bits);
    answer_text(to, "\ndr7 %08x%s%s%s\n", c->dr[7], c->dr[7] & 1 << 8 ? " LE" : "",
                c->dr[7] & 1 << 9 ? " GE" : "",
                c->dr[7] & DR7_GD ? " GD (the next access of a debug register faults)" : "");
    answer_number(to, "dr7", c->dr[7]);
    return true;
}

/* The value of a register as a C number: exact where the host's long double is an f80. */
static void f80_text(const struct f80 *v, char *text, size_t n)
{
    const char *sign = v->se >> 15 ? "-" : "+";
    int exp = v->se & 0x7fff;
    if (exp == 0x7fff && v->m << 1 == 0)
        snprintf(text, n, "%sinfinity", sign);
    else if (exp == 0x7fff)
        snprintf(text, n, "%s NaN", v->m >> 62 & 1 ? "quiet" : "signalling");
    else if (!(v->m >> 63) && exp)
        snprintf(text, n, "unsupported (no integer bit)");
    else
        snprintf(text, n, "%s%.19Lg%s", sign,
                 ldexpl((long double)v->m, (exp ? exp : 1) - 16383 - 63),
                 v->m && !(v->m >> 63) ? " (denormal)" : "");
}

static void say_st(const struct x87 *x, unsigned i, struct answer *to)
{
    char text[64];
    unsigned n = ((x->sw >> 11) + i) & 7;
    const struct f80 *v = &x->reg[n];
    bool full = x->full >> n & 1;
    f80_text(v, text, sizeof text);
    answer_object(to, NULL);
    answer_bool(to, "empty", !full);
    answer_format(to, "raw", "%04x%016" PRIx64, v->se, v->m);
    answer_string(to, "value", text);
    answer_number(to, "mmx", v->m);
    answer_close(to);
    answer_text(to, "st%u  r%u  %04x %016" PRIx64 "  %s\n", i, n, v->se, v->m,
                full ? text : "empty");
}

static bool show_fpu(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    static const char *const precision[4] = {"24 bits", "reserved", "53 bits", "64 bits"};
    static const char *const rounding[4] = {"to nearest", "down", "up", "to zero"};
    const struct cpu *c = inspect_cpu(monitor_machine(mon));
    const struct x87 *x = &c->x87;
    if (!line_end(line, err))
        return false;
    answer_number(to, "control", x->cw);
    answer_number(to, "status", x->sw);
    answer_number(to, "top", x->sw >> 11 & 7);
    answer_text(to, "control %04x  precision %s, rounding %s, masked:", x->cw,
                precision[x->cw >> 8 & 3], rounding[x->cw >> 10 & 3]);
    say_bits(to, "masked", x->cw, cw_bits);
    answer_text(to, "\nstatus  %04x  TOP=%u", x->sw, x->sw >> 11 & 7);
    say_bits(to, "status_bits", x->sw, sw_bits);
    answer_text(to, "%s%s\n", x->ferr ? "  FERR# driven" : "", x->ignne ? "  IGNNE# held" : "");
    answer_text(to, "last    opcode d%x %02x at %04x:%08x, operand %04x:%08x\n", 8 + (x->fop >> 8),
                x->fop & 0xff, x->fcs, x->fip, x->fds, x->fdp);
    answer_number(to, "last_opcode", x->fop);
    answer_number(to, "last_cs", x->fcs);
    answer_number(to, "last_eip", x->fip);
    answer_number(to, "last_ds", x->fds);
    answer_number(to, "last_operand", x->fdp);
    if (c->cr0 & (CR0_EM | CR0_TS))
        answer_text(to, "CR0.%s is set: x87 instructions raise #NM\n",
                    c->cr0 & CR0_EM ? "EM" : "TS");
    answer_list(to, "registers");
    for (unsigned i = 0; i < 8; i++)
        say_st(x, i, to);
    answer_close(to);
    return true;
}

static bool show_msr(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    uint32_t number;
    uint64_t v;
    if (line_more(line)) {
        if (!line_address(line, "the number of a model-specific register", &number, err) ||
            !line_end(line, err))
            return false;
        if (!msr_read(inspect_cpu(m), number, &v))
            return error_set(err, "this processor has no readable model-specific register %x",
                             number);
        answer_number(to, "value", v);
        answer_text(to, "msr %x  %016" PRIx64 "\n", number, v);
        return true;
    }
    unsigned count = 0;
    const struct debug_reg *r;
    for (unsigned n = 0; (r = debug_reg(m, n)) != NULL; n++) {
        if (r->group != DEBUG_MODEL)
            continue;
        v = debug_reg_get(m, n);
        answer_number(to, r->name, v);
        answer_text(to, "%-20s %016" PRIx64 "\n", r->name, v);
        count++;
    }
    if (!count)
        answer_text(to, "this processor model has no model-specific registers\n");
    return true;
}

const struct command commands_registers[] = {
    {"r", "registers regs", "[NAME ...]",
     "general registers, flags, selectors, control registers; what changed",
     "A star marks what has changed since the last stop, and the last lines say from what.\n"
     "With names: these registers only, any that `set` knows.",
     "r\nr eax cs.base icount", "register", COMMAND_LOOK, false, show_r},
    {"seg", "segments sreg", "", "segment registers with their hidden parts, GDTR and IDTR",
     "Base, limit and rights are those the processor has loaded; the descriptor in memory\n"
     "may have changed since (`gdt`).",
     "seg", NULL, COMMAND_LOOK, false, show_seg},
    {"cr", "creg", "", "control registers with their bits by name", NULL, "cr", NULL, COMMAND_LOOK,
     false, show_cr},
    {"dr", "dreg", "", "debug registers: the guest's own breakpoints",
     "These are the guest's. The monitor's own points use none of them.", "dr", NULL, COMMAND_LOOK,
     false, show_dr},
    {"fpu", "x87 float", "", "x87 registers with their values, control and status by name", NULL,
     "fpu", NULL, COMMAND_LOOK, false, show_fpu},
    {"msr", "", "[NUMBER]", "model-specific registers", NULL, "msr\nmsr 0x174", NULL, COMMAND_LOOK,
     false, show_msr},
    {.name = NULL},
};
