/* SPDX-License-Identifier: MIT */
/*
 * unwind.c KERNEL INITRD - stops the built-in kernel some thousand times, wherever it happens to be, and
 * walks up the stack. In the kernel the walk must end where it was entered: in ring 3, or, when it
 * runs on nobody's behalf, at one of the few places where its threads of control begin. A step that
 * is a guess must be rare: assembly that has no frame information.
 */
#include "base/out.h"
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "monitor/answer.h"
#include "monitor/backtrace.h"
#include "monitor/symbols.h"
#include "tests/report.h"

#include <string.h>

#define STOPS 4000u
#define APART 9973u /* instructions */
#define MAX_ROOTS 6u

static char root[MAX_ROOTS][80]; /* where walks ended that did not end in ring 3 */
static unsigned roots;

static bool translate(void *m, uint32_t cr3, uint32_t lin, uint32_t *phys)
{
    return debug_translate(m, cr3, lin, phys);
}

static struct machine *boot(const char *kernel, const char *initrd)
{
    struct config cfg = {.memory = 16u << 20,
                         .cpu = CPU_PPRO,
                         .engine = ENGINE_FAST,
                         .insn_cost_log2 = 3,
                         .rtc_start = 1000000000};
    struct boot_source module = {.name = initrd};
    struct boot_request r = {.image = {.name = kernel},
                             .modules = &module,
                             .module_count = 1,
                             .append = "run=chaos",
                             .memory = cfg.memory};
    struct plan plan = {0};
    struct error err = {""};
    struct machine *m = machine_new(&cfg, &err);
    if (!m || !boot_plan(&plan, &r, &err) || !boot_apply(&plan, m, &err)) {
        printf("%s\n", err.text);
        exit(1);
    }
    plan_free(&plan);
    return m;
}

static bool is_root(const char *name)
{
    for (unsigned n = 0; n < roots; n++) {
        if (strcmp(root[n], name) == 0)
            return true;
    }
    if (roots < MAX_ROOTS)
        snprintf(root[roots], sizeof root[0], "%s", name);
    return roots++ < MAX_ROOTS;
}

static void show(const struct machine *m, const struct symbols *s, const char *why)
{
    struct out to;
    struct answer answer = {.to = &to};
    out_file(&to, stdout);
    printf("%s, @%llu:\n", why, (unsigned long long)machine_icount(m));
    backtrace_answer(m, s, NULL, 40, &answer);
}

int main(int argc, char **argv)
{
    unsigned inside = 0, from_user = 0, guessed = 0, nameless = 0, lost = 0;
    if (argc != 3)
        return 2;
    struct machine *m = boot(argv[1], argv[2]);
    struct symbols *s = symbols_new();
    symbols_add_file(s, argv[1], NULL, NULL);
    symbols_set_paging(s, translate, m);
    for (unsigned n = 0; n < STOPS; n++) {
        struct unwind u;
        bool guess = false;
        uint32_t offset;
        if (machine_run(m, UINT64_MAX, machine_icount(m) + APART) != MACHINE_INSNS)
            break;
        bool more = unwind_start(&u, m, s, NULL);
        if (u.frame.ring == 3)
            continue;
        inside++;
        const char *name = "";
        for (; more && u.frame.ring == 0; more = unwind_next(&u)) {
            guess |= u.frame.how == FRAME_GUESS;
            name = symbols_name(s, u.cr3, u.frame.at, &offset);
            if (!name && !nameless++)
                show(m, s, "a frame without a name");
        }
        from_user += u.frame.ring == 3;
        guessed += guess;
        if (u.frame.ring == 0 && !is_root(name ? name : "nowhere") && !lost++)
            show(m, s, "the walk ends too early");
    }
    CHECK(inside > STOPS / 4, "%u stops inside the kernel", inside);
    CHECK(from_user > inside / 4, "%u of %u walks end in ring 3", from_user, inside);
    CHECK(lost == 0, "%u walks end somewhere", lost);
    CHECK(nameless == 0, "%u frames of the kernel without a name", nameless);
    CHECK(guessed * 100 <= inside, "%u of %u walks needed a guess", guessed, inside);
    symbols_free(s);
    machine_free(m);
    return report_end();
}
