/* SPDX-License-Identifier: MIT */
/*
 * run.c - a small kernel for the monitor's running commands: one thing of every kind that a point can
 * wait for, with source lines. It prints "ready", touches a page that its fault handler maps, changes
 * a page-table entry without telling the TLB, sleeps for a timer tick, switches a task, goes to
 * ring 3, makes a system call there, and then works for ever. Keys are echoed on the serial line.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

__attribute__((section(".multiboot"), used)) static const u32 multiboot[] = {0x1BADB002, 0,
                                                                             -0x1BADB002u};

enum { CODE = 0x08, DATA = 0x10, USER_CODE = 0x1B, USER_DATA = 0x23, TSS = 0x28, TSS2 = 0x30 };

static u32 directory[1024] __attribute__((aligned(4096)));
static u32 low[1024] __attribute__((aligned(4096)));    /* 0 to 4 MiB, as it is */
static u32 demand[1024] __attribute__((aligned(4096))); /* 4 to 8 MiB, mapped when touched */
static u8 frames[4][4096] __attribute__((aligned(4096)));
static u8 kernel_stack[4096], user_stack[4096], task_stack[4096];
static u32 tss[26], tss2[26];
static unsigned long long gdt[7], idt[256];

volatile u32 ticks, keys, calls, total;

