# SPDX-License-Identifier: MIT
# pieces.awk - which handlers of an object may be copied elsewhere (splice.c), from `objdump -drw
# --no-show-raw-insn` of it, and how. What is rare stays where it is: a copy leaves for the compiler's code
# where the handler turns to its slow case or looks whether an access crosses a page, and comes back
# only with the next record. For each handler:
#
#   where its code begins, relative to the object's chooser (pick_...)
#   the length of the copy
#   how many records the copy goes on by; 0: never to a neighbour
#   how many parts it has, and for each of them
#       from, length    bytes of the handler to be copied
#       op, target      the jump behind them, see `jump` below
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

function same_register(a, b,    x, y) {
    x = a
    y = b
    gsub(/[%reldwbhx]/, "", x)
    gsub(/[%reldwbhx]/, "", y)
    return x == y || a == b
}

# Sets, for each instruction k: op, args; where it jumps to, `leads` (an address; "" outside, "*" by a
# register or memory), and whether that is on to the next record: on, and `here`, by how much. False: the handler
# cannot be copied.
function follow(    k, state, text, target, known, r, to) {
    delete seen
    delete fn_in
    state = 0
    known = 1
    for (k = 1; k <= n; k++) {
        text = insn[k]
        op[k] = text
        sub(/ .*/, "", op[k])
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
        on[k] = 0
        leads[k] = ""
        if (text ~ /\(%rip\)|%es:\(%rdi\)|%ds:\(%rsi\)/ || op[k] ~ /^(call|ret|bnd|notrack)/)
            return 0
        if (op[k] ~ /^j/) {
            if (args ~ /^\*/) {
                r = substr(args, 2)
                on[k] = state != "?" && state > 0 && (r == "(%rsi)" || r in fn_in && fn_in[r] == state)
                leads[k] = "*"
                known = 0
                continue
            }
            if (reloc[k] == "") {
                target = hex(args)
                leads[k] = target
                if (target < at[1] || target >= at[n + 1]) {
                    # another function of the object
                } else if (target <= at[k]) {
                    if (seen[target] != state)
                        return 0
                } else {
                    arrive(target, state)
                }
            }
            if (op[k] ~ /^jmp/)
                known = 0
            continue
        }
        if (reloc[k] != "" || op[k] ~ /^(xchg|cmpxchg|xadd)/) # the latter write more than the last operand
            return 0
        # What is written: the last operand.
        to = args
        sub(/^.*,/, "", to)
        if (op[k] ~ /^mov$/ && args ~ /^\(%rsi\),%r/ && state != "?") {
            fn_in[to] = state
            continue
        }
        if (to ~ /^%/ && op[k] !~ /^(cmp|test|push|bt)[bwlq]?$/) {
            for (r in fn_in)
                if (same_register(r, to))
                    delete fn_in[r]
            if (to ~ /^%[re]?si[l]?$/) {
                if (op[k] == "add" && args ~ /^\$0x[0-9a-f]+,%rsi$/ && state != "?") {
                    sub(/^\$0x/, "", args)
                    sub(/,.*/, "", args)
                    state += hex(args)
                } else {
                    state = "?"
                }
            }
        }
    }
    return 1
}

# By how much the copy goes on: what most of its jumps to a next record do.
function stride(    k, steps, step, best) {
    best = 0
    for (k = 1; k <= n; k++)
        if (on[k])
            steps[here[k]]++
    for (step in steps)
        if (!best || steps[step] > steps[best] || (steps[step] == steps[best] && step + 0 > best + 0))
            best = step
    return best + 0
}

