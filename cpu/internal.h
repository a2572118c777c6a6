/* SPDX-License-Identifier: MIT */
/*
 * internal.h - what the files of cpu/ share among themselves and with cpu/engine/.
 */
#ifndef CPU_INTERNAL_H
#define CPU_INTERNAL_H

#include "base/clock.h"
#include "cpu/cpu.h"
#include "cpu/mem.h"

struct opcode;

/* model.c: what a processor generation has. */
struct cpu_model {
    const char *name;
    unsigned level;       /* 3 = 386 ... 6 = Pentium Pro */
    uint32_t reset_edx;   /* signature in EDX after reset */
    uint32_t cr0_mask;    /* CR0 bits that can be set */
    uint32_t cr0_fixed;   /* CR0 bits that always read as one */
    uint32_t cr3_mask;    /* CR3 bits that are kept */
    uint32_t eflags_mask; /* EFLAGS bits that POPF and IRET can change */
    uint32_t cr4_mask;    /* CR4 bits that can be set; 0: no CR4 */
    uint32_t features;    /* CPUID leaf 1, EDX; 0: no CPUID */
    uint8_t leaves;       /* highest CPUID leaf */
    uint32_t caches[4];   /* CPUID leaf 2: EAX EBX ECX EDX */
};
bool model_has(const struct cpu *c, uint32_t feature); /* announced by CPUID */
const struct cpu_model *cpu_model_find(unsigned level);

/* exec.c */
void exec_insn(struct cpu *c, const struct insn *i); /* the generic executor: checks and body */
uint32_t exec_ea(const struct cpu *c, const struct insn *i); /* offset of the memory operand */

/* fetch.c: the instruction at CS:EIP, or the fault that fetching it raises. */
void fetch_insn(struct cpu *c, struct insn *i);
/* Physical page of code at lin. False: *f says why not. */
bool fetch_page(struct cpu *c, lin_t lin, phys_t *page, struct mmu_fault *f);

/* cpu.c */
void cpu_update_mode(struct cpu *c);  /* after CPL, CS, SS, DS or ES changed */
void cpu_note_era(struct cpu *c);     /* after CR3, paging or the size of code changed */
void cpu_update_align(struct cpu *c); /* the same, and EFLAGS.AC or CR0.AM */
void cpu_step(struct cpu *c);         /* one instruction or one iteration, in the reference layer */

/* segment.c */
struct desc {
    uint32_t lo, hi; /* the eight bytes */
    lin_t at;        /* where they are */
};
/* Reads the descriptor that sel names; raises vector(sel | ext) if it is outside its table. */
void desc_read(struct cpu *c, uint16_t sel, struct desc *d, unsigned vector, uint32_t ext);
/* The same without a fault: false if sel is null or outside its table. */
bool desc_try(struct cpu *c, uint16_t sel, struct desc *d);
void desc_mark_accessed(struct cpu *c, struct desc *d);
static inline unsigned desc_attr(const struct desc *d)
{
    return (d->hi >> 8 & 0xff) | (d->hi >> 8 & 0xf000);
}
static inline unsigned desc_dpl(const struct desc *d)
{
    return d->hi >> 13 & 3;
}
uint32_t desc_base(const struct desc *d);
uint32_t desc_limit(const struct desc *d);
#define SEG_ALL_BYTES (UINT64_C(1) << 33) /* a 4 GiB segment: accesses wrap (SDM vol. 3, 5.3) */
/* Fills the hidden part from a descriptor. */
void seg_from_desc(struct seg *s, uint16_t sel, const struct desc *d);
void seg_set_real(struct seg *s, uint16_t sel); /* base and selector as real mode loads them */
void seg_set_v86(struct seg *s, uint16_t sel);
void seg_set_null(struct seg *s, uint16_t sel);
void seg_update(struct seg *s); /* recomputes lo and the counts from attr, limit */
void seg_load(struct cpu *c, unsigned n, uint16_t sel); /* MOV/POP/Lxx to a data segment or SS */
/* Loads SS for a change to privilege level cpl; vector and ext for its faults. */
void seg_check_stack(struct cpu *c, uint16_t sel, unsigned cpl, struct desc *d, unsigned vector,
                     uint32_t ext);

/* system.c: MOV to CR0, CR2, CR3 or CR4, with its checks. */
void control_load(struct cpu *c, unsigned n, uint32_t v);

/* stack.c: pushes and pops that commit ESP at the end. */
struct stack {
    struct seg seg; /* the stack segment (a copy) */
    uint32_t esp;   /* working value */
    uint32_t mask;  /* 0xffff or all ones */
    unsigned user;  /* MMU_USER if the accesses are made at CPL 3 */
    uint32_t code;  /* error code for a limit violation */
};
void stack_here(struct cpu *c, struct stack *s); /* the current one */
/* The stack of privilege level cpl by the TSS, checked; its descriptor is not marked accessed yet. */
void stack_inner(struct cpu *c, unsigned cpl, struct stack *s, struct desc *ssd, uint32_t ext);
void stack_push(struct cpu *c, struct stack *s, uint32_t v, unsigned size);
uint32_t stack_pop(struct cpu *c, struct stack *s, unsigned size);
/* Proves that n pushes of this size will succeed. */
void stack_probe(struct cpu *c, const struct stack *s, unsigned n, unsigned size);
void stack_commit(struct cpu *c, const struct stack *s); /* ESP, by the stack's width */
void cpu_push(struct cpu *c, uint32_t v, unsigned size);

