/* SPDX-License-Identifier: MIT */
/*
 * procfs_system.c - the files of /proc about the whole system, in the formats of Linux (proc(5)).
 */
#include <stddef.h>

#include "drivers/drivers.h"
#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "kernel/proc.h"

enum { KIB = PAGE_SIZE / 1024 };

static void print_zoneinfo(struct sink *s, const struct proc *p)
{
    for (enum zone_id id = 0; id < ZONES; id++) {
        const struct zone *z = page_zone(id);
        procfs_say(s, "Node 0, zone %8s\n  pages free     %u\n        min      %u\n", z->name,
                   z->free, z->reserve);
        procfs_say(s, "        managed  %u\n  start_pfn:     %u\n", z->total,
                   z->start >> PAGE_SHIFT);
    }
}

/* From top to bottom; each region ends where the one before begins. NULL: nothing is there. */
static const struct region {
    uint32_t start;
    const char *what, *more;
} regions[] = {
    {FIXMAP, "FIXMAP: pages with a fixed purpose", "(the text screen)"},
    {KMAP, "KMAP: 1024 pages, each aimed for a", "moment at some page of ZONE_HIGHMEM"},
    {VMALLOC_END, NULL, NULL},
    {VMALLOC, "VMALLOC: large blocks of memory,", "made of single frames"},
    {PAGE_OFFSET + NORMAL_END, NULL, NULL},
    {PAGE_OFFSET, "physical memory up to 896 MiB: ZONE_DMA", "and ZONE_NORMAL, the kernel itself"},
    {USER_END - STACK_LIMIT, "the stack, growing down to 8 MiB; above",
     "it the strings of argv and envp"},
    {TASK_UNMAPPED_BASE, "upward: the shared library, mmap(),", "shared memory"},
    {PROGRAM_START, "the program: text, constants, data,", "bss; then the heap, upward by brk()"},
    {0, "not for programs: a null pointer is a", "segmentation fault"},
};

static void print_layout(struct sink *s, const struct proc *p)
{
    procfs_say(s, "ffffffff +-----------------------------------------+\n");
    for (const struct region *r = regions; r < regions + sizeof regions / sizeof *r; r++) {
        if (r->what)
            procfs_say(s, "         | %-39s |\n         | %-39s |\n", r->what, r->more);
        else
            procfs_say(s, "         |                 ...                     |\n");
        procfs_say(s, "%08x +%s+\n", r->start,
                   r->start == PAGE_OFFSET ? "=== user space below, kernel above ======"
                                           : "-----------------------------------------");
    }
}

static void print_kib(struct sink *s, const char *name, uint32_t pages)
{
    procfs_say(s, "%-16s%8u kB\n", name, pages * KIB);
}

static void print_meminfo(struct sink *s, const struct proc *p)
{
    const struct zone *dma = page_zone(ZONE_DMA), *normal = page_zone(ZONE_NORMAL);
    const struct zone *high = page_zone(ZONE_HIGHMEM);
    uint32_t low_total = dma->total + normal->total, low_free = dma->free + normal->free;
    print_kib(s, "MemTotal:", low_total + high->total);
    print_kib(s, "MemFree:", low_free + high->free);
    print_kib(s, "Cached:", page_count(PAGE_FILE));
    print_kib(s, "HighTotal:", high->total);
    print_kib(s, "HighFree:", high->free);
    print_kib(s, "LowTotal:", low_total);
    print_kib(s, "LowFree:", low_free);
    print_kib(s, "SwapTotal:", swap.total);
    print_kib(s, "SwapFree:", swap.free);
    print_kib(s, "AnonPages:", page_count(PAGE_ANON));
    print_kib(s, "Slab:", page_count(PAGE_SLAB));
    print_kib(s, "KernelStack:", page_count(PAGE_KSTACK));
    print_kib(s, "PageTables:", page_count(PAGE_TABLE));
    print_kib(s, "Buffers:", page_count(PAGE_BUFFER));
}

static void print_vmstat(struct sink *s, const struct proc *p)
{
    procfs_say(s, "nr_free_pages %u\n",
               page_zone(ZONE_DMA)->free + page_zone(ZONE_NORMAL)->free +
                   page_zone(ZONE_HIGHMEM)->free);
    procfs_say(s, "nr_anon_pages %u\nnr_file_pages %u\nnr_page_table_pages %u\n",
               page_count(PAGE_ANON), page_count(PAGE_FILE), page_count(PAGE_TABLE));
    procfs_say(s, "nr_slab %u\nnr_kernel_stack %u\n", page_count(PAGE_SLAB),
               page_count(PAGE_KSTACK));
    procfs_say(s, "pgfault %u\npgmajfault %u\n", proc_total.minor_faults + proc_total.major_faults,
               proc_total.major_faults);
    procfs_say(s, "pswpin %u\npswpout %u\npgscan %u\npgclean %u\n", swap.in, swap.out,
               swap.examined, swap.dropped);
}

static void print_stat(struct sink *s, const struct proc *p)
{
    uint32_t running = 0;
    for (p = proc_next(NULL); p; p = proc_next(p))
        running += p->state == PROC_RUNNABLE;
    procfs_say(s, "cpu  %u 0 %u %u %u 0 0\nctxt %u\nprocesses %u\nprocs_running %u\n",
               proc_total.user, proc_total.system, proc_counters.idle, proc_counters.iowait,
               proc_counters.switches, proc_counters.started, running);
}

static void print_swaps(struct sink *s, const struct proc *p)
{
    procfs_say(s, "%-40s%s\n", "Filename", "Type\t\tSize\t\tUsed\t\tPriority");
    if (swap.total)
        procfs_say(s, "/dev/%-35s%s\t%u\t\t%u\t\t%d\n", swap.name, "partition", swap.total * KIB,
                   (swap.total - swap.free) * KIB, -2);
}

static void print_uptime(struct sink *s, const struct proc *p)
{
    uint32_t now = timer_now(), idle = proc_counters.idle;
    procfs_say(s, "%u.%02u %u.%02u\n", now / TICKS_PER_SECOND, now % TICKS_PER_SECOND,
               idle / TICKS_PER_SECOND, idle % TICKS_PER_SECOND);
}

static void print_version(struct sink *s, const struct proc *p)
{
    procfs_say(s, "emu386 demo kernel, version 1.0, for the i386\n");
}

static void print_audit(struct sink *s, const struct proc *p)
{
    audit(s);
}

/* clang-format off */
const struct procfs_entry procfs_system[] = {
    {"audit", print_audit, NULL, NULL},
    {"layout", print_layout, NULL, NULL},
    {"meminfo", print_meminfo, NULL, NULL},
    {"stat", print_stat, NULL, NULL},
    {"swaps", print_swaps, NULL, NULL},
    {"uptime", print_uptime, NULL, NULL},
    {"version", print_version, NULL, NULL},
    {"vmstat", print_vmstat, NULL, NULL},
    {"zoneinfo", print_zoneinfo, NULL, NULL},
    {0},
};
