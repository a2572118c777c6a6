/* SPDX-License-Identifier: MIT */
/*
 * linux16_guest.c - a kernel by Linux's boot protocol that never leaves real mode: what stands where a
 * kernel's setup code stands asks the BIOS for all that such code asks, and says on COM1 what was not
 * as it should be. Any loader and BIOS can run it: emu386's own, and QEMU's with SeaBIOS.
 * Port F4h ends it: 0 when all was well.
 *
 * Sources: Linux Documentation/arch/x86/boot.rst; IBM PS/2 and PC BIOS Interface Technical Reference;
 * Ralf Brown's Interrupt List. Keys are typed by the 8042's command D2h. The command line names what
 * is to be had: "vbe" a VGA BIOS.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum { COM1 = 0x3f8, EXIT = 0xf4, CF = 1, ZF = 0x40 };

struct regs {
    u32 eax, ecx, edx, ebx, ebp, esi, edi;
    u16 es, flags;
};

void bios(u32 vector, struct regs *r);
u32 far32(u16 seg, u16 off);
void start(void);

/* clang-format off */
__asm__(".code16gcc\n"
        ".section .header, \"ax\"\n"
        ".org 0x1f1\n"
        ".byte 23; .word 0; .long 2; .word 0, 0xffff, 0, 0xaa55\n" /* 23 sectors, 32 bytes of kernel */
        ".byte 0xeb, setup - 1f\n1:\n"
        ".ascii \"HdrS\"; .word 0x206; .long 0; .word 0, 0; .byte 0, 1\n" /* 2.06, loaded high */
        ".word 0; .long 0x100000, 0, 0, 0; .word 0, 0; .long 0, 0x37ffffff, 0, 0, 255\n"
        "setup: pushw %ds; pushw $entry; lretw\n"
        "entry: movw %ss, entry_ss; movw %sp, entry_sp\n"
        "call start\n"
        ".text\n"
        ".globl bios\n"
        "bios: pushal\n"
        "movb 36(%esp), %al; movb %al, vector; jmp 1f\n"
        "1: movl 40(%esp), %esi; pushw %es; pushl %esi\n"
        "movl (%esi), %eax; movl 4(%esi), %ecx; movl 8(%esi), %edx; movl 12(%esi), %ebx\n"
        "movl 16(%esi), %ebp; movl 24(%esi), %edi; movw 28(%esi), %es; movl 20(%esi), %esi\n"
        ".byte 0xcd\n"
        "vector: .byte 0\n"
        "pushl %esi; pushfw; movl 6(%esp), %esi\n"
        "popw 30(%esi); popl 20(%esi)\n"
        "movl %eax, (%esi); movl %ecx, 4(%esi); movl %edx, 8(%esi); movl %ebx, 12(%esi)\n"
        "movl %ebp, 16(%esi); movl %edi, 24(%esi); movw %es, 28(%esi)\n"
        "popl %esi; popw %es; cld; popal; retl\n"
        ".globl far32\n"
        "far32: pushw %fs; movw 6(%esp), %fs; movzwl 10(%esp), %eax; movl %fs:(%eax), %eax\n"
        "popw %fs; retl\n");
/* clang-format on */

u16 entry_ss, entry_sp;
static u32 passed, failed;

static void out8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static u8 in8(u16 port)
{
    u8 value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static u16 data_segment(void)
{
    u16 seg;

    __asm__("movw %%ds, %0" : "=r"(seg));
    return seg;
}

static void put_char(char c)
{
    while (!(in8(COM1 + 5) & 0x20))
        ;
    out8(COM1, (u8)c);
}

static void put(const char *text)
{
    for (; *text; text++)
        put_char(*text);
}

static void put_hex(u32 n)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        put_char("0123456789abcdef"[n >> shift & 15]);
}

static void check(const char *what, u32 is, u32 wanted)
{
    if (is == wanted) {
        passed++;
        return;
    }
    failed++;
    put("FAIL ");
    put(what);
    put(": ");
    put_hex(is);
    put(" instead of ");
    put_hex(wanted);
    put("\n");
}

/* Calls with AX, BX, CX and DX; the answer is in `r`. */
static struct regs r;

static void call(u8 vector, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
    r = (struct regs){.eax = eax, .ebx = ebx, .ecx = ecx, .edx = edx, .es = data_segment()};
    bios(vector, &r);
}

static u16 ax(void)
{
    return (u16)r.eax;
}

/* ---- What the loader promises ------------------------------------------------------------ */

static char header_text[64];

static u32 header(u16 at)
{
    return far32(data_segment(), at);
}

