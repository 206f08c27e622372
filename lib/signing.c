#include "signing.h"

#include "codec.h"
#include "crypto.h"
#include "json.h"

#include <string.h>
#include <zlib.h>

/* django.contrib.sessions.SessionStore is the salt; django.core.signing adds "signer". */
#define SESSION_SALT STR("django.contrib.sessions.SessionStoresigner")
#define AUTH_HASH_SALT STR("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash")
#define SESSION_DATA_MAX (2 * SESSION_INFLATE_MAX) /* characters of a column that we look at */
#define SESSION_KEY_LEN 32
#define CHUNK 4096

static struct str bytes_view(const uint8_t *p, size_t n)
{
    return (struct str){ (const char *)p, n };
}

void salted_hmac(struct str key_salt, struct str value, struct str secret, uint8_t out[32])
{
    uint8_t key[SHA256_LEN];

    crypto_sha256_parts((struct str[]){ key_salt, secret, STR_NULL }, key);
    crypto_hmac_sha256(bytes_view(key, sizeof(key)), value, out);
    crypto_wipe(key, sizeof(key));
}

struct str session_auth_hash(struct arena *a, struct str secret, struct str password_column)
{
    uint8_t sum[SHA256_LEN];

    salted_hmac(AUTH_HASH_SALT, password_column, secret, sum);
    return hex_encode(a, bytes_view(sum, sizeof(sum)));
}

static struct str session_signature(struct arena *a, struct str secret, struct str value)
{
    uint8_t sum[SHA256_LEN];

    salted_hmac(SESSION_SALT, value, secret, sum);
    return base64url_encode(a, bytes_view(sum, sizeof(sum)));
}

/* Splits at the last ":"; false without one. */
static bool split_last(struct str s, struct str *left, struct str *right)
{
    const char *colon = s.n == 0 ? NULL : memrchr(s.p, ':', s.n);

    if (colon == NULL)
        return false;
    *left = str_sub(s, 0, (size_t)(colon - s.p));
    *right = str_sub(s, left->n + 1, SIZE_MAX);
    return true;
}

/* Bytes that a zlib stream inflates to; false when it is broken or has more than
   SESSION_INFLATE_MAX. Keeps nothing of them: a kilobyte can ask for a megabyte. */
static bool inflated_size(struct str packed, size_t *size)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n };
    uint8_t chunk[CHUNK];
    int rc = inflateInit(&z);

    while (rc == Z_OK && z.total_out <= SESSION_INFLATE_MAX) {
        z.next_out = chunk;
        z.avail_out = sizeof(chunk);
        rc = inflate(&z, Z_NO_FLUSH);
    }
    *size = z.total_out;
    inflateEnd(&z);
    return rc == Z_STREAM_END && *size <= SESSION_INFLATE_MAX;
}

/* STR_NULL when it cannot be inflated. */
static struct str inflate_text(struct arena *a, struct str packed)
{
    size_t size;

    if (!inflated_size(packed, &size))
        return STR_NULL;
    uLongf n = size + 1; /* zlib wants room even for nothing */
    char *text = arena_alloc(a, n);
    return uncompress((Bytef *)text, &n, (const Bytef *)packed.p, packed.n) == Z_OK
               ? (struct str){ text, n }
               : STR_NULL;
}

struct jval *session_decode(struct arena *a, struct str secret, struct str data)
{
    struct str value, sig, payload, stamp;
    int64_t sec;
    char why[JSONIN_WHY];

    if (data.n > SESSION_DATA_MAX || !split_last(data, &value, &sig) ||
        !crypto_equal(sig, session_signature(a, secret, value)) ||
        !split_last(value, &payload, &stamp) || !base62_decode(stamp, &sec))
        return NULL;
    bool packed = str_starts(payload, STR("."));
    struct str text = base64url_decode(a, packed ? str_sub(payload, 1, SIZE_MAX) : payload);
    if (packed && !str_is_null(text))
        text = inflate_text(a, text);
    if (str_is_null(text) || text.n > SESSION_INFLATE_MAX)
        return NULL;
    struct jval *v = jsonin_parse_stored(a, text, why);
    return v != NULL && v->type == J_OBJECT ? v : NULL;
}

/* Appends to the arena memory that *ctx, a char pointer, points to, and moves it on; only counts
   when that is NULL. */
static bool to_memory(void *ctx, const char *p, size_t n)
{
    char **at = ctx;

    if (*at != NULL)
        *at = mempcpy(*at, p, n);
    return true;
}

/* Writes v through a small buffer into to (NULL: nowhere). Bytes written; SIZE_MAX on failure. */
static size_t write_tight(const struct jval *v, char *to)
{
    struct buf b;
    struct json j;

    buf_init(&b, CHUNK);
    buf_sink(&b, to_memory, &to);
    json_init(&j, &b, JSON_TIGHT);
    jval_write(&j, v);
    size_t n = buf_drain(&b) && json_done(&j) ? (size_t)b.drained : SIZE_MAX;
    buf_free(&b);
    return n;
}

struct str session_encode(struct arena *a, struct str secret, const struct jval *object,
                          int64_t now_sec)
{
    /* Twice, so that no heap memory is held while the arena may jump out. */
    size_t n = write_tight(object, NULL);

    if (n > SESSION_INFLATE_MAX)
        return STR_NULL;
    char *text = arena_alloc(a, n);
    write_tight(object, text);

    uLongf packed_n = compressBound(n);
    char *packed = arena_alloc(a, packed_n);
    bool smaller =
        compress((Bytef *)packed, &packed_n, (const Bytef *)text, n) == Z_OK && packed_n + 1 < n;
    struct str payload =
        base64url_encode(a, smaller ? (struct str){ packed, packed_n } : (struct str){ text, n });
    struct str value =
        arena_concat(a, (struct str[]){ smaller ? STR(".") : STR(""), payload, STR(":"),
                                        base62_encode(a, (uint64_t)now_sec), STR_NULL });
    return arena_concat(
        a, (struct str[]){ value, STR(":"), session_signature(a, secret, value), STR_NULL });
}

struct str session_new_key(struct arena *a)
{
    return crypto_random_text(a, SESSION_KEY_LEN, STR("abcdefghijklmnopqrstuvwxyz0123456789"));
}
