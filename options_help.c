/* SPDX-License-Identifier: MIT */
/*
 * options_help.c - the help topics, each at most one screen of 24 lines of 80 characters. The
 * topic "options" is printed from the option table instead.
 */
#include "options_values.h"

#include <string.h>

struct help_topic {
    const char *name; /* as in --help NAME; "" is the overview */
    const char *text; /* whole lines */
};

static const struct help_topic topics[] = {
    {"", "emu386 [OPTIONS] [IMAGE]\n"
         "A deterministic x86-32 PC for kernels. Without IMAGE: the built-in kernel.\n"
         "\n"
         "  emu386                                   the built-in kernel and its shell\n"
         "  emu386 --tour                            a guided tour of its address space\n"
         "  emu386 kernel.elf                        a multiboot, ELF or Linux kernel\n"
         "  emu386 -i initrd.img -a \"quiet\" kernel.elf\n"
         "  emu386 --display none --serial stdio --exit-on-halt kernel.elf\n"
         "\n"
         "  --help options      the options of the machine, its display and its lines\n"
         "  --help running      the options of how it runs: limits, traces, debuggers\n"
         "  --help images       what can be booted, and in what state it starts\n"
         "  --help display      window, terminal, keys, serial lines\n"
         "  --help network      the network card, ports from and to the host\n"
         "  --help debugging    traces, limits, engines, repeatable runs\n"
         "  --help monitor      the prompt, its scripts, driving a guest\n"
         "  --help gdb          debugging with gdb, lldb or an IDE\n"
         "  --help exit         when it ends and with which status\n"
         "  --version           the version\n"},
    {"images", "An image is recognised by its contents.\n"
               "\n"
               "Linux         bzImage or zImage, protocol 2.00 to 2.15, at the 32-bit entry: no\n"
               "              firmware behind it. -a TEXT; -i FILE: RAM disk; several are\n"
               "              joined. A kernel for i386 to i686, not x86-64.\n"
               "multiboot 1   ELF or with address fields. EAX=2BADB002h, EBX=information, flat\n"
               "              32-bit segments, paging off, interrupts off. Memory map, command\n"
               "              line (\"IMAGE TEXT\"), modules (-i \"FILE args\"), symbols.\n"
               "plain ELF     32-bit i386, linked to fixed addresses: segments at their physical\n"
               "              addresses, state as above, ESP=7C00h. No command line or modules.\n"
               "boot sector   512 bytes that end in 55h AAh: at 0000:7C00 in real mode, DL=0,\n"
               "              SP=7C00h, interrupts off. There is no BIOS: no INT services.\n"
               "--bios ROM    a ROM of whole 4 KiB pages, at most 1 MiB, ends at 4 GiB and (its\n"
               "              last 128 KiB) at 1 MiB; it starts at its reset vector. With an\n"
               "              image as well it is only there. --trace post shows its POST codes.\n"
               "\n"
               "RAM is 0-9FFFFh and 100000h up to the end of --memory. A0000h-BFFFFh is the VGA,\n"
               "E0000000h its 16 MiB as a linear frame buffer (dispi, ports 1CEh and 1CFh).\n"
               "The built-in kernel brings its own module: emu386 -a \"run=hello\".\n"
               "Images may be pipes; compressed ones have to be unpacked first. At most 1 GiB.\n"},
    {"display", "--display sdl    a window with the guest's own font. Closing it or Ctrl-Alt-Q\n"
                "                 ends the run, Ctrl-Alt-F is full screen,\n"
                "                 Ctrl-Alt-M the MMU view (also --mmu-view).\n"
                "--display term   the text screen in this terminal. Ctrl-] ends the run; all\n"
                "                 other keys, Ctrl-C included, go to the guest.\n"
                "--display vnc    a VNC server on 127.0.0.1:5900; vnc:ADDR:PORT elsewhere;\n"
                "                 --vnc-password F: clients must know the first line of F.\n"
                "--display none   nothing. Without --display: the first of these that works.\n"
                "\n"
                "--serial stdio   COM1 on stdin and stdout. When stdin is a terminal, keys go to\n"
                "                 the guest as they are typed. Ctrl-C ends emu386; Ctrl-A x as\n"
                "                 well; Ctrl-A c sends Ctrl-C, Ctrl-A a sends Ctrl-A.\n"
                "--serial file:F  COM1's output to a file.\n"
                "--parallel WHERE, --debugcon WHERE  the same for LPT1 and for port E9h.\n"
                "                 Nothing else is written to stdout; messages go to stderr.\n"
                "\n"
                "--pace realtime  virtual time runs no faster than the clock on the wall; the\n"
                "                 default with a display. idle: only while the processor sleeps\n"
                "                 (HLT); the default for typing without one. none: never.\n"
                "--screenshot F   writes the screen as PNG when the run ends.\n"},
    {"network", "--net user       a network card and, behind it, a network of its own: the guest\n"
                "                 is 10.0.2.15 (by DHCP or by hand), 10.0.2.2 the gateway, which\n"
                "                 answers ping. The guest may open connections to the host's\n"
                "                 network; 10.0.2.2 is the host itself. Nobody gets in.\n"
                "--net none       no card (default)\n"
                "\n"
                "--net user,...   separated by commas:\n"
                "  hostfwd=tcp:[ADDR]:PORT-[GUEST]:PORT   (or udp:) what connects to PORT of\n"
                "                 the host gets to the guest's. ADDR is 127.0.0.1 unless given\n"
                "                 (0.0.0.0: reachable from everywhere). Repeatable.\n"
                "  dns            10.0.2.3 resolves names as the host does\n"
                "  restrict       the guest reaches nothing outside, only forwards work\n"
                "  model=NAME     ne2000 (ISA, 300h, interrupt 9; 5 on a machine with PCI)\n"
                "  port=N, irq=N  where the ne2000 is instead\n"
                "  mac=ADDRESS    the card's (52:54:00:12:34:56)\n"
                "  pcap=FILE      all frames, in virtual time, for Wireshark; the last option\n"
                "\n"
                "  emu386 --net user,hostfwd=tcp::2222-:22 kernel.elf\n"
                "\n"
                "What the network itself answers comes at the same instruction in every run;\n"
                "what comes from the host comes when it comes.\n"},
    {"debugging",
     "--trace CATS     lines on stderr for what happens, CATS:FILE to a file. Separate\n"
     "                 categories by commas: cpu int mmu bus pic pit rtc kbd uart vga\n"
     "                 board post net disk dma floppy; all. summary: counts and a\n"
     "                 hash at the end. isa: how often each instruction was executed,\n"
     "                 at the end (--engine fast is reference then).\n"
     "--max-insns N    ends after exactly N instructions.\n"
     "--timeout S      ends after S seconds of the host's time.\n"
     "--on-triple-fault stop   report registers and history, keep the screen (default)\n"
     "                  reset  as a PC does\n"
     "                  exit   report and end at once\n"
     "--engine NAME    fast; reference: plain and slow; lockstep: both, compared every\n"
     "                 thousand instructions. All give the same run.\n"
     "--strict         ends with status 5 at a stale TLB entry's use, an access where\n"
     "                 nothing is, a store into ROM, code in memory never written, a\n"
     "                 user-writable page table. Else they are summed up at the end.\n"
     "--tlb MODEL      large: a TLB with room for every page. 386, 486: 32 entries, as\n"
     "                 those processors have. WAYSxSETS, as 2x16: any other.\n"
     "\n"
     "The same image, options and input give the same run on every host. Guest time is\n"
     "virtual: --speed N instructions make a microsecond, rounded so that one\n"
     "instruction costs a power of two of clock units (1221.8 in a microsecond).\n"
     "--rtc DATE       date at power-on, YYYY-MM-DDTHH:MM:SS. It never is the host's.\n"},
    {"monitor", "-M               starts stopped, at the monitor's prompt. Ctrl-C stops the guest\n"
                "                 and the prompt is back. help lists the commands, Tab completes.\n"
                "                 With --serial stdio the terminal is the guest's while it runs.\n"
                "-e CMD, -x FILE  executes a command, or a file of them, in the given order.\n"
                "                 Without -M the end of the last one ends emu386. One that fails\n"
                "                 ends it with status 2, or gives the prompt of -M.\n"
                "-M with a pipe on stdin executes its lines, and ends with them.\n"
                "--json           answers are JSON, one a line (docs/monitor-json.md: keys).\n"
                "\n"
                "  emu386 -M kernel.elf\n"
                "  emu386 -e 'break exc 14 if cr2 < 0x1000' -e c -e why -e bt kernel.elf\n"
                "  emu386 --display none -e 'wait \"login:\" for 60 s' -e 'type \"root\\n\"' \\\n"
                "      -e 'wait \"# \" on serial' -e 'screenshot now.png' kernel.elf\n"
                "\n"
                "~/.config/emu386/monitorrc (XDG_CONFIG_HOME): commands that -M executes first;\n"
                "the history is kept beside it.\n"},
    {"gdb", "-g PORT          serves gdb at this port of the loopback interface; ADDR:PORT at\n"
            "                 another (0.0.0.0: all), unix:PATH at a socket. Port 0 takes a\n"
            "                 free one; the line on stderr says what to type in gdb.\n"
            "-S               holds the machine until gdb lets it run. gdb may also come and\n"
            "                 go while the guest runs: its first packet stops the guest.\n"
            "-g stdio         for target remote |, with everything on one line:\n"
            "  gdb -ex 'target remote | emu386 --display none -S -g stdio kernel.elf'\n"
            "\n"
            "  emu386 -S -g :1234 kernel.elf\n"
            "  gdb -ex 'target remote :1234' -ex 'break kmain' -ex continue\n"
            "\n"
            "Symbols come from the emulator. Breakpoints write nothing into memory and hold\n"
            "before paging is on; watchpoints see every alias. eip is linear, also in real\n"
            "mode. info registers has cr0, gdtr_base, cs_limit, pte_cr2 and many more.\n"
            "monitor CMD is any command of the monitor (--help monitor): monitor why. With\n"
            "-M the prompt and gdb are there at the same time.\n"
            "\n"
            "--gdb-mode-switch  tells gdb when the code becomes 16 or 32 bits wide. This, and\n"
            "                 settings for .gdbinit and for an editor: docs/gdb.md.\n"},
    {"exit", "emu386 ends when the window is closed, on the quit key, on SIGINT or SIGTERM,\n"
             "and when the guest or a limit ends the run.\n"
             "\n"
             "status\n"
             "  0             ended by the user; HLT with interrupts off and --exit-on-halt\n"
             "  (v << 1) | 1  the guest wrote v to port F4h (always odd; 8 bits are kept)\n"
             "  2             bad usage, an image that cannot be used, output not written,\n"
             "                a command of -e, -x or a piped monitor session failed\n"
             "  3             triple fault (with a report on stderr); odd like a write of 1,\n"
             "                but only with the report\n"
             "  4             --max-insns or --timeout reached\n"
             "  5             --strict: the guest did what works by luck; stderr says what\n"
             "  6             --engine lockstep: the engines disagree (a bug in emu386)\n"
             "  128 + n       ended by signal n: 130 SIGINT, 143 SIGTERM\n"
             "\n"
             "Without --exit-on-halt a guest that halts for good keeps its screen; with\n"
             "--max-insns it ends at once with status 4, as no instruction can follow.\n"},
};

bool help_print(const char *topic, FILE *to, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
        if (strcmp(topic ? topic : "", topics[i].name) == 0) {
            fputs(topics[i].text, to);
            return true;
        }
    }
    return error_set(
        err,
        "--help %s: no such topic; options, running, images, display, network, debugging, "
        "monitor, gdb or exit would be right",
        topic);
}
