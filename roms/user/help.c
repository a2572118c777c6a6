/* SPDX-License-Identifier: MIT */
/*
 * help.c - what there is to run.
 */
#include <stdio.h>

int main(void)
{
    puts(
        "The address space, step by step (each explains what it does and checks it):\n"
        "  layout nullptr rodata kernelpeek stackgrow handler   what is where, and what is not\n"
        "  demand cow isolation library swapper                 frames for pages\n"
        "  mmapdemo mapped_base shm pipe                        areas, and sharing them\n"
        "  forkbomb stress [SECONDS [SEED]] chaos [SEED [N]]    too much of everything\n"
        "  pointers badelf linux                                the kernel refuses, and is Linux\n"
        "  hello [NAME]  segv [HOW]  crash [HOW]  spin N [M]    small ones; segv ? lists its ways\n"
        "Looking around:\n"
        "  ps  vmstat [SECONDS [LINES]]  free [-z]  maps [PID]  uname [-a]\n"
        "  ls [-l] [FOLDER...]  cat [FILE...]  hexdump [FILE [BYTES]]  echo WORDS\n"
        "  sleep SECONDS  kill [-SIGNAL] PID...  halt\n"
        "The shell: a | b   a < FILE > FILE   a &   a ; b   a && b   a || b   'quotes'   $?\n"
        "  exit, history; keys: arrows, Tab completes, Ctrl-C stops, Ctrl-D ends\n"
        "/proc has the kernel's view: /proc/self/maps, /proc/PID/status, /proc/meminfo, ...");
    return 0;
}
