/* SPDX-License-Identifier: MIT */
/* options_machine.h - setters of the option table for what the machine is made of; for options.c. */
#ifndef OPTIONS_MACHINE_H
#define OPTIONS_MACHINE_H

#include "base/types.h"

struct options;

bool options_set_memory(struct options *o, const char *value, struct error *err);
bool options_set_cpu(struct options *o, const char *value, struct error *err);
bool options_set_tlb(struct options *o, const char *value, struct error *err);
bool options_set_speed(struct options *o, const char *value, struct error *err);
bool options_set_linux_entry(struct options *o, const char *value, struct error *err);
bool options_set_machine(struct options *o, const char *value, struct error *err);
bool options_set_boot(struct options *o, const char *value, struct error *err);
bool options_set_bios(struct options *o, const char *value, struct error *err);
bool options_set_vgabios(struct options *o, const char *value, struct error *err);
bool options_set_post_port(struct options *o, const char *value, struct error *err);

#endif
