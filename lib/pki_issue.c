/* Keys and certificates. */
#include "crypto.h"
#include "pki_parts.h"
#include "utf8.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#define ORGANISATION "My Tracks"
#define PEM_ROOM                                                                    \
    ((size_t)64 * 1024) /* a 4096-bit key and a certificate with PKI_SANS_MAX names \
                         */

/* ---------------------------------------------------------------- what names may hold */
bool pki_name_ok(struct str name)
{
    size_t points = 0;

    if (name.n == 0 || !utf8_valid(name))
        return false;
    for (size_t at = 0; at < name.n; points++) {
        uint32_t cp = utf8_next(name, &at);
        if (cp < ' ' || (cp >= 0x7f && cp < 0xa0))
            return false;
    }
    return points <= PKI_NAME_MAX;
}

/* The bytes of an address; 0: it is none. */
static int address_bytes(struct str text, unsigned char out[16])
{
    char z[INET6_ADDRSTRLEN];

    if (text.n >= sizeof z)
        return 0;
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    if (inet_pton(AF_INET, z, out) == 1)
        return 4;
    return inet_pton(AF_INET6, z, out) == 1 ? 16 : 0;
}

bool pki_san_ok(struct str san)
{
    for (size_t i = 0; i < san.n; i++)
        if (san.p[i] < ' ' || san.p[i] > '~')
            return false;
    return san.n > 0 && san.n <= PKI_SAN_MAX;
}

/* ---------------------------------------------------------------- keys */
static const struct {
    int bits;
    const char *curve; /* NULL: RSA */
} kinds[] = { { 256, "P-256" }, { 384, "P-384" }, { 2048, NULL }, { 3072, NULL }, { 4096, NULL } };

#define KINDS (sizeof kinds / sizeof kinds[0])

static size_t kind_of(int64_t bits)
{
    size_t i = 0;

    while (i < KINDS && kinds[i].bits != bits)
        i++;
    return i;
}

bool pki_key_bits_ok(int64_t bits)
{
    return kind_of(bits) < KINDS;
}

static const char *curve_of(int bits)
{
    size_t i = kind_of(bits);

    return i < KINDS ? kinds[i].curve : NULL;
}

static EVP_PKEY *make_key(int bits)
{
    const char *curve = curve_of(bits);

    return curve != NULL ? EVP_EC_gen(curve) : EVP_RSA_gen((unsigned)bits);
}

/* ---------------------------------------------------------------- extensions */
enum { MADE_SAN = -1, MADE_ISSUER_KEY = -2, MADE_SUBJECT_KEY = -3 };