static void read_text(u32 phys)
{
    u32 i;

    for (i = 0; i < sizeof header_text - 1; i++) {
        header_text[i] = (char)far32((u16)((phys + i) >> 4), (phys + i) & 15);
        if (!header_text[i])
            break;
    }
    header_text[i] = 0;
}

static int has_word(const char *word);

static void test_loader(void)
{
    check("SS is the kernel's segment", entry_ss, data_segment());
    check("SP is above the setup code", entry_sp >= 0x2000, 1);
    check("the loader has a type", (header(0x210) & 0xff) != 0, 1);
    check("the heap may be used", header(0x211) >> 7 & 1, 1);
    check("heap_end_ptr lies below the stack", (header(0x224) & 0xffff) + 0x100 <= entry_sp, 1);
    check("vid_mode is the one that vga= says", header(0x1fa) & 0xffff, 0x317);
    check("code32_start", header(0x214), 0x100000);
    read_text(header(0x228));
    check("the command line", has_word("first") && has_word("last"), 1);
    check("the initial RAM disk's size", header(0x21c), 5000);
    check("and it lies above the kernel", header(0x218) > 0x100000, 1);
}

static int has_word(const char *word)
{
    for (const char *at = header_text; *at; at++) {
        u32 i = 0;

        while (word[i] && at[i] == word[i])
            i++;
        if (!word[i] && (at == header_text || at[-1] == ' '))
            return 1;
    }
    return 0;
}

/* ---- Memory ------------------------------------------------------------------------------ */

static struct {
    u32 base, base_high, size, size_high, kind;
} range;

static void test_map(void)
{
    u32 next = 0, count = 0, above = 0, low = 0, previous = 0, ordered = 1;

    do {
        r = (struct regs){.eax = 0xe820,
                          .ebx = next,
                          .ecx = 20,
                          .edx = 0x534d4150,
                          .edi = (u32)&range,
                          .es = data_segment()};
        bios(0x15, &r);
        if (r.flags & CF)
            break;
        check("E820h says SMAP", r.eax, 0x534d4150);
        check("E820h gives 20 bytes", r.ecx, 20);
        ordered &= range.base >= previous;
        previous = range.base;
        if (range.kind == 1 && range.base == 0)
            low = range.size;
        if (range.kind == 1 && range.base == 0x100000)
            above = range.size;
        next = r.ebx;
    } while (next && ++count < 64);
    check("E820h ends", next, 0);
    check("E820h is in order", ordered, 1);
    check("RAM below the EBDA", low, 0x9fc00);
    call(0x12, 0, 0, 0, 0);
    check("INT 12h agrees", (u32)ax() << 10, low);
    call(0x15, 0xe801, 0, 0, 0);
    check("E801h succeeds", r.flags & CF, 0);
    check("E801h, below 16 MiB", ax(), above / 1024 < 0x3c00 ? above / 1024 : 0x3c00);
    check("E801h, in CX as well", r.ecx & 0xffff, ax());
    check("E801h, above 16 MiB", r.ebx & 0xffff, above > 0xf00000 ? (above - 0xf00000) / 65536 : 0);
    call(0x15, 0x8800, 0, 0, 0);
    check("88h", ax(), above / 1024 < 0xfc00 ? above / 1024 : 0xfc00);
    call(0x15, 0xe820, 0, 20, 0);
    check("E820h without SMAP is refused", r.flags & CF, CF);
    call(0x15, 0xe820, 0, 16, 0x534d4150);
    check("E820h for 16 bytes is refused", r.flags & CF, CF);
}

