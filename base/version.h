/* SPDX-License-Identifier: MIT */
/* version.h - the version, as --version, the monitor and gdb's queries say it. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define EMU386_VERSION "0.1"

#endif
