#include "vectors.h"

#include "lib/password.h"

#include <time.h>

#define DJANGO_ROUNDS 1000000 /* what the vectors' Django prefers */
#define FEW 1000              /* rounds where the time is not what is tested */

static struct arena *a;

static int set_up(void **state)
{
    a = arena_new(1024 * 1024);
    return vectors_open(state);
}

static int tear_down(void **state)
{
    arena_free(a);
    return vectors_close(state);
}

/* Django also rewrites columns with more rounds than it prefers; we never go down. */
static bool outdated_for_us(struct str encoded, bool must_update)
{
    struct str rest = encoded, algorithm, rounds;

    str_split(&rest, '$', &algorithm);
    return must_update && !(str_eqz(algorithm, "pbkdf2_sha256") && str_split(&rest, '$', &rounds) &&
                            strtoll(arena_cstr(a, rounds), NULL, 10) > DJANGO_ROUNDS);
}

static bool fits_as_expected(const struct jval *c)
{
    const struct jval *expect = jval_getz(c, "expect");
    struct str encoded = case_text(c, STR("encoded"));
    bool ok = password_verify(case_text(c, STR("password")), encoded, FEW);

    /* Where Django raises, a login fails. */
    if (jval_getz(expect, "raises") != NULL)
        return !ok;
    return ok == case_true(expect, STR("correct")) &&
           password_outdated(encoded, DJANGO_ROUNDS) ==
               outdated_for_us(encoded, case_true(expect, STR("must_update")));
}

static void test_vectors(void **state)
{
    struct tally t = { .name = "password_hashes" };

    (void)state;
    for (const struct jval *c = vectors(STR("password_hashes"))->first; c != NULL; c = c->next)
        tally_check(&t, fits_as_expected(c), case_text(c, STR("note")));
    tally_end(&t);
}

static void test_new_columns(void **state)
{
    struct str password = STR("p\xc3\xa4ss\0word"), column = password_hash(a, password, FEW);
    struct str rest = column, algorithm, rounds, salt;

    (void)state;
    assert_true(str_split(&rest, '$', &algorithm) && str_eqz(algorithm, "pbkdf2_sha256"));
    assert_true(str_split(&rest, '$', &rounds) && str_eqz(rounds, "1000"));
    assert_true(str_split(&rest, '$', &salt));
    assert_int_equal(salt.n, 22);
    assert_int_equal(rest.n, 44);
    assert_true(password_verify(password, column, FEW));
    assert_false(password_verify(STR("p\xc3\xa4ss"), column, FEW));
    assert_false(str_eq(column, password_hash(a, password, FEW)));
    assert_false(password_outdated(column, FEW));
    assert_false(password_outdated(column, FEW - 1));
    assert_true(password_outdated(column, FEW + 1));

    struct str unusable = password_unusable(a);
    assert_int_equal(unusable.n, 41);
    assert_int_equal(unusable.p[0], '!');
    assert_false(password_verify(unusable, unusable, FEW));
    assert_false(password_outdated(unusable, FEW));
}

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Texts that no Django wrote: none logs in, none costs the time or the memory that it asks for. */
static void test_hostile_columns(void **state)
{
    static const char *const columns[] = {
        "$",
        "!",
        "$$$$",
        "pbkdf2_sha256",
        "pbkdf2_sha256$",
        "pbkdf2_sha256$1",
        "pbkdf2_sha256$1$",
        "pbkdf2_sha256$1$s",
        "pbkdf2_sha256$1$s$",
        "pbkdf2_sha256$20000001$salt$AAAA",
        "pbkdf2_sha256$99999999999999999999$salt$AAAA",
        "pbkdf2_sha256$4294967297$salt$AAAA",
        "pbkdf2_sha256$01$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQM=",
        "pbkdf2_sha256$+1$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQM=",
        "pbkdf2_sha256$1$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQM=$",
        "pbkdf2_sha256$1$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQ==",
        "scrypt$1073741824$salt$8$1$AAAA",
        "scrypt$16384$salt$65535$65535$AAAA",
        "scrypt$1024$salt$8$100000$AAAA",
        "scrypt$1023$salt$8$1$AAAA",
        "scrypt$1024$$8$1$AAAA",
        "scrypt$1024$salt$8$1",
        "scrypt$1024$salt$0$1$AAAA",
        "scrypt$2$salt$65535$65535$AAAA",
        "argon2$",
        "argon2$argon2id",
        "argon2$argon2id$v=19",
        "argon2$argon2x$v=19$m=64,t=1,p=1$$",
        "argon2$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$PqpFDCSiuf/Z106MloSWig",
        "argon2$argon2id$v=19$m=64,t=4294967295,p=1$c29tZXNhbHQ$PqpFDCSiuf/Z106MloSWig",
        "argon2$argon2id$v=19$m=64,t=1,p=16777215$c29tZXNhbHQ$PqpFDCSiuf/Z106MloSWig",
        "argon2$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHQ$PqpFDCSiuf/Z106MloSWig",
        "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
        "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHR$PqpFDCSiuf/Z106MloSWig", /* loose bits */
        "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ=$PqpFDCSiuf/Z106MloSWig",
        "argon2$argon2id$v=19$m=64,t=1$c29tZXNhbHQ$PqpFDCSiuf/Z106MloSWig",
        "argon2$argon2id$v=19$m=64,t=1,p=1$"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "$PqpFDCSiuf/Z106MloSWig",
        "bcrypt_sha256$",
        "bcrypt_sha256$$2b$12$",
        "bcrypt_sha256$$2b$31$q8yq03NMxcWjxcRbnXt/0.25F.HaFVrJzZZ9UqYQVY2Fgz5eIcMLG",
        "bcrypt_sha256$$2b$00$q8yq03NMxcWjxcRbnXt/0.25F.HaFVrJzZZ9UqYQVY2Fgz5eIcMLG",
        "bcrypt_sha256$$2x$04$q8yq03NMxcWjxcRbnXt/0.25F.HaFVrJzZZ9UqYQVY2Fgz5eIcMLG",
        "bcrypt_sha256$$1$$04$q8yq03NMxcWjxcRbnXt/0.25F.HaFVrJzZZ9UqYQVY2Fgz5eIcMLG",
        "bcrypt_sha256$$2b$04$q8yq03NMxcWjxcRbnXt/0.25F.HaFVrJzZZ9UqYQVY2Fgz5eIcMLG$",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        double start = cpu_seconds();
        if (password_verify(STR("password"), str_of(columns[i]), FEW))
            fail_msg("logged in with %s", columns[i]);
        if (cpu_seconds() - start > 1.0)
            fail_msg("%.1f s for %s", cpu_seconds() - start, columns[i]);
    }
}

