/* SPDX-License-Identifier: MIT */
/*
 * edit.c - the line editor. See edit.h for the keys.
 * The line on the screen is always the same as in the buffer, with the terminal's cursor at `at`.
 */
#include "user/common/edit.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { CTRL = 0x1f, ESCAPE = 27, DELETE = 127 };

struct editor {
    const char *prompt;  /* printed again where the line had to be left */
    char *line;          /* the text, EDIT_LINE bytes, always terminated */
    int length;          /* characters in it */
    int at;              /* the cursor: before this one */
    int ago;             /* which earlier line is shown, from 1; 0: none */
    char own[EDIT_LINE]; /* what was typed before an earlier line was shown */
};

static char history[EDIT_HISTORY][EDIT_LINE]; /* a ring */
static int entered;                           /* lines ever put into it */

const char *edit_history(int ago)
{
    if (ago < 0 || ago >= entered || ago >= EDIT_HISTORY)
        return NULL;
    return history[(entered - 1 - ago) % EDIT_HISTORY];
}

static void remember(const char *line)
{
    const char *last = edit_history(0);
    if (*line && (!last || strcmp(last, line) != 0))
        strlcpy(history[entered++ % EDIT_HISTORY], line, EDIT_LINE);
}

static void repeat(const char *text, int times)
{
    char all[3 * EDIT_LINE + 1] = "";
    while (times-- > 0)
        strcat(all, text);
    fputs(all, stdout);
}

static void move(struct editor *e, int to)
{
    if (to < 0 || to > e->length)
        return;
    if (to < e->at)
        repeat("\b", e->at - to);
    else
        printf("%.*s", to - e->at, e->line + e->at);
    e->at = to;
}

static void insert(struct editor *e, const char *text, int n)
{
    if (e->length + n >= EDIT_LINE)
        return;
    memmove(e->line + e->at + n, e->line + e->at, (size_t)(e->length - e->at) + 1);
    memcpy(e->line + e->at, text, (size_t)n);
    e->length += n;
    printf("%s", e->line + e->at);
    repeat("\b", e->length - e->at - n);
    e->at += n;
}

/* Removes the characters from there up to the cursor. */
static void erase(struct editor *e, int from)
{
    int n = e->at - from, rest = e->length - e->at;
    if (n <= 0 || from < 0)
        return;
    memmove(e->line + from, e->line + e->at, (size_t)rest + 1);
    e->length -= n;
    e->at = from;
    if (rest == 0) {
        repeat("\b \b", n);
        return;
    }
    repeat("\b", n);
    printf("%s%*s", e->line + from, n, "");
    repeat("\b", rest + n);
}

static void erase_right(struct editor *e, int n)
{
    int to = e->at + n <= e->length ? e->at + n : e->length;
    move(e, to);
    erase(e, to - n);
}

static void erase_word(struct editor *e)
{
    int from = e->at;
    while (from > 0 && e->line[from - 1] == ' ')
        from--;
    while (from > 0 && e->line[from - 1] != ' ')
        from--;
    erase(e, from);
}

/* Shows the line of so many lines ago, or for 0 what was typed. */
static void recall(struct editor *e, int ago)
{
    char text[EDIT_LINE];
    const char *shown = ago > 0 ? edit_history(ago - 1) : e->own;
    if (ago < 0 || !shown)
        return;
    if (e->ago == 0)
        strlcpy(e->own, e->line, sizeof e->own);
    strlcpy(text, shown, sizeof text);
    e->ago = ago;
    move(e, e->length);
    erase(e, 0);
    insert(e, text, (int)strlen(text));
}

/* Completes the word at the cursor with the names in its folder, as far as they agree. */
static void complete(struct editor *e)
{
    char folder[EDIT_LINE], name[EDIT_LINE], common[EDIT_LINE] = "";
    int from = e->at, matches = 0;
    bool is_folder = false;
    while (from > 0 && !strchr(" |;&<>", e->line[from - 1]))
        from--;
    snprintf(folder, sizeof folder, "%.*s", e->at - from, e->line + from);
    char *slash = strrchr(folder, '/');
    strlcpy(name, slash ? slash + 1 : folder, sizeof name);
    if (slash)
        slash[slash == folder] = '\0';
    else
        strlcpy(folder, "/bin", sizeof folder); /* programs, and there is no current directory */
    DIR *d = opendir(folder);
    if (!d)
        return;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (strncmp(entry->d_name, name, strlen(name)) != 0 || entry->d_name[0] == '.')
            continue;
        size_t same = 0;
        while (common[same] && common[same] == entry->d_name[same])
            same++;
        if (matches++ == 0)
            strlcpy(common, entry->d_name, sizeof common);
        else
            common[same] = '\0';
        is_folder = entry->d_type == DT_DIR;
    }
    closedir(d);
    int more = (int)strlen(common) - (int)strlen(name);
    if (matches > 0 && more > 0)
        insert(e, common + strlen(name), more);
    if (matches == 1)
        insert(e, is_folder ? "/" : " ", 1);
}

