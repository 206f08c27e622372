/* What a request may ask of a certificate: one place for API and forms. */
#include "api.h"
#include "lib/pystr.h"
#include "lib/utf8.h"
#include "lib/weburl.h"
#include "pki.h"

#define KEY_SIZES "(2048, 3072, 4096)" /* as the reference says it, to whom curves are unknown */
#define KEY_BITS_DEFAULT 4096

static struct str joined(struct request *r, struct str a, struct str b, struct str c)
{
    return arena_concat(r->arena, (struct str[]){ a, b, c, STR_NULL });
}

bool pki_take_name(struct request *r, const struct jval *v, struct str fallback, struct str *out,
                   struct str *why)
{
    *out = v == NULL ? fallback : v->type == J_STR ? utf8_strip(v->text) : STR("");
    if (str_is_null(*out) || out->n == 0) {
        *why = STR("Expected non-empty string for common_name");
        return false;
    }
    if (!pki_name_ok(*out)) {
        *why = arena_printf(r->arena,
                            "Expected common_name of at most %d characters, none of them a control "
                            "character",
                            PKI_NAME_MAX);
        return false;
    }
    return true;
}

/* Python's int() of a value; *shown is what a message says about it. */
static bool take_int(struct request *r, const struct jval *v, const char *field, int64_t *out,
                     struct str *shown, struct str *why)
{
    enum num_rc rc = jval_py_int(v, out);

    *shown = jval_py_str(r->arena, v);
    if (rc == NUM_BAD) {
        *why = joined(r, arena_printf(r->arena, "Expected integer for %s, got '", field), *shown,
                      STR("'"));
        return false;
    }
    if (rc == NUM_OK) {
        *shown = arena_printf(r->arena, "%lld", (long long)*out);
    } else {
        *out = 0; /* beyond all ranges */
    }
    return true;
}

bool pki_take_days(struct request *r, const struct jval *v, int64_t fallback, int64_t *out,
                   struct str *why)
{
    struct str shown;

    *out = fallback;
    if (v == NULL) {
        return true;
    }
    if (!take_int(r, v, "validity_days", out, &shown, why)) {
        return false;
    }
    if (*out < 1 || *out > PKI_DAYS_MAX) {
        *why = joined(
            r,
            arena_printf(r->arena, "Expected validity_days between 1 and %d, got ", PKI_DAYS_MAX),
            shown, STR(""));
        return false;
    }
    return true;
}

bool pki_take_key_bits(struct request *r, const struct jval *v, int *out, struct str *why)
{
    int64_t bits;
    struct str shown;

    *out = KEY_BITS_DEFAULT;
    if (v == NULL) {
        return true;
    }
    if (!take_int(r, v, "key_size", &bits, &shown, why)) {
        return false;
    }
    if (!pki_key_bits_ok(bits)) {
        *why = joined(r, STR("Expected key_size in " KEY_SIZES ", got "), shown, STR(""));
        return false;
    }
    *out = (int)bits;
    return true;
}

/* ---- alternative names */

static bool contains(const struct pki_wish *wish, struct str san)
{
    for (size_t i = 0; i < wish->san_count; i++) {
        if (str_eq(wish->sans[i], san)) {
            return true;
        }
    }
    return false;
}

/* The name that the client called us by: certificates for it are what is wanted most. */
static struct str own_host(struct request *r)
{
    struct str host = host_name(r->arena, r->host);

    if (str_starts(host, STR("[")) && str_ends(host, STR("]"))) {
        host = str_sub(host, 1, host.n - 2);
    }
    return host;
}

bool pki_take_sans(struct request *r, const struct jval *v, struct pki_wish *wish, struct str *why)
{
    struct str *sans = ARENA_ARRAY(r->arena, PKI_SANS_MAX + 1, struct str);

    wish->sans = sans;
    wish->san_count = 0;
    if (v != NULL && v->type != J_ARRAY) {
        *why = STR("Expected list for san_entries");
        return false;
    }
    for (const struct jval *item = v == NULL ? NULL : v->first; item != NULL; item = item->next) {
        struct str san = utf8_strip(jval_py_str(r->arena, item));
        if (san.n == 0) {
            continue;
        }
        if (wish->san_count == PKI_SANS_MAX || !pki_san_ok(san)) {
            *why = arena_printf(r->arena,
                                "Expected at most %d SAN entries, each an IP address or an ASCII "
                                "name of at most %d characters",
                                PKI_SANS_MAX, PKI_SAN_MAX);
            return false;
        }
        sans[wish->san_count++] = san;
    }
    if (wish->san_count == 0) {
        *why = STR("Expected at least one SAN entry (IP or hostname)");
        return false;
    }
    struct str host = own_host(r);
    if (pki_san_ok(host) && !contains(wish, host)) {
        sans[wish->san_count++] = host;
    }
    return true;
}

static bool is_address(struct request *r, struct str san)
{
    return !str_is_null(ip_canonical(r->arena, san));
}

static bool listed(const struct jval *list, struct str san)
{
    for (const struct jval *v = list->first; v != NULL; v = v->next) {
        if (str_eq(v->text, san)) {
            return true;
        }
    }
    return false;
}

const struct jval *pki_san_list(struct request *r, struct str entries, struct str common_name)
{
    struct arena *a = r->arena;
    struct jval *all = jval_array(a), *sorted = jval_array(a);
    struct str ours[] = { own_host(r), utf8_strip(common_name) }, entry;

    while (str_split(&entries, ',', &entry)) {
        entry = utf8_strip(entry);
        if (entry.n > 0) {
            jval_push(all, jval_text(a, entry));
        }
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (pki_san_ok(ours[i]) && !listed(all, ours[i])) {
            jval_push(all, jval_text(a, ours[i]));
        }
    }
    for (int addresses = 0; addresses < 2; addresses++) {
        for (const struct jval *v = all->first; v != NULL; v = v->next) {
            if (is_address(r, v->text) == (addresses == 1)) {
                jval_push(sorted, jval_text(a, v->text));
            }
        }
    }
    return sorted;
}
