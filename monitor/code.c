/* SPDX-License-Identifier: MIT */
/*
 * code.c - an instruction from the guest's memory as text. Names stand behind branch targets, behind
 * absolute memory operands and behind constants that are exactly where a symbol begins.
 * Not modelled: the effect of segment bases other than CS on operands (they are taken as flat).
 */
#include "monitor/code.h"

#include "cpu/cpu.h"
#include "cpu/opcodes.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "monitor/symbols.h"

#include <stdio.h>
#include <string.h>

/* The linear address that the instruction names. *exact: only the beginning of a symbol counts. */
static bool find_target(const struct code *code, const struct insn *i, uint32_t *target,
                        bool *exact)
{
    const struct opcode *row = &opcodes[i->row];
    *exact = false;
    if (row->dst == Jb || row->dst == Jv || row->src == Jb || row->src == Jv) {
        uint32_t to = code->off + i->len + i->imm;
        *target = code->lin - code->off + (i->flags & INSN_OS32 ? to : to & 0xffff);
        return true;
    }
    if ((i->flags & (INSN_MEM | INSN_AS32)) == (INSN_MEM | INSN_AS32) && i->disp >= 0x1000 &&
        i->base == REG_NONE && i->seg != FS && i->seg != GS) {
        *target = i->disp;
        return true;
    }
    if ((row->src == Iv || row->dst == Iv || row->third == Iv) && (i->flags & INSN_OS32) &&
        i->imm >= 0x1000) {
        *target = i->imm;
        *exact = true;
        return true;
    }
    return false;
}

static void add_name(struct code *code, const struct insn *i, const struct symbols *s, uint32_t cr3)
{
    size_t n = strlen(code->text);
    uint32_t target, offset;
    bool exact;
    if (!find_target(code, i, &target, &exact))
        return;
    const char *name = symbols_name(s, cr3, target, &offset);
    if (!name || (exact && offset))
        return;
    bool jump = opcodes[i->row].flags & OPC_BRANCH;
    char plus[16] = "";
    if (offset)
        snprintf(plus, sizeof plus, "+0x%x", offset);
    snprintf(code->text + n, sizeof code->text - n, jump ? " <%s%s>" : "  ; %s%s", name, plus);
}

/* Where in its segment is it? Of code elsewhere than in the present CS only 16-bit code has to be
   told: a segment begins somewhere in the 64 KiB before it. */
static void place(struct code *code, const struct machine *m)
{
    const struct cpu *c = inspect_cpu(m);
    uint32_t base = c->seg[CS].base;
    bool inside = code->code16 == !(c->mode & MODE_CODE32) && code->lin - base <= c->seg[CS].limit;
    code->sel = inside && base ? c->seg[CS].sel : 0;
    code->off = inside ? code->lin - base : code->code16 ? code->lin & 0xffff : code->lin;
}

bool code_read(struct code *code, const struct machine *m, const struct symbols *s, uint32_t cr3,
               uint32_t lin, bool code16)
{
    struct insn i;
    *code = (struct code){.lin = lin, .code16 = code16};
    place(code, m);
    unsigned have = (unsigned)debug_peek_in(m, cr3, lin, code->bytes, sizeof code->bytes);
    if (!have) {
        snprintf(code->text, sizeof code->text, "(no memory)");
        return false;
    }
    switch (decode(&i, code->bytes, have, code16)) {
    case DECODE_OK:
        code->good = true;
        code->len = i.len;
        disasm(code->text, sizeof code->text, &i, code->off);
        add_name(code, &i, s, cr3);
        return true;
    case DECODE_MORE: snprintf(code->text, sizeof code->text, "(ends where no memory is)"); break;
    case DECODE_UD:
    case DECODE_LONG: snprintf(code->text, sizeof code->text, "(no instruction)"); break;
    }
    code->len = 1;
    return true;
}

int code_address(const struct code *code, char *text, size_t n)
{
    if (code->sel)
        return snprintf(text, n, code->code16 ? "%04x:%04x" : "%04x:%08x", code->sel, code->off);
    return snprintf(text, n, "%08x", code->lin);
}

int code_bytes(const struct code *code, unsigned most, char *text, size_t n)
{
    size_t at = 0;
    text[0] = 0;
    for (unsigned k = 0; k < code->len && at < n; k++) {
        if (k == most)
            return snprintf(text + at, n - at, "+") + (int)at;
        at += (size_t)snprintf(text + at, n - at, k ? " %02x" : "%02x", code->bytes[k]);
    }
    return (int)at;
}
