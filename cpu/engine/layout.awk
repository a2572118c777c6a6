# SPDX-License-Identifier: MIT
# layout.awk - the second part of pieces.awk: lays the basic blocks of a handler out for the copy, and prints that.
#
# A copy has two parts. What usually happens comes first, and falls into the next copy at its end; what is rare stands
# elsewhere. The register of the record is not advanced: it may be late by `lag` bytes, which is known when the copy is
# made. What is read by it has a displacement of 32 bits, and where the copy is left the lag is made up for. Where that
# cannot be done (`exact`) the copy begins and ends with the register as it should be.

# The m-th byte of instruction k.
function byte_of(k, m,    b) {
    split(raw[k], b, ",")
    return hex(substr(b[m], 3))
}

# Instruction k with another ModRM byte, which is its m-th, and `displacement` instead of the bytes that it had as such.
function readdressed(k, m, modrm, had, displacement,    b, count, j, text) {
    count = split(raw[k], b, ",") - 1
    text = ""
    for (j = 1; j < m; j++)
        text = text b[j] ","
    text = text modrm "," displacement
    for (j = m + 1 + had; j <= count; j++)
        text = text b[j] ","
    return text
}

# Instruction k, which reads by the record's register, with a displacement of 32 bits; `shift` is where that stands.
# Empty: it reads in another way.
function widen(k,    b, m, modrm) {
    split(raw[k], b, ",")
    m = 1
    while (b[m] ~ /^0x(66|f2|f3|4.)$/)
        m++
    m += b[m] != "0x0f" ? 1 : b[m + 1] ~ /^0x3[8a]$/ ? 3 : 2
    modrm = byte_of(k, m)
    if (modrm % 8 != 6 || modrm >= 192)
        return ""
    shift = m
    return readdressed(k, m, modrm % 64 + 128, modrm < 64 ? 0 : modrm < 128 ? 1 : 4, "0,0,0,0,")
}

# Instruction k, whose displacement of 32 bits from the processor's structure (%rdi) is to be filled in, with one of 8
# bits where it is that of a register: they are at its beginning. `narrowed` is how many bytes are to be filled in.
function narrow(k,    m, modrm) {
    m = hole_at[k] - at[k]
    modrm = byte_of(k, m)
    narrowed = hole_type[k] ~ /_8$/ ? 1 : 4
    if (insn[k] !~ /\(%rdi\)/ || hole_type[k] !~ /_32S$/ || added[k] >= 64 || modrm % 8 != 7 || modrm < 128 || modrm >= 192)
        return raw[k]
    narrowed = 1
    return readdressed(k, m, modrm - 64, 4, "0,")
}

# Instructions k to before `end`, into the copy.
function put(k, end,    text, d) {
    for (; k < end; k++) {
        text = raw[k]
        if (!exact && here[k] ~ /^[0-9]/ && insn[k] ~ /%rsi/) {
            if (op[k] == "add" && insn[k] ~ /,%rsi$/)
                continue
            text = widen(k)
            d = insn[k]
            sub(/\(%rsi\).*/, "", d)
            sub(/^.*[ ,$*]/, "", d)
            late(shift, here[k] + (d == "" ? 0 : d ~ /^-/ ? -hex(substr(d, 4)) : hex(substr(d, 3))))
            if (text == "" || hole[k] != "")
                failed = 1
        }
        if (hole[k] != "") {
            text = narrow(k)
            holes[++n_holes] = size + hole_at[k] - at[k] ", " hole[k] ", " added[k] ", " narrowed
        }
        put_bytes(text)
    }
}

function put_bytes(text) {
    chunk[++chunks] = text
    size += gsub(/,/, ",", text)
}

# The displacement that comes in so many bytes is `value`, and what the register is late by.
function late(bytes, value) {
    lates[++n_lates] = size + bytes ", " value
}

# Makes up for the lag where instruction k leaves the copy.
function catch_up(k) {
    if (exact || here[k] !~ /^[0-9]/)
        return
    late(3, here[k])
    put_bytes("72,141,182,0,0,0,0,") # LEA disp32(%rsi), %rsi
}

# Out of the handler, as instruction k does.
function put_out(k,    called) {
    called = outer[k]
    put_bytes("233,0,0,0,0,")
    if (called != "h_again" && !(called in out_number)) {
        out_names = out_names called ", "
        out_number[called] = outs++
    }
    leaving[++n_leaving] = size - 4 ", " (called == "h_again" ? -1 : out_number[called])
}

