/* SPDX-License-Identifier: MIT */
/*
 * decode_oracle.c - the decoder and the disassembler against Zydis (Debian: libzydis-dev), an
 * independent decoder of the whole x86 family.
 *
 *     decode_oracle [RANDOM]     RANDOM: how many random strings (default DEFAULT_RANDOM)
 *
 * Every one- and two-byte opcode with every ModRM byte, with every SIB byte where there is one,
 * under a list of prefixes, in 16- and 32-bit code; then random strings. Compared are validity,
 * length, mnemonic, the parts of the memory operand, immediates and (for a sample) the names of
 * registers; whatever decodes must answer MORE for every shorter piece of itself.
 *
 * Where the two differ on purpose, a line of reasons[] says why; a line that is never needed is
 * an error, so the list cannot outlive its reasons. The last part plants faults in decoded
 * instructions and expects the comparison to see them.
 */
#include "cpu/insn.h"
#include "cpu/opcodes.h"
#include "tests/report.h"

#include <Zydis/Zydis.h>

#include <string.h>

#define DEFAULT_RANDOM 3000000ul
#define STRING 20u /* bytes in a test string: more than an instruction may have */
#define SHOWN 25u  /* mismatches that are printed */
#define TEXT 96u   /* room for a disassembled line */

enum difference { D_NEWER, D_TEST_REG, D_HINT, D_RSM, D_UD0, D_COUNT };

static const char *const reasons[D_COUNT] = {
    [D_NEWER] = "Zydis knows instructions that are younger than our rows",
    [D_TEST_REG] = "MOV to and from test registers left the architecture with the Pentium",
    [D_HINT] = "rows 0F 18-1F are no-ops that later got names",
    [D_RSM] = "RSM is #UD outside system management mode, which there is none of",
    [D_UD0] = "UD0 needs no row to be #UD",
};

_Static_assert(ZYDIS_OPCODE_MAP_DEFAULT == 0 && ZYDIS_OPCODE_MAP_0F == MAP_0F >> 8,
               "the rows are numbered as Zydis numbers its maps");

struct oracle {
    ZydisDecoder decoder[2];                      /* [1] 16-bit code */
    ZydisMnemonic mnemonic[OPCODE_ROWS][2][2][2]; /* by row, OS32, AS32, REP; 0: not looked up */
    uint64_t needed[D_COUNT];                     /* how often a difference explained something */
    uint64_t rows[OPCODE_ROWS];                   /* how often a row was agreed on */
    uint64_t compared;                            /* strings looked at */
    uint64_t decoded;                             /* of these: valid for both */
    uint64_t wrong;                               /* mismatches */
    uint64_t random;                              /* state of the generator */
};

struct sample {
    uint8_t code[STRING];                            /* the bytes */
    bool code16;                                     /* the mode */
    enum decode_status status;                       /* what decode() said */
    struct insn i;                                   /* what decode() made of it */
    bool valid;                                      /* what Zydis said */
    ZydisDecodedInstruction z;                       /* what Zydis made of it */
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT]; /* its operands */
};

static uint64_t next_random(struct oracle *t)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return t->random * UINT64_C(0x2545f4914f6cdd1d);
}

/* ---- names ---- */

/* Zydis has one name per condition and calls some instructions otherwise. */
static const char *zydis_name(const char *ours)
{
    static const char *const other[][2] = {
        {"wait", "fwait"},
        {"xlatb", "xlat"},
        {"retf", "ret"},
    };
    for (unsigned n = 0; n < ARRAY_LEN(other); n++) {
        if (!strcmp(ours, other[n][0]))
            return other[n][1];
    }
    return ours;
}

static const char *condition(const char *cc)
{
    static const char *const other[][2] = {
        {"e", "z"}, {"ne", "nz"}, {"ae", "nb"}, {"a", "nbe"}, {"ge", "nl"}, {"g", "nle"},
    };
    for (unsigned n = 0; n < ARRAY_LEN(other); n++) {
        if (!strcmp(cc, other[n][0]))
            return other[n][1];
    }
    return cc;
}

