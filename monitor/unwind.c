/* SPDX-License-Identifier: MIT */
/*
 * unwind.c - the walk up the stack. Sources: System V ABI, Intel386 supplement (frames); SDM vol. 3,
 * 6.12 and 6.14 (what interrupts push), vol. 2 PUSHAD (the image of the registers).
 *
 * A frame whose function has DWARF frame information is left by it. A function that begins with
 * PUSH EBP; MOV EBP, ESP is left by EBP. Everything else is assembly: its stack is searched upward
 * for what an interrupt pushed (EIP, a code selector, EFLAGS; with a change of ring ESP and a stack
 * selector, all of them checked) and for addresses that a CALL stands before; the first one found
 * counts. A register image of PUSHAD below the interrupt's frame, recognised by the ESP in it,
 * gives the registers of the interrupted code.
 */
#include "monitor/unwind.h"

#include "cpu/cpu.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "monitor/symbols.h"

#define WINDOW 64u /* dwords of stack that assembly is searched for */
#define PUSHAD_BYTES 32u
#define FLAGS_FIXED 0xffc08028u /* bits of EFLAGS that are zero */

static bool read_dword(const struct unwind *u, uint32_t at, uint32_t *value)
{
    uint8_t b[4];
    if (debug_peek_in(u->m, u->cr3, at, b, 4) != 4)
        return false;
    *value = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return true;
}

static bool read_stack(void *ctx, uint32_t addr, uint32_t *value)
{
    const struct unwind *u = ctx;
    return read_dword(u, u->ss_base + addr, value);
}

static bool knows(const struct frame *f, unsigned reg)
{
    return f->known >> reg & 1;
}

/* ---- Descriptors and interrupt frames -------------------------------------------------- */

struct selector {
    uint32_t base;
    unsigned attr; /* access byte */
};

/* A present code or data segment's descriptor, as the tables have it now. */
static bool find_segment(const struct unwind *u, uint16_t sel, struct selector *s)
{
    const struct cpu *c = inspect_cpu(u->m);
    bool local = sel & 4;
    uint32_t base = local ? c->ldtr.base : c->gdtr.base, lo, hi;
    uint32_t limit = local ? c->ldtr.limit : c->gdtr.limit;
    if (!(sel & ~3u) || (local && !(c->ldtr.attr & 0x80)) || (sel | 7u) > limit ||
        !read_dword(u, base + (sel & ~7u), &lo) || !read_dword(u, base + (sel & ~7u) + 4, &hi))
        return false;
    s->base = lo >> 16 | (hi & 0xff) << 16 | (hi & 0xff000000);
    s->attr = hi >> 8 & 0xff;
    return (s->attr & 0x90) == 0x90;
}

/* What an interrupt pushed, lowest address first. */
struct pushed {
    uint32_t at; /* linear address of eip */
    uint32_t eip, cs, flags, esp, ss;
    uint32_t base, ss_base;
    unsigned ring;
    bool outer;                  /* esp and ss were pushed */
    const struct delivery *from; /* that the processor remembers */
};

/* The last delivery, before those that were met already, that pushed this. */
static const struct delivery *find_delivery(const struct unwind *u, const struct pushed *p)
{
    const struct cpu *c = inspect_cpu(u->m);
    uint64_t n = c->deliveries;
    for (unsigned left = DELIVERIES; left && n; left--) {
        const struct delivery *d = &c->delivery[--n % DELIVERIES];
        uint32_t after = p->eip - d->eip;
        if (d->icount <= u->before && d->cs == (p->cs & 0xffff) && d->cpl == p->ring &&
            (d->software ? after - 1 < INSN_MAX_LENGTH : !after || (d->external && after < 16)))
            return d;
    }
    return NULL;
}

static bool outer_stack(const struct unwind *u, struct pushed *p, bool v86)
{
    struct selector s;
    if (!read_dword(u, p->at + 12, &p->esp) || !read_dword(u, p->at + 16, &p->ss))
        return false;
    if (v86) {
        p->ss_base = (p->ss & 0xffff) << 4;
        return p->esp <= 0xffff && p->ss <= 0xffff;
    }
    if ((p->ss & 3) != p->ring || !find_segment(u, (uint16_t)p->ss, &s) || (s.attr & 0x0a) != 0x02)
        return false;
    p->ss_base = s.base;
    return true;
}