# Basic blocks 1 to `blocks`: first[b], last[b] instruction; way[b] is how it is left: "on" to the next record,
# "away" by another indirect jump, "out" to another function, "go" to yes[b], or "if" to yes[b] or no[b]. Block 0 is
# other functions. False: too strange.
function divide(best,    k, b, index_of, lead, of) {
    for (k = 1; k <= n; k++)
        index_of[at[k]] = k
    lead[1] = 1
    for (k = 1; k <= n; k++) {
        if (op[k] !~ /^j/)
            continue
        lead[k + 1] = 1
        if (leads[k] in index_of)
            lead[index_of[leads[k]]] = 1
        else if (leads[k] ~ /^[0-9]/ && leads[k] > at[1] && leads[k] < at[n + 1])
            return 0
    }
    blocks = 0
    for (k = 1; k <= n; k++) {
        if (k in lead)
            first[++blocks] = k
        last[blocks] = k
        of[k] = blocks
    }
    delete callers
    for (b = 1; b <= blocks; b++) {
        k = last[b]
        if (op[k] !~ /^j/) {
            way[b] = "go"
            yes[b] = b + 1
        } else if (leads[k] == "*") {
            way[b] = on[k] && here[k] == best ? "on" : "away"
        } else {
            yes[b] = leads[k] in index_of ? of[index_of[leads[k]]] : 0
            way[b] = op[k] !~ /^jmp/ ? "if" : yes[b] ? "go" : "out"
            no[b] = b + 1
            if (way[b] == "if" && !(op[k] in condition))
                return 0
        }
        if ((way[b] == "go" && yes[b] > blocks) || (way[b] == "if" && no[b] > blocks))
            return 0
        if (way[b] == "go" || way[b] == "if")
            callers[yes[b]]++
        if (way[b] == "if")
            callers[no[b]]++
    }
    return 1
}

# Blocks that stay where they are: cold[b]. They lead out; or look whether to, where another jump goes past them.
function cool(    b, again, y, x) {
    delete cold
    cold[0] = 1
    do {
        again = 0
        for (b = 1; b <= blocks; b++) {
            y = yes[b]
            x = no[b]
            if (!(b in cold) && (way[b] == "out" || (way[b] == "go" && y in cold) ||
                                 (way[b] == "if" && y in cold && x in cold))) {
                cold[b] = 1
                again = 1
            }
            if (way[b] == "if" && (looks(y, x) || looks(x, y)))
                again = 1
        }
    } while (again)
}

function looks(b, past) {
    if (b in cold || callers[b] != 1 || way[b] != "if")
        return 0
    if (!(yes[b] == past && no[b] in cold) && !(no[b] == past && yes[b] in cold))
        return 0
    cold[b] = 1
    return 1
}

# Bytes of the handler from instruction k to before instruction `end`, and the jump behind them: to block `b`
# if the condition cc holds, -1: always, "": there is none. `source` is the jump in the handler, for one that leads to
# another function.
function part(k, end, cc, b, source,    bytes) {
    bytes = at[end] - at[k]
    if (parts && p_cc[parts] == "" && p_from[parts] + p_bytes[parts] == at[k] - at[1]) {
        p_bytes[parts] += bytes
    } else {
        p_from[++parts] = at[k] - at[1]
        p_bytes[parts] = bytes
    }
    size += bytes
    p_cc[parts] = cc
    p_to[parts] = b
    p_jump[parts] = source
    if (cc == "")
        return
    p_near[parts] = b != "end" && b in cold
    size += p_near[parts] && cc >= 0 ? 6 : p_near[parts] ? 5 : 2
    p_end[parts] = size
}

