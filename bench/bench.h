/* What the load generators share: options, latencies, connecting. Not part of the product. */
#ifndef MYTRACKS_BENCH_H
#define MYTRACKS_BENCH_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline double bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void bench_die(const char *what)
{
    perror(what);
    exit(1);
}

static inline long bench_number(const char *text)
{
    char *end;
    long v = strtol(text, &end, 10);

    if (*end != '\0' || v < 0) {
        fprintf(stderr, "not a number: %s\n", text);
        exit(2);
    }
    return v;
}

static inline int bench_connect(long port)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0) {
        bench_die("connect");
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* One line of JSON: count, seconds, rate, latencies in milliseconds. */
static inline void bench_report(double *latency, size_t n, double seconds)
{
    qsort(latency, n, sizeof *latency, bench_compare);
    printf("{\"count\": %zu, \"seconds\": %.3f, \"rate\": %.1f, \"p50\": %.3f, \"p99\": %.3f, "
           "\"max\": %.3f}\n",
           n, seconds, (double)n / seconds, n ? latency[n / 2] * 1e3 : 0,
           n ? latency[n * 99 / 100] * 1e3 : 0, n ? latency[n - 1] * 1e3 : 0);
}

#endif