static bool find_pushed(const struct unwind *u, uint32_t at, struct pushed *p)
{
    struct selector s;
    uint8_t byte;
    *p = (struct pushed){.at = at};
    if (!read_dword(u, at, &p->eip) || !read_dword(u, at + 4, &p->cs) ||
        !read_dword(u, at + 8, &p->flags) || !(p->flags & FLAG_1) || (p->flags & FLAGS_FIXED) ||
        p->cs > 0xffff)
        return false;
    bool v86 = p->flags & FLAG_VM;
    p->ring = v86 ? 3 : p->cs & 3;
    if (p->ring < u->frame.ring)
        return false;
    if (v86)
        p->base = p->cs << 4;
    else if (!find_segment(u, (uint16_t)p->cs, &s) || !(s.attr & 8) ||
             (!(s.attr & 4) && (s.attr >> 5 & 3) != p->ring))
        return false;
    else
        p->base = s.base;
    p->outer = p->ring > u->frame.ring;
    p->ss_base = u->ss_base;
    p->esp = at + 12 - u->ss_base;
    if (p->outer && !outer_stack(u, p, v86))
        return false;
    p->from = find_delivery(u, p);
    /* Within a ring three numbers are little evidence: there must at least be code. */
    return p->from || p->outer || debug_peek_in(u->m, u->cr3, p->base + p->eip, &byte, 1) == 1;
}

/* Between what is pushed and the present ESP: the registers as PUSHAD stores them. */
static bool find_image(const struct unwind *u, uint32_t from, const struct pushed *p,
                       struct frame *up)
{
    for (uint32_t at = from; p->at - at >= PUSHAD_BYTES && p->at - at <= 4 * WINDOW; at += 4) {
        uint32_t esp, value;
        if (!read_dword(u, at + 12, &esp) || u->ss_base + esp != at + PUSHAD_BYTES)
            continue;
        for (unsigned n = 0; n < 8; n++) {
            if (!read_dword(u, at + 4 * (7 - n), &value))
                return false;
            up->reg[n] = value;
        }
        up->known = 0xff;
        return true;
    }
    return false;
}

static void name_event(const struct unwind *u, const struct pushed *p, struct frame_event *e)
{
    uint8_t code[2];
    *e = (struct frame_event){.known = p->from};
    if (p->from) {
        *e = (struct frame_event){.known = true,
                                  .external = p->from->external,
                                  .software = p->from->software,
                                  .has_code = p->from->has_code,
                                  .vector = p->from->vector,
                                  .code = p->from->code,
                                  .cr2 = p->from->cr2,
                                  .icount = p->from->icount};
    } else if (debug_peek_in(u->m, u->cr3, p->base + p->eip - 2, code, 2) == 2 && code[0] == 0xcd) {
        e->software = true;
        e->vector = code[1];
    }
}

static bool cross(struct unwind *u, uint32_t from, const struct pushed *p, struct frame *up)
{
    *up = u->frame;
    if (!find_image(u, from, p, up))
        up->known &= (uint16_t)(1u << EBX | 1u << EBP | 1u << ESI | 1u << EDI);
    up->how = FRAME_INTERRUPT;
    up->cs = p->cs;
    up->eip = p->eip;
    up->pc = up->at = p->base + p->eip;
    up->ring = p->ring;
    up->reg[ESP] = p->esp;
    up->known |= 1u << ESP;
    name_event(u, p, &up->event);
    if (up->event.software)
        up->at--; /* the INT, not what follows it */
    u->ss_base = p->ss_base;
    u->narrow = p->flags & FLAG_VM;
    if (p->from)
        u->before = p->from->icount;
    return true;
}

/* ---- Calls --------------------------------------------------------------------------------- */

/* Does a near CALL end here? */
static bool is_return(const struct unwind *u, uint32_t lin)
{
    uint8_t b[7];
    struct insn i;
    if (debug_peek_in(u->m, u->cr3, lin - 7, b, 7) != 7)
        return false;
    if (b[2] == 0xe8)
        return true;
    for (unsigned len = 2; len <= 7; len++) {
        const uint8_t *at = &b[7 - len];
        if (at[0] == 0xff && (at[1] >> 3 & 7) == 2 && decode(&i, at, len, false) == DECODE_OK &&
            i.len == len)
            return true;
    }
    return false;
}

static void called_from(const struct unwind *u, enum frame_how how, uint32_t eip, uint32_t esp,
                        struct frame *up)
{
    uint32_t base = u->frame.pc - u->frame.eip;
    *up = u->frame;
    up->how = how;
    up->eip = eip;
    up->pc = base + eip;
    up->at = up->pc - 1;
    up->reg[ESP] = esp;
    up->known &= (uint16_t)(1u << EBX | 1u << EBP | 1u << ESI | 1u << EDI);
    up->known |= 1u << ESP;
    up->event = (struct frame_event){.known = false};
}

