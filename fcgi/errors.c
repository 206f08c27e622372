#include "errors.h"

#include "api.h"
#include "lib/log.h"
#include "phone.h"
#include "templates.h"
#include "web.h"

#define RETRY_AFTER STR("5")

/* title and bare: what Django sends without a template; text: for people in front of a browser;
   detail: for programs. */
static const struct message {
    int status;
    const char *title, *bare;
    const char *heading, *text;
    const char *detail;
} messages[] = {
    { 400, "Bad Request (400)", "", "This request cannot be understood",
      "Go back and try again. If you typed the address, check the server's name in it.",
      "Bad request." },
    { 403, "Forbidden", "", "This form was refused",
      "It was open for too long, or it came from another site. Go back, reload the page and send "
      "it "
      "again.",
      "You do not have permission to perform this action." },
    { 404, "Not Found", "The requested resource was not found on this server.",
      "There is nothing at this address", "Check the address, or start again from the map.",
      "Not found." },
    { 405, "Method Not Allowed", "", "This address is not used in this way",
      "Start again from the map.", "" },
    { 406, "Not Acceptable", "", "", "", "Could not satisfy the request Accept header." },
    { 413, "Request Entity Too Large", "", "That was too much at once",
      "What you sent is larger than this server takes.", "Request body is too large." },
    { 500, "Server Error (500)", "", "Something went wrong here",
      "It is noted in the server's log. Try again; if it stays, tell the administrator.",
      "Internal server error." },
    { 503, "Service Unavailable", "", "Busy for a moment", "Wait a few seconds, then try again.",
      "The server is busy. Try again in a few seconds." },
};

static const struct message *message_of(int status)
{
    size_t n = sizeof messages / sizeof messages[0];

    for (size_t i = 0; i < n; i++) {
        if (messages[i].status == status) {
            return &messages[i];
        }
    }
    return &messages[n - 2]; /* 500 */
}

static void retry_later(struct request *r, int status)
{
    if (status == 503) {
        reply_header(r, "Retry-After", RETRY_AFTER);
    }
}

void error_bare(struct request *r, int status)
{
    const struct message *m = message_of(status);

    reply_reset(r);
    reply_head(r, status, HTML_TYPE);
    retry_later(r, status);
    buf_printf(
        &r->reply.body,
        "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>%s</title>\n</head>\n<body>\n"
        "  <h1>%s</h1><p>%s</p>\n</body>\n</html>\n",
        m->title, m->title, m->bare);
}

/* Programs get the short form, browsers a page that helps. */
static bool wants_page(const struct request *r)
{
    struct str accept = request_env(r, "HTTP_ACCEPT"), part;

    while (str_split(&accept, ',', &part)) {
        if (str_starts(str_trim(part), STR("text/html"))) {
            return true;
        }
    }
    return false;
}

static void error_page(struct request *r, int status)
{
    const struct message *m = message_of(status);
    struct error_view view;

    if (!wants_page(r)) {
        error_bare(r, status);
        return;
    }
    reply_reset(r);
    web_page(r, status);
    retry_later(r, status);
    view = (struct error_view){
        .page = web_view(r, str_of(m->heading), false),
        .status = status,
        .heading = str_of(m->heading),
        .text = str_of(m->text),
    };
    tmpl_error(&r->reply.body, &view);
}

static void error_json(struct request *r, int status)
{
    struct str detail = str_of(message_of(status)->detail);

    reply_reset(r);
    if (status == 405) {
        detail = arena_printf(r->arena, "Method \"%.*s\" not allowed.", STR_FMT(r->method_name));
    }
    retry_later(r, status);
    api_detail(r, status, detail);
}

void error_reply(struct request *r, enum route_side side, int status)
{
    if (r->reply.committed) {
        log_error("reply-cut-off", LOG_S("path", r->raw_path), LOG_I("status", status));
        reply_abort(r);
    } else if (side == SIDE_API) {
        error_json(r, status);
    } else if (side == SIDE_PHONE) {
        phone_error(r, status);
    } else {
        error_page(r, status);
    }
}

enum route_side error_side(const struct request *r)
{
    return r->phone ? SIDE_PHONE : r->route != NULL ? r->route->side : SIDE_PAGE;
}

int error_of_db(enum db_rc rc)
{
    return rc == DB_BUSY ? 503 : 500;
}
