#include "password.h"

#include "crypto.h"
#include "log.h"
#include "pbkdf2.h"

#include <argon2.h>
#include <assert.h>
#include <crypt.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a column may ask for. It can come from an import or a restored backup, so no text in it may
   cost more than a few seconds and the memory below; Django's own defaults are far under these. */
#define PBKDF2_ROUNDS_MAX 20000000
#define SCRYPT_MEMORY_MAX (UINT64_C(256) << 20) /* bytes */
#define SCRYPT_WORK_MAX (UINT64_C(1) << 24)     /* N * r * p */
#define ARGON2_KIB_MAX (256 * 1024)
#define ARGON2_PASSES_MAX 32
#define ARGON2_LANES_MAX 64
#define BCRYPT_COST_MAX 16

#define PASSWORD_MAX ((size_t)64 * 1024) /* bytes of a password; longer ones are wrong */
#define ENCODED_MAX 1024                 /* bytes of a column; Django declares 128 */
#define KEY_MAX 64                       /* bytes of a derived key or a binary salt */
#define KEY_DIGITS 86                    /* of those in base64 without padding */
#define KEY_TEXT (KEY_DIGITS + 3)        /* with padding and NUL */
#define SALT_CHARS 22                    /* the fewest of 62 letters that hold 128 bits */
#define BCRYPT_TEXT 60                   /* "$2b$12$", 22 characters of salt, 31 of hash */
#define UNUSABLE_CHARS 40

#define ALPHANUMERIC STR("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

/* ---- reading a column */

/* The part before the next separator as a number of 1...max. Only the form that Python's %d writes
   counts: Django compares the whole text with the one it would write. */