static void test_system(void)
{
    call(0x15, 0xc000, 0, 0, 0);
    check("C0h succeeds", r.flags & CF, 0);
    check("C0h: 8 bytes or more", (far32(r.es, (u16)r.ebx) & 0xffff) >= 8, 1);
    check("C0h: an AT", far32(r.es, (u16)r.ebx) >> 16 & 0xff, 0xfc);
    check("C0h: second PIC, RTC", far32(r.es, (u16)r.ebx + 4) >> 8 & 0x60, 0x60);
    call(0x15, 0x2403, 0, 0, 0);
    check("2403h: by both ways", r.ebx & 0xffff, 3);
    call(0x15, 0x2401, 0, 0, 0);
    check("2401h succeeds", r.eax >> 8 & 0xff, 0);
    call(0x15, 0x2402, 0, 0, 0);
    check("2402h: A20 is open", r.eax & 0xff, 1);
    call(0x15, 0x2400, 0, 0, 0);
    call(0x15, 0x2402, 0, 0, 0);
    check("2402h: A20 is closed", r.eax & 0xff, 0);
    check("and memory repeats", far32(0xffff, 0x10), far32(0, 0));
    call(0x15, 0x2401, 0, 0, 0);
    call(0x15, 0x5300, 0, 0, 0);
    check("APM says PM, or there is none", r.flags & CF || (r.ebx & 0xffff) == 0x504d, 1);
    call(0x15, 0xe980, 0, 0, 0x47534943);
    check("no SpeedStep", r.flags & CF, CF);
    call(0x15, 0x1234, 0, 0, 0);
    check("an unknown service is refused", r.eax >> 8 & 0xff, 0x86);
    call(0x11, 0, 0, 0, 0);
    check("equipment: x87, colour", ax() & 0x32, 0x22);
    check("the EBDA", far32(0x40, 0x0e) & 0xffff, 0x9fc0);
    check("the EBDA's size", far32(0x9fc0, 0) & 0xff, 1);
    check("the ROM is an AT's", far32(0xffff, 0x0e) & 0xff, 0xfc);
    check("the reset vector jumps", far32(0xffff, 0) & 0xff, 0xea);
}

/* ---- Time -------------------------------------------------------------------------------- */

static u32 ticks(void)
{
    call(0x1a, 0, 0, 0, 0);
    return r.ecx << 16 | (r.edx & 0xffff);
}

static void test_time(void)
{
    u32 before, n;

    call(0x1a, 0x0400, 0, 0, 0);
    check("the century", r.ecx >> 8 & 0xff, 0x20);
    call(0x1a, 0x0200, 0, 0, 0);
    n = (r.ecx >> 12 & 15) * 36000 + (r.ecx >> 8 & 15) * 3600 + (r.ecx >> 4 & 15) * 600 +
        (r.ecx & 15) * 60 + (r.edx >> 12 & 15) * 10 + (r.edx >> 8 & 15);
    before = ticks();
    check("ticks go with the clock", before / 18 - n < n / 50 + 60, 1); /* 18.2 a second */
    __asm__ volatile("sti");
    call(0x15, 0x8600, 0, 5, 0x4000); /* 344 ms, 6.25 ticks */
    n = ticks() - before;
    check("86h waits", n >= 5 && n <= 9, 1);
    before = ticks();
    call(0x1a, 0x0100, 0, 0, 100);
    check("ticks are set", ticks() - 100 < 4, 1);
    call(0x1a, 0x0100, 0, before >> 16, before);
}

/* ---- Keys -------------------------------------------------------------------------------- */

static void scan(u8 code)
{
    while (in8(0x64) & 3)
        ;
    out8(0x64, 0xd2);
    while (in8(0x64) & 2)
        ;
    out8(0x60, code);
    for (u32 n = 0; n < 100000 && in8(0x64) & 1; n++)
        ;
}

/* Types the codes; the key that INT 16h AH = how gives, 0: none. */
static u16 typed(u8 how, const char *codes)
{
    for (; *codes; codes++)
        scan((u8)*codes);
    call(0x16, (u32)(how + 1) << 8, 0, 0, 0);
    if (r.flags & ZF)
        return 0;
    call(0x16, (u32)how << 8, 0, 0, 0);
    return ax();
}

/* Whether the keyboard controller has a byte in so many changes of the refresh signal, 15 us each. */
static u32 answer_within(u32 changes)
{
    for (u8 was = in8(0x61); changes; was ^= 0x10, changes--)
        while (((in8(0x61) ^ was) & 0x10) == 0)
            if (in8(0x64) & 1)
                return 1;
    return 0;
}

