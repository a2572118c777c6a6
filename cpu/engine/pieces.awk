# SPDX-License-Identifier: MIT
# pieces.awk - how handlers are copied (splice.c): reads `nm` of an object of handlers, then `objdump -drw` of the
# same source compiled for copies (holes.h), and prints three tables of C whose names begin with `anchor`, the function
# that chooses those handlers:
#
#   _code      the bytes of the copies
#   _outs      the functions that they leave for
#   _pieces    a row of numbers for each handler, P_* of splice.c
#
# Here the machine code is understood; layout.awk brings it into another order and prints it. A handler that calls,
# returns, addresses data of its own or has string instructions is left out. The register of the record (%rsi) is
# followed through the function, so that a jump counts as one to the next record only where it is sure which record
# that is, and so that the register need not be advanced with each record.

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

# What instruction k needs of others: `hole[k]`, a field of a record whose value is to be filled in at hole_at[k] as
# hole_type[k] says, and what is added; outer[k], the function that it jumps to. False: something else.
function resolve(k,    name, type, field) {
    hole[k] = outer[k] = ""
    if (reloc[k] == "")
        return 1
    type = reloc[k]
    sub(/^[0-9a-f]+: /, "", type)
    name = symbol[k]
    if (op[k] ~ /^j/ && type ~ /^R_X86_64_(PLT|PC)32$/ && name ~ /^h_[a-z_]*-0x4$/) {
        outer[k] = substr(name, 1, length(name) - 4)
        return 1
    }
    if (type !~ /^R_X86_64_(32S?|8)$/ || name !~ /^hole_[0-9]_[a-z_]*([-+]0x[0-9a-f]*)?$/)
        return 0
    hole_type[k] = type
    added[k] = match(name, /[-+]/) ? (name ~ /-/ ? -1 : 1) * hex(substr(name, RSTART + 3)) : 0
    sub(/[-+].*/, "", name)
    field = substr(name, 8)
    sub(/^i_/, "i.", field)
    hole[k] = "offsetof(struct rec, " field ") + " RECORD * substr(name, 6, 1) ", sizeof ((struct rec *)0)->" field
    type = reloc[k]
    sub(/:.*/, "", type)
    hole_at[k] = hex(type)
    return 1
}

