/* SPDX-License-Identifier: MIT */
/*
 * halt.c - halts the machine.
 */
#include "user/lib/lib.h"

int main(void);

int main(void)
{
    int error = reboot(REBOOT_POWER_OFF);
    printf("halt: %s\n", strerror(error));
    return 1;
}
