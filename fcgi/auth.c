#include "auth.h"

#include "db/account.h"
#include "db/signins.h"
#include "errors.h"
#include "lib/log.h"
#include "lib/password.h"
#include "lib/utf8.h"
#include "lib/weburl.h"
#include "session.h"

#include <string.h>

/* How long a verdict is waited for. A phone gives up after 10 s. */
#define WAIT_FORM_MS 10000
#define WAIT_BASIC_MS 8000
/* Characters that are kept of a name and a User-Agent. */
#define USERNAME_SHOWN 150u
#define AGENT_SHOWN 200u

/* Without the agent: one hash in this worker, also for names that do not exist. */
static enum verdict verify_here(struct request *r, struct str username, struct str password,
                                struct user *out)
{
    int64_t rounds = r->app->pbkdf2_iterations;
    enum db_rc rc = db_user_by_name(r->app->db, r->arena, username, out);

    if (rc != DB_OK && rc != DB_NONE) {
        return VERDICT_BUSY;
    }
    if (rc == DB_NONE || !out->is_active) {
        password_burn(password, rounds);
        return VERDICT_NO;
    }
    return password_verify(password, out->password, rounds) ? VERDICT_OK : VERDICT_NO;
}

static enum verdict verify_by_agent(struct request *r, struct str origin, struct str username,
                                    struct str password, struct user *out)
{
    struct str address = request_address(r);
    struct verified v;

    if (r->app->agent == NULL) {
        return VERDICT_DOWN;
    }
    v = link_verify(r->app->agent, origin, str_is_null(address) ? STR("") : address, username,
                    password, str_eqz(origin, "form") ? WAIT_FORM_MS : WAIT_BASIC_MS);
    if (v.verdict != VERDICT_OK) {
        return v.verdict;
    }
    switch (db_user_by_id(r->app->db, r->arena, v.user_id, out)) {
    case DB_OK:
        return out->is_active ? VERDICT_OK : VERDICT_NO;
    case DB_NONE:
        return VERDICT_NO;
    default:
        return VERDICT_BUSY;
    }
}

enum verdict auth_password(struct request *r, struct str origin, struct str username,
                           struct str password, struct user *out)
{
    enum verdict v = VERDICT_NO;
    struct str address;

    if (username.n > 0 && username.n <= CREDENTIAL_MAX && password.n <= CREDENTIAL_MAX &&
        str_find(username, '\0', 0) == SIZE_MAX) {
        v = verify_by_agent(r, origin, username, password, out);
        if (v == VERDICT_DOWN) {
            v = verify_here(r, username, password, out);
        }
    }
    if (v == VERDICT_NO) {
        address = request_address(r);
        log_warning("sign-in-refused", LOG_S("by", origin), LOG_S("user", username),
                    LOG_S("address", str_is_null(address) ? STR("unknown") : address));
    }
    return v;
}

/* The columns hold no more than they show. */
static struct str shown(struct str text, size_t most)
{
    return !str_is_null(text) && utf8_valid(text) ? utf8_head(text, most) : STR("");
}

struct str auth_agent(const struct request *r)
{
    return shown(request_env(r, "HTTP_USER_AGENT"), AGENT_SHOWN);
}

enum db_rc auth_note(struct request *r, struct str way, struct str username, bool ok)
{
    struct str address = request_address(r);
    const struct signin s = {
        .username = shown(username, USERNAME_SHOWN),
        .address = str_is_null(address) ? STR("") : address,
        .agent = auth_agent(r),
        .way = way,
        .ok = ok,
        .at = r->now,
    };

    return db_signin_note(r->app->db, &s);
}

void auth_note_refused(struct request *r, struct str way, struct str username)
{
    if (auth_note(r, way, username, false) != DB_OK) {
        log_warning("signin-not-noted", LOG_S("user", username));
    }
}

int auth_session(struct request *r)
{
    int status = session_read(r);

    if (status == 0) {
        status = session_user(r, &r->who.user, &r->who.known);
    }
    r->who.by_session = r->who.known;
    return status;
}

int auth_basic(struct request *r, const char **why)
{
    struct str header = request_env(r, "HTTP_AUTHORIZATION"), username, password;

    if (str_is_null(header)) {
        return 0;
    }
    switch (basic_auth_parse(r->arena, header, &username, &password, why)) {
    case 1:
        return 0;
    case 0:
        break;
    default:
        return 403;
    }
    switch (auth_password(r, STR("basic"), username, password, &r->who.user)) {
    case VERDICT_OK:
        r->who.known = true;
        return 0;
    case VERDICT_NO:
        if (r->phone) {
            auth_note_refused(r, STR("http"), username);
        }
        *why = "Invalid username/password.";
        return 403;
    default:
        return 503;
    }
}
