/* SPDX-License-Identifier: MIT */
/*
 * model.c - what tells one processor generation from another (Intel 386, 486 and Pentium manuals;
 * SDM vol. 3, chapter 22 "Architecture compatibility"). CPUID, MSRs and CR4 features are not there
 * yet: EFLAGS.ID cannot be set and software takes the processor for a late 486.
 */
#include "cpu/internal.h"

#define FLAGS_386 (FLAG_ARITH | FLAG_TF | FLAG_IF | FLAG_DF | FLAG_IOPL | FLAG_NT)
#define CR0_386 (CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_PG)
#define CR0_486 (CR0_386 | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD)

const struct cpu_model *cpu_model_find(unsigned level)
{
    static const struct cpu_model models[] = {
        {.name = "386",
         .level = 3,
         .reset_edx = 0x0308,
         .cr0_mask = CR0_386,
         .cr0_fixed = 0,
         .eflags_mask = FLAGS_386,
         .cr4 = false},
        {.name = "486",
         .level = 4,
         .reset_edx = 0x0402,
         .cr0_mask = CR0_486,
         .cr0_fixed = CR0_ET,
         .eflags_mask = FLAGS_386 | FLAG_AC,
         .cr4 = false},
        {.name = "pentium",
         .level = 5,
         .reset_edx = 0x0526,
         .cr0_mask = CR0_486,
         .cr0_fixed = CR0_ET,
         .eflags_mask = FLAGS_386 | FLAG_AC,
         .cr4 = true},
        {.name = "ppro",
         .level = 6,
         .reset_edx = 0x0619,
         .cr0_mask = CR0_486,
         .cr0_fixed = CR0_ET,
         .eflags_mask = FLAGS_386 | FLAG_AC,
         .cr4 = true},
    };
    for (unsigned n = 0; n < ARRAY_LEN(models); n++) {
        if (models[n].level == level)
            return &models[n];
    }
    return NULL;
}
