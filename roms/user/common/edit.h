/* SPDX-License-Identifier: MIT */
/*
 * edit.h - a line from the terminal, edited as it is typed.
 *   left right home end ^A ^E     move          backspace ^H delete ^D   remove a character
 *   up down ^P ^N                 earlier lines ^U ^K ^W                 remove to the left, right, a word
 *   tab                           complete the name of a program or file ^C gives the line up
 * It draws with characters, blanks and backspaces only, so any terminal will do. Where standard input
 * is not a terminal, or one that cannot be told to be quiet, lines are simply read.
 */
#ifndef USER_COMMON_EDIT_H
#define USER_COMMON_EDIT_H

#include <stdbool.h>

enum { EDIT_LINE = 256, EDIT_HISTORY = 32 };

/* Prints the prompt and reads a line, without its end; false at the end of the input. */
bool edit_line(const char *prompt, char line[EDIT_LINE]);

/* The line that was entered so many lines ago, 0 for the last; NULL when there is none. */
const char *edit_history(int ago);

#endif
