/* Rows of certificates, in the household that the reference made. */
#include "db/pki.h"

#include "fixture.h"

enum { OLD_CA = 1, HOUSEHOLD_CA };
#define BOB_REVOKED "0x640dac96735064b0d6d8afd4c7a8f4c54afe472a"

static usec_t at(const char *text)
{
    usec_t t = 0;
    assert_true(clock_from_db(str_of(text), &t));
    return t;
}
#define NOW at("2026-03-01 10:00:00.5")

/* ---------------------------------------------------------------- reading */
static void test_get(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct certificate c;

    assert_int_equal(db_cert_get(db, f->a, CERT_CLIENT, 3, &c), DB_OK);
    assert_str(c.common_name, "bob");
    assert_str(c.username, "bob");
    assert_str(c.issuing_ca_name, "Household CA");
    assert_str(c.serial, BOB_REVOKED);
    assert_int_equal(c.user_id, BOB);
    assert_int_equal(c.issuing_ca_id, HOUSEHOLD_CA);
    assert_int_equal(c.key_size, 2048);
    assert_true(c.revoked);
    assert_false(c.is_active);
    assert_true(c.revoked_at.set);
    assert_int_equal(c.revoked_at.t, at("2026-02-20 20:20:20"));
    assert_int_equal(c.not_before, at("2026-01-06 00:00:00"));
    assert_int_equal(c.not_after, at("2045-12-22 00:00:00"));
    assert_true(str_starts(c.sealed_key, STR("gAAAAA")));
    assert_true(str_starts(c.pem, STR("-----BEGIN CERTIFICATE-----\n")));
    assert_int_equal(db_cert_get(db, f->a, CERT_SERVER, 2, &c), DB_OK);
    assert_str(c.san_entries, "[\"tracks.example.org\", \"localhost\", \"127.0.0.1\"]");
    assert_int_equal(db_cert_get(db, f->a, CERT_SERVER, 3, &c), DB_NONE);
    assert_int_equal(db_cert_active(db, f->a, CERT_CA, &c), DB_OK);
    assert_int_equal(c.id, HOUSEHOLD_CA);
    sql_do(db, "UPDATE my_tracks_servercertificate SET not_valid_after = 'x'");
    assert_int_equal(db_cert_active(db, f->a, CERT_SERVER, &c), DB_FAIL);
}

struct ids {
    struct fixture *f;
    struct str text;
    int stop_after;
};

static bool add_id(void *ctx, const struct certificate *c)
{
    struct ids *l = ctx;
    l->text = arena_printf(l->f->a, "%.*s %lld", STR_FMT(l->text), (long long)c->id);
    return --l->stop_after != 0;
}

static struct str list(struct fixture *f, enum cert_kind kind, int stop_after)
{
    struct ids l = { f, STR(""), stop_after };
    assert_int_equal(db_cert_list(f->db, kind, add_id, &l), DB_OK);
    return l.text;
}

static void test_list(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    assert_str(list(f, CERT_CA, 0), " 2 1");
    assert_str(list(f, CERT_SERVER, 0), " 2 1");
    assert_str(list(f, CERT_CLIENT, 0), " 4 6 5 3 2 1");
    assert_str(list(f, CERT_CLIENT, 2), " 4 6");
    sql_do(db, "UPDATE my_tracks_clientcertificate SET created_at = 'x' WHERE id = 5");
    assert_str(list(f, CERT_CLIENT, 0), " 4 6 3 2 1"); /* the unreadable one alone is missing */
}

/* ---------------------------------------------------------------- adding */
static struct certificate sample(void)
{
    return (struct certificate){ .pem = STR("pem\n"),
                                 .sealed_key = STR("gAAAAA"),
                                 .common_name = STR("new"),
                                 .fingerprint = STR("AB"),
                                 .key_size = 3072,
                                 .not_before = NOW,
                                 .not_after = NOW + 1,
                                 .created_at = NOW,
                                 .issuing_ca_id = HOUSEHOLD_CA,
                                 .san_entries = STR("[]"),
                                 .user_id = BOB,
                                 .serial = STR("0x1") };
}

