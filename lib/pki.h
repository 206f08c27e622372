/* X.509 as the reference makes it, over OpenSSL: SHA-256, subjects of CN and O=My Tracks, serial
   numbers of 20 bytes. Keys are RSA as there, or on a curve of NIST, which the reference does not
   make, but its library reads. Formats: the certificates of the recordings,
   reference/schema.md "PKI", scenarios api/pki-*. No SQL, no files, no secrets but the keys given.

   Every function that fails says why in a constant text. Results are in the arena; PEM texts end
   with one newline, private keys are PKCS #8 in the clear: seal them with lib/fernet.h. */
#ifndef MYTRACKS_PKI_H
#define MYTRACKS_PKI_H

#include "arena.h"
#include "clock.h"

#define PKI_NAME_MAX 64 /* characters of a common name (RFC 5280, ub-common-name) */
#define PKI_SAN_MAX 253 /* bytes of one alternative name (RFC 1035, a host name) */
#define PKI_SANS_MAX 100
#define PKI_DAYS_MAX 36500
#define PKI_CRL_DAYS 30

enum pki_use { PKI_CA, PKI_SERVER, PKI_CLIENT };

/* A certificate and its private key, PEM. */
struct pki_pair {
    struct str certificate, key;
};

/* What is asked for. pki_name_ok() and pki_san_ok() hold, 1 <= days <= PKI_DAYS_MAX. */
struct pki_wish {
    enum pki_use use;
    struct str common_name;
    int key_bits; /* pki_key_bits_ok() holds; RSA of 4096 takes seconds */
    int64_t days;
    const struct str *sans; /* PKI_SERVER: IP addresses and names, in this order */
    size_t san_count;
};

/* What the columns of a row need besides. */
struct pki_facts {
    struct str fingerprint; /* SHA-256, "AB:CD:..." */
    struct str serial;      /* "0x1f...", as Python's hex() */
    usec_t not_before, not_after;
};

/* Valid from now, cut to the second (0: from when its key is made), for that many days. issuer
   signs; NULL for a CA, which signs itself. */
bool pki_issue(struct arena *a, const struct pki_wish *wish, const struct pki_pair *issuer,
               usec_t now, struct pki_pair *out, struct pki_facts *facts, const char **why);

/* A serial number as the rows have it, "0x1f...", as Python's hex(): of up to 20 bytes, big-endian.
   The length; 0: it is longer. */
#define PKI_SERIAL_TEXT 43
size_t pki_serial_text(const unsigned char *bytes, size_t n, char out[PKI_SERIAL_TEXT]);
/* 1 to PKI_NAME_MAX characters, valid UTF-8, none of them a control character. */
bool pki_name_ok(struct str name);
/* RSA of 2048, 3072 or 4096 bits; 256 and 384 are the curves P-256 and P-384. As Python's key_size,
   which is what the rows have. */
bool pki_key_bits_ok(int64_t bits);
/* An IP address, or what can stand in a certificate as a DNS name: printable ASCII. */
bool pki_san_ok(struct str san);

struct pki_revoked {
    struct str serial; /* "0x1f..." */
    usec_t at;
};
/* Version 2, next update in PKI_CRL_DAYS days. With the authority's key identifier, which tells the
   lists of two CAs of one name apart, and a number that grows: now in seconds since 1970. */
bool pki_crl(struct arena *a, const struct pki_pair *ca, const struct pki_revoked *revoked,
             size_t n, usec_t now, struct str *pem, const char **why);

/* PKCS #12 (DER) of a certificate, its key and the CA's certificate: AES-256-CBC, PBKDF2 with
   SHA-256 and 20000 rounds, friendly name. password: UTF-8 without NUL. */
bool pki_p12(struct arena *a, const struct pki_pair *pair, struct str ca, struct str friendly_name,
             struct str password, struct str *der, const char **why);

#endif
