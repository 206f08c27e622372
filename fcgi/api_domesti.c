/* The pairing with a domesti-bot, for administrators: configuration, pairing, key. */
#include "api_domesti.h"

#include "handlers.h"
#include "lib/fernet.h"
#include "lib/log.h"
#include "lib/utf8.h"

#define REPOSITORY STR("https://github.com/the-hcma/domesti-bot")

/* ---- shared */

bool domesti_is_paired(const struct domesti *d)
{
    return d->paired_at.set && d->sealed_key.n > 0;
}

struct str domesti_key(struct request *r, const struct domesti *d)
{
    return fernet_open(r->arena, r->app->secret, d->sealed_key);
}

void domesti_limits(struct json *j, const struct domesti *d)
{
    json_k(j, "user_cooldown_seconds");
    json_int(j, d->user_cooldown);
    json_k(j, "device_cooldown_seconds");
    json_int(j, d->device_cooldown);
    json_k(j, "user_cooldown_seconds_by_reason");
    domesti_own_cooldowns(j);
}

enum db_rc domesti_begin(struct request *r, struct domesti *d)
{
    enum db_rc rc = db_begin(r->app->db);

    if (rc != DB_OK) {
        return rc;
    }
    rc = db_domesti_get(r->app->db, r->arena, d);
    if (rc != DB_OK) {
        db_rollback(r->app->db);
    }
    return rc;
}

enum db_rc domesti_end(struct request *r, const struct domesti *d)
{
    enum db_rc rc = db_domesti_put(r->app->db, d, r->now);

    if (rc == DB_OK) {
        return db_commit(r->app->db);
    }
    db_rollback(r->app->db);
    return rc;
}

struct str domesti_raw_text(struct request *r, const char *key)
{
    const struct jval *v = r->json == NULL ? NULL : jval_get(r->json, str_of(key));

    return v == NULL ? STR("") : v->type == J_STR ? v->text : jval_py_str(r->arena, v);
}

struct str domesti_text(struct request *r, const char *key)
{
    return utf8_strip(domesti_raw_text(r, key));
}

static int not_paired(struct request *r)
{
    return api_detail(r, 403, STR("Not paired"));
}

int domesti_paired(struct request *r, struct domesti *d, bool *replied)
{
    enum db_rc rc = db_domesti_load(r->app->db, r->arena, r->now, d);

    *replied = false;
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    *replied = !domesti_is_paired(d);
    return *replied ? not_paired(r) : 0;
}

int domesti_refuse(struct request *r, const struct str *errors, size_t n)
{
    struct json *j = api_begin(r, 400);

    json_object(j);
    json_k(j, "errors");
    json_array(j);
    for (size_t i = 0; i < n; i++) {
        json_str(j, errors[i]);
    }
    json_end(j);
    json_end(j);
    return 0;
}

/* ---- configuration */

void domesti_put_paired_at(struct json *j, const struct domesti *d)
{
    char text[CLOCK_TEXT];

    json_k(j, "paired_at");
    json_str(j, d->paired_at.set ? (struct str){ text, clock_iso_offset(d->paired_at.t, text) }
                                 : STR_NULL);
}

void domesti_put_cooldowns(struct json *j, const struct domesti *d)
{
    json_k(j, "location_request_device_cooldown_seconds");
    json_int(j, d->device_cooldown);
    json_k(j, "location_request_user_cooldown_seconds");
    json_int(j, d->user_cooldown);
    json_k(j, "location_request_rate_limits");
    json_object(j);
    domesti_limits(j, d);
    json_end(j);
}

static void put_log(struct request *r, struct json *j, const struct domesti *d)
{
    char why[JSONIN_WHY];
    const struct jval *log = jsonin_parse_stored(r->arena, d->log, why);

    json_k(j, "recent_webhook_log");
    jval_write(j, log != NULL ? log : jval_array(r->arena));
}

static int show_config(struct request *r, const struct domesti *d)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_put_bool(j, "is_paired", domesti_is_paired(d));
    json_put_str(j, "domesti_base_url", d->base_url);
    json_put_str(j, "user_location_test_url", d->test_url);
    json_put_str(j, "user_location_update_url", d->update_url);
    json_put_bool(j, "api_key_configured", d->sealed_key.n > 0);
    domesti_put_paired_at(j, d);
    json_put_bool(j, "location_updates_enabled", d->updates_enabled);
    json_put_bool(j, "remote_request_location_enabled", d->requests_enabled);
    domesti_put_cooldowns(j, d);
    put_log(r, j, d);
    json_put_str(j, "domesti_bot_repo_url", REPOSITORY);
    json_end(j);
    return 0;
}

int domesti_config(struct request *r)
{
    struct domesti d;
    enum db_rc rc = db_domesti_load(r->app->db, r->arena, r->now, &d);

    return rc == DB_OK ? show_config(r, &d) : error_of_db(rc);
}

/* ---- changing it */

static void take_switch(struct request *r, const char *key, bool *to)
{
    const struct jval *v = r->json == NULL ? NULL : jval_get(r->json, str_of(key));

    if (v != NULL) {
        *to = jval_truthy(v);
    }
}

static void take_cooldown(struct request *r, const char *key, int64_t *to, struct str *errors,
                          size_t *n)
{
    const struct jval *v = r->json == NULL ? NULL : jval_get(r->json, str_of(key));
    int64_t seconds = 0;

    if (v == NULL) {
        return;
    }
    if (v->type == J_BOOL || jval_py_int(v, &seconds) != NUM_OK || seconds > DOMESTI_COOLDOWN_MAX) {
        errors[(*n)++] = arena_printf(r->arena, "%s must be a positive integer", key);
    } else if (seconds < 1) {
        errors[(*n)++] = arena_printf(r->arena, "%s must be at least 1", key);
    } else {
        *to = seconds;
    }
}

/* How many errors: nothing may be stored then. */
static size_t take_options(struct request *r, struct domesti *d, struct str errors[2])
{
    size_t n = 0;

    take_switch(r, "location_updates_enabled", &d->updates_enabled);
    take_switch(r, "remote_request_location_enabled", &d->requests_enabled);
    take_cooldown(r, "location_request_device_cooldown_seconds", &d->device_cooldown, errors, &n);
    take_cooldown(r, "location_request_user_cooldown_seconds", &d->user_cooldown, errors, &n);
    return n;
}

int domesti_config_set(struct request *r)
{
    struct domesti d;
    struct str errors[2];
    bool replied;
    enum db_rc rc;
    size_t n;
    int status = domesti_paired(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    n = take_options(r, &d, errors);
    if (n > 0) {
        return domesti_refuse(r, errors, n);
    }
    rc = domesti_begin(r, &d);
    if (rc == DB_OK) {
        (void)take_options(r, &d, errors);
        rc = domesti_end(r, &d);
    }
    return rc == DB_OK ? show_config(r, &d) : error_of_db(rc);
}

/* ---- the key */

int domesti_reveal(struct request *r)
{
    struct domesti d;
    struct str key, address;
    bool replied;
    int status = domesti_paired(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    key = domesti_key(r, &d);
    if (str_is_null(key)) {
        return api_detail(r, 409, DOMESTI_SEALED);
    }
    address = request_address(r);
    log_warning("domesti-revealed", LOG_S("to", r->who.user.username),
                LOG_S("address", str_is_null(address) ? STR("-") : address));
    return api_text(r, 200, STR("api_key"), key);
}
