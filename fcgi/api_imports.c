/* /api/imports/: histories from files of other programs. The body is the file itself, read as it
 * comes; ?device= names an own device (made if there is none), or for staff OWNER/DEVICE. */
#include "api.h"
#include "db/device_look.h"
#include "db/import.h"
#include "handlers.h"
#include "ingest_http.h"
#include "lib/log.h"
#include "lib/utf8.h"
#include "lib/utf8scan.h"
#include "turn.h"

#include <string.h>
#include <unistd.h>

#define LISTED 20
#define MEGABYTE (INT64_C(1024) * 1024)
#define DEVICE_ID_MAX 100u
#define NAME_MAX_CHARACTERS 200u
#define SILENT (120 * USEC_PER_SEC) /* whoever imported is gone */

static const char *const states[] = {
    [IMPORT_RUNS] = "running",
    [IMPORT_DONE] = "done",
    [IMPORT_STOPPED] = "stopped",
};

static bool list_row(void *ctx, const struct import_row *row)
{
    struct request *r = ctx;
    struct json *j = &r->reply.json;
    bool silent = row->state == IMPORT_RUNS && r->now - row->updated_at > SILENT;

    json_object(j);
    json_put_int(j, "id", row->id);
    json_k(j, "device_id");
    json_str(j, row->device_id);
    json_k(j, "owner");
    json_str(j, row->owner);
    json_k(j, "name");
    json_str(j, row->name);
    json_k(j, "state");
    json_str(j, str_of(silent ? "interrupted" : states[row->state % 3]));
    json_put_int(j, "done", row->counts.done);
    json_put_int(j, "size", row->counts.size);
    json_put_int(j, "found", row->counts.found);
    json_put_int(j, "stored", row->counts.stored);
    json_put_int(j, "known", row->counts.known);
    json_put_int(j, "refused", row->counts.refused);
    json_k(j, "report");
    json_token(j, row->report); /* JSON of ours */
    api_put_time(j, "started_at", (struct opt_usec){ true, row->started_at });
    api_put_time(j, "updated_at", (struct opt_usec){ true, row->updated_at });
    json_end(j);
    return buf_ok(j->out);
}

