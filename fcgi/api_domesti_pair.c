/* Pairing with a domesti-bot, and a position sent to it for a test. */
#include "api_domesti.h"

#include "handlers.h"
#include "lib/fernet.h"
#include "lib/httppost.h"
#include "lib/log.h"
#include "lib/owntracks.h"
#include "lib/utf8.h"
#include "lib/weburl.h"
#include "turn.h"

#include <math.h>
#include <unistd.h>

/* ---- pairing */

struct pairing {
    struct str key, update_url, test_url, base_url;
    struct jval *payload; /* for the log */
    const char *refused;  /* NULL: it may be stored */
};

static void note(struct request *r, struct pairing *p, const char *key, struct str text)
{
    jval_set(r->arena, p->payload, str_of(key),
             jval_text(r->arena, utf8_head(text, DOMESTI_TEXT_MAX)));
}

/* A base that is absent, null or "" is the update URL's origin. */
static void check_pairing(struct request *r, struct pairing *p)
{
    const char *why = domesti_key_refused(p->key);

    if (why == NULL) {
        why = domesti_url_refused(r->arena, p->update_url);
    }
    if (why == NULL) {
        why = domesti_url_refused(r->arena, p->test_url);
    }
    if (why == NULL && p->base_url.n == 0) {
        p->base_url = url_origin(r->arena, p->update_url);
    } else if (why == NULL) {
        why = domesti_url_refused(r->arena, p->base_url);
    }
    p->refused = why;
}

/* The log shows what was asked for when it is refused, and what is stored otherwise. */
static struct pairing read_pairing(struct request *r)
{
    const struct jval *base = r->json == NULL ? NULL : jval_getz(r->json, "domesti_base_url");
    struct str raw_base = jval_nothing(base) ? STR("") : domesti_raw_text(r, "domesti_base_url");
    struct pairing p = {
        .key = domesti_text(r, "api_key"),
        .update_url = domesti_text(r, "user_location_update_url"),
        .test_url = domesti_text(r, "user_location_test_url"),
        .base_url = utf8_strip(raw_base),
        .payload = jval_object(r->arena),
    };
    bool raw;

    check_pairing(r, &p);
    raw = p.refused != NULL;
    note(r, &p, "domesti_base_url", raw ? raw_base : p.base_url);
    note(r, &p, "user_location_test_url",
         raw ? domesti_raw_text(r, "user_location_test_url") : p.test_url);
    note(r, &p, "user_location_update_url",
         raw ? domesti_raw_text(r, "user_location_update_url") : p.update_url);
    return p;
}

static struct str pairing_preview(struct request *r, const struct pairing *p)
{
    return p->refused != NULL ? str_of(p->refused)
                              : arena_concat(r->arena, (struct str[]){ STR("Paired with "),
                                                                       p->base_url, STR_NULL });
}

static enum db_rc store_pairing(struct request *r, const struct pairing *p, struct domesti *d)
{
    enum db_rc rc = domesti_begin(r, d);
    struct domesti_event e = {
        .at = r->now,
        .success = p->refused == NULL,
        .http_status = p->refused == NULL ? 200 : 400,
        .user_id = STR_NULL,
        .payload = p->payload,
        .preview = pairing_preview(r, p),
        .source = "pairing",
    };

    if (rc != DB_OK) {
        return rc;
    }
    d->log = domesti_log_add(r->arena, d->log, &e);
    if (p->refused == NULL) {
        d->base_url = p->base_url;
        d->update_url = p->update_url;
        d->test_url = p->test_url;
        d->sealed_key = fernet_seal(r->arena, r->app->secret, p->key, clock_sec(r->now));
        d->paired_at = (struct opt_usec){ true, r->now };
        d->updates_enabled = true;
    }
    return domesti_end(r, d);
}

static int show_pairing(struct request *r, const struct domesti *d)
{
    struct json *j = api_begin(r, 200);

    json_object(j);
    domesti_put_paired_at(j, d);
    json_k(j, "user_location_test_url");
    json_str(j, d->test_url);
    json_k(j, "user_location_update_url");
    json_str(j, d->update_url);
    json_k(j, "location_updates_enabled");
    json_bool(j, d->updates_enabled);
    json_k(j, "remote_request_location_enabled");
    json_bool(j, d->requests_enabled);
    json_k(j, "api_key_configured");
    json_bool(j, true);
    domesti_put_cooldowns(j, d);
    json_end(j);
    return 0;
}

int domesti_pair(struct request *r)
{
    struct domesti d;
    struct pairing p;
    enum db_rc rc;

    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    p = read_pairing(r);
    rc = store_pairing(r, &p, &d);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    if (p.refused != NULL) {
        return domesti_refuse(r, (struct str[]){ str_of(p.refused) }, 1);
    }
    log_warning("domesti-paired", LOG_S("by", r->who.user.username), LOG_S("with", d.base_url));
    return show_pairing(r, &d);
}

/* ---- a test */

