/* wsload PORT LISTENERS COOKIE...: opens that many WebSockets on the live feed, with the cookies in
   turn, and prints "open N", then reads events until its standard input ends. Prints as JSON how
   many events came, the fewest that one listener got, and how many connections the server closed.
 */
#include "bench.h"

#include <poll.h>
#include <sys/resource.h>

#define LISTENERS_MAX 8000

struct listener {
    unsigned char head[14]; /* of a frame (RFC 6455 5.2), as far as it has come */
    size_t head_n;
    uint64_t left; /* bytes of its payload that are still to come */
    long events;
    bool in_payload;
};

static void shake_hands(int fd, const char *cookie)
{
    char text[4096];
    size_t n = 0;
    int m = snprintf(text, sizeof text,
                     "GET /ws/locations/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: %s\r\n\r\n",
                     cookie);

    if (write(fd, text, (size_t)m) != m) {
        bench_die("write");
    }
    while (n < sizeof text - 1 && (n < 4 || memcmp(text + n - 4, "\r\n\r\n", 4) != 0)) {
        if (read(fd, text + n, 1) != 1) {
            bench_die("handshake");
        }
        n++;
    }
    if (memcmp(text, "HTTP/1.1 101", 12) != 0) {
        fprintf(stderr, "refused: %.40s\n", text);
        exit(1);
    }
}

/* Bytes of the frame's head, as far as is known. A server sends no mask. */
static size_t head_size(const struct listener *l)
{
    unsigned n = l->head_n < 2 ? 0 : l->head[1] & 0x7fu;

    return n == 127 ? 10 : n == 126 ? 4 : 2;
}

static uint64_t payload_size(const struct listener *l)
{
    uint64_t n = l->head[1] & 0x7fu;
    size_t size = head_size(l);

    if (size > 2) {
        n = 0;
        for (size_t i = 2; i < size; i++) {
            n = n << 8 | l->head[i];
        }
    }
    return n;
}

static void take(struct listener *l, const unsigned char *p, size_t n)
{
    size_t at = 0;

    while (at < n) {
        if (!l->in_payload) {
            l->head[l->head_n++] = p[at++];
            if (l->head_n < 2 || l->head_n < head_size(l)) {
                continue;
            }
            l->left = payload_size(l);
            l->in_payload = true;
        }
        size_t m = n - at < l->left ? n - at : (size_t)l->left;
        at += m;
        l->left -= m;
        if (l->left == 0) {
            l->events += (l->head[0] & 0x0f) == 1; /* text */
            l->head_n = 0;
            l->in_payload = false;
        }
    }
}

static void report(const struct listener *l, long count, long closed)
{
    long events = 0, fewest = l[0].events;

    for (long i = 0; i < count; i++) {
        events += l[i].events;
        fewest = l[i].events < fewest ? l[i].events : fewest;
    }
    printf("{\"events\": %ld, \"fewest\": %ld, \"closed\": %ld}\n", events, fewest, closed);
}

int main(int argc, char **argv)
{
    static struct listener all[LISTENERS_MAX];
    static struct pollfd fds[LISTENERS_MAX + 1];
    static unsigned char bytes[64 * 1024];
    struct rlimit limit;

    if (argc < 4) {
        fprintf(stderr, "usage: wsload PORT LISTENERS COOKIE...\n");
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    long count = bench_number(argv[2]), closed = 0;
    count = count < 1 ? 1 : count > LISTENERS_MAX ? LISTENERS_MAX : count;
    for (long i = 0; i < count; i++) {
        fds[i] = (struct pollfd){ .fd = bench_connect(bench_number(argv[1])), .events = POLLIN };
        shake_hands(fds[i].fd, argv[3 + i % (argc - 3)]);
    }
    fds[count] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
    printf("open %ld\n", count);
    fflush(stdout);
    while (fds[count].revents == 0 && poll(fds, (nfds_t)count + 1, 60000) > 0) {
        for (long i = 0; i < count; i++) {
            ssize_t n = fds[i].revents == 0 ? 0 : read(fds[i].fd, bytes, sizeof bytes);
            if (n > 0) {
                take(&all[i], bytes, (size_t)n);
            } else if (fds[i].revents != 0) {
                close(fds[i].fd);
                fds[i].fd = -1; /* poll passes over it */
                closed++;
            }
        }
    }
    report(all, count, closed);
    return 0;
}
