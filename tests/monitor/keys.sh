#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# keys.sh compare|write BUILD - docs/monitor-json.md, the schema of the monitor's JSON, is what a session
# says: compares it, or writes it anew. Every command that looks or explains has to be in the session.

mode=${1:-compare}
build=${2:-build}
page=docs/monitor-json.md
passed=0 failed=0
answers=$(mktemp) || exit 2
found=$(mktemp) || exit 2
trap 'rm -f "$answers" "$found"' EXIT

check() { # check WHAT COMMAND...
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}

XDG_CONFIG_HOME=/dev/null/none timeout 60 "$build/emu386" --display none --json \
    -x tests/monitor/keys.mon "$build/tests/monitor/guest/look.elf" </dev/null >"$answers"
check "the session ends with status $?" [ $? -eq 0 ]
# What only a triple fault shows; it ends with status 3.
XDG_CONFIG_HOME=/dev/null/none timeout 60 "$build/emu386" --display none --json -e c -e triple \
    "$build/tests/monitor/crash-3.elf" </dev/null >>"$answers"
"$build/tests/monitor/keys" <"$answers" >"$found"
check "an answer is no JSON" [ $? -eq 0 ]
if [ "$mode" = write ]; then
    cp "$found" "$page"
else
    check "the answers are not those of $page (make docs-json; read the difference)" \
        diff "$page" "$found"
fi
for name in $("$build/emu386" --display none --json -e help |
    grep -oE '"(run|point|look|explain|change|session)":\[|"name":"[^"]*"' |
    awk -F '"' '$2 != "name" { kind = $2; next } kind == "look" || kind == "explain" { print $4 }'); do
    case $name in
    who | screenshot) ;; # the one comes with time travel, the other writes a file
    *) check "$name is not in the session" grep -q "\"command\":\"$name\"" "$answers" ;;
    esac
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
