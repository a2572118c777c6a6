/* SPDX-License-Identifier: MIT */
/* options_machine.c - the options that say what the machine is made of (see options_machine.h). */
#include "options_machine.h"

#include "options.h"
#include "options_values.h"

#include <stdio.h>
#include <string.h>

bool options_set_memory(struct options *o, const char *value, struct error *err)
{
    return value_memory(value, &o->config.memory, err);
}

bool options_set_cpu(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"386", "486", "pentium", "ppro", NULL};
    unsigned n;

    if (!value_choice("--cpu", value, names, &n, err))
        return false;
    o->config.cpu = (enum config_cpu)n;
    return true;
}

bool options_set_tlb(struct options *o, const char *value, struct error *err)
{
    struct config *c = &o->config;

    return value_tlb(value, &c->tlb_ways, &c->tlb_sets, &c->tlb_pseudo_lru, err);
}

bool options_set_speed(struct options *o, const char *value, struct error *err)
{
    return value_speed(value, &o->config.insn_cost_log2, err);
}

bool options_set_machine(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"pc", "isa", NULL};
    unsigned n;

    if (!value_choice("--machine", value, names, &n, err))
        return false;
    o->config.machine = (enum config_machine)n;
    return true;
}

/* "cdrom,disk": letters for config.boot_order, each once. */
bool options_set_boot(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"disk", "cdrom", "floppy", NULL};
    static const char letters[] = "cda";
    char *order = o->config.boot_order, word[16];
    size_t used = 0;

    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        unsigned n;

        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (!value_choice("--boot", word, names, &n, err))
            return false;
        if (memchr(order, letters[n], used))
            return error_set(err, "--boot %s: %s is there twice", value, word);
        order[used++] = letters[n];
        order[used] = '\0';
        at += length;
        if (!*at)
            return true;
    }
}

bool options_set_bios(struct options *o, const char *value, struct error *err)
{
    (void)err;
    o->bios = value;
    return true;
}

bool options_set_vgabios(struct options *o, const char *value, struct error *err)
{
    (void)err;
    o->vgabios = value;
    return true;
}

bool options_set_post_port(struct options *o, const char *value, struct error *err)
{
    return value_port("--post-port", value, &o->config.post_port, err);
}
