#include "pki_parts.h"

#include "log.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#define SERIAL_DIGITS_MAX (2 * PKI_SERIAL_BYTES)

static BIO *view(struct str text)
{
    return text.n == 0 || text.n > PKI_OUT_MAX ? NULL : BIO_new_mem_buf(text.p, (int)text.n);
}

X509 *pki_read_certificate(struct str pem)
{
    BIO *bio = view(pem);
    X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    return certificate;
}

EVP_PKEY *pki_read_key(struct str pem)
{
    char password[] = ""; /* without one OpenSSL would ask the terminal */
    BIO *bio = view(pem);
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, password) : NULL;

    BIO_free(bio);
    return key;
}

bool pki_read_pair(const struct pki_pair *pair, X509 **certificate, EVP_PKEY **key,
                   const char **why)
{
    *certificate = pki_read_certificate(pair->certificate);
    *key = pki_read_key(pair->key);
    if (*certificate == NULL) {
        *why = "the stored certificate cannot be read";
    } else if (*key == NULL) {
        *why = "the stored private key cannot be read";
    } else if (X509_check_private_key(*certificate, *key) != 1) {
        *why = "the stored private key belongs to another certificate";
    } else {
        return true;
    }
    return false;
}

struct pki_room pki_room(struct arena *a, size_t size)
{
    return (struct pki_room){ arena_alloc(a, size), size };
}

struct str pki_take(struct pki_room *room, BIO *bio)
{
    char *text = NULL;
    long n = BIO_get_mem_data(bio, &text);
    struct str taken = { room->p, n < 0 ? 0 : (size_t)n };

    if (n <= 0 || taken.n > room->size)
        return STR_NULL;
    memcpy(room->p, text, taken.n);
    room->p += taken.n;
    room->size -= taken.n;
    return taken;
}

const EVP_MD *pki_digest(const EVP_PKEY *key)
{
    bool curve = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;

    return curve && EVP_PKEY_get_bits(key) > 256 ? EVP_sha384() : EVP_sha256();
}

ASN1_OCTET_STRING *pki_key_id(const X509 *certificate)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();

    if (id == NULL || X509_pubkey_digest(certificate, EVP_sha1(), sum, &n) != 1 ||
        ASN1_OCTET_STRING_set(id, sum, (int)n) != 1) {
        ASN1_OCTET_STRING_free(id);
        return NULL;
    }
    return id;
}

ASN1_INTEGER *pki_serial_read(struct str text)
{
    char digits[SERIAL_DIGITS_MAX + 1] = "";
    struct str hex = str_sub(text, 2, SIZE_MAX);
    BIGNUM *number = NULL;
    ASN1_INTEGER *serial = NULL;

    if (!str_starts(text, STR("0x")) || hex.n == 0 || hex.n > SERIAL_DIGITS_MAX)
        return NULL;
    memcpy(digits, hex.p, hex.n);
    if (strspn(digits, "0123456789abcdefABCDEF") == hex.n && BN_hex2bn(&number, digits) != 0)
        serial = BN_to_ASN1_INTEGER(number, NULL);
    BN_free(number);
    return serial;
}

size_t pki_serial_text(const unsigned char *bytes, size_t n, char out[PKI_SERIAL_TEXT])
{
    size_t at = 0;

    while (n > 1 && *bytes == 0) {
        bytes++;
        n--;
    }
    if (n == 0 || n > PKI_SERIAL_BYTES)
        return 0;
    at += (size_t)snprintf(out, PKI_SERIAL_TEXT, "0x%x", bytes[0]);
    for (size_t i = 1; i < n; i++)
        at += (size_t)snprintf(out + at, PKI_SERIAL_TEXT - at, "%02x", bytes[i]);
    return at;
}
