#include "places.h"

#include "lib/crypto.h"
#include "removed_places.h"
#include "sql.h"

#define LIST_MAX 5000 /* of one user; a phone has a few dozen */

/* ---------------------------------------------------------------- places */
static bool read_place(struct query *q, struct arena *a, struct place *p)
{
    p->id = sql_col_int(q);
    p->label = sql_col_text(q, a);
    p->latitude = sql_col_dec10(q);
    p->longitude = sql_col_dec10(q);
    p->radius = sql_col_int(q);
    p->rid = sql_col_text(q, a);
    p->is_active = sql_col_bool(q);
    p->updated_at = sql_col_time(q);
    return sql_readable(q, p->id);
}

enum db_rc db_place_list(struct db *db, struct arena *a, int64_t user_id, struct place **out,
                         size_t *n)
{
    struct query q = sql_query(db, SQL_PLACE_LIST);
    size_t room = 0;
    enum db_rc rc = DB_OK;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, user_id);
    while (*n < LIST_MAX && (rc = sql_step(&q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        if (read_place(&q, a, &(*out)[*n]))
            ++*n;
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_place_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                        struct place *out)
{
    struct query q = sql_query(db, SQL_PLACE_GET);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !read_place(&q, a, out))
        rc = DB_FAIL;
    sql_end(&q);
    return rc;
}

static void bind_place(struct query *q, int64_t user_id, const struct place *p)
{
    sql_bind_int(q, user_id);
    sql_bind_text(q, p->label);
    sql_bind_dec10(q, p->latitude);
    sql_bind_dec10(q, p->longitude);
    sql_bind_int(q, p->radius);
}

enum db_rc db_place_add(struct db *db, int64_t user_id, struct place *p, usec_t now)
{
    struct query q = sql_query(db, SQL_PLACE_INSERT);
    struct arena *a = db->scratch;

    bind_place(&q, user_id, p);
    sql_bind_text(&q, crypto_uuid4(a));
    sql_bind_time(&q, now);
    enum db_rc rc = sql_exec(&q);
    p->id = sqlite3_last_insert_rowid(db->h);
    arena_reset(a);
    return rc;
}

enum db_rc db_place_update(struct db *db, int64_t user_id, const struct place *p, usec_t now)
{
    struct query q = sql_query(db, SQL_PLACE_UPDATE);

    bind_place(&q, user_id, p);
    sql_bind_int(&q, p->id);
    sql_bind_time(&q, now);
    return sql_exec_some(&q);
}

static enum db_rc for_place(struct db *db, enum sql_id id, int64_t user_id, int64_t place_id)
{
    struct query q = sql_query(db, id);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, place_id);
    return sql_exec_some(&q);
}

enum db_rc db_place_delete(struct db *db, int64_t user_id, int64_t id, usec_t now)
{
    static const enum sql_id steps[] = { SQL_PLACE_RULES_DELETE, SQL_RULES_OF_PLACE_FORGET,
                                         SQL_RULES_OF_PLACE_DELETE, SQL_PLACE_UNLINK };
    enum db_rc rc = db_begin(db);

    if (rc != DB_OK)
        return rc;
    rc = db_removed_place_keep(db, user_id, id, now);
    for (size_t i = 0; rc == DB_OK && i < sizeof steps / sizeof steps[0]; i++) {
        rc = for_place(db, steps[i], user_id, id);
        rc = rc == DB_NONE ? DB_OK : rc;
    }
    if (rc == DB_OK)
        rc = for_place(db, SQL_PLACE_DELETE, user_id, id);
    return db_end(db, rc);
}

/* ---------------------------------------------------------------- rules */
static bool read_rule(struct query *q, struct arena *a, struct place_rule *r)
{
    r->id = sql_col_int(q);
    r->place_id = sql_col_id(q);
    r->place_label = sql_col_text(q, a);
    r->event = sql_col_text(q, a);
    r->email = sql_col_text(q, a);
    r->is_active = sql_col_bool(q);
    return sql_readable(q, r->id);
}

enum db_rc db_rule_list(struct db *db, struct arena *a, int64_t user_id, struct place_rule **out,
                        size_t *n)
{
    struct query q = sql_query(db, SQL_RULE_LIST);
    size_t room = 0;
    enum db_rc rc = DB_OK;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, user_id);
    while (*n < LIST_MAX && (rc = sql_step(&q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        if (read_rule(&q, a, &(*out)[*n]))
            ++*n;
    }
    sql_end(&q);
    return rc == DB_NONE ? DB_OK : rc;
}

enum db_rc db_rule_get(struct db *db, struct arena *a, int64_t user_id, int64_t id,
                       struct place_rule *out)
{
    struct query q = sql_query(db, SQL_RULE_GET);

    sql_bind_int(&q, user_id);
    sql_bind_int(&q, id);
    enum db_rc rc = sql_step(&q);
    if (rc == DB_OK && !read_rule(&q, a, out))
        rc = DB_FAIL;
    sql_end(&q);
    return rc;
}

static struct query rule_insert(struct db *db, enum sql_id id, int64_t user_id,
                                const struct place_rule *rule, usec_t now)
{
    struct query q = sql_query(db, id);

    sql_bind_int(&q, user_id);
    sql_bind_text(&q, rule->event);
    sql_bind_text(&q, rule->email);
    sql_bind_time(&q, now);
    return q;
}

enum db_rc db_rule_add(struct db *db, int64_t user_id, const struct place_rule *rule, usec_t now)
{
    struct query q = rule_insert(db, SQL_RULE_INSERT, user_id, rule, now);

    sql_bind_id(&q, rule->place_id);
    return sql_exec_some(&q);
}

enum db_rc db_rule_add_everywhere(struct db *db, int64_t user_id, const struct place_rule *rule,
                                  usec_t now)
{
    struct query q = rule_insert(db, SQL_RULE_INSERT_ALL, user_id, rule, now);

    return sql_exec(&q);
}

enum db_rc db_rule_delete(struct db *db, int64_t user_id, int64_t id)
{
    return for_place(db, SQL_RULE_DELETE, user_id, id);
}

/* ---------------------------------------------------------------- transitions */
static bool read_transition(struct query *q, struct arena *a, struct transition *t)
{
    *t = (struct transition){ .id = sql_col_int(q) };
    t->device_id = sql_col_text(q, a);
    t->event = sql_col_text(q, a);
    t->region_id = sql_col_text(q, a);
    t->description = sql_col_text(q, a);
    t->timestamp = sql_col_time(q);
    t->received_at = sql_col_time(q);
    t->region = sql_col_text_or_null(q, a);
    return sql_readable(q, t->id);
}

enum db_rc db_transition_list(struct db *db, struct arena *a, int64_t user_id, int64_t max,
                              struct transition **out, size_t *n)
{
    struct query q = sql_query(db, SQL_TRANSITION_LIST);
    size_t room = 0;
    enum db_rc rc;

    *out = NULL;
    *n = 0;
    sql_bind_int(&q, user_id);
    sql_bind_int(&q, max);
    while ((rc = sql_step(&q)) == DB_OK) {
        *out = arena_room(a, *out, *n, &room, sizeof **out);
        if (read_transition(&q, a, &(*out)[*n]))
            ++*n;
    }
    return rc == DB_NONE ? DB_OK : rc;
}