/* The mnemonic in a line of the disassembler, as Zydis spells it. */
static void word_of(const char *line, unsigned row, char *word, size_t n)
{
    const char *skip[] = {"lock ", "repne ", "repe ", "rep ", "es ",
                          "cs ",   "ss ",    "ds ",   "fs ",  "gs "};
    for (unsigned k = 0; k < ARRAY_LEN(skip); k++) {
        if (!strncmp(line, skip[k], strlen(skip[k])))
            line += strlen(skip[k]);
    }
    char raw[16];
    (void)snprintf(raw, sizeof raw, "%.*s", (int)strcspn(line, " "), line);
    bool jcc = (row >= 0x70 && row <= 0x7f) || (row >= MAP_0F + 0x80 && row <= MAP_0F + 0x8f);
    bool setcc = row >= MAP_0F + 0x90 && row <= MAP_0F + 0x9f;
    bool cmov = row >= MAP_0F + 0x40 && row <= MAP_0F + 0x4f;
    unsigned stem = jcc ? 1 : setcc ? 3 : cmov ? 4 : 0;
    if (stem)
        (void)snprintf(word, n, "%.*s%s", (int)stem, raw, condition(raw + stem));
    else
        (void)snprintf(word, n, "%s", zydis_name(raw));
}

static ZydisMnemonic find_mnemonic(const char *word)
{
    for (ZydisMnemonic m = 1; m <= ZYDIS_MNEMONIC_MAX_VALUE; m++) {
        const char *name = ZydisMnemonicGetString(m);
        if (name && !strcmp(name, word))
            return m;
    }
    return ZYDIS_MNEMONIC_INVALID;
}

static ZydisMnemonic mnemonic_of(struct oracle *t, const struct insn *i)
{
    ZydisMnemonic *m = &t->mnemonic[i->row][!!(i->flags & INSN_OS32)][!!(i->flags & INSN_AS32)]
                                   [!!(i->flags & INSN_REP)];
    if (!*m) {
        char line[TEXT], word[32];
        (void)disasm(line, sizeof line, i, 0);
        word_of(line, i->row, word, sizeof word);
        *m = find_mnemonic(word);
    }
    return *m;
}

/* ---- comparing ---- */

/* MMX instructions that the Pentium III brought; Zydis counts them to the first ones. */
static bool added_by_sse(const ZydisDecodedInstruction *z)
{
    static const ZydisMnemonic added[] = {
        ZYDIS_MNEMONIC_PSHUFW,   ZYDIS_MNEMONIC_PINSRW,   ZYDIS_MNEMONIC_PEXTRW,
        ZYDIS_MNEMONIC_PMOVMSKB, ZYDIS_MNEMONIC_PMINUB,   ZYDIS_MNEMONIC_PMAXUB,
        ZYDIS_MNEMONIC_PAVGB,    ZYDIS_MNEMONIC_PAVGW,    ZYDIS_MNEMONIC_PMULHUW,
        ZYDIS_MNEMONIC_MOVNTQ,   ZYDIS_MNEMONIC_PMINSW,   ZYDIS_MNEMONIC_PMAXSW,
        ZYDIS_MNEMONIC_PSADBW,   ZYDIS_MNEMONIC_MASKMOVQ,
    };
    for (unsigned n = 0; n < ARRAY_LEN(added); n++) {
        if (z->mnemonic == added[n])
            return true;
    }
    return false;
}

/* The instruction sets whose rows we have (or ought to have). */
static bool in_our_set(const ZydisDecodedInstruction *z)
{
    switch (z->meta.isa_set) {
    case ZYDIS_ISA_SET_PENTIUMMMX: return z->meta.isa_ext == ZYDIS_ISA_EXT_MMX && !added_by_sse(z);
    case ZYDIS_ISA_SET_I86:
    case ZYDIS_ISA_SET_I186:
    case ZYDIS_ISA_SET_I286PROTECTED:
    case ZYDIS_ISA_SET_I286REAL:
    case ZYDIS_ISA_SET_I386:
    case ZYDIS_ISA_SET_I486:
    case ZYDIS_ISA_SET_I486REAL:
    case ZYDIS_ISA_SET_PENTIUMREAL:
    case ZYDIS_ISA_SET_PPRO:
    case ZYDIS_ISA_SET_CMOV:
    case ZYDIS_ISA_SET_X87:
    case ZYDIS_ISA_SET_FCMOV:
    case ZYDIS_ISA_SET_FXSAVE:
    case ZYDIS_ISA_SET_LAHF:
    case ZYDIS_ISA_SET_RDPMC:
    case ZYDIS_ISA_SET_PAUSE:
    case ZYDIS_ISA_SET_FAT_NOP: return true;
    default: return false;
    }
}

