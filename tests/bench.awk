# SPDX-License-Identifier: MIT
# bench.awk - the table of tests/bench.sh out of its CSV. list: the emulators, the first is ours.
function sorted(key, a,    n, i, j, v) { # the values of run[key, 1..], in order; how many
    n = runs[key]
    for (i = 1; i <= n; i++) {
        v = run[key, i]
        for (j = i - 1; j > 0 && a[j] > v; j--)
            a[j + 1] = a[j]
        a[j + 1] = v
    }
    return n
}
function least(t, e,    a) { sorted(t SUBSEP e, a); return a[1] }
function median(t, e,    a, n) { n = sorted(t SUBSEP e, a); return a[int((n + 1) / 2)] }
function seconds(us) { return us < 100 ? 0.0001 : us / 1e6 }

NR > 1 {
    if (!($1 in seen)) { seen[$1] = 1; order[++tests] = $1 }
    key = $1 SUBSEP $2
    run[key, ++runs[key]] = $5
    if ($6 == "FAILED") bad[$1] = "FAILED under " $2
    else if ($1 != "empty" && ($1 in sum) && sum[$1] != $6) bad[$1] = "WRONG checksum under " $2
    sum[$1] = $6
    if ($7 > 0) insns[$1] = $7
}

END {
    n = split(list, emu, " ")
    printf "%-10s %8s %7s", "test", "Minsns", "Mips"
    for (k = 1; k <= n; k++)
        printf " %8s %8s", emu[k], "median"
    for (k = 2; k <= n; k++)
        printf " %8s", "x " emu[k]
    print ""
    for (i = 1; i <= tests; i++) {
        t = order[i]
        if (t == "empty")
            continue
        work = (insns[t] - insns["empty"]) / 1e6
        ours = seconds(least(t, emu[1]) - least("empty", emu[1]))
        printf "%-10s %8.1f %7.0f", t, work, work / ours
        for (k = 1; k <= n; k++)
            printf " %8.4f %8.4f", seconds(least(t, emu[k]) - least("empty", emu[k])),
                seconds(median(t, emu[k]) - median("empty", emu[k]))
        for (k = 2; k <= n; k++) {
            ratio = seconds(least(t, emu[k]) - least("empty", emu[k])) / ours
            printf " %8.2f", ratio
            product[k] += log(ratio)
        }
        rows++
        print (t in bad) ? "  " bad[t] : ""
    }
    if (n > 1 && rows) {
        printf "geometric mean of all rows:"
        for (k = 2; k <= n; k++)
            printf " %.2f x %s", exp(product[k] / rows), emu[k]
        print ""
    }
}
