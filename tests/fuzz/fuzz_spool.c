/* A segment of the spool, read by the agent. The first byte says what the rest is: a whole file, or
   records with right lengths and checksums around the parts that NULs separate. */
#include "fuzz.h"

#include "broker-agent/crc32c.h"
#include "broker-agent/spool_format.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1024 * 1024)

static uint8_t file[FILE_MAX];
static const uint8_t salt[SPOOL_SALT] = "fuzzing";

static size_t add_record(size_t at, struct str body)
{
    if (body.n > FILE_MAX - SPOOL_FRAME - at) {
        return at;
    }
    spool_put32(file + at, (uint32_t)body.n);
    spool_put32(file + at + 4, crc32c(spool_seed(salt), body.p, body.n));
    memcpy(file + at + SPOOL_FRAME, body.p, body.n);
    return at + SPOOL_FRAME + body.n;
}

/* Parts: a length in 2 bytes, then the body. */
static size_t framed(const uint8_t *data, size_t size)
{
    size_t n = SPOOL_HEAD;

    spool_head_write(file, salt);
    while (size >= 2) {
        size_t part = (size_t)data[0] | (size_t)data[1] << 8;
        part = part < size - 2 ? part : size - 2;
        n = add_record(n, (struct str){ (const char *)data + 2, part });
        data += 2 + part;
        size -= 2 + part;
    }
    return n;
}

static void write_segment(const char *dir, uint64_t number, size_t n)
{
    char name[SPOOL_NAME], path[256];

    spool_name(name, number);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, file, n) == (ssize_t)n);
    close(fd);
}

static void read_all(const char *dir)
{
    struct spool_reader *r = spool_reader_open(dir, 0, 0);
    struct spool_record record;
    uint64_t segment, offset, last = 0;

    CHECK(r != NULL);
    while (spool_next(r, &record, &segment, &offset) == SPOOL_RECORD) {
        CHECK(segment > 1 || offset > last);
        CHECK(record.qos <= 2 && record.payload.n <= FILE_MAX);
        last = offset;
    }
    spool_delete_before(r, 3);
    spool_reader_close(r);
}

/* The folder goes when the program ends well. */
static char folder[] = "/tmp/mytracks-fuzz-XXXXXX";

static void clean(void)
{
    fuzz_remove(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct spool_record record;
    size_t n;

    if (folder[sizeof folder - 2] == 'X') {
        CHECK(mkdtemp(folder) != NULL);
        atexit(clean);
    }
    (void)spool_decode(data, size, &record);
    if (size == 0 || size > FILE_MAX / 2) {
        return 0;
    }
    n = size - 1;
    if (data[0] % 2 == 0) {
        memcpy(file, data + 1, n);
    } else {
        n = framed(data + 1, size - 1);
    }
    write_segment(folder, 1, n);
    spool_head_write(file, salt);
    write_segment(folder, 2, SPOOL_HEAD); /* so that the first is complete */
    read_all(folder);
    return 0;
}