static void test_add(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct certificate c = sample(), back;

    for (enum cert_kind kind = 0; kind < CERT_KINDS; kind++) {
        assert_int_equal(db_cert_add(db, kind, &c), DB_OK);
        assert_int_equal(c.id, kind == CERT_CLIENT ? 7 : 3);
        assert_int_equal(db_cert_get(db, f->a, kind, c.id, &back), DB_OK);
        assert_str(back.common_name, "new");
        assert_int_equal(back.key_size, 3072);
        assert_int_equal(back.created_at, NOW);
        assert_true(back.is_active);
        assert_false(back.revoked);
        assert_false(back.revoked_at.set);
    }
    assert_str(back.serial, "0x1");
    assert_str(back.username, "bob");
    assert_int_equal(sql_number(db, "SELECT sum(is_active) FROM my_tracks_certificateauthority"),
                     1);
    assert_int_equal(sql_number(db, "SELECT sum(is_active) FROM my_tracks_servercertificate"), 1);
    /* Bob's alone; not revoked by that. */
    assert_str(str_of(sql_string(f, db,
                                 "SELECT group_concat(id || ':' || is_active || revoked, ' ')"
                                 " FROM my_tracks_clientcertificate")),
               "1:01 2:10 3:01 4:00 5:10 6:00 7:10");
    assert_string_equal(
        sql_string(f, db,
                   "SELECT typeof(encrypted_private_key) FROM my_tracks_clientcertificate"
                   " WHERE id = 7"),
        "blob");
}

static void test_add_without_parent(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct certificate c = sample();

    c.issuing_ca_id = 99;
    assert_int_equal(db_cert_add(db, CERT_SERVER, &c), DB_CONFLICT);
    c = sample();
    c.user_id = 99;
    assert_int_equal(db_cert_add(db, CERT_CLIENT, &c), DB_CONFLICT);
    assert_int_equal(sql_number(db, "SELECT sum(is_active) FROM my_tracks_servercertificate"), 1);
    assert_str(list(f, CERT_CLIENT, 0), " 4 6 5 3 2 1");
}

/* ---------------------------------------------------------------- changing */
static void test_deactivate(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct certificate c;

    for (enum cert_kind kind = CERT_CA; kind <= CERT_SERVER; kind++) {
        assert_int_equal(db_cert_deactivate(db, kind, 1), DB_NONE);
        assert_int_equal(db_cert_deactivate(db, kind, 99), DB_NONE);
        assert_int_equal(db_cert_deactivate(db, kind, 2), DB_OK);
        assert_int_equal(db_cert_deactivate(db, kind, 2), DB_NONE);
        assert_int_equal(db_cert_active(db, f->a, kind, &c), DB_NONE);
    }
}

static void test_issued(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct ca_issued n;

    assert_int_equal(db_ca_issued(db, f->a, HOUSEHOLD_CA, &n), DB_OK);
    assert_int_equal(n.servers, 1);
    assert_int_equal(n.clients, 5);
    assert_str(n.in_use, "tracks.example.org");
    assert_int_equal(db_ca_issued(db, f->a, OLD_CA, &n), DB_OK);
    assert_int_equal(n.servers, 1);
    assert_int_equal(n.clients, 1);
    assert_str(n.in_use, "");
}

static void test_delete(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    assert_int_equal(db_cert_delete(db, CERT_SERVER, 2), DB_NONE);
    assert_int_equal(db_cert_delete(db, CERT_SERVER, 1), DB_OK);
    assert_int_equal(db_cert_delete(db, CERT_SERVER, 1), DB_NONE);
    assert_int_equal(db_cert_delete(db, CERT_CLIENT, 4), DB_NONE);
    assert_int_equal(db_cert_delete(db, CERT_CLIENT, 6), DB_OK);
    assert_int_equal(sql_number(db, "SELECT count(*) FROM mytracks_revoked_serial"), 0);
}

/* ---------------------------------------------------------------- revocation list */
static struct str revoked(struct fixture *f, int64_t ca, usec_t now)
{
    struct str text = STR("");
    struct pki_revoked *r;
    size_t n;

    assert_int_equal(db_revoked_list(f->db, f->a, ca, now, &r, &n), DB_OK);
    for (size_t i = 0; i < n; i++) {
        char when[CLOCK_TEXT];
        clock_db(r[i].at, when);
        text = arena_printf(f->a, "%.*s%.*s %s\n", STR_FMT(text), STR_FMT(r[i].serial), when);
    }
    return text;
}