#define TEST_LIMIT_MS 10000
/* Where the reference's test happens when nobody says where. */
#define TEST_LAT 41.194085
#define TEST_LON (-73.888365)

/* Whom the test is about: as asked, else the first administrator with a device, else who asks. */
static enum db_rc test_subject(struct request *r, struct domesti_position *p)
{
    struct domesti_device *d = ARENA_NEW(r->arena, struct domesti_device);
    enum db_rc rc = DB_OK;

    p->user_id = domesti_text(r, "user_id");
    if (p->user_id.n == 0) {
        rc = db_domesti_staff(r->app->db, r->arena, &p->user_id);
    }
    if (rc == DB_NONE) {
        p->user_id = r->who.user.username;
    } else if (rc != DB_OK) {
        return rc;
    }
    rc = db_domesti_device(r->app->db, r->arena, p->user_id, d);
    p->device = rc == DB_OK ? d : NULL;
    return rc == DB_NONE ? DB_OK : rc;
}

static bool take_degrees(struct request *r, const char *key, double fallback, double most,
                         double *to)
{
    const struct jval *v = r->json == NULL ? NULL : jval_get(r->json, str_of(key));

    *to = fallback;
    return v == NULL || (jval_py_float(v, to) == NUM_OK && fabs(*to) <= most);
}

/* 0, or 503. */
static int send_test(struct request *r, struct str url, struct str key, struct str body,
                     struct http_answer *answer)
{
    struct http_post post = {
        .url = arena_cstr(r->arena, url),
        .headers = { arena_printf(r->arena, DOMESTI_KEY_HEADER ": %.*s", STR_FMT(key)).p },
        .body = body,
        .limit_ms = TEST_LIMIT_MS,
        .allow_private = config_bool(r->app->config, CFG_WEBHOOK_PRIVATE),
    };
    int turn = turn_take(r, "outgoing");

    if (turn < 0) {
        return 503;
    }
    http_post(&post, answer);
    close(turn);
    return 0;
}

static enum db_rc log_test(struct request *r, const struct domesti_position *p, struct str url,
                           struct jval *payload, const struct http_answer *answer)
{
    struct domesti d;
    enum db_rc rc = domesti_begin(r, &d);
    struct domesti_event e = {
        .at = p->at,
        .success = answer->status / 100 == 2,
        .http_status = answer->status,
        .posted = true,
        .post_url = url,
        .user_id = p->user_id,
        .payload = payload,
        .preview = http_answer_text(r->arena, answer),
        .source = "test",
        .elapsed_ms = answer->ms,
    };

    if (rc != DB_OK) {
        return rc;
    }
    d.log = domesti_log_add(r->arena, d.log, &e);
    return domesti_end(r, &d);
}

static int show_test(struct request *r, struct str url, const struct http_answer *answer)
{
    bool ok = answer->status / 100 == 2;
    struct str preview = http_answer_text(r->arena, answer);
    struct str status =
        answer->status == 0 ? STR("n/a") : arena_printf(r->arena, "%d", answer->status);
    struct json *j = api_begin(r, 200);

    json_object(j);
    json_k(j, "ok");
    json_bool(j, ok);
    json_k(j, "post_url");
    json_str(j, url);
    json_k(j, "status_code");
    json_token(j, answer->status == 0 ? STR("null") : status);
    json_k(j, "elapsed_ms");
    json_int(j, answer->ms);
    json_k(j, "response_preview");
    json_str(j, preview);
    json_k(j, "message");
    json_str(j, arena_concat(r->arena, (struct str[]){ STR("Test location update "),
                                                       ok ? STR("reached ") : STR("failed for "),
                                                       url, STR(": HTTP "), status, STR(" — "),
                                                       preview, STR_NULL }));
    json_end(j);
    return 0;
}

int domesti_test(struct request *r)
{
    struct domesti d;
    struct domesti_position p = { .at = r->now };
    struct http_answer answer;
    struct jval *payload;
    struct str key;
    bool replied;
    enum db_rc rc;
    int status = domesti_paired(r, &d, &replied);

    if (status != 0 || replied) {
        return status;
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    if (d.test_url.n == 0) {
        return domesti_refuse(r, &STR("user_location_test_url is not configured"), 1);
    }
    if (!take_degrees(r, "lat", TEST_LAT, 90.0, &p.lat) ||
        !take_degrees(r, "lon", TEST_LON, 180.0, &p.lon)) {
        return domesti_refuse(r, &STR("lat and lon must be degrees"), 1);
    }
    key = domesti_key(r, &d);
    if (str_is_null(key) || domesti_key_refused(key) != NULL) {
        return api_detail(r, 409, DOMESTI_SEALED);
    }
    rc = test_subject(r, &p);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    payload = domesti_payload(r->arena, &p);
    status = send_test(r, d.test_url, key, ot_dump(r->arena, payload), &answer);
    if (status != 0) {
        return status;
    }
    rc = log_test(r, &p, d.test_url, payload, &answer);
    return rc == DB_OK ? show_test(r, d.test_url, &answer) : error_of_db(rc);
}