static const char *explained(struct oracle *t, enum difference d)
{
    t->needed[d]++;
    return NULL;
}

static const char *compare_validity(struct oracle *t, const struct sample *s)
{
    bool ours = s->status == DECODE_OK;
    unsigned row = s->i.row;
    if (ours) {
        if (row == MAP_0F + 0x24 || row == MAP_0F + 0x26)
            return explained(t, D_TEST_REG);
        return "valid here only";
    }
    if (!in_our_set(&s->z))
        return explained(t, D_NEWER);
    if (s->z.mnemonic == ZYDIS_MNEMONIC_RSM)
        return explained(t, D_RSM);
    if (s->z.mnemonic == ZYDIS_MNEMONIC_UD0)
        return explained(t, D_UD0);
    return "invalid here only";
}

static unsigned offset_of(ZydisRegister r)
{
    return r == ZYDIS_REGISTER_NONE ? REG_NONE : (unsigned)ZydisRegisterGetId(r) * 4;
}

static const char *compare_memory(const struct insn *i, const ZydisDecodedOperandMem *m)
{
    static const ZydisRegister segments[SEGS] = {ZYDIS_REGISTER_ES, ZYDIS_REGISTER_CS,
                                                 ZYDIS_REGISTER_SS, ZYDIS_REGISTER_DS,
                                                 ZYDIS_REGISTER_FS, ZYDIS_REGISTER_GS};
    uint32_t mask = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    if (!(i->flags & INSN_MEM))
        return "no memory operand";
    if (m->base != ZYDIS_REGISTER_NONE &&
        ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LEGACY_32, m->base) !=
            (i->flags & INSN_AS32 ? 32 : 16))
        return "address size";
    if (offset_of(m->base) != i->base)
        return "base register";
    if (offset_of(m->index) != i->index)
        return "index register";
    if (m->index != ZYDIS_REGISTER_NONE && m->scale != 1u << i->scale)
        return "scale";
    if ((((uint32_t)m->disp.value) & mask) != (i->disp & mask))
        return "displacement";
    if (m->type == ZYDIS_MEMOP_TYPE_MEM && segments[i->seg] != m->segment)
        return "segment";
    return NULL;
}

static uint32_t raw_value(const ZydisDecodedInstruction *z, unsigned n, bool is_signed)
{
    unsigned drop = 64u - z->raw.imm[n].size;
    uint64_t high = z->raw.imm[n].value.u << drop;
    return (uint32_t)(is_signed ? (uint64_t)((int64_t)high >> drop) : high >> drop);
}

static const char *compare_immediates(const struct sample *s)
{
    const struct insn *i = &s->i;
    const struct opcode *o = &opcodes[i->row];
    const uint8_t operands[3] = {o->dst, o->src, o->third};
    unsigned n = 0;
    for (unsigned k = 0; k < 3; k++) {
        bool sign = operands[k] == Is || operands[k] == Jb || operands[k] == Jv;
        switch ((enum operand)operands[k]) {
        case Ap:
            if (raw_value(&s->z, 0, false) != i->disp || raw_value(&s->z, 1, false) != i->imm)
                return "far pointer";
            n = 2;
            break;
        case Ib:
        case Iw:
        case Iv:
        case Is:
        case Jb:
        case Jv:
            if (!s->z.raw.imm[n].size)
                return "an immediate too many";
            if (raw_value(&s->z, n, sign) != (n ? i->disp : i->imm))
                return "immediate";
            n++;
            break;
        default: break;
        }
    }
    return n < 2 && s->z.raw.imm[n].size ? "an immediate too few" : NULL;
}

