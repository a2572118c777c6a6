/* SPDX-License-Identifier: MIT */
/* commands_drives.c - insert, eject: the hands at the CD-ROM drive and the floppy drives. */
#include "monitor/command.h"

#include "machine/drives.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/monitor.h"

#include <stdio.h>

/* The name of a drive; without one, of the only drive there is. */
static bool take_drive(struct monitor *mon, struct line *line, char *name, size_t n,
                       struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const char *first = drives_name(m, 0);
    for (unsigned i = 0; drives_name(m, i); i++) {
        if (line_keyword(line, drives_name(m, i))) {
            snprintf(name, n, "%s", drives_name(m, i));
            return true;
        }
    }
    if (!first)
        return error_set(err,
                         "this machine has no drive whose medium can be changed (--cdrom none: "
                         "an empty one)");
    if (!drives_name(m, 1)) {
        snprintf(name, n, "%s", first);
        return true;
    }
    return line_word(line, "the drive: cdrom, floppy or floppy1", name, n, err);
}

static bool run_insert(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char name[32], file[1024];
    if (!take_drive(mon, line, name, sizeof name, err) ||
        !line_word(line, "file", file, sizeof file, err))
        return false;
    bool force = line_keyword(line, "force");
    if (!line_end(line, err) || !drives_insert(monitor_machine(mon), name, file, force, err))
        return false;
    answer_string(to, "drive", name);
    answer_string(to, "file", file);
    return true;
}

static bool run_eject(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char name[32];
    if (!take_drive(mon, line, name, sizeof name, err))
        return false;
    bool force = line_keyword(line, "force");
    if (!line_end(line, err) || !drives_eject(monitor_machine(mon), name, force, err))
        return false;
    answer_string(to, "drive", name);
    return true;
}

const struct command commands_drives[] = {
    /* clang-format off */
    { "insert", "change", "[DRIVE] FILE [force]", "put a medium into a drive: cdrom, floppy, floppy1",
      "What was in it is taken out. FILE may have the options of --disk (,ro ,snapshot ,overlay=F). A guest\n"
      "that holds the drive shut is told that you want to change it; force does it all the same.",
      "insert cdrom disc.iso", "cdrom|floppy|floppy1|force file", COMMAND_CHANGE, false, run_insert },
    { "eject", NULL, "[DRIVE] [force]", "take the medium out of a drive", NULL,
      "eject cdrom", "cdrom|floppy|floppy1|force", COMMAND_CHANGE, false, run_eject },
    { .name = NULL },
    /* clang-format on */
};