static inline void outb(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
    u8 value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

void print(const char *text)
{
    for (; *text; text++) {
        while (!(inb(0x3FD) & 0x20)) /* the transmitter is full */
            ;
        outb(0x3F8, (u8)*text);
    }
}

u32 add(u32 a, u32 b)
{
    u32 sum = a + b;

    return sum;
}

u32 sum_to(u32 n)
{
    if (n == 0)
        return 0;
    return add(n, sum_to(n - 1));
}

/* ---- Interrupts ------------------------------------------------------------------------ */

void on_timer(void)
{
    ticks = ticks + 1;
    outb(0x20, 0x20);
}

void on_key(void)
{
    u8 code = inb(0x60);

    keys = keys + 1;
    if (!(code & 0x80))
        print(code == 0x1C ? "enter\n" : "key ");
    outb(0x20, 0x20);
}

void on_fault(void)
{
    u32 address;

    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    demand[address >> 12 & 1023] = (u32)frames[address >> 12 & 3] | 7;
}

void on_call(void)
{
    calls = calls + 1;
    print("called\n");
}

#define HANDLER(name, function, drop)                                                              \
    void name(void);                                                                               \
    __asm__(".text\n" #name ":\n pusha\n call " #function "\n popa\n " drop "\n iret\n")
HANDLER(timer_entry, on_timer, "");
HANDLER(key_entry, on_key, "");
HANDLER(fault_entry, on_fault, "add $4, %esp");
HANDLER(call_entry, on_call, "");

static void gate(u32 vector, void (*handler)(void), u32 type)
{
    u32 at = (u32)handler;

    idt[vector] =
        (unsigned long long)(at & 0xFFFF0000 | type << 8) << 32 | CODE << 16 | at & 0xFFFF;
}

/* ---- Tables ---------------------------------------------------------------------------- */

static void segments(void)
{
    u16 limit = sizeof gdt - 1;
    struct {
        u16 limit;
        u32 base;
    } __attribute__((packed)) gdtr = {limit, (u32)gdt}, idtr = {sizeof idt - 1, (u32)idt};
    u32 at = (u32)tss, at2 = (u32)tss2;

    gdt[1] = 0x00CF9A000000FFFFull;
    gdt[2] = 0x00CF92000000FFFFull;
    gdt[3] = 0x00CFFA000000FFFFull;
    gdt[4] = 0x00CFF2000000FFFFull;
    gdt[5] = 0x0000890000000067ull | (unsigned long long)at << 16;
    gdt[6] = 0x0000890000000067ull | (unsigned long long)at2 << 16;
    tss[1] = (u32)kernel_stack + sizeof kernel_stack;
    tss[2] = DATA;
    tss[7] = (u32)directory;
    gate(0x20, timer_entry, 0x8E);
    gate(0x21, key_entry, 0x8E);
    gate(14, fault_entry, 0x8E);
    gate(0x80, call_entry, 0xEE);
    __asm__ volatile("lgdt %0\n lidt %1\n ljmp %2, $1f\n 1: mov %3, %%eax\n mov %%ax, %%ds\n"
                     "mov %%ax, %%es\n mov %%ax, %%fs\n mov %%ax, %%gs\n mov %%ax, %%ss\n"
                     "mov %4, %%eax\n ltr %%ax"
                     :
                     : "m"(gdtr), "m"(idtr), "i"(CODE), "i"(DATA), "i"(TSS)
                     : "eax", "memory");
}

static void paging(void)
{
    for (u32 n = 0; n < 1024; n++)
        low[n] = n << 12 | 7;
    directory[0] = (u32)low | 7;
    directory[1] = (u32)demand | 7;
    __asm__ volatile("mov %0, %%cr3\n mov %%cr0, %%eax\n or $0x80000000, %%eax\n mov %%eax, %%cr0"
                     :
                     : "r"(directory)
                     : "eax", "memory");
}

static void chips(void)
{
    static const u8 pic[][2] = {{0x20, 0x11}, {0xA0, 0x11}, {0x21, 0x20}, {0xA1, 0x28},
                                {0x21, 4},    {0xA1, 2},    {0x21, 1},    {0xA1, 1},
                                {0x21, 0xFC}, {0xA1, 0xFF}};

    for (u32 n = 0; n < sizeof pic / sizeof *pic; n++)
        outb(pic[n][0], pic[n][1]);
    outb(0x43, 0x34);
    outb(0x40, 11932 & 255);
    outb(0x40, 11932 >> 8);
}

/* ---- What is watched ------------------------------------------------------------------- */

void touch(void)
{
    *(volatile u32 *)0x00400010 = 42;
    total = *(volatile u32 *)0x00400010;
}

/* The entry changes, the TLB does not hear of it. */
void stale(void)
{
    demand[0] = (u32)frames[1] | 7;
    total = *(volatile u32 *)0x00400010;
    __asm__ volatile("invlpg 0x00400010");
}

void other_task(void)
{
    for (;;)
        __asm__ volatile("iret"); /* NT: back to the task before */
}

void switch_task(void)
{
    tss2[8] = (u32)other_task;
    tss2[7] = (u32)directory;
    tss2[9] = 2;
    tss2[14] = (u32)task_stack + sizeof task_stack;
    tss2[18] = tss2[20] = tss2[21] = tss2[22] = tss2[23] = DATA;
    tss2[19] = CODE;
    __asm__ volatile("lcall %0, $0" : : "i"(TSS2) : "memory");
}

void user_work(void)
{
    static u32 n;

    n = add(n, 1);
}

void user_main(void)
{
    __asm__ volatile("int $0x80");
    for (;;)
        user_work();
}

static void go_to_user(void)
{
    __asm__ volatile("mov %0, %%eax\n mov %%ax, %%ds\n mov %%ax, %%es\n pushl %0\n pushl %1\n"
                     "pushl $0x202\n pushl %2\n pushl %3\n iret"
                     :
                     : "i"(USER_DATA), "r"(user_stack + sizeof user_stack), "i"(USER_CODE),
                       "r"(user_main)
                     : "eax", "memory");
}

void kmain(void)
{
    segments();
    paging();
    chips();
    print("ready\n");
    touch();
    stale();
    total = sum_to(3);
    __asm__ volatile("sti\n hlt\n cli");
    switch_task();
    go_to_user();
}

void start(void);
__asm__(
    ".text\n.globl start\nstart:\n mov $kernel_stack + 4096, %esp\n xor %ebp, %ebp\n call kmain\n");
