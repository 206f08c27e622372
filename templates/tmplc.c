/* tmplc: compiles HTML templates to C.

       tmplc OUT.h OUT.c FILE.tmpl...

   A file holds one or more functions; between them only blanks and comments may stand.

       {{ template login(const struct login_view *v) }} ... {{ end }}
                              becomes void tmpl_login(struct buf *out, const struct login_view *v)
       {{ EXPR }}             a struct str, escaped: in element content and quoted attributes
       {{ url EXPR }}         a struct str, percent-encoded
       {{ int EXPR }}         an int64_t
       {{ asset "app.css" }}  URL of a built asset
       {{ if EXPR }} {{ elif EXPR }} {{ else }} {{ end }}
       {{ for INIT; COND; STEP }} {{ end }}
       {{ render NAME(ARGS) }}
       {{# comment }}

   A directive without output that stands alone on its line leaves no blank line behind. There is no
   way to write a value unescaped, and the places where escaping does not help are refused
   (place.h). Expressions are C: the C compiler checks them, at the template's line (#line). */
#include "lib/str.h"
#include "templates/place.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT (1024 * 1024) /* bytes of one template file */
#define DEPTH_MAX 32             /* open blocks */
#define CHUNK_MAX 3000           /* bytes of one string literal; C11 promises 4095 */

enum block { BLOCK_NONE, BLOCK_TEMPLATE, BLOCK_IF, BLOCK_ELSE, BLOCK_FOR };

struct open_block {
    enum block kind;
    int line;
    struct context start; /* before the block */
    enum place branch;    /* where the branches so far end */
    bool has_branch;
};

struct compiler {
    const char *file;
    struct str text;
    size_t at;
    int line;
    FILE *h, *c;
    struct context context;
    struct open_block open[DEPTH_MAX];
    size_t depth;
    char *literal; /* text not yet written out, FILE_LIMIT bytes */
    size_t literal_n;
};

static _Noreturn __attribute__((format(printf, 3, 4))) void fail(const struct compiler *t, int line,
                                                                 const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "%s:%d: ", t->file, line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(1);
}

static void write_char(FILE *f, unsigned char c)
{
    if (c == '\n') {
        fputs("\\n", f);
    } else if (c == '"' || c == '\\' || c == '?') {
        fprintf(f, "\\%c", c);
    } else if (c < ' ' || c > '~') {
        fprintf(f, "\\%03o", c);
    } else {
        fputc(c, f);
    }
}

static void flush(struct compiler *t)
{
    for (size_t from = 0; from < t->literal_n; from += CHUNK_MAX) {
        size_t left = t->literal_n - from, n = left < CHUNK_MAX ? left : CHUNK_MAX;
        fputs("    buf_add(out, \"", t->c);
        for (size_t i = 0; i < n; i++) {
            write_char(t->c, (unsigned char)t->literal[from + i]);
            if (t->literal[from + i] == '\n' && i + 1 < n) {
                fputs("\"\n        \"", t->c);
            }
        }
        fprintf(t->c, "\", %zu);\n", n);
    }
    t->literal_n = 0;
}

struct directive {
    const char *word;
    const char *before, *after; /* C around what follows the word */
    void (*run)(struct compiler *, const struct directive *, int line, struct str rest);
    enum block opens;
    bool bare; /* nothing follows the word */
};

/* All branches must leave the HTML at the same place, or what follows means two things. */
static void branch_end(struct compiler *t, struct open_block *b, int line)
{
    if (b->has_branch && b->branch != t->context.place) {
        fail(t, line, "the branches of the block of line %d end at different places of the HTML",
             b->line);
    }
    b->branch = t->context.place;
    b->has_branch = true;
}

static void block_open(struct compiler *t, enum block kind, int line)
{
    if (t->depth == DEPTH_MAX) {
        fail(t, line, "more than %d blocks in one another", DEPTH_MAX);
    }
    t->open[t->depth++] = (struct open_block){ .kind = kind, .line = line, .start = t->context };
}

static void write_code(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    flush(t);
    fprintf(t->c, "#line %d \"%s\"\n    %s%.*s%s\n", line, t->file, d->before, STR_FMT(rest),
            d->after);
}

static void do_value(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    const char *why = place_refuses(&t->context, d->word[0] == '\0');

    if (why != NULL) {
        fail(t, line, "%s", why);
    }
    t->context.value_begun = true;
    write_code(t, d, line, rest);
}

static void do_asset(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    if (rest.n < 3 || rest.p[0] != '"' || rest.p[rest.n - 1] != '"') {
        fail(t, line, "asset needs a name in double quotes");
    }
    do_value(t, d, line, rest);
}

