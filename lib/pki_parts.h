/* Inside lib/pki_*.c only: between PEM texts and OpenSSL's objects. */
#ifndef MYTRACKS_PKI_PARTS_H
#define MYTRACKS_PKI_PARTS_H

#include "pki.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#define PKI_SERIAL_BYTES 20               /* RFC 5280 4.1.2.2 */
#define PKI_OUT_MAX ((size_t)1024 * 1024) /* of one text: a CRL of 20,000 entries */

/* The first certificate of a PEM text; NULL: none. */
X509 *pki_read_certificate(struct str pem);
/* Not encrypted; NULL: none. */
EVP_PKEY *pki_read_key(struct str pem);

/* Reads both parts of a pair and checks that they belong together. False: *why; what was read is
   in *certificate and *key all the same, to be freed. */
bool pki_read_pair(const struct pki_pair *pair, X509 **certificate, EVP_PKEY **key,
                   const char **why);

/* Copies what was written into a memory BIO. The arena may jump away at its cap, so the room is
   taken before OpenSSL's objects are made. */
struct pki_room {
    char *p;
    size_t size;
};
struct pki_room pki_room(struct arena *a, size_t size);
/* The BIO's text at the start of the room, which then begins behind it. STR_NULL: does not fit. */
struct str pki_take(struct pki_room *room, BIO *bio);

/* What a key signs with: SHA-256, but not weaker than a curve. */
const EVP_MD *pki_digest(const EVP_PKEY *key);
/* SHA-1 of the public key: key identifiers (RFC 5280 4.2.1.2, method 1). NULL: no memory. */
ASN1_OCTET_STRING *pki_key_id(const X509 *certificate);
/* "0x1f..." as a number; NULL when it is none. */
ASN1_INTEGER *pki_serial_read(struct str text);

#endif