/* In the order in which the reference writes them; text in the syntax of x509v3_config(5). */
static const struct extension {
    int nid; /* or one of MADE_ */
    const char *text;
} extensions[][8] = {
    [PKI_CA] = { { NID_basic_constraints, "critical,CA:TRUE" },
                 { NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign" },
                 { MADE_SUBJECT_KEY, NULL } },
    [PKI_SERVER] = { { NID_basic_constraints, "critical,CA:FALSE" },
                     { NID_key_usage, "critical,digitalSignature,keyEncipherment" },
                     { NID_ext_key_usage, "serverAuth" },
                     { MADE_SAN, NULL },
                     { MADE_ISSUER_KEY, NULL },
                     { MADE_SUBJECT_KEY, NULL } },
    [PKI_CLIENT] = { { NID_basic_constraints, "critical,CA:FALSE" },
                     { NID_key_usage, "critical,digitalSignature,keyEncipherment" },
                     { NID_ext_key_usage, "clientAuth" },
                     { MADE_ISSUER_KEY, NULL },
                     { MADE_SUBJECT_KEY, NULL } },
};

/* What a leaf's key may do: those on a curve do not encrypt (RFC 8813). */
static const char *usage_text(const struct pki_wish *wish, const struct extension *e)
{
    return e->nid == NID_key_usage && wish->use != PKI_CA && curve_of(wish->key_bits) != NULL
               ? "critical,digitalSignature"
               : e->text;
}

static bool add_text(X509 *x, const struct pki_wish *wish, const struct extension *e)
{
    X509_EXTENSION *made = X509V3_EXT_nconf_nid(NULL, NULL, e->nid, usage_text(wish, e));
    bool ok = made != NULL && X509_add_ext(x, made, -1) == 1;

    X509_EXTENSION_free(made);
    return ok;
}

static GENERAL_NAME *general_name(struct str san)
{
    unsigned char address[16];
    int n = address_bytes(san, address);
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value = ASN1_STRING_type_new(n > 0 ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

    if (name == NULL || value == NULL ||
        (n > 0 ? ASN1_STRING_set(value, address, n) : ASN1_STRING_set(value, san.p, (int)san.n)) !=
            1) {
        GENERAL_NAME_free(name);
        ASN1_STRING_free(value);
        return NULL;
    }
    GENERAL_NAME_set0_value(name, n > 0 ? GEN_IPADD : GEN_DNS, value);
    return name;
}

static bool add_sans(X509 *x, const struct pki_wish *wish)
{
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    bool ok = names != NULL;

    for (size_t i = 0; ok && i < wish->san_count; i++) {
        GENERAL_NAME *name = general_name(wish->sans[i]);
        ok = name != NULL && sk_GENERAL_NAME_push(names, name) > 0;
        if (!ok)
            GENERAL_NAME_free(name);
    }
    ok = ok && X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND) == 1;
    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
    return ok;
}

static bool add_subject_key(X509 *x)
{
    ASN1_OCTET_STRING *id = pki_key_id(x);
    bool ok = id != NULL &&
              X509_add1_ext_i2d(x, NID_subject_key_identifier, id, 0, X509V3_ADD_APPEND) == 1;

    ASN1_OCTET_STRING_free(id);
    return ok;
}

static bool add_issuer_key(X509 *x, const X509 *issuer)
{
    AUTHORITY_KEYID *id = AUTHORITY_KEYID_new();
    bool ok = id != NULL && (id->keyid = pki_key_id(issuer)) != NULL &&
              X509_add1_ext_i2d(x, NID_authority_key_identifier, id, 0, X509V3_ADD_APPEND) == 1;

    AUTHORITY_KEYID_free(id);
    return ok;
}

static bool add_extensions(X509 *x, const struct pki_wish *wish, const X509 *issuer)
{
    bool ok = true;

    for (const struct extension *e = extensions[wish->use]; ok && e->nid != 0; e++) {
        switch (e->nid) {
        case MADE_SAN:
            ok = add_sans(x, wish);
            break;
        case MADE_ISSUER_KEY:
            ok = add_issuer_key(x, issuer);
            break;
        case MADE_SUBJECT_KEY:
            ok = add_subject_key(x);
            break;
        default:
            ok = add_text(x, wish, e);
        }
    }
    return ok;
}

/* ---------------------------------------------------------------- the certificate */
/* Positive, 159 bits. */
static bool set_serial(X509 *x)
{
    unsigned char bytes[PKI_SERIAL_BYTES];

    crypto_random(bytes, sizeof bytes);
    bytes[0] &= 0x7f;
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;
    BN_free(number);
    return ok;
}

static bool set_validity(X509 *x, int64_t from, int64_t days)
{
    return ASN1_TIME_adj(X509_getm_notBefore(x), (time_t)from, 0, 0) != NULL &&
           ASN1_TIME_adj(X509_getm_notAfter(x), (time_t)from, (int)days, 0) != NULL;
}

static bool add_name_part(X509_NAME *name, int nid, struct str text)
{
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text.p,
                                      (int)text.n, -1, 0) == 1;
}

/* Unsigned; issuer NULL: its own. */
static bool fill(X509 *x, const struct pki_wish *wish, const X509 *issuer, EVP_PKEY *key,
                 int64_t from)
{
    X509_NAME *subject = X509_get_subject_name(x);

    return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
           set_validity(x, from, wish->days) &&
           add_name_part(subject, NID_commonName, wish->common_name) &&
           add_name_part(subject, NID_organizationName, STR(ORGANISATION)) &&
           X509_set_issuer_name(x, issuer != NULL ? X509_get_subject_name(issuer) : subject) == 1 &&
           X509_set_pubkey(x, key) == 1 && add_extensions(x, wish, issuer);
}

