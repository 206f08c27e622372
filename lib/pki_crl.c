/* Certificate revocation lists (RFC 5280 section 5). */
#include "pki_parts.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define HEAD_ROOM ((size_t)8 * 1024)
#define ENTRY_ROOM 96 /* of one entry in PEM: serial, GeneralizedTime, frames */

static bool add_entry(X509_CRL *crl, const struct pki_revoked *r)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_INTEGER *serial = pki_serial_read(r->serial);
    ASN1_TIME *at = ASN1_TIME_adj(NULL, (time_t)clock_sec(r->at), 0, 0);
    bool ok = entry != NULL && serial != NULL && at != NULL &&
              X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
              X509_REVOKED_set_revocationDate(entry, at) == 1 && X509_CRL_add0_revoked(crl, entry);

    if (!ok)
        X509_REVOKED_free(entry);
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(at);
    return ok;
}

static bool set_times(X509_CRL *crl, int64_t now)
{
    ASN1_TIME *last = ASN1_TIME_adj(NULL, (time_t)now, 0, 0);
    ASN1_TIME *next = ASN1_TIME_adj(NULL, (time_t)now, PKI_CRL_DAYS, 0);
    bool ok = last != NULL && next != NULL && X509_CRL_set1_lastUpdate(crl, last) == 1 &&
              X509_CRL_set1_nextUpdate(crl, next) == 1;

    ASN1_TIME_free(last);
    ASN1_TIME_free(next);
    return ok;
}

static bool add_extensions(X509_CRL *crl, const X509 *ca, int64_t now)
{
    AUTHORITY_KEYID *id = AUTHORITY_KEYID_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    bool ok = id != NULL && number != NULL && (id->keyid = pki_key_id(ca)) != NULL &&
              ASN1_INTEGER_set_int64(number, now) == 1 &&
              X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, id, 0, 0) == 1 &&
              X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1;

    AUTHORITY_KEYID_free(id);
    ASN1_INTEGER_free(number);
    return ok;
}

static bool fill(X509_CRL *crl, const X509 *ca, const struct pki_revoked *revoked, size_t n,
                 int64_t now)
{
    bool ok = X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
              X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca)) == 1 &&
              set_times(crl, now) && add_extensions(crl, ca, now);

    for (size_t i = 0; ok && i < n; i++)
        ok = add_entry(crl, &revoked[i]);
    return ok && X509_CRL_sort(crl) == 1;
}

bool pki_crl(struct arena *a, const struct pki_pair *ca, const struct pki_revoked *revoked,
             size_t n, usec_t now, struct str *pem, const char **why)
{
    struct pki_room room = pki_room(a, HEAD_ROOM + n * ENTRY_ROOM);
    X509 *certificate = NULL;
    EVP_PKEY *key = NULL;
    bool ok = pki_read_pair(ca, &certificate, &key, why);

    if (ok) {
        X509_CRL *crl = X509_CRL_new();
        BIO *bio = BIO_new(BIO_s_mem());
        ok = crl != NULL && bio != NULL && fill(crl, certificate, revoked, n, clock_sec(now)) &&
             X509_CRL_sign(crl, key, pki_digest(key)) > 0 &&
             PEM_write_bio_X509_CRL(bio, crl) == 1 && !str_is_null(*pem = pki_take(&room, bio));
        *why = "OpenSSL cannot make the revocation list";
        BIO_free(bio);
        X509_CRL_free(crl);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return ok;
}
