#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh TABLE - runs test suites side by side and adds up what they report.
#
# TABLE is a file with one suite a line: a name, blanks, a shell command. A suite ends its output
# with the line "N passed, N failed"; that line is its result. A suite that ends without one, with
# no check at all, after LIMIT seconds, or with a failing status although it reports no failure,
# counts as one failure more. The output of a suite that failed is shown (its last SHOW lines).
#
# A suite that cannot do what it is for (a download that is not to be had) says "SKIP why" and ends
# with "N passed, N failed, N skipped". That is shown, and counted apart: it is no pass. A table in
# which nothing else happened fails. Lines that begin with NOTE are shown, too.
#
# A line with the word `wait` alone holds back what follows until everything before it has ended.
#
# JOBS (2): how many at a time.   LIMIT (600): seconds a suite may take.   SHOW (60).
# The last line of all is the sum: "N passed, N failed". It is also left in TABLE.sum.

set -u
table=${1:?usage: run.sh TABLE}
jobs=${JOBS:-2}
limit=${LIMIT:-600}
show=${SHOW:-60}
rm -f "$table.sum"
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
trap 'stop_all; exit 130' INT
trap 'stop_all; exit 143' TERM

stop_all() {
    local running
    running=$(jobs -rp)
    # shellcheck disable=SC2086
    [ -z "$running" ] || kill $running 2>/dev/null
    wait
}

run_suite() { # run_suite NUMBER NAME COMMAND
    local out=$dir/$1.out start=$EPOCHREALTIME status ms passed=0 failed=0 skipped=0 note='' last end

    # timeout leads a process group of its own: stopping it stops whatever the suite started.
    timeout -k 10 "$limit" bash -c "$3" >"$out" 2>&1 </dev/null &
    trap 'kill '$!'; exit' TERM
    wait $!
    status=$?
    end=$EPOCHREALTIME
    ms=$(((${end/[.,]/} - ${start/[.,]/}) / 1000))
    last=$(tail -n 1 "$out" | tr -d '\r')
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        passed=${BASH_REMATCH[1]}
        failed=${BASH_REMATCH[2]}
        skipped=${BASH_REMATCH[4]:-0}
        if [ $((passed + failed + skipped)) -eq 0 ]; then
            failed=1
            note=' (it checked nothing)'
        elif [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then
            failed=1
            note=" (exit status $status)"
        fi
    else
        failed=1
        note=" (ended without a summary, exit status $status)"
        [ $status -ne 124 ] || note=" (took longer than $limit s)"
    fi
    [ "$skipped" -eq 0 ] || note+=" ($skipped skipped)"
    printf '%d %d %d\n' "$passed" "$failed" "$skipped" >"$dir/$1.sum"
    {
        flock 9
        printf '%-28s %6d passed %4d failed %4d.%d s%s\n' "$2" "$passed" "$failed" \
            $((ms / 1000)) $((ms % 1000 / 100)) "$note"
        grep -E '^(SKIP|NOTE) ' "$out" | sed 's/^/     /'
        if [ "$failed" -ne 0 ]; then
            printf -- '---- %s: %s\n' "$2" "$3"
            tail -n "$show" "$out" | sed 's/^/     /'
            printf -- '----\n'
        fi
    } 9>"$dir/lock"
}

n=0
while read -r name command; do
    [[ -z $name || $name == '#'* ]] && continue
    if [ "$name" = wait ]; then
        wait
        continue
    fi
    n=$((n + 1))
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
        wait -n
    done
    run_suite $n "$name" "$command" &
done <"$table"
wait

passed=0
failed=0
skipped=0
for i in $(seq 1 $n); do
    p=0 f=1 s=0 # a suite that left no result failed
    [ ! -f "$dir/$i.sum" ] || read -r p f s <"$dir/$i.sum"
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
done
[ $((passed + failed)) -gt 0 ] || failed=1
[ $skipped -eq 0 ] || printf '%d skipped, neither passed nor failed; each says why above\n' $skipped
printf '%d passed, %d failed\n' "$passed" "$failed" | tee "$table.sum"
[ "$failed" -eq 0 ]
