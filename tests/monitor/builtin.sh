#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# builtin.sh BUILD - sessions on the built-in kernel, as somebody would type them: a fork whose page
# tables are compared, copy-on-write explained, the owner of a frame, a null pointer. Places are
# found by symbol, so that the kernel may change; what must be said is a pattern for each line.
# And on the kernel of guest/look.S, which never sends an EOI: why the keyboard is silent.

build=${1:-build}
passed=0 failed=0
said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT

session() { # session KERNEL COMMAND...: what is said goes to $said
    local kernel=$1 arguments=()
    shift
    for command; do
        arguments+=(-e "$command")
    done
    # shellcheck disable=SC2086 # no kernel: no argument
    XDG_CONFIG_HOME=/dev/null/none timeout 100 "$build/emu386" --display none "${arguments[@]}" \
        $kernel >"$said" 2>&1 </dev/null
    status=$?
    check "exit status $status of: $*" [ $status -eq 0 ]
}

check() { # check WHAT COMMAND...
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}

says() { # says PATTERN [COUNT]: that many lines (at least one) match
    local n
    n=$(grep -cE -- "$1" "$said")
    check "'$1' is there $n times in: $(cat "$said")" [ "$n" -ge "${2:-1}" ]
}

hex='[0-9a-f]{8}'

# The shell forks for `segv`: the child's tables are made by mm_copy, which asks for a directory first.
session '' 'wait "$ " on serial for 60 s' 'type "segv\n"' 'until exec sys_fork' \
    'as name parent' 'as save before' 'maps' 'bt' \
    'until exec pgdir_new' 'finish' 'set $child = $eax - 0xc0000000' 'finish' \
    'as name child cr3 $child' 'echo "the child\n"' 'maps cr3 $child' 'as diff parent child' \
    'as diff before parent' \
    'break exc 14 if $cr3 == $child && (code & 2) && cr2 >= 0xbf000000' 'c' 'why' 'maps' 'page $cr2' \
    'ni' 'echo "after the copy\n"' 'maps' 'as diff parent child' 'as'
says '^parent is cr3'
says "^bffff000-bfffffff .* user rw$" 2
says "^bffff000-bfffffff .* user r-$" 2
says 'sys_fork .*syscall.c:'
says '^--- INT 80h from ring 3'
says '^no difference'
says "^~ bffff000-bfffffff +4K  user rw at ($hex) -> user r- at \1  \(same frame\)"
says "^#PF\(0007\) at .*, ring 3, @[0-9]+, about to be delivered: "
says "^  A user write to bffff.* was refused: the page is read-only; RW is clear in PTE\[1023\]"
says '^  A TLB flush would not have helped'
says "^  physical $hex \(RAM\), 4K page, user, read-only"
says "^~ bffff000-bfffffff +4K  user r[w-] at $hex -> user rw at $hex  \(other frame\)"
says "^$hex  child .*\(current\)"

# Whose frame is it? That of the shell's stack, found by hand, and that of another program's.
session '' 'wait "$ " on serial for 60 s' 'type "segv\n"' 'until exec sys_fork' 'as name shell' \
    'set $pde = phys dword [$cr3 + 0x2ff * 4]' \
    'set $frame = phys dword [($pde & ~0xfff) + 0x3ff * 4] & ~0xfff' 'rmap $frame' \
    'break exc 14 if cr2 < 0x1000' 'c' 'as name segv' \
    'set $pde = phys dword [$cr3 + 0x2ff * 4]' \
    'set $frame = phys dword [($pde & ~0xfff) + 0x3ff * 4] & ~0xfff' 'rmap $frame' 'rmap 0xb8000'
says "^physical $hex \(RAM\) is mapped at 2 addresses in 2 address spaces"
says "^  bffff000  user rw.*  cr3 $hex \(shell\) \(current\)$"
says "^physical $hex \(RAM\) is mapped at 2 addresses in [34] address spaces"
says "^  $hex  user r[w-].*  cr3 $hex \((shell|segv)\)"
says "^  c[0-9a-f]{7}  kern rw .* in all [34] address spaces" 2

# A null pointer.
session '' 'wait "$ " on serial for 60 s' 'type "segv\n"' 'break exc 14 if cr2 < 0x1000' 'c' 'why'
says "#PF\(00..\) at .*ring 3"
says "user (write to|read of) 00000000 was refused: nothing is mapped there; PDE\[0\] is not present"
says "^  mapped above: 08048000-"

# The serial line is typed at as well; its bytes go in only as the guest takes them.
session '' 'wait "$ " on serial for 60 s' \
    'type "echo 0123456789-0123456789-0123456789-0123456789 the whole line\n" on serial' \
    'wait "\n0123456789-0123456789-0123456789-0123456789 the whole line\n" on serial for 10 s'

# No EOI.
session "$build/tests/monitor/guest/look.elf" 'until exec wait_key' 'key a' 'until exec pressed' \
    'irq why 1'
says 'IRQ 1 (comes no more|does not come): IRQ 1 is in service: its handler \(vector 21,'
says '<key> look.S:[0-9]+\) took'

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