# A jump to block b, or "end", if condition cc holds, -1: always. The displacement is known when everything is laid out.
function put_jump(cc, b,    there, far) {
    there = b == "end" ? 0 : b in start ? aside[b] : is_aside || b in cold
    far = there != is_aside || wide
    chunk[++chunks] = ""
    size += !far ? 2 : cc < 0 ? 5 : 6
    jump_chunk[++jumps] = chunks
    jump_cc[jumps] = cc
    jump_end[jumps] = size
    jump_to[jumps] = b
    jump_far[jumps] = far
    jump_across[jumps] = there != is_aside
    if (b != "end" && !(b in start))
        pending[++waiting] = b
}

# Can block x come right behind b?
function may_follow(b, x) {
    return !(x in start) && (!(x in cold) || b in cold)
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
    size = chunks = n_holes = n_lates = n_leaving = jumps = waiting = is_aside = failed = 0
    hot_size = -1
    for (b = 1; b; b = following) {
        if (!is_aside && b in cold) {
            is_aside = 1
            hot_size = size
        }
        start[b] = size
        aside[b] = is_aside
        k = last[b]
        y = yes[b]
        if (way[b] == "on") {
            if (k > first[b] && insn[k - 1] ~ /^mov +[^,]*\(%rsi\),%r/ && insn[k] !~ /\(/)
                k-- # the jump was by this register
            put(first[b], k)
            following = pick()
            if (is_aside || (following && !(following in cold)))
                put_jump(-1, "end")
        } else if (way[b] == "away") {
            put(first[b], k)
            catch_up(k)
            put_bytes(raw[k])
            following = pick()
        } else if (way[b] == "out") {
            put(first[b], k)
            catch_up(k)
            put_out(k)
            following = pick()
        } else if (way[b] == "go") {
            put(first[b], op[k] ~ /^j/ ? k : k + 1)
            following = y
            if (!may_follow(b, y) || (way[y] == "on" && pick() && !(pick() in cold))) {
                put_jump(-1, y)
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
            put_jump(cc, y)
            following = x
            if (!may_follow(b, x)) {
                put_jump(-1, x)
                following = pick()
            }
        }
    }
    if (hot_size < 0)
        hot_size = size
}

function le32(v) {
    if (v < 0)
        v += 4294967296
    return v % 256 "," int(v / 256) % 256 "," int(v / 65536) % 256 "," int(v / 16777216) ","
}

# Fills in the jumps; those between the two parts of the copy are left to splice.c. False: one is too long.
function join(    k, to, distance, code) {
    n_across = 0
    for (k = 1; k <= jumps; k++) {
        to = jump_to[k] == "end" ? hot_size : start[jump_to[k]]
        distance = to - jump_end[k]
        if (jump_across[k]) {
            distance = 0
            acrosses[++n_across] = jump_end[k] - 4 ", " (jump_to[k] != "end" && aside[jump_to[k]] ? -1 - to : to)
        }
        if (!jump_far[k] && (distance > 127 || distance < -128))
            return 0
        code = jump_far[k] ? (jump_cc[k] < 0 ? "233," : "15," 128 + jump_cc[k] ",") le32(distance) : \
               (jump_cc[k] < 0 ? 235 : 112 + jump_cc[k]) "," (distance + 256) % 256 ","
        chunk[jump_chunk[k]] = code
    }
    return 1
}

function joined(list, count,    k, line) {
    line = ""
    for (k = 1; k <= count; k++)
        line = line " " list[k] ","
    return line
}

function print_piece(    k, line, words) {
    wide = 0
    lay_out()
    if (failed) {
        exact = 1
        lay_out()
    }
    if (!join()) {
        wide = 1
        lay_out()
        join()
    }
    words = 11 + 5 * n_holes + 2 * (n_lates + n_leaving + n_across)
    piece[++pieces] = "    " words ", " home[name] - home[anchor] ", " hot_size ", " size - hot_size ", " step / RECORD \
        ", " exact ", " code_size ", " n_holes ", " n_lates ", " n_leaving ", " n_across "," joined(holes, n_holes) \
        joined(lates, n_lates) joined(leaving, n_leaving) joined(acrosses, n_across) " /* " name " */"
    line = "    "
    for (k = 1; k <= chunks; k++)
        line = line chunk[k]
    print line
    code_size += size
}

# The last function is not looked at: where it ends is not known.
END {
    print "    0};"
    print "static handler *const " anchor "_outs[] = {" out_names "NULL};"
    print "static const int32_t " anchor "_pieces[] = {"
    for (k = 1; k <= pieces; k++)
        print piece[k]
    print "    0};"
}