static bool take_number(struct str *rest, char sep, uint32_t max, uint32_t *out)
{
    struct str part;
    uint64_t v = 0;

    if (!str_split(rest, sep, &part) || part.n == 0 || part.n > 10 || part.p[0] == '0')
        return false;
    for (size_t i = 0; i < part.n; i++) {
        if (part.p[i] < '0' || part.p[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(part.p[i] - '0');
    }
    *out = (uint32_t)v;
    return v <= max;
}

/* The part before the next "$", which must not be empty; more must follow. */
static bool take_salt(struct str *rest, struct str *salt)
{
    return str_split(rest, '$', salt) && salt->n > 0 && !str_is_null(*rest);
}

/* Base64 of a key, compared with the end of a column. padded: with "=" at the end. */
static bool key_is(struct str text, const uint8_t *key, size_t n, bool padded)
{
    uint8_t out[KEY_TEXT];
    struct str mine = { (const char *)out, (size_t)EVP_EncodeBlock(out, key, (int)n) };

    assert(n <= KEY_MAX);
    while (!padded && str_ends(mine, STR("=")))
        mine.n--;
    return crypto_equal(text, mine);
}

/* ---- the algorithms: each checks what follows "algorithm$" */

/* SHA-256, Django's default, has its own fast way; SHA-1 is only met in old rows. */
static void derive(const EVP_MD *md, struct str password, struct str salt, uint32_t rounds,
                   uint8_t *key, int n)
{
    if (n == PBKDF2_KEY) {
        pbkdf2_sha256(password, salt, rounds, key);
        return;
    }
    if (PKCS5_PBKDF2_HMAC(password.p, (int)password.n, (const uint8_t *)salt.p, (int)salt.n,
                          (int)rounds, md, n, key) != 1)
        log_out_of_memory(0); /* the only reason left */
}

/* rounds$salt$key; *rest is the key then. */
static bool pbkdf2_settings(struct str *rest, uint32_t *rounds, struct str *salt)
{
    return take_number(rest, '$', PBKDF2_ROUNDS_MAX, rounds) && take_salt(rest, salt);
}

static bool pbkdf2_check(const EVP_MD *md, struct str password, struct str rest)
{
    const int n = EVP_MD_get_size(md);
    uint8_t key[EVP_MAX_MD_SIZE];
    struct str salt;
    uint32_t rounds;

    if (!pbkdf2_settings(&rest, &rounds, &salt))
        return false;
    derive(md, password, salt, rounds, key, n);
    return key_is(rest, key, (size_t)n, true);
}

static bool pbkdf2_sha256_check(struct str password, struct str rest)
{
    return pbkdf2_check(EVP_sha256(), password, rest);
}

static bool pbkdf2_sha1_check(struct str password, struct str rest)
{
    return pbkdf2_check(EVP_sha1(), password, rest);
}

/* scrypt$N$salt$r$p$key */
static bool scrypt_check(struct str password, struct str rest)
{
    uint8_t key[64];
    struct str salt;
    uint32_t n, r, p;

    if (!take_number(&rest, '$', INT32_MAX, &n) || !take_salt(&rest, &salt) ||
        !take_number(&rest, '$', UINT16_MAX, &r) || !take_number(&rest, '$', UINT16_MAX, &p) ||
        str_is_null(rest) || (uint64_t)n * r > SCRYPT_WORK_MAX / p)
        return false;
    return EVP_PBE_scrypt(password.p, password.n, (const uint8_t *)salt.p, salt.n, n, r, p,
                          SCRYPT_MEMORY_MAX, key, sizeof(key)) == 1 &&
           key_is(rest, key, sizeof(key), true);
}

/* "NAME=number" before the next separator. */
static bool take_setting(struct str *rest, struct str name, char sep, uint32_t max, uint32_t *out)
{
    if (!str_starts(*rest, name))
        return false;
    *rest = str_sub(*rest, name.n, SIZE_MAX);
    return take_number(rest, sep, max, out);
}

/* Base64 without padding to bytes; false unless it is the one text for those bytes. */
static bool take_bytes(struct str text, uint8_t out[KEY_TEXT], size_t *n)
{
    uint8_t padded[KEY_TEXT];
    size_t pads = (4 - text.n % 4) % 4;

    if (text.n == 0 || pads == 3 || text.n > KEY_DIGITS)
        return false;
    memcpy(padded, text.p, text.n);
    memset(padded + text.n, '=', pads);
    int got = EVP_DecodeBlock(out, padded, (int)(text.n + pads));
    if (got < 0)
        return false;
    *n = (size_t)got - pads;
    return key_is(text, out, *n, false);
}

/* The settings and salt of the PHC text "argon2id$v=19$m=102400,t=2,p=8$salt$key" (its order is
   fixed); the first texts had no version. */
static bool argon2_settings(struct str *rest, argon2_context *c, argon2_type *type)
{
    static const struct {
        const char *name;
        argon2_type type;
    } types[] = { { "argon2id", Argon2_id }, { "argon2i", Argon2_i }, { "argon2d", Argon2_d } };
    struct str name, salt;
    size_t i = 0, salt_n;

    if (!str_split(rest, '$', &name))
        return false;
    while (i < 3 && !str_eqz(name, types[i].name))
        i++;
    if (i == 3)
        return false;
    *type = types[i].type;
    c->version = ARGON2_VERSION_10;
    if (str_starts(*rest, STR("v=")) &&
        !take_setting(rest, STR("v="), '$', ARGON2_VERSION_NUMBER, &c->version))
        return false;
    if (!take_setting(rest, STR("m="), ',', ARGON2_KIB_MAX, &c->m_cost) ||
        !take_setting(rest, STR("t="), ',', ARGON2_PASSES_MAX, &c->t_cost) ||
        !take_setting(rest, STR("p="), '$', ARGON2_LANES_MAX, &c->lanes) ||
        !take_salt(rest, &salt) || !take_bytes(salt, c->salt, &salt_n))
        return false;
    c->saltlen = (uint32_t)salt_n;
    return true;
}

static bool argon2_check(struct str password, struct str rest)
{
    uint8_t salt[KEY_TEXT], expected[KEY_TEXT], key[KEY_TEXT];
    argon2_context c = { .salt = salt, .out = key };
    argon2_type type;
    size_t n;

    if (!argon2_settings(&rest, &c, &type) || !take_bytes(rest, expected, &n))
        return false;
    c.pwd = (uint8_t *)(uintptr_t)password.p; /* not written to: no ARGON2_FLAG_CLEAR_PASSWORD */
    c.pwdlen = (uint32_t)password.n;
    c.outlen = (uint32_t)n;
    c.threads = 1; /* lanes are part of the result, threads are not */
    return argon2_ctx(&c, type) == ARGON2_OK && key_is(rest, key, n, false);
}

/* bcrypt of the hexadecimal SHA-256, so that neither its 72 bytes nor a NUL limit the password. */
static bool bcrypt_sha256_check(struct str password, struct str rest)
{
    static const char hex_digits[] = "0123456789abcdef";
    char setting[BCRYPT_TEXT + 1] = "", hex[2 * SHA256_LEN + 1] = "";
    uint8_t sum[SHA256_LEN];
    uint32_t cost;
    void *work = NULL;
    int work_size = 0;

    if (rest.n != BCRYPT_TEXT || memchr(rest.p, '\0', rest.n) != NULL || rest.p[6] != '$' ||
        !(str_starts(rest, STR("$2b$")) || str_starts(rest, STR("$2a$")) ||
          str_starts(rest, STR("$2y$"))))
        return false;
    struct str digits = str_sub(rest, rest.p[4] == '0' ? 5 : 4, rest.p[4] == '0' ? 1 : 2);
    if (!take_number(&digits, '$', BCRYPT_COST_MAX, &cost))
        return false;
    memcpy(setting, rest.p, rest.n);
    crypto_sha256(password, sum);
    for (size_t i = 0; i < sizeof(sum); i++) {
        hex[2 * i] = hex_digits[sum[i] >> 4];
        hex[2 * i + 1] = hex_digits[sum[i] & 15];
    }
    const char *out = crypt_ra(hex, setting, &work, &work_size);
    bool ok = out != NULL && crypto_equal(rest, str_of(out));
    if (work != NULL)
        crypto_wipe(work, (size_t)work_size);
    free(work);
    crypto_wipe(hex, sizeof(hex));
    return ok;
}

static const struct algorithm {
    const char *name;
    bool (*check)(struct str password, struct str rest);
} algorithms[] = {
    { "pbkdf2_sha256", pbkdf2_sha256_check }, /* first: the one new columns get */
    { "pbkdf2_sha1", pbkdf2_sha1_check },     { "argon2", argon2_check },
    { "bcrypt_sha256", bcrypt_sha256_check }, { "scrypt", scrypt_check },
};
#define PREFERRED (&algorithms[0])

/* Of "algorithm$rest"; NULL for unusable, empty and unknown columns. */
static const struct algorithm *algorithm_of(struct str encoded, struct str *rest)
{
    struct str name;

    *rest = encoded;
    if (encoded.n > ENCODED_MAX || !str_split(rest, '$', &name) || str_is_null(*rest))
        return NULL;
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (str_eqz(name, algorithms[i].name))
            return &algorithms[i];
    }
    return NULL;
}

/* ---- equal time */

static int64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void work(struct str password, int64_t rounds)
{
    uint8_t key[SHA256_LEN];

    if (rounds > 0)
        derive(EVP_sha256(), str_sub(password, 0, PASSWORD_MAX), STR("a salt for nothing"),
               (uint32_t)rounds, key, sizeof(key));
}

/* As work(), less what `spent_ns` of CPU time in another algorithm are worth: the time of a small
   sample says how many rounds that is. */
static void work_rest(struct str password, int64_t rounds, int64_t spent_ns)
{
    int64_t sample = rounds / 64 + 1;
    int64_t start = cpu_ns();

    work(password, sample);
    int64_t sample_ns = cpu_ns() - start;
    work(password, rounds - sample - spent_ns * sample / (sample_ns > 0 ? sample_ns : 1));
}

void password_burn(struct str password, int64_t iterations)
{
    assert(iterations > 0 && iterations <= PBKDF2_ROUNDS_MAX);
    work(password, iterations);
}

bool password_verify(struct str password, struct str encoded, int64_t iterations)
{
    struct str rest, salt;
    const struct algorithm *found = algorithm_of(encoded, &rest);
    int64_t start = cpu_ns();
    uint32_t rounds;

    assert(iterations > 0 && iterations <= PBKDF2_ROUNDS_MAX);
    if (found == NULL || password.n > PASSWORD_MAX) {
        work(password, iterations);
        return false;
    }
    if (found->check(password, rest))
        return true;
    if (found != PREFERRED)
        work_rest(password, iterations, cpu_ns() - start);
    else
        work(password, iterations - (pbkdf2_settings(&rest, &rounds, &salt) ? rounds : 0));
    return false;
}

/* ---- new columns */

struct str password_hash(struct arena *a, struct str password, int64_t iterations)
{
    struct str salt = crypto_random_text(a, SALT_CHARS, ALPHANUMERIC);
    uint8_t key[SHA256_LEN], text[KEY_TEXT];

    assert(iterations > 0 && iterations <= PBKDF2_ROUNDS_MAX && password.n <= PASSWORD_MAX);
    derive(EVP_sha256(), password, salt, (uint32_t)iterations, key, sizeof(key));
    EVP_EncodeBlock(text, key, sizeof(key));
    return arena_printf(a,
                        "%s$%" PRId64 "$"
                        "%.*s$%s",
                        PREFERRED->name, iterations, STR_FMT(salt), (const char *)text);
}

struct str password_unusable(struct arena *a)
{
    return arena_concat(
        a,
        (struct str[]){ STR("!"), crypto_random_text(a, UNUSABLE_CHARS, ALPHANUMERIC), STR_NULL });
}

bool password_outdated(struct str encoded, int64_t iterations)
{
    struct str rest, salt;
    const struct algorithm *found = algorithm_of(encoded, &rest);
    uint32_t rounds;

    if (found != PREFERRED)
        return found != NULL;
    return !pbkdf2_settings(&rest, &rounds, &salt) || rounds < iterations || salt.n < SALT_CHARS;
}
