/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_code.c - programs aimed at what blocks of decoded code could get wrong: stores beside code,
 * into it, over the instruction that stores; code that is copied and run; pages of code that are mapped
 * elsewhere; loads of the entry that maps where the same instruction stores; faults inside runs that one
 * handler executes and far down a chain of blocks; single steps and breakpoints in the middle. Each
 * program runs in the reference layer; in the engine it is stopped after every single instruction, cold
 * and with everything linked, and then goes on to its end: state and memory must be the same each time.
 *
 * Programs are at 8000h (see cpu_rig.h), paging is on, page 5 is not there, page 0dh is theirs to map.
 * They end with HLT, faults do so too, or in a triple fault if the stack is gone. #DB goes to 0a800h.
 */
#include "tests/report.h"
#include "tests/unit/cpu_one.h"

#if defined(__x86_64__) || defined(__i386__)

#define PROGRAM(name, text)                                                                        \
    extern const uint8_t name[], name##_end[];                                                     \
    __asm__(".pushsection .rodata\n.code32\n.globl " #name ", " #name "_end\n" #name ":\n" text    \
            "\nhlt\n" #name "_end:\n" CODE_AGAIN ".popsection\n")
#ifdef __x86_64__
#define CODE_AGAIN ".code64\n"
#else
#define CODE_AGAIN ""
#endif

PROGRAM(store_beside_code, "mov $0x8200, %ebx\n mov $40, %ecx\n"
                           "1: incl (%ebx)\n addl $3, 4(%ebx)\n movb %cl, 8(%ebx)\n"
                           "movw %cx, 127(%ebx)\n mov 127(%ebx), %eax\n add %eax, %edx\n"
                           "xchg %edx, 12(%ebx)\n pushl 12(%ebx)\n popl 16(%ebx)\n"
                           "dec %ecx\n jnz 1b");
PROGRAM(data_beside_code_becomes_code,
        "mov $0x9000, %ebx\n lea 0x40(%ebx), %esi\n movl $0xc340, (%ebx)\n mov $8, %ecx\n"
        "1: call *%ebx\n incl 0x80(%ebx)\n movw $0xc342, (%esi)\n incl 0x80(%ebx)\n"
        "call *%esi\n incl 0x42(%ebx)\n movb $0x4a, (%esi)\n incl 0x80(%ebx)\n call *%esi\n"
        "xorb $8, (%ebx)\n dec %ecx\n jnz 1b");
PROGRAM(last_code_beside_data_dies,
        "mov $0x9000, %ebx\n mov $4, %edx\n"
        "2: movl $0xc340, (%ebx)\n call *%ebx\n mov $20, %ecx\n"
        "1: incl 0x80(%ebx)\n movb $0x48, (%ebx)\n dec %ecx\n jnz 1b\n call *%ebx\n"
        "incl 0x80(%ebx)\n dec %edx\n jnz 2b");
PROGRAM(store_across_the_page_of_code,
        "mov $0x9000, %ebx\n movl $0xc340, (%ebx)\n movl $0xc342, 0xff0(%ebx)\n"
        "lea 0xff0(%ebx), %esi\n mov $6, %ecx\n"
        "1: call *%ebx\n call *%esi\n incl 0xffc(%ebx)\n addl %ecx, 0xffd(%ebx)\n"
        "incl -1(%ebx)\n mov %ecx, 0xffe(%ebx)\n xorw $8, (%ebx)\n dec %ecx\n jnz 1b");
PROGRAM(remapped_page_beside_code,
        "movl $0xc340, 0x9000\n movl $0xc342, 0xa080\n mov $8, %ecx\n mov $0xd000, %ebx\n"
        "lea 0x80(%ebx), %esi\n"
        "1: movl $0x9007, 0xc034\n invlpg 0xd000\n call *%ebx\n incl (%esi)\n incl (%esi)\n"
        "movl $0xa007, 0xc034\n invlpg 0xd000\n call *%esi\n incl (%ebx)\n xorb $8, (%esi)\n"
        "call *%esi\n dec %ecx\n jnz 1b");
PROGRAM(read_only_page_beside_code,
        "mov $0xd000, %ebx\n movl $0x9007, 0xc034\n movl $0xc340, (%ebx)\n call *%ebx\n"
        "incl 0x80(%ebx)\n incl 0x80(%ebx)\n movl $0x9005, 0xc034\n invlpg 0xd000\n"
        "call *%ebx\n incl 0x80(%ebx)");
PROGRAM(watchpoint_beside_code,
        "mov $0x9000, %ebx\n movl $0xc340, (%ebx)\n mov $6, %ecx\n"
        "1: call *%ebx\n mov %ecx, 0x80(%ebx)\n incl 0x80(%ebx)\n cmp $3, %ecx\n jne 2f\n"
        "mov $0x9080, %eax\n mov %eax, %dr0\n mov $0xd0401, %eax\n mov %eax, %dr7\n"
        "2: dec %ecx\n jnz 1b\n mov $0x400, %eax\n mov %eax, %dr7");
PROGRAM(store_into_the_line, "mov $0x8000 + 1f - store_into_the_line + 64, %ebx\n mov $20, %ecx\n"
                             "1: incl (%ebx)\n inc %eax\n movb $0x90, 8(%ebx)\n dec %ecx\n jnz 1b");
PROGRAM(patch_immediate, "mov $0x8000 + 1f - patch_immediate, %ebx\n mov $30, %ecx\n"
                         "1: mov $0x11111111, %eax\n add %eax, %edx\n mov %ecx, 1(%ebx)\n"
                         "dec %ecx\n jnz 1b");
PROGRAM(patch_immediate_late, "mov $0x8000 + 1f - patch_immediate_late, %ebx\n mov $30, %ecx\n"
                              "1: add $0x11111111, %eax\n rol $3, %eax\n cmp $20, %ecx\n ja 2f\n"
                              "mov %ecx, 1(%ebx)\n 2: dec %ecx\n jnz 1b");
PROGRAM(patch_displacement,
        "mov $0x8000 + 1f - patch_displacement, %ebx\n mov $30, %ecx\n mov $0x3000, %esi\n"
        "1: mov 0x1000(%esi), %eax\n add %ecx, 0x1000(%esi)\n add %eax, %edx\n"
        "xorb $4, 2(%ebx)\n test $4, %cl\n jz 2f\n xorb $8, 8(%ebx)\n 2: dec %ecx\n jnz 1b");
PROGRAM(patch_next_instruction, "mov $0x8000 + 1f - patch_next_instruction, %ebx\n mov $30, %ecx\n"
                                "2: xorb $8, (%ebx)\n" /* INC EAX, DEC EAX */
                                "1: inc %eax\n add %eax, %edx\n dec %ecx\n jnz 2b");
PROGRAM(patch_block_before, "jmp 2f\n1: inc %eax\n add $7, %edx\n ret\n"
                            "2: mov $0x8000 + 1b - patch_block_before, %ebx\n mov $24, %ecx\n"
                            "3: call 1b\n xorb $8, (%ebx)\n call 1b\n mov %cl, 3(%ebx)\n"
                            "dec %ecx\n jnz 3b");
PROGRAM(copy_and_run,
        "xor %edx, %edx\n"
        "1: mov $0x8000 + 9f - copy_and_run, %esi\n mov %edx, %edi\n and $7, %edi\n shl $5, %edi\n"
        "add $0x9000, %edi\n mov %edi, %ebx\n mov $10, %ecx\n"
        "test $1, %dl\n jz 2f\n std\n add $9, %esi\n add $9, %edi\n"
        "2: rep movsb\n cld\n mov %dl, 3(%ebx)\n mov %edx, %ecx\n call *%ebx\n"
        "inc %edx\n cmp $40, %edx\n jb 1b\n hlt\n"
        "9: add %ecx, %eax\n xor $0xaa55aa55, %eax\n rol $1, %eax\n ret");
PROGRAM(
    copy_dwords_over_code,
    "mov $30, %edx\n"
    "1: mov $0x9000, %edi\n mov $0x8000 + 8f - copy_dwords_over_code, %esi\n test $1, %dl\n jz 2f\n"
    "mov $0x8000 + 9f - copy_dwords_over_code, %esi\n"
    "2: mov $3, %ecx\n rep movsl\n mov $0x9000, %ebx\n call *%ebx\n"
    "mov $0x9080, %edi\n mov $0x90909090, %eax\n mov $4, %ecx\n rep stosl\n movb $0xc3, (%edi)\n"
    "mov $0x9080, %ebx\n call *%ebx\n dec %edx\n jnz 1b\n hlt\n"
    "8: add $5, %ebp\n imul $3, %ebp\n ret\n .fill 8, 1, 0x90\n"
    "9: sub $9, %ebp\n imul $7, %ebp\n ret\n .fill 8, 1, 0x90");
PROGRAM(overlapping_copy_over_code,
        "mov $0x9000, %edi\n mov $0x40, %al\n mov $40, %ecx\n rep stosb\n"
        "movb $0xc3, (%edi)\n mov $0x9000, %ebx\n call *%ebx\n"
        "movb $0x4a, 0x9000\n mov $0x9000, %esi\n mov $0x9001, %edi\n"
        "mov $30, %ecx\n rep movsb\n call *%ebx");
PROGRAM(copy_over_itself,
        "mov $0x8000 + 9f - copy_over_itself, %esi\n"
        "mov $0x8000 + 1f - copy_over_itself, %edi\n mov $12, %ecx\n nop\n nop\n"
        "1: nop\n nop\n rep movsb\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n hlt\n"
        "9: .byte 0x40, 0x40, 0x40, 0x42, 0x42, 0x42, 0x45, 0x45, 0x45, 0x40, 0x40, 0x40");
PROGRAM(fill_over_itself,
        "mov $0x8000 + 1f - fill_over_itself - 2, %edi\n mov $0x42, %al\n"
        "mov $9, %ecx\n nop\n nop\n nop\n nop\n 1: rep stosb\n nop\n nop\n nop\n nop");
PROGRAM(remapped_code_page,
        "movl $0xc3c0ff40, 0x9000\n movl $0xc3c0ff48, 0xa000\n movb $0x90, 0x9001\n"
        "movb $0xc3, 0x9002\n movb $0xc3, 0xa001\n mov $16, %ecx\n mov $0xd000, %ebx\n"
        "1: movl $0x9007, 0xc034\n invlpg 0xd000\n call *%ebx\n call *%ebx\n"
        "movl $0xa007, 0xc034\n call *%ebx\n invlpg 0xd000\n call *%ebx\n"
        "movl $0x9007, 0xc034\n mov %cr3, %edx\n mov %edx, %cr3\n call *%ebx\n"
        "xorb $8, 0x9000\n call *%ebx\n"
        "dec %ecx\n jnz 1b");
PROGRAM(code_page_taken_away,
        "mov $0xd000, %ebx\n movl $0x9007, 0xc034\n movb $0xc3, 0x9000\n"
        "call *%ebx\n call *%ebx\n movl $0, 0xc034\n call *%ebx\n invlpg 0xd000\n"
        "inc %eax\n call *%ebx\n inc %eax");
/* What ESP and EBP point to is mapped elsewhere, becomes read-only, is left for the next page, becomes code. */
#define STACK_WORK                                                                                 \
    "push %ecx\n incl -0x10(%ebp)\n mov %ecx, -0x14(%ebp)\n add (%esp), %edx\n"                    \
    "add %edx, 4(%esp)\n push -0x10(%ebp)\n pop %eax\n add %eax, -0x14(%ebp)\n pop %eax\n"
PROGRAM(stack_mapped_elsewhere, "mov $0xd800, %ebp\n lea -8(%ebp), %esp\n mov $8, %ecx\n"
                                "1: movl $0xe007, 0xc034\n invlpg 0xd000\n"
                                "mov $0x8000 + 3f - stack_mapped_elsewhere, %esi\n jmp 2f\n"
                                "3: movl $0x9007, 0xc034\n mov %cr3, %eax\n mov %eax, %cr3\n"
                                "mov $0x8000 + 4f - stack_mapped_elsewhere, %esi\n jmp 2f\n"
                                "4: movl $0xe007, 0xc034\n"
                                "mov $0x8000 + 5f - stack_mapped_elsewhere, %esi\n jmp 2f\n"
                                "5: dec %ecx\n jnz 1b\n hlt\n"
                                "2: " STACK_WORK "jmp *%esi");
PROGRAM(frame_becomes_read_only,
        "mov $0xd800, %ebp\n mov $6, %ecx\n 1: mov %ecx, -4(%ebp)\n incl -4(%ebp)\n cmp $2, %ecx\n"
        "jne 2f\n movl $0xd005, 0xc034\n invlpg 0xd000\n mov -4(%ebp), %edx\n"
        "2: dec %ecx\n jnz 1b");
PROGRAM(frame_is_taken_away,
        "mov $0xd800, %ebp\n mov $6, %ecx\n 1: mov %ecx, -4(%ebp)\n add -4(%ebp), %edx\n"
        "cmp $2, %ecx\n jne 2f\n movl $0, 0xc034\n mov -4(%ebp), %eax\n invlpg 0xd000\n"
        "2: dec %ecx\n jnz 1b");
PROGRAM(
    stack_over_two_pages,
    "mov $0xe00c, %esp\n lea 3(%esp), %ebp\n mov $20, %ecx\n"
    "1: push %ecx\n push %eax\n push %edx\n push %ebp\n call 2f\n pop %ebp\n pop %edx\n pop %eax\n"
    "pop %ecx\n add -14(%ebp), %eax\n mov %eax, -15(%ebp)\n incl -20(%ebp)\n sub $1, %esp\n"
    "dec %ebp\n dec %ecx\n jnz 1b\n hlt\n"
    "2: add 8(%esp), %edx\n add %ecx, 12(%esp)\n ret");
PROGRAM(
    code_on_the_stack,
    "mov $0xd800, %esp\n mov $12, %ecx\n mov $0xc3c3c340, %edx\n" /* INC EAX, DEC EAX */
    "1: push %edx\n mov %esp, %ebx\n call *%ebx\n xor $8, %edx\n call *%ebx\n mov %edx, (%esp)\n"
    "call *%ebx\n lea 8(%esp), %ebp\n xorb $8, -8(%ebp)\n call *%ebx\n pop %esi\n dec %ecx\n"
    "jnz 1b");
/* The entry that maps where they store is what they load: as it was before the store sets D in it. Else: #UD. */
PROGRAM(push_of_the_entry_that_maps_the_stack,
        "mov $8, %ecx\n"
        "1: movl $0xe027, 0xc034\n invlpg 0xd000\n mov $0xd800, %esp\n pushl 0xc034\n"
        "cmpl $0xe027, (%esp)\n jne 2f\n cmpl $0xe067, 0xc034\n jne 2f\n dec %ecx\n jnz 1b\n hlt\n"
        "2: ud2");
PROGRAM(call_through_the_entry_that_maps_the_stack,
        "movl $0x9007, 0xc038\n invlpg 0xe000\n" /* both places to call are in page 0eh */
        "movw $0xc340, 0x9027\n movw $0xc342, 0x9067\n mov $8, %ecx\n mov $0xc034, %ebx\n"
        "1: movl $0xe027, (%ebx)\n invlpg 0xd000\n mov $0xd800, %esp\n call *(%ebx)\n"
        "test %edx, %edx\n jnz 2f\n cmpl $0xe067, (%ebx)\n jne 2f\n dec %ecx\n jnz 1b\n"
        "cmp $8, %eax\n jne 2f\n hlt\n"
        "2: ud2");
PROGRAM(
    movs_of_the_entry_that_maps_its_target,
    "mov $8, %ecx\n"
    "1: movl $0xe027, 0xc034\n invlpg 0xd000\n mov $0xc034, %esi\n mov $0xd800, %edi\n movsl\n"
    "cmpl $0xe027, -4(%edi)\n jne 2f\n cmpl $0xe067, 0xc034\n jne 2f\n dec %ecx\n jnz 1b\n hlt\n"
    "2: ud2");
PROGRAM(fault_in_pushes,
        "mov $0x600c, %esp\n push %eax\n push %ebx\n push %ecx\n push %edx\n push %esi");
PROGRAM(fault_in_pops, "mov $0x4ff8, %esp\n pop %eax\n pop %ebx\n pop %ecx\n pop %edx\n pop %esi");
PROGRAM(fault_in_call, "mov $0x6000, %esp\n cmp %eax, %ebx\n call 1f\n 1: inc %eax");
PROGRAM(fault_in_frame, "mov $0x6004, %esp\n push %ebp\n mov %esp, %ebp\n push %ebx\n push %ecx");
PROGRAM(fault_in_leave_ret, "mov $0x4ffc, %ebp\n add $9, %eax\n leave\n ret");
PROGRAM(fault_in_compare_and_branch,
        "mov $0x4fe0, %ebx\n 1: add $4, %ebx\n cmp %edx, (%ebx)\n je 1b");
PROGRAM(fault_in_test_and_branch,
        "mov $0x4ff0, %ebx\n 1: inc %ebx\n testb $1, (%ebx)\n jz 1b\n jmp 1b");
PROGRAM(fault_across_the_page, "mov $0x4ff9, %ebx\n mov $5, %ecx\n"
                               "1: addl %ecx, (%ebx)\n inc %ebx\n dec %ecx\n jnz 1b");
PROGRAM(fault_down_a_chain, "mov $0x4f00, %ebx\n"
                            "1: mov (%ebx), %eax\n jmp 2f\n 3: add %eax, %edx\n jc 1b\n jmp 1b\n"
                            "2: add $8, %ebx\n test $8, %bl\n jz 3b\n jmp 4f\n"
                            "4: sub %eax, %edx\n call 5f\n jmp 3b\n 5: ret");
PROGRAM(fault_in_string, "mov $0x4fc0, %edi\n mov $0x3000, %esi\n mov $40, %ecx\n rep movsl");
PROGRAM(single_steps, "mov $6, %edx\n pushf\n orl $0x100, (%esp)\n popf\n"
                      "1: inc %eax\n push %eax\n push %ebx\n pop %ebx\n pop %ecx\n cmp %eax, %ecx\n"
                      "jne 2f\n dec %edx\n jnz 1b\n 2: call 3f\n 3: pop %eax\n mov $9, %ecx\n"
                      "mov $0x3000, %edi\n rep stosb");
PROGRAM(
    breakpoint_in_a_block,
    "mov $0x8000 + 1f - breakpoint_in_a_block, %eax\n mov %eax, %dr0\n mov $0x401, %eax\n"
    "mov $8, %ecx\n"
    "2: mov %eax, %dr7\n inc %edx\n push %edx\n 1: pop %edx\n add %edx, %ebp\n xor %eax, 0x3000\n"
    "xor $1, %eax\n dec %ecx\n jnz 2b\n mov $0x400, %eax\n mov %eax, %dr7");
PROGRAM(watchpoint_in_a_block,
        "mov $0x3004, %eax\n mov %eax, %dr0\n mov $0xd0401, %eax\n mov %eax, %dr7\n mov $6, %ecx\n"
        "1: mov %ecx, 0x3000\n mov %ecx, 0x3004\n push %ecx\n pop %edx\n incl 0x3005\n dec %ecx\n"
        "jnz 1b\n mov $0x400, %eax\n mov %eax, %dr7");
/* #DB: counts; goes over the breakpoint; ends single steps after thirty. */
PROGRAM(debug_handler, "incl 0x2ff0\n orl $0x10000, 8(%esp)\n cmpl $30, 0x2ff0\n jb 1f\n"
                       "andl $~0x100, 8(%esp)\n 1: iret");

static const struct program {
    const char *name;
    const uint8_t *code, *end;
    uint8_t vector; /* how it ends: an exception, or 0xff */
} programs[] = {
#define ROW(name, vector)                                                                          \
    {                                                                                              \
#name, name, name##_end, vector                                                            \
    }
    ROW(store_beside_code, 0xff),
    ROW(data_beside_code_becomes_code, 0xff),
    ROW(last_code_beside_data_dies, 0xff),
    ROW(store_across_the_page_of_code, 0xff),
    ROW(remapped_page_beside_code, 0xff),
    ROW(read_only_page_beside_code, EXC_PF),
    ROW(watchpoint_beside_code, 0xff),
    ROW(store_into_the_line, 0xff),
    ROW(patch_immediate, 0xff),
    ROW(patch_immediate_late, 0xff),
    ROW(patch_displacement, 0xff),
    ROW(patch_next_instruction, 0xff),
    ROW(patch_block_before, 0xff),
    ROW(copy_and_run, 0xff),
    ROW(copy_dwords_over_code, 0xff),
    ROW(overlapping_copy_over_code, 0xff),
    ROW(copy_over_itself, 0xff),
    ROW(fill_over_itself, 0xff),
    ROW(remapped_code_page, 0xff),
    ROW(code_page_taken_away, EXC_PF),
    ROW(stack_mapped_elsewhere, 0xff),
    ROW(frame_becomes_read_only, EXC_PF),
    ROW(frame_is_taken_away, EXC_PF),
    ROW(stack_over_two_pages, 0xff),
    ROW(code_on_the_stack, 0xff),
    ROW(push_of_the_entry_that_maps_the_stack, 0xff),
    ROW(call_through_the_entry_that_maps_the_stack, 0xff),
    ROW(movs_of_the_entry_that_maps_its_target, 0xff),
    ROW(fault_in_pushes, EXC_PF),
    ROW(fault_in_pops, EXC_PF),
    ROW(fault_in_call, EXC_PF),
    ROW(fault_in_frame, EXC_PF),
    ROW(fault_in_leave_ret, EXC_PF),
    ROW(fault_in_compare_and_branch, EXC_PF),
    ROW(fault_in_test_and_branch, EXC_PF),
    ROW(fault_across_the_page, EXC_PF),
    ROW(fault_down_a_chain, EXC_PF),
    ROW(fault_in_string, EXC_PF),
    ROW(single_steps, 0xff),
    ROW(breakpoint_in_a_block, EXC_DB),
    ROW(watchpoint_in_a_block, 0xff),
};

#define MOST 4000u /* instructions; no program has as many */

static void begin(struct rig *r, const struct program *p)
{
    struct era e = {.paging = true, .wp = true, .iret = RIG_IRET};
    struct cpu *c = &r->cpu;
    one_begin(r, false);
    rig_system(r->bus.ram, &e);
    rig_gate(r->bus.ram, EXC_DB, 0xa800);
    memcpy(r->bus.ram + RIG_CODE, p->code, (size_t)(p->end - p->code));
    memcpy(r->bus.ram + 0xa800, debug_handler, (size_t)(debug_handler_end - debug_handler));
    for (unsigned n = 0; n < 16; n++)
        rig_put(r->bus.ram + RIG_PT + 4 * n, n == 5 ? 0 : n << 12 | PTE_P | PTE_RW | PTE_US, 4);
    rig_put(r->bus.ram + RIG_PT + 4 * 12, RIG_PT | PTE_P | PTE_RW | PTE_US, 4);
    rig_put(r->bus.ram + RIG_PD, RIG_PT | PTE_P | PTE_RW | PTE_US, 4);
    c->cr0 |= CR0_PG | CR0_WP;
    (void)mmu_set_cr0(&c->mmu, true, true);
    (void)mmu_set_cr3(&c->mmu, RIG_PD);
    c->eip = RIG_CODE;
    c->gpr[ESP] = 0x7f00;
    c->icount = 0;
    c->time_base = r->clock.now = 0;
    c->fault.vector = 0xff;
    cpu_update_mode(c);
}

static const char *differs(const struct rig *x, const struct rig *y)
{
    const struct cpu *a = &x->cpu, *b = &y->cpu;
    return memcmp(a->gpr, b->gpr, sizeof a->gpr)     ? "registers"
           : a->eip != b->eip                        ? "EIP"
           : cpu_eflags(a) != cpu_eflags(b)          ? "flags"
           : a->icount != b->icount                  ? "count"
           : a->halted != b->halted                  ? "HLT"
           : a->cr2 != b->cr2                        ? "CR2"
           : memcmp(a->dr, b->dr, sizeof a->dr)      ? "debug registers"
           : a->fault.vector != b->fault.vector      ? "fault"
           : memcmp(x->bus.ram, y->bus.ram, RIG_RAM) ? "memory"
                                                     : NULL;
}

/* From the start to `stop`, or from there to the end. */
static void advance(struct rig *r, uint64_t stop)
{
    while (r->cpu.icount < stop && cpu_run(&r->cpu, stop) == CPU_LIMIT)
        continue;
}

/* The engine stops at `stop` where the reference layer is, and goes on to where that ended. */
static bool stops_alike(struct rig *fast, const struct rig *plain, const struct rig *end,
                        const struct program *p, uint64_t stop, const char *how)
{
    advance(fast, stop);
    const char *bad = differs(fast, plain);
    if (!bad) {
        advance(fast, MOST);
        bad = differs(fast, end);
    }
    if (bad)
        printf("FAIL %s, %s: after %llu instructions: %s, eip %08x, not %08x\n", p->name, how,
               (unsigned long long)stop, bad, fast->cpu.eip, plain->cpu.eip);
    return !bad;
}

static void check_program(struct rig *fast, struct rig *plain, struct rig *end,
                          const struct program *p)
{
    bool good = true;
    begin(end, p);
    advance(end, MOST);
    uint64_t count = end->cpu.icount;
    CHECK((end->cpu.halted || end->cpu.shutdown) && count < MOST &&
              end->cpu.fault.vector == p->vector,
          "%s ends by itself: %llu instructions, vector %02x, eip %08x", p->name,
          (unsigned long long)count, end->cpu.fault.vector, end->cpu.eip);
    begin(plain, p);
    for (uint64_t stop = 1; stop <= count && good; stop++) {
        advance(plain, stop);
        begin(fast, p);
        engine_flush(fast->cpu.engine);
        good = stops_alike(fast, plain, end, p, stop, "cold");
        begin(fast, p); /* what was decoded before is there still, if it is not stale */
        (void)engine_invalidate(fast->cpu.engine, 0, RIG_RAM);
        good = good && stops_alike(fast, plain, end, p, stop, "warm");
    }
    CHECK(good, "%s: the same after each of %llu instructions", p->name, (unsigned long long)count);
}

/* It would be seen: one byte of the program is another one. */
static void check_planted(struct rig *fast, struct rig *plain)
{
    begin(fast, &programs[0]);
    engine_flush(fast->cpu.engine);
    begin(plain, &programs[0]);
    advance(fast, 50);
    advance(plain, 50);
    CHECK(!differs(fast, plain), "equal to begin with");
    fast->bus.ram[0x8200] ^= 1;
    CHECK(differs(fast, plain), "a wrong byte is seen");
}

int main(void)
{
    static struct rig fast, plain, end;
    if (!rig_init(&fast, true, 6) || !rig_init(&plain, false, 6) || !rig_init(&end, false, 6))
        return 2;
    for (unsigned n = 0; n < sizeof programs / sizeof programs[0]; n++)
        check_program(&fast, &plain, &end, &programs[n]);
    check_planted(&fast, &plain);
    rig_fini(&fast);
    rig_fini(&plain);
    rig_fini(&end);
    return report_end();
}

#else

int main(void)
{
    CHECK(true, "the programs are assembled by an x86's assembler");
    return report_end();
}

#endif