/* No text of a column, cut anywhere, is taken for another one. */
static void test_cut_columns(void **state)
{
    static const struct {
        const char *password, *column;
    } cases[] = {
        { "password", "pbkdf2_sha256$1$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQM=" },
        { "password", "pbkdf2_sha1$1$sha1salt0$GtBVlYOvQdz1ynqg3MN48kIVlQ0=" },
        { "low", "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$PqpFDCSiuf/Z106MloSWig" },
        { "password",
          "bcrypt_sha256$$2b$04$xojWg0LK8P5/UTgvPAUUYORzd3f2bXNujwp.8UHR7M46SM5/A4GY." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str password = str_of(cases[i].password), column = str_of(cases[i].column);
        assert_true(password_verify(password, column, FEW));
        assert_false(password_verify(STR(""), column, FEW));
        for (size_t n = 0; n < column.n; n++)
            assert_false(password_verify(password, str_sub(column, 0, n), FEW));
    }
    char *huge = arena_alloc(a, 100000);
    memset(huge, 'p', 100000);
    assert_false(password_verify((struct str){ huge, 100000 }, str_of(cases[0].column), FEW));
    assert_false(password_verify(STR("password"), (struct str){ huge, 100000 }, FEW));
}

/* Time of a failed check: the least of three, as other programs disturb. */
static double seconds_of(const char *column, int64_t rounds)
{
    double least = 1e9;

    for (int i = 0; i < 3; i++) {
        double start = cpu_seconds();
        if (column == NULL)
            password_burn(STR("wrong"), rounds);
        else
            assert_false(password_verify(STR("wrong"), str_of(column), rounds));
        double took = cpu_seconds() - start;
        least = took < least ? took : least;
    }
    return least;
}

/* A failed check tells nothing about the column: whoever it is, it takes the same time. The bounds
   are wide because the machine is shared; a missing burn is off by far more. */
static void test_equal_time(void **state)
{
    static const char *const columns[] = {
        "",
        "!unusable",
        "unknown$x",
        "pbkdf2_sha256$300000$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQM=",
        "pbkdf2_sha256$100$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQM=",
        "pbkdf2_sha256$abc$seasalt00$waMtUqWzJ/c2uPDfNxB9FT9/+1pVBi8fu4xIQASSMQM=",
        "pbkdf2_sha1$20000$sha1salt0$GtBVlYOvQdz1ynqg3MN48kIVlQ0=",
        "argon2$argon2id$v=19$m=8192,t=1,p=4$c29tZXNhbHQ$PqpFDCSiuf/Z106MloSWig",
        "bcrypt_sha256$$2b$07$xojWg0LK8P5/UTgvPAUUYORzd3f2bXNujwp.8UHR7M46SM5/A4GY.",
        "scrypt$4096$scryptsalt$4$3$kiguTATHSI84SCgTBLAeNsRxco9D3bC6tQKSXtyWLk90Dcy8dmz3OLo340Xchc/"
        "R/P4QIewFl+3ENdUx857CFw==",
    };
    const int64_t rounds = 300000;
    double burn = seconds_of(NULL, rounds);

    (void)state;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        double took = seconds_of(columns[i], rounds);
        if (took < burn * 0.5 || took > burn * 2)
            fail_msg("%.3f s for '%s', %.3f s for a burn", took, columns[i], burn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),         cmocka_unit_test(test_new_columns),
        cmocka_unit_test(test_hostile_columns), cmocka_unit_test(test_cut_columns),
        cmocka_unit_test(test_equal_time),
    };

    return cmocka_run_group_tests_name("password", tests, set_up, tear_down);
}
