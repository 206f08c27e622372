/* Files of lines: CSV (RFC 4180) whose first line names the columns, and the Recorder's .rec. */
#include "import_parts.h"

#include "buf.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define ROW_MAX ((size_t)64 * 1024)
#define COLUMNS_MAX 100u
#define NO_CSV \
    "this is no known format, and no CSV whose first line names time, latitude and longitude"

/* What both kinds share: lines, or records with quoted line ends, as they come together. */
struct lines {
    struct import *im;
    struct buf row;
    bool quotes, quoted; /* quotes matter; inside of some */
    int64_t line, begun;
    /* of CSV */
    char separator; /* '\0': the first line is still to come */
    size_t columns;
    struct str name[COLUMNS_MAX];
    char *names;
};

static struct lines *lines_open(struct import *im, bool quotes, size_t most)
{
    struct lines *l = calloc(1, sizeof *l);

    if (l != NULL) {
        l->im = im;
        l->quotes = quotes;
        l->line = l->begun = 1;
        buf_init(&l->row, most);
    }
    return l;
}

static void lines_close(void *self)
{
    struct lines *l = self;

    buf_free(&l->row);
    free(l->names);
    free(l);
}

typedef bool row_fn(struct lines *l, struct str row, const char **why);

static bool end_row(struct lines *l, row_fn *row, const char **why)
{
    struct str text = buf_view(&l->row);
    bool ok = true;

    if (text.n > 0 && text.p[text.n - 1] == '\r')
        text.n--;
    *why = NO_CSV;
    if (!buf_ok(&l->row) && l->quotes && l->separator == '\0')
        return false; /* the names of the columns, as long as that */
    if (!buf_ok(&l->row))
        import_refuse(l->im, l->begun, "one line is too long");
    else if (str_trim(text).n > 0)
        ok = row(l, text, why);
    buf_clear(&l->row);
    l->quoted = false;
    l->begun = l->line;
    return ok;
}

static bool lines_feed(struct lines *l, struct str part, row_fn *row, const char **why)
{
    size_t from = 0;
    bool ok = true;

    for (size_t i = 0; ok && i < part.n && !l->im->stopped; i++) {
        char b = part.p[i];
        if (b == '"' && l->quotes)
            l->quoted = !l->quoted;
        if (b != '\n')
            continue;
        l->line++;
        /* A quote that nobody closes ends with the longest row. */
        if (l->quoted && l->row.n + (i - from) < ROW_MAX && buf_ok(&l->row))
            continue;
        buf_add(&l->row, part.p + from, i - from);
        from = i + 1;
        ok = end_row(l, row, why);
    }
    if (ok && from < part.n)
        buf_add(&l->row, part.p + from, part.n - from);
    return ok;
}

/* ---------------------------------------------------------------- CSV */
static void *csv_open(struct import *im)
{
    return lines_open(im, true, ROW_MAX + 1);
}

/* Takes the next field off *rest, its quotes undone, in the arena. */
static struct str take_field(struct arena *a, struct str *rest, char separator)
{
    char *out = arena_alloc(a, rest->n + 1);
    size_t i = 0, n = 0;
    bool quoted = false;

    for (; i < rest->n && (quoted || rest->p[i] != separator); i++) {
        if (rest->p[i] != '"') {
            out[n++] = rest->p[i];
        } else if (quoted && i + 1 < rest->n && rest->p[i + 1] == '"') {
            out[n++] = '"';
            i++;
        } else {
            quoted = !quoted;
        }
    }
    *rest = i < rest->n ? str_sub(*rest, i + 1, SIZE_MAX) : STR_NULL;
    return (struct str){ out, n };
}

/* Which of the usual ones the first line has most of. */
static char separator_of(struct str row)
{
    static const char usual[] = ",;\t";
    size_t most = 0;
    char best = ',';

    for (size_t k = 0; k < sizeof usual - 1; k++) {
        size_t n = 0;
        for (size_t i = 0; i < row.n; i++)
            n += row.p[i] == usual[k];
        if (n > most) {
            most = n;
            best = usual[k];
        }
    }
    return best;
}

