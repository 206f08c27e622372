/* Checkpoints, expired rows, and timers of rules. The only connection that checkpoints is here: on
   Debian 12's SQLite two of them may corrupt the file (the WAL-reset race, fixed upstream
   in 3.51.3). */
#include "agent.h"
#include "db/addresses.h"
#include "db/commands.h"
#include "db/day_stats.h"
#include "db/device_key.h"
#include "db/device_look.h"
#include "db/events.h"
#include "db/import.h"
#include "db/links.h"
#include "db/outbox.h"
#include "db/pki.h"
#include "db/push.h"
#include "db/removed_places.h"
#include "db/rules.h"
#include "db/shares.h"
#include "lib/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define WAL_LIMIT (4 * 1024 * 1024) /* bytes before a checkpoint at once */
#define CHECKPOINT_EVERY (60 * USEC_PER_SEC)
#define NEWS_AGE (24 * 3600 * USEC_PER_SEC)
#define RULES_EVERY (15 * USEC_PER_SEC) /* timers of users' rules, which count minutes */
#define RULES_CAP ((size_t)8 * 1024 * 1024)
#define TRIM_EVERY (3600 * USEC_PER_SEC) /* the first time that long after the start */

struct housekeeping {
    struct db *db;
    char wal[4096];
    usec_t next_checkpoint, next_trim, next_rules;
    const struct agent *agent;
    struct arena *arena;
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
    h->agent = agent;
    h->arena = arena_new(RULES_CAP);
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

static enum db_rc trim_news(struct db *db, usec_t now)
{
    return db_region_news_trim(db, now - NEWS_AGE);
}

static enum db_rc trim_keys(struct db *db, usec_t now)
{
    (void)now;
    return db_device_key_trim(db);
}

static enum db_rc trim_colours(struct db *db, usec_t now)
{
    (void)now;
    return db_device_colour_trim(db);
}

static enum db_rc trim_days(struct db *db, usec_t now)
{
    (void)now;
    return db_day_stat_trim(db);
}

static enum db_rc trim_addresses(struct db *db, usec_t now)
{
    (void)now;
    return db_address_trim(db);
}

/* What nobody needs any more: what is past its end, or belongs to a device that is gone. */
static void trim(struct housekeeping *h)
{
    static const struct {
        enum db_rc (*run)(struct db *db, usec_t now);
        const char *failed;
    } jobs[] = {
        { db_delete_expired_sessions, "expired_sessions_stay" },
        { db_trim_quarantine, "quarantine_not_trimmed" },
        { db_revoked_trim, "revoked_serials_not_trimmed" },
        { db_outbox_trim, "outbox_not_trimmed" },
        { db_command_trim, "commands_not_trimmed" },
        { db_shares_trim, "shares_not_trimmed" },
        { db_links_trim, "links_not_trimmed" },
        { trim_news, "region_news_not_trimmed" },
        { trim_keys, "device_keys_not_trimmed" },
        { trim_colours, "device_colours_not_trimmed" },
        { db_rules_trim, "rules_not_trimmed" },
        { db_push_trim, "browsers_not_trimmed" },
        { db_removed_trim, "removed_positions_not_trimmed" },
        { db_removed_places_trim, "removed_places_not_trimmed" },
        { db_import_trim, "imports_not_trimmed" },
        { trim_days, "day_stats_not_trimmed" },
        { trim_addresses, "addresses_not_trimmed" },
    };

    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        if (jobs[i].run(h->db, clock_now()) == DB_FAIL) {
            log_event(LOG_LVL_WARNING, jobs[i].failed, NULL);
        }
    }
}

/* Silence counts from our own start at the earliest: before that we could not hear. */
static void ring_rules(struct housekeeping *h)
{
    struct rule_limits limits = { config_int(h->agent->config, CFG_MAIL_RATE) };
    enum db_rc rc = db_rules_due(h->db, h->arena, limits, h->agent->started, clock_now());

    if (rc == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "rules_not_looked_at", NULL);
    }
    if (db_outgoing(h->db)) {
        outbox_wake();
    }
    arena_reset(h->arena);
}

void housekeeping_tick(struct housekeeping *h)
{
    usec_t now = clock_mono();

    checkpoint(h, now);
    if (now >= h->next_trim) {
        h->next_trim = now + TRIM_EVERY;
        trim(h);
    }
    if (now >= h->next_rules) {
        h->next_rules = now + RULES_EVERY;
        ring_rules(h);
    }
    db_request_end(h->db);
}

void housekeeping_free(struct housekeeping *h)
{
    if (db_checkpoint(h->db) == DB_FAIL) {
        log_event(LOG_LVL_WARNING, "last_checkpoint_failed", NULL);
    }
    db_close(h->db);
    arena_free(h->arena);
    free(h);
}
