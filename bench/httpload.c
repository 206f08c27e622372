/* httpload PORT CONNECTIONS REQUESTS METHOD PATH AUTHORIZATION FIRST: keep-alive connections, one
   request in flight each. METHOD POST sends a location with tst counting up from FIRST. Prints
   figures as JSON; "bad" counts answers other than 200. */
#include "bench.h"

#include <poll.h>

#define CONNECTIONS_MAX 256
#define ANSWER_MAX (1024 * 1024)

struct client {
    int fd;
    double at;
    char *in;
    size_t in_n;
    bool busy;
};

static const char *method, *path, *authorization;
static long next_tst;

static void send_request(struct client *c)
{
    char body[300] = "", head[1200];
    int m = 0;

    if (strcmp(method, "POST") == 0) {
        m = snprintf(body, sizeof body,
                     "{\"_type\":\"location\",\"topic\":\"owntracks/x/http\",\"tst\":%ld,"
                     "\"lat\":48.1371,\"lon\":11.5761,\"acc\":12,\"batt\":71,\"tid\":\"h0\"}",
                     next_tst++);
    }
    int n = snprintf(head, sizeof head,
                     "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\n"
                     "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                     method, path, authorization, m, body);
    if (n <= 0 || (size_t)n >= sizeof head || write(c->fd, head, (size_t)n) != n) {
        bench_die("write");
    }
    c->at = bench_now();
    c->in_n = 0;
    c->busy = true;
}

/* The complete answer is there: by Content-Length or the last chunk. */
static bool complete(const struct client *c)
{
    const char *end = memmem(c->in, c->in_n, "\r\n\r\n", 4);

    if (end == NULL) {
        return false;
    }
    size_t head = (size_t)(end - c->in) + 4;
    const char *length = memmem(c->in, head, "Content-Length: ", 16);
    if (length != NULL) {
        return c->in_n >= head + strtoul(length + 16, NULL, 10);
    }
    return c->in_n >= head + 5 && memcmp(c->in + c->in_n - 5, "0\r\n\r\n", 5) == 0;
}

static bool read_some(struct client *c)
{
    ssize_t r = read(c->fd, c->in + c->in_n, ANSWER_MAX - c->in_n - 1);

    if (r <= 0) {
        fprintf(stderr, "connection closed\n");
        exit(1);
    }
    c->in_n += (size_t)r;
    c->in[c->in_n] = '\0';
    return complete(c);
}

int main(int argc, char **argv)
{
    static struct client client[CONNECTIONS_MAX];
    static struct pollfd fds[CONNECTIONS_MAX];
    size_t bad = 0, done = 0, begun = 0;

    if (argc != 8) {
        fprintf(stderr,
                "usage: httpload PORT CONNECTIONS REQUESTS METHOD PATH AUTHORIZATION FIRST\n");
        return 2;
    }
    long count = bench_number(argv[2]);
    size_t want = (size_t)bench_number(argv[3]);
    count = count < 1 ? 1 : count > CONNECTIONS_MAX ? CONNECTIONS_MAX : count;
    method = argv[4];
    path = argv[5];
    authorization = argv[6];
    next_tst = bench_number(argv[7]);
    double *latency = calloc(want + 1, sizeof *latency);
    double begin = bench_now();
    for (long i = 0; i < count; i++) {
        client[i].fd = bench_connect(bench_number(argv[1]));
        client[i].in = malloc(ANSWER_MAX);
        fds[i] = (struct pollfd){ .fd = client[i].fd, .events = POLLIN };
        if (begun < want) {
            begun++;
            send_request(&client[i]);
        }
    }
    while (done < want && poll(fds, (nfds_t)count, 30000) > 0) {
        for (long i = 0; i < count; i++) {
            struct client *c = &client[i];
            if (fds[i].revents == 0 || !c->busy || !read_some(c)) {
                continue;
            }
            latency[done++] = bench_now() - c->at;
            bad += memcmp(c->in, "HTTP/1.1 200", 12) != 0;
            c->busy = false;
            if (begun < want) {
                begun++;
                send_request(c);
            }
        }
    }
    fprintf(stderr, "bad %zu\n", bad);
    bench_report(latency, done, bench_now() - begin);
    return done == want && bad == 0 ? 0 : 1;
}