static bool read_names(struct lines *l, struct str row, const char **why)
{
    bool tst = false, lat = false, lon = false;
    struct str rest = row;
    size_t at = 0;

    l->names = malloc(row.n + 1);
    *why = "out of memory";
    if (l->names == NULL)
        return false;
    l->separator = separator_of(row);
    while (rest.p != NULL && l->columns < COLUMNS_MAX) {
        struct str name = take_field(l->im->point, &rest, l->separator);
        memcpy(l->names + at, name.p, name.n); /* never longer than the row */
        l->name[l->columns++] = (struct str){ l->names + at, name.n };
        at += name.n;
        tst = tst || import_is(name, "tst");
        lat = lat || import_is(name, "lat");
        lon = lon || import_is(name, "lon");
    }
    arena_reset(l->im->point);
    *why = NO_CSV;
    return tst && lat && lon;
}

/* Our own export puts an apostrophe before what a spreadsheet would take for a formula. */
static struct str without_guard(struct str s)
{
    return s.n > 1 && s.p[0] == '\'' && strchr("=+-@\t\r", s.p[1]) != NULL ? str_sub(s, 1, SIZE_MAX)
                                                                           : s;
}

/* "48,2" where fields are not separated by commas. */
static void put_value(struct lines *l, struct jval *msg, struct str name, struct str text)
{
    struct arena *a = l->im->point;
    double d;
    struct jval *v = jval_text(a, without_guard(text));

    if (l->separator != ',' && !import_number(v, &d) && str_find(text, ',', 0) != SIZE_MAX) {
        struct str copy = arena_dup(a, text);
        char *comma = arena_alloc(a, text.n + 1);
        for (size_t i = 0; i < copy.n; i++)
            comma[i] = copy.p[i];
        comma[str_find(copy, ',', 0)] = '.';
        struct jval *pointed = jval_text(a, (struct str){ comma, text.n });
        v = import_number(pointed, &d) ? pointed : v;
    }
    import_field(l->im, msg, name, v);
}

static bool csv_row(struct lines *l, struct str row, const char **why)
{
    struct arena *a = l->im->point;

    if (l->separator == '\0')
        return read_names(l, row, why);
    if (!utf8_valid(row) || memchr(row.p, '\0', row.n) != NULL) {
        import_refuse(l->im, l->begun, "not UTF-8");
        return true;
    }
    struct jval *msg = jval_object(a);
    for (size_t i = 0; row.p != NULL && i < l->columns; i++) {
        struct str field = take_field(a, &row, l->separator);
        if (field.n > 0)
            put_value(l, msg, l->name[i], field);
    }
    import_point(l->im, msg, l->begun);
    return true;
}

static bool csv_feed(void *self, struct str part, const char **why)
{
    return lines_feed(self, part, csv_row, why);
}

static bool csv_end(void *self, const char **why)
{
    return end_row(self, csv_row, why);
}

const struct import_reader import_csv = { csv_open, csv_feed, csv_end, lines_close };

/* ---------------------------------------------------------------- .rec: time, kind, message */
static void *rec_open(struct import *im)
{
    return lines_open(im, false, IMPORT_RECORD_MAX);
}

/* Kinds other than "*" are no positions. */
static bool rec_row(struct lines *l, struct str row, const char **why)
{
    struct str rest = row, time, kind;

    (void)why;
    if (!str_split(&rest, '\t', &time) || !str_split(&rest, '\t', &kind) || rest.p == NULL)
        import_refuse(l->im, l->begun, "not a line of time, kind and message");
    else if (str_eqz(str_trim(kind), "*"))
        import_record(l->im, rest, l->begun);
    return true;
}

static bool rec_feed(void *self, struct str part, const char **why)
{
    return lines_feed(self, part, rec_row, why);
}

static bool rec_end(void *self, const char **why)
{
    return end_row(self, rec_row, why);
}

const struct import_reader import_rec = { rec_open, rec_feed, rec_end, lines_close };
