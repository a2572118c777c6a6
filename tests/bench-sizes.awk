# SPDX-License-Identifier: MIT
# bench-sizes.awk - the table of tests/bench.sh --sizes out of its CSV. list: the emulators, the first is ours.
BEGIN {
    n = split(list, emu, " ")
    split("8 64 512 4096 65536 1048576", size, " ")
    split("40000 40000 10000 2500 160 10", times, " ") # roms/bench/repsizes.c
    for (k = 1; k <= 6; k++)
        moved[size[k]] = size[k] * times[k]
}

# The least could be too little: a mark that was read late makes what follows it short.
function median(row, size, emulator,    key, n, a, i, j, v) {
    key = row SUBSEP size SUBSEP emulator
    n = times_taken[key]
    for (i = 1; i <= n; i++) {
        v = taken[key, i]
        for (j = i - 1; j > 0 && a[j] > v; j--)
            a[j + 1] = a[j]
        a[j + 1] = v
    }
    return n ? a[int((n + 1) / 2)] : 1
}

NR == 1 { next }
$1 == "checksum" {
    sums[$2]
    runs[$4]++
    next
}
{
    row = $1 " " $2
    if (!(row in seen)) { seen[row] = 1; order[++rows] = row }
    key = row SUBSEP $3 SUBSEP $4
    taken[key, ++times_taken[key]] = $7 > 0 ? $7 : 1
    work = $6
}

END {
    printf "%-16s", "MB/s, times"
    for (k = 1; k <= 6; k++)
        printf " %*s", 7 + 7 * (n - 1), size[k]
    print ""
    for (i = 1; i <= rows; i++) {
        printf "%-16s", order[i]
        for (k = 1; k <= 6; k++) {
            ours = median(order[i], size[k], emu[1])
            printf " %7.0f", moved[size[k]] * work / ours
            for (e = 2; e <= n; e++) {
                ratio = median(order[i], size[k], emu[e]) / ours
                printf " %6.*f", ratio < 10 ? 1 : 0, ratio
                if (!((e, k) in worst) || ratio < worst[e, k]) worst[e, k] = ratio
                product[e, k] += log(ratio)
            }
        }
        print ""
    }
    for (e = 2; e <= n; e++) {
        printf "x %s:", emu[e]
        for (k = 1; k <= 6; k++)
            printf "  %s: worst %.2f, mean %.1f", size[k], worst[e, k], exp(product[e, k] / rows)
        print ""
    }
    for (e = 1; e <= n; e++)
        if (!runs[emu[e]]) { print "FAILED under " emu[e]; bad = 1 }
    if (length(sums) > 1) { print "DIFFERENT checksums"; bad = 1 }
    exit bad
}
