/* The spool: an append-only log of MQTT publishes between the broker's plugin (writer) and the
   agent (reader). Segments are files NNNNNNNNNNNNNNNN.spool (16 hex digits, ascending) in one
   folder.

   A segment begins with 32 bytes: twice {"MTSP", salt (8 random bytes), CRC32C of the salt (4)}. A
   record: length of the rest (4 bytes, little endian), CRC32C of salt and rest (4), then the rest:
   version (1 byte, 1), flags (1: bit 0 retain, bits 1-2 QoS, bit 3 will), received (8, usec),
   connected (8, usec; 0 when not known), then username, client id, address, certificate CN, topic,
   payload, each length (4) and bytes. The secret salt keeps a payload that looks like a record from
   being taken for one when the reader looks for the next record after damage.

   One record is one write(), so kill -9 leaves at most one torn record, at the end of a segment:
   the writer always starts a new segment, the reader skips a torn tail when a later segment
   exists. Numbers of segments only grow: the time in usec, or the last one plus 1. */
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
/* NULL with errno set: EWOULDBLOCK when another process writes there. Makes the folder (0700) when
   needed, opens a segment after the last one. SPOOL_SYNC_INTERVAL starts a thread. */
struct spool_writer *spool_writer_open(const char *dir, enum spool_sync sync);
/* False (errno) when it is not safely in the segment: nothing of it will be read. EMSGSIZE: larger
   than SPOOL_RECORD_MAX. */
bool spool_append(struct spool_writer *w, const struct spool_record *r);
/* SPOOL_SYNC_INTERVAL: has the thread call fdatasync when something was written, at most once a
   second. Never blocks. */
void spool_tick(struct spool_writer *w);
/* fdatasync calls that failed so far (SPOOL_SYNC_INTERVAL). */
unsigned spool_sync_failures(const struct spool_writer *w);
void spool_writer_close(struct spool_writer *w);

/* Reader */
struct spool_reader;
/* Starts behind the given position; 0, 0: with the oldest segment. When that segment is gone, with
   the oldest one after it, or the oldest of all. Makes the folder when needed. NULL with errno. */
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
