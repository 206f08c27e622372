#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PROBE_TIMEOUT_MS 1000

/* 0: no numeric address. */
static socklen_t fill_address(const char *address, int port, struct sockaddr_storage *out)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };

    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
        memcpy(out, &v4, sizeof v4);
        return sizeof v4;
    }
    if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, sizeof v6);
        return sizeof v6;
    }
    errno = EADDRNOTAVAIL;
    return 0;
}

bool probe_port_free(const char *address, int port)
{
    struct sockaddr_storage sa;
    socklen_t n = fill_address(address, port, &sa);
    int on = 1, fd = n == 0 ? -1 : socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return false;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool ok = bind(fd, (struct sockaddr *)&sa, n) == 0 && listen(fd, 1) == 0;
    int saved = errno;
    close(fd);
    errno = saved;
    return ok;
}

/* A connected socket, or -1. */
static int open_tcp(const char *address, int port)
{
    struct sockaddr_storage sa;
    struct timeval limit = { .tv_usec = PROBE_TIMEOUT_MS * 1000 - 1 };
    socklen_t n = fill_address(address, port, &sa);
    int fd = n == 0 ? -1 : socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&sa, n) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool probe_tcp(const char *address, int port)
{
    int fd = open_tcp(address, port);

    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

bool probe_unix(const char *path)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    size_t n = strlen(path);

    if (n >= sizeof sa.sun_path) {
        return false;
    }
    memcpy(sa.sun_path, path, n + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    bool ok = connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0;
    close(fd);
    return ok;
}

bool probe_health(const char *address, int port, const char *host)
{
    static const char wanted[] = "HTTP/1.1 200 ";
    char request[512], answer[sizeof wanted] = { 0 };
    int n = snprintf(request, sizeof request, "GET /health/ HTTP/1.0\r\nHost: %s\r\n\r\n", host);
    int fd = n > 0 && (size_t)n < sizeof request ? open_tcp(address, port) : -1;

    if (fd < 0) {
        return false;
    }
    bool ok = write(fd, request, (size_t)n) == (ssize_t)n &&
              read(fd, answer, sizeof answer - 1) == (ssize_t)sizeof answer - 1 &&
              memcmp(answer, wanted, sizeof wanted - 1) == 0;
    close(fd);
    return ok;
}
