/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_disasm.c - the text of whole instructions (tests/insn compares mnemonics and registers
 * with another disassembler), every buffer size, and struct insn that no decoder made.
 */
#include "cpu/insn.h"
#include "tests/report.h"

#include <string.h>

#define AT 0x1000u /* where the instructions stand */
#define TEXT 96u

struct line {
    const char *text; /* what is expected */
    char code[9];     /* the bytes, then zeroes */
    bool code16;      /* mode */
};

static const struct line lines[] = {
    {"mov eax, dword ptr [ebx+ecx*4+0x10]", "\x8b\x44\x8b\x10", false},
    {"mov eax, dword ptr [eax*4+0xc0100000]", "\x8b\x04\x85\0\0\x10\xc0", false},
    {"mov eax, dword ptr fs:[0x28]", "\x64\xa1\x28\0\0\0", false},
    {"mov ax, word ptr [bp+si-0x2]", "\x8b\x42\xfe", true},
    {"mov word ptr [bx+0xfff0], ds", "\x8c\x9f\xf0\xff", true},
    {"mov eax, ds", "\x8c\xd8", false},
    {"lock xadd dword ptr [esp-0x4], ecx", "\xf0\x0f\xc1\x4c\x24\xfc", false},
    {"movzx eax, byte ptr [edx]", "\x0f\xb6\x02", false},
    {"and esp, 0xfffffff0", "\x83\xe4\xf0", false},
    {"imul ax, cx, 0xffff", "\x66\x6b\xc1\xff", false},
    {"shld eax, ecx, cl", "\x0f\xa5\xc8", false},
    {"shl byte ptr [edi], 1", "\xd0\x27", false},
    {"jmp 0x1000", "\xeb\xfe", true},
    {"jmp 0xfff", "\xeb\xfd", false},
    {"jmp 0xff03", "\xe9\0\xef", true},
    {"je 0x11002", "\x0f\x84\xfc\xff\0\0", false},
    {"jcxz 0x1013", "\x67\xe3\x10", false},
    {"jmp far 0x08:0x1234", "\xea\x34\x12\x08\0", true},
    {"jmp far fword ptr [0x80060504]", "\xff\x2d\x04\x05\x06\x80", false},
    {"lgdt [eax]", "\x0f\x01\x10", false},
    {"enter 0x10, 0x3", "\xc8\x10\0\x03", false},
    {"rep movsb", "\xf3\xa4", false},
    {"repe cmpsd", "\xf3\xa7", false},
    {"repne scasw", "\xf2\x66\xaf", false},
    {"movsb byte ptr es:[edi], byte ptr gs:[esi]", "\x65\xa4", false},
    {"stosb byte ptr es:[di], al", "\x67\xaa", false},
    {"pushad", "\x60", false},
    {"pusha", "\x60", true},
    {"iretd", "\x66\xcf", true},
    {"int3", "\xcc", false},
    {"int 0x80", "\xcd\x80", false},
    {"nop", "\x90", false},
    {"pause", "\xf3\x90", false},
    {"mov cr3, eax", "\x0f\x22\xd8", false},
    {"out dx, eax", "\xef", false},
    {"in al, 0x60", "\xe4\x60", false},
    {"gs xlatb", "\x65\xd7", false},
    {"fstp dword ptr [ebp-0x4]", "\xd9\x5d\xfc", false},
    {"(bad)", "\x0f\xff", false},
};

static void test_lines(void)
{
    for (unsigned n = 0; n < ARRAY_LEN(lines); n++) {
        uint8_t code[INSN_MAX_LENGTH + 1] = {0};
        struct insn i;
        char text[TEXT];
        memcpy(code, lines[n].code, sizeof lines[n].code);
        (void)decode(&i, code, INSN_MAX_LENGTH, lines[n].code16);
        int len = disasm(text, sizeof text, &i, AT);
        CHECK(!strcmp(text, lines[n].text) && len == (int)strlen(text), "\"%s\", expected \"%s\"",
              text, lines[n].text);
    }
}

/* However small the buffer: cut, terminated, and nothing beyond it is touched. */
static void test_room(void)
{
    const uint8_t code[INSN_MAX_LENGTH] = {0x65, 0xf0, 0x0f, 0xc1, 0x8c, 0x8b, 0x78, 0x56, 0x34};
    struct insn i;
    char whole[TEXT];
    (void)decode(&i, code, sizeof code, false);
    int len = disasm(whole, sizeof whole, &i, AT);
    for (unsigned room = 0; room <= (unsigned)len + 2; room++) {
        char text[TEXT];
        memset(text, '#', sizeof text);
        int said = disasm(text, room, &i, AT);
        unsigned kept = room == 0 ? 0 : room - 1 < (unsigned)len ? room - 1 : (unsigned)len;
        bool right = said == len && !memcmp(text, whole, kept) && text[room] == '#' &&
                     (room == 0 || text[kept] == 0);
        CHECK(right, "room for %u of %d", room, len);
    }
}

/* Any values in any field: an answer that fits, whatever it says. */
static void test_hostile(void)
{
    uint64_t random = 0x386;
    unsigned wrong = 0;
    for (unsigned n = 0; n < 300000; n++) {
        struct insn i;
        uint8_t *p = (uint8_t *)&i;
        for (unsigned k = 0; k < sizeof i; k++) {
            random = random * UINT64_C(6364136223846793005) + 1;
            p[k] = (uint8_t)(random >> 56);
        }
        if (n & 1)
            i.row &= 0x2ff;
        char text[TEXT + 1];
        text[TEXT] = '#';
        int len = disasm(text, TEXT, &i, AT);
        wrong += len <= 0 || len >= (int)TEXT || strlen(text) != (size_t)len || text[TEXT] != '#';
    }
    CHECK(wrong == 0, "%u texts of made-up instructions are wrong", wrong);
}

int main(void)
{
    test_lines();
    test_room();
    test_hostile();
    return report_end();
}