# Sets, for each instruction k: op; where it jumps to, `leads` (an address; "" outside, "*" by a register or memory), and
# whether that is on to the next record: on[k]; `here`, by how much the record's register is ahead of what it was
# at the beginning: "?" is not known, "!" that it has been loaded. exact: that register cannot be late. False: the
# handler cannot be copied.
function follow(    k, state, text, target, known, mixed, r, to) {
    delete seen
    delete fn_in
    state = 0
    known = 1
    exact = mixed = 0
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
        if (state == "?")
            exact = 1
        if (text ~ /%[re]?si/ && state ~ /^[0-9]/ && text !~ /^add +\$0x[0-9a-f]+,%rsi$/ &&
            text !~ /^[^(]*\(%rsi\)/)
            exact = 1
        seen[at[k]] = state
        known = 1
        on[k] = 0
        leads[k] = ""
        if (text ~ /\(%rip\)|%es:\(%rdi\)|%ds:\(%rsi\)/ || op[k] ~ /^(call|ret|bnd|notrack)/)
            return 0
        if (op[k] ~ /^j/) {
            if (args ~ /^\*/) {
                r = substr(args, 2)
                on[k] = state ~ /^[0-9]/ && state > 0 && (r == "(%rsi)" || r in fn_in && fn_in[r] == state)
                leads[k] = "*"
                known = 0
                continue
            }
            if (!resolve(k))
                return 0
            if (outer[k] == "") {
                target = hex(args)
                leads[k] = target
                if (target < at[1] || target >= at[n + 1])
                    return 0 # another function of the object
                if (target <= at[k]) {
                    if (seen[target] != state)
                        mixed = 1
                } else {
                    arrive(target, state)
                }
            }
            if (op[k] ~ /^jmp/)
                known = 0
            continue
        }
        if (!resolve(k) || op[k] ~ /^(xchg|cmpxchg|xadd)/) # the latter write more than the last operand
            return 0
        # What is written: the last operand.
        to = args
        sub(/^.*,/, "", to)
        if (op[k] ~ /^mov$/ && args ~ /^\(%rsi\),%r/ && to !~ /si/ && state ~ /^[0-9]/) {
            fn_in[to] = state
            continue
        }
        if (to ~ /^%/ && op[k] !~ /^(cmp|test|push|bt)[bwlq]?$/) {
            for (r in fn_in)
                if (same_register(r, to))
                    delete fn_in[r]
            if (to ~ /^%[re]?si[l]?$/) {
                if (op[k] == "add" && args ~ /^\$0x[0-9a-f]+,%rsi$/ && state ~ /^[0-9]/) {
                    sub(/^\$0x/, "", args)
                    sub(/,.*/, "", args)
                    state += hex(args)
                } else {
                    state = op[k] ~ /^mov$/ ? "!" : "?"
                }
            }
        }
    }
    # Somebody jumps back with another state than was assumed. Nobody cares if nobody goes on to the next record.
    for (k = 1; mixed && k <= n; k++)
        if (on[k])
            return 0
    exact = exact || mixed
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
# "away" by another indirect jump, "out" to another function, "go" to yes[b], or "if" to yes[b] or no[b]. What a
# condition leads out to is a block of its own behind the others, whose instruction is that jump. False: too
# strange.
function divide(best,    k, b, real, index_of, lead, of) {
    for (k = 1; k <= n; k++)
        index_of[at[k]] = k
    lead[1] = 1
    for (k = 1; k <= n; k++) {
        if (op[k] !~ /^j/)
            continue
        lead[k + 1] = 1
        if (leads[k] in index_of)
            lead[index_of[leads[k]]] = 1
        else if (leads[k] ~ /^[0-9]/)
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
    real = blocks
    for (b = 1; b <= real; b++) {
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
            if (way[b] == "if" && !yes[b]) {
                yes[b] = ++blocks
                first[blocks] = last[blocks] = k
                way[blocks] = "out"
            }
            if (way[b] == "if" && !(op[k] in condition))
                return 0
        }
        if ((way[b] == "go" && yes[b] > real) || (way[b] == "if" && no[b] > real))
            return 0
        if (way[b] == "go" || way[b] == "if")
            callers[yes[b]]++
        if (way[b] == "if")
            callers[no[b]]++
    }
    return 1
}

# What is rare: cold[b]. They lead out; or look whether to, where another jump goes past them.
function cool(    b, again, y, x) {
    delete cold
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

function look() {
    while (n > 0 && is_padding(insn[n]))
        n--
    if (n == 0 || !(name in home) || !follow())
        return
    step = stride()
    if (step % RECORD || !divide(step))
        return
    cool()
    print_piece()
}

BEGIN {
    RECORD = 56 # bytes: sizeof(struct rec)
    code_size = outs = 0
    k = split("jo jno jb jae je jne jbe ja js jns jp jnp jl jge jle jg", names, " ")
    while (k) {
        condition[names[k]] = k - 1
        k--
    }
    print "static const uint8_t " anchor "_code[] = {"
}

FNR == NR { # nm
    if ($2 ~ /^[tT]$/)
        home[$3] = hex($1)
    next
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
    next
}

name != "" && /^ *[0-9a-f]+:\t/ {
    k = split($0, f, "\t")
    n++
    at[n] = hex(substr(f[1], match(f[1], /[0-9a-f]/), index(f[1], ":") - match(f[1], /[0-9a-f]/)))
    raw[n] = f[2]
    sub(/ +$/, "", raw[n])
    gsub(/[0-9a-f][0-9a-f]/, "0x&,", raw[n])
    gsub(/ /, "", raw[n])
    insn[n] = f[3]
    sub(/ +$/, "", insn[n])
    reloc[n] = k > 3 ? f[4] : ""
    symbol[n] = k == 5 ? f[5] : ""
}
