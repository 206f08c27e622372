/* GET /api/transitions/: entering and leaving of places, as the map and a day's history show it.
 * (In the reference a page alone shows one's own.) */
#include "api.h"
#include "db/transitions.h"
#include "handlers.h"

#define ROWS_MOST 1000
#define SPAN_DEFAULT INT64_C(86400) /* seconds */

static void put_degrees(struct json *j, const char *key, const struct passage *p, double degrees)
{
    json_key(j, str_of(key));
    if (p->has_position) {
        json_float(j, degrees);
    } else {
        json_null(j);
    }
}

static void put_passage(struct json *j, const struct passage *p)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, p->id);
    json_k(j, "device");
    json_str(j, p->device);
    json_k(j, "event");
    json_str(j, p->event);
    json_k(j, "place");
    json_str(j, p->place);
    json_k(j, "timestamp_unix");
    json_int(j, clock_sec(p->timestamp));
    put_degrees(j, "latitude", p, p->latitude);
    put_degrees(j, "longitude", p, p->longitude);
    json_end(j);
}

struct listing {
    struct request *r;
    int64_t rows;
    bool more;
};

static bool list_passage(void *ctx, const struct passage *p)
{
    struct listing *list = ctx;

    if (list->rows == ROWS_MOST) {
        list->more = true;
        return false;
    }
    list->rows++;
    put_passage(&list->r->reply.json, p);
    return buf_ok(&list->r->reply.body);
}

/* False: *status, or 0 when it is replied. */
static bool take_query(struct request *r, struct transition_query *q, int *status)
{
    struct str key = request_query(r, STR("device"));
    int64_t from, to = clock_sec(r->now);
    struct device d;

    *status = 0;
    *q = (struct transition_query){ .viewer = api_viewer(r), .limit = ROWS_MOST + 1 };
    if (key.n > 0) {
        enum db_rc rc = db_device_find(r->app->db, r->arena, q->viewer, key, &d);
        if (rc != DB_OK) {
            *status = api_device_error(r, key, rc);
            return false;
        }
        q->device_id = d.id;
    }
    if (!api_query_int(r, "end_time", CLOCK_MIN_SEC, CLOCK_MAX_SEC, &to)) {
        return false;
    }
    from = to - SPAN_DEFAULT < CLOCK_MIN_SEC ? CLOCK_MIN_SEC : to - SPAN_DEFAULT;
    if (!api_query_int(r, "start_time", CLOCK_MIN_SEC, CLOCK_MAX_SEC, &from)) {
        return false;
    }
    q->from = from * USEC_PER_SEC;
    q->to = to * USEC_PER_SEC + USEC_PER_SEC - 1;
    return true;
}

int transition_list(struct request *r)
{
    struct transition_query q;
    struct listing list = { .r = r };
    int status;

    if (!take_query(r, &q, &status)) {
        return status;
    }
    reply_prepare(r);
    struct json *j = api_begin(r, 200);
    json_object(j);
    json_k(j, "results");
    json_array(j);
    enum db_rc rc = db_passage_list(r->app->db, &q, list_passage, &list);
    json_end(j);
    json_k(j, "more");
    json_bool(j, list.more);
    json_end(j);
    return rc == DB_OK ? 0 : error_of_db(rc);
}