/* ---------------------------------------------------------------- texts */
/* Of a made certificate, while OpenSSL's objects exist: nothing of the arena. */
struct raw_facts {
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned sum_len;
    unsigned char serial[PKI_SERIAL_BYTES];
    size_t serial_len;
};

static bool read_facts(const X509 *x, struct raw_facts *raw)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
    int n = ASN1_STRING_length(serial);

    if (n < 1 || n > PKI_SERIAL_BYTES || X509_digest(x, EVP_sha256(), raw->sum, &raw->sum_len) != 1)
        return false;
    raw->serial_len = (size_t)n;
    memcpy(raw->serial, ASN1_STRING_get0_data(serial), raw->serial_len);
    return true;
}

/* "AB:CD:..." */
static struct str fingerprint_text(struct arena *a, const struct raw_facts *raw)
{
    char *text = arena_alloc(a, raw->sum_len * 3 + 1);

    for (unsigned i = 0; i < raw->sum_len; i++)
        (void)snprintf(text + (size_t)3 * i, 4, "%02X:", raw->sum[i]);
    return (struct str){ text, (size_t)raw->sum_len * 3 - 1 };
}

static bool write_certificate(X509 *x, struct pki_room *room, struct str *out)
{
    BIO *bio = BIO_new(BIO_s_mem());

    *out = bio != NULL && PEM_write_bio_X509(bio, x) == 1 ? pki_take(room, bio) : STR_NULL;
    BIO_free(bio);
    return !str_is_null(*out);
}

static bool write_key(EVP_PKEY *key, struct pki_room *room, struct str *out)
{
    BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when it is freed */

    *out = bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1
               ? pki_take(room, bio)
               : STR_NULL;
    BIO_free(bio);
    return !str_is_null(*out);
}

/* ---------------------------------------------------------------- issuing */
struct signer {
    X509 *certificate; /* NULL: itself */
    EVP_PKEY *key;
};

/* *from 0: becomes the time when the key is there, which takes OpenSSL seconds. */
static bool make(const struct pki_wish *wish, const struct signer *signer, int64_t *from,
                 struct pki_room *room, struct pki_pair *out, struct raw_facts *raw)
{
    EVP_PKEY *key = make_key(wish->key_bits), *by = signer->key;
    X509 *x = X509_new();

    *from = *from != 0 ? *from : clock_sec(clock_now());
    by = by != NULL ? by : key;
    bool ok = key != NULL && x != NULL && fill(x, wish, signer->certificate, key, *from) &&
              X509_sign(x, by, pki_digest(by)) > 0 &&
              write_certificate(x, room, &out->certificate) && write_key(key, room, &out->key) &&
              read_facts(x, raw);

    X509_free(x);
    EVP_PKEY_free(key);
    return ok;
}

bool pki_issue(struct arena *a, const struct pki_wish *wish, const struct pki_pair *issuer,
               usec_t now, struct pki_pair *out, struct pki_facts *facts, const char **why)
{
    struct pki_room room = pki_room(a, PEM_ROOM);
    struct signer signer = { NULL, NULL };
    int64_t from = clock_sec(now);
    struct raw_facts raw;
    bool ok = issuer == NULL || pki_read_pair(issuer, &signer.certificate, &signer.key, why);

    if (ok && !make(wish, &signer, &from, &room, out, &raw)) {
        *why = "OpenSSL cannot make the certificate";
        ok = false;
    }
    X509_free(signer.certificate);
    EVP_PKEY_free(signer.key);
    ERR_clear_error();
    if (ok) {
        char *serial = arena_alloc(a, PKI_SERIAL_TEXT);
        *facts = (struct pki_facts){
            .fingerprint = fingerprint_text(a, &raw),
            .serial = { serial, pki_serial_text(raw.serial, raw.serial_len, serial) },
            .not_before = from * USEC_PER_SEC,
            .not_after = (from + wish->days * 24 * 3600) * USEC_PER_SEC,
        };
    }
    return ok;
}
