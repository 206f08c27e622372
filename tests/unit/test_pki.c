/* Certificates, lists and PKCS #12 files, looked at with OpenSSL's own reader and with Python's
   cryptography, which the reference uses (pki_read.py). */
#include "lib/fernet.h"
#include "lib/pki.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include "fixture.h"

#define SECRET "unit-test-key"
#define PASSWORD "p\xc3\xa4ss w\xc3\xb6rd"
#define NOW (INT64_C(1767268800) * USEC_PER_SEC + 123456) /* 2026-01-01 12:00:00.123456 */

/* Made once: keys take long. */
static struct arena *keep;
static struct pki_pair ca, server, client;
static struct pki_facts ca_facts, server_facts, client_facts;
static struct str crl, p12;

/* A constant one. */
#define VIEW(lit)            \
    {                        \
        lit, sizeof(lit) - 1 \
    }
static const struct str sans[] = { VIEW("tracks.example.org"), VIEW("127.0.0.1"), VIEW("has space"),
                                   VIEW("::1"), VIEW("10.0.0.0/8") };
static const struct pki_revoked revoked[] = {
    { VIEW("0x35c5e3b47c75d4a1205fe29ceecce433b16a3b01"), NOW - USEC_PER_SEC },
    { VIEW("0xd371c726621b9205eabc6efd7262c9a48fb4819"), NOW - 86400 * USEC_PER_SEC },
};

static struct pki_pair issue(enum pki_use use, const char *name, const struct pki_pair *by,
                             struct pki_facts *facts)
{
    struct pki_wish wish = {
        .use = use, .common_name = str_of(name), .key_bits = 2048, .days = 90
    };
    struct pki_pair made;
    const char *why = "";

    if (use == PKI_SERVER) {
        wish.sans = sans;
        wish.san_count = sizeof sans / sizeof sans[0];
    }
    if (!pki_issue(keep, &wish, by, NOW, &made, facts, &why))
        fail_msg("%s", why);
    return made;
}

static int set_up(void **state)
{
    const char *why = "";

    (void)state;
    keep = arena_new((size_t)8 * 1024 * 1024);
    ca = issue(PKI_CA, "\xc3\x9cnit, \xe6\x97\xa5\xe6\x9c\xac", NULL, &ca_facts);
    server = issue(PKI_SERVER, "tracks.example.org", &ca, &server_facts);
    client = issue(PKI_CLIENT, "heidi@home", &ca, &client_facts);
    bool ok = pki_crl(keep, &ca, revoked, 2, NOW, &crl, &why) &&
              pki_p12(keep, &client, ca.certificate, STR("heidi@home"), STR(PASSWORD), &p12, &why);
    if (!ok)
        print_error("%s\n", why);
    return ok ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(keep);
    return 0;
}

/* ---------------------------------------------------------------- Python's view */
static const char *in_folder(struct fixture *f, const char *name, const char *ending)
{
    return arena_printf(f->a, "%s/%s%s", f->folder, name, ending).p;
}

static void put(const char *path, struct str bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
    assert_int_equal(fclose(file), 0);
}

static struct str get(struct fixture *f, const char *path)
{
    size_t room = (size_t)64 * 1024;
    char *text = arena_alloc(f->a, room);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(text, 1, room, file);
    fclose(file);
    return (struct str){ text, n };
}

static void put_pair(struct fixture *f, const char *name, const struct pki_pair *pair)
{
    put(in_folder(f, name, ".pem"), pair->certificate);
    put(in_folder(f, name, ".sealed"), fernet_seal(f->a, STR(SECRET), pair->key, clock_sec(NOW)));
}

