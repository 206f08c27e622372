/* Checkpoints and expired rows. The only connection that checkpoints is here: on Debian 12's SQLite
   two of them may corrupt the file (the WAL-reset race, fixed upstream in 3.51.3). */
#include "agent.h"
#include "db/commands.h"
#include "db/events.h"
#include "db/outbox.h"
#include "db/pki.h"
#include "lib/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define WAL_LIMIT (4 * 1024 * 1024) /* bytes before a checkpoint at once */
#define CHECKPOINT_EVERY (60 * USEC_PER_SEC)
#define NEWS_AGE (24 * 3600 * USEC_PER_SEC)
#define TRIM_EVERY (3600 * USEC_PER_SEC) /* the first time that long after the start */

struct housekeeping {
    struct db *db;
    char wal[4096];
    usec_t next_checkpoint, next_trim;
};

struct housekeeping *housekeeping_new(const struct agent *agent)
{
    struct housekeeping *h = calloc(1, sizeof *h);

    if (h == NULL) {
        log_event(LOG_LVL_ERROR, "out_of_memory", NULL);
        exit(1);
    }
    h->db = agent_open_db(agent, DB_KEEPER);
    h->next_trim = clock_mono() + TRIM_EVERY;
    snprintf(h->wal, sizeof h->wal, "%s-wal", agent->db_path);
    return h;
}

static off_t wal_size(const struct housekeeping *h)
{
    struct stat st;

    return stat(h->wal, &st) == 0 ? st.st_size : 0;
}

static void checkpoint(struct housekeeping *h, usec_t now)
{
    off_t size = wal_size(h);

    if (size == 0 || (size < WAL_LIMIT && now < h->next_checkpoint)) {
        return;
    }
    enum db_rc rc = db_checkpoint(h->db);
    h->next_checkpoint = now + CHECKPOINT_EVERY;
    if (rc == DB_OK) {
        log_debug("checkpoint", LOG_I("bytes", size));
    } else if (rc == DB_BUSY && size > 16 * (off_t)WAL_LIMIT) {
        log_warning("checkpoint_waits", LOG_I("bytes", size)); /* a long reader holds it back */
    }
}

/* What nobody needs any more: sessions past their end, old rows of the quarantine, revoked
   certificates that have expired. */
static void trim(struct housekeeping *h)
{
    if (db_delete_expired_sessions(h->db, clock_now()) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "expired_sessions_stay", NULL);
    }
    if (db_trim_quarantine(h->db, clock_now()) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "quarantine_not_trimmed", NULL);
    }
    if (db_revoked_trim(h->db, clock_now()) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "revoked_serials_not_trimmed", NULL);
    }
    if (db_outbox_trim(h->db, clock_now()) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "outbox_not_trimmed", NULL);
    }
    if (db_command_trim(h->db, clock_now()) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "commands_not_trimmed", NULL);
    }
    if (db_region_news_trim(h->db, clock_now() - NEWS_AGE) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "region_news_not_trimmed", NULL);
    }
}

void housekeeping_tick(struct housekeeping *h)
{
    usec_t now = clock_mono();

    checkpoint(h, now);
    if (now >= h->next_trim) {
        h->next_trim = now + TRIM_EVERY;
        trim(h);
    }
    db_request_end(h->db);
}

void housekeeping_free(struct housekeeping *h)
{
    if (db_checkpoint(h->db) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "last_checkpoint_failed", NULL);
    }
    db_close(h->db);
    free(h);
}
