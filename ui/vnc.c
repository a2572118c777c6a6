/* SPDX-License-Identifier: MIT */
/*
 * vnc.c - the display as a VNC server (RFC 6143), through libvncserver: the screen's dots, and keys.
 *
 * - It listens on 127.0.0.1 unless told otherwise; with a password file, clients must know the
 *   first line of it (VNC's own scheme: eight characters count, nothing is encrypted).
 * - Keys come as keysyms. A character is typed by the key of a US keyboard that makes it; where the
 *   client's Shift does not agree (another layout), the whole stroke is typed.
 * - The pointer moves the guest's mouse: VNC says where it is, a PS/2 mouse how far it went, so the two
 *   can drift apart at the edges of the screen. Buttons 4 and 5 are the wheel.
 * - A client that does not read is dropped after a moment, so that it cannot hold the guest.
 * Not here: clipboard, file transfer, web sockets.
 */
#include "base/screen.h"
#include "ui/display.h"
#include "ui/late.h"

#include <arpa/inet.h>
#include <errno.h>
#include <rfb/keysym.h>
#include <rfb/rfb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_WAIT 200 /* ms that a client may take to read */

struct vnc {
    rfbScreenInfoPtr server;          /* owned */
    struct ui_user *user;             /* the queues, while events are taken */
    int pointer_x, pointer_y;         /* where a client's pointer was last */
    bool pointed;                     /* it was somewhere */
    bool held[KEY_RIGHT_GUI + 1];     /* keys that the guest believes to be down */
    char password[9];                 /* "" for none */
    char *passwords[2];               /* what libvncserver wants to see: a list */
    char name[64];                    /* what clients show as a title */
    unsigned width, height;           /* of the picture */
    bool have_before;                 /* before and before_phase are what the picture shows */
    struct render_phase before_phase; /* phase of the picture */
    struct screen before;             /* the screen of the picture */
    uint32_t pixels[RENDER_MAX_WIDTH * RENDER_MAX_HEIGHT]; /* the picture, stride = width */
};

/* ---- Keys -------------------------------------------------------------------------------- */

static uint8_t key_of_keysym(rfbKeySym sym)
{
    static const struct {
        rfbKeySym sym;
        uint8_t key;
    } keys[] = {
        {XK_Return, KEY_ENTER},
        {XK_KP_Enter, 0x58},
        {XK_Escape, KEY_ESCAPE},
        {XK_BackSpace, KEY_BACKSPACE},
        {XK_Tab, KEY_TAB},
        {XK_ISO_Left_Tab, KEY_TAB},
        {XK_Insert, KEY_INSERT},
        {XK_Home, KEY_HOME},
        {XK_Page_Up, KEY_PAGE_UP},
        {XK_Delete, KEY_DELETE},
        {XK_End, KEY_END},
        {XK_Page_Down, KEY_PAGE_DOWN},
        {XK_Right, KEY_RIGHT},
        {XK_Left, KEY_LEFT},
        {XK_Down, KEY_DOWN},
        {XK_Up, KEY_UP},
        {XK_Caps_Lock, 0x39},
        {XK_Print, 0x46},
        {XK_Scroll_Lock, 0x47},
        {XK_Pause, 0x48},
        {XK_Num_Lock, 0x53},
        {XK_Menu, 0x65},
        {XK_Control_L, KEY_LEFT_CTRL},
        {XK_Control_R, 0xe4},
        {XK_Shift_L, KEY_LEFT_SHIFT},
        {XK_Shift_R, 0xe5},
        {XK_Alt_L, KEY_LEFT_ALT},
        {XK_Alt_R, 0xe6},
        {XK_Meta_L, KEY_LEFT_ALT},
        {XK_Meta_R, 0xe6},
        {XK_ISO_Level3_Shift, 0xe6},
        {XK_Super_L, 0xe3},
        {XK_Super_R, KEY_RIGHT_GUI},
    };

    if (sym >= XK_F1 && sym <= XK_F12)
        return (uint8_t)(KEY_F1 + (sym - XK_F1));
    for (size_t n = 0; n < ARRAY_LEN(keys); n++)
        if (keys[n].sym == sym)
            return keys[n].key;
    return 0;
}

