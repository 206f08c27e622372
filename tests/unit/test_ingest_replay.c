/* The recorded scenarios replayed in this process: each publish and POST goes through ingest, each
   SELECT must give the recorded rows. Users are told apart and topics checked as the broker's
   plugin does; what belongs to other parts (sockets, subscriptions, pages) is passed over. */
#include "db/account.h"
#include "db/ingest.h"
#include "fixture.h"
#include "lib/codec.h"
#include "lib/log.h"
#include "lib/topic.h"

#include "scenario.h"

#define CLIENTS 8

struct client {
    struct str name, username, will_topic, will_payload;
    usec_t connected_at;
};

struct replay {
    struct fixture *f;
    struct arena *a; /* of one scenario */
    const struct jval *manifest;
    const char *scenario;
    struct client client[CLIENTS];
    size_t clients;
    size_t checks, bad;
};

static void verdict(struct replay *r, bool ok, const char *what, struct str detail)
{
    r->checks++;
    if (!ok) {
        r->bad++;
        print_error("%s: %s: %.*s\n", r->scenario, what, STR_FMT(detail));
    }
}

/* ---------------------------------------------------------------- templates */
/* {{fixture:/a/b~1c/d}}: a JSON pointer (RFC 6901) into the manifest. */
static struct str pointer(struct replay *r, struct str path)
{
    const struct jval *v = r->manifest;
    struct str part;

    str_split(&path, '/', &part);
    while (v && str_split(&path, '/', &part)) {
        char *key = arena_alloc(r->a, part.n + 1);
        size_t n = 0;
        for (size_t i = 0; i < part.n; i++) {
            bool slash = part.p[i] == '~' && i + 1 < part.n && part.p[i + 1] == '1';
            key[n++] = slash ? '/' : part.p[i];
            i += slash;
        }
        v = jval_get(v, (struct str){ key, n });
    }
    return v ? v->text : STR_NULL;
}

static struct str filled(struct replay *r, struct str text)
{
    const char *open = memmem(text.p, text.n, "{{fixture:", 10);
    if (!open)
        return text;
    size_t from = (size_t)(open - text.p), to = str_find(text, '}', from);
    struct str value = pointer(r, str_sub(text, from + 10, to - from - 10));
    assert_false(str_is_null(value));
    return filled(
        r, arena_concat(r->a, (const struct str[]){ str_sub(text, 0, from), value,
                                                    str_sub(text, to + 2, text.n), STR_NULL }));
}

static struct str text_of(const struct jval *o, const char *key)
{
    const struct jval *v = jval_get(o, str_of(key));
    return v && v->type == J_STR ? v->text : STR_NULL;
}

/* The payload of a publish or a will. */
static struct str payload_of(struct replay *r, const struct jval *o)
{
    const struct jval *json = jval_getz(o, "json");
    if (json)
        return filled(r, ot_dump(r->a, json));
    if (!str_is_null(text_of(o, "payload_b64")))
        return base64_decode(r->a, text_of(o, "payload_b64"));
    return filled(r, text_of(o, "payload"));
}

/* ---------------------------------------------------------------- MQTT */
static struct client *client_of(struct replay *r, const struct jval *step)
{
    struct str name = text_of(step, "client");
    for (size_t i = 0; i < r->clients; i++)
        if (str_eq(r->client[i].name, name))
            return &r->client[i];
    assert_true(r->clients < CLIENTS);
    r->client[r->clients] = (struct client){ .name = name };
    return &r->client[r->clients++];
}

static void mqtt_connect(struct replay *r, const struct jval *step)
{
    struct client *c = client_of(r, step);
    const struct jval *will = jval_getz(step, "will");

    c->username = text_of(step, "username");
    c->connected_at = clock_now();
    c->will_topic = will ? text_of(will, "topic") : STR_NULL;
    c->will_payload = will ? payload_of(r, will) : STR_NULL;
}

static void publish(struct replay *r, const struct client *c, struct str topic, struct str payload)
{
    struct topic_grants grants;
    struct user u = { 0 };
    struct db *db = r->f->db;

    assert_int_equal(db_user_by_name(db, r->a, c->username, &u), DB_OK);
    assert_int_equal(db_user_grants(db, r->a, c->username, &grants), DB_OK);
    if (!topic_allowed(TOPIC_PUBLISH, c->username, &grants, topic, payload))
        return;
    struct sender s = { .via = OT_MQTT,
                        .user_id = u.id,
                        .is_superuser = u.is_superuser,
                        .username = c->username,
                        .address = STR("127.0.0.1"),
                        .received_at = clock_now(),
                        .connected_at = c->connected_at };
    assert_int_equal(db_begin(db), DB_OK);
    enum ingest_result result = ingest_mqtt(db, r->a, &s, topic, payload);
    assert_int_equal(db_commit(db), DB_OK);
    db_request_end(db);
    verdict(r, result != INGEST_BUSY && result != INGEST_FAIL, "publish failed", topic);
}

