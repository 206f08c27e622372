/* The index of the API and its health. */
#include "api.h"
#include "handlers.h"

#define HEALTH_WAIT_MS 1000

extern const char openapi_json[]; /* openapi.json; tests/system/test_openapi.py keeps it true */

int api_root(struct request *r)
{
    static const char *const names[] = {
        "locations",
        "devices",
        "admin/users",
        "admin/pki/ca",
        "admin/pki/server-cert",
        "admin/pki/client-certs",
        "admin/pki/crl",
        "health",
        "friends/requests",
        "friends",
    };
    struct str suffix = str_is_null(r->format) ? STR("") : STR(".json");
    struct json *j = api_begin(r, 200);

    json_object(j);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str name = str_of(names[i]);
        json_key(j, name);
        json_str(j, arena_concat(r->arena, (struct str[]){ api_base(r), STR("/api/"), name, suffix,
                                                           STR_NULL }));
    }
    json_end(j);
    return 0;
}

/* The agent knows the broker; without the agent nobody takes reports over MQTT either. */
static bool broker_is_up(struct request *r)
{
    struct wire_msg ask = { .kind = WIRE_HEALTH }, answer;

    return r->app->agent != NULL && link_call(r->app->agent, &ask, &answer, HEALTH_WAIT_MS) &&
           answer.kind == WIRE_DONE && answer.n > 0 && str_eqz(answer.field[0], "ok");
}

int api_health(struct request *r)
{
    bool up = broker_is_up(r);
    struct json *j = api_begin(r, up ? 200 : 503);

    json_object(j);
    json_k(j, "status");
    json_str(j, up ? STR("ok") : STR("degraded"));
    json_k(j, "version");
    json_str(j, STR(MYTRACKS_VERSION));
    if (!up) {
        json_k(j, "mqtt");
        json_str(j, STR("down"));
    }
    json_end(j);
    return 0;
}

/* OpenAPI 3.1. As application/json, which every tool takes; there is no registered type of its own.
 */
int api_schema(struct request *r)
{
    reply_head(r, 200, "application/json");
    buf_z(&r->reply.body, openapi_json);
    return 0;
}
