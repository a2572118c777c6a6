/* SPDX-License-Identifier: MIT */
/*
 * steps.c - a kernel to be debugged: it waits for a number in `command`, does what that means, and
 * waits again. Multiboot; before paging() it runs at physical addresses, then the same addresses and
 * C0000000 map the first 4 MiB, and 800000h maps the page of `shared` once more. The timer ticks
 * every 3000 instructions or so all the while.
 */
typedef unsigned int u32;

#define MAGIC 0x1badb002u

__attribute__((section(".multiboot"), used)) static const u32 header[] = {MAGIC, 0, -MAGIC};

enum { IDLE, LINES, CALLS, ALIAS, COPY, SOFT_INT, SLEEP, SPIN, TRIPLE, LEAVE, COUNT, READ, FAULT };

struct pair {
    int a, b;
    const char *name;
};

volatile int command, runs;
volatile u32 ticks, soft_ints, faults, loops;
struct pair pair = {1, 2, "pair"};
char source[64] = "the quick brown fox jumps over the lazy dog", target[64];
int total;

__attribute__((aligned(4096))) static u32 directory[1024], table[1024];
__attribute__((aligned(4096))) union {
    volatile int value;
    char page[4096];
} shared;
static struct gate {
    unsigned short low, sel, type, high;
} idt[256];
static unsigned long long gdt[] = {0, 0x00cf9a000000ffffull, 0x00cf92000000ffffull};
static struct {
    unsigned short limit;
    u32 base;
} __attribute__((packed)) pointer;

static void out(unsigned short port, unsigned char value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

struct frame; /* what the processor pushed */

__attribute__((interrupt)) static void timer_handler(struct frame *f)
{
    (void)f;
    ticks++;
    out(0x20, 0x20);
}

__attribute__((interrupt)) static void soft_handler(struct frame *f)
{
    (void)f;
    soft_ints++;
}

void fault_seen(u32 code)
{
    faults += code != 0;
    table[0x900000 >> 12 & 1023] = (u32)&shared | 3; /* unlocks it: the store is done again */
}

__attribute__((interrupt)) static void page_fault_handler(struct frame *f, u32 code)
{
    (void)f;
    fault_seen(code);
}

static void gate(unsigned n, u32 handler)
{
    idt[n] = (struct gate){(unsigned short)handler, 8, 0x8e00, (unsigned short)(handler >> 16)};
}

static void tables(void)
{
    pointer.limit = sizeof gdt - 1;
    pointer.base = (u32)gdt;
    __asm__ volatile("lgdt %0; ljmp $8, $1f; 1:" : : "m"(pointer));
    __asm__ volatile("movw %w0, %%ds; movw %w0, %%es; movw %w0, %%ss" : : "r"(16));
    gate(0x20, (u32)timer_handler);
    gate(0x80, (u32)soft_handler);
    gate(14, (u32)page_fault_handler);
    pointer.limit = sizeof idt - 1;
    pointer.base = (u32)idt;
    __asm__ volatile("lidt %0" : : "m"(pointer));
    out(0x20, 0x11);
    out(0x21, 0x20);
    out(0x21, 4);
    out(0x21, 1);
    out(0x21, 0xfe);
    out(0x43, 0x34);
    out(0x40, 24);
    out(0x40, 0);
}

static void paging(void)
{
    directory[0] = directory[0xc0000000 >> 22] = 0x83;
    directory[0x800000 >> 22] = (u32)table | 3;
    table[0] = (u32)&shared | 3;
    __asm__ volatile("movl %%cr4, %%eax; orl $0x10, %%eax; movl %%eax, %%cr4; movl %0, %%cr3;"
                     "movl %%cr0, %%eax; orl $0x80010000, %%eax; movl %%eax, %%cr0"
                     :
                     : "r"(directory)
                     : "eax");
}

static int leaf(int n)
{
    total += n;
    return total;
}

static int middle(int n)
{
    int got = leaf(n);

    got += leaf(n + 1);
    return got;
}

int calls(int n)
{
    int got = middle(n);

    return got * 2;
}

void lines(void)
{
    u32 a = 1, b = 1;

    for (u32 i = 0; i < 100000; i++) {
        a += b;
        b ^= a;
        b += i;
        if (b & 1)
            a += 3;
        a = a << 1 | a >> 31;
        loops = i;
    }
    total = (int)(a + b);
}

static void alias(void)
{
    volatile int *again = (volatile int *)0x800000;

    shared.value = 1;
    *again = 2;
    *(volatile int *)(0xc0000000 + (u32)&shared) = 3;
}

static void copy(void)
{
    const char *from = source;
    char *to = target;
    u32 n = sizeof target;

    __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(n) : : "memory");
    total = to - target;
}

static void soft_int(void)
{
    __asm__ volatile("int $0x80");
    total++;
}

static void sleep(void)
{
    __asm__ volatile("hlt");
    total++;
}

static void spin(void)
{
    while (command == SPIN)
        loops++;
}

static void triple(void)
{
    pointer.limit = 0;
    __asm__ volatile("lidt %0" : : "m"(pointer));
    __asm__ volatile("movl $0x12345678, %%eax; ud2" : : : "eax");
}

static void count(void)
{
    for (int i = 0; i < 1000; i++)
        leaf(i);
}

static void fault(void)
{
    *(volatile int *)0x900004 = 7;
    total++;
}

void act(int what)
{
    switch (what) {
    case LINES: lines(); break;
    case CALLS: calls(5); break;
    case ALIAS: alias(); break;
    case COPY: copy(); break;
    case SOFT_INT: soft_int(); break;
    case SLEEP: sleep(); break;
    case SPIN: spin(); break;
    case TRIPLE: triple(); break;
    case LEAVE: out(0xf4, 21); break;
    case COUNT: count(); break;
    case READ: total = shared.value; break;
    case FAULT: fault(); break;
    }
}

void ready(void)
{
    runs++;
}

__attribute__((noreturn, used)) static void kernel(void)
{
    tables();
    paging();
    __asm__ volatile("fninit; fldpi; fld1; sti");
    for (;;) {
        int what;

        ready();
        while (!(what = command))
            ;
        act(what);
        command = IDLE;
    }
}

__asm__(".globl start\nstart: movl $0x200000, %esp\n xorl %ebp, %ebp\n jmp kernel\n");
