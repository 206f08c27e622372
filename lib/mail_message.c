/* A letter as an RFC 5322 message. */
#include "buf.h"
#include "codec.h"
#include "mail.h"
#include "utf8.h"

#include <string.h>

#define MESSAGE_MAX ((size_t)256 * 1024)
#define HEADER_MAX 900u   /* bytes of a line: 998 is the limit of RFC 5322 */
#define BASE64_LINE 57u   /* bytes that fill 76 characters */
#define ENCODED_BYTES 45u /* bytes in an encoded word of at most 75 characters (RFC 2047) */

/* ---------------------------------------------------------------- addresses */
static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

/* "Name <a@b>" in two; without brackets all is the address. */
static void split_address(struct str text, struct str *name, struct str *address)
{
    struct str s = str_trim(text);
    size_t open = str_find(s, '<', 0);

    *name = STR("");
    *address = s;
    if (open != SIZE_MAX && str_ends(s, STR(">"))) {
        *name = str_trim(str_sub(s, 0, open));
        *address = str_sub(s, open + 1, s.n - open - 2);
    }
    if (name->n >= 2 && name->p[0] == '"' && name->p[name->n - 1] == '"') {
        *name = str_sub(*name, 1, name->n - 2);
    }
}

static const char *address_refused(struct str s)
{
    size_t at = str_find(s, '@', 0);

    if (s.n == 0) {
        return "the address is empty";
    }
    if (s.n > MAIL_ADDRESS_MAX) {
        return "the address is longer than 254 characters";
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == 0x7f || strchr("<>()[],;:\\\"", c) != NULL) {
            return "the address has characters that no mail address has";
        }
        if (c >= 0x80) {
            return "the address is not ASCII (a domain can be written as xn--...)";
        }
    }
    if (at == SIZE_MAX || at == 0 || at + 1 == s.n || str_find(s, '@', at + 1) != SIZE_MAX) {
        return "the address is not of the form NAME@DOMAIN";
    }
    return NULL;
}

struct str mail_address(struct arena *a, struct str text, const char **why)
{
    struct str name, address;

    if (has_control(text)) {
        *why = "the address has characters that no mail address has";
        return STR_NULL;
    }
    split_address(text, &name, &address);
    *why = address_refused(address);
    return *why == NULL ? arena_dup(a, address) : STR_NULL;
}

/* ---------------------------------------------------------------- headers */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x7f) {
            return false;
        }
    }
    return true;
}

/* Encoded words, split between characters, folded. */
static void put_encoded(struct buf *b, struct arena *a, struct str s)
{
    size_t from = 0, at = 0;

    while (from < s.n) {
        size_t end = from;
        while (at < s.n) {
            (void)utf8_next(s, &at);
            if (at - from > ENCODED_BYTES) {
                break;
            }
            end = at;
        }
        buf_z(b, from > 0 ? "\r\n =?utf-8?b?" : "=?utf-8?b?");
        buf_str(b, base64_encode(a, str_sub(s, from, end - from)));
        buf_z(b, "?=");
        from = at = end;
    }
}

static void put_text(struct buf *b, struct arena *a, struct str s)
{
    bool looks_encoded = false;

    for (size_t i = 0; i + 1 < s.n; i++) {
        looks_encoded |= s.p[i] == '=' && s.p[i + 1] == '?';
    }
    if (is_plain(s) && !looks_encoded && s.n <= HEADER_MAX) {
        buf_str(b, s);
    } else {
        put_encoded(b, a, s);
    }
}

/* "Name <a@b>" with the name quoted or encoded. */
static void put_mailbox(struct buf *b, struct arena *a, struct str text)
{
    struct str name, address;

    split_address(text, &name, &address);
    if (name.n == 0) {
        buf_str(b, address);
        return;
    }
    if (is_plain(name) && name.n <= HEADER_MAX / 4) {
        buf_char(b, '"');
        for (size_t i = 0; i < name.n; i++) {
            if (name.p[i] == '"' || name.p[i] == '\\') {
                buf_char(b, '\\');
            }
            buf_char(b, name.p[i]);
        }
        buf_char(b, '"');
    } else {
        put_encoded(b, a, name);
    }
    buf_printf(b, " <%.*s>", STR_FMT(address));
}

