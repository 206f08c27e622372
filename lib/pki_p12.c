/* PKCS #12 (RFC 7292) as the reference's library writes it: one encrypted bag of the certificate
   and its CA, then the shrouded key; both under PBES2. OpenSSL's PKCS12_create() would do, but
   takes salts of 8 bytes only, where RFC 8018 and the reference have 16. */
#include "crypto.h"
#include "pki_parts.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#define CIPHER NID_aes_256_cbc
#define ROUNDS 20000
#define MAC_ROUNDS 2048
#define SALT 16
#define KEY_ID_MAX EVP_MAX_MD_SIZE
#define DER_ROOM ((size_t)64 * 1024)

struct parts {
    X509 *certificate, *ca;
    EVP_PKEY *key;
    const char *name, *password;
    unsigned char key_id[KEY_ID_MAX]; /* SHA-1 of the certificate: binds it to its key */
    unsigned key_id_len;
};

static bool name_bag(PKCS12_SAFEBAG *bag, struct parts *p)
{
    return PKCS12_add_friendlyname_utf8(bag, p->name, -1) == 1 &&
           PKCS12_add_localkeyid(bag, p->key_id, (int)p->key_id_len) == 1;
}

/* Puts the bag into the list; frees it when that fails. */
static bool push(STACK_OF(PKCS12_SAFEBAG) * bags, PKCS12_SAFEBAG *bag)
{
    if (bag != NULL && sk_PKCS12_SAFEBAG_push(bags, bag) > 0)
        return true;
    PKCS12_SAFEBAG_free(bag);
    return false;
}

static PKCS7 *pack_certificates(struct parts *p)
{
    STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
    unsigned char salt[SALT];
    PKCS7 *packed = NULL;

    crypto_random(salt, sizeof salt);
    if (bags != NULL && push(bags, PKCS12_SAFEBAG_create_cert(p->certificate)) &&
        name_bag(sk_PKCS12_SAFEBAG_value(bags, 0), p) &&
        push(bags, PKCS12_SAFEBAG_create_cert(p->ca)))
        packed = PKCS12_pack_p7encdata(CIPHER, p->password, -1, salt, SALT, ROUNDS, bags);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return packed;
}

static PKCS7 *pack_key(struct parts *p)
{
    STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(p->key);
    unsigned char salt[SALT];
    PKCS7 *packed = NULL;

    crypto_random(salt, sizeof salt);
    if (bags != NULL && plain != NULL &&
        push(bags, PKCS12_SAFEBAG_create_pkcs8_encrypt(CIPHER, p->password, -1, salt, SALT, ROUNDS,
                                                       plain)) &&
        name_bag(sk_PKCS12_SAFEBAG_value(bags, 0), p))
        packed = PKCS12_pack_p7data(bags);
    PKCS8_PRIV_KEY_INFO_free(plain);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return packed;
}

static bool push_safe(STACK_OF(PKCS7) * safes, PKCS7 *safe)
{
    if (safe != NULL && sk_PKCS7_push(safes, safe) > 0)
        return true;
    PKCS7_free(safe);
    return false;
}

static PKCS12 *assemble(struct parts *p)
{
    STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();
    PKCS12 *p12 = NULL;

    if (safes != NULL && X509_digest(p->certificate, EVP_sha1(), p->key_id, &p->key_id_len) == 1 &&
        push_safe(safes, pack_certificates(p)) && push_safe(safes, pack_key(p)) &&
        (p12 = PKCS12_add_safes(safes, 0)) != NULL &&
        PKCS12_set_mac(p12, p->password, -1, NULL, 0, MAC_ROUNDS, EVP_sha256()) != 1) {
        PKCS12_free(p12);
        p12 = NULL;
    }
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return p12;
}

static bool write_p12(struct parts *p, struct pki_room *room, struct str *der)
{
    PKCS12 *p12 = assemble(p);
    BIO *bio = BIO_new(BIO_s_mem());

    *der = p12 != NULL && bio != NULL && i2d_PKCS12_bio(bio, p12) == 1 ? pki_take(room, bio)
                                                                       : STR_NULL;
    BIO_free(bio);
    PKCS12_free(p12);
    return !str_is_null(*der);
}

bool pki_p12(struct arena *a, const struct pki_pair *pair, struct str ca, struct str friendly_name,
             struct str password, struct str *der, const char **why)
{
    struct pki_room room = pki_room(a, DER_ROOM);
    struct parts p = { .name = arena_cstr(a, friendly_name), .password = arena_cstr(a, password) };
    bool ok = pki_read_pair(pair, &p.certificate, &p.key, why);

    if (ok) {
        p.ca = pki_read_certificate(ca);
        ok = p.ca != NULL && write_p12(&p, &room, der);
        *why = "OpenSSL cannot make the PKCS #12 file";
    }
    X509_free(p.certificate);
    X509_free(p.ca);
    EVP_PKEY_free(p.key);
    ERR_clear_error();
    return ok;
}
