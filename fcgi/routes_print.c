/* The table as text: for people, and for the test that compares the API's description with it. */
#include "router.h"

static const char *const sides[] = {
    [SIDE_PAGE] = "page",
    [SIDE_API] = "api",
    [SIDE_PHONE] = "phone",
};
static const char *const auths[] = {
    [AUTH_NONE] = "none",       [AUTH_OPEN] = "open",   [AUTH_BASIC] = "basic",
    [AUTH_USER] = "user",       [AUTH_STAFF] = "staff", [AUTH_RELAY] = "relay",
    [AUTH_COMMAND] = "command", [AUTH_KEYED] = "keyed", [AUTH_LINK] = "link",
};
static const char *const csrfs[] = {
    [CSRF_NONE] = "none",
    [CSRF_SESSION] = "session",
    [CSRF_ALWAYS] = "always",
};
static const char *const bodies[] = {
    [BODY_NONE] = "none", [BODY_JSON] = "json",     [BODY_INGEST] = "report",
    [BODY_FORM] = "form", [BODY_STREAM] = "stream",
};

static void print_methods(FILE *out, unsigned methods)
{
    const char *comma = "";

    if (methods == M_ANY) {
        fputs("*", out);
        return;
    }
    for (unsigned bit = 1; bit < M_OTHER; bit <<= 1) {
        if ((methods & bit) != 0) {
            fprintf(out, "%s%s", comma, request_method_name(bit));
            comma = ",";
        }
    }
}

void routes_print(FILE *out)
{
    for (size_t i = 0; i < routes_count; i++) {
        const struct route *r = &routes[i];
        print_methods(out, r->methods);
        fprintf(out, " %s %s %s %s %s\n", r->pattern, sides[r->side], auths[r->auth],
                csrfs[r->csrf], bodies[r->body]);
    }
}