static int read_key(void)
{
    unsigned char c;
    ssize_t n;
    while ((n = read(STDIN_FILENO, &c, 1)) < 0 && errno == EINTR)
        continue;
    return n == 1 ? c : -1;
}

/* What follows an ESC: [ A and its like, or [ digit ~. */
static void escape_sequence(struct editor *e)
{
    int c = read_key();
    if (c != '[' && c != 'O')
        return;
    c = read_key();
    int digit = c >= '0' && c <= '9' ? c - '0' : -1;
    while (c >= '0' && c <= ';')
        c = read_key();
    switch (c) {
    case 'A': recall(e, e->ago + 1); break;
    case 'B': recall(e, e->ago - 1); break;
    case 'C': move(e, e->at + 1); break;
    case 'D': move(e, e->at - 1); break;
    case 'H': move(e, 0); break;
    case 'F': move(e, e->length); break;
    case '~':
        if (digit == 1 || digit == 7)
            move(e, 0);
        else if (digit == 3)
            erase_right(e, 1);
        else if (digit == 4 || digit == 8)
            move(e, e->length);
        break;
    }
}

static void edit_key(struct editor *e, int key)
{
    const char c = (char)key;
    switch (key) {
    case 'A' & CTRL: move(e, 0); break;
    case 'B' & CTRL: move(e, e->at - 1); break;
    case 'C' & CTRL:
        puts("^C");
        fputs(e->prompt, stdout);
        e->at = e->length = e->ago = 0;
        e->line[0] = '\0';
        break;
    case 'D' & CTRL: erase_right(e, 1); break;
    case 'E' & CTRL: move(e, e->length); break;
    case 'F' & CTRL: move(e, e->at + 1); break;
    case 'H' & CTRL:
    case DELETE: erase(e, e->at - 1); break;
    case '\t': complete(e); break;
    case 'K' & CTRL: erase_right(e, e->length - e->at); break;
    case 'N' & CTRL: recall(e, e->ago - 1); break;
    case 'P' & CTRL: recall(e, e->ago + 1); break;
    case 'U' & CTRL: erase(e, 0); break;
    case 'W' & CTRL: erase_word(e); break;
    case ESCAPE: escape_sequence(e); break;
    default:
        if (key >= ' ')
            insert(e, &c, 1);
    }
}

/* Edits until the end of the line; false at the end of the input. */
static bool edit(struct editor *e)
{
    for (;;) {
        int key = read_key();
        if (key < 0 || (key == ('D' & CTRL) && e->length == 0))
            return false;
        if (key == '\r' || key == '\n') {
            move(e, e->length);
            putchar('\n');
            return true;
        }
        edit_key(e, key);
    }
}

/* A line as the terminal or a file gives it. */
static bool read_plain(char line[EDIT_LINE])
{
    int n = 0, key = 0;
    while (key != '\n' && (key = read_key()) >= 0) {
        if (n < EDIT_LINE - 1 && key != '\n')
            line[n++] = (char)key;
    }
    line[n] = '\0';
    return key >= 0 || n > 0;
}

bool edit_line(const char *prompt, char line[EDIT_LINE])
{
    struct editor e = {.prompt = prompt, .line = line};
    struct termios cooked;
    bool terminal = tcgetattr(STDIN_FILENO, &cooked) == 0;
    line[0] = '\0';
    if (terminal) {
        struct termios raw = cooked;
        raw.c_lflag &= ~(uint32_t)(ICANON | ECHO | ISIG);
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        terminal = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    }
    fputs(prompt, stdout); /* who sees it can already use every key */
    bool ok = terminal ? edit(&e) : read_plain(line);
    if (terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
    remember(line);
    return ok;
}
