/* POST /api/address/: what address a point has. The agent asks the operator's geocoder; whoever
 * waits for the answer asks again. Without a geocoder there is no such route. */
#include "api.h"
#include "db/addresses.h"
#include "handlers.h"
#include "lib/unicode.h"

#include <math.h>
#include <string.h>

#define PLACES 10000 /* 1e-4 degrees */
#define LANGUAGE_MAX 16u

/* The first language that the browser wants; "" without a sensible one. */
static struct str wanted_language(struct request *r)
{
    struct str rest = request_env(r, "HTTP_ACCEPT_LANGUAGE"), tag;
    struct str first =
        str_split(&rest, ',', &tag) && str_split(&tag, ';', &first) ? str_trim(first) : STR("");

    if (first.n > LANGUAGE_MAX) {
        return STR("");
    }
    for (size_t i = 0; i < first.n; i++) {
        char c = first.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-')) {
            return STR("");
        }
    }
    return unicode_lower(r->arena, first);
}

static bool take_degrees(const struct request *r, const char *name, double most, int64_t *out)
{
    const struct jval *v = jval_get(r->json, str_of(name));
    double degrees;

    if (v == NULL || (v->type != J_INT && v->type != J_FLOAT) ||
        jval_py_float(v, &degrees) != NUM_OK || fabs(degrees) > most) {
        return false;
    }
    *out = llround(degrees * PLACES);
    return true;
}

static int show(struct request *r, const struct address *address)
{
    static const char *const states[] = { "waiting", "known", "failed" };
    struct json *j = api_begin(r, address->state == ADDRESS_WAITS ? 202 : 200);

    json_object(j);
    json_k(j, "state");
    json_str(j, str_of(states[address->state]));
    if (address->state == ADDRESS_KNOWN) {
        json_k(j, "address");
        json_str(j, address->text.n > 0 ? address->text : STR_NULL);
    } else if (address->state == ADDRESS_FAILED) {
        json_k(j, "error");
        json_str(j, address->text);
    }
    json_end(j);
    return 0;
}

int address_get(struct request *r)
{
    struct address_question q = { .user_id = r->who.user.id, .language = wanted_language(r) };
    struct address address;

    if (config_str(r->app->config, CFG_GEOCODER_URL).n == 0) {
        return api_error(r, 404, STR("No geocoder is configured (MYTRACKS_GEOCODER_URL)"));
    }
    if (r->json != NULL && r->json->type != J_OBJECT) {
        return api_not_object(r, r->json);
    }
    if (r->json == NULL || !take_degrees(r, "lat", 90, &q.lat) ||
        !take_degrees(r, "lon", 180, &q.lon)) {
        return api_error(r, 400, STR("lat and lon must be numbers of degrees"));
    }
    enum db_rc rc = db_address_ask(r->app->db, r->arena, &q, r->now, &address);
    if (db_outgoing(r->app->db)) {
        app_wake(r->app, true);
    }
    if (rc == DB_CONFLICT) {
        return api_error(r, 429, STR("Too many questions wait"));
    }
    return rc == DB_OK ? show(r, &address) : error_of_db(rc);
}
