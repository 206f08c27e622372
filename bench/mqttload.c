/* mqttload PORT USER PASSWORD PUBLISHERS MESSAGES WINDOW FIRST: QoS 1 publishers over MQTT 3.1.1,
   each with WINDOW messages in flight, together MESSAGES. Prints publish→PUBACK figures as JSON.

   Devices are b0, b1, ...; tst counts up from FIRST, so that each message is its own row. */
#include "bench.h"

#include <poll.h>

#define PUBLISHERS_MAX 1000
#define IDS 65536

struct publisher {
    int fd;
    long device, sent, acked, quota, first;
    double *at; /* send time by packet id */
    unsigned char in[4096];
    size_t in_n;
};

static size_t put_text(unsigned char *p, const char *text)
{
    size_t n = strlen(text);

    p[0] = (unsigned char)(n >> 8);
    p[1] = (unsigned char)n;
    memcpy(p + 2, text, n);
    return n + 2;
}

/* Fixed header with a remaining length below 16384. */
static size_t put_head(unsigned char *p, unsigned char type, size_t rest)
{
    p[0] = type;
    p[1] = (unsigned char)(0x80 | (rest & 0x7f));
    p[2] = (unsigned char)(rest >> 7);
    return 3;
}

static void send_all(int fd, const unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t w = write(fd, p, n);
        if (w <= 0) {
            bench_die("write");
        }
        p += w;
        n -= (size_t)w;
    }
}

static void log_in(struct publisher *p, const char *user, const char *password)
{
    unsigned char body[512], packet[600], answer[4];
    char id[32];
    size_t n = put_text(body, "MQTT");

    snprintf(id, sizeof id, "bench-%ld", p->device);
    body[n++] = 4;    /* 3.1.1 */
    body[n++] = 0xc2; /* user, password, clean session */
    body[n++] = 0;
    body[n++] = 60;
    n += put_text(body + n, id);
    n += put_text(body + n, user);
    n += put_text(body + n, password);
    size_t head = put_head(packet, 0x10, n);
    memcpy(packet + head, body, n);
    send_all(p->fd, packet, head + n);
    if (recv(p->fd, answer, 4, MSG_WAITALL) != 4 || answer[3] != 0) {
        fprintf(stderr, "refused\n");
        exit(1);
    }
}

static size_t build(struct publisher *p, const char *user, unsigned char *out)
{
    unsigned char body[600];
    char topic[128], payload[256];
    unsigned id = (unsigned)(p->sent % 65535) + 1;

    snprintf(topic, sizeof topic, "owntracks/%s/b%ld", user, p->device);
    int m = snprintf(payload, sizeof payload,
                     "{\"_type\":\"location\",\"tst\":%ld,\"lat\":%.6f,\"lon\":11.5761,\"acc\":12,"
                     "\"alt\":520,\"vel\":3,\"batt\":71,\"bs\":1,\"conn\":\"m\",\"tid\":\"b0\","
                     "\"t\":\"u\",\"m\":1,\"created_at\":%ld}",
                     p->first + p->sent, 48.0 + (double)(p->sent % 1000) / 1e4, p->first + p->sent);
    size_t n = put_text(body, topic);
    body[n++] = (unsigned char)(id >> 8);
    body[n++] = (unsigned char)id;
    memcpy(body + n, payload, (size_t)m);
    n += (size_t)m;
    size_t head = put_head(out, 0x32, n);
    memcpy(out + head, body, n);
    p->at[id] = bench_now();
    p->sent++;
    return head + n;
}

/* As many as the window allows, in one write. */
static void fill_window(struct publisher *p, const char *user, long window)
{
    static unsigned char out[64 * 1024];
    size_t n = 0;

    while (p->sent < p->quota && p->sent - p->acked < window && n < sizeof out - 1024) {
        n += build(p, user, out + n);
    }
    if (n > 0) {
        send_all(p->fd, out, n);
    }
}

static size_t take_acks(struct publisher *p, double *latency)
{
    ssize_t r = read(p->fd, p->in + p->in_n, sizeof p->in - p->in_n);
    size_t taken = 0, at = 0;

    if (r <= 0) {
        fprintf(stderr, "publisher %ld was dropped\n", p->device);
        exit(1);
    }
    p->in_n += (size_t)r;
    for (; p->in_n - at >= 4; at += 4) {
        unsigned id = (unsigned)p->in[at + 2] << 8 | p->in[at + 3];
        if (p->in[at] != 0x40) {
            fprintf(stderr, "unexpected packet %02x\n", p->in[at]);
            exit(1);
        }
        latency[taken++] = bench_now() - p->at[id];
    }
    memmove(p->in, p->in + at, p->in_n - at);
    p->in_n -= at;
    p->acked += (long)taken;
    return taken;
}

int main(int argc, char **argv)
{
    static struct publisher pub[PUBLISHERS_MAX];
    static struct pollfd fds[PUBLISHERS_MAX];

    if (argc != 8) {
        fprintf(stderr, "usage: mqttload PORT USER PASSWORD PUBLISHERS MESSAGES WINDOW FIRST\n");
        return 2;
    }
    long count = bench_number(argv[4]), total = bench_number(argv[5]);
    long window = bench_number(argv[6]), first = bench_number(argv[7]);
    count = count < 1 ? 1 : count > PUBLISHERS_MAX ? PUBLISHERS_MAX : count;
    size_t done = 0, want = (size_t)(total / count * count);
    double *latency = calloc(want + 2048, sizeof *latency);
    for (long i = 0; i < count; i++) {
        pub[i] = (struct publisher){ .device = i, .quota = total / count, .first = first };
        pub[i].at = calloc(IDS, sizeof *pub[i].at);
        pub[i].fd = bench_connect(bench_number(argv[1]));
        log_in(&pub[i], argv[2], argv[3]);
        fds[i] = (struct pollfd){ .fd = pub[i].fd, .events = POLLIN };
    }
    double begin = bench_now();
    for (long i = 0; i < count; i++) {
        fill_window(&pub[i], argv[2], window);
    }
    while (done < want && poll(fds, (nfds_t)count, 30000) > 0) {
        for (long i = 0; i < count; i++) {
            if (fds[i].revents != 0) {
                done += take_acks(&pub[i], latency + done);
                fill_window(&pub[i], argv[2], window);
            }
        }
    }
    bench_report(latency, done, bench_now() - begin);
    return done == want ? 0 : 1;
}
