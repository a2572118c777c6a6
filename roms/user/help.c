/* SPDX-License-Identifier: MIT */
/*
 * help.c - what there is to run.
 */
#include "user/lib/lib.h"

int main(void);

int main(void)
{
    printf("cat FILE...       show files, e.g. cat /etc/motd\n"
           "chaos [SEED [N]]  attack the kernel; it should survive\n"
           "crash [HOW]       end by an exception; crash ? lists them\n"
           "echo WORDS        say the words\n"
           "exit              leave the shell and halt\n"
           "halt              halt the machine\n"
           "heap [PAGES]      watch pages appear as they are touched\n"
           "hello [NAME]      who and where am I?\n"
           "help              this list\n"
           "kill PID          end a process\n"
           "maps [PID]        the areas of a process\n"
           "mem               page frames, free and used\n"
           "pointers          give bad pointers to the kernel\n"
           "ps                processes\n"
           "segv [HOW]        end by a segmentation fault; segv ? lists them\n"
           "sleep SECONDS     do nothing for a while\n"
           "spin N [M]        M processes that count, sharing the processor\n"
           "stack [DEPTH]     let the stack grow\n"
           "PROGRAM &         run it in the background\n");
    return 0;
}