/* task.c */
struct inner_stack {
    uint16_t ss;
    uint32_t esp;
};
void task_inner_stack(struct cpu *c, unsigned cpl, struct inner_stack *out, uint32_t ext);
/* May CPL > IOPL touch these ports? By the bitmap in the TSS. */
void task_check_io(struct cpu *c, uint16_t port, unsigned size);

enum task_cause { TASK_JUMP, TASK_CALL, TASK_IRET };
/* JMP or CALL through a TSS descriptor or a task gate, IRET with NT. EIP to save is c->next. */
void task_transfer(struct cpu *c, uint16_t sel, const struct desc *d, enum task_cause why);
/* flags: the EFLAGS image to save. */
void task_gate(struct cpu *c, uint16_t tss, enum task_cause why, uint32_t flags, uint32_t ext);
void task_return(struct cpu *c);

/* straight.c: the frequent cases; false: nothing was done, go the general way. */
bool straight_deliver(struct cpu *c, const struct fault *f, uint32_t flags, uint32_t eip);
bool straight_iret(struct cpu *c); /* 32 bits, protected mode, no NT */
bool straight_load(struct cpu *c, unsigned n, uint16_t sel);

/* debug.c: DR0-DR7. */
void debug_update(struct cpu *c);     /* after DR0-3, DR7 or CR4.DE changed */
void debug_check_code(struct cpu *c); /* raises #DB for a breakpoint at CS:EIP */
void debug_note_data(struct cpu *c, lin_t lin, unsigned size, bool write);
void debug_note_io(struct cpu *c, uint16_t port, unsigned size);
void debug_trap(struct cpu *c); /* delivers what debug_hit holds */

/* observe.c: does the observer want to stop before the instruction at CS:EIP? */
bool observe_exec(struct cpu *c);
/* A port was read or written. */
void observe_port(struct cpu *c, uint16_t port, unsigned size, bool write, uint32_t value);

/* far.c, intr.c */
uint32_t iret_flags(const struct cpu *c, uint32_t image, unsigned size); /* EFLAGS after IRET */
void seg_drop_inner(struct cpu *c); /* data segments that the outer level may not keep */
void far_enter_code(struct cpu *c, uint16_t sel, const struct desc *d, uint32_t eip, unsigned cpl);
/* c->delivering for interrupts, INT n and traps: a fault on the way is no double fault. */
#define DELIVERING_BENIGN 0x100
/* Delivers c->fault or an external interrupt; may raise. */
void intr_deliver(struct cpu *c, const struct fault *f);
/* Raised by the run loop after an unwind: delivers, doubles, or shuts down. */
void fault_dispatch(struct cpu *c);
void fault_deliver(struct cpu *c); /* c->fault, that the observer held back */
void intr_external(struct cpu *c, uint8_t vector, bool nmi);

static inline bool cpu_real_mode(const struct cpu *c)
{
    return !(c->cr0 & CR0_PE);
}

static inline bool cpu_v86(const struct cpu *c)
{
    return c->eflags & FLAG_VM;
}

/* Segment registers hold paragraph numbers: real and virtual-8086 mode. */
static inline bool cpu_paragraphs(const struct cpu *c)
{
    return cpu_real_mode(c) || cpu_v86(c);
}

static inline unsigned cpu_iopl(const struct cpu *c)
{
    return c->eflags >> 12 & 3;
}

static inline void cpu_attend(struct cpu *c, unsigned why)
{
    c->attention |= (uint8_t)why;
    c->limit = 0;
}

/* Before IF may be cleared (vector: through this gate, -1: by an instruction): who did it? */
static inline void cpu_note_if_off(struct cpu *c, int vector)
{
    if (c->eflags & FLAG_IF)
        c->if_off = (struct if_off){c->icount - c->ahead, c->eip, vector};
}

/* Moves the clock to the start of the current instruction, before a device sees it. */
static inline void cpu_sync_clock(struct cpu *c)
{
    c->clock->now = c->time_base + ((c->icount - c->ahead) << c->cost_log2);
}

static inline uint32_t reg_get(const struct cpu *c, unsigned offset, unsigned size)
{
    return host_get((const uint8_t *)c->gpr + offset, size);
}

static inline void reg_set(struct cpu *c, unsigned offset, uint32_t v, unsigned size)
{
    host_put((uint8_t *)c->gpr + offset, v, size);
}

#endif
