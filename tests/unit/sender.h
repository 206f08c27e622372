/* Senders and messages for the tests of ingest. Include after fixture.h. */
#ifndef MYTRACKS_TEST_SENDER_H
#define MYTRACKS_TEST_SENDER_H

#include "db/ingest.h"

#define T0 (INT64_C(1772800000) * USEC_PER_SEC) /* 2026-03-06 12:26:40 */
#define AFTER(seconds) (T0 + (seconds)*USEC_PER_SEC)
#define LOC "{\"_type\":\"location\",\"lat\":1.5,\"lon\":2.5,\"tst\":1772800000"

static inline struct sender mqtt(struct str user, usec_t connected, usec_t received)
{
    return (struct sender){ .via = OT_MQTT,
                            .username = user,
                            .address = STR("192.0.2.1"),
                            .connected_at = connected,
                            .received_at = received };
}

static inline struct sender http(int64_t user_id, struct str user, enum ingest_mode mode)
{
    return (struct sender){
        .via = OT_HTTP, .user_id = user_id, .username = user, .received_at = T0, .mode = mode
    };
}

static inline enum ingest_result publish(struct fixture *f, const struct sender *s,
                                         const char *topic, struct str payload)
{
    assert_int_equal(db_begin(f->db), DB_OK);
    enum ingest_result result = ingest_mqtt(f->db, f->a, s, str_of(topic), payload);
    assert_int_equal(db_commit(f->db), DB_OK);
    db_request_end(f->db);
    return result;
}

/* alice's iPad, seconds after T0. */
static inline enum ingest_result ipad(struct fixture *f, int connected, int received,
                                      const char *payload)
{
    struct sender s = mqtt(STR("alice"), AFTER(connected), AFTER(received));
    return publish(f, &s, "owntracks/alice/ipad", str_of(payload));
}

static inline int64_t new_rows(struct fixture *f)
{
    return sql_number(f->db, "SELECT count(*) FROM my_tracks_location WHERE id > 540");
}

/* A location over HTTP whose fields are fine. */
static inline enum ingest_result post(struct fixture *f, const struct sender *s, const char *json)
{
    char why[JSONIN_WHY];
    struct ot_http in;
    struct ot_errors errors;
    struct device d;
    int64_t id;

    assert_true(ot_http_fields(f->a, jsonin_parse(f->a, str_of(json), why), &in, &errors));
    assert_int_equal(db_begin(f->db), DB_OK);
    enum ingest_result result =
        ingest_device(f->db, f->a, s, in.topic_user, in.device_id, true, &d);
    if (result == INGEST_STORED)
        result = ingest_location(f->db, f->a, s, &d, &in.fix, &id);
    assert_int_equal(db_commit(f->db), DB_OK);
    return result;
}

#endif
