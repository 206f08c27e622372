/* Streaming JSON writer with a scope stack: order of calls is asserted, commas are its business. */
#ifndef MYTRACKS_JSON_H
#define MYTRACKS_JSON_H

#include "buf.h"
#include "num.h"

enum json_style {
    JSON_COMPACT, /* DRF: no blanks, UTF-8 as it is */
    JSON_PYTHON,  /* json.dumps defaults: ", " and ": ", ASCII escapes (stored JSON, MQTT commands)
                   */
    JSON_TIGHT,   /* json.dumps(separators=(",", ":")), ASCII escapes (sessions) */
    JSON_INDENT4, /* DRF with Accept: application/json; indent=N; see json_indent */
};
#define JSON_MAX_DEPTH 72

struct json {
    struct buf *out;
    enum json_style style;
    unsigned indent; /* JSON_INDENT4 only; 4 unless set */
    unsigned depth;
    struct {
        bool object, any;
    } scope[JSON_MAX_DEPTH];
    bool key_pending;
};

void json_init(struct json *j, struct buf *out, enum json_style style);
void json_object(struct json *j);
void json_array(struct json *j);
void json_end(struct json *j); /* closes the innermost object or array */
void json_key(struct json *j, struct str key);
#define json_k(j, lit) json_key((j), STR(lit))
void json_str(struct json *j, struct str s); /* valid UTF-8; STR_NULL writes null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_float(struct json *j, double v);     /* Python repr */
void json_token(struct json *j, struct str s); /* ready-made JSON text, not checked */
void json_dec10(struct json *j, dec10 v);      /* "38.7249674000" in quotes */
/* A member of an object: key and value. */
void json_put_str(struct json *j, const char *key, struct str s);
void json_put_int(struct json *j, const char *key, int64_t v);
void json_put_bool(struct json *j, const char *key, bool v);
/* All scopes closed and nothing failed. */
bool json_done(const struct json *j);

#endif