static void mqtt_drop(struct replay *r, const struct jval *step)
{
    const struct client *c = client_of(r, step);
    if (!str_is_null(c->will_topic))
        publish(r, c, c->will_topic, c->will_payload);
}

/* ---------------------------------------------------------------- HTTP, as the view will do it */
static int post_message(struct replay *r, const struct sender *s, const struct jval *msg)
{
    const struct jval *type = jval_getz(msg, "_type");
    struct device d = { 0 };
    struct str id, user;

    if (type->type == J_NULL)
        return 400;
    ot_http_identity(r->a, msg, &id, &user);
    if (!str_is_null(id) && ingest_device(r->f->db, r->a, s, user, id, true, &d) != INGEST_STORED)
        return 400;
    struct str name = type->type == J_STR ? type->text : jval_py_str(r->a, type);
    enum ingest_result stored = ingest_message(r->f->db, s, d.id, name, ot_dump(r->a, msg));
    return stored == INGEST_STORED ? 200 : 500;
}

static int post_location(struct replay *r, const struct sender *s, const struct jval *msg)
{
    struct ot_http in;
    struct ot_errors errors;
    struct device d;
    int64_t id;

    if (!ot_http_fields(r->a, msg, &in, &errors) || !ot_http_check(r->a, &in, 0, &errors) ||
        !ot_http_check(r->a, &in, 1, &errors))
        return 400;
    if (ingest_device(r->f->db, r->a, s, in.topic_user, in.device_id, true, &d) != INGEST_STORED)
        return 400;
    return ingest_location(r->f->db, r->a, s, &d, &in.fix, &id) == INGEST_STORED ? 200 : 500;
}

static struct sender http_sender(struct replay *r, const struct jval *step)
{
    struct str as = text_of(step, "as"), name = STR("");
    struct user u = { 0 };

    if (!str_is_null(as) && str_split(&as, ':', &name) && str_split(&as, ':', &name))
        assert_int_equal(db_user_by_name(r->f->db, r->a, name, &u), DB_OK);
    return (struct sender){ .via = OT_HTTP,
                            .user_id = u.id,
                            .is_superuser = u.is_superuser,
                            .username = name,
                            .address = STR("127.0.0.1"),
                            .received_at = clock_now() };
}

static void http(struct replay *r, const struct jval *step, const struct jval *expect)
{
    char why[JSONIN_WHY];
    const struct jval *msg = jval_getz(step, "json");
    int64_t want = 0;

    if (!str_eqz(text_of(step, "method"), "POST") ||
        !str_eqz(text_of(step, "path"), "/api/locations/"))
        return;
    if (!msg)
        msg = jsonin_parse(r->a, text_of(step, "body"), why);
    struct sender s = http_sender(r, step);
    const struct jval *type = jval_getz(msg, "_type");
    bool location = !type || (type->type == J_STR && str_eqz(type->text, "location"));
    assert_int_equal(db_begin(r->f->db), DB_OK);
    int have = location ? post_location(r, &s, msg) : post_message(r, &s, msg);
    if (have == 200)
        assert_int_equal(db_commit(r->f->db), DB_OK);
    db_request_end(r->f->db);
    assert_int_equal(num_json_int(jval_getz(expect, "status")->text, &want), NUM_OK);
    verdict(r, have == want, "status", ot_dump(r->a, msg));
}

/* ---------------------------------------------------------------- SELECT */
static bool time_fits(struct str text, const struct jval *want)
{
    const struct jval *near = jval_getz(want, "$near");
    int64_t off = 0;
    usec_t t;

    if (!clock_from_db(text, &t) && !clock_from_iso(text, &t))
        return false;
    if (!near)
        return true;
    assert_int_equal(num_json_int(near->text, &off), NUM_OK);
    return llabs(t - clock_now() - off * USEC_PER_SEC) < 20 * USEC_PER_SEC;
}

static bool cell_fits(sqlite3_stmt *q, int column, const struct jval *want)
{
    const char *text = (const char *)sqlite3_column_text(q, column);
    int type = sqlite3_column_type(q, column);
    struct str have = { text, (size_t)sqlite3_column_bytes(q, column) };
    double number;

    switch (want->type) {
    case J_NULL:
        return type == SQLITE_NULL;
    case J_INT:
    case J_FLOAT:
        return type != SQLITE_TEXT && num_json_float(want->text, &number) == NUM_OK &&
               sqlite3_column_double(q, column) == number;
    case J_STR:
        return type == SQLITE_TEXT && str_eq(have, want->text);
    case J_OBJECT:
        return type == SQLITE_TEXT && time_fits(have, want);
    default:
        return false;
    }
}