static void test_keys(void)
{
    static const struct {
        const char *name, *codes;
        u16 plain, extended; /* by AH = 0 and AH = 10h */
    } cases[] = {
        {"a", "\x1e\x9e", 0x1e61, 0x1e61},
        {"Shift a", "\x2a\x1e\x9e\xaa", 0x1e41, 0x1e41},
        {"Ctrl a", "\x1d\x1e\x9e\x9d", 0x1e01, 0x1e01},
        {"Alt a", "\x38\x1e\x9e\xb8", 0x1e00, 0x1e00},
        {"Caps Lock a", "\x3a\xba\x1e\x9e\x3a\xba", 0x1e41, 0x1e41},
        {"Shift 2", "\x36\x03\x83\xb6", 0x0340, 0x0340},
        {"Enter", "\x1c\x9c", 0x1c0d, 0x1c0d},
        {"Esc", "\x01\x81", 0x011b, 0x011b},
        {"Shift Tab", "\x2a\x0f\x8f\xaa", 0x0f00, 0x0f00},
        {"Ctrl Backspace", "\x1d\x0e\x8e\x9d", 0x0e7f, 0x0e7f},
        {"F1", "\x3b\xbb", 0x3b00, 0x3b00},
        {"Shift F1", "\x2a\x3b\xbb\xaa", 0x5400, 0x5400},
        {"Alt F10", "\x38\x44\xc4\xb8", 0x7100, 0x7100},
        {"F12", "\x58\xd8", 0x8600, 0x8600},
        {"keypad 8", "\x48\xc8", 0x4800, 0x4800},
        {"Num Lock 8", "\x45\xc5\x48\xc8\x45\xc5", 0x4838, 0x4838},
        {"up", "\xe0\x48\xe0\xc8", 0x4800, 0x48e0},
        {"Ctrl left", "\x1d\xe0\x4b\xe0\xcb\x9d", 0x7300, 0x73e0},
        {"right Ctrl c", "\xe0\x1d\x2e\xae\xe0\x9d", 0x2e03, 0x2e03},
        {"keypad Enter", "\xe0\x1c\xe0\x9c", 0x1c0d, 0xe00d},
        {"keypad slash", "\xe0\x35\xe0\xb5", 0x352f, 0xe02f},
        {"Shift up with its E0 codes", "\x2a\xe0\xaa\xe0\x48\xe0\xc8\xe0\x2a\xaa", 0x4800, 0x48e0},
        {"braces", "\x2a\x1a\x9a\xaa", 0x1a7b, 0x1a7b},
        {"slash", "\x35\xb5", 0x352f, 0x352f},
    };

    check("no key", typed(0, ""), 0);
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(cases[i].name, typed(0x00, cases[i].codes), cases[i].plain);
        check(cases[i].name, typed(0x10, cases[i].codes), cases[i].extended);
    }
    scan(0x2a);
    scan(0x1d);
    call(0x16, 0x0200, 0, 0, 0);
    check("Shift and Ctrl are down", r.eax & 0x0f, 6);
    scan(0xaa);
    scan(0x9d);
    call(0x16, 0x0200, 0, 0, 0);
    check("and up", r.eax & 0x0f, 0);
    for (u32 i = 0; i < 15; i++) {
        call(0x16, 0x0500, 0, 0x1e61 + i, 0);
        check("the ring takes 15 keys", r.eax & 0xff, 0);
    }
    call(0x16, 0x0500, 0, 0x1e61, 0);
    check("and no more", r.eax & 0xff, 1);
    for (u32 i = 0; i < 15; i++)
        check("they come in order", typed(0, ""), 0x1e61 + i);
    check("and that was all", typed(0, ""), 0);
    __asm__ volatile("cli");
    call(0x16, 0x0305, 0, 0, 0);
    check("the keyboard's answers to its rate are taken", answer_within(700), 0);
    __asm__ volatile("sti");
    check("the keyboard still works", typed(0, "\x1f\x9f"), 0x1f73);
}

/* ---- Screen ------------------------------------------------------------------------------ */

static u16 on_screen(u32 row, u32 column)
{
    return (u16)far32(0xb800, (u16)((row * 80 + column) * 2));
}

static void at(u32 row, u32 column)
{
    call(0x10, 0x0200, 0, 0, row << 8 | column);
}

static u16 where(void)
{
    call(0x10, 0x0300, 0, 0, 0);
    return (u16)r.edx;
}

static void type_out(const char *text)
{
    for (; *text; text++)
        call(0x10, 0x0e00 | (u8)*text, 7, 0, 0);
}