static void do_block(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    block_open(t, d->opens, line);
    write_code(t, d, line, rest);
}

static void do_branch(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    struct open_block *b = t->depth > 0 ? &t->open[t->depth - 1] : NULL;

    if (b == NULL || b->kind != BLOCK_IF) {
        fail(t, line, "%s without if", d->word);
    }
    branch_end(t, b, line);
    t->context = b->start;
    if (d->opens == BLOCK_ELSE) {
        b->kind = BLOCK_ELSE;
    }
    write_code(t, d, line, rest);
}

static void do_end(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    struct open_block *b = &t->open[t->depth - 1]; /* depth was looked at */

    branch_end(t, b, line);
    if (b->kind != BLOCK_ELSE && b->branch != b->start.place) {
        fail(t, line, "the block of line %d ends at another place of the HTML than it began",
             b->line);
    }
    t->depth--;
    write_code(t, d, line, rest);
}

/* NAME(ARGUMENTS) */
static void split_call(struct compiler *t, int line, struct str call, struct str *name,
                       struct str *args)
{
    size_t n = 0;

    while (n < call.n && (isalnum((unsigned char)call.p[n]) || call.p[n] == '_')) {
        n++;
    }
    if (n == 0 || n + 2 > call.n || call.p[n] != '(' || call.p[call.n - 1] != ')') {
        fail(t, line, "NAME(ARGUMENTS) expected");
    }
    *name = (struct str){ call.p, n };
    *args = (struct str){ call.p + n + 1, call.n - n - 2 };
}

static void do_template(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    struct str name, args;

    if (t->depth != 0) {
        fail(t, line, "%s inside the block of line %d", d->word, t->open[t->depth - 1].line);
    }
    split_call(t, line, rest, &name, &args);
    t->context = (struct context){ .place = IN_TEXT };
    block_open(t, d->opens, line);
    const char *comma = args.n > 0 ? ", " : "";
    fprintf(t->h, "void tmpl_%.*s(struct buf *out%s%.*s);\n", STR_FMT(name), comma, STR_FMT(args));
    fprintf(t->c, "\n#line %d \"%s\"\nvoid tmpl_%.*s(struct buf *out%s%.*s)\n{\n", line, t->file,
            STR_FMT(name), comma, STR_FMT(args));
}

static void do_render(struct compiler *t, const struct directive *d, int line, struct str rest)
{
    struct str name, args;

    split_call(t, line, rest, &name, &args);
    if (t->context.place != IN_TEXT) {
        fail(t, line, "%s may stand only in text", d->word);
    }
    flush(t);
    fprintf(t->c, "#line %d \"%s\"\n    tmpl_%.*s(out%s%.*s);\n", line, t->file, STR_FMT(name),
            args.n > 0 ? ", " : "", STR_FMT(args));
}

static const struct directive directives[] = {
    { "template", "", "", do_template, BLOCK_TEMPLATE, false },
    { "if", "if (", ") {", do_block, BLOCK_IF, false },
    { "elif", "} else if (", ") {", do_branch, BLOCK_NONE, false },
    { "else", "} else {", "", do_branch, BLOCK_ELSE, true },
    { "for", "for (", ") {", do_block, BLOCK_FOR, false },
    { "end", "}", "", do_end, BLOCK_NONE, true },
    { "render", "", "", do_render, BLOCK_NONE, false },
    { "url", "html_url(out, ", ");", do_value, BLOCK_NONE, false },
    { "int", "buf_int(out, ", ");", do_value, BLOCK_NONE, false },
    { "asset", "html_text(out, asset_url(STR(", ")));", do_asset, BLOCK_NONE, false },
    { "", "html_text(out, ", ");", do_value, BLOCK_NONE, false }, /* a plain value */
};

