/* The spool's bytes, for its writer and its reader alone. The layout is in spool.h. */
#ifndef MYTRACKS_SPOOL_FORMAT_H
#define MYTRACKS_SPOOL_FORMAT_H

#include "spool.h"

#define SPOOL_HEAD ((size_t)32)  /* of a segment */
#define SPOOL_FRAME ((size_t)8)  /* length and CRC of a record */
#define SPOOL_FIXED ((size_t)18) /* version to connected */
#define SPOOL_TEXTS 6
#define SPOOL_BODY_MIN (SPOOL_FIXED + SPOOL_TEXTS * 4)
#define SPOOL_BODY_MAX (SPOOL_RECORD_MAX - SPOOL_FRAME)
#define SPOOL_NAME 32 /* "NNNNNNNNNNNNNNNN.spool" and NUL */
#define SPOOL_SALT 8

void spool_put32(uint8_t *p, uint32_t v);
uint32_t spool_get32(const uint8_t *p);

void spool_head_write(uint8_t out[SPOOL_HEAD], const uint8_t salt[SPOOL_SALT]);
/* The salt of the first undamaged copy; false when there is none. */
bool spool_head_read(const uint8_t head[SPOOL_HEAD], uint8_t salt[SPOOL_SALT]);
/* What the CRC of each record of the segment begins with. */
uint32_t spool_seed(const uint8_t salt[SPOOL_SALT]);

/* Version to connected. */
void spool_fixed_write(uint8_t out[SPOOL_FIXED], const struct spool_record *r);
/* The texts in the order of the format. */
void spool_texts(const struct spool_record *r, struct str out[SPOOL_TEXTS]);
/* Could a record begin here? p: SPOOL_FRAME + 2 bytes. */
bool spool_plausible(const uint8_t *p);
/* The body (version to payload), checked by its CRC already. Views into it. */
bool spool_decode(const uint8_t *body, size_t n, struct spool_record *out);

void spool_name(char out[SPOOL_NAME], uint64_t segment);
/* The folder's descriptor, the folder made when needed; -1 with errno. */
int spool_open_dir(const char *dir);
/* Segments in the folder: the least one above `above` (0: none) and the greatest (0: none).
   False: the folder cannot be read. */
bool spool_segments(int dirfd, uint64_t above, uint64_t *least, uint64_t *greatest);
/* Calls f for each segment's number. */
bool spool_each_segment(int dirfd, void (*f)(void *ctx, uint64_t segment), void *ctx);

#endif