static void test_screen(void)
{
    static const char text[] = "string";

    call(0x10, 0x0003, 0, 0, 0);
    call(0x10, 0x0f00, 0, 0, 0);
    check("mode 3, 80 columns", ax(), 0x5003);
    check("page 0", r.ebx >> 8 & 0xff, 0);
    check("the screen is clear", on_screen(12, 40), 0x0720);
    check("the cursor is at home", where(), 0);
    check("its shape", r.ecx & 0xffff, 0x0607);
    check("rows - 1 in the data area", far32(0x40, 0x84) & 0xff, 24);
    check("lines of a character there", far32(0x40, 0x85) & 0xffff, 16);
    check("the CRTC's port there", far32(0x40, 0x63) & 0xffff, 0x3d4);
    call(0x10, 0x1130, 0x0100, 0, 0);
    check("1130h: lines of a character", r.ecx & 0xffff, 16);
    check("1130h: rows - 1", r.edx & 0xff, 24);
    call(0x10, 0x1200, 0x10, 0, 0);
    check("1210h: colour, 256 KiB", r.ebx & 0xffff, 0x0003);
    call(0x10, 0x1a00, 0, 0, 0);
    check("1A00h is known", r.eax & 0xff, 0x1a);
    check("1A00h: VGA, colour", r.ebx & 0xffff, 0x0008);
    type_out("ab\r\nc\bd");
    check("teletype: a", on_screen(0, 0), 0x0761);
    check("teletype: next line, and back", on_screen(1, 0), 0x0764);
    check("teletype: the cursor", where(), 0x0101);
    at(3, 79);
    type_out("xy");
    check("teletype: the end of a line", on_screen(4, 0), 0x0779);
    at(24, 0);
    type_out("last\n");
    check("teletype scrolls", on_screen(23, 3), 0x0774);
    check("and stays at the bottom", where(), 0x1804);
    check("with an empty row", on_screen(24, 0), 0x0720);
    at(10, 10);
    call(0x10, 0x0941, 0x1e, 3, 0);
    check("09h: characters and attribute", on_screen(10, 12), 0x1e41);
    check("and not more of them", on_screen(10, 13), 0x0720);
    call(0x10, 0x0a42, 0x4f, 1, 0);
    check("0Ah leaves the attribute", on_screen(10, 10), 0x1e42);
    call(0x10, 0x0800, 0, 0, 0);
    check("08h", ax(), 0x1e42);
    call(0x10, 0x0602, 0x2000, 0x0808, 0x0c10);
    check("06h: up by two", on_screen(8, 10), 0x1e42);
    check("06h: new rows", on_screen(12, 16), 0x2020);
    check("06h: beside it nothing", on_screen(12, 17), 0x0720);
    call(0x10, 0x0701, 0x3000, 0x0808, 0x0c10);
    check("07h: down by one", on_screen(9, 10), 0x1e42);
    check("07h: the new row", on_screen(8, 8), 0x3020);
    call(0x10, 0x0600, 0x0700, 0, 0x184f);
    check("06h of all", on_screen(9, 10), 0x0720);
    r = (struct regs){.eax = 0x1301,
                      .ebx = 0x2f,
                      .ecx = 6,
                      .edx = 0x0203,
                      .ebp = (u32)text,
                      .es = data_segment()};
    bios(0x10, &r);
    check("13h writes a string", on_screen(2, 8), 0x2f67);
    check("13h moves the cursor", where(), 0x0209);
    call(0x10, 0x0103, 0, 0x0002, 0);
    call(0x10, 0x0300, 0, 0, 0);
    check("01h: the shape is remembered", r.ecx & 0xffff, 0x0002);
    call(0x10, 0x0501, 0, 0, 0);
    call(0x10, 0x0f00, 0, 0, 0);
    check("05h: page 1", r.ebx >> 8 & 0xff, 1);
    call(0x10, 0x0500, 0, 0, 0);
    call(0x10, 0x4f00, 0, 0, 0);
    check("VBE", ax() == 0x004f, (u32)has_word("vbe"));
    call(0x10, 0x0003, 0, 0, 0);
}

/* ---- Drives: none ------------------------------------------------------------------------ */

static void test_drives(void)
{
    u32 vector = far32(0, 0x41 * 4), table = far32((u16)(vector >> 16), vector);

    if (has_word("disk")) { /* 20 cylinders, 16 heads, 63 sectors */
        check("INT 41h: cylinders and heads", table & 0xffffff, 0x100014);
        check("INT 41h: sectors", far32((u16)(vector >> 16), (u16)vector + 14) & 0xff, 63);
        return;
    }
    call(0x13, 0x0800, 0, 0, 0x80);
    check("08h of a disk that is not there", r.flags & CF, CF);
    call(0x13, 0x4100, 0x55aa, 0, 0x80);
    check("41h of a disk that is not there", r.flags & CF, CF);
    call(0x13, 0x0201, 0, 1, 0x80);
    check("02h of a disk that is not there", r.flags & CF, CF);
    check("disks in the data area", far32(0x40, 0x75) & 0xff, 0);
}

void start(void)
{
    test_loader();
    test_map();
    test_system();
    test_time();
    test_keys();
    test_screen();
    test_drives();
    put(failed ? "FAIL: " : "PASS: ");
    put_hex(passed);
    put(" good, ");
    put_hex(failed);
    put(" bad\n");
    out8(EXIT, failed != 0);
    for (;;)
        __asm__ volatile("cli; hlt");
}
