# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shell.sh - what tests in shell share; they source it.
#
#   check RESULT NAME    counts one fact; RESULT not 0: says FAIL NAME, and what `explain` prints, a
#                        function that the test may have
#   summary              the last line of a suite, `N passed, N failed`; false if one has failed

passed=0
failed=0

check() {
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
        if declare -F explain >/dev/null; then
            explain
        fi
    fi
}

summary() {
    echo "$passed passed, $failed failed"
    [ $failed = 0 ]
}
