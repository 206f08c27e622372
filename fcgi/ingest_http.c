#include "ingest_http.h"

#include "api.h"
#include "db/outbox.h"
#include "handlers.h"
#include "lib/log.h"
#include "phone.h"
#include "retained.h"
#include "router.h"

#include <assert.h>

/* A message row is read as one text; the same limit as over MQTT (db/ingest.c). */
#define MESSAGE_MAX ((size_t)1024 * 1024)

struct report {
    struct sender sender;
    const struct jval *msg; /* an object */
    struct str type;        /* _type as text */
    bool is_location;
    struct ot_http http;
    struct device device;    /* id 0: none, or not told */
    struct str key;          /* it was encrypted with this passphrase; STR_NULL: it was not */
    int64_t location_id;     /* that was stored; 0: none */
    struct ot_errors errors; /* INGEST_QUARANTINE: why */
};

struct sender report_sender(struct request *r)
{
    return (struct sender){
        .via = OT_HTTP,
        .user_id = r->who.known ? r->who.user.id : 0,
        .is_superuser = r->who.known && r->who.user.is_superuser,
        .username = r->who.known ? r->who.user.username : STR(""),
        .address = request_address(r),
        .received_at = r->now,
        .phone = r->phone,
        .mode = r->app->ingest,
        .mail_rate = config_int(r->app->config, CFG_MAIL_RATE),
        .secret_key = r->app->secret,
    };
}

static void refuse(struct ot_errors *e, struct str field, struct str message)
{
    e->v[e->n++] = (struct ot_error){ field, message };
}

static void set_if_null(struct str *to, struct str other)
{
    if (str_is_null(*to)) {
        *to = other;
    }
}

/* Who signed in, and what the app's settings say, counts more than the body; where nobody has
   signed in, the body comes first, as in the reference. */
static void choose_device(struct request *r, struct str *device_id, struct str *topic_user)
{
    struct str device, user;

    if (!r->phone) {
        return;
    }
    device = phone_device(r);
    user = phone_user(r);
    if (r->who.known || r->route->side == SIDE_PHONE) {
        set_if_null(&device, *device_id);
        set_if_null(&user, *topic_user);
        *device_id = device;
        *topic_user = user;
    } else {
        set_if_null(device_id, device);
        set_if_null(topic_user, user);
    }
}

bool report_fields(struct request *r, const struct jval *msg, struct ot_http *out,
                   struct ot_errors *errors)
{
    if (!ot_http_fields(r->arena, msg, out, errors)) {
        return false;
    }
    choose_device(r, &out->device_id, &out->topic_user);
    return ot_http_check(r->arena, out, 0, errors) && ot_http_check(r->arena, out, 1, errors);
}

/* ---- storing */

static enum ingest_result store_location(struct request *r, struct report *p)
{
    struct device d;
    enum ingest_result result = ingest_device(r->app->db, r->arena, &p->sender, p->http.topic_user,
                                              p->http.device_id, true, &d);

    if (result != INGEST_STORED) {
        return result;
    }
    p->device = d;
    return ingest_location(r->app->db, r->arena, &p->sender, &d, &p->http.fix, &p->location_id);
}

/* What follows from a stored message. One that says nothing usable is a row all the same. */
static enum ingest_result follow(struct request *r, struct report *p, const struct device *d)
{
    const char *why = "";
    enum ingest_result result =
        ingest_follow(r->app->db, r->arena, &p->sender, d, ot_type_of(p->type), p->msg, &why);

    if (result == INGEST_QUARANTINE) {
        log_info("message_without_effect", LOG_S("user", p->sender.username),
                 LOG_S("type", p->type), LOG_Z("why", why));
    }
    return result == INGEST_FAIL || result == INGEST_BUSY ? result : INGEST_STORED;
}

static enum ingest_result store_message(struct request *r, struct report *p)
{
    struct str payload = ot_dump(r->arena, p->msg);
    struct device d = { .id = 0 };

    if (payload.n > MESSAGE_MAX) {
        refuse(&p->errors, STR("non_field_errors"), STR("Message is too long."));
        return INGEST_QUARANTINE;
    }
    if (!str_is_null(p->http.device_id)) {
        enum ingest_result result = ingest_device(r->app->db, r->arena, &p->sender,
                                                  p->http.topic_user, p->http.device_id, true, &d);
        if (result != INGEST_STORED) {
            return result;
        }
    } else if (p->sender.user_id == 0 && p->sender.mode != INGEST_MODE_OPEN) {
        return INGEST_FORBIDDEN;
    }
    p->device = d;
    enum ingest_result result = ingest_message(r->app->db, &p->sender, d.id, p->type, payload);
    return result == INGEST_STORED && d.id != 0 ? follow(r, p, &d) : result;
}