/* How a function begins: nothing known, PUSH EBP; MOV EBP, ESP done so far, or another way. */
enum prologue { PROLOGUE_NONE, PROLOGUE_AT_PUSH, PROLOGUE_AT_MOV, PROLOGUE_DONE, PROLOGUE_AT_RET };

static enum prologue find_prologue(const struct unwind *u)
{
    const struct frame *f = &u->frame;
    uint32_t first, last;
    uint8_t code[8], now;
    bool exact = f->how == FRAME_FIRST || f->how == FRAME_INTERRUPT;
    if (!symbols_extent(u->symbols, u->cr3, f->at, &first, &last) ||
        debug_peek_in(u->m, u->cr3, first, code, sizeof code) != sizeof code)
        return PROLOGUE_NONE;
    unsigned n = code[0] == 0xf3 && code[1] == 0x0f && code[2] == 0x1e && code[3] == 0xfb ? 4 : 0;
    bool frame = code[n] == 0x55 && ((code[n + 1] == 0x89 && code[n + 2] == 0xe5) ||
                                     (code[n + 1] == 0x8b && code[n + 2] == 0xec));
    if (exact && debug_peek_in(u->m, u->cr3, f->pc, &now, 1) == 1 && (now == 0xc3 || now == 0xc2))
        return PROLOGUE_AT_RET;
    if (!frame)
        return PROLOGUE_NONE;
    if (exact && f->pc - first <= n)
        return PROLOGUE_AT_PUSH;
    return exact && f->pc - first == n + 1 ? PROLOGUE_AT_MOV : PROLOGUE_DONE;
}

/* The return address lies where ESP points, or a dword above. */
static bool by_entry(const struct unwind *u, unsigned above, struct frame *up)
{
    uint32_t esp = u->frame.reg[ESP], eip, ebp;
    if (!read_dword(u, u->ss_base + esp + 4 * above, &eip) ||
        !is_return(u, u->frame.pc - u->frame.eip + eip) ||
        (above && !read_dword(u, u->ss_base + esp, &ebp)))
        return false;
    called_from(u, FRAME_ENTRY, eip, esp + 4 * above + 4, up);
    if (above)
        up->reg[EBP] = ebp;
    return true;
}

static bool by_ebp(const struct unwind *u, struct frame *up)
{
    const struct frame *f = &u->frame;
    uint32_t ebp = f->reg[EBP], eip, saved, offset;
    if (!knows(f, EBP) || !ebp || ebp < f->reg[ESP] || !read_dword(u, u->ss_base + ebp, &saved) ||
        !read_dword(u, u->ss_base + ebp + 4, &eip) || !eip)
        return false;
    uint32_t pc = f->pc - f->eip + eip;
    if (!is_return(u, pc) && !symbols_name(u->symbols, u->cr3, pc - 1, &offset))
        return false;
    called_from(u, FRAME_EBP, eip, ebp + 8, up);
    up->reg[EBP] = saved;
    return true;
}

/* Does an interrupt's EIP lie at this offset, with CS and EFLAGS above? Not every assembler says so in
   .debug_frame (.cfi_signal_frame): what no CALL has left there is taken for one. */
static bool is_entry(const struct unwind *u, const struct symbols_frame *s, struct pushed *p)
{
    return s->eip_at && find_pushed(u, u->ss_base + s->eip_at, p) &&
           (s->signal || p->from || !is_return(u, p->base + p->eip));
}

/* *signal: the frame is that of an interrupt's entry. */
static bool by_cfi(struct unwind *u, bool *signal, struct frame *up)
{
    const struct frame *f = &u->frame;
    struct symbols_frame s = {.known = (uint16_t)(f->known | 1u << SYMBOLS_EIP)};
    struct pushed p;
    for (unsigned n = 0; n < 8; n++)
        s.reg[n] = f->reg[n];
    s.reg[SYMBOLS_EIP] = f->eip;
    *signal = false;
    if (!symbols_unwind(u->symbols, u->cr3, f->at, &s, read_stack, u))
        return false;
    *signal = s.signal;
    if (is_entry(u, &s, &p))
        return cross(u, u->ss_base + f->reg[ESP], &p, up);
    if (s.signal)
        return false;
    called_from(u, FRAME_CFI, s.reg[SYMBOLS_EIP], s.cfa, up);
    for (unsigned n = 0; n < 8; n++)
        up->reg[n] = s.reg[n];
    up->known = s.known & 0xff;
    up->reg[ESP] = s.cfa;
    up->known |= 1u << ESP;
    if (!(s.known >> SYMBOLS_EIP & 1))
        up->eip = up->pc = 0; /* the outermost frame, it says */
    return true;
}

