/* SPDX-License-Identifier: MIT */
/*
 * close_window.c - asks a window's owner to close it, as a window manager does for the button in
 * the title bar: sends WM_DELETE_WINDOW (ICCCM 4.2.8.1). For window.sh, where there is none.
 *
 * usage: close_window WINDOW
 */
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    Display *display = XOpenDisplay(NULL);
    XEvent event = {.type = ClientMessage};

    if (argc != 2 || !display) {
        fprintf(stderr, "usage: close_window WINDOW, on a display\n");
        return 2;
    }
    event.xclient.window = strtoul(argv[1], NULL, 0);
    event.xclient.message_type = XInternAtom(display, "WM_PROTOCOLS", False);
    event.xclient.format = 32;
    event.xclient.data.l[0] = (long)XInternAtom(display, "WM_DELETE_WINDOW", False);
    event.xclient.data.l[1] = CurrentTime;
    XSendEvent(display, event.xclient.window, False, NoEventMask, &event);
    XCloseDisplay(display);
    return 0;
}
