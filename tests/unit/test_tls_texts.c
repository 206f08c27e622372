/* What the broker gets, made from the rows of the household. */
#include "broker-agent/tls_texts.h"
#include "lib/jsonin.h"

#include <openssl/pem.h>

#include "fixture.h"

static usec_t now;

/* The key that the household's private keys are sealed with. */
static struct str secret(struct fixture *f)
{
    char path[FIXTURE_PATH], why[JSONIN_WHY];
    size_t room = (size_t)1024 * 1024;
    char *text = arena_alloc(f->a, room);

    snprintf(path, sizeof path, "%s/fixtures/household.json", getenv("CONFORMANCE_DIR"));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(text, 1, room, file);
    fclose(file);
    const struct jval *v = jsonin_parse(f->a, (struct str){ text, n }, why);
    return jval_getz(v, "secret_key")->text;
}

static struct tls_rows *rows_of(struct fixture *f)
{
    struct tls_rows *rows = ARENA_NEW(f->a, struct tls_rows);
    assert_int_equal(tls_rows_read(f->db, f->a, now, rows), DB_OK);
    return rows;
}

static struct tls_texts texts_of(struct fixture *f)
{
    struct tls_texts t;
    assert_true(tls_texts_make(f->a, secret(f), rows_of(f), now, &t));
    return t;
}

static size_t count(struct str text, const char *word)
{
    size_t n = 0, at = 0;
    const char *p;
    while ((p = memmem(text.p + at, text.n - at, word, strlen(word))) != NULL) {
        n++;
        at = (size_t)(p - text.p) + 1;
    }
    return n;
}

static int set_up(void **state)
{
    assert_true(clock_from_db(STR("2026-03-10 12:00:00"), &now));
    return fixture_new(state);
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, fixture_free)

#define DAVE "0x35c5e3b47c75d4a1205fe29ceecce433b16a3b01\n"
#define BOB_OLD "0x640dac96735064b0d6d8afd4c7a8f4c54afe472a\n"

/* H-21: all authorities, each with its list. */
static void test_household(void **state)
{
    struct fixture *f = *state;
    fixture_household(f);
    struct tls_texts t = texts_of(f);

    assert_int_equal(count(t.authorities, "BEGIN CERTIFICATE"), 2);
    assert_int_equal(count(t.revocations, "BEGIN X509 CRL"), 2);
    assert_int_equal(count(t.server, "BEGIN CERTIFICATE"), 1);
    assert_int_equal(count(t.server, "BEGIN PRIVATE KEY"), 1);
    assert_str(t.revoked, BOB_OLD DAVE);
}

static void test_expired_authority(void **state)
{
    struct fixture *f = *state;
    fixture_household(f);
    assert_true(
        clock_from_db(STR("2033-12-29 10:00:01"), &now)); /* the old one ended a second ago */
    struct tls_texts t = texts_of(f);

    assert_int_equal(count(t.authorities, "BEGIN CERTIFICATE"), 1);
    assert_int_equal(count(t.revocations, "BEGIN X509 CRL"), 1);
    assert_str(t.revoked, BOB_OLD);
}

static void test_foreign_keys(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    struct tls_texts t;

    sql_do(
        db,
        "UPDATE my_tracks_certificateauthority SET encrypted_private_key = x'6741' WHERE id = 1");
    t = texts_of(f);
    assert_int_equal(count(t.authorities, "BEGIN CERTIFICATE"), 1);
    assert_str(t.revoked, BOB_OLD);
    assert_false(tls_texts_make(f->a, STR("another"), rows_of(f), now, &t));
    sql_do(db, "UPDATE my_tracks_certificateauthority SET encrypted_private_key = x'6741'");
    assert_false(tls_texts_make(f->a, secret(f), rows_of(f), now, &t));
}

static void test_no_server(void **state)
{
    struct fixture *f = *state;
    sql_do(fixture_household(f), "UPDATE my_tracks_servercertificate SET is_active = 0");
    assert_false(rows_of(f)->has_server);
}

/* A list that cannot be complete is none. */
static void test_unreadable_row(void **state)
{
    struct fixture *f = *state;
    struct tls_rows *rows = ARENA_NEW(f->a, struct tls_rows);
    sql_do(fixture_household(f),
           "UPDATE my_tracks_clientcertificate SET revoked_at = 'x' WHERE id = 3");
    assert_int_equal(tls_rows_read(f->db, f->a, now, rows), DB_FAIL);
}

static void test_digest(void **state)
{
    static const struct {
        const char *change;
        bool differs;
    } cases[] = {
        { "SELECT 1", false },
        { "UPDATE my_tracks_device SET last_seen = '2026-03-10 00:00:00'", false },
        { "UPDATE my_tracks_clientcertificate SET is_active = 0", false },
        { "UPDATE my_tracks_clientcertificate SET revoked = 1, revoked_at = '2026-03-10 00:00:00'"
          " WHERE id = 2",
          true },
        { "DELETE FROM my_tracks_clientcertificate WHERE id = 2", false }, /* still on the list */
        { "UPDATE my_tracks_servercertificate SET is_active = NOT is_active", true },
        { "UPDATE my_tracks_servercertificate SET is_active = 0", true },
        { "DELETE FROM my_tracks_servercertificate WHERE issuing_ca_id = 1", false },
        { "DELETE FROM my_tracks_clientcertificate WHERE issuing_ca_id = 1", false },
        { "DELETE FROM my_tracks_certificateauthority WHERE id = 1", true },
    };
    struct fixture *f = *state;
    uint8_t before[SHA256_LEN], after[SHA256_LEN];
    struct db *db = fixture_household(f);

    tls_rows_digest(f->a, rows_of(f), before);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sql_do(db, cases[i].change);
        tls_rows_digest(f->a, rows_of(f), after);
        if ((memcmp(before, after, sizeof after) != 0) != cases[i].differs)
            fail_msg("%s", cases[i].change);
        memcpy(before, after, sizeof after);
    }
}

/* Many renewals leave many authorities. */
static void test_many_authorities(void **state)
{
    struct fixture *f = *state;
    sql_do(fixture_household(f),
           "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 100)"
           " INSERT INTO my_tracks_certificateauthority (certificate_pem, encrypted_private_key,"
           " common_name, fingerprint, not_valid_before, not_valid_after, key_size, is_active,"
           " created_at) SELECT certificate_pem, encrypted_private_key, common_name, fingerprint,"
           " not_valid_before, not_valid_after, key_size, 0, created_at"
           " FROM i, my_tracks_certificateauthority WHERE id = 2");
    struct tls_rows *rows = rows_of(f);
    assert_int_equal(rows->n, TLS_AUTHORITIES_MAX);
}

static void test_placeholder(void **state)
{
    struct fixture *f = *state;
    struct tls_texts t;

    assert_true(tls_texts_placeholder(f->a, now, &t));
    BIO *bio = BIO_new_mem_buf(t.server.p, (int)t.server.n);
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    assert_int_equal(X509_check_private_key(x, key), 1);
    assert_int_equal(count(t.authorities, "BEGIN CERTIFICATE"), 1);
    assert_int_equal(count(t.revocations, "BEGIN X509 CRL"), 1);
    EVP_PKEY_free(key);
    X509_free(x);
    BIO_free(bio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_household),        TEST(test_expired_authority), TEST(test_foreign_keys),
        TEST(test_no_server),        TEST(test_unreadable_row),    TEST(test_digest),
        TEST(test_many_authorities), TEST(test_placeholder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
