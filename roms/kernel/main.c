/* SPDX-License-Identifier: MIT */
/*
 * main.c - the kernel from its first C function to its first program.
 *
 * Words on the command line that it knows (others are ignored):
 *   run=PROGRAM ARGUMENTS...  run that as init instead of the shell and end the emulator with its
 *                             exit status (must come last)
 *   swap=SIZE, swap=DISK      where pages go when memory is short: see boot/swaparea.c
 *   console=serial|screen     use only that console
 *   quiet                     no banner
 *   crash                     fault in the kernel on purpose, to see the panic
 */
#include <stdbool.h>
#include <stddef.h>

#include "drivers/drivers.h"
#include "drivers/x86.h"
#include "boot/bootinfo.h"
#include "boot/swaparea.h"
#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "kernel/proc.h"
#include "lib/abi.h"
#include "lib/string.h"

enum { NOT_FOUND_STATUS = 127 };

/* Where the text screen is, and where in FIXMAP it is shown. */
enum { TEXT_PHYS = 0xb8000, TEXT_PAGES = 8, TEXT_FIXMAP = 1000 };

static struct bootinfo boot;

void kmain(uint32_t magic, uint32_t info);

void system_halt(int status)
{
    cli();
    audit_or_panic();
    print("System halted.\n");
    power_off(status);
}

static void banner(void)
{
    tty_color(TTY_TITLE);
    for (const char *c = "emu386 demo kernel\n"; *c; c++)
        tty_put(*c);
    print("memory %u MiB\n", boot.mib);
    print("user %08x-%08x, kernel %08x-ffffffff\n", 0, USER_END - 1, PAGE_OFFSET);
}

/* Splits the command into words; the first one names the program. */
static void parse_command(const char *command, struct exec_args *a)
{
    char word[128];
    while (*command) {
        size_t length = 0;
        while (*command == ' ')
            command++;
        while (*command && *command != ' ' && length < sizeof word - 1)
            word[length++] = *command++;
        word[length] = '\0';
        if (length > 0 && exec_args_add(a, word) == 0)
            a->argc++;
    }
}

/* Makes process 1 from a command such as "hello you"; programs live in /bin. */
static void start_init(const char *command)
{
    struct exec_args *a = vmalloc(sizeof *a);
    struct proc *init = proc_new();
    char path[64] = "/bin/";
    if (!a || !init)
        panic("no memory for the first process");
    parse_command(command, a);
    const char *name = a->argc > 0 ? a->text : "";
    if (*name == '/')
        strlcpy(path, name, sizeof path);
    else
        strlcpy(path + 5, name, sizeof path - 5);
    if (exec_args_add(a, "PATH=/bin") == 0)
        a->envc++;
    int error = exec_program(init, path, a);
    if (error) {
        print_error("%s: %s\n", name, error == -ENOENT ? "not found" : "cannot be run");
        print("System halted.\n"); /* without an audit: init is not in the books yet */
        power_off(NOT_FOUND_STATUS);
    }
    vfree(a);
    if (file_open("/dev/tty", O_RDWR, &init->files[0]) != 0)
        panic("no memory for the terminal");
    init->files[1] = file_share(init->files[0]);
    init->files[2] = file_share(init->files[0]);
    proc_start(init);
}

void kmain(uint32_t magic, uint32_t info)
{
    segment_init();
    trap_init();
    pic_init();
    highmem_init();
    write_cr0(read_cr0() | CR0_EM); /* no coprocessor: nobody saves its registers */

    /* From here on something can be said if things go wrong. */
    vga_init(fixmap(TEXT_FIXMAP, TEXT_PHYS, TEXT_PAGES));
    serial_init(tty_input);
    tty_init(true, true);

    bootinfo_read(&boot, magic, info);
    const struct swap_area swap_area = swaparea_find(&boot);
    page_init(&boot);
    swap_init(&swap_area);
    inode_init(&boot.modules[0]);
    keyboard_init(tty_input);

    const char *run = bootinfo_option(&boot, "run=");
    tty_init(!bootinfo_word(&boot, "console=serial"), !bootinfo_word(&boot, "console=screen"));
    power_init(run != NULL);
    if (!bootinfo_word(&boot, "quiet"))
        banner();
    if (bootinfo_word(&boot, "crash"))
        *(volatile uint32_t *)0 = 0; /* page 0 is not mapped, not even for the kernel */

    start_init(run ? run : "sh");
    timer_init(proc_tick);
    proc_idle();
}
