#include "weburl.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Every address is kept as IPv6; IPv4 ones as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
struct ip {
    uint8_t b[16];
};
#define MAPPED_PREFIX 12 /* bytes before the IPv4 address */
#define GROUPS 8

static bool is_v4(const struct ip *ip)
{
    static const uint8_t mapped[MAPPED_PREFIX] = { [10] = 0xff, [11] = 0xff };

    return memcmp(ip->b, mapped, sizeof(mapped)) == 0;
}

/* v4: it was written as an IPv4 address, not as ::ffff:… */
static bool ip_parse(struct str text, struct ip *out, bool *v4)
{
    char z[INET6_ADDRSTRLEN];

    if (text.n == 0 || text.n >= sizeof(z) || memchr(text.p, '\0', text.n) != NULL)
        return false;
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    *out = (struct ip){ .b = { [10] = 0xff, [11] = 0xff } };
    *v4 = inet_pton(AF_INET, z, out->b + MAPPED_PREFIX) == 1;
    return *v4 || inet_pton(AF_INET6, z, out->b) == 1;
}

/* The longest run of at least two zero groups: [*from, return value). */
static int zero_run(const uint16_t g[GROUPS], int *from)
{
    int best = 0;

    *from = GROUPS;
    for (int i = 0; i < GROUPS; i++) {
        int n = 0;
        while (i + n < GROUPS && g[i + n] == 0)
            n++;
        if (n > best && n > 1) {
            best = n;
            *from = i;
        }
    }
    return *from + best;
}

struct str ip_canonical(struct arena *a, struct str text)
{
    uint16_t g[GROUPS];
    char out[INET6_ADDRSTRLEN];
    struct ip ip;
    bool v4;
    int from;
    size_t n = 0;

    if (!ip_parse(text, &ip, &v4))
        return STR_NULL;
    const uint8_t *b = ip.b + MAPPED_PREFIX;
    if (is_v4(&ip))
        return arena_printf(a, "%s%u.%u.%u.%u", v4 ? "" : "::ffff:", b[0], b[1], b[2], b[3]);
    /* Not inet_ntop: it writes ::1:2 as ::0.1.0.2. */
    for (size_t i = 0; i < GROUPS; i++)
        g[i] = (uint16_t)(ip.b[2 * i] << 8 | ip.b[2 * i + 1]);
    int to = zero_run(g, &from);
    for (int i = 0; i < GROUPS; i++) {
        if (i == from)
            n += (size_t)snprintf(out + n, sizeof(out) - n, "::");
        else if (i < from || i >= to)
            n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%x", i == 0 || i == to ? "" : ":",
                                  g[i]);
    }
    return arena_dup(a, (struct str){ out, n });
}

/* One block "address" or "address/bits". */
static bool in_block(const struct ip *ip, struct str block)
{
    struct str address;
    struct ip net;
    bool v4;
    unsigned bits = 0, most;

    if (!str_split(&block, '/', &address) || !ip_parse(address, &net, &v4))
        return false;
    most = v4 ? 32 : 128;
    if (str_is_null(block)) {
        bits = most;
    } else {
        if (block.n == 0 || block.n > 3)
            return false;
        for (size_t i = 0; i < block.n; i++) {
            if (block.p[i] < '0' || block.p[i] > '9')
                return false;
            bits = bits * 10 + (unsigned)(block.p[i] - '0');
        }
        if (bits > most)
            return false;
    }
    bits += 128 - most;
    unsigned whole = bits / 8, mask = (0xff00U >> (bits % 8)) & 0xff;
    return memcmp(ip->b, net.b, whole) == 0 &&
           (mask == 0 || ((ip->b[whole] ^ net.b[whole]) & mask) == 0);
}

bool ip_in_list(struct str ip, struct str cidrs)
{
    struct ip address;
    struct str block;
    bool v4;

    if (!ip_parse(ip, &address, &v4))
        return false;
    while (str_split(&cidrs, ',', &block)) {
        if (in_block(&address, str_trim(block)))
            return true;
    }
    return false;
}
