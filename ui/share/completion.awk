# SPDX-License-Identifier: MIT
# completion.awk - shell completion out of the option list, so that it cannot be out of date:
#
#     (emu386 --help; emu386 --help options; emu386 --help running) |
#         awk -f completion.awk -v shell=bash
#
# The first of them names the topics of the help. An option's line is "-k, --kernel FILE   text". FILE is completed as a file; words in the text before a
# parenthesis or semicolon that are joined by commas and "or" are the values of an option whose
# argument is one of KIND, MODEL, NAME, HOW, DO, WHERE.

function words(text,    n, i, list, out)
{
    sub(/^[^:]*: /, "", text)
    gsub(/\([^)]*\)/, "", text)
    sub(/;.*/, "", text)
    gsub(/,| or /, " ", text)
    n = split(text, list, / +/)
    for (i = 1; i <= n; i++)
        if (list[i] ~ /^[a-z0-9:]+$/ && list[i] != "file:")
            out = out (out ? " " : "") list[i]
    sub(/file:[A-Z]*/, "", out)
    return out
}

/^  --help [a-z]/ { topic_names = topic_names (topic_names ? " " : "") $2 }

/^(-[a-zA-Z],|   ) --[a-z]/ {
    short = $1 ~ /^-[a-zA-Z],$/ ? substr($1, 1, 2) : ""
    name = short ? $2 : $1
    arg = short ? $3 : $2
    has = arg ~ /^\[?[A-Z]+\]?$/
    if (!has || name == "--strict")
        arg = ""
    text = substr($0, 26)
    count++
    names[count] = name
    shorts[count] = short
    args[count] = arg
    texts[count] = text
    if (arg ~ /^(KIND|MODEL|NAME|HOW|DO|WHERE)$/)
        values[count] = words(text)
}

END {
    names[++count] = "--version"
    texts[count] = "the version"
    if (shell == "bash")
        bash()
    else
        zsh()
}

function bash(    i, all, pattern)
{
    print "# bash completion for emu386; made by ui/share/completion.awk"
    print "_emu386()"
    print "{"
    print "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}"
    print "    case $prev in"
    for (i = 1; i <= count; i++) {
        all = all " " names[i] (shorts[i] ? " " shorts[i] : "")
        pattern = names[i] (shorts[i] ? "|" shorts[i] : "")
        if (args[i] ~ /^(FILE|FOLDER)$/)
            printf "    %s) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n", pattern
        else if (args[i] == "[TOPIC]")
            printf "    %s) mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$cur\"); return ;;\n", pattern, topic_names
        else if (values[i])
            printf "    %s) mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$cur\"); return ;;\n", pattern, values[i]
        else if (args[i])
            printf "    %s) return ;;\n", pattern
    }
    print "    esac"
    print "    if [[ $cur == -* ]]; then"
    printf "        mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$cur\")\n", substr(all, 2)
    print "    else"
    print "        compopt -o filenames 2>/dev/null"
    print "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")"
    print "    fi"
    print "}"
    print "complete -F _emu386 emu386"
}

function zsh(    i, text, action)
{
    print "#compdef emu386"
    print "# zsh completion for emu386; made by ui/share/completion.awk"
    print "_arguments \\"
    for (i = 1; i <= count; i++) {
        text = texts[i]
        gsub(/\[/, "", text)
        gsub(/\]/, "", text)
        gsub(/["\047]/, "", text)
        gsub(/:/, "\\:", text)
        action = ""
        if (args[i] ~ /^(FILE|FOLDER)$/)
            action = ":file:_files"
        else if (args[i] == "[TOPIC]")
            action = "::topic:(" topic_names ")"
        else if (values[i])
            action = ":" tolower(args[i]) ":(" values[i] ")"
        else if (args[i])
            action = ":" tolower(args[i]) ":"
        if (shorts[i])
            printf "    '%s[%s]%s' \\\n", shorts[i], text, action
        printf "    '%s[%s]%s' \\\n", names[i], text, action
    }
    print "    '*:image:_files'"
}