# Lays the hot blocks out from b on, and those behind it.
function lay(b,    k, cc, pending, waiting, next_, y, x, t) {
    waiting = 0
    while (b) {
        start[b] = size
        k = last[b]
        next_ = 0
        if (way[b] == "on") {
            if (k > first[b] && insn[k - 1] ~ /^mov +\(%rsi\),%r/ && insn[k] !~ /\(/)
                k-- # the jump was by this register
            next_ = pick_waiting(pending, waiting)
            part(first[b], k, next_ ? -1 : "", "end", 0)
        } else if (way[b] == "away") {
            part(first[b], k + 1, "", 0, 0)
            next_ = pick_waiting(pending, waiting)
        } else if (way[b] == "go") {
            y = yes[b]
            next_ = y in start || (way[y] == "on" && more(pending, waiting, y)) ? 0 : y
            if (next_) {
                part(first[b], op[k] ~ /^j/ ? k : k + 1, "", 0, 0)
            } else {
                part(first[b], op[k] ~ /^j/ ? k : k + 1, -1, y, k)
                if (!(y in start))
                    pending[++waiting] = y
                next_ = pick_waiting(pending, waiting)
            }
        } else {
            y = yes[b]
            x = no[b]
            cc = condition[op[k]]
            if (x in cold || x in start || (way[x] == "on" && !(y in cold) && !(y in start))) {
                t = y
                y = x
                x = t
                cc = cc % 2 ? cc - 1 : cc + 1
            }
            # Now the condition leads to y, and x comes next if it is hot and not there yet.
            if (y == 0 && cc != condition[op[k]])
                return 0
            part(first[b], k, cc, y, k)
            if (!(y in cold) && !(y in start))
                pending[++waiting] = y
            if (x in cold || x in start) {
                part(k, k, -1, x, k)
                next_ = pick_waiting(pending, waiting)
            } else {
                next_ = x
            }
        }
        b = next_
    }
    return 1
}

# Is a block other than b waiting to be laid out?
function more(pending, waiting, b,    k) {
    for (k = 1; k <= waiting; k++)
        if (!(pending[k] in start) && pending[k] != b)
            return 1
    return 0
}

# One of those; what goes on to the next record comes last. 0: none.
function pick_waiting(pending, waiting,    k, last_one) {
    last_one = 0
    for (k = waiting; k; k--) {
        if (pending[k] in start)
            continue
        if (way[pending[k]] != "on")
            return pending[k]
        last_one = pending[k]
    }
    return last_one
}

# The jump behind a part. Short ones stay in the copy: 0x70 + condition or 0xeb, and the displacement. Others leave
# for the handler: 0x80 + condition or 0xe9, and where to, as an offset from the handler's beginning; with
# 0x100, the offset of a displacement in the handler that leads there.
function jump(p,    b, distance, k) {
    if (p_cc[p] == "")
        return "0, 0"
    b = p_to[p]
    if (!p_near[p]) {
        distance = (b == "end" ? size : start[b]) - p_end[p]
        if (distance > 127 || distance < -128)
            return ""
        return (p_cc[p] < 0 ? 235 : 112 + p_cc[p]) ", " distance
    }
    k = p_jump[p]
    if (b)
        return (p_cc[p] < 0 ? 233 : 128 + p_cc[p]) ", " at[first[b]] - at[1]
    if (leads[k] != "")
        return (p_cc[p] < 0 ? 233 : 128 + p_cc[p]) ", " leads[k] - at[1]
    if (at[k + 1] - at[k] < 5)
        return ""
    return 256 + (p_cc[p] < 0 ? 233 : 128 + p_cc[p]) ", " at[k + 1] - 4 - at[1]
}

function look(    k, best, line, text) {
    while (n > 0 && is_padding(insn[n]))
        n--
    if (n == 0 || !follow())
        return
    best = stride()
    if (best % RECORD || !divide(best))
        return
    cool()
    if (1 in cold)
        return
    delete start
    parts = 0
    size = 0
    if (!lay(1))
        return
    line = ""
    for (k = 1; k <= parts; k++) {
        text = jump(k)
        if (text == "")
            return
        line = line " " p_from[k] ", " p_bytes[k] ", " text ","
    }
    begins[++pieces] = at[1]
    piece[pieces] = size ", " best / RECORD ", " parts "," line " /* " name " */"
}

BEGIN {
    RECORD = 56 # bytes: sizeof(struct rec)
    k = split("jo jno jb jae je jne jbe ja js jns jp jnp jl jge jle jg", names, " ")
    while (k) {
        condition[names[k]] = k - 1
        k--
    }
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