static void press(struct vnc *d, uint8_t key, bool down)
{
    if (d->held[key] != down && ui_keys_push(&d->user->keys, key, down))
        d->held[key] = down;
}

static void on_key(rfbBool down, rfbKeySym sym, rfbClientPtr client)
{
    struct vnc *d = client->screen->screenData;
    struct keymap_stroke stroke;
    bool shift = d->held[KEY_LEFT_SHIFT] || d->held[0xe5];
    bool control = d->held[KEY_LEFT_CTRL] || d->held[0xe4];
    uint8_t key = key_of_keysym(sym);

    if (!d->user)
        return;
    if (key) {
        press(d, key, down);
        return;
    }
    if (sym < ' ' || sym > '~' || !keymap_ascii((uint8_t)sym, &stroke))
        return;
    if (control || !(stroke.mods & MOD_SHIFT) == !shift || d->held[stroke.key])
        press(d, stroke.key, down);
    else if (down)
        (void)ui_keys_type(&d->user->keys, stroke);
}

/* Keys of a client that is gone are let go. */
static void on_gone(rfbClientPtr client)
{
    struct vnc *d = client->screen->screenData;

    for (unsigned key = 0; d->user && key <= KEY_RIGHT_GUI; key++)
        press(d, (uint8_t)key, false);
}

static enum rfbNewClientAction on_client(rfbClientPtr client)
{
    client->clientGoneHook = on_gone;
    return RFB_CLIENT_ACCEPT;
}

static void on_pointer(int mask, int x, int y, rfbClientPtr client)
{
    struct vnc *d = client->screen->screenData;
    uint8_t buttons = (uint8_t)((mask & rfbButton1Mask ? INPUT_LEFT : 0) |
                                (mask & rfbButton2Mask ? INPUT_MIDDLE : 0) |
                                (mask & rfbButton3Mask ? INPUT_RIGHT : 0));
    int wheel = !!(mask & rfbButton5Mask) - !!(mask & rfbButton4Mask);

    if (!d->user)
        return;
    ui_mouse_push(&d->user->mouse, d->pointed ? x - d->pointer_x : 0,
                  d->pointed ? y - d->pointer_y : 0, wheel, buttons);
    d->pointer_x = x;
    d->pointer_y = y;
    d->pointed = true;
}

static bool vnc_poll(void *display, struct ui_user *user)
{
    struct vnc *d = display;

    if (ui_keys_room(&user->keys) <= sizeof(d->held))
        return true; /* events wait in their sockets */
    d->user = user;
    rfbProcessEvents(d->server, 0);
    d->user = NULL;
    return true;
}

/* ---- The picture -------------------------------------------------------------------------- */

static void resize(struct vnc *d, unsigned width, unsigned height)
{
    d->width = width;
    d->height = height;
    d->have_before = false;
    rfbNewFramebuffer(d->server, (char *)d->pixels, (int)width, (int)height, 8, 3, 4);
    d->server->serverFormat.redShift = 16;
    d->server->serverFormat.greenShift = 8;
    d->server->serverFormat.blueShift = 0;
}

static void vnc_show(void *display, const struct screen *s, struct render_phase phase)
{
    struct vnc *d = display;
    struct render_dirty dirty;

    if (render_width(s) != d->width || render_height(s) != d->height)
        resize(d, render_width(s), render_height(s));
    dirty = render_draw(d->pixels, d->width, s, phase, d->have_before ? &d->before : NULL,
                        d->before_phase);
    d->before = *s;
    d->before_phase = phase;
    d->have_before = true;
    if (dirty.first != dirty.last)
        rfbMarkRectAsModified(d->server, 0, (int)dirty.first, (int)d->width, (int)dirty.last);
}

