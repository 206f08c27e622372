/* What the tests of the spool share: a folder for each test, and numbered records. */
#ifndef MYTRACKS_SPOOL_FIXTURE_H
#define MYTRACKS_SPOOL_FIXTURE_H

#include "broker-agent/spool.h"
#include "broker-agent/spool_format.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---------------------------------------------------------------- a folder for each test */

static char dir[64];

static void remove_all(const char *path)
{
    DIR *d = opendir(path);
    const struct dirent *e;
    char name[512];

    while (d != NULL && (e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (unlink(name) < 0) {
            remove_all(name);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    rmdir(path);
}

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_spool.XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int drop_dir(void **state)
{
    (void)state;
    remove_all(dir);
    return 0;
}

static void path_of(char out[256], uint64_t segment)
{
    char name[SPOOL_NAME];

    spool_name(name, segment);
    (void)snprintf(out, 256, "%s/%s", dir, name);
}

__attribute__((unused)) static void put_file(uint64_t segment, const uint8_t *p, size_t n)
{
    char path[256];
    path_of(path, segment);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

__attribute__((unused)) static size_t get_file(uint64_t segment, uint8_t *p, size_t max)
{
    char path[256];
    path_of(path, segment);
    int fd = open(path, O_RDONLY);

    assert_true(fd >= 0);
    ssize_t n = read(fd, p, max);
    assert_true(n >= 0 && (size_t)n < max);
    close(fd);
    return (size_t)n;
}

__attribute__((unused)) static uint64_t newest(void)
{
    uint64_t least, greatest;
    int fd = open(dir, O_RDONLY | O_DIRECTORY);

    assert_true(spool_segments(fd, 0, &least, &greatest));
    close(fd);
    return greatest;
}

__attribute__((unused)) static int segments_now(void)
{
    uint64_t at = 0, greatest;
    int n = 0, fd = open(dir, O_RDONLY | O_DIRECTORY);

    while (spool_segments(fd, at, &at, &greatest) && at != 0) {
        n++;
    }
    close(fd);
    return n;
}

/* ---------------------------------------------------------------- numbered records */

static char filler[SPOOL_RECORD_MAX];

/* Record i: its number as the topic, `size` bytes of payload that depend on it. */
static struct spool_record numbered(char topic[24], int i, size_t size)
{
    int n = snprintf(topic, 24, "owntracks/a/%d", i);

    memset(filler, 'a' + i % 26, size);
    return (struct spool_record){
        .received_at = 1000 + i,
        .connected_at = i,
        .retain = i % 2 == 1,
        .will = i % 5 == 4,
        .qos = (uint8_t)(i % 3),
        .username = STR("alice"),
        .client_id = STR("phone"),
        .address = STR("192.0.2.7"),
        .tls_cn = STR(""),
        .topic = { topic, (size_t)n },
        .payload = { filler, size },
    };
}

static bool append(struct spool_writer *w, int i, size_t size)
{
    char topic[24];
    struct spool_record r = numbered(topic, i, size);

    return spool_append(w, &r);
}

/* The number of a record, after checking all of it. */
static int check_record(const struct spool_record *r)
{
    char topic[24];
    int i = (int)(r->received_at - 1000);
    struct spool_record want = numbered(topic, i, r->payload.n);

    assert_true(str_eq(r->topic, want.topic) && str_eq(r->payload, want.payload));
    assert_true(str_eq(r->username, want.username) && str_eq(r->client_id, want.client_id));
    assert_true(str_eq(r->address, want.address) && str_eq(r->tls_cn, want.tls_cn));
    assert_int_equal(r->connected_at, i);
    assert_true(r->retain == want.retain && r->will == want.will && r->qos == want.qos);
    return i;
}

/* Reads to the end; the numbers into got. Returns how many. */
static int read_all(struct spool_reader *r, int *got, int max)
{
    struct spool_record record;
    uint64_t segment, offset;
    enum spool_rc rc;
    int n = 0;

    while ((rc = spool_next(r, &record, &segment, &offset)) == SPOOL_RECORD) {
        assert_true(n < max);
        got[n++] = check_record(&record);
    }
    assert_int_equal(rc, SPOOL_END);
    return n;
}

static void expect_numbers(const int *got, int n, int first, int count)
{
    assert_int_equal(n, count);
    for (int i = 0; i < n; i++) {
        assert_int_equal(got[i], first + i);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, drop_dir)

#endif
