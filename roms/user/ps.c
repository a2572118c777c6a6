/* SPDX-License-Identifier: MIT */
/*
 * ps.c - processes: state, frames, page faults without and with reading from a device.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "user/common/look.h"

static const char *state_name(char state)
{
    switch (state) {
    case 'R': return "running";
    case 'S': return "sleeping";
    case 'D': return "waiting";
    case 'Z': return "zombie";
    }
    return "?";
}

int main(void)
{
    DIR *d = opendir("/proc");
    if (!d) {
        perror("ps: /proc");
        return 1;
    }
    printf("  PID  PPID STATE     FRAMES  MINOR  MAJOR NAME\n");
    for (struct dirent *entry; (entry = readdir(d));) {
        struct process p;
        int pid = atoi(entry->d_name);
        if (pid > 0 && process_read(pid, &p))
            printf("%5d %5d %-9s %6u %6u %6u %s\n", p.pid, p.parent, state_name(p.state),
                   p.resident, p.minor, p.major, p.name);
    }
    closedir(d);
    return 0;
}
