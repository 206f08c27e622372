/* The log: one line per event, "TIME LEVEL program event key=value ...".

   Values with blanks, quotes or bytes outside printable ASCII are quoted and escaped, so no input
   can forge a line (H-25). Never pass a secret; keys that name one (password, token, key, secret,
   signature, cookie) are masked all the same. */
#ifndef MYTRACKS_LOG_H
#define MYTRACKS_LOG_H

#include "str.h"

#include <stdint.h>

enum log_level { LOG_LVL_DEBUG, LOG_LVL_INFO, LOG_LVL_WARNING, LOG_LVL_ERROR };

/* program: short name in each line. file: path to append to, NULL or "" for stderr only.
   False (and a line on stderr) when the file cannot be opened. Thread-safe after this. */
bool log_open(const char *program, const char *file, enum log_level least);
/* Hands each line to sink instead, without time, level, program and newline: for code that runs
   inside a program with a log of its own. NULL: back to the file. */
typedef void log_sink_fn(enum log_level level, const char *line);
void log_to(log_sink_fn *sink);
/* DEBUG, INFO, WARNING, ERROR, CRITICAL (Django's names, any case); *out unchanged when unknown. */
bool log_level_parse(struct str name, enum log_level *out);
bool log_enabled(enum log_level level);
/* The last error's line from its event on, cut to what fits, and its second since 1970. False: none
   since the program began. */
bool log_last_error(char *out, size_t size, int64_t *at);

/* One value of a line; make them with the LOG_ macros. */
struct log_field {
    const char *key;
    enum { LOG_F_END, LOG_F_STR, LOG_F_INT } kind;
    struct str s;
    int64_t i;
};
#define LOG_S(k, v) ((struct log_field){ (k), LOG_F_STR, (v), 0 })
#define LOG_Z(k, v) ((struct log_field){ (k), LOG_F_STR, str_of(v), 0 })
#define LOG_I(k, v) ((struct log_field){ (k), LOG_F_INT, STR_NULL, (int64_t)(v) })
#define LOG_END ((struct log_field){ NULL, LOG_F_END, STR_NULL, 0 })

/* fields ends with LOG_END; NULL: none. */
void log_event(enum log_level level, const char *event, const struct log_field *fields);
/* A line of another program, that logs it itself: only kept for the status page (lib/logkeep.h). */
void log_keep(const char *program, enum log_level level, const char *event,
              const struct log_field *fields);
/* Each takes at least one field; without any, call log_event(level, event, NULL). */
#define LOG_FIELDS(...) ((const struct log_field[]){ __VA_ARGS__, LOG_END })
#define log_debug(event, ...) log_event(LOG_LVL_DEBUG, (event), LOG_FIELDS(__VA_ARGS__))
#define log_info(event, ...) log_event(LOG_LVL_INFO, (event), LOG_FIELDS(__VA_ARGS__))
#define log_warning(event, ...) log_event(LOG_LVL_WARNING, (event), LOG_FIELDS(__VA_ARGS__))
#define log_error(event, ...) log_event(LOG_LVL_ERROR, (event), LOG_FIELDS(__VA_ARGS__))

/* Logs that an allocation of so many bytes failed and ends the process (EX_OSERR); its supervisor
   starts it again. */
void log_out_of_memory(size_t bytes) __attribute__((noreturn));

#endif
