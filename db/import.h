/* Positions of a history that is imported: stored as ingest stores an old message, but never twice,
   some hundred in a transaction with a rest behind it, so that phones get their turn; no mail, no
   webhook, and the live feed tells of the last ones alone (mytracks_quiet). */
#ifndef MYTRACKS_DB_IMPORT_H
#define MYTRACKS_DB_IMPORT_H

#include "ingest.h"
#include "lib/import.h"

enum import_state { IMPORT_RUNS, IMPORT_DONE, IMPORT_STOPPED };

struct import_counts {
    int64_t done, size;                    /* bytes of the file; size 0: not known */
    int64_t found, stored, known, refused; /* positions */
};

struct import_writer;

/* The user's device of that id, made if there is none (but with dry: out->id is 0 then). *made: it
   was. INGEST_STORED, or as ingest_device. */
enum ingest_result db_import_device(struct db *db, struct arena *a, const struct sender *s,
                                    struct str device_id, bool dry, struct device *out,
                                    bool *made) DB_USED;

/* For an import into the device; s->late is taken for granted. name: the file's, for the list;
   size: in bytes, 0: not known. dry: nothing is written, what is there already is counted. The
   texts of s and d must live as long. NULL: *rc says why. */
struct import_writer *db_import_open(struct db *db, const struct sender *s, const struct device *d,
                                     struct str name, int64_t size, bool dry, enum db_rc *rc);
/* Reads the source to its end and stores what is in it. *why: NULL, or why the file was not read to
   its end (static; also in the report); what came before is stored then. Not DB_OK: not all could
   be stored; the same file can be imported again. progress (NULL: none) is called now and then. */
enum db_rc db_import_run(struct import_writer *w, const struct import_source *source,
                         void (*progress)(void *ctx, const struct import_counts *c), void *ctx,
                         const char **why) DB_USED;
const struct import_counts *db_import_counts(const struct import_writer *w);
int64_t db_import_id(const struct import_writer *w); /* 0: dry */
/* After db_import_run: calls say for the first that were refused; line 0: the file as a whole. */
void db_import_report(const struct import_writer *w,
                      void (*say)(void *ctx, int64_t line, const char *why), void *ctx);
void db_import_close(struct import_writer *w); /* NULL is fine */

/* An import as it is kept. */
struct import_row {
    int64_t id;
    struct str device_id, owner, name;
    struct str report; /* JSON: a list of {"line": N, "why": TEXT}, of those that were refused */
    enum import_state state;
    struct import_counts counts;
    usec_t started_at, updated_at;
};
/* The row's texts live until row returns; false stops. */
typedef bool import_row_fn(void *ctx, const struct import_row *row);
/* A user's, the newest first; id 0: all. */
enum db_rc db_import_list(struct db *db, int64_t user_id, int64_t id, int64_t most,
                          import_row_fn *row, void *ctx) DB_USED;
/* Housekeeping. */
enum db_rc db_import_trim(struct db *db, usec_t now) DB_USED;

#endif
