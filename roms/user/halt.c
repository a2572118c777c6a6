/* SPDX-License-Identifier: MIT */
/*
 * halt.c - halts the machine.
 */
#include <stdio.h>
#include <sys/reboot.h>

int main(void)
{
    reboot(RB_POWER_OFF);
    perror("halt");
    return 1;
}
