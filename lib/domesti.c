#include "domesti.h"

#include "owntracks.h"
#include "pystr.h"
#include "utf8.h"
#include "weburl.h"

/* ---- URLs and keys */

const char *domesti_url_refused(struct arena *a, struct str url)
{
    struct url_parts parts;

    if (!url_split(a, url, &parts)) {
        return "URL must be absolute";
    }
    if (!str_eqz(parts.scheme, "http") && !str_eqz(parts.scheme, "https")) {
        return "URL must use http or https";
    }
    if (parts.netloc.n == 0) {
        return "URL must be absolute";
    }
    return url.n > DOMESTI_TEXT_MAX ? "URL must not be longer than 500 characters" : NULL;
}

const char *domesti_key_refused(struct str key)
{
    if (key.n == 0) {
        return "api_key is required";
    }
    if (key.n > DOMESTI_TEXT_MAX) {
        return "api_key must not be longer than 500 characters";
    }
    return str_has_control(key) ? "api_key must not contain control characters" : NULL;
}

/* ---- the log */

static struct jval *iso_time(struct arena *a, usec_t t)
{
    char text[CLOCK_TEXT];
    size_t n = clock_iso_offset(t, text);

    return jval_text(a, (struct str){ text, n });
}

static struct jval *text_or_null(struct arena *a, struct str s)
{
    return str_is_null(s) ? jval_null(a) : jval_text(a, s);
}

static struct jval *entry_of(struct arena *a, const struct domesti_event *e)
{
    struct jval *o = jval_object(a);

    jval_set(a, o, STR("sent_at"), iso_time(a, e->at));
    jval_set(a, o, STR("success"), jval_bool(a, e->success));
    jval_set(a, o, STR("http_status"),
             e->http_status == 0 ? jval_null(a) : jval_int(a, e->http_status));
    if (e->posted) {
        jval_set(a, o, STR("post_url"), jval_text(a, e->post_url));
    }
    jval_set(a, o, STR("user_id"), text_or_null(a, e->user_id));
    jval_set(a, o, STR("payload"), e->payload);
    jval_set(a, o, STR("response_preview"), jval_text(a, utf8_head(e->preview, DOMESTI_TEXT_MAX)));
    jval_set(a, o, STR("source"), jval_text(a, str_of(e->source)));
    jval_set(a, o, STR("elapsed_ms"), jval_int(a, e->elapsed_ms));
    return o;
}

struct str domesti_log_add(struct arena *a, struct str log, const struct domesti_event *e)
{
    char why[JSONIN_WHY];
    struct jval *old = jsonin_parse_stored(a, log, why), *list = jval_array(a), *next;
    struct jval *entry = old != NULL && old->type == J_ARRAY ? old->first : NULL;

    jval_push(list, entry_of(a, e));
    while (entry != NULL && list->count < DOMESTI_LOG_MAX) {
        next = entry->next;
        jval_push(list, entry);
        entry = next;
    }
    return ot_dump(a, list);
}

struct jval *domesti_payload(struct arena *a, const struct domesti_position *p)
{
    const struct domesti_device *d = p->device;
    struct jval *o = jval_object(a);

    jval_set(a, o, STR("user_id"), jval_text(a, p->user_id));
    jval_set(a, o, STR("lat"), jval_float(a, p->lat));
    jval_set(a, o, STR("lon"), jval_float(a, p->lon));
    jval_set(a, o, STR("timestamp"), iso_time(a, p->at));
    jval_set(a, o, STR("device_id"), text_or_null(a, d == NULL ? STR_NULL : d->device_id));
    jval_set(a, o, STR("mqtt_user"), text_or_null(a, d == NULL ? STR_NULL : d->mqtt_user));
    jval_set(a, o, STR("source"), jval_text(a, STR("my-tracks")));
    return o;
}

/* ---- requests */

static const struct {
    const char *name;
    int64_t user_cooldown; /* seconds; 0: as configured */
} reasons[] = {
    { "accuracy_streak", 0 }, { "approach_monitoring", 5 }, { "boundary_proximity", 0 },
    { "deferred_edge", 0 },   { "stale_watchdog", 0 },
};
#define REASONS (sizeof reasons / sizeof reasons[0])

const char *domesti_reason_refused(struct arena *a, struct str reason)
{
    struct str list = STR("Expected reason in [");

    for (size_t i = 0; i < REASONS; i++) {
        if (str_eqz(reason, reasons[i].name)) {
            return NULL;
        }
        list = arena_printf(a, "%.*s%s'%s'", STR_FMT(list), i == 0 ? "" : ", ", reasons[i].name);
    }
    return arena_concat(a, (struct str[]){ list, STR("], got "), py_repr(a, reason), STR_NULL }).p;
}

int64_t domesti_user_cooldown(int64_t configured, struct str reason)
{
    for (size_t i = 0; i < REASONS; i++) {
        if (reasons[i].user_cooldown > 0 && str_eqz(reason, reasons[i].name)) {
            return reasons[i].user_cooldown;
        }
    }
    return configured;
}

void domesti_own_cooldowns(struct json *j)
{
    json_object(j);
    for (size_t i = 0; i < REASONS; i++) {
        if (reasons[i].user_cooldown > 0) {
            json_key(j, str_of(reasons[i].name));
            json_int(j, reasons[i].user_cooldown);
        }
    }
    json_end(j);
}

struct jval *domesti_times(struct arena *a, struct str stored)
{
    char why[JSONIN_WHY];
    struct jval *v = jsonin_parse_stored(a, stored, why);

    return v != NULL && v->type == J_OBJECT ? v : jval_object(a);
}

usec_t domesti_after(usec_t t, int64_t cooldown)
{
    usec_t end = t + cooldown * USEC_PER_SEC, last = CLOCK_MAX_SEC * USEC_PER_SEC;

    return end < last ? end : last;
}

bool domesti_waits(const struct jval *times, struct str name, int64_t cooldown, usec_t now,
                   usec_t *until)
{
    const struct jval *v = jval_get(times, name);
    usec_t t;

    if (v == NULL || v->type != J_STR || !clock_from_iso(v->text, &t)) {
        return false;
    }
    *until = domesti_after(t, cooldown);
    return now < *until && t < domesti_after(now, cooldown);
}

void domesti_time_set(struct arena *a, struct jval *times, struct str name, usec_t t)
{
    char text[CLOCK_TEXT];

    jval_set(a, times, name, jval_text(a, (struct str){ text, clock_iso_z(t, text) }));
}
