#include "commands.h"

#include "api.h"
#include "auth.h"
#include "db/device_key.h"
#include "lib/crypto.h"
#include "lib/csrf.h"
#include "lib/log.h"
#include "lib/owntracks.h"
#include "lib/secretbox.h"

#define ANSWER_MS 2000 /* the agent hands over to the broker; longer means that it hangs */

/* For a phone that encrypts, so that only it reads it; when its key cannot be read, as it is. */
static struct str text_for(struct request *r, struct str target, const struct jval *command)
{
    struct str text = ot_dump(r->arena, command), device = target, user, sealed;

    if (!str_split(&device, '/', &user) ||
        db_device_key_of_topic(r->app->db, r->arena, user, device, &sealed) != DB_OK) {
        return text;
    }
    struct str message = secretbox_message_sealed(r->arena, r->app->secret, sealed, text);
    return str_is_null(message) ? text : message;
}

static struct wire_msg publish(struct request *r, struct str target, const struct jval *command)
{
    struct str topic =
        arena_concat(r->arena, (struct str[]){ STR("owntracks/"), target, STR("/cmd"), STR_NULL });

    return (struct wire_msg){
        .kind = WIRE_PUBLISH,
        .n = 4,
        .field = { topic, text_for(r, target, command), STR("0"), STR("0") },
    };
}

bool command_send(struct request *r, struct str target, const struct jval *command)
{
    struct wire_msg m = publish(r, target, command), answer;

    return r->app->agent != NULL && link_call(r->app->agent, &m, &answer, ANSWER_MS) &&
           answer.kind == WIRE_DONE && str_eqz(answer.field[0], "ok");
}

void command_post(struct request *r, struct str target, const struct jval *command)
{
    struct wire_msg m = publish(r, target, command);

    if (r->app->agent == NULL || !link_send(r->app->agent, &m)) {
        log_warning("command-not-sent", LOG_S("topic", m.field[0]));
    }
}

/* ---- who may */

/* A foreign page must not use the visitor's session (security.md H-09). Requests without an Origin
   go on: the reference asks for no token here. */
static bool foreign_page(struct request *r)
{
    struct str origin = request_env(r, "HTTP_ORIGIN");
    struct str site = request_env(r, "HTTP_SEC_FETCH_SITE");

    return (!str_is_null(origin) &&
            !csrf_origin_trusted(r->https, r->host, origin, r->app->trusted_origins)) ||
           str_eqz(site, "cross-site");
}

/* "Bearer TOKEN", nothing else. */
static bool bearer(struct str header, struct str *token)
{
    struct str scheme;

    header = str_trim(header);
    if (!str_split(&header, ' ', &scheme) || !str_ieq(scheme, STR("bearer"))) {
        return false;
    }
    *token = str_trim(header);
    return token->n > 0 && str_find(*token, ' ', 0) == SIZE_MAX;
}

bool command_token_sent(struct request *r)
{
    struct str header = str_trim(request_env(r, "HTTP_AUTHORIZATION")), scheme;

    return r->app->command_key.n > 0 && str_split(&header, ' ', &scheme) &&
           str_ieq(scheme, STR("bearer"));
}

int command_key(struct request *r, bool *replied)
{
    struct str token = STR("");

    *replied = true;
    if (!bearer(request_env(r, "HTTP_AUTHORIZATION"), &token)) {
        return api_detail(
            r, 403, STR("Expected 'Bearer <token>' format, got invalid Authorization header"));
    }
    if (!crypto_equal(token, r->app->command_key)) {
        log_warning("command-key-refused", LOG_S("path", r->path));
        return api_detail(r, 403, STR("Invalid API key"));
    }
    *replied = false;
    r->who.known = true;
    r->who.user = (struct user){ .username = STR(""), .is_active = true, .is_staff = true };
    return 0;
}

int command_permit(struct request *r, bool *replied)
{
    int status;

    r->reply.vary_cookie = true;
    status = auth_session(r);
    if (status != 0) {
        return status;
    }
    *replied = true;
    if (r->who.known) {
        if ((r->method & M_SAFE) == 0 && foreign_page(r)) {
            return api_detail(r, 403, STR("CSRF Failed: Origin checking failed."));
        }
        *replied = false;
        return 0;
    }
    if (r->app->command_key.n == 0 || str_is_null(request_env(r, "HTTP_AUTHORIZATION"))) {
        return api_detail(r, 403, STR("Authentication credentials were not provided."));
    }
    return command_key(r, replied);
}
