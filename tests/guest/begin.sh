# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154 # what it reads and sets is for those who source it
# begin.sh - how the bare-metal tests begin: without $program nothing is run; $work is a folder for the run,
# $deviations lists what may fail under $emulator.
if ! command -v "$program" >/dev/null; then
    echo "$program is not installed: nothing run"
    echo "0 passed, 0 failed"
    exit 0
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
deviations=$(dirname "$0")/${emulator%-rom}-deviations.txt
[ -f "$deviations" ] || deviations=/dev/null