/* Code that a CALL could have come from: where names are known, it has one as well. */
static bool is_caller(const struct unwind *u, uint32_t lin)
{
    uint32_t offset;
    return is_return(u, lin) && (!symbols_name(u->symbols, u->cr3, u->frame.at, &offset) ||
                                 symbols_name(u->symbols, u->cr3, lin - 1, &offset));
}

/* What an interrupt pushed, within reach. The processor remembers the newest, so what it remembers
   comes first; of the others only the first is meant, and only if its code has a name, when names are
   known at all. */
static bool search_pushed(struct unwind *u, bool known, unsigned reach, struct frame *up)
{
    uint32_t from = u->ss_base + u->frame.reg[ESP], offset;
    bool named = symbols_name(u->symbols, u->cr3, u->frame.at, &offset);
    struct pushed p;
    for (unsigned n = 0; n < reach; n++) {
        if (find_pushed(u, from + 4 * n, &p) &&
            (known
                 ? p.from != NULL
                 : p.outer || !named || symbols_name(u->symbols, u->cr3, p.base + p.eip, &offset)))
            return cross(u, from, &p, up);
    }
    return false;
}

/* Assembly: whatever comes first, a return address or what an interrupt pushed. Without a frame pointer
   to go by (0 by convention) calls are not guessed. */
static bool by_search(struct unwind *u, bool calls, struct frame *up)
{
    const struct frame *f = &u->frame;
    uint32_t from = u->ss_base + f->reg[ESP], value;
    unsigned reach = WINDOW;
    for (unsigned n = 0; calls && n < WINDOW && reach == WINDOW; n++) {
        if (read_dword(u, from + 4 * n, &value) && is_caller(u, f->pc - f->eip + value))
            reach = n;
    }
    if (search_pushed(u, true, reach, up) || search_pushed(u, false, reach, up))
        return true;
    if (reach == WINDOW || !read_dword(u, from + 4 * reach, &value))
        return false;
    called_from(u, FRAME_GUESS, value, f->reg[ESP] + 4 * reach + 4, up);
    return true;
}

static bool step(struct unwind *u, struct frame *up)
{
    uint32_t offset;
    uint8_t byte;
    bool calls = !knows(&u->frame, EBP) || u->frame.reg[EBP], signal;
    if (by_cfi(u, &signal, up))
        return up->how == FRAME_INTERRUPT || up->pc;
    if (signal)
        return by_search(u, false, up);
    switch (find_prologue(u)) {
    case PROLOGUE_AT_PUSH:
    case PROLOGUE_AT_RET: return by_entry(u, 0, up) || by_search(u, calls, up);
    case PROLOGUE_AT_MOV: return by_entry(u, 1, up) || by_search(u, calls, up);
    case PROLOGUE_DONE: return by_ebp(u, up) || by_search(u, calls, up);
    case PROLOGUE_NONE: break;
    }
    /* A call of a null pointer: there is no code here, and the return address was just pushed. */
    if (debug_peek_in(u->m, u->cr3, u->frame.pc, &byte, 1) != 1 && by_entry(u, 0, up))
        return true;
    if (symbols_name(u->symbols, u->cr3, u->frame.at, &offset))
        return by_search(u, calls, up);
    return search_pushed(u, true, WINDOW, up) || by_ebp(u, up) || by_search(u, calls, up);
}

bool unwind_start(struct unwind *u, const struct machine *m, const struct symbols *s,
                  const struct unwind_from *from)
{
    const struct cpu *c = inspect_cpu(m);
    struct frame *f = &u->frame;
    *u = (struct unwind){.m = m,
                         .symbols = s,
                         .cr3 = from && from->cr3_given ? from->cr3 : c->mmu.cr3,
                         .ss_base = c->seg[SS].base,
                         .before = UINT64_MAX,
                         .narrow = !(c->mode & MODE_CODE32),
                         .count = 1};
    *f = (struct frame){.known = 0xff, .cs = c->seg[CS].sel, .eip = c->eip, .ring = c->cpl};
    for (unsigned n = 0; n < 8; n++)
        f->reg[n] = c->gpr[n];
    if (from) {
        f->eip = from->eip;
        f->reg[ESP] = from->esp;
        f->reg[EBP] = from->ebp;
        f->known = 1u << ESP | 1u << EBP;
    }
    f->pc = f->at = c->seg[CS].base + f->eip;
    return true;
}

bool unwind_next(struct unwind *u)
{
    struct frame up;
    uint32_t esp = u->frame.reg[ESP], ring = u->frame.ring;
    if (u->narrow || u->count == UNWIND_FRAMES || !step(u, &up))
        return false;
    if (up.ring == ring && up.reg[ESP] <= esp)
        return false; /* a stack that does not shrink is none */
    u->frame = up;
    u->count++;
    return true;
}
