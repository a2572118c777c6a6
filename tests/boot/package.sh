#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# package.sh - what `make install` and the Debian package bring: files at their places, completion
# that knows every option, a desktop file that is valid, a package that lintian has nothing
# against. The package is built from a copy of what git would give (or of the tree without
# what was built, where there is no repository).
#
#   tests/boot/package.sh BUILD

set -u
B=${1:?}
passed=0 failed=0
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

expect() {
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$1"
    fi
}

make -s B="$B" install DESTDIR="$work/root" PREFIX=/usr >"$work/log" 2>&1
expect "make install" test $? -eq 0
root=$work/root/usr
for f in bin/emu386 share/man/man1/emu386.1 share/bash-completion/completions/emu386 \
    share/zsh/vendor-completions/_emu386 share/applications/emu386.desktop \
    share/icons/hicolor/scalable/apps/emu386.svg; do
    expect "$f is installed" test -s "$root/$f"
done
expect "the installed program runs" "$root/bin/emu386" --version >/dev/null

# Completion in a real bash: every long option that --help lists, values, files.
complete_in_bash() { # WORD... : what is offered for the last one
    bash --norc -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _emu386
        printf "%s\n" "${COMPREPLY[@]}"' - "$root/share/bash-completion/completions/emu386" "$@" 2>/dev/null
}
complete_in_bash emu386 -- >"$work/offered"
for option in $({ "$B/emu386" --help options; "$B/emu386" --help running; } | grep -o -- ' --[a-z0-9-]*\|^--[a-z0-9-]*' | tr -d ' '); do
    expect "bash completes $option" grep -qx -- "$option" "$work/offered"
    expect "zsh completes $option" grep -q -- "'$option\[" "$root/share/zsh/vendor-completions/_emu386"
done
expect "values of --cpu" test "$(complete_in_bash emu386 --cpu 4)" = 486
expect "values of --pace" test "$(complete_in_bash emu386 --pace n)" = none
expect "topics of the help" test "$(complete_in_bash emu386 --help ima)" = images
expect "files" test "$(complete_in_bash emu386 READM)" = README.md
expect "zsh reads its completion" zsh -n "$root/share/zsh/vendor-completions/_emu386"
expect "the desktop file is valid" desktop-file-validate "$root/share/applications/emu386.desktop"

mkdir -p "$work/deb/emu386"
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z | tar -c --null -T - | tar -x -C "$work/deb/emu386"
else
    tar -c --exclude='./build*' --exclude=./emu386 . | tar -x -C "$work/deb/emu386"
fi
(cd "$work/deb/emu386" && env -u MAKEFLAGS -u MAKELEVEL -u SAN -u OPT -u CC dpkg-buildpackage -b -us -uc) >"$work/deb/log" 2>&1
expect "dpkg-buildpackage" test $? -eq 0 || tail -n 20 "$work/deb/log"
deb=$(echo "$work"/deb/emu386_*.deb)
expect "there is a package" test -s "$deb"
dpkg-deb -c "$deb" >"$work/contents" 2>/dev/null
for f in ./usr/bin/emu386 ./usr/share/man/man1/emu386.1.gz ./usr/share/applications/emu386.desktop; do
    expect "$f is in the package" grep -q " $f\$" "$work/contents"
done
lintian --allow-root --fail-on error,warning "$work"/deb/*.changes >"$work/lintian" 2>&1
expect "lintian: $(head -n 5 "$work/lintian" | tr '\n' ' ')" test $? -eq 0

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