int import_list(struct request *r)
{
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
    enum db_rc rc = db_import_list(r->app->db, r->who.user.id, 0, LISTED, list_row, r);
    json_end(j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

struct found {
    struct request *r;
    bool any;
};

static bool found_row(void *ctx, const struct import_row *row)
{
    struct found *f = ctx;

    f->any = true;
    api_begin(f->r, 200);
    return list_row(f->r, row);
}

/* One of the asker's. */
static int show(struct request *r, int64_t id)
{
    struct found f = { .r = r };
    enum db_rc rc = db_import_list(r->app->db, r->who.user.id, id, 1, found_row, &f);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    return f.any ? 0 : api_error(r, 404, STR("There is no such import"));
}

int import_get(struct request *r)
{
    int64_t id;

    return show(r, api_row_id(r->arg[0], &id) ? id : -1);
}

/* ---------------------------------------------------------------- a new one */
struct upload {
    struct request *r;
    int64_t size, left; /* bytes */
    enum import_format format;
    struct str name;
    struct sender sender;
    struct device device;
    bool made;         /* the device, now */
    struct str reason; /* why nothing was stored */
};

static int64_t read_part(void *ctx, char *p, size_t n)
{
    struct upload *u = ctx;
    size_t want = (int64_t)n < u->left ? n : (size_t)u->left;
    size_t got = want > 0 ? u->r->gw->read(u->r->gw, p, want) : 0;

    u->left -= (int64_t)got;
    return got < want ? -1 : (int64_t)got;
}

/* A level of an MQTT topic. */
static bool good_device(struct str id)
{
    for (size_t i = 0; i < id.n; i++) {
        if ((unsigned char)id.p[i] < ' ' || strchr("/+#\x7f", id.p[i]) != NULL) {
            return false;
        }
    }
    return id.n > 0 && utf8_length(id) <= DEVICE_ID_MAX;
}

/* False: replied; a status, or 0. */
static bool take_query(struct upload *u, int *status)
{
    struct request *r = u->r;
    struct str format = request_query(r, STR("format_of"));
    struct str name = request_query(r, STR("name")), type = request_media_type(r);
    int64_t most = config_int(r->app->config, CFG_IMPORT_MAX) * MEGABYTE;

    *status = 0;
    if (num_json_int(request_env(r, "CONTENT_LENGTH"), &u->size) != NUM_OK || u->size <= 0) {
        *status = api_error(r, 400, STR("The body must be the file"));
    } else if (u->size > most) {
        *status = api_error(r, 413, STR("The file is larger than the server takes"));
    } else if (str_eqz(type, "multipart/form-data") ||
               str_eqz(type, "application/x-www-form-urlencoded")) {
        *status = api_error(r, 415, STR("The body must be the file itself, not a form"));
    } else if (format.n > 0 && !import_format_named(format, &u->format)) {
        *status = api_error(r, 400, STR("format_of must be auto, gpx, json, csv or rec"));
    } else {
        u->left = u->size;
        u->name =
            name.n > 0 ? utf8_head(utf8_repair(r->arena, name), NAME_MAX_CHARACTERS) : STR("");
        return true;
    }
    return false;
}

static int of_ingest(struct request *r, enum ingest_result result)
{
    return result == INGEST_BUSY   ? error_of_db(DB_BUSY)
           : result == INGEST_FAIL ? error_of_db(DB_FAIL)
                                   : api_error(r, 400, STR("This device cannot be written to"));
}

/* OWNER/DEVICE is another's, or one's own; a bare name is one's own. False: replied. */
static bool take_device(struct upload *u, int *status)
{
    struct request *r = u->r;
    struct str key = request_query(r, STR("device")), owner = r->who.user.username;
    size_t slash = str_is_null(key) ? SIZE_MAX : str_find(key, '/', 0);

    *status = 0;
    if (slash != SIZE_MAX) {
        owner = str_sub(key, 0, slash);
        key = str_sub(key, slash + 1, SIZE_MAX);
    }
    if (str_is_null(key) || !good_device(key)) {
        *status = api_error(r, 400, STR("device must name a device, without / + #"));
        return false;
    }
    if (str_eq(owner, r->who.user.username)) {
        enum ingest_result result =
            db_import_device(r->app->db, r->arena, &u->sender, key, false, &u->device, &u->made);
        if (result != INGEST_STORED) {
            *status = of_ingest(r, result);
        }
        return result == INGEST_STORED;
    }
    enum db_rc rc = db_device_find_of(r->app->db, r->arena, api_viewer(r), owner, key, &u->device);
    if (rc != DB_OK) {
        *status = api_device_error(r, request_query(r, STR("device")), rc);
    } else if (!api_may_change(r, &u->device)) {
        *status = api_not_owner(r);
    }
    return rc == DB_OK && api_may_change(r, &u->device);
}

/* The first reason that is kept. */
static void take_reason(void *ctx, int64_t line, const char *why)
{
    struct upload *u = ctx;

    if (str_is_null(u->reason)) {
        u->reason = arena_printf(u->r->arena, "No position could be stored. Line %lld: %s",
                                 (long long)line, why);
    }
}

static int finish(struct upload *u, const struct import_writer *w, enum db_rc rc, const char *why)
{
    const struct import_counts *c = db_import_counts(w);
    struct request *r = u->r;

    log_info("history-imported", LOG_S("by", r->who.user.username),
             LOG_S("device", u->device.device_id), LOG_I("stored", c->stored),
             LOG_I("known", c->known), LOG_I("refused", c->refused), LOG_Z("why", why));
    /* Nothing is left of a file that was none. */
    if (u->made && c->stored == 0 && db_device_remove(r->app->db, u->device.id) != DB_OK) {
        log_event(LOG_LVL_WARNING, "empty-device-stays", NULL);
    }
    if (rc != DB_OK) {
        return error_of_db(rc == DB_CONFLICT ? DB_FAIL : rc);
    }
    if (c->stored + c->known > 0) {
        return show(r, db_import_id(w));
    }
    u->reason = why != NULL && c->refused == 0 ? str_of(why) : STR_NULL;
    db_import_report(w, take_reason, u);
    return api_error(r, 400, u->reason);
}

static int run(struct upload *u)
{
    const struct import_source source = { u, read_part, u->device.device_id, u->format };
    enum db_rc rc;
    const char *why;
    struct import_writer *w =
        db_import_open(u->r->app->db, &u->sender, &u->device, u->name, u->size, false, &rc);

    if (w == NULL) {
        return error_of_db(rc);
    }
    rc = db_import_run(w, &source, NULL, NULL, &why);
    int status = finish(u, w, rc, why);
    db_import_close(w);
    app_wake(u->r->app, db_outgoing(u->r->app->db));
    return status;
}

int import_create(struct request *r)
{
    struct upload u = { .r = r, .format = IMPORT_AUTO, .sender = report_sender(r) };
    int status;

    u.sender.mode = INGEST_MODE_AUTH;
    if (!take_query(&u, &status)) {
        return status;
    }
    int turn = turn_take(r, "import");
    if (turn < 0) {
        return api_error(r, 503, STR("Another history is being imported. Try again later."));
    }
    status = take_device(&u, &status) ? run(&u) : status;
    close(turn);
    return status;
}
