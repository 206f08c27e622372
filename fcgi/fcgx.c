#include "fcgx.h"

#include <fcgiapp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A web server that stops reading or writing in the middle of a request. */
#define STALL_SECONDS 20
/* The head of a request comes in one piece; whoever takes longer is no web server. SIGALRM then
   ends the worker, and the supervisor starts another one. */
#define HEAD_SECONDS 10u

struct fcgx {
    struct gateway gw; /* first: the gateway's functions get it back from here */
    FCGX_Request req;
};

static size_t read_body(struct gateway *g, char *p, size_t n)
{
    struct fcgx *f = (struct fcgx *)g;
    size_t got = 0;

    while (got < n) {
        size_t part = n - got < INT_MAX ? n - got : INT_MAX;
        int some = FCGX_GetStr(p + got, (int)part, f->req.in);
        if (some <= 0) {
            break;
        }
        got += (size_t)some;
    }
    return got;
}

static bool write_out(struct gateway *g, const char *p, size_t n)
{
    struct fcgx *f = (struct fcgx *)g;

    while (n > 0) {
        size_t part = n < INT_MAX ? n : INT_MAX;
        if (FCGX_PutStr(p, (int)part, f->req.out) != (int)part) {
            return false;
        }
        p += part;
        n -= part;
    }
    return true;
}

struct fcgx *fcgx_new(int listener)
{
    struct fcgx *f = calloc(1, sizeof *f);

    if (f == NULL || FCGX_Init() != 0 || FCGX_InitRequest(&f->req, listener, 0) != 0) {
        free(f);
        return NULL;
    }
    f->gw.read = read_body;
    f->gw.write = write_out;
    return f;
}

void fcgx_free(struct fcgx *f)
{
    FCGX_Free(&f->req, 1);
    free(f);
}

bool fcgx_accept(struct fcgx *f)
{
    const struct timeval stall = { .tv_sec = STALL_SECONDS };
    int rc;

    alarm(HEAD_SECONDS);
    rc = FCGX_Accept_r(&f->req);
    alarm(0);
    if (rc < 0) {
        return false;
    }
    setsockopt(f->req.ipcFd, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof stall);
    setsockopt(f->req.ipcFd, SOL_SOCKET, SO_SNDTIMEO, &stall, sizeof stall);
    f->gw.env = f->req.envp;
    return true;
}

struct gateway *fcgx_gateway(struct fcgx *f)
{
    return &f->gw;
}

void fcgx_finish(struct fcgx *f)
{
    FCGX_Finish_r(&f->req);
}

void fcgx_abort(struct fcgx *f)
{
    FCGX_Free(&f->req, 1);
}
