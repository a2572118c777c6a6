/* SPDX-License-Identifier: MIT */
/*
 * vnc_client.c - a real VNC client (Debian's libvncclient) that a script drives: connects, types a
 * line, waits until the picture has stood still, and writes it as a PPM file.
 *
 *     vnc_client HOST:PORT PASSWORD TEXT FILE.ppm [X,Y,BUTTONS ...]
 *
 * TEXT: typed, "\n" is Enter; "" types nothing. Then the pointer goes to each place, with these buttons
 * held (1 left, 2 middle, 4 right, 8 wheel up, 16 wheel down).
 */
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *password;
static unsigned updates;

static char *give_password(rfbClient *c)
{
    (void)c;
    return strdup(password);
}

static void on_update(rfbClient *c, int x, int y, int w, int h)
{
    (void)c;
    (void)x;
    (void)y;
    (void)w;
    (void)h;
    updates++;
}

static void serve(rfbClient *c, unsigned ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    double end = (double)t.tv_sec + (double)t.tv_nsec / 1e9 + ms / 1000.0;
    do {
        int n = WaitForMessage(c, 20000);
        if (n < 0 || (n > 0 && !HandleRFBServerMessage(c)))
            exit(1);
        clock_gettime(CLOCK_MONOTONIC, &t);
    } while ((double)t.tv_sec + (double)t.tv_nsec / 1e9 < end);
}

static void type(rfbClient *c, const char *text)
{
    for (; *text; text++) {
        uint32_t sym = (unsigned char)*text;
        if (text[0] == '\\' && text[1] == 'n') {
            sym = 0xff0d;
            text++;
        }
        SendKeyEvent(c, sym, TRUE);
        SendKeyEvent(c, sym, FALSE);
        serve(c, 60);
    }
}

static void point(rfbClient *c, const char *place)
{
    int x, y, buttons;
    if (sscanf(place, "%d,%d,%d", &x, &y, &buttons) != 3)
        exit(2);
    SendPointerEvent(c, x, y, buttons);
    serve(c, 200);
}

static int write_picture(rfbClient *c, const char *file)
{
    FILE *f = fopen(file, "wb");
    if (!f)
        return 1;
    fprintf(f, "P6\n%d %d\n255\n", c->width, c->height);
    for (int n = 0; n < c->width * c->height; n++) {
        uint32_t p;
        memcpy(&p, c->frameBuffer + 4 * n, 4);
        fputc((int)(p >> c->format.redShift & 255), f);
        fputc((int)(p >> c->format.greenShift & 255), f);
        fputc((int)(p >> c->format.blueShift & 255), f);
    }
    return fclose(f) != 0;
}

int main(int argc, char **argv)
{
    rfbClient *c = rfbGetClient(8, 3, 4);
    char *args[] = {argv[0], argc > 1 ? argv[1] : NULL, NULL};
    int n = 2;
    if (argc < 5 || !c)
        return 2;
    rfbEnableClientLogging = FALSE;
    password = argv[2];
    c->GetPassword = give_password;
    c->GotFrameBufferUpdate = on_update;
    c->canHandleNewFBSize = TRUE;
    if (!rfbInitClient(c, &n, args))
        return 1;
    serve(c, 500);
    type(c, argv[3]);
    for (int k = 5; k < argc; k++)
        point(c, argv[k]);
    serve(c, 1000);
    printf("%u updates, %d x %d\n", updates, c->width, c->height);
    return write_picture(c, argv[4]);
}
