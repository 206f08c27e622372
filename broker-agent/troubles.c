#include "troubles.h"

#include "lib/utf8.h"

#include <string.h>

void text_fit(char *out, size_t size, struct str text)
{
    size_t n = text.n < size ? text.n : size - 1;

    if (!utf8_valid(text)) {
        memcpy(out, "?", 2);
        return;
    }
    while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xC0) == 0x80) {
        n--;
    }
    if (n > 0) {
        memcpy(out, text.p, n);
    }
    out[n] = '\0';
}

static bool same(const struct trouble *a, const struct trouble *b)
{
    return a->at != 0 && a->kind == b->kind && a->why == b->why && strcmp(a->user, b->user) == 0 &&
           strcmp(a->address, b->address) == 0 && strcmp(a->topic, b->topic) == 0;
}

void troubles_add(struct troubles *t, usec_t now, const struct trouble_of *what)
{
    struct trouble one = { .at = now, .kind = what->kind, .why = what->why, .times = 1 };
    struct trouble *to = &t->row[0];

    text_fit(one.user, sizeof one.user, what->user);
    text_fit(one.address, sizeof one.address, what->address);
    text_fit(one.client_id, sizeof one.client_id, what->client_id);
    text_fit(one.topic, sizeof one.topic, what->topic);
    for (size_t i = 0; i < TROUBLES_KEPT; i++) {
        if (same(&t->row[i], &one)) {
            to = &t->row[i];
            one.times = to->times + 1;
            break;
        }
        to = t->row[i].at < to->at ? &t->row[i] : to;
    }
    *to = one;
}

void troubles_put(struct json *j, struct str key, const struct troubles *t)
{
    json_key(j, key);
    json_array(j);
    for (size_t i = 0; i < TROUBLES_KEPT; i++) {
        const struct trouble *one = &t->row[i];
        char iso[CLOCK_TEXT];
        if (one->at == 0) {
            continue;
        }
        json_object(j);
        json_k(j, "at");
        json_str(j, (struct str){ iso, clock_iso_z(one->at, iso) });
        json_put_str(j, "kind", str_of(one->kind));
        json_put_str(j, "why", str_of(one->why));
        json_k(j, "times");
        json_int(j, one->times);
        json_put_str(j, "user", str_of(one->user));
        json_put_str(j, "address", str_of(one->address));
        json_put_str(j, "client_id", str_of(one->client_id));
        json_put_str(j, "topic", str_of(one->topic));
        json_end(j);
    }
    json_end(j);
}
