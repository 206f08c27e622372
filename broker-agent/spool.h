/* The spool: an append-only log of MQTT publishes between the broker's plugin (writer) and the agent
   (reader). Segments are files NNNNNNNNNNNNNNNN.spool (16 hex digits, ascending) in one folder.

   A record: length of the rest (4 bytes, little endian), CRC32C of the rest (4), then the rest:
   version (1 byte, 1), flags (1: bit 0 retain, bits 1-2 QoS, bit 3 will), received (8, usec),
   connected (8, usec), then username, client id, address, certificate CN, topic, payload, each
   length (4) and bytes. One record is one write(), so kill -9 leaves at most one torn record, at the
   end of a segment: the writer always starts a new segment, the reader skips a torn tail when a
   later segment exists. */
#ifndef MYTRACKS_SPOOL_H
#define MYTRACKS_SPOOL_H

#include "lib/arena.h"
#include "lib/clock.h"

struct spool_record {
    usec_t received_at, connected_at;
    bool retain, will;
    uint8_t qos;
    struct str username, client_id, address, tls_cn, topic, payload;
};

#define SPOOL_RECORD_MAX (17u * 1024 * 1024) /* a 16 MiB payload and its head */
#define SPOOL_SEGMENT_MAX (64u * 1024 * 1024)

enum spool_sync { SPOOL_SYNC_ALWAYS, SPOOL_SYNC_INTERVAL, SPOOL_SYNC_NEVER };

/* Writer */
struct spool_writer;
/* NULL with errno set. Makes the folder (0700) when needed, opens a segment after the last one. */
struct spool_writer *spool_writer_open(const char *dir, enum spool_sync sync);
/* False (errno) when it is not safely in the segment: nothing of it will be read. */
bool spool_append(struct spool_writer *w, const struct spool_record *r);
/* fdatasync at most once a second when something was written: SPOOL_SYNC_INTERVAL. */
void spool_tick(struct spool_writer *w);
void spool_writer_close(struct spool_writer *w);

/* Reader */
struct spool_reader;
struct spool_reader *spool_reader_open(const char *dir, uint64_t segment, uint64_t offset);
enum spool_rc { SPOOL_END, SPOOL_RECORD, SPOOL_IO_ERROR };
/* The next record (views into the reader's own buffer, valid until the next call) and the position
   behind it. SPOOL_END: nothing complete yet. Damaged records inside a segment are skipped, counted
   in spool_reader_damaged, and copied to DIR/damaged/. */
enum spool_rc spool_next(struct spool_reader *r, struct spool_record *out, uint64_t *segment,
                         uint64_t *offset);
uint64_t spool_reader_damaged(const struct spool_reader *r);
/* Deletes segments before this one. */
void spool_delete_before(struct spool_reader *r, uint64_t segment);
/* Waits until the folder changes, at most timeout_ms; wake_fd (-1: none) readable ends it too. */
void spool_wait(struct spool_reader *r, int wake_fd, int timeout_ms);
void spool_reader_close(struct spool_reader *r);

#endif