/* "Fri, 06 Mar 2026 12:26:40 -0000": UTC, and nothing said of where. */
static void put_date(struct buf *b, usec_t t)
{
    char text[CLOCK_TEXT];
    size_t n = clock_http(t, text);

    buf_add(b, text, n - strlen("GMT"));
    buf_z(b, "-0000");
}

static void put_headers(struct buf *b, struct arena *a, const struct mail_sender *s, struct str to,
                        struct str subject, struct str id)
{
    const char *why;
    struct str from = mail_address(a, s->from, &why);
    struct str host =
        s->domain.n > 0 ? s->domain : str_sub(from, str_find(from, '@', 0) + 1, from.n);

    buf_z(b, "Subject: ");
    put_text(b, a, subject);
    buf_z(b, "\r\nFrom: ");
    put_mailbox(b, a, s->from);
    buf_z(b, "\r\nTo: ");
    put_mailbox(b, a, to);
    if (s->domain.n > 0) {
        buf_printf(b, "\r\nReply-To: mytracks-no-reply@%.*s", STR_FMT(s->domain));
    }
    buf_z(b, "\r\nDate: ");
    put_date(b, s->now);
    buf_printf(b,
               "\r\nMessage-ID: <%.*s@%.*s>\r\nMIME-Version: 1.0\r\nAuto-Submitted: "
               "auto-generated\r\n",
               STR_FMT(id), STR_FMT(host));
}

/* ---------------------------------------------------------------- the body */
/* ASCII, and no line too long. */
static bool fits_7bit(struct str body)
{
    struct str rest = body, line;

    if (!is_plain(body)) {
        return false;
    }
    while (str_split(&rest, '\n', &line)) {
        if (line.n > HEADER_MAX) {
            return false;
        }
    }
    return true;
}

static void put_lines(struct buf *b, struct str body)
{
    struct str rest = body, line;

    while (str_split(&rest, '\n', &line)) {
        if (str_is_null(rest) && line.n == 0) {
            break;
        }
        buf_str(b, line);
        buf_z(b, "\r\n");
    }
}

static void put_body(struct buf *b, struct arena *a, struct str body)
{
    bool plain = fits_7bit(body);

    buf_printf(b,
               "Content-Type: text/plain; charset=\"utf-8\"\r\n"
               "Content-Transfer-Encoding: %s\r\n\r\n",
               plain ? "7bit" : "base64");
    if (plain) {
        put_lines(b, body);
        return;
    }
    for (size_t at = 0; at < body.n; at += BASE64_LINE) {
        buf_str(b, base64_encode(a, str_sub(body, at, BASE64_LINE)));
        buf_z(b, "\r\n");
    }
}

struct str mail_message(struct arena *a, const struct mail_sender *s, struct str to,
                        const struct mail_letter *letter, struct str id, const char **why)
{
    struct str out = STR_NULL;
    struct buf b;

    if (str_is_null(mail_address(a, s->from, why)) || str_is_null(mail_address(a, to, why))) {
        return STR_NULL;
    }
    if (has_control(letter->subject) || has_control(s->domain) || has_control(id)) {
        *why = "a header would hold a control character";
        return STR_NULL;
    }
    buf_init(&b, MESSAGE_MAX);
    put_headers(&b, a, s, to, letter->subject, id);
    put_body(&b, a, letter->body);
    if (buf_ok(&b)) {
        out = arena_dup(a, buf_view(&b));
    } else {
        *why = "the message is too long";
    }
    buf_free(&b);
    return out;
}