#define BOB_LINE BOB_REVOKED " 2026-02-20 20:20:20\n"
#define ALICE_LINE "0x6789d3182842c86a143b0ec56490d8554dce486c 2026-03-01 10:00:00.500000\n"

static void test_revoke(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE);
    assert_str(revoked(f, OLD_CA, NOW),
               "0x35c5e3b47c75d4a1205fe29ceecce433b16a3b01 2025-06-01 01:02:03.456789\n");
    assert_int_equal(db_cert_revoke(db, 2, NOW), DB_OK);
    assert_int_equal(db_cert_revoke(db, 2, NOW), DB_NONE);
    assert_int_equal(db_cert_revoke(db, 99, NOW), DB_NONE);
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE ALICE_LINE);
    assert_int_equal(
        sql_number(db, "SELECT is_active FROM my_tracks_clientcertificate WHERE id = 2"), 0);
}

/* H-17: whoever deletes the row. */
static void test_stays_revoked(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    assert_int_equal(db_cert_revoke(db, 2, NOW), DB_OK);
    assert_int_equal(db_cert_delete(db, CERT_CLIENT, 3), DB_OK);
    sql_do(db, "DELETE FROM my_tracks_clientcertificate WHERE user_id = 2");
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE ALICE_LINE);
    assert_int_equal(db_revoked_trim(db, NOW), DB_OK);
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE ALICE_LINE);
    /* alice's expires one day before bob's */
    assert_str(revoked(f, HOUSEHOLD_CA, at("2045-12-21 00:00:00")), BOB_LINE);
    assert_int_equal(db_revoked_trim(db, at("2045-12-21 00:00:00")), DB_OK);
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE);
}

static void test_same_row_twice(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);

    sql_do(db, "CREATE TABLE copy AS SELECT * FROM my_tracks_clientcertificate WHERE id = 3");
    sql_do(db, "DELETE FROM my_tracks_clientcertificate WHERE id = 3");
    sql_do(db, "INSERT INTO my_tracks_clientcertificate SELECT * FROM copy");
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE);
    sql_do(db, "DELETE FROM my_tracks_clientcertificate WHERE id = 3");
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE);
}

/* A Django migration may build the table anew, without our trigger. */
static void test_trigger_returns(void **state)
{
    struct fixture *f = *state;
    sql_do(fixture_household(f), "DROP TRIGGER mytracks_revoked_delete");
    db_close(f->db);
    f->db = fixture_open(f->path, DB_WORKER);
    assert_int_equal(db_cert_delete(f->db, CERT_CLIENT, 3), DB_OK);
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_LINE);
}

static void test_unreadable_is_not_left_out(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct pki_revoked *r;
    size_t n;

    sql_do(db, "UPDATE my_tracks_clientcertificate SET revoked_at = 'x' WHERE id = 3");
    assert_int_equal(db_revoked_list(db, f->a, HOUSEHOLD_CA, NOW, &r, &n), DB_FAIL);
    sql_do(db, "UPDATE my_tracks_clientcertificate SET revoked_at = NULL WHERE id = 3");
    assert_str(revoked(f, HOUSEHOLD_CA, NOW), BOB_REVOKED " 2026-01-06 00:00:00\n");
}

static void test_many_revoked(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct pki_revoked *r;
    size_t n;

    sql_do(db, "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 500)"
               " INSERT INTO mytracks_revoked_serial SELECT 2, printf('0x%x', n), '2026-01-01"
               " 00:00:00', '2027-01-01 00:00:00' FROM i");
    assert_int_equal(db_revoked_list(db, f->a, HOUSEHOLD_CA, NOW, &r, &n), DB_OK);
    assert_int_equal(n, 501);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_get),
        FIXTURE_TEST(test_list),
        FIXTURE_TEST(test_add),
        FIXTURE_TEST(test_add_without_parent),
        FIXTURE_TEST(test_deactivate),
        FIXTURE_TEST(test_issued),
        FIXTURE_TEST(test_delete),
        FIXTURE_TEST(test_revoke),
        FIXTURE_TEST(test_stays_revoked),
        FIXTURE_TEST(test_same_row_twice),
        FIXTURE_TEST(test_trigger_returns),
        FIXTURE_TEST(test_unreadable_is_not_left_out),
        FIXTURE_TEST(test_many_revoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
