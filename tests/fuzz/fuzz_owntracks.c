/* OwnTracks messages over HTTP and MQTT, and topics. Input: a topic, NUL, the message. What passes
   can be stored: it lies on the globe and in the calendar, and its texts have their lengths. */
#include "fuzz.h"

#include "lib/owntracks.h"
#include "lib/topic.h"
#include "lib/utf8.h"

#define DEGREE DEC10_ONE

static void check_text(struct str s, size_t max)
{
    CHECK(!str_is_null(s) && utf8_valid(s) && utf8_length(s) <= max);
}

static void check_fix(const struct ot_fix *f)
{
    CHECK(f->lat >= -90 * DEGREE && f->lat <= 90 * DEGREE);
    CHECK(f->lon >= -180 * DEGREE && f->lon <= 180 * DEGREE);
    CHECK(f->tst >= CLOCK_MIN_SEC && f->tst <= CLOCK_MAX_SEC);
    CHECK(!f->created_at.set || (clock_sec(f->created_at.t) >= CLOCK_MIN_SEC &&
                                 clock_sec(f->created_at.t) <= CLOCK_MAX_SEC));
    check_text(f->message_id, 64);
    check_text(f->trigger, 10);
    check_text(f->source, 20);
    check_text(f->bssid, 32);
    check_text(f->ssid, 64);
}

static void over_http(struct arena *a, const struct jval *msg)
{
    struct ot_http in;
    struct ot_errors errors = { .n = 0 };
    struct str id, user;

    ot_http_identity(a, msg, &id, &user);
    if (!ot_http_fields(a, msg, &in, &errors)) {
        CHECK(errors.n > 0 && errors.n <= OT_ERRORS_MAX);
        return;
    }
    if (ot_http_check(a, &in, 0, &errors) && ot_http_check(a, &in, 1, &errors)) {
        CHECK(!str_is_null(in.device_id));
        check_fix(&in.fix);
    } else {
        CHECK(errors.n > 0);
    }
}

static void over_mqtt(struct arena *a, const struct jval *msg)
{
    struct ot_transition transition;
    struct ot_region region;
    const char *why = NULL;
    struct ot_fix fix;
    usec_t t;

    if (ot_fix_from_mqtt(a, msg, STR("device"), &fix, &why)) {
        check_fix(&fix);
    } else {
        CHECK(why != NULL);
    }
    if (ot_transition_from_mqtt(a, msg, &transition, &why)) {
        CHECK(transition.tst >= CLOCK_MIN_SEC && transition.tst <= CLOCK_MAX_SEC);
    }
    if (ot_region_from_mqtt(a, msg, &region) == OT_REGION) {
        CHECK(ot_region_rid(a, 1, &region).n == 36);
    }
    (void)ot_lwt_connected(msg, &t);
}

static void topics(struct str topic, struct str payload)
{
    static const struct str readable[] = { { "bob/phone", 9 } }, commandable[] = { { "bob", 3 } };
    struct topic_grants g = { .active = true,
                              .readable = readable,
                              .readable_count = 1,
                              .commandable = commandable,
                              .commandable_count = 1 };
    struct topic_grants nobody = { .active = false, .superuser = true };
    struct topic t;

    CHECK(!topic_allowed(TOPIC_PUBLISH, STR("alice"), &nobody, topic, payload));
    if (!topic_parse(topic, &t)) {
        return;
    }
    bool own = str_eqz(t.user, "alice"), bob = str_eqz(t.user, "bob");
    CHECK(!topic_allowed(TOPIC_READ, STR("alice"), &g, topic, payload) || own || bob);
    CHECK(!topic_allowed(TOPIC_PUBLISH, STR("alice"), &g, topic, payload) || own ||
          (bob && str_eqz(t.rest, "cmd")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str text = fuzz_text(data, size), topic = fuzz_part(&text);
    char why[JSONIN_WHY];
    struct jval *msg = jsonin_parse(a, text, why);

    topics(topic, text);
    if (msg != NULL && msg->type == J_OBJECT) {
        over_http(a, msg);
        over_mqtt(a, msg);
    }
    return 0;
}
