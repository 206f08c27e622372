#include "vectors.h"

#include "lib/codec.h"
#include "lib/crypto.h"
#include "lib/signing.h"

static struct arena *a;

static int set_up(void **state)
{
    a = arena_new((size_t)64 * 1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(a);
    return vectors_close(state);
}

/* As it would be stored. */
static struct str text_of(const struct jval *v)
{
    struct buf b;
    struct json j;

    buf_init(&b, 1024 * 1024);
    json_init(&j, &b, JSON_TIGHT);
    jval_write(&j, v);
    assert_true(json_done(&j) && buf_ok(&b));
    struct str text = arena_dup(a, buf_view(&b));
    buf_free(&b);
    return text;
}

/* Django 5 signs everything with SHA-256; a SHA-1 case is left to its base64. */
static void test_salted_hmac(void **state)
{
    struct tally t = { .name = "salted_hmac" };
    uint8_t sum[64];

    (void)state;
    for (const struct jval *c = vectors(STR("salted_hmac"))->first; c != NULL; c = c->next) {
        struct str hex = case_text(c, STR("hexdigest"));
        assert_true(hex.n / 2 <= sizeof(sum) && hex_decode(hex, sum, hex.n / 2));
        if (str_eqz(case_text(c, STR("algorithm")), "sha256"))
            salted_hmac(case_text(c, STR("key_salt")), case_text(c, STR("value")),
                        case_text(c, STR("secret")), sum);
        struct str bytes = { (const char *)sum, hex.n / 2 };
        tally_check(&t,
                    str_eq(hex_encode(a, bytes), hex) &&
                        str_eq(base64url_encode(a, bytes), case_text(c, STR("b64url_nopad"))),
                    hex);
    }
    tally_end(&t);
}

static void test_base62(void **state)
{
    struct tally t = { .name = "base62" };

    (void)state;
    for (const struct jval *c = vectors(STR("base62"))->first; c != NULL; c = c->next) {
        struct str text = case_text(c, STR("b62"));
        int64_t v = case_int(c, STR("int")), back = -1;
        tally_check(&t,
                    str_eq(base62_encode(a, (uint64_t)v), text) && base62_decode(text, &back) &&
                        back == v,
                    text);
    }
    tally_end(&t);
}

static void test_session_auth_hash(void **state)
{
    struct tally t = { .name = "session_auth_hash" };

    (void)state;
    for (const struct jval *c = vectors(STR("session_auth_hash"))->first; c != NULL; c = c->next)
        tally_check(&t,
                    str_eq(session_auth_hash(a, case_text(c, STR("secret_key")),
                                             case_text(c, STR("password_column"))),
                           case_text(c, STR("session_auth_hash"))),
                    case_text(c, STR("password_column")));
    tally_end(&t);
}

/* Django reads "{}" where we say NULL. Two of its good ones are none for us: a list, which is no
   session, and a megabyte in one text, which is above SESSION_INFLATE_MAX. */
static bool decodes_as_expected(const struct jval *c)
{
    const struct jval *expected = jval_getz(c, "decoded");
    const struct jval *got =
        session_decode(a, case_text(c, STR("secret_key")), case_text(c, STR("session_data")));
    bool rejected = expected == NULL || expected->type != J_OBJECT ||
                    (expected->count == 0 && jval_getz(c, "timestamp") == NULL);

    if (rejected || got == NULL)
        return rejected && got == NULL;
    return str_eq(text_of(got), text_of(expected));
}

static void test_session_decode(void **state)
{
    struct tally t = { .name = "sessions" };

    (void)state;
    for (const struct jval *c = vectors(STR("sessions"))->first; c != NULL; c = c->next)
        tally_check(&t, decodes_as_expected(c), case_text(c, STR("session_data")));
    tally_end(&t);
}

/* What Django writes, byte for byte, compression included. */
static void test_session_encode(void **state)
{
    struct tally t = { .name = "sessions written" };

    (void)state;
    for (const struct jval *c = vectors(STR("sessions"))->first; c != NULL; c = c->next) {
        if (jval_getz(c, "timestamp") != NULL)
            tally_check(
                &t,
                str_eq(session_encode(a, case_text(c, STR("secret_key")), jval_getz(c, "decoded"),
                                      case_int(c, STR("timestamp"))),
                       case_text(c, STR("session_data"))),
                case_text(c, STR("session_data")));
    }
    tally_end(&t);
}

/* A signed text with any payload; Django's parts "payload:timestamp:signature". */
static struct str signed_session(struct str payload, struct str stamp)
{
    uint8_t sum[SHA256_LEN];
    struct str value = arena_concat(a, (struct str[]){ payload, STR(":"), stamp, STR_NULL });

    salted_hmac(STR("django.contrib.sessions.SessionStoresigner"), value, STR("k"), sum);
    struct str sig = base64url_encode(a, (struct str){ (const char *)sum, sizeof(sum) });
    return arena_concat(a, (struct str[]){ value, STR(":"), sig, STR_NULL });
}

/* Rightly signed, and still no session. */
static void test_session_decode_rejects(void **state)
{
    static const struct {
        const char *payload, *stamp;
        bool good;
    } cases[] = {
        { "e30", "1abcde", true },
        { "e30", "", false }, /* no time stamp */
        { "e30", "1ab-de", false },
        { "", "1abcde", false },
        { "e", "1abcde", false },      /* cannot be base64 */
        { "bnVsbA", "1abcde", false }, /* null */
        { "e30gfQ", "1abcde", false }, /* {} } */
        { ".", "1abcde", false },
        { ".e30", "1abcde", false }, /* not compressed */
        { ".eJyrrgUAAXUA-Q", "1abcde", true },
        { ".eJyrrgUAAXUA-A", "1abcde", false }, /* wrong checksum */
        { ".eJyrrgU", "1abcde", false },        /* cut off */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str data = signed_session(str_of(cases[i].payload), str_of(cases[i].stamp));
        if ((session_decode(a, STR("k"), data) != NULL) != cases[i].good)
            fail_msg("session payload %s, time stamp %s", cases[i].payload, cases[i].stamp);
    }
    assert_null(session_decode(a, STR("k"), STR("")));
    assert_null(session_decode(a, STR("k"), STR(":")));
    assert_null(session_decode(a, STR("k"), STR("::")));
}

/* The largest session that is read is also written, and the other way round. */
static void test_session_size(void **state)
{
    static const size_t frame = sizeof("{\"k\":\"\"}") - 1;
    char *text = arena_alloc(a, SESSION_INFLATE_MAX);

    (void)state;
    memset(text, 'x', SESSION_INFLATE_MAX);
    for (size_t over = 0; over <= 1; over++) {
        struct jval *o = jval_object(a);
        jval_set(a, o, STR("k"),
                 jval_text(a, (struct str){ text, SESSION_INFLATE_MAX - frame + over }));
        struct str data = session_encode(a, STR("k"), o, 1700000000);
        if (over == 0) {
            assert_true(data.n < 1024);
            assert_non_null(session_decode(a, STR("k"), data));
        } else {
            assert_true(str_is_null(data));
        }
    }
}

static void test_session_new_key(void **state)
{
    struct str key = session_new_key(a);

    (void)state;
    assert_int_equal(key.n, 32);
    for (size_t i = 0; i < key.n; i++)
        assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz0123456789", key.p[i]));
    assert_false(str_eq(key, session_new_key(a)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_salted_hmac),       cmocka_unit_test(test_base62),
        cmocka_unit_test(test_session_auth_hash), cmocka_unit_test(test_session_decode),
        cmocka_unit_test(test_session_encode),    cmocka_unit_test(test_session_decode_rejects),
        cmocka_unit_test(test_session_size),      cmocka_unit_test(test_session_new_key),
    };

    return cmocka_run_group_tests_name("signing", tests, set_up, tear_down);
}
