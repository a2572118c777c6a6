# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # what it sets is for those who read it
# lib.sh - what the tests of real guests share. A guest's file NAME.sh is run as
#     tests/real/NAME.sh BUILD [short]
# and reads, in this order:
#     . lib.sh                 takes the arguments; $scratch is a folder for the run
#     tools PROGRAM...         skips the whole guest, with the reason, without one of them
#     shared FILE...           the same for files of the folder ../shared/guests (GUESTS)
#     packages PACKAGE...      the same for packages of Debian 12 i386 (fetch.sh)
#     unpack PACKAGE PATTERN   files of one of these; `unpacked` is the first
#     modules MODULE...        sets module_files: modules of linux-image-686 and what they need
#     busybox_initrd BUSYBOX OUT [MODULE...]  an initial RAM disk that loads the modules and says
#                              GUEST-INIT-OK and GUEST-SHELL-READY, then runs a shell
#     machine=(OPTIONS...)     what every run has
#     script <<'END' ...       what is typed and waited for, commands of the monitor
#     boots                    plays it: every command succeeds; `says` then looks at what was said
#     says REGEX               a line of the serial port's output
#     repeats                  plays it again: the same number of instructions, the same hash
#     resumes REGEX            plays it up to the command that matches, saves; a new process restores
#                              and plays the rest: it ends with the same hash
#     lockstep N               both engines side by side for N instructions
#     no_findings              what --strict would stop at is listed in explained.txt
#     races MARKER OPTIONS...  the time to a text on the serial port here and under QEMU, as a NOTE
#     done_here                the sum
# With `short` a guest does what takes seconds: [ $long ] guards the rest.
# Times in a script are the guest's, so that a slow host changes nothing; RUN_LIMIT bounds the host's.

set -u
build=${1:?usage: NAME.sh BUILD [short]}
long=$([ "${2:-}" = short ] || echo yes)
name=$(basename "$0" .sh)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
emu386=$build/emu386
files=$build/real
guests=${GUESTS:-$here/../../../shared/guests}
RUN_LIMIT=${RUN_LIMIT:-900}
scratch=$(mktemp -d) || exit 2
qemu_pid=
trap '[ -z "$qemu_pid" ] || kill "$qemu_pid"; rm -rf "$scratch"' EXIT
passed=0
failed=0
machine=()


done_here() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    exit $((failed != 0))
}

skip() { # skip WHY: the rest of this guest
    echo "SKIP $name: $1"
    printf '%d passed, %d failed, 1 skipped\n' "$passed" "$failed"
    exit $((failed != 0))
}

check() { # check WHAT COMMAND...: counts
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: $1"
    fi
}

tools() {
    local program
    for program; do
        command -v "$program" >/dev/null || skip "there is no $program here"
    done
}

shared() {
    local file
    for file; do
        [ -s "$guests/$file" ] || skip "../shared/guests/$file is not there"
    done
}

packages() {
    local why
    why=$("$here/fetch.sh" "$files" "$@") || skip "$why"
}

unpack() { # unpack PACKAGE PATTERN: sets unpacked to the first file
    local folder=$files/$1
    mkdir -p "$folder"
    (
        flock 9
        # A wider pattern also matches what a narrower one left there: what was asked for is noted.
        grep -qsxF -- "$2" "$folder/.unpacked" ||
            { dpkg-deb --fsys-tarfile "$files/$1.deb" | tar -x -C "$folder" --wildcards "./$2" &&
                echo "$2" >>"$folder/.unpacked"; }
    ) 9>"$folder/.lock"
    unpacked=$(compgen -G "$folder/$2" | head -n 1)
    check "$1 holds $2" [ -n "$unpacked" ]
}

modules() { # modules MODULE...: of linux-image-686, unpacked; with what they need, in that order
    local tree name file
    tree=$(compgen -G "$files/linux-image-686/lib/modules/*" | head -n 1)
    [ "$tree/modules.dep" -nt "$files/linux-image-686/.unpacked" ] ||
        depmod -b "$files/linux-image-686" "$(basename "$tree")"
    module_files=()
    for name; do
        file=$(grep -oE "^[^:]*/$name\.ko[^:]*" "$tree/modules.dep")
        check "there is a module $name" [ -n "$file" ]
        add_module "$tree" "$file"
    done
}

add_module() { # add_module TREE FILE: after those that it needs
    local need needs
    [[ " ${module_files[*]} " == *" $1/$2 "* ]] && return
    read -ra needs < <(sed -n "s|^$2:||p" "$1/modules.dep")
    for need in "${needs[@]}"; do
        add_module "$1" "$need"
    done
    module_files+=("$1/$2")
}

# The same bytes from the same files: sorted, without times and owners. Modules (.ko or .ko.xz) are
# loaded in the order given. guest.root=DEVICE in the command line: that is mounted and its init runs.
busybox_initrd() { # busybox_initrd BUSYBOX OUT [MODULE...]
    local root=$scratch/initrd out=$2 n=10 module
    rm -rf "$root"
    mkdir -p "$root"/{bin,dev,proc,sys,tmp,mnt,lib/modules}
    cp "$1" "$root/bin/busybox"
    ln -s busybox "$root/bin/sh"
    shift 2
    for module; do
        n=$((n + 1))
        case $module in
        *.xz) xz -dc "$module" >"$root/lib/modules/$n-$(basename "$module" .xz)" ;;
        *) cp "$module" "$root/lib/modules/$n-$(basename "$module")" ;;
        esac
    done
    cp "$here/init" "$root/init"
    chmod 755 "$root/init"
    (cd "$root" && find . -exec touch -h -d @0 {} + && find . -print0 | LC_ALL=C sort -z |
        cpio -0 -o -H newc --reproducible -R 0:0 --quiet | gzip -9n) >"$out"
    check 'an initial RAM disk was made' [ -s "$out" ]
}

