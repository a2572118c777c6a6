#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# invaders.sh BUILD [short] - GRUB Invaders: a multiboot kernel that is a game in text mode. The fleet
# moves by the timer, the ship by the keyboard.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
packages grub-invaders
unpack grub-invaders boot/invaders.exec

machine=(-k "$unpacked")
script <<END
wait "-*-" on screen for 20 s
screenshot $scratch/fleet.png
until icount 100000000
screenshot $scratch/moved.png
key left left left left
until icount 200000000
screenshot $scratch/steered.png
key space
until icount 250000000
quit
END
boots
check 'the fleet moves' differ fleet moved
check 'the ship moves' differ moved steered
no_findings
repeats
resumes 'moved.png'
lockstep 20000000
[ -z "$long" ] || lockstep 300000000
done_here
