#include "plugin.h"

#include "lib/pki.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 600 /* 150 characters of a Django user name */

static char *common_name(const X509 *certificate)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    const X509_NAME_ENTRY *entry = i < 0 ? NULL : X509_NAME_get_entry(subject, i);
    unsigned char *utf8 = NULL;
    char *name = NULL;

    int n = entry == NULL ? -1 : ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (n > 0 && n <= NAME_MAX_BYTES && memchr(utf8, '\0', (size_t)n) == NULL) {
        name = strndup((const char *)utf8, (size_t)n);
    }
    OPENSSL_free(utf8);
    return name;
}

static char *serial_number(const X509 *certificate)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    char text[PKI_SERIAL_TEXT];
    size_t n =
        pki_serial_text(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), text);

    return strndup(text, n);
}

bool certificate_read(const struct mosquitto *context, struct certificate_of *out)
{
    X509 *certificate = mosquitto_client_certificate(context);

    *out = (struct certificate_of){ NULL, NULL };
    if (certificate == NULL) {
        return false;
    }
    out->cn = common_name(certificate);
    out->serial = serial_number(certificate);
    X509_free(certificate);
    return true;
}

void certificate_free(struct certificate_of *c)
{
    free(c->cn);
    free(c->serial);
}