static const char *compare_operands(const struct sample *s)
{
    for (unsigned n = 0; n < s->z.operand_count_visible; n++) {
        const ZydisDecodedOperand *op = &s->op[n];
        bool explicit_memory = op->type == ZYDIS_OPERAND_TYPE_MEMORY &&
                               op->visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT;
        const char *bad = explicit_memory ? compare_memory(&s->i, &op->mem) : NULL;
        if (bad)
            return bad;
    }
    return compare_immediates(s);
}

/* The n-th operand in a line of the disassembler. */
static void operand_text(const char *line, unsigned n, char *text, size_t room)
{
    const char *p = strchr(line, ' ');
    while (p && n--)
        p = strstr(p, ", ") ? strstr(p, ", ") + 1 : NULL;
    p = p ? p + 1 : "";
    (void)snprintf(text, room, "%.*s", (int)strcspn(p, ","), p);
}

static bool is_hint(unsigned row)
{
    return row >= MAP_0F + 0x18 && row <= MAP_0F + 0x1f;
}

static const char *compare_registers(const struct sample *s)
{
    const struct opcode *o = &opcodes[s->i.row];
    char line[TEXT], text[TEXT];
    /* No operands in our text, or another idea of the size of one that has no effect. */
    if ((o->flags & OPC_STRING) || s->i.row == 0x90 || is_hint(s->i.row) ||
        s->i.row == MAP_0F + 0x02 || s->i.row == MAP_0F + 0x03 || s->i.row == MAP_0F + 0xb9)
        return NULL;
    if (s->z.mnemonic == ZYDIS_MNEMONIC_FUCOMP)
        return NULL; /* Zydis shows ST(0) here, and not in FUCOM and FCOMP */
    struct insn plain = s->i;
    plain.flags &= (uint8_t)~INSN_LOCK;
    (void)disasm(line, sizeof line, &plain, 0);
    for (unsigned n = 0; n < s->z.operand_count_visible; n++) {
        if (s->op[n].type != ZYDIS_OPERAND_TYPE_REGISTER)
            continue;
        operand_text(line, n, text, sizeof text);
        if (strcmp(text, ZydisRegisterGetString(s->op[n].reg.value)) != 0)
            return "register";
    }
    return NULL;
}

static const char *compare_name(struct oracle *t, const struct sample *s)
{
    unsigned row = s->i.row, place = (unsigned)s->z.opcode_map << 8 | s->z.opcode;
    const char *name = opcodes[row].name;
    bool far = strstr(name, " far") || !strcmp(name, "retf");
    if (row < MAP_GROUPS && row != place)
        return "opcode";
    if (far != (s->z.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR))
        return "near or far";
    if (mnemonic_of(t, &s->i) == s->z.mnemonic)
        return NULL;
    return is_hint(row) ? explained(t, D_HINT) : "mnemonic";
}

/* NULL if the two agree, else what they disagree on. */
static const char *compare(struct oracle *t, const struct sample *s, bool names)
{
    if ((s->status == DECODE_OK) != s->valid)
        return compare_validity(t, s);
    if (!s->valid)
        return NULL;
    if (s->i.row >= OPCODE_ROWS || !opcodes[s->i.row].body)
        return "row";
    if (s->i.len != s->z.length)
        return "length";
    const char *bad = compare_name(t, s);
    if (!bad)
        bad = compare_operands(s);
    return bad || !names ? bad : compare_registers(s);
}

static void decode_both(struct oracle *t, struct sample *s)
{
    ZydisDecoderContext context;
    const ZydisDecoder *d = &t->decoder[s->code16];
    s->status = decode(&s->i, s->code, STRING, s->code16);
    s->valid = ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(d, &context, s->code, STRING, &s->z)) &&
               ZYAN_SUCCESS(ZydisDecoderDecodeOperands(d, &context, &s->z, s->op,
                                                       s->z.operand_count_visible));
}

static void show(const struct sample *s, const char *what)
{
    char line[TEXT];
    (void)disasm(line, sizeof line, &s->i, 0);
    printf("FAIL %s, %u-bit:", what, s->code16 ? 16u : 32u);
    for (unsigned n = 0; n < 15; n++)
        printf(" %02x", s->code[n]);
    printf("\n     here:  %d %s (%u bytes)\n     Zydis: %d %s (%u bytes, %s)\n", s->status, line,
           s->i.len, s->valid, s->valid ? ZydisMnemonicGetString(s->z.mnemonic) : "-", s->z.length,
           s->valid ? ZydisISASetGetString(s->z.meta.isa_set) : "-");
}