static void vnc_title(void *display, const char *text)
{
    struct vnc *d = display;

    snprintf(d->name, sizeof(d->name), "%s", text);
}

/* ---- Opening and closing ------------------------------------------------------------------- */

static void quiet(const char *format, ...)
{
    (void)format;
}

/* The first line, of which VNC uses eight characters. */
static bool read_password(struct vnc *d, const char *file, struct error *err)
{
    FILE *f = fopen(file, "re");
    char line[256] = "";

    if (!f)
        return error_set(err, "--vnc-password: cannot read %s: %s", file, strerror(errno));
    if (!fgets(line, sizeof(line), f))
        line[0] = 0;
    fclose(f);
    line[strcspn(line, "\r\n")] = 0;
    if (!line[0])
        return error_set(err, "--vnc-password: the first line of %s is empty", file);
    memcpy(d->password, line, sizeof(d->password) - 1);
    return true;
}

static void vnc_close(void *display)
{
    struct vnc *d = display;

    if (d->server) {
        rfbShutdownServer(d->server, TRUE);
        rfbScreenCleanup(d->server);
    }
    free(d);
}

static bool listen_on(struct vnc *d, const struct ui_options *o, struct error *err)
{
    rfbScreenInfoPtr s = rfbGetScreen(NULL, NULL, 720, 400, 8, 3, 4);

    if (!s)
        return error_set(err, "--display vnc: no memory");
    d->server = s;
    s->screenData = d;
    s->desktopName = d->name;
    s->frameBuffer = (char *)d->pixels;
    s->alwaysShared = TRUE;
    s->autoPort = FALSE;
    s->port = (int)o->vnc_port;
    s->listenInterface = inet_addr(o->vnc_address);
    s->ipv6port = 0;
    s->httpDir = NULL;
    s->maxClientWait = CLIENT_WAIT;
    s->deferUpdateTime = 0;
    s->cursor = NULL;
    s->kbdAddEvent = on_key;
    s->ptrAddEvent = on_pointer;
    s->newClientHook = on_client;
    if (d->password[0]) {
        d->passwords[0] = d->password;
        s->authPasswdData = d->passwords;
        s->passwordCheck = rfbCheckPasswordByList;
    }
    resize(d, 720, 400);
    rfbInitServer(s);
    if (s->listenSock == RFB_INVALID_SOCKET)
        return error_set(err, "--display vnc: cannot listen on %s:%u: the port may be in use",
                         o->vnc_address, o->vnc_port);
    return true;
}

static void *vnc_open(const struct ui_options *options, struct error *err)
{
    struct vnc *d = calloc(1, sizeof(*d));

    if (!d) {
        error_set(err, "no memory for the VNC server");
        return NULL;
    }
    if (!late_load(LATE_VNC, err)) {
        free(d);
        return NULL;
    }
    rfbLogProc *log = late_variable("rfbLog"), *errors = late_variable("rfbErr");
    if (log)
        *log = quiet;
    if (errors)
        *errors = quiet;
    snprintf(d->name, sizeof(d->name), "emu386");
    if ((options->vnc_password && !read_password(d, options->vnc_password, err)) ||
        !listen_on(d, options, err)) {
        vnc_close(d);
        return NULL;
    }
    fprintf(stderr, "emu386: VNC on %s:%u%s\n", options->vnc_address, options->vnc_port,
            strncmp(options->vnc_address, "127.", 4) == 0 || d->password[0]
                ? ""
                : ": whoever can reach it can type, as there is no password (--vnc-password)");
    return d;
}

const struct display_ops display_vnc = {
    .kind = UI_VNC,
    .open = vnc_open,
    .close = vnc_close,
    .poll = vnc_poll,
    .show = vnc_show,
    .title = vnc_title,
};
