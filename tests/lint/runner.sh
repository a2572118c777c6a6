#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# runner.sh - does tests/run.sh add up right, and does it notice a suite that lies or dies?

set -u
here=$(cd "$(dirname "$0")/.." && pwd)
table=$(mktemp)
trap 'rm -f "$table" "$table.sum" "$table.left"' EXIT
passed=0
failed=0

expect() { # expect SUM STATUS WHAT, the table on stdin
    local out status last
    cat >"$table"
    out=$(LIMIT=${limit:-20} bash "$here/run.sh" "$table" 2>&1)
    status=$?
    last=$(tail -n 1 <<<"$out")
    if [ "$last" = "$1" ] && [ $status -eq "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: wanted "%s" and %s, got "%s" and %s\n%s\n' "$3" "$1" "$2" "$last" $status "$out"
    fi
}

expect '12 passed, 0 failed' 0 'a sum' <<'END'
# a comment

one echo "5 passed, 0 failed"
two echo noise; echo "7 passed, 0 failed"
END
expect '5 passed, 3 failed' 1 'a failing suite' <<'END'
one echo "5 passed, 3 failed"; exit 1
END
expect '5 passed, 1 failed' 1 'a failing status without a failed check' <<'END'
one echo "5 passed, 0 failed"; exit 3
END
expect '1 passed, 1 failed' 1 'a suite without a summary' <<'END'
one echo "hello"
two echo "1 passed, 0 failed"
END
expect '0 passed, 1 failed' 1 'a summary that is not the last line' <<'END'
one echo "5 passed, 0 failed"; echo "Segmentation fault"
END
expect '0 passed, 1 failed' 1 'a suite that dies' <<'END'
one kill -SEGV $$
END
expect '0 passed, 1 failed' 1 'a suite without checks' <<'END'
one echo "0 passed, 0 failed"
END
expect '0 passed, 1 failed' 1 'a missing program' <<'END'
one ./no-such-program
END
expect '0 passed, 1 failed' 1 'an empty table' <<'END'
END
expect '5 passed, 0 failed' 0 'a skip beside something else' <<'END'
one echo "SKIP no network"; echo "0 passed, 0 failed, 1 skipped"
two echo "5 passed, 0 failed"
END
expect '0 passed, 1 failed' 1 'nothing but skips' <<'END'
one echo "SKIP no network"; echo "0 passed, 0 failed, 1 skipped"
END
expect '5 passed, 1 failed' 1 'a skip that hides a failing status' <<'END'
one echo "5 passed, 0 failed, 1 skipped"; exit 1
END
expect '3 passed, 0 failed' 0 'a suite that would eat the table as its input' <<'END'
one cat; echo "1 passed, 0 failed"
two echo "2 passed, 0 failed"
END
expect '2 passed, 0 failed' 0 'a suite that uses what others before the barrier left' <<END
one sleep 0.3; echo left >$table.left; echo "1 passed, 0 failed"
wait
two grep -q left $table.left && echo "1 passed, 0 failed"
END
limit=1 expect '0 passed, 1 failed' 1 'a suite that hangs' <<'END'
one sleep 30; echo "1 passed, 0 failed"
END

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
