/* Packing and unpacking; see wire.h for the layout. */
#include "wire.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD 5 /* kind and id */

static void put32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

size_t wire_pack(uint8_t *out, size_t size, const struct wire_msg *m)
{
    size_t at = HEAD;

    if (size > WIRE_MAX) {
        size = WIRE_MAX;
    }
    if (m->n > WIRE_FIELDS || size < HEAD) {
        return 0;
    }
    out[0] = (uint8_t)m->kind;
    put32(out + 1, m->id);
    for (size_t i = 0; i < m->n; i++) {
        struct str f = m->field[i];
        if (size - at < 4 || f.n > size - at - 4) {
            return 0;
        }
        put32(out + at, (uint32_t)f.n);
        if (f.n > 0) {
            memcpy(out + at + 4, f.p, f.n);
        }
        at += 4 + f.n;
    }
    return at;
}

bool wire_unpack(const uint8_t *packet, size_t n, struct wire_msg *out)
{
    size_t at = HEAD;

    *out = (struct wire_msg){ 0 };
    if (n < HEAD || n > WIRE_MAX || packet[0] < WIRE_VERIFY || packet[0] >= WIRE_KINDS) {
        return false;
    }
    out->kind = (enum wire_kind)packet[0];
    out->id = get32(packet + 1);
    while (at < n) {
        if (out->n == WIRE_FIELDS || n - at < 4) {
            return false;
        }
        size_t length = get32(packet + at);
        if (length > n - at - 4) {
            return false;
        }
        out->field[out->n++] = (struct str){ (const char *)packet + at + 4, length };
        at += 4 + length;
    }
    return true;
}

void wake_agent(const char *path, bool outbox)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    size_t n = strlen(path);

    if (n >= sizeof sa.sun_path) {
        return;
    }
    memcpy(sa.sun_path, path, n);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0) {
        (void)sendto(fd, "o", outbox ? 1 : 0, MSG_NOSIGNAL, (const struct sockaddr *)&sa,
                     sizeof sa);
        close(fd);
    }
}
