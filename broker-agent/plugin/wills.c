#include "wills.h"

#include <stdlib.h>
#include <string.h>

/* The length of a will's payload, and of any text in MQTT, has 16 bits. */
#define TEXT_MAX ((size_t)65535)
#define TEXTS 6

struct wills {
    const struct mosquitto *context; /* NULL: nothing waits */
    struct spool_record record;
    char bytes[TEXTS * TEXT_MAX];
};

struct wills *wills_new(void)
{
    return calloc(1, sizeof(struct wills));
}

void wills_free(struct wills *w)
{
    free(w);
}

void wills_remember(struct wills *w, const struct mosquitto *context, const struct spool_record *r)
{
    struct str *const texts[TEXTS] = { &w->record.username, &w->record.client_id,
                                       &w->record.address,  &w->record.tls_cn,
                                       &w->record.topic,    &w->record.payload };
    char *at = w->bytes;

    w->record = *r;
    w->record.will = true;
    w->context = NULL;
    for (int i = 0; i < TEXTS; i++) {
        if (texts[i]->n > TEXT_MAX) {
            return;
        }
        if (texts[i]->n > 0) {
            memcpy(at, texts[i]->p, texts[i]->n);
        }
        texts[i]->p = at;
        at += texts[i]->n;
    }
    w->context = context;
}

void wills_forget(struct wills *w, const struct mosquitto *context)
{
    if (w->context == context) {
        w->context = NULL;
    }
}

const struct spool_record *wills_take(struct wills *w)
{
    bool waits = w->context != NULL;

    w->context = NULL;
    return waits ? &w->record : NULL;
}
