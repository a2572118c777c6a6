/* SPDX-License-Identifier: MIT */
/*
 * irqwhy.c - irq and irq why N: the way of an interrupt, step by step, to the place where it stops
 * (8259A data sheet; SDM vol. 3, 6.8 and 6.12).
 */
#include "monitor/irqwhy.h"

#include "cpu/cpu.h"
#include "machine/inspect.h"
#include "machine/lines.h"
#include "monitor/answer.h"
#include "monitor/descriptor.h"
#include "monitor/line.h"
#include "monitor/sentence.h"
#include "monitor/session.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The explanation as it grows: steps, and the first that stops the interrupt. */
struct path {
    struct monitor *mon;
    const struct machine *m;
    const struct cpu *c;
    struct answer *to;
    bool idle;         /* nothing asks for the interrupt now */
    bool stopped;      /* a step would stop it */
    char verdict[400]; /* and this is what to say of it */
};

static void step(struct path *p, const char *name, bool good, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void step(struct path *p, const char *name, bool good, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    answer_object(p->to, NULL);
    answer_string(p->to, "step", name);
    answer_bool(p->to, "passes", good);
    answer_string(p->to, "text", text);
    answer_close(p->to);
    answer_text(p->to, "  %-8s %s ", name, good ? "  " : "->");
    answer_sentence(p->to, 14, 14, "%s", text);
    if (!good && (strcmp(name, "line") == 0 || strcmp(name, "request") == 0)) {
        p->idle = true;
    } else if (!good && !p->stopped) {
        p->stopped = true;
        snprintf(p->verdict, sizeof p->verdict, "%s", text);
    }
}

/* "vector 21, c0101234 <irq1>": the handler behind a vector. */
static void handler_text(const struct path *p, unsigned vector, char *text, size_t n)
{
    struct descriptor d;
    char why[160], place[200];
    if (!(p->c->cr0 & CR0_PE)) {
        uint16_t raw[2] = {0, 0};
        descriptor_peek(p->m, p->c->idtr.base + vector * 4, raw, sizeof raw);
        snprintf(text, n, "vector %02x, %04x:%04x", vector, raw[1], raw[0]);
    } else if (!descriptor_gate(p->m, vector, &d, why, sizeof why)) {
        snprintf(text, n, "vector %02x", vector);
    } else {
        session_place(p->mon, d.off, place, sizeof place);
        snprintf(text, n, "vector %02x, %s", vector, place);
    }
}

/* Since when a line has been in service, and by whom. */
static void service_text(const struct path *p, unsigned line, char *text, size_t n)
{
    struct inspect_irq irq;
    char handler[260];
    inspect_irq(p->m, line, &irq);
    handler_text(p, irq.vector, handler, sizeof handler);
    if (irq.taken)
        snprintf(text, n,
                 "IRQ %u is in service: its handler (%s) took it @%" PRIu64 ", %" PRIu64
                 " instructions ago, and has sent no EOI",
                 line, handler, irq.taken_icount, p->c->icount - irq.taken_icount);
    else
        snprintf(text, n, "IRQ %u is in service (%s) and no EOI has been sent", line, handler);
}

/* Behind the master's input 2 are the lines of the slave: the one in service, or 2. */
static unsigned line_behind(const struct path *p, unsigned line)
{
    struct inspect_irq irq;
    for (unsigned n = 8; line == 2 && n < LINES_ISA; n++) {
        inspect_irq(p->m, n, &irq);
        if (irq.in_service)
            return n;
    }
    return line;
}

/* Has the controller a request for this line? */
static void request(struct path *p, const struct inspect_irq *irq)
{
    bool held = irq->line && !irq->level && !irq->requested;
    step(p, "request", irq->requested, "the %s PIC has %s request (IRR bit %u)%s", irq->pic,
         irq->requested ? "the" : "no", irq->input,
         held ? "; being edge-triggered, the line must fall and rise for another" : "");
}

/* One controller: request (if it is asked at all), mask, priority. */
static void through_controller(struct path *p, unsigned n, const struct inspect_irq *irq,
                               bool asked)
{
    char text[400];
    if (irq->fate == IRQ_NOT_READY) {
        step(p, "pic", false, "the %s PIC is not initialised", irq->pic);
        return;
    }
    if (asked)
        request(p, irq);
    step(p, "mask", !irq->masked, "%s by the %s PIC (IMR bit %u)",
         irq->masked ? "masked" : "not masked", irq->pic, irq->input);
    if (irq->fate == IRQ_BLOCKED) {
        service_text(p, line_behind(p, irq->by), text, sizeof text);
        step(p, "service", false, "%s", text);
    } else if (irq->in_service && irq->fate == IRQ_IDLE) {
        service_text(p, line_behind(p, n), text, sizeof text);
        step(p, "service", false, "%s; nothing more comes from it until then", text);
    } else if (irq->fate == IRQ_WAITS) {
        step(p, "priority", false, "IRQ %u has priority and comes first", irq->by);
    } else if (!irq->in_service) {
        step(p, "service", true,
             "nothing of the same or a higher priority is in service at the %s PIC", irq->pic);
    }
}

/* A vector at the local APIC: request, service, priority. */
static void through_lapic(struct path *p, const struct inspect_apic *a)
{
    step(p, "request", a->requested, "the local APIC has %s request for vector %02x%s",
         a->requested ? "the" : "no", a->vector,
         a->waits_eoi && a->in_service ? "; the pin is level-triggered and waits for the EOI" : "");
    if (a->fate == LOCAL_OFF)
        step(p, "lapic", false, "the local APIC is off");
    else if (a->fate == LOCAL_LOW && a->by)
        step(p, "service", false,
             "vector %02x is in service at the local APIC, in the same or a higher class, and no "
             "EOI has been sent",
             a->by);
    else if (a->fate == LOCAL_LOW)
        step(p, "priority", false, "the local APIC's task priority holds it off (PPR %02x)",
             a->ppr);
    else if (a->fate == LOCAL_WAITS)
        step(p, "priority", false, "vector %02x has priority and comes first", a->by);
    else if (a->in_service)
        step(p, "service", false,
             "vector %02x is in service at the local APIC and no EOI has been sent", a->vector);
    else if (!a->requested && a->vector >> 4 <= a->ppr >> 4)
        step(p, "priority", false,
             "what is in service or the task priority holds its class off (PPR %02x)", a->ppr);
    else
        step(p, "priority", true, "nothing at the local APIC is in its way (PPR %02x)", a->ppr);
}

/* By the I/O APIC, where its pin is open; the 8259s have no say then. */
static void through_apics(struct path *p, const struct inspect_apic *a)
{
    if (!a->open) {
        step(p, "ioapic", false, "pin %u of the I/O APIC is masked, or not for an interrupt",
             a->pin);
        return;
    }
    step(p, "ioapic", true, "pin %u of the I/O APIC is open: vector %02x, %s", a->pin, a->vector,
         a->level ? "level" : "edge");
    if (a->refused)
        step(p, "lapic", false, "the local APIC does not take it: it is disabled (SVR)");
    through_lapic(p, a);
}

/* By the 8259s, and from them by LINT0. */
static void through_pics(struct path *p, unsigned n, const struct inspect_irq *irq,
                         const struct inspect_apic *a)
{
    struct inspect_irq master;
    through_controller(p, n, irq, true);
    if (n >= 8) {
        inspect_irq(p->m, 2, &master);
        through_controller(p, 2, &master, irq->fate == IRQ_GOES);
    }
    if (!a->virtual_wire)
        step(p, "LINT0", false,
             "the 8259s do not reach the processor (LINT0 of the local APIC is masked), and pin %u "
             "of the I/O APIC is masked",
             a->pin);
}

static void through_flags(struct path *p)
{
    const struct cpu *c = p->c;
    const struct if_off *off = &c->if_off;
    char place[200];
    if (c->eflags & FLAG_IF) {
        step(p, "IF", true, "interrupts are on (EFLAGS.IF)");
    } else if (off->icount == UINT64_MAX) {
        step(p, "IF", false, "interrupts are off (EFLAGS.IF); they have not been on yet");
    } else {
        session_place(p->mon, off->eip, place, sizeof place);
        if (off->vector < 0)
            step(p, "IF", false, "interrupts are off (EFLAGS.IF): cleared @%" PRIu64 " by %s",
                 off->icount, place);
        else
            step(p, "IF", false,
                 "interrupts are off (EFLAGS.IF): cleared @%" PRIu64 " by the gate of vector %02x, "
                 "which came at %s",
                 off->icount, (unsigned)off->vector, place);
    }
    if (c->inhibit != INHIBIT_NONE)
        step(p, "shadow", false,
             "the next instruction is in the shadow of %s: one instruction more",
             c->inhibit == INHIBIT_STI ? "STI" : "a load of SS");
}

static void through_gate(struct path *p, unsigned vector)
{
    struct descriptor d;
    char why[160], handler[260];
    handler_text(p, vector, handler, sizeof handler);
    if (!(p->c->cr0 & CR0_PE)) {
        uint32_t to = 0;
        descriptor_peek(p->m, p->c->idtr.base + vector * 4, &to, sizeof to);
        step(p, "vector", vector * 4u + 3 <= p->c->idtr.limit && to, "%s%s", handler,
             to ? "" : ": nobody has put a handler there");
        return;
    }
    if (descriptor_gate(p->m, vector, &d, why, sizeof why))
        descriptor_check_gate(p->m, &d, why, sizeof why);
    if (*why)
        step(p, "gate", false, "the gate of vector %02x would fault: %s", vector, why);
    else
        step(p, "gate", true, "%s", handler);
    if (vector < 32)
        step(p, "vector", true,
             "note: vector %02x is one of the processor's exceptions (%s): move the PIC's vectors",
             vector, fault_name(vector));
}

/* name: "IRQ 14", "vector 41". */
static void say_verdict(const struct path *p, const char *name, const char *source, bool in_service)
{
    char text[760];
    if (p->idle && p->stopped && in_service)
        snprintf(text, sizeof text, "%s comes no more: %s", name, p->verdict);
    else if (p->idle && p->stopped)
        snprintf(text, sizeof text, "nothing asks for %s now (%s); if something did: %s", name,
                 source, p->verdict);
    else if (p->idle)
        snprintf(text, sizeof text, "nothing asks for %s now (%s); nothing would stop it", name,
                 source);
    else if (p->stopped)
        snprintf(text, sizeof text, "%s does not come: %s", name, p->verdict);
    else
        snprintf(text, sizeof text, "nothing stops %s: it is taken before the next instruction",
                 name);
    text[0] = (char)toupper((unsigned char)text[0]);
    answer_bool(p->to, "requested", !p->idle);
    answer_bool(p->to, "stopped", p->stopped);
    answer_string(p->to, "verdict", text);
    answer_sentence(p->to, 0, 2, "%s.", text);
}

static void explain_line(struct monitor *mon, unsigned n, struct answer *to)
{
    struct path p = {.mon = mon, .m = monitor_machine(mon), .to = to};
    struct inspect_irq irq;
    struct inspect_apic apic;
    char source[200], name[16];
    p.c = inspect_cpu(p.m);
    inspect_irq(p.m, n, &irq);
    inspect_irq_source(p.m, n, source, sizeof source);
    inspect_apic(p.m, n, &apic);
    unsigned vector = apic.open ? apic.vector : irq.vector;
    snprintf(name, sizeof name, "%s %u", n < LINES_ISA ? "IRQ" : "pin", n);
    answer_number(to, "irq", n);
    answer_number(to, "vector", vector);
    answer_number(to, "taken", irq.taken);
    answer_text(to, n < LINES_ISA ? "IRQ %u" : "Pin %u of the I/O APIC", n);
    answer_text(to, " (%s), vector %02x: ", irq.source ? irq.source : "nothing connected", vector);
    if (irq.taken)
        answer_text(to, "taken %" PRIu64 " time%s, last @%" PRIu64 "\n", irq.taken,
                    irq.taken == 1 ? "" : "s", irq.taken_icount);
    else
        answer_text(to, "never taken\n");
    answer_list(to, "steps");
    step(&p, "line", irq.line || irq.requested || irq.in_service, "the %s: %s",
         n >= LINES_ISA ? (irq.line ? "pin is active" : "pin is not active")
         : irq.line     ? "line is high"
                        : "line is low",
         source);
    if (apic.open || n >= LINES_ISA)
        through_apics(&p, &apic);
    else
        through_pics(&p, n, &irq, &apic);
    through_flags(&p);
    if (apic.open || n < LINES_ISA)
        through_gate(&p, vector);
    answer_close(to);
    say_verdict(&p, name, source, apic.open ? apic.in_service : irq.in_service);
}

/* What the local APIC makes of a vector: its timer's, a message's, a pin's. */
static void explain_vector(struct monitor *mon, uint8_t vector, struct answer *to)
{
    struct path p = {.mon = mon, .m = monitor_machine(mon), .to = to};
    struct inspect_apic apic;
    char source[240], name[16], who[60] = "nobody";
    p.c = inspect_cpu(p.m);
    inspect_vector(p.m, vector, &apic);
    inspect_vector_source(p.m, vector, source, sizeof source);
    (void)inspect_vector_name(p.m, vector, who, sizeof who);
    snprintf(name, sizeof name, "vector %02x", vector);
    answer_number(to, "vector", vector);
    answer_string(to, "source", who);
    answer_text(to, "Vector %02x (%s)\n", vector, who);
    answer_list(to, "steps");
    step(&p, "source", true, "%s", source);
    through_lapic(&p, &apic);
    through_flags(&p);
    through_gate(&p, vector);
    answer_close(to);
    say_verdict(&p, name, source, apic.in_service);
}

static const char *fate_text(const struct inspect_irq *irq)
{
    switch (irq->fate) {
    case IRQ_NOT_READY: return "controller not initialised";
    case IRQ_IDLE: return irq->in_service ? "being handled, no EOI yet" : "";
    case IRQ_MASKED: return "requested, masked";
    case IRQ_BLOCKED: return "requested, waits for an EOI";
    case IRQ_WAITS: return "requested, another comes first";
    case IRQ_GOES: return "asks the processor";
    }
    return "";
}

/* A row of the table of the APICs: an open pin, or an entry of the local vector table. */
static void apic_row(struct answer *to, const char *name, const struct inspect_apic *a,
                     const char *source)
{
    const char *state = a->in_service            ? "being handled, no EOI yet"
                        : a->fate == LOCAL_LOW   ? "requested, waits for an EOI or the TPR"
                        : a->fate == LOCAL_WAITS ? "requested, another comes first"
                        : a->fate == LOCAL_GOES  ? "asks the processor"
                        : a->refused             ? "refused: the local APIC is disabled"
                                                 : "";
    answer_object(to, NULL);
    answer_string(to, "name", name);
    answer_number(to, "vector", a->vector);
    answer_bool(to, "level", a->level);
    answer_bool(to, "requested", a->requested);
    answer_bool(to, "in_service", a->in_service);
    answer_close(to);
    answer_text(to, "%-8s    %02x %-5s   %u   %u  %-*s%s%s\n", name, a->vector,
                a->level ? "level" : "edge", a->requested, a->in_service, *state ? 13 : 1, source,
                *state ? "  " : "", state);
}

/* What comes to the processor without the 8259s. */
static void list_apics(const struct machine *m, struct answer *to)
{
    struct inspect_apic a;
    struct inspect_lvt lvt;
    struct inspect_irq irq;
    char name[16];
    unsigned rows = 0;
    answer_list(to, "apic");
    for (unsigned n = 0; n < LINES_ALL; n++) {
        inspect_apic(m, n, &a);
        if (!a.open)
            continue;
        if (!rows++)
            answer_text(to, "APIC    vector trigger irr isr  source         state\n");
        inspect_irq(m, n, &irq);
        snprintf(name, sizeof name, "pin %u", a.pin);
        apic_row(to, name, &a, irq.source ? irq.source : "-");
    }
    for (unsigned n = 0; inspect_lvt(m, n, &lvt); n++) {
        if (lvt.masked || !lvt.vector)
            continue;
        if (!rows++)
            answer_text(to, "APIC    vector trigger irr isr  source         state\n");
        inspect_vector(m, lvt.vector, &a);
        apic_row(to, lvt.name, &a, "local APIC");
    }
    answer_close(to);
    answer_number(to, "local_taken", inspect_local_taken(m));
    if (inspect_local_taken(m))
        answer_text(to, "taken of the local APIC's own (timer, messages): %" PRIu64 "\n",
                    inspect_local_taken(m));
}

static void list_lines(struct monitor *mon, struct answer *to)
{
    const struct machine *m = monitor_machine(mon);
    const struct cpu *c = inspect_cpu(m);
    answer_bool(to, "interrupts_on", c->eflags & FLAG_IF);
    answer_bool(to, "intr", c->intr);
    answer_text(to, "IRQ vector  line irr mask isr      taken  source         state\n");
    answer_list(to, "lines");
    for (unsigned n = 0; n < LINES_ISA; n++) {
        struct inspect_irq irq;
        inspect_irq(m, n, &irq);
        answer_object(to, NULL);
        answer_number(to, "irq", n);
        if (irq.source)
            answer_string(to, "source", irq.source);
        else
            answer_null(to, "source");
        answer_number(to, "vector", irq.vector);
        answer_bool(to, "line", irq.line);
        answer_bool(to, "requested", irq.requested);
        answer_bool(to, "masked", irq.masked);
        answer_bool(to, "in_service", irq.in_service);
        answer_bool(to, "level", irq.level);
        answer_number(to, "taken", irq.taken);
        answer_close(to);
        const char *state = fate_text(&irq), *source = irq.source ? irq.source : "-";
        answer_text(to, "%3u     %02x  %4s   %u    %u   %u %10" PRIu64 "  %-*s%s%s\n", n,
                    irq.vector, irq.line ? "high" : "low", irq.requested, irq.masked,
                    irq.in_service, irq.taken, *state ? 13 : 1, source, *state ? "  " : "", state);
    }
    answer_close(to);
    list_apics(m, to);
    answer_text(to, "EFLAGS.IF is %s; the INTR pin is %s\n", c->eflags & FLAG_IF ? "set" : "clear",
                c->intr ? "high" : "low");
}

bool irq_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    struct inspect_apic apic;
    bool why = line_keyword(line, "why");
    if (!why && !line_more(line)) {
        list_lines(mon, to);
        return true;
    }
    inspect_apic(m, 0, &apic);
    uint32_t n, lines = apic.present ? LINES_ALL : LINES_ISA;
    bool vector = line_keyword(line, "vector");
    if (!line_address(line, vector ? "a vector" : "the number of an interrupt line", &n, err) ||
        !line_end(line, err))
        return false;
    if (vector && !apic.present)
        return error_set(err, "this machine has no APIC: give the number of the line");
    if (vector && n > 255)
        return error_set(err, "vectors end at 255");
    if (!vector && n >= lines)
        return error_set(err, "there are interrupt lines 0 to %u; %u is none of them", lines - 1,
                         n);
    if (vector)
        explain_vector(mon, (uint8_t)n, to);
    else
        explain_line(mon, n, to);
    return true;
}
