/* Lists, counts and single rows of locations, on the recorded household. */
#include "fixture.h"

#include "db/locations.h"

static usec_t at(const char *text)
{
    usec_t t = 0;
    assert_true(clock_from_db(str_of(text), &t));
    return t;
}

static struct viewer viewer(int64_t id)
{
    return (struct viewer){ id, id == ADMIN };
}

/* ---------------------------------------------------------------- one row */
static void test_row(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct location l;
    bool may_write;
    assert_int_equal(db_location_get(db, f->a, viewer(ALICE), 1, &l, &may_write), DB_OK);
    assert_true(may_write);
    assert_int_equal(l.id, 1);
    assert_int_equal(l.device_id, 1);
    assert_str(l.device_key, "alice/pixel7");
    assert_int_equal(l.owner_id, ALICE);
    assert_int_equal(l.latitude, INT64_C(387249674000));
    assert_int_equal(l.longitude, INT64_C(-91499726000));
    assert_int_equal(l.timestamp, at("2026-03-02 06:30:07"));
    assert_int_equal(l.received_at, at("2026-03-02 06:30:09.782578"));
    assert_true(l.owntracks_created_at.set);
    assert_int_equal(l.owntracks_created_at.t, at("2026-03-02 06:30:08"));
    const struct {
        struct opt_int have;
        int64_t want;
    } numbers[] = { { l.accuracy, 20 },       { l.altitude, 55 },        { l.velocity, 0 },
                    { l.battery_level, 97 },  { l.battery_status, 3 },   { l.course, -1 },
                    { l.monitoring_mode, 1 }, { l.vertical_accuracy, 6 } };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_int_equal(numbers[i].have.set, numbers[i].want >= 0);
        if (numbers[i].want >= 0)
            assert_int_equal(numbers[i].have.v, numbers[i].want);
    }
    assert_str(l.connection_type, "w");
    assert_str(l.tracker_id, "a7");
    assert_str(l.received_via, "mqtt");
    assert_str(l.owntracks_message_id, "00000001");
    assert_str(l.trigger, "t");
    assert_str(l.fix_source, "fused");
    assert_str(l.wifi_bssid, "c0:ff:ee:00:00:01");
    assert_str(l.wifi_ssid, "Home Wi-Fi");
    assert_str(l.ip_address, "192.168.1.23");
    assert_str(l.in_regions, "[\"Home\"]");
    /* Whole decimals are INTEGER in the file, NULLs are what they are. */
    assert_int_equal(db_location_get(db, f->a, viewer(BOB), 533, &l, &may_write), DB_OK);
    assert_int_equal(l.latitude, 0);
    assert_true(str_is_null(l.ip_address));
    assert_true(str_is_null(l.in_regions));
    assert_false(l.altitude.set);
    sql_do(db, "UPDATE my_tracks_location SET latitude = 51, longitude = -1 WHERE id = 533");
    assert_int_equal(db_location_get(db, f->a, viewer(BOB), 533, &l, &may_write), DB_OK);
    assert_int_equal(l.latitude, 51 * DEC10_ONE);
    assert_int_equal(l.longitude, -DEC10_ONE);
}

static void test_access(void **state)
{
    /* Row 1: alice/pixel7, shared with bob. Row 540: oldphone, nobody's. Row 533: bob's garmin,
       shared with alice. */
    static const struct {
        int64_t user, row;
        enum db_rc rc;
        bool may_write;
    } cases[] = {
        { ALICE, 1, DB_OK, true },      { BOB, 1, DB_OK, false },
        { DAVE, 1, DB_NONE, false },    { ADMIN, 1, DB_OK, true },
        { ALICE, 540, DB_NONE, false }, { ADMIN, 540, DB_OK, true },
        { ALICE, 533, DB_OK, false },   { BOB, 533, DB_OK, true },
        { ERIN, 533, DB_NONE, false },  { ADMIN, 541, DB_NONE, false },
        { 0, 540, DB_NONE, false },     { ADMIN, -1, DB_NONE, false },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct location l;
        bool may_write = !cases[i].may_write;
        enum db_rc rc =
            db_location_get(db, f->a, viewer(cases[i].user), cases[i].row, &l, &may_write);
        assert_int_equal(rc, cases[i].rc);
        assert_int_equal(may_write, cases[i].may_write);
    }
}