/* What pki_read.py prints about the files in the folder. */
static struct str python_reads(struct fixture *f)
{
    const char *out = in_folder(f, "out", "");
    char *argv[] = { (char[]){ "/usr/bin/python3" },
                     (char[]){ "tests/unit/pki_read.py" },
                     f->folder,
                     (char[]){ SECRET },
                     (char[]){ PASSWORD },
                     NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    assert_int_equal(posix_spawn(&pid, argv[0], &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    return get(f, out);
}

/* clang-format off */
#define CA_NAME "O=My Tracks,CN=\xc3\x9cnit\\, \xe6\x97\xa5\xe6\x9c\xac"
#define SIGNED "v3|2048|sha256|2026-01-01 12:00:00|2026-04-01 12:00:00\n"
#define EXPECTED                                                                             \
    "ca|" CA_NAME "|" CA_NAME "\n"                                                           \
    "%.*s|%.*s\n" SIGNED                                                                     \
    "basicConstraints!|keyUsage!|subjectKeyIdentifier\n"                                     \
    "{'UTF8String'}|True\n"                                                                  \
    "server|O=My Tracks,CN=tracks.example.org|" CA_NAME "\n"                                 \
    "%.*s|%.*s\n" SIGNED                                                                     \
    "basicConstraints!|keyUsage!|extendedKeyUsage|subjectAltName|authorityKeyIdentifier|"    \
    "subjectKeyIdentifier\n"                                                                 \
    "{'UTF8String'}|False\n"                                                                 \
    "serverAuth\n"                                                                           \
    "client|O=My Tracks,CN=heidi@home|" CA_NAME "\n"                                         \
    "%.*s|%.*s\n" SIGNED                                                                     \
    "basicConstraints!|keyUsage!|extendedKeyUsage|authorityKeyIdentifier|"                   \
    "subjectKeyIdentifier\n"                                                                 \
    "{'UTF8String'}|False\n"                                                                 \
    "clientAuth\n"                                                                           \
    "DNSName:tracks.example.org|IPAddress:127.0.0.1|DNSName:has space|IPAddress:::1|"        \
    "DNSName:10.0.0.0/8\n"                                                                   \
    "2026-01-01 12:00:00|30 days, 0:00:00|authorityKeyIdentifier|cRLNumber\n"                \
    "%.*s 2025-12-31 12:00:00|%.*s 2026-01-01 11:59:59\n"                                    \
    "heidi@home|True|[True]\n"
/* clang-format on */

static void test_python(void **state)
{
    struct fixture *f = *state;
    put_pair(f, "ca", &ca);
    put_pair(f, "server", &server);
    put_pair(f, "client", &client);
    put(in_folder(f, "crl", ".pem"), crl);
    put(in_folder(f, "client", ".p12"), p12);
    struct str want =
        arena_printf(f->a, EXPECTED, STR_FMT(ca_facts.serial), STR_FMT(ca_facts.fingerprint),
                     STR_FMT(server_facts.serial), STR_FMT(server_facts.fingerprint),
                     STR_FMT(client_facts.serial), STR_FMT(client_facts.fingerprint),
                     STR_FMT(revoked[1].serial), STR_FMT(revoked[0].serial));
    struct str have = python_reads(f), have_line, want_line;
    while (str_split(&want, '\n', &want_line)) { /* line by line, for the message */
        assert_true(str_split(&have, '\n', &have_line));
        assert_str(have_line, arena_cstr(f->a, want_line));
    }
    assert_false(str_split(&have, '\n', &have_line));
    assert_str(fernet_open(f->a, STR(SECRET), get(f, in_folder(f, "python", ".sealed"))),
               "sealed by Python");
}

/* ---------------------------------------------------------------- OpenSSL's view */
static X509 *x509_of(struct str pem)
{
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(x);
    return x;
}

/* X509_V_OK or the error of the chain leaf → authority with its list. */
static int verify(struct str leaf, struct str authority, struct str list, int purpose, usec_t at)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509 *top = x509_of(authority), *x = x509_of(leaf);
    BIO *bio = BIO_new_mem_buf(list.p, (int)list.n);
    X509_CRL *revocations = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);

    assert_non_null(revocations);
    assert_int_equal(X509_STORE_add_cert(store, top), 1);
    assert_int_equal(X509_STORE_add_crl(store, revocations), 1);
    assert_int_equal(X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_X509_STRICT),
                     1);
    assert_int_equal(X509_STORE_CTX_init(ctx, store, x, NULL), 1);
    X509_VERIFY_PARAM_set_purpose(X509_STORE_CTX_get0_param(ctx), purpose);
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(ctx), (time_t)clock_sec(at));
    int error = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
    X509_CRL_free(revocations);
    BIO_free(bio);
    X509_free(top);
    X509_free(x);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return error;
}

#define DAYS(n) ((n)*INT64_C(86400) * USEC_PER_SEC)

