/* GET /api/admin/status/: how everything is. Nothing in here waits long: the agent is given less
   than a second, and asks the broker's plugin by itself. */
#include "api_status.h"

#include "api.h"
#include "db/pki.h"
#include "db/stats.h"
#include "handlers.h"
#include "lib/backlog.h"
#include "lib/process.h"
#include "pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AGENT_WAIT_MS 800
#define SOON_DAYS 30
#define SIGNIN_ROWS 50
#define RECORDS_MOST 5000 /* of the spool, counted */
#define CHILDREN_MAX 256

/* ---- programs */

/* A program and its children: "uptime" of the first, "memory" of all, "processes". */
static void put_processes(struct json *j, pid_t pid)
{
    struct process_facts first, one;
    pid_t child[CHILDREN_MAX];
    size_t n;

    if (!process_facts(pid, &first)) {
        return;
    }
    int64_t memory = first.rss;
    n = process_children(pid, child, CHILDREN_MAX);
    for (size_t i = 0; i < n; i++) {
        memory += process_facts(child[i], &one) ? one.rss : 0;
    }
    json_put_int(j, "uptime", first.uptime);
    json_put_int(j, "memory", memory);
    json_put_int(j, "processes", (int64_t)n + 1);
}

/* The worker's supervisor and all of its workers. */
static void put_web(struct json *j)
{
    json_k(j, "web");
    json_object(j);
    json_put_str(j, "version", STR(MYTRACKS_VERSION));
    put_processes(j, getppid());
    json_end(j);
}

/* Of `mytracks serve`; an nginx of the system is not ours to look at. */
static void put_nginx(struct request *r, struct json *j)
{
    struct str run_dir = config_str(r->app->config, CFG_RUN_DIR);
    FILE *f = fopen(arena_printf(r->arena, "%.*s/nginx.pid", STR_FMT(run_dir)).p, "re");
    char text[24];
    long pid = f != NULL && fgets(text, sizeof text, f) != NULL ? strtol(text, NULL, 10) : 0;
    struct process_facts ignored;

    if (f != NULL) {
        (void)fclose(f);
    }
    json_k(j, "nginx");
    if (pid <= 0 || !process_facts((pid_t)pid, &ignored)) {
        json_null(j);
        return;
    }
    json_object(j);
    put_processes(j, (pid_t)pid);
    json_end(j);
}

void api_agent_status(struct request *r, struct str out[2])
{
    struct wire_msg ask = { .kind = WIRE_STATUS }, answer = { .n = 0 };
    bool up = r->app->agent != NULL && link_call(r->app->agent, &ask, &answer, AGENT_WAIT_MS) &&
              answer.kind == WIRE_STATUS && answer.n == 2;

    for (size_t i = 0; i < 2; i++) {
        out[i] = up ? answer.field[i] : STR("");
    }
}

/* What the agent says of itself and of the broker, as it says it; null: no answer. */
static void put_agent(struct request *r, struct json *j)
{
    static const char *const keys[] = { "agent", "broker" };
    struct str told[2];

    api_agent_status(r, told);
    for (size_t i = 0; i < 2; i++) {
        json_key(j, str_of(keys[i]));
        if (told[i].n > 0) {
            json_token(j, told[i]);
        } else {
            json_null(j);
        }
    }
}

static int put_spool(struct request *r, struct json *j)
{
    struct spool_position at = { 0, 0 };
    struct backlog b;
    enum db_rc rc = db_spool_position(r->app->db, &at);

    if (rc != DB_OK && rc != DB_NONE) {
        return error_of_db(rc);
    }
    json_k(j, "spool");
    if (!backlog_read(arena_cstr(r->arena, config_spool_dir(r->app->config)), at.segment, at.offset,
                      RECORDS_MOST, &b)) {
        json_null(j);
        return 0;
    }
    json_object(j);
    json_put_int(j, "bytes", b.bytes);
    json_put_int(j, "records", b.records);
    json_k(j, "more");
    json_bool(j, b.more);
    json_end(j);
    return 0;
}

/* ---- database */

static int put_database(struct request *r, struct json *j)
{
    struct stats s;
    enum db_rc rc = db_stats(r->app->db, &s);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    const struct {
        const char *key;
        int64_t v;
    } numbers[] = {
        { "file", s.file },
        { "wal", s.wal },
        { "disk_free", s.disk_free },
        { "disk_size", s.disk_size },
        { "users", s.users },
        { "devices", s.devices },
        { "locations", s.locations },
        { "messages", s.messages },
        { "places", s.places },
        { "transitions", s.transitions },
        { "counted_to", STATS_MOST },
        { "quarantine", s.quarantine },
        { "quarantine_bytes", s.quarantine_bytes },
    };
    json_k(j, "database");
    json_object(j);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        json_put_int(j, numbers[i].key, numbers[i].v);
    }
    api_put_time(j, "oldest", s.oldest);
    api_put_time(j, "newest", s.newest);
    api_put_time(j, "last_received", s.last_received);
    json_end(j);
    return 0;
}

/* ---- certificates */

struct cert_telling {
    struct request *r;
    struct json *j;
    const char *kind;
    bool all; /* else only those that end soon */
};

static bool tell_cert(void *ctx, const struct certificate *c)
{
    struct cert_telling *t = ctx;
    int64_t days = pki_days_left(c->not_after, t->r->now);

    if (!c->is_active || c->revoked || (!t->all && days >= SOON_DAYS)) {
        return true;
    }
    json_object(t->j);
    json_put_str(t->j, "kind", str_of(t->kind));
    json_put_str(t->j, "name", c->username.n > 0 ? c->username : c->common_name);
    api_put_time(t->j, "not_after", (struct opt_usec){ true, c->not_after });
    json_put_int(t->j, "days_left", days);
    json_end(t->j);
    return true;
}

static int put_certificates(struct request *r, struct json *j)
{
    static const struct {
        enum cert_kind kind;
        const char *name;
        bool all;
    } kinds[] = { { CERT_CA, "authority", true },
                  { CERT_SERVER, "server", true },
                  { CERT_CLIENT, "user", false } };
    enum db_rc rc = DB_OK;

    json_k(j, "certificates");
    json_array(j);
    for (size_t i = 0; rc == DB_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        struct cert_telling t = { r, j, kinds[i].name, kinds[i].all };
        rc = db_cert_list(r->app->db, kinds[i].kind, tell_cert, &t);
    }
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

/* ---- sign-ins */

static bool tell_signin(void *ctx, const struct signin *s)
{
    struct json *j = ctx;

    json_object(j);
    json_put_str(j, "user", s->username);
    api_put_signin(j, s);
    json_end(j);
    return true;
}

static int put_signins(struct request *r, struct json *j)
{
    json_k(j, "signins");
    json_array(j);
    enum db_rc rc = db_signin_list(r->app->db, STR(""), SIGNIN_ROWS, tell_signin, j);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}

int status_get(struct request *r)
{
    static int (*const parts[])(struct request *, struct json *) = {
        put_spool, put_database, put_certificates, status_put_outbox, put_signins, status_put_log,
    };
    struct json *j = api_begin(r, 200);

    json_object(j);
    api_put_time(j, "now", (struct opt_usec){ true, r->now });
    put_web(j);
    put_agent(r, j);
    put_nginx(r, j);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int status = parts[i](r, j);
        if (status != 0) {
            return status;
        }
    }
    json_end(j);
    return 0;
}