static void test_delete(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    assert_int_equal(db_location_delete(db, &(struct remover){ 1, 0 }, 534),
                     DB_OK); /* the latest of device 1 */
    assert_int_equal(sql_number(db, "SELECT latest_location_id IS NULL FROM my_tracks_device"
                                    " WHERE id = 1"),
                     1);
    assert_int_equal(db_location_delete(db, &(struct remover){ 1, 0 }, 534), DB_NONE);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM my_tracks_device"
                                    " WHERE latest_location_id IS NULL"),
                     3);
    assert_int_equal(sql_number(db, "SELECT n FROM mytracks_location_count WHERE device_id = 1"),
                     354);
    assert_str(db_check(db, f->a), "ok");
}

/* ---------------------------------------------------------------- lists against plain SQL */
#define IDS_MAX 1024
struct ids {
    int64_t v[IDS_MAX];
    size_t n, stop_after;
};

static bool add_row(void *ctx, const struct location *l)
{
    struct ids *ids = ctx;
    assert_true(ids->n < IDS_MAX);
    ids->v[ids->n++] = l->id;
    return ids->n != ids->stop_after;
}

static bool add_key(void *ctx, int64_t id, usec_t timestamp)
{
    struct ids *ids = ctx;
    assert_true(ids->n < IDS_MAX);
    assert_true(timestamp > 0);
    ids->v[ids->n++] = id;
    return ids->n != ids->stop_after;
}

/* The same query without any cleverness. */
static void expected(struct db *db, const struct location_query *q, struct ids *out)
{
    static const char *const orders[] = {
        [ORDER_FIX_DESC] = "timestamp DESC, id",
        [ORDER_FIX_ASC] = "timestamp, id DESC",
        [ORDER_ID_ASC] = "id",
        [ORDER_ID_DESC] = "id DESC",
        [ORDER_FIX_ID_ASC] = "timestamp, id",
    };
    char text[2048], from[CLOCK_TEXT], to[CLOCK_TEXT];
    clock_db(q->from.t, from);
    clock_db(q->to.t, to);
    snprintf(text, sizeof text,
             "SELECT id FROM my_tracks_location WHERE (%d OR device_id IN (SELECT id FROM"
             " my_tracks_device WHERE owner_id = %d) OR device_id IN (SELECT device_id FROM"
             " my_tracks_deviceshare WHERE shared_with_id = %d)) AND (%d = 0 OR device_id = %d)"
             " AND (%d = 0 OR id > %d) AND (%d = 0 OR timestamp >= '%s')"
             " AND (%d = 0 OR timestamp <= '%s') ORDER BY %s LIMIT %lld OFFSET %lld",
             q->viewer.is_staff, (int)q->viewer.user_id, (int)q->viewer.user_id, (int)q->device_id,
             (int)q->device_id, q->since_id.set, (int)q->since_id.v, q->from.set, from, q->to.set,
             to, orders[q->order], (long long)q->limit, (long long)q->offset);
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db->h, text, -1, &s, NULL), SQLITE_OK);
    out->n = 0;
    for (; sqlite3_step(s) == SQLITE_ROW; out->n++)
        if (out->n < IDS_MAX) /* of a longer one only the number is compared */
            out->v[out->n] = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
}

static void assert_same(const char *what, const struct location_query *q, const struct ids *have,
                        const struct ids *want)
{
    for (size_t i = 0; i < have->n || i < want->n; i++)
        if (i >= have->n || i >= want->n || have->v[i] != want->v[i])
            fail_msg("%s: user %d device %d order %d limit %d offset %d since %d: %zu rows for %zu,"
                     " first difference at %zu",
                     what, (int)q->viewer.user_id, (int)q->device_id, q->order, (int)q->limit,
                     (int)q->offset, (int)q->since_id.v, have->n, want->n, i);
}

static size_t check_query(struct db *db, struct location_query *q)
{
    static struct ids have, want;
    int64_t n = -1;
    expected(db, q, &want);
    have.n = have.stop_after = 0;
    assert_int_equal(db_location_keys(db, q, add_key, &have), DB_OK);
    assert_same("keys", q, &have, &want);
    have.n = 0;
    assert_int_equal(db_location_list(db, q, add_row, &have), DB_OK);
    assert_same("list", q, &have, &want);
    struct location_query all = *q;
    all.limit = -1;
    all.offset = 0;
    expected(db, &all, &want);
    assert_int_equal(db_location_count(db, q, &n), DB_OK);
    assert_int_equal(n, want.n);
    assert_true(sqlite3_get_autocommit(db->h));
    return 1;
}

static const struct {
    int64_t limit, offset;
} pages[] = { { -1, 0 }, { 100, 0 }, { 3, 1 }, { 1, 17 }, { 10, 500 }, { 0, 0 }, { 5, INT64_MAX } };