static void test_chain(void **state)
{
    const struct {
        struct str leaf;
        int purpose;
        usec_t at;
        int want;
    } cases[] = {
        { server.certificate, X509_PURPOSE_SSL_SERVER, NOW, X509_V_OK },
        { server.certificate, X509_PURPOSE_SSL_CLIENT, NOW, X509_V_ERR_INVALID_PURPOSE },
        { client.certificate, X509_PURPOSE_SSL_CLIENT, NOW, X509_V_OK },
        { client.certificate, X509_PURPOSE_SSL_SERVER, NOW, X509_V_ERR_INVALID_PURPOSE },
        { client.certificate, X509_PURPOSE_SSL_CLIENT, NOW - DAYS(1),
          X509_V_ERR_CRL_NOT_YET_VALID },
        { client.certificate, X509_PURPOSE_SSL_CLIENT, NOW + DAYS(29), X509_V_OK },
        { client.certificate, X509_PURPOSE_SSL_CLIENT, NOW + DAYS(31), X509_V_ERR_CRL_HAS_EXPIRED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(verify(cases[i].leaf, ca.certificate, crl, cases[i].purpose, cases[i].at),
                         cases[i].want);
}

static void test_revoked(void **state)
{
    struct fixture *f = *state;
    struct pki_revoked list[] = { { client_facts.serial, NOW } };
    struct str pem;
    const char *why;

    assert_true(pki_crl(f->a, &ca, list, 1, NOW, &pem, &why));
    assert_int_equal(verify(client.certificate, ca.certificate, pem, X509_PURPOSE_SSL_CLIENT, NOW),
                     X509_V_ERR_CERT_REVOKED);
    assert_int_equal(verify(server.certificate, ca.certificate, pem, X509_PURPOSE_SSL_SERVER, NOW),
                     X509_V_OK);
    assert_true(pki_crl(f->a, &ca, NULL, 0, NOW, &pem, &why));
    assert_int_equal(verify(client.certificate, ca.certificate, pem, X509_PURPOSE_SSL_CLIENT, NOW),
                     X509_V_OK);
}

/* A list as long as somebody may need, and numbers that are none. */
static void test_crl_bounds(void **state)
{
    static const char *const bad[] = {
        "", "0x", "1f", "0xg1", "0x1 ", "0x-1", "0x00000000000000000000000000000000000000001"
    };
    struct fixture *f = *state;
    enum { MANY = 5000 };
    struct pki_revoked *many = ARENA_ARRAY(f->a, MANY, struct pki_revoked);
    struct str pem;
    const char *why = NULL;

    for (size_t i = 0; i < MANY; i++)
        many[i] = (struct pki_revoked){
            arena_printf(f->a, "0x7f%038zx", i),
            INT64_C(4102444800) * USEC_PER_SEC, /* after 2049: the longer form */
        };
    assert_true(pki_crl(f->a, &ca, many, MANY, NOW, &pem, &why));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        many[0].serial = str_of(bad[i]);
        why = NULL;
        assert_false(pki_crl(f->a, &ca, many, 1, NOW, &pem, &why));
        assert_non_null(why);
    }
}

/* ---------------------------------------------------------------- input */
static void test_bad_pairs(void **state)
{
    struct fixture *f = *state;
    struct pki_wish wish = {
        .use = PKI_CLIENT, .common_name = STR("x"), .key_bits = 2048, .days = 1
    };
    const struct pki_pair bad[] = {
        { STR(""), ca.key },
        { STR("nonsense"), ca.key },
        { ca.certificate, STR("") },
        { ca.certificate, ca.certificate },
        { ca.certificate, client.key },
        { str_sub(ca.certificate, 0, 300), ca.key },
        { ca.certificate, STR("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED "
                              "PRIVATE KEY-----\n") },
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct pki_pair out;
        struct pki_facts facts;
        struct str text;
        const char *why = NULL;
        assert_false(pki_issue(f->a, &wish, &bad[i], NOW, &out, &facts, &why));
        assert_non_null(why);
        assert_false(pki_crl(f->a, &bad[i], NULL, 0, NOW, &text, &why));
        assert_false(pki_p12(f->a, &bad[i], ca.certificate, STR("x"), STR("x"), &text, &why));
    }
}

static void test_names(void **state)
{
    static const char letters[] =
        "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
    const struct str whole = str_of(letters);

    (void)state;
    assert_int_equal(whole.n, PKI_NAME_MAX + 1);
    assert_true(pki_name_ok(str_sub(whole, 1, SIZE_MAX)));
    assert_false(pki_name_ok(whole));
    assert_true(pki_name_ok(STR("T \"x\" \xe6\x97\xa5")));
    assert_false(pki_name_ok(STR("")));
    assert_false(pki_name_ok(STR("a\r\nb")));
    assert_false(pki_name_ok(STR("a\x7f")));
    assert_false(pki_name_ok(STR("a\xc2\x85")));
    assert_false(pki_name_ok(STR("a\xff")));
    assert_true(pki_san_ok(STR("a")));
    assert_true(pki_san_ok(STR("{'a': 1}")));
    assert_false(pki_san_ok(STR("")));
    assert_false(pki_san_ok(STR("\xc3\xbcn.example")));
    assert_false(pki_san_ok(STR("a\n")));
}

static void test_serial_text(void **state)
{
    static const unsigned char bytes[22] = { 0, 0x0d, 0x37, 0, 0xab, [20] = 1 };
    char out[PKI_SERIAL_TEXT];

    (void)state;
    assert_int_equal(pki_serial_text(bytes, 5, out), 9);
    assert_string_equal(out, "0xd3700ab");
    assert_int_equal(pki_serial_text(bytes, 1, out), 3);
    assert_string_equal(out, "0x0");
    assert_int_equal(pki_serial_text(bytes, 21, out), 41);
    assert_string_equal(out, "0xd3700ab00000000000000000000000000000001");
    assert_int_equal(pki_serial_text(bytes, 0, out), 0);
    assert_int_equal(pki_serial_text(bytes + 1, 21, out), 0);
}

/* Names and passwords beyond ASCII, and a file that only the password opens. */
static void test_p12(void **state)
{
    const unsigned char *at = (const unsigned char *)p12.p;
    PKCS12 *file = d2i_PKCS12(NULL, &at, (long)p12.n);

    (void)state;
    assert_non_null(file);
    assert_int_equal(PKCS12_verify_mac(file, PASSWORD, -1), 1);
    assert_int_equal(PKCS12_verify_mac(file, "wrong", -1), 0);
    PKCS12_free(file);
}

static void test_key_sizes(void **state)
{
    struct fixture *f = *state;
    struct pki_wish wish = {
        .use = PKI_CA, .common_name = STR("x"), .key_bits = 3072, .days = PKI_DAYS_MAX
    };
    struct pki_pair out;
    struct pki_facts facts;
    const char *why;
    char text[CLOCK_TEXT];

    assert_true(pki_issue(f->a, &wish, NULL, NOW, &out, &facts, &why));
    X509 *x = x509_of(out.certificate);
    assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(x)), 3072);
    X509_free(x);
    clock_db(facts.not_after, text);
    assert_string_equal(text, "2125-12-08 12:00:00");
}