static bool is_kept(enum ingest_result result)
{
    return result == INGEST_STORED || result == INGEST_REPEATED;
}

static enum ingest_result of_db(enum db_rc rc)
{
    return rc == DB_OK ? INGEST_STORED : rc == DB_BUSY ? INGEST_BUSY : INGEST_FAIL;
}

/* The whole report in one transaction. */
static enum ingest_result store(struct request *r, struct report *p)
{
    enum ingest_result result = of_db(db_begin(r->app->db)), committed;

    if (result != INGEST_STORED) {
        return result;
    }
    result = p->is_location ? store_location(r, p) : store_message(r, p);
    if (!is_kept(result)) {
        db_rollback(r->app->db);
        return result;
    }
    committed = of_db(db_commit(r->app->db));
    if (committed != INGEST_STORED) {
        return committed;
    }
    if (p->location_id != 0) {
        retained_position(r, p->location_id);
    }
    if (result == INGEST_STORED) {
        app_wake(r->app, db_outgoing(r->app->db));
    }
    return result;
}

/* ---- reading */

/* _type: absent means location; the reference stores whatever it is as text. */
static bool read_type(struct request *r, struct report *p)
{
    const struct jval *type = jval_getz(p->msg, "_type");

    if (type != NULL && type->type == J_NULL) {
        refuse(&p->errors, STR("_type"), STR("This field may not be null."));
        return false;
    }
    p->is_location = type == NULL || (type->type == J_STR && str_eqz(type->text, "location"));
    p->type = p->is_location ? STR("location") : jval_py_str(r->arena, type);
    return true;
}

/* Puts what is inside an encrypted message in its place. One that does not open stays as it is. */
static enum ingest_result open_box(struct request *r, struct report *p)
{
    const struct jval *inner = NULL;
    struct str device = STR_NULL, user = STR_NULL, key = STR_NULL;
    const char *why = "";

    ot_http_identity(r->arena, p->msg, &device, &user);
    choose_device(r, &device, &user);
    if (str_is_null(device)) {
        return INGEST_STORED;
    }
    enum ingest_result result =
        ingest_open(r->app->db, r->arena, &p->sender, user, device, p->msg, &inner, &key, &why);
    if (result == INGEST_BUSY || result == INGEST_FAIL) {
        return result;
    }
    if (result == INGEST_QUARANTINE) {
        refuse(&p->errors, STR("data"), str_of(why));
        return result;
    }
    /* Whose device it is, and whether it may send, is asked again when it is stored. */
    if (inner != NULL) {
        p->msg = inner;
        p->key = key;
    }
    return INGEST_STORED;
}

static bool is_encrypted(const struct jval *msg)
{
    const struct jval *type = jval_getz(msg, "_type");

    return type != NULL && type->type == J_STR && ot_type_of(type->text) == OT_ENCRYPTED;
}

static enum ingest_result take(struct request *r, const struct sender *s, const struct jval *msg,
                               struct report *p)
{
    *p = (struct report){ .sender = *s, .msg = msg, .key = STR_NULL };
    if (p->sender.user_id == 0 && p->sender.mode == INGEST_MODE_AUTH) {
        return INGEST_FORBIDDEN;
    }
    if (msg->type != J_OBJECT) {
        refuse(&p->errors, STR("non_field_errors"), api_not_object_text(r->arena, msg));
        return INGEST_QUARANTINE;
    }
    if (is_encrypted(msg)) {
        enum ingest_result opened = open_box(r, p);
        if (opened != INGEST_STORED) {
            return opened;
        }
        msg = p->msg;
    }
    if (!read_type(r, p)) {
        return INGEST_QUARANTINE;
    }
    if (!p->is_location) {
        ot_http_identity(r->arena, msg, &p->http.device_id, &p->http.topic_user);
        choose_device(r, &p->http.device_id, &p->http.topic_user);
    } else if (!report_fields(r, msg, &p->http, &p->errors)) {
        return INGEST_QUARANTINE;
    }
    return store(r, p);
}

/* ---- API clients: the reference's answers */