differ() { # differ PICTURE OTHER: two screenshots in $scratch, both there
    [ -s "$scratch/$1.png" ] && [ -s "$scratch/$2.png" ] && ! cmp -s "$scratch/$1.png" "$scratch/$2.png"
}

script() {
    cat >"$scratch/script"
}

# run LABEL LIMIT SCRIPT OPTIONS...: leaves LABEL.out, LABEL.err, LABEL.serial and its status
run() {
    local label=$scratch/$1 limit=$2 script=$3
    shift 3
    rm -f "$label".*
    XDG_CONFIG_HOME=/dev/null/none timeout -k 10 "$limit" "$emu386" --display none \
        --serial "file:$label.serial" --trace summary ${script:+-x "$script"} "${machine[@]}" "$@" \
        >"$label.out" 2>"$label.err" </dev/null
    status=$?
}

show() { # the end of a run that went wrong
    echo "--- $1: status $status"
    grep -vE '^(instructions|virtual time|state hash) ' "$scratch/$1.err" | tail -n 20
    echo '--- its serial port:'
    tail -n 15 "$scratch/$1.serial"
}

ends() { # ends LABEL STATUS WHAT
    check "$3 (status $status)" [ "$status" -eq "$2" ]
    [ "$status" -eq "$2" ] || show "$1"
}

boots() {
    local start=$EPOCHREALTIME
    run first "$RUN_LIMIT" "$scratch/script" "$@"
    ends first 0 'the script plays to its end'
    printf 'NOTE %s: %s instructions, %s\n' "$name" "$(value first instructions)" "$(seconds_since "$start") s"
}

seconds_since() {
    awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'
}

value() { # value LABEL WORDS: from the summary of a run
    sed -n "s/^$2 //p" "$scratch/$1.err" | tail -n 1
}

says() {
    check "the serial port says '$1'" grep -qE -- "$1" "$scratch/first.serial"
}

same_as_first() { # same_as_first LABEL WHAT
    local first other
    first="$(value first instructions) $(value first 'state hash')"
    other="$(value "$1" instructions) $(value "$1" 'state hash')"
    check "$2: $first, then $other" [ "$first" = "$other" ]
}

repeats() {
    run second "$RUN_LIMIT" "$scratch/script" "$@"
    ends second 0 'it plays once more'
    same_as_first second 'two runs are the same'
    check 'and say the same' cmp -s "$scratch/first.serial" "$scratch/second.serial"
}

resumes() { # resumes REGEX
    local line
    line=$(grep -nE -m 1 -- "$1" "$scratch/script" | cut -d: -f1)
    check "the script has a line '$1'" [ -n "$line" ] || return
    { head -n "$line" "$scratch/script" && echo "save $scratch/snapshot" && echo quit; } >"$scratch/before"
    { echo "restore $scratch/snapshot" && tail -n "+$((line + 1))" "$scratch/script"; } >"$scratch/after"
    run before "$RUN_LIMIT" "$scratch/before"
    ends before 0 'a snapshot is written'
    run after "$RUN_LIMIT" "$scratch/after"
    ends after 0 'a new process goes on from the snapshot'
    same_as_first after 'restored in the middle, it ends the same'
    rm -f "$scratch/snapshot"
}

lockstep() { # lockstep N
    run lockstep "$RUN_LIMIT" '' --engine lockstep --max-insns "$1"
    ends lockstep 4 "the engines agree for $1 instructions"
}

# The summary of findings at the end of a run; each is one of those that explained.txt explains.
no_findings() {
    local line regex why found
    grep -E '^@[0-9]+ ' "$scratch/first.err" >"$scratch/findings"
    while read -r line; do
        found=
        while IFS='|' read -r guest regex why; do
            [[ -z $guest || $guest == '#'* ]] && continue
            # shellcheck disable=SC2053 # the guest's name is a pattern
            [[ $name == $guest && $line =~ $regex ]] && found=$why
        done <"$here/explained.txt"
        check "no explanation in explained.txt for: $line" [ -n "$found" ]
    done <"$scratch/findings"
}

# races MARKER QEMU-OPTIONS...: nothing is asserted, the host may be busy
races() {
    local marker=$1 start ours theirs=- limit=$((SECONDS + 300))
    shift
    command -v qemu-system-i386 >/dev/null || {
        echo "SKIP $name: no qemu-system-i386 to race with"
        return
    }
    printf 'wait "%s" on serial for 1000 s\nquit\n' "$marker" >"$scratch/race"
    start=$EPOCHREALTIME
    run race "$RUN_LIMIT" "$scratch/race"
    ours=$(seconds_since "$start")
    ends race 0 "the marker '$marker' comes"
    : >"$scratch/qemu.serial"
    start=$EPOCHREALTIME
    qemu-system-i386 -accel tcg -display none -monitor none -serial "file:$scratch/qemu.serial" "$@" \
        >/dev/null 2>"$scratch/qemu.err" </dev/null &
    qemu_pid=$!
    while kill -0 $qemu_pid 2>/dev/null && [ $SECONDS -lt $limit ]; do
        if grep -q -- "$marker" "$scratch/qemu.serial"; then
            theirs=$(seconds_since "$start")
            break
        fi
        sleep 0.05
    done
    kill $qemu_pid 2>/dev/null
    wait $qemu_pid 2>/dev/null
    qemu_pid=
    check "QEMU comes to '$marker' as well" [ "$theirs" != - ]
    printf 'NOTE %s: to "%s" %s s here, %s s under QEMU TCG (%s times)\n' "$name" "$marker" "$ours" "$theirs" \
        "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { if (b > 0) printf "%.2f", a / b; else print "?" }')"
}
