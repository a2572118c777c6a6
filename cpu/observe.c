/* SPDX-License-Identifier: MIT */
/* observe.c - telling the debugger what it asked for (observe.h). */
#include "cpu/observe.h"

#include "cpu/internal.h"

void observe_note(struct cpu *c, const struct observed *what)
{
    c->observer.note(c->observer.arg, what);
    cpu_attend(c, ATT_JUDGE);
}

void observe_data(struct cpu *c, lin_t lin, unsigned size, bool write, const phys_t phys[2],
                  unsigned first)
{
    observe_note(c, &(struct observed){.kind = OBSERVE_DATA,
                                       .lin = lin,
                                       .phys = {phys[0], phys[1]},
                                       .size = size,
                                       .first = first,
                                       .write = write,
                                       .by_cpu = true});
}

void observe_port(struct cpu *c, uint16_t port, unsigned size, bool write, uint32_t value)
{
    if (OBSERVED(c, OBSERVE_PORT))
        observe_note(
            c,
            &(struct observed){
                .kind = OBSERVE_PORT, .number = port, .now = value, .size = size, .write = write});
}

bool observe_exec(struct cpu *c)
{
    lin_t lin = c->seg[CS].base + c->eip;
    if (c->is_repeating && c->repeating == lin)
        return false; /* the same instruction still */
    if (!c->observer.before(c->observer.arg, lin))
        return false;
    cpu_attend(c, ATT_JUDGE);
    return true;
}
