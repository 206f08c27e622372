#include "plugin.h"

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <openssl/x509.h>
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

char *certificate_cn(const struct mosquitto *context, bool *bad)
{
    X509 *certificate = mosquitto_client_certificate(context);
    char *name = NULL;

    *bad = false;
    if (certificate != NULL) {
        name = common_name(certificate);
        *bad = name == NULL;
        X509_free(certificate);
    }
    return name;
}