static int client_create(struct request *r)
{
    struct sender s = report_sender(r);
    struct report p;
    bool replied = false;
    int status = api_body(r, BODY_MAX_INGEST, &replied);

    if (status != 0 || replied) {
        return status;
    }
    switch (take(r, &s, r->json != NULL ? r->json : jval_object(r->arena), &p)) {
    case INGEST_STORED:
    case INGEST_REPEATED:
    case INGEST_DROPPED:
        json_array(api_begin(r, 200));
        json_end(&r->reply.json);
        return 0;
    case INGEST_QUARANTINE:
        return api_field_errors(r, &p.errors);
    case INGEST_AMBIGUOUS:
        return api_device_error(r, p.http.device_id, DB_CONFLICT);
    case INGEST_FORBIDDEN:
        return api_detail(r, 403,
                          r->who.known ? STR("You do not have permission to perform this action.")
                                       : STR("Authentication credentials were not provided."));
    case INGEST_BUSY:
        return 503;
    case INGEST_FAIL:
    default:
        return 500;
    }
}

/* ---- phones: a JSON array whatever happens (owntracks-protocol.md 3.3) */

/* Keeps what cannot be used, and says that it has arrived: the phone would send it again for ever,
   or throw it away. */
static int quarantine(struct request *r, const char *why)
{
    struct sender s = report_sender(r);
    enum ingest_result result = of_db(db_begin(r->app->db));

    if (result == INGEST_STORED) {
        result = ingest_quarantine(r->app->db, &s, STR_NULL, r->body, why);
        if (result == INGEST_QUARANTINE && db_commit(r->app->db) == DB_OK) {
            return phone_reply(r, 200);
        }
        db_rollback(r->app->db);
    }
    return 503;
}

static const char *first_error(struct request *r, const struct report *p)
{
    const struct ot_error *e = &p->errors.v[0];

    assert(p->errors.n > 0);
    return str_eqz(e->field, "non_field_errors")
               ? arena_cstr(r->arena, e->message)
               : arena_printf(r->arena, "%.*s: %.*s", STR_FMT(e->field), STR_FMT(e->message)).p;
}

static int phone_create(struct request *r)
{
    char why[JSONIN_WHY];
    struct sender s = report_sender(r);
    struct report p;
    int status = request_body(r, BODY_MAX_INGEST);

    if (status != 0) {
        return status == 413 ? 413 : 503;
    }
    if (!r->who.known && r->app->ingest == INGEST_MODE_AUTH) {
        return 401;
    }
    if (r->body.n == 0) {
        return phone_reply(r, 200); /* a cleared friend is posted as nothing */
    }
    r->json = jsonin_parse(r->arena, r->body, why);
    if (r->json == NULL) {
        return quarantine(r, why);
    }
    enum ingest_result result = take(r, &s, r->json, &p);
    switch (result) {
    case INGEST_STORED:
    case INGEST_REPEATED:
        return phone_answer(r, &p.device, result == INGEST_REPEATED, p.key);
    case INGEST_DROPPED:
        return phone_reply(r, 200);
    case INGEST_QUARANTINE:
        return quarantine(r, first_error(r, &p));
    case INGEST_AMBIGUOUS:
        return quarantine(r, "device id fits several devices");
    case INGEST_FORBIDDEN:
        return r->who.known ? quarantine(r, "device of another user") : 401;
    case INGEST_BUSY:
    case INGEST_FAIL:
    default:
        return 503;
    }
}

int location_create(struct request *r)
{
    return r->phone ? phone_create(r) : client_create(r);
}

enum ingest_result report_again(struct request *r, const struct sender *s, struct str raw,
                                const char **why)
{
    char *room = arena_alloc(r->arena, JSONIN_WHY);
    const struct jval *msg = jsonin_parse(r->arena, raw, room);
    struct report p;

    *why = room;
    if (msg == NULL) {
        return INGEST_QUARANTINE;
    }
    enum ingest_result result = take(r, s, msg, &p);
    if (result == INGEST_QUARANTINE) {
        *why = first_error(r, &p);
    }
    return result;
}

int ingest_overflow(struct request *r)
{
    if (!r->body_read || r->body_status != 0 || r->body.n == 0 ||
        (!r->who.known && r->app->ingest != INGEST_MODE_OPEN)) {
        return 503;
    }
    log_warning("report-too-big", LOG_S("path", r->raw_path), LOG_I("bytes", r->body.n));
    return quarantine(r, "too big to be read");
}