/* Filters 0 to 6 on top of a viewer, device and order. */
static void set_filter(struct location_query *q, int filter)
{
    q->since_id = (struct opt_int){ filter == 1 || filter == 5, 400 };
    q->from = (struct opt_usec){ filter == 2 || filter >= 4, at("2026-03-03 00:00:00") };
    q->to = (struct opt_usec){ filter == 3 || filter >= 4, at("2026-03-04 12:00:00") };
    if (filter == 6)
        q->to.t = at("2026-03-01 00:00:00"); /* before from */
}

static void test_lists(void **state)
{
    static const int64_t users[] = { ADMIN, ALICE, BOB, CAROL, ERIN, GRACE };
    static const int64_t devices[] = { 0, 1, 3, 4, 5, 9, 99 };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    size_t n = 0;
    for (size_t u = 0; u < sizeof users / sizeof users[0]; u++)
        for (size_t d = 0; d < sizeof devices / sizeof devices[0]; d++)
            for (int order = ORDER_FIX_DESC; order < LOCATION_ORDERS; order++)
                for (int filter = 0; filter <= 6; filter++)
                    for (size_t p = 0; p < sizeof pages / sizeof pages[0]; p++) {
                        struct location_query q = { .viewer = viewer(users[u]),
                                                    .device_id = devices[d],
                                                    .order = (enum location_order)order,
                                                    .limit = pages[p].limit,
                                                    .offset = pages[p].offset };
                        set_filter(&q, filter);
                        n += check_query(db, &q);
                    }
    assert_int_equal(n, 6 * 7 * LOCATION_ORDERS * 7 * 7);
    print_message("%zu queries\n", n);
}

/* Many rows with few fix times, over many devices: ties within and between blocks and sources. */
static void test_ties(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "UPDATE my_tracks_location SET timestamp = CASE id % 3 WHEN 0 THEN"
               " '2026-03-04 12:00:00' WHEN 1 THEN '2026-03-04 12:00:00.000001' ELSE"
               " '2026-03-03 00:00:00' END, device_id = 1 + id % 10");
    sql_do(db, "UPDATE my_tracks_device SET owner_id = 2, device_id = 'd' || id");
    size_t n = 0;
    for (int64_t user = ADMIN; user <= ALICE; user++)
        for (int order = ORDER_FIX_DESC; order < LOCATION_ORDERS; order++)
            for (int filter = 0; filter <= 5; filter++)
                for (size_t p = 0; p < sizeof pages / sizeof pages[0]; p++) {
                    struct location_query q = { .viewer = viewer(user),
                                                .order = (enum location_order)order,
                                                .limit = pages[p].limit,
                                                .offset = pages[p].offset };
                    set_filter(&q, filter);
                    n += check_query(db, &q);
                }
    assert_int_equal(n, 2 * LOCATION_ORDERS * 6 * 7);
}

/* Blocks of the least size, and read transactions renewed on the way. */
static void test_many(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1099)"
               " INSERT INTO my_tracks_device (id, device_id, name, created_at, last_seen,"
               " is_online, mqtt_user, owner_id) SELECT i, 'd' || i, '', '2026-01-01 00:00:00',"
               " '2026-01-01 00:00:00', 0, '', 9 FROM n");
    sql_do(db, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
               " INSERT INTO my_tracks_location SELECT 1000 + i, latitude, longitude,"
               " datetime(1772000000 + (i * 7919) % 10000, 'unixepoch'), accuracy, altitude,"
               " velocity, battery_level, connection_type, tracker_id, ip_address, received_at,"
               " 100 + (i * 31) % 1000, received_via, battery_status, course, fix_source,"
               " in_regions, monitoring_mode, owntracks_created_at, owntracks_message_id,"
               " \"trigger\", vertical_accuracy, wifi_bssid, wifi_ssid FROM n,"
               " my_tracks_location WHERE id = 1");
    struct location_query q = { .viewer = viewer(HEIDI), .limit = 900, .offset = 9100 };
    check_query(db, &q);
    q.order = ORDER_ID_ASC;
    q.limit = 1000;
    q.offset = 0;
    check_query(db, &q);
    int64_t n;
    assert_int_equal(db_location_count(db, &q, &n), DB_OK);
    assert_int_equal(n, 10001); /* and the one of the household */
}

struct walk {
    struct db *writer;
    usec_t last;
    size_t n;
};

/* Writes with another connection while the list runs. */
static bool walk_key(void *ctx, int64_t id, usec_t timestamp)
{
    struct walk *w = ctx;
    (void)id;
    assert_true(w->n == 0 || timestamp <= w->last);
    w->last = timestamp;
    if (w->n++ % 100 == 0)
        sql_do(w->writer, "DELETE FROM my_tracks_location WHERE id = (SELECT max(id) FROM"
                          " my_tracks_location)");
    return true;
}

