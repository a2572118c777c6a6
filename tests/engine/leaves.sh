#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# leaves.sh - disassembles the engine's objects: a specialised handler calls nothing and is left by
# jumps only. A call that is no tail call would cost a frame in every instruction, and in a long
# run the stack. Names of what chooses handlers begin as in `choosers`; they run at decode time.
#
#     B=build tests/engine/leaves.sh        looks at $B/cpu/engine/h_*.o
. "$(dirname "$0")/../lint/lib.sh"

B=${B:-build}
choosers='^(pick_|form_of|is_|in_|run_length|after_logic|reg_of|memory_class|flat_class|_GLOBAL)'

# look OBJECT: a line for each handler: its name, and what is wrong with it, if anything.
look() {
    objdump -d --no-show-raw-insn "$1" | awk -v choosers="$choosers" '
        function done() { if (name != "" && name !~ choosers) print name, bad == "" && !leaves ? "has_no_jump_out" : bad }
        /^[0-9a-f]+ <.*>:$/ { done(); name = $2; gsub(/[<>:]/, "", name); sub(/[.].*/, "", name); bad = ""; leaves = 0; next }
        $2 ~ /^call/ { bad = "calls_" $NF }
        $2 ~ /^(bnd)?ret/ { bad = "returns" }
        $2 ~ /^jmp/ && ($3 ~ /^\*/ || $0 !~ "<" name "[+>]") { leaves = 1 }
        END { done() }'
}

handlers=0
for object in "$B"/cpu/engine/h_*.o; do
    [ -f "$object" ] || continue
    while read -r name problem; do
        handlers=$((handlers + 1))
        if [ -n "$problem" ]; then
            fail "$object: $name: $problem"
        else
            pass
        fi
    done < <(look "$object")
done
if [ $handlers -gt 2000 ]; then
    pass
else
    fail "only $handlers handlers in $B/cpu/engine"
fi

# It would be seen.
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
printf '.type f, @function\nf: call g\n jmp *(%%rsi)\n.type h, @function\nh: ret\n' >"$tmp/bad.s"
as --64 -o "$tmp/bad.o" "$tmp/bad.s"
if [ "$(look "$tmp/bad.o" | grep -c 'calls_\|returns')" -eq 2 ]; then
    pass
else
    fail "a call and a return are not seen"
fi
finish