/* Every piece of a whole instruction asks for more. */
static const char *compare_pieces(const struct sample *s)
{
    struct insn i;
    for (unsigned n = 0; n < s->i.len; n++) {
        if (decode(&i, s->code, n, s->code16) != DECODE_MORE)
            return "a piece is not incomplete";
    }
    if (decode(&i, s->code, s->i.len, s->code16) != DECODE_OK || memcmp(&i, &s->i, sizeof i) != 0)
        return "reads beyond the instruction";
    return NULL;
}

static void look(struct oracle *t, struct sample *s)
{
    decode_both(t, s);
    bool sampled = (t->compared++ & 15) == 0;
    const char *bad = compare(t, s, sampled);
    if (!bad && sampled && s->status == DECODE_OK)
        bad = compare_pieces(s);
    if (!bad && s->valid && s->status == DECODE_OK) {
        t->decoded++;
        t->rows[s->i.row]++;
    }
    if (bad && t->wrong++ < SHOWN)
        show(s, bad);
}

/* ---- strings ---- */

static const char *const prefixes[] = {
    "",         "\x66",     "\x67",     "\x66\x67",     "\xf0",     "\xf2", "\xf3",
    "\x26",     "\x2e",     "\x36",     "\x3e",         "\x64",     "\x65", "\x66\xf0",
    "\x66\xf3", "\x67\x64", "\xf3\xf2", "\x64\x2e\x66", "\x66\x66",
};

static void fill_random(struct oracle *t, struct sample *s, unsigned from)
{
    for (unsigned n = from; n < STRING; n++)
        s->code[n] = (uint8_t)(next_random(t) >> 56);
}

static bool wants_sib(const struct sample *s, unsigned prefix, unsigned modrm)
{
    bool address16 = s->code16 != !!strchr(prefixes[prefix], 0x67);
    return !address16 && modrm < 0xc0 && (modrm & 7) == 4 && prefix < 4;
}

static void structured(struct oracle *t)
{
    struct sample s = {0};
    for (unsigned n = 0; n < 2 * ARRAY_LEN(prefixes) * 512 * 256; n++) {
        unsigned modrm = n & 255, op = n >> 8 & 511, prefix = (n >> 17) / 2;
        s.code16 = n >> 17 & 1;
        unsigned at = (unsigned)strlen(prefixes[prefix]);
        memcpy(s.code, prefixes[prefix], at);
        if (op >= 256)
            s.code[at++] = 0x0f;
        s.code[at++] = (uint8_t)op;
        s.code[at++] = (uint8_t)modrm;
        fill_random(t, &s, at);
        bool sib = wants_sib(&s, prefix, modrm);
        for (unsigned k = 0; k < (sib ? 256u : 1u); k++) {
            if (sib)
                s.code[at] = (uint8_t)k;
            look(t, &s);
        }
    }
}

static void random_strings(struct oracle *t, unsigned long count)
{
    static const uint8_t bytes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
                                    0x66, 0x67, 0xf0, 0xf2, 0xf3};
    struct sample s = {0};
    for (unsigned long k = 0; k < count; k++) {
        uint64_t r = next_random(t);
        unsigned n = (unsigned)(r >> 60) == 0 ? (unsigned)(r >> 40) % 16 : (unsigned)(r >> 40) % 4;
        s.code16 = r >> 59 & 1;
        for (unsigned at = 0; at < n; at++)
            s.code[at] = bytes[(next_random(t) >> 32) % sizeof bytes];
        fill_random(t, &s, n);
        if (r >> 58 & 1)
            s.code[n] = 0x0f;
        look(t, &s);
    }
}

/* ---- planted faults ---- */

/* An instruction that both know, with the row given. */
static bool find_row(struct oracle *t, unsigned row, struct sample *s)
{
    memset(s, 0, sizeof *s);
    for (unsigned n = 0; n < 512 * 256; n++) {
        unsigned at = 0;
        if (n >> 16)
            s->code[at++] = 0x0f;
        s->code[at++] = (uint8_t)(n >> 8);
        s->code[at] = (uint8_t)n;
        decode_both(t, s);
        if (s->status == DECODE_OK && s->valid && s->i.row == row)
            return true;
    }
    return false;
}