static bool row_fits(sqlite3_stmt *q, const struct jval *want)
{
    int column = 0;

    if (want->count != (size_t)sqlite3_column_count(q))
        return false;
    for (const struct jval *cell = want->first; cell; cell = cell->next)
        if (!cell_fits(q, column++, cell))
            return false;
    return true;
}

static void select_rows(struct replay *r, struct str query, const struct jval *rows)
{
    sqlite3_stmt *q = NULL;
    const struct jval *want = rows->first;
    struct str shown = query;
    bool ok = true;

    assert_int_equal(sqlite3_prepare_v2(r->f->db->h, query.p, (int)query.n, &q, NULL), SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW) {
        ok = ok && want && row_fits(q, want);
        want = want ? want->next : NULL;
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            const char *cell = (const char *)sqlite3_column_text(q, i);
            shown = arena_printf(r->a, "%.*s%s%s", STR_FMT(shown), i ? "|" : "\n    ",
                                 cell ? cell : "NULL");
        }
    }
    sqlite3_finalize(q);
    verdict(r, ok && !want, "rows", shown);
}

/* ---------------------------------------------------------------- a scenario */
static void run_step(struct replay *r, const struct jval *step)
{
    const struct jval *expect = jval_getz(step, "expect"), *o;

    if ((o = jval_getz(step, "sql")))
        select_rows(r, text_of(o, "query"), jval_getz(expect, "rows"));
    else if ((o = jval_getz(step, "http")))
        http(r, o, expect);
    else if ((o = jval_getz(step, "mqtt_connect")))
        mqtt_connect(r, o);
    else if ((o = jval_getz(step, "mqtt_publish")))
        publish(r, client_of(r, o), filled(r, text_of(o, "topic")), payload_of(r, o));
    else if ((o = jval_getz(step, "mqtt_drop")))
        mqtt_drop(r, o);
}

/* Steps that other parts answer for, or that show a hole which is closed here. */
static bool is_left_out(const char *name)
{
    static const char *const names[] = {
        "post-as-user.json",        /* H-06: the sender is known, so the device is alice's */
        "post-client-ip.json",      /* the address is the web side's business */
        "post-client-ip-odd.json",  /* the same */
        "wps-not-overwritten.json", /* edits on a page */
        "loc-ws-unshared.json",     /* unshares over the API */
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Also what SQLite keeps beside it. */
static void forget_database(struct fixture *f)
{
    static const char *const endings[] = { "", "-wal", "-shm" };
    char path[FIXTURE_PATH];

    db_close(f->db);
    f->db = NULL;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(path, sizeof path, "%s%s", f->path, endings[i]);
        unlink(path);
    }
}

static void run_scenario(void *ctx, const char *name, const struct jval *scenario)
{
    struct replay *r = ctx;

    if (is_left_out(name))
        return;
    r->scenario = name;
    r->clients = 0;
    fixture_household(r->f);
    const struct jval *setup = jval_getz(scenario, "setup");
    for (const struct jval *s = setup ? setup->first : NULL; s; s = s->next)
        sql_do(r->f->db, arena_cstr(r->a, s->text));
    for (const struct jval *s = jval_getz(scenario, "steps")->first; s; s = s->next)
        run_step(r, s);
    forget_database(r->f);
}

static void replay_all(void **state, const char *const *patterns, size_t n)
{
    struct fixture *f = *state;
    struct replay r = { .f = f, .a = arena_new((size_t)128 * 1024 * 1024) };
    char path[FIXTURE_PATH];
    size_t count = 0;

    snprintf(path, sizeof path, "%s/fixtures/household.json",
             getenv("CONFORMANCE_DIR") ? getenv("CONFORMANCE_DIR") : "");
    if (access(path, R_OK) == 0)
        r.manifest = scenario_file(f->a, path);
    for (size_t i = 0; i < n; i++)
        count += scenarios(r.a, patterns[i], run_scenario, &r);
    arena_free(r.a);
    print_message("%zu scenarios, %zu checks, %zu wrong\n", count, r.checks, r.bad);
    assert_true(r.checks > count);
    assert_int_equal(r.bad, 0);
}

static void test_http(void **state)
{
    static const char *const patterns[] = { "api/post-*" };
    replay_all(state, patterns, 1);
}

static void test_mqtt(void **state)
{
    static const char *const patterns[] = { "mqtt/loc-*",   "mqtt/lwt-*", "mqtt/own-*",
                                            "mqtt/bad-*",   "mqtt/big-*", "mqtt/other-*",
                                            "mqtt/trans-*", "mqtt/wps-*", "mqtt/http-and-mqtt",
                                            "web/ws-mqtt-*" };
    replay_all(state, patterns, sizeof patterns / sizeof *patterns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_http),
        FIXTURE_TEST(test_mqtt),
    };
    (void)log_open("test", NULL, LOG_LVL_WARNING);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
