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

bool options_set_linux_entry(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"auto", "16", "32", NULL};
    unsigned n;

    if (!value_choice("--linux-entry", value, names, &n, err))
        return false;
    o->linux_entry = (enum bzimage_entry)n;
    return true;
}

/* pc or isa, then ",hpet=on" or off. */
bool options_set_machine(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"pc", "isa", NULL};
    static const char *const switches[] = {"on", "off", NULL};
    const char *keys = value + strcspn(value, ",");
    char kind[16];
    unsigned n;

    snprintf(kind, sizeof kind, "%.*s", (int)(keys - value), value);
    if (!value_choice("--machine", kind, names, &n, err))
        return false;
    o->config.machine = (enum config_machine)n;
    o->config.no_hpet = false;
    if (!*keys)
        return true;
    if (n != MACHINE_PC || strncmp(keys, ",hpet=", 6) != 0)
        return error_set(err, "--machine %s: of %s there is no %s; pc,hpet=off would be right",
                         value, kind, keys + 1);
    if (!value_choice("--machine pc,hpet", keys + 6, switches, &n, err))
        return false;
    o->config.no_hpet = n == 1;
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
