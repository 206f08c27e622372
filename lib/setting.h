/* The kinds of settings and what each accepts. The table of settings is config_table.c. */
#ifndef MYTRACKS_SETTING_H
#define MYTRACKS_SETTING_H

#include "str.h"

#include <stdint.h>

#define SETTING_MAX ((size_t)8192) /* bytes of one value */

enum setting_kind {
    SETTING_TEXT,     /* anything, also nothing */
    SETTING_KEY,      /* anything but nothing */
    SETTING_PATH,     /* a file or folder */
    SETTING_BOOL,     /* python-decouple's words; nothing is false */
    SETTING_INT,      /* decimal, within least and most */
    SETTING_CHOICE,   /* one of the words */
    SETTING_LEVEL,    /* a log level */
    SETTING_HOSTS,    /* comma list of host names */
    SETTING_ORIGINS,  /* comma list of scheme://host[:port] */
    SETTING_CIDRS,    /* comma list of addresses and networks */
    SETTING_ADDRESS,  /* an IP address */
    SETTING_DATABASE, /* sqlite:/// URL */
    SETTING_URL,      /* http or https, or nothing */
    SETTING_TILES,    /* URL with {z}, {x} and {y} */
};

struct setting {
    const char *name;
    enum setting_kind kind;
    const char *fallback; /* the default */
    const char *must;     /* what is allowed, to follow "must be" */
    const char *help;
    bool secret;
    int64_t least, most;      /* SETTING_INT */
    const char *const *words; /* SETTING_CHOICE, ends with NULL */
};

/* One per enum config_id (config.h). */
extern const struct setting config_table[];

/* value: trimmed. *number: the integer, or 0 and 1 for a bool, else 0. False: not allowed. */
bool setting_check(const struct setting *s, struct str value, int64_t *number);
/* True for kinds where an empty value means the default. */
bool setting_blank_is_default(enum setting_kind kind);
/* File path of a sqlite URL: /abs of sqlite:////abs, rel of sqlite:///rel. STR_NULL for anything
   else and for a database in memory. */
struct str setting_database_path(struct str url);
/* True when the value must not be shown in an error message. */
bool setting_hidden(const struct setting *s);

#endif
