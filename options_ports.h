/* SPDX-License-Identifier: MIT */
/* options_ports.h - the options of the serial and parallel ports and the debug console. For options.c. */
#ifndef OPTIONS_PORTS_H
#define OPTIONS_PORTS_H

#include "base/types.h"

struct options;

/* The first --serial is COM1's, the second COM2's. */
bool options_set_serial(struct options *o, const char *value, struct error *err);
bool options_set_parallel(struct options *o, const char *value, struct error *err);
bool options_set_debugcon(struct options *o, const char *value, struct error *err);

#endif
