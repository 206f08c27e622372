/* Latest reports and the live feed, on the recorded household. */
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

struct ids {
    int64_t v[64];
    size_t n;
};

static bool add_row(void *ctx, const struct location *l)
{
    struct ids *ids = ctx;
    assert_true(ids->n < sizeof ids->v / sizeof ids->v[0]);
    ids->v[ids->n++] = l->id;
    return true;
}

/* ---------------------------------------------------------------- last known */
static void test_last_known(void **state)
{
    static const struct {
        int64_t user, devices[2];
        size_t n;
        const char *want;
    } cases[] = {
        { ALICE, { 0 }, 0, " 534 372 533" },
        { ALICE, { 2, 4 }, 2, " 372 533" },
        { ALICE, { 9 }, 1, "" }, /* never reported */
        { ALICE, { 3 }, 1, "" }, /* bob's */
        { BOB, { 0 }, 0, " 534 533 474" },
        { ERIN, { 0 }, 0, "" },
        { ADMIN, { 5 }, 1, " 540" },
        { ADMIN, { 0 }, 0, " 534 372 533 529 528 474 540 522" },
    };
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ids ids = { 0 };
        struct str text = STR("");
        assert_int_equal(db_location_last_known(db, viewer(cases[i].user), cases[i].devices,
                                                cases[i].n, add_row, &ids),
                         DB_OK);
        for (size_t j = 0; j < ids.n; j++)
            text = arena_printf(f->a, "%.*s %lld", STR_FMT(text), (long long)ids.v[j]);
        assert_str(text, cases[i].want);
    }
}

/* ---------------------------------------------------------------- live feed */
struct feed {
    struct fixture *f;
    struct str text;
};

static bool add_location(void *ctx, const struct location *l)
{
    struct feed *feed = ctx;
    feed->text = arena_printf(feed->f->a, "%.*s %lld:%.*s", STR_FMT(feed->text), (long long)l->id,
                              STR_FMT(l->device_key));
    return true;
}

static bool add_offline(void *ctx, int64_t id, int64_t device_id, struct str key, struct str name,
                        usec_t when)
{
    struct feed *feed = ctx;
    assert_int_equal(when, at("2026-03-05 00:00:00.5"));
    feed->text = arena_printf(feed->f->a, "%.*s %lld:%lld:%.*s:%.*s", STR_FMT(feed->text),
                              (long long)id, (long long)device_id, STR_FMT(key), STR_FMT(name));
    return true;
}

static void test_feed(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct feed feed = { f, STR("") };
    int64_t last = 0;
    assert_int_equal(db_location_last_id(db, &last), DB_OK);
    assert_int_equal(last, 540);
    assert_int_equal(db_location_feed(db, 536, 3, add_location, &feed), DB_OK);
    assert_str(feed.text, " 537:oldphone 538:oldphone 539:oldphone");
    feed.text = STR("");
    assert_int_equal(db_location_feed(db, 540, 3, add_location, &feed), DB_OK);
    assert_str(feed.text, "");

    int64_t before = 0;
    assert_int_equal(db_message_last_id(db, &before), DB_OK);
    assert_true(before > 0);
    sql_do(db, "INSERT INTO my_tracks_owntracksmessage (message_type, payload, ip_address,"
               " received_at, device_id) VALUES"
               " ('lwt', '{\"event\": \"offline\"}', NULL, '2026-03-05 00:00:00.500000', 1),"
               " ('lwt', '{\"_type\": \"lwt\"}', NULL, '2026-03-05 00:00:00', 1)," /* HTTP */
               " ('lwt', '{\"event\": \"offline\"}', NULL, '2026-03-05 00:00:00', NULL),"
               " ('status', '{\"event\": \"offline\"}', NULL, '2026-03-05 00:00:00', 1),"
               " ('lwt', '{\"event\": \"offline\"}', NULL, '2026-03-05 00:00:00.500000', 5)");
    assert_int_equal(db_offline_feed(db, before, add_offline, &feed), DB_OK);
    struct str want = arena_printf(f->a, " %lld:1:alice/pixel7:pixel7 %lld:5:oldphone:oldphone",
                                   (long long)before + 1, (long long)before + 5);
    assert_str(feed.text, want.p);
    assert_int_equal(db_message_last_id(db, &last), DB_OK);
    assert_int_equal(last, before + 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_last_known),
        FIXTURE_TEST(test_feed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
