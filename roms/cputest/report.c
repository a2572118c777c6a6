/* SPDX-License-Identifier: MIT */
/*
 * report.c - counts and prints the checks of a bare-metal test, and ends the program.
 *
 * Everything goes to COM1 (polled, 16550 datasheet) and to port E9h. The last line is
 * `N passed, N failed`; then port F4h gets 10h when all passed and 11h otherwise, so that an
 * emulator with an exit port ends with status 33 or 35. Bochs has none; it ends when port 8900h
 * gets the word "Shutdown".
 */
#include "rt.h"

#define COM1 0x3f8
#define PASS_CODE 0x10
#define FAIL_CODE 0x11
#define NO_FAULT 0xffff
#define VEC_END 0x31
#define ARITH_DF 0xcd5

static u32 passed, failed;
static int verbose;
int rt_sparse;

/* rt.S, in the order of PUSHAD, then vector, error, EIP, CS, EFLAGS. */
extern const u32 pre_edi, pre_eflags, rec_edi, rec_vec, rec_err, rec_eip, rec_eflags, rec_cr2;
extern const u32 rec_esp, rec_cs;
extern u32 rm_results[], rm_next;

static void port_write(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static u8 port_read(u16 port)
{
    u8 value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void put_char(char c)
{
    port_write(0xe9, (u8)c);
    for (u32 i = 0; i < 1000000 && !(port_read(COM1 + 5) & 0x20); i++)
        ;
    port_write(COM1, (u8)c);
}

void rt_puts(const char *s)
{
    while (*s)
        put_char(*s++);
}

void rt_puthex(u32 v)
{
    for (int i = 28; i >= 0; i -= 4)
        put_char("0123456789abcdef"[v >> i & 15]);
}

void rt_putdec(u32 v)
{
    char digits[10];
    int n = 0;

    do
        digits[n++] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    while (n > 0)
        put_char(digits[--n]);
}

void rt_report_pass(void)
{
    passed++;
}

static void pass(const char *name)
{
    passed++;
    if (verbose) {
        rt_puts("ok   ");
        rt_puts(name);
        rt_puts("\n");
    }
}

static void fail(const char *name)
{
    failed++;
    rt_puts("FAIL ");
    rt_puts(name);
    rt_puts(" -- ");
}

static void say(const char *what, u32 got, u32 want)
{
    rt_puts(what);
    rt_puts(" ");
    rt_puthex(got);
    rt_puts(", must be ");
    rt_puthex(want);
    rt_puts("\n");
}

void rt_report_eq(const char *name, u32 got, u32 want)
{
    if (got == want) {
        pass(name);
        return;
    }
    fail(name);
    say("is", got, want);
}

void rt_report_fault(const char *name, u32 vec, u32 err, u32 eip)
{
    static const char *const regs[8] = {"edi", "esi", "ebp", "esp", "ebx", "edx", "ecx", "eax"};

    if (vec == NO_FAULT) {
        if (rec_vec == NO_FAULT || rec_vec == VEC_END) {
            pass(name);
            return;
        }
        fail(name);
        rt_puts("error ");
        rt_puthex(rec_err);
        rt_puts(" eip ");
        rt_puthex(rec_eip);
        say(" vector", rec_vec, NO_FAULT);
        return;
    }
    if (rec_vec != vec) {
        fail(name);
        say("vector", rec_vec, vec);
        return;
    }
    if (rec_err != err) {
        fail(name);
        say("error code", rec_err, err);
        return;
    }
    if (rec_eip != eip) {
        fail(name);
        say("eip", rec_eip, eip);
        return;
    }
    for (int i = 0; i < 8; i++) {
        if ((&rec_edi)[i] != (&pre_edi)[i]) {
            fail(name);
            say(regs[i], (&rec_edi)[i], (&pre_edi)[i]);
            return;
        }
    }
    if ((rec_eflags & ARITH_DF) != (pre_eflags & ARITH_DF)) {
        fail(name);
        say("eflags", rec_eflags & ARITH_DF, pre_eflags & ARITH_DF);
        return;
    }
    pass(name);
}

void rt_real_results(void)
{
    for (u32 *r = rm_results; r < (u32 *)rm_next; r += 3)
        rt_report_eq((const char *)r[0], r[1], r[2]);
    rm_next = (u32)rm_results;
}

static int has_word(const char *line, const char *word)
{
    for (u32 i = 0; i < 200 && line[i]; i++) {
        u32 n = 0;

        while (word[n] && line[i + n] == word[n])
            n++;
        if (!word[n])
            return 1;
    }
    return 0;
}

/* COM1 to 115200 8N1, FIFO off; `verbose` and `sparse` on the command line. */
void rt_begin(const u32 *multiboot)
{
    static const u8 setup[][2] = {{1, 0}, {3, 0x80}, {0, 1}, {1, 0}, {3, 3}, {2, 0}, {4, 3}};

    for (u32 i = 0; i < sizeof setup / sizeof setup[0]; i++)
        port_write((u16)(COM1 + setup[i][0]), setup[i][1]);
    if (multiboot[0] & 4) {
        const char *p = (const char *)multiboot[4];

        verbose = has_word(p, "verbose");
        rt_sparse = has_word(p, "sparse");
    }
}

void rt_finish(void)
{
    rt_putdec(passed);
    rt_puts(" passed, ");
    rt_putdec(failed);
    rt_puts(" failed\n");
    __asm__ volatile("outl %0, %1" : : "a"(failed ? FAIL_CODE : PASS_CODE), "Nd"((u16)0xf4));
    for (u32 i = 0; i < 1000000 && !(port_read(COM1 + 5) & 0x40); i++)
        ; /* the last character leaves */
    for (const char *p = "Shutdown"; *p; p++)
        port_write(0x8900, (u8)*p);
    for (;;)
        __asm__ volatile("cli; hlt");
}

void rt_die(u32 vec, u32 err, u32 eip, u32 cr2)
{
    fail("unexpected exception");
    rt_puts("vector ");
    rt_puthex(vec);
    rt_puts(" error ");
    rt_puthex(err);
    rt_puts(" eip ");
    rt_puthex(eip);
    rt_puts(" cr2 ");
    rt_puthex(cr2);
    rt_puts("\n");
    rt_finish();
    for (;;)
        ;
}