static struct str trim(struct str s)
{
    for (; s.n > 0 && isspace((unsigned char)s.p[0]); s.n--) {
        s.p++;
    }
    while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

/* *rest: what follows the word. The last row, without a word, takes everything else. */
static const struct directive *directive_of(struct str inner, struct str *rest)
{
    for (const struct directive *d = directives;; d++) {
        size_t n = strlen(d->word);
        if (n == 0 || (inner.n >= n && memcmp(inner.p, d->word, n) == 0 &&
                       (inner.n == n || isspace((unsigned char)inner.p[n])))) {
            *rest = trim((struct str){ inner.p + n, inner.n - n });
            return d;
        }
    }
}

static bool looking_at(const struct compiler *t, const char *two)
{
    return t->text.n - t->at >= 2 && memcmp(t->text.p + t->at, two, 2) == 0;
}

static void literal_char(struct compiler *t)
{
    char c = t->text.p[t->at];

    if (t->depth == 0 && !isspace((unsigned char)c)) {
        fail(t, t->line, "text outside of a template");
    }
    if (t->depth > 0) {
        place_step(&t->context, t->text.p, t->at, t->text.n);
        t->literal[t->literal_n++] = c;
    }
    t->line += c == '\n';
    t->at++;
}

/* The directive that begins at from is alone on its line: the blanks before it and the line's end
 * go. */
static void swallow_line(struct compiler *t, size_t from)
{
    size_t before = from, after = t->at;

    while (before > 0 && (t->text.p[before - 1] == ' ' || t->text.p[before - 1] == '\t')) {
        before--;
    }
    while (after < t->text.n && (t->text.p[after] == ' ' || t->text.p[after] == '\t')) {
        after++;
    }
    if ((before > 0 && t->text.p[before - 1] != '\n') || after == t->text.n ||
        t->text.p[after] != '\n') {
        return;
    }
    t->literal_n -= t->depth > 0 ? from - before : 0;
    t->at = after + 1;
    t->line++;
}

/* Moves behind {{ ... }} and returns what is between. */
static struct str read_braces(struct compiler *t, int line)
{
    size_t from = t->at + 2;

    for (t->at = from; !looking_at(t, "}}"); t->at++) {
        if (t->at >= t->text.n || looking_at(t, "{{")) {
            fail(t, line, "{{ without }}");
        }
        t->line += t->text.p[t->at] == '\n';
    }
    t->at += 2;
    return trim((struct str){ t->text.p + from, t->at - 2 - from });
}

static void read_directive(struct compiler *t)
{
    size_t from = t->at;
    int line = t->line;
    struct str inner = read_braces(t, line), rest;

    if (inner.n > 0 && inner.p[0] == '#') {
        swallow_line(t, from);
        return;
    }
    const struct directive *d = directive_of(inner, &rest);
    if (d->bare != (rest.n == 0)) {
        fail(t, line, d->bare ? "nothing may follow this word" : "an expression is missing");
    }
    if (t->depth == 0 && d->run != do_template) {
        fail(t, line, "directive outside of a template");
    }
    if (d->run != do_value && d->run != do_asset) {
        swallow_line(t, from);
    }
    d->run(t, d, line, rest);
}

static void compile(struct compiler *t, const char *file)
{
    static char text[FILE_LIMIT];
    FILE *f = fopen(file, "rb");

    t->file = file;
    t->at = 0;
    t->line = 1;
    t->text = (struct str){ text, f != NULL ? fread(text, 1, sizeof text, f) : 0 };
    if (f == NULL || ferror(f) != 0 || t->text.n == sizeof text) {
        fail(t, 0, "cannot be read, or is larger than %d bytes", FILE_LIMIT);
    }
    fclose(f);
    while (t->at < t->text.n) {
        if (looking_at(t, "{{")) {
            read_directive(t);
        } else {
            literal_char(t);
        }
    }
    if (t->depth > 0) {
        fail(t, t->open[t->depth - 1].line, "end is missing");
    }
}

static FILE *open_to_write(const char *path)
{
    FILE *f = fopen(path, "w");

    if (f == NULL) {
        fprintf(stderr, "tmplc: %s cannot be written\n", path);
        exit(1);
    }
    return f;
}

int main(int argc, char **argv)
{
    static char literal[FILE_LIMIT];
    struct compiler t = { .literal = literal };

    if (argc < 4) {
        fputs("usage: tmplc OUT.h OUT.c FILE.tmpl...\n", stderr);
        return 2;
    }
    t.h = open_to_write(argv[1]);
    t.c = open_to_write(argv[2]);
    const char *slash = strrchr(argv[1], '/');
    fputs("/* Made by tmplc. */\n#pragma once\n\n#include \"templates/views.h\"\n\n", t.h);
    fprintf(t.c, "/* Made by tmplc. */\n#include \"%s\"\n", slash != NULL ? slash + 1 : argv[1]);
    fputs("#include \"templates/assets.h\"\n#include \"templates/html.h\"\n", t.c);
    for (int i = 3; i < argc; i++) {
        compile(&t, argv[i]);
    }
    if (fclose(t.h) != 0 || fclose(t.c) != 0) {
        fputs("tmplc: writing failed\n", stderr);
        return 1;
    }
    return 0;
}