/* An authority on a curve and all that it signs; each use of a key has the usage that fits it. */
static void test_curves(void **state)
{
    static const struct {
        int bits, digest;
    } curves[] = { { 256, NID_ecdsa_with_SHA256 }, { 384, NID_ecdsa_with_SHA384 } };
    struct fixture *f = *state;
    struct pki_pair root, leaf;
    struct pki_facts facts;
    struct str text;
    const char *why;

    for (size_t i = 0; i < 2; i++) {
        struct pki_wish wish = {
            .use = PKI_CA, .common_name = STR("x"), .key_bits = curves[i].bits, .days = 10
        };
        assert_true(pki_issue(f->a, &wish, NULL, NOW, &root, &facts, &why));
        wish.use = PKI_CLIENT;
        assert_true(pki_issue(f->a, &wish, &root, NOW, &leaf, &facts, &why));
        X509 *ca_x = x509_of(root.certificate), *x = x509_of(leaf.certificate);
        assert_int_equal(EVP_PKEY_get_base_id(X509_get0_pubkey(x)), EVP_PKEY_EC);
        assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(x)), curves[i].bits);
        assert_int_equal(X509_get_signature_nid(x), curves[i].digest);
        assert_int_equal(X509_verify(x, X509_get0_pubkey(ca_x)), 1);
        assert_int_equal(X509_get_key_usage(x), KU_DIGITAL_SIGNATURE);
        assert_int_equal(X509_get_key_usage(ca_x),
                         KU_DIGITAL_SIGNATURE | KU_KEY_CERT_SIGN | KU_CRL_SIGN);
        X509_free(ca_x);
        X509_free(x);
        assert_true(pki_crl(f->a, &root, revoked, 2, NOW, &text, &why));
        assert_true(pki_p12(f->a, &leaf, root.certificate, STR("x"), STR("x"), &text, &why));
    }
    assert_true(pki_key_bits_ok(256) && pki_key_bits_ok(384) && pki_key_bits_ok(4096));
    assert_false(pki_key_bits_ok(0) || pki_key_bits_ok(255) || pki_key_bits_ok(521) ||
                 pki_key_bits_ok(1024) || pki_key_bits_ok(INT64_MIN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_python),          cmocka_unit_test(test_chain),
        FIXTURE_TEST(test_revoked),         FIXTURE_TEST(test_crl_bounds),
        FIXTURE_TEST(test_bad_pairs),       cmocka_unit_test(test_names),
        cmocka_unit_test(test_p12),         FIXTURE_TEST(test_key_sizes),
        cmocka_unit_test(test_serial_text), FIXTURE_TEST(test_curves),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
