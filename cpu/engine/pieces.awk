# SPDX-License-Identifier: MIT
# pieces.awk - how handlers are copied (splice.c): reads `nm` of an object of handlers, then `objdump -drw` of the
# same source compiled with -DFOR_COPIES (ops.h), and prints three tables of C whose names begin with `anchor`, the
# function that chooses those handlers:
#
#   _code      the bytes of the copies, what is rare at their ends
#   _outs      the functions that they leave for
#   _pieces    for each handler: where its code begins, relative to the anchor; then what the copy is:
#              its length; how many records it goes on by, 0: never to a neighbour; where in _code it begins;
#              how many registers are to be filled in, how many jumps to other functions;
#              for each register: where its offset stands (32 bits), in which field of a record it is, what to add;
#              for each jump: where its displacement stands (32 bits), and where to: in _outs, -1: to the handler itself
#
# A handler that calls, returns, addresses data of its own or has string instructions is left out. The register of
# the record (%rsi) is followed through the function, so that a jump counts as one to the next record only
# where it is sure which record that is.

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

# What instruction k needs of others: `hole[k]`, the field of the record that names a register, and what is added;
# outer[k], the function that it jumps to. False: something else.
function resolve(k,    name, type) {
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
    if (type !~ /^R_X86_64_32S?$/ || name !~ /^hole_[a-z_]*([+]0x[0-9a-f]*)?$/)
        return 0
    hole[k] = name
    sub(/^hole_/, "", hole[k])
    sub(/^i_/, "i.", hole[k])
    sub(/[+].*/, "", hole[k])
    added[k] = name ~ /[+]/ ? hex(substr(name, index(name, "+0x") + 3)) : 0
    type = reloc[k]
    sub(/:.*/, "", type)
    hole_at[k] = hex(type)
    return 1
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
            if (!resolve(k))
                return 0
            if (outer[k] == "") {
                target = hex(args)
                leads[k] = target
                if (target < at[1] || target >= at[n + 1])
                    return 0 # another function of the object
                if (target <= at[k]) {
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
        if (!resolve(k) || op[k] ~ /^(xchg|cmpxchg|xadd)/) # the latter write more than the last operand
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

# What is rare: cold[b]. They lead out; or look whether to, where another jump goes past them.
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

# Instructions k to before `end`, into the copy.
function put(k, end) {
    for (; k < end; k++) {
        if (hole[k] != "")
            holes[++n_holes] = size + hole_at[k] - at[k] ", offsetof(struct rec, " hole[k] "), " added[k]
        chunk[++chunks] = raw[k]
        size += at[k + 1] - at[k]
    }
}

# A jump to block b if condition cc holds, -1: always; `source` is the one in the handler, for b = 0.
function put_jump(cc, b, source,    name) {
    if (b == 0 || (b != "end" && leads_out(b))) {
        name = outer[b ? last[b] : source]
        chunk[++chunks] = (cc < 0 ? "233," : "15," 128 + cc ",") "0,0,0,0,"
        size += cc < 0 ? 5 : 6
        if (name != "h_again" && !(name in out_number)) {
            out_names = out_names name ", "
            out_number[name] = outs++
        }
        leaving[++n_leaving] = size - 4 ", " (name == "h_again" ? -1 : out_number[name])
        return
    }
    # Inside: the displacement is known when everything is laid out.
    size += !wide ? 2 : cc < 0 ? 5 : 6
    chunk[++chunks] = ""
    inner_chunk[++inner] = chunks
    inner_cc[inner] = cc
    inner_end[inner] = size
    inner_to[inner] = b
    if (b != "end" && !(b in start))
        pending[++waiting] = b
}

function leads_out(b) {
    return way[b] == "out" && first[b] == last[b]
}

function may_follow(b, x) {
    return x && !(x in start) && !leads_out(x) && (!(x in cold) || b in cold)
}

# The next of the blocks that are waiting: those that are hot, of these the one that goes on to the next record last. 0:
# none.
function pick(    k, b, best, rank, least) {
    best = 0
    least = 9
    for (k = waiting; k; k--) {
        b = pending[k]
        rank = b in cold ? 3 : way[b] == "on" ? 2 : 1
        if (!(b in start) && rank < least) {
            least = rank
            best = b
        }
    }
    return best
}

# Lays out the blocks that are reached from the first.
function lay_out(    b, k, cc, y, x, following) {
    delete start
    size = chunks = n_holes = n_leaving = inner = waiting = 0
    for (b = 1; b; b = following) {
        start[b] = size
        k = last[b]
        y = yes[b]
        if (way[b] == "on") {
            if (k > first[b] && insn[k - 1] ~ /^mov +\(%rsi\),%r/ && insn[k] !~ /\(/)
                k-- # the jump was by this register
            put(first[b], k)
            if ((following = pick()))
                put_jump(-1, "end", 0)
        } else if (way[b] == "away") {
            put(first[b], k + 1)
            following = pick()
        } else if (way[b] == "out") {
            put(first[b], k)
            put_jump(-1, 0, k)
            following = pick()
        } else if (way[b] == "go") {
            put(first[b], op[k] ~ /^j/ ? k : k + 1)
            following = y
            if (!may_follow(b, y) || (way[y] == "on" && pick() && !(pick() in cold))) {
                put_jump(-1, y, k)
                following = pick()
            }
        } else {
            x = no[b]
            cc = condition[op[k]]
            if (may_follow(b, y) && (!may_follow(b, x) || way[x] == "on")) {
                y = x
                x = yes[b]
                cc = cc % 2 ? cc - 1 : cc + 1
            }
            put(first[b], k)
            put_jump(cc, y, k)
            following = x
            if (!may_follow(b, x)) {
                put_jump(-1, x, k)
                following = pick()
            }
        }
    }
}

function le32(v) {
    if (v < 0)
        v += 4294967296
    return v % 256 "," int(v / 256) % 256 "," int(v / 65536) % 256 "," int(v / 16777216) ","
}

# Fills in the jumps inside. False: one is too long.
function join(    k, distance) {
    for (k = 1; k <= inner; k++) {
        distance = (inner_to[k] == "end" ? size : start[inner_to[k]]) - inner_end[k]
        if (wide)
            chunk[inner_chunk[k]] = (inner_cc[k] < 0 ? "233," : "15," 128 + inner_cc[k] ",") le32(distance)
        else if (distance > 127 || distance < -128)
            return 0
        else
            chunk[inner_chunk[k]] = (inner_cc[k] < 0 ? 235 : 112 + inner_cc[k]) "," (distance + 256) % 256 ","
    }
    return 1
}

function look(    k, best, line) {
    while (n > 0 && is_padding(insn[n]))
        n--
    if (n == 0 || !(name in home) || !follow())
        return
    best = stride()
    if (best % RECORD || !divide(best))
        return
    cool()
    wide = 0
    lay_out()
    if (!join()) {
        wide = 1
        lay_out()
        join()
    }
    line = "    " home[name] - home[anchor] ", " size ", " best / RECORD ", " code_size ", " n_holes ", " n_leaving ","
    for (k = 1; k <= n_holes; k++)
        line = line " " holes[k] ","
    for (k = 1; k <= n_leaving; k++)
        line = line " " leaving[k] ","
    piece[++pieces] = line " /* " name " */"
    line = "    "
    for (k = 1; k <= chunks; k++)
        line = line chunk[k]
    print line
    code_size += size
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

# The last function is not looked at: where it ends is not known.
END {
    print "    0};"
    print "static handler *const " anchor "_outs[] = {" out_names "NULL};"
    print "static const int32_t " anchor "_pieces[] = {"
    for (k = 1; k <= pieces; k++)
        print piece[k]
    print "    0, 0};"
}