static void test_list_while_writing(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "UPDATE my_tracks_device SET latest_location_id = NULL");
    struct walk w = { fixture_open(f->path, DB_WORKER), 0, 0 };
    struct location_query q = { .viewer = viewer(ALICE), .limit = -1 };
    assert_int_equal(db_location_keys(db, &q, walk_key, &w), DB_OK);
    assert_int_equal(w.n, 417); /* one snapshot */
    db_close(w.writer);
}

/* Inside a transaction of the caller a list leaves it alone. */
static void test_list_in_transaction(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct ids ids = { .stop_after = 5 };
    struct location_query q = { .viewer = viewer(ALICE), .limit = -1 };
    assert_int_equal(db_begin(db), DB_OK);
    assert_int_equal(db_location_list(db, &q, add_row, &ids), DB_OK);
    assert_int_equal(ids.n, 5);
    assert_false(sqlite3_get_autocommit(db->h));
    assert_int_equal(db_commit(db), DB_OK);
}

/* ---------------------------------------------------------------- unreadable rows */
static void test_unreadable(void **state)
{
    static const char *const values[] = {
        "latitude = 'north'",
        "longitude = 9e99",
        "latitude = x'00'",
        "timestamp = 'yesterday'",
        "timestamp = ''",
        "timestamp = 'a time that is much too long to be one, and so on'",
        "timestamp = CAST(x'ff' AS TEXT)",
        "timestamp = 20260302",
        "received_at = ''",
        "owntracks_created_at = '2026-13-01 00:00:00'",
        "accuracy = 'good'",
        "tracker_id = CAST(x'ff41' AS TEXT)",
        "wifi_ssid = CAST(zeroblob(2000000) AS TEXT)",
        "device_id = 1, battery_level = x'31'",
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    static struct ids ids;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct location l;
        bool may_write;
        sql_do(db, "SAVEPOINT t");
        sql_do(db, arena_printf(f->a, "UPDATE my_tracks_location SET %s WHERE id IN (200, 7)",
                                values[i])
                       .p);
        for (int order = ORDER_FIX_DESC; order < LOCATION_ORDERS; order++) {
            struct location_query q = { .viewer = viewer(order % 2 ? ADMIN : ALICE),
                                        .order = (enum location_order)order,
                                        .limit = -1 };
            ids.n = 0;
            assert_int_equal(db_location_list(db, &q, add_row, &ids), DB_OK);
            assert_int_equal(ids.n, order % 2 ? HOUSEHOLD_LOCATIONS - 2 : 415);
        }
        assert_int_equal(db_location_get(db, f->a, viewer(ALICE), 7, &l, &may_write), DB_NONE);
        sql_do(db, "ROLLBACK TO t; RELEASE t");
    }
}

/* More unreadable rows in a row than a block holds do not end a list. */
static void test_unreadable_block(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    static struct ids ids;
    sql_do(db, "UPDATE my_tracks_location SET timestamp = '2026-03-09 ' || id WHERE id < 330");
    struct location_query q = { .viewer = viewer(ALICE), .device_id = 1, .limit = 20 };
    ids.n = 0;
    assert_int_equal(db_location_list(db, &q, add_row, &ids), DB_OK);
    assert_int_equal(ids.n, 20);
}

static void test_empty(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    struct ids ids = { 0 };
    int64_t n = 1;
    struct location_query q = { .viewer = viewer(ADMIN), .limit = -1 };
    assert_int_equal(db_location_list(db, &q, add_row, &ids), DB_OK);
    assert_int_equal(db_location_count(db, &q, &n), DB_OK);
    assert_int_equal(n, 0);
    q.viewer.is_staff = false;
    assert_int_equal(db_location_list(db, &q, add_row, &ids), DB_OK);
    assert_int_equal(db_location_last_id(db, &n), DB_OK);
    assert_int_equal(n + (int64_t)ids.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_row),
        FIXTURE_TEST(test_access),
        FIXTURE_TEST(test_delete),
        FIXTURE_TEST(test_lists),
        FIXTURE_TEST(test_ties),
        FIXTURE_TEST(test_many),
        FIXTURE_TEST(test_list_while_writing),
        FIXTURE_TEST(test_list_in_transaction),
        FIXTURE_TEST(test_unreadable),
        FIXTURE_TEST(test_unreadable_block),
        FIXTURE_TEST(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
