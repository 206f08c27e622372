#include "templates/place.h"

#include <ctype.h>
#include <string.h>

static void name_add(char *name, char c)
{
    size_t n = strlen(name);

    if (n < PLACE_NAME) {
        name[n] = (char)tolower((unsigned char)c);
        name[n + 1] = '\0';
    }
}

static void step_tag(struct context *x, char c)
{
    if (c == '>') {
        bool raw = strcmp(x->tag, "script") == 0 || strcmp(x->tag, "style") == 0;
        x->place = raw ? IN_RAW : IN_TEXT;
    } else if (c == '=') {
        x->place = IN_VALUE_START;
        x->value_begun = false;
    } else if (isspace((unsigned char)c)) {
        x->in_name = false;
        x->name_ended = true; /* a '=' may still follow */
    } else {
        if (x->name_ended) {
            x->attribute[0] = '\0';
            x->name_ended = false;
        }
        name_add(x->in_name ? x->tag : x->attribute, c);
    }
}

static void step_value(struct context *x, char c)
{
    char end = x->place == IN_DOUBLE ? '"' : '\'';

    if (x->place == IN_VALUE_START) {
        if (isspace((unsigned char)c)) {
            return;
        }
        x->place = c == '"' ? IN_DOUBLE : c == '\'' ? IN_SINGLE : IN_BARE;
    } else if (x->place == IN_BARE) {
        if (c == '>' || isspace((unsigned char)c)) {
            x->place = IN_TAG;
            step_tag(x, c);
        }
    } else if (c == end) {
        x->place = IN_TAG;
        x->attribute[0] = '\0';
    } else {
        x->value_begun = true;
    }
}

/* '<' in text or in a script: what begins here? */
static void step_open(struct context *x, const char *p, size_t left)
{
    int next = left > 1 ? (unsigned char)p[1] : ' ';

    if (x->place == IN_TEXT && left >= 4 && memcmp(p, "<!--", 4) == 0) {
        x->place = IN_COMMENT;
    } else if (next == '/' || (x->place == IN_TEXT && (isalpha(next) || next == '!'))) {
        *x = (struct context){ .place = IN_TAG, .in_name = true };
    }
}

void place_step(struct context *x, const char *text, size_t i, size_t n)
{
    switch (x->place) {
    case IN_TEXT:
    case IN_RAW:
        if (text[i] == '<') {
            step_open(x, text + i, n - i);
        }
        break;
    case IN_COMMENT:
        if (text[i] == '>' && i >= 2 && memcmp(text + i - 2, "--", 2) == 0) {
            x->place = IN_TEXT;
        }
        break;
    case IN_TAG:
        step_tag(x, text[i]);
        break;
    case IN_VALUE_START:
    case IN_DOUBLE:
    case IN_SINGLE:
    case IN_BARE:
        step_value(x, text[i]);
        break;
    }
}

static bool among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

const char *place_refuses(const struct context *x, bool plain)
{
    static const char *const code[] = { "style", "srcdoc" };
    static const char *const links[] = { "href", "src",    "action", "formaction",
                                         "ping", "poster", "data",   "srcset" };

    if (x->place == IN_TEXT) {
        return NULL;
    }
    if (x->place != IN_DOUBLE && x->place != IN_SINGLE) {
        return "a value may stand only in text or in a quoted attribute";
    }
    if (strncmp(x->attribute, "on", 2) == 0 ||
        among(x->attribute, code, sizeof code / sizeof code[0])) {
        return "a value may not stand in this attribute: it would be read as code";
    }
    if (plain && !x->value_begun && among(x->attribute, links, sizeof links / sizeof links[0])) {
        return "a link must begin with fixed text, {{ url ... }} or {{ asset ... }}";
    }
    return NULL;
}