static bool seen(struct oracle *t, const struct sample *s)
{
    return compare(t, s, true) != NULL;
}

/* The same bytes, decoded wrongly in one way after another. */
static void plant(struct oracle *t)
{
    unsigned missed = 0, planted = 0;
    struct sample s, bad;
    for (unsigned row = 0; row < OPCODE_ROWS; row++) {
        if (!find_row(t, row, &s))
            continue;
        CHECK(!seen(t, &s), "row %03x is right to begin with", row);
        for (unsigned other = 0; other < OPCODE_ROWS; other++) {
            const struct opcode *o = &opcodes[other];
            if (o->shape == S_NONE || !strcmp(o->name, opcodes[row].name))
                continue;
            bad = s;
            bad.i.row = (uint16_t)other;
            planted++;
            missed += !seen(t, &bad);
        }
        bad = s;
        bad.i.len++;
        planted++;
        missed += !seen(t, &bad);
    }
    CHECK(planted > 10000 && missed == 0, "%u of %u planted faults missed", missed, planted);

    const uint8_t code[] = {0x66, 0x69, 0x44, 0x8b, 0x10, 0x34, 0x12}; /* imul ax, [ebx+ecx*4+16] */
    for (unsigned n = 0; n < 8; n++) {
        memset(&s, 0, sizeof s);
        memcpy(s.code, code, sizeof code);
        decode_both(t, &s);
        switch (n) {
        case 0: s.i.base = EDX * 4; break;
        case 1: s.i.index = REG_NONE; break;
        case 2: s.i.scale = 1; break;
        case 3: s.i.disp += 4; break;
        case 4: s.i.imm ^= 0x100; break;
        case 5: s.i.reg = ECX * 4; break;
        case 6: s.i.seg = SS; break;
        default: s.status = DECODE_UD; break;
        }
        CHECK(seen(t, &s), "planted fault %u in an operand", n);
    }
}

static void init(struct oracle *t)
{
    static const ZydisDecoderMode off[] = {
        ZYDIS_DECODER_MODE_MPX,   ZYDIS_DECODER_MODE_CET,      ZYDIS_DECODER_MODE_LZCNT,
        ZYDIS_DECODER_MODE_TZCNT, ZYDIS_DECODER_MODE_CLDEMOTE,
    };
    static const struct {
        ZydisMachineMode mode;
        ZydisStackWidth stack;
    } modes[2] = {
        {ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32},
        {ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16},
    };
    for (unsigned n = 0; n < 2; n++) {
        (void)ZydisDecoderInit(&t->decoder[n], modes[n].mode, modes[n].stack);
        for (unsigned k = 0; k < ARRAY_LEN(off); k++)
            (void)ZydisDecoderEnableMode(&t->decoder[n], off[k], ZYAN_FALSE);
    }
    t->random = UINT64_C(0x386486586686);
}

int main(int argc, char **argv)
{
    static struct oracle t;
    init(&t);
    structured(&t);
    random_strings(&t, argc > 1 ? strtoul(argv[1], NULL, 0) : DEFAULT_RANDOM);
    CHECK(t.wrong == 0, "%llu of %llu strings decode differently", (unsigned long long)t.wrong,
          (unsigned long long)t.compared);
    CHECK(t.decoded > t.compared / 4, "%llu were valid", (unsigned long long)t.decoded);
    for (unsigned d = 0; d < D_COUNT; d++)
        CHECK(t.needed[d] > 0, "this difference is not one any more: %s", reasons[d]);
    for (unsigned n = 0; n < OPCODE_ROWS; n++) {
        bool only_here = n == MAP_0F + 0x24 || n == MAP_0F + 0x26;
        if (opcodes[n].body && !only_here)
            CHECK(t.rows[n] > 0, "row %03x (%s) was never met", n, opcodes[n].name);
    }
    plant(&t);
    printf("%llu strings, %llu instructions\n", (unsigned long long)t.compared,
           (unsigned long long)t.decoded);
    return report_end();
}
