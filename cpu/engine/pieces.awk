# SPDX-License-Identifier: MIT
# pieces.awk - which handlers of an object may be copied elsewhere (splice.c), from `objdump -drw
# --no-show-raw-insn` of it. For each: where its code begins, relative to the object's chooser (pick_...),
# its length, how many records the copy goes on by, and the places in it that have to be changed:
#
#   on     the jumps to the handler of the next record: the copy jumps to its own end instead
#   out    the displacements of jumps to other functions, which are relative to where they stand
#
# A handler that calls, returns, addresses data relative to itself or has string instructions is left
# out. The register of the record (%rsi) is followed through the function, so that a jump counts as one to
# the next record only where it is sure which record that is.

function hex(s,    n, k) {
    n = 0
    s = tolower(s)
    for (k = 1; k <= length(s); k++)
        n = n * 16 + index("0123456789abcdef", substr(s, k, 1)) - 1
    return n
}

# The record's register holds ip + state there: from a jump, or from the instruction before.
function arrive(at, state) {
    if (!(at in seen))
        seen[at] = state
    else if (seen[at] != state)
        seen[at] = "?"
}

function is_padding(text) {
    return text ~ /^(nop|data16|cs nopw|xchg +%ax,%ax)/
}

function look(    k, state, text, op, args, target, steps, step, best, size, known, r, ons, outs, n_on, n_out, site, to, n_site) {
    while (n > 0 && is_padding(insn[n]))
        n--
    if (n == 0)
        return
    end = at[n + 1]
    delete seen
    delete fn_in
    state = 0
    known = 1
    for (k = 1; k <= n; k++) {
        text = insn[k]
        op = text
        sub(/ .*/, "", op)
        args = text
        sub(/^[^ ]+ */, "", args)
        sub(/ *<.*/, "", args)
        if (at[k] in seen) {
            if (known)
                arrive(at[k], state)
            state = seen[at[k]]
            delete fn_in
        } else if (!known) {
            state = "?"
        }
        here[k] = state
        seen[at[k]] = state
        known = 1
        if (text ~ /\(%rip\)|%es:\(%rdi\)|%ds:\(%rsi\)/ || op ~ /^(call|ret|bnd|notrack)/)
            return
        if (op ~ /^j/) {
            if (args ~ /^\*/) {
                r = substr(args, 2)
                if (r == "(%rsi)" && state != "?" && state > 0)
                    site[++n_site] = k
                else if (r in fn_in && state != "?" && fn_in[r] == state && state > 0)
                    site[++n_site] = k
                known = 0
                continue
            }
            if (reloc[k] != "") {
                if (at[k + 1] - at[k] < 5)
                    return
                outs[++n_out] = at[k + 1] - 4 - at[1]
            } else {
                target = hex(args)
                if (target < at[1] || target >= end) {
                    if (at[k + 1] - at[k] < 5)
                        return
                    outs[++n_out] = at[k + 1] - 4 - at[1]
                } else if (target <= at[k]) {
                    if (seen[target] != state)
                        return
                } else {
                    arrive(target, state)
                }
            }
            if (op ~ /^jmp/)
                known = 0
            continue
        }
        if (reloc[k] != "")
            return
        # What is written: the last operand.
        to = args
        sub(/^.*,/, "", to)
        if (op ~ /^mov$/ && args ~ /^\(%rsi\),%r/ && state != "?") {
            fn_in[to] = state
            continue
        }
        if (to ~ /^%/ && op !~ /^(cmp|test|push|bt)[bwlq]?$/) {
            for (r in fn_in)
                if (same_register(r, to))
                    delete fn_in[r]
            if (to ~ /^%[re]?si[l]?$/) {
                if (op == "add" && args ~ /^\$0x[0-9a-f]+,%rsi$/ && state != "?") {
                    sub(/^\$0x/, "", args)
                    sub(/,.*/, "", args)
                    state += hex(args)
                } else {
                    state = "?"
                }
            }
        }
        if (op ~ /^(xchg|cmpxchg|xadd)/) # these write more than the last
            return
    }
    for (k = 1; k <= n_site; k++)
        steps[here[site[k]]]++
    best = 0
    for (step in steps)
        if (!best || steps[step] > steps[best] || (steps[step] == steps[best] && step + 0 > best + 0))
            best = step
    if (best % RECORD)
        return
    size = end - at[1]
    if (best && n_site && site[n_site] == n && here[n] == best)
        size = at[n] - at[1]
    for (k = 1; k <= n_site; k++) {
        if (here[site[k]] != best || at[site[k]] - at[1] >= size)
            continue
        if (size - (at[site[k]] - at[1] + 2) > 127)
            continue
        ons[++n_on] = at[site[k]] - at[1]
    }
    if (best && size == end - at[1] && !n_on)
        best = 0
    begins[++pieces] = at[1]
    piece[pieces] = size ", " best / RECORD ", " n_on + 0 ", " n_out + 0 ","
    for (k = 1; k <= n_on; k++)
        piece[pieces] = piece[pieces] " " ons[k] ","
    for (k = 1; k <= n_out; k++)
        piece[pieces] = piece[pieces] " " outs[k] ","
    piece[pieces] = piece[pieces] " /* " name " */"
}

function same_register(a, b,    x, y) {
    x = a
    y = b
    gsub(/[%reldwbhx]/, "", x)
    gsub(/[%reldwbhx]/, "", y)
    return x == y || a == b
}

BEGIN {
    RECORD = 56 # bytes: sizeof(struct rec)
}

/^Disassembly of section/ {
    if (name != "" && in_text)
        look()
    name = ""
    in_text = $NF == ".text:"
}

/^[0-9a-f]+ <.*>:$/ {
    if (name != "" && in_text) {
        at[n + 1] = hex($1)
        look()
    }
    name = $2
    gsub(/[<>:]/, "", name)
    n = 0
    if (name == anchor && in_text)
        origin = hex($1)
    next
}

name != "" && /^ *[0-9a-f]+:\t/ {
    split($0, f, "\t")
    n++
    at[n] = hex(substr(f[1], match(f[1], /[0-9a-f]/), index(f[1], ":") - match(f[1], /[0-9a-f]/)))
    insn[n] = f[2]
    sub(/ +$/, "", insn[n])
    reloc[n] = f[3]
}

# The last function is not looked at: where it ends is not known.
END {
    for (k = 1; k <= pieces; k++)
        print "    " begins[k] - origin ", " piece[k]
}
