/* Certificates on the administrators' panel. */
#include "db/account.h"
#include "errors.h"
#include "form.h"
#include "lib/utf8.h"
#include "lib/weburl.h"
#include "pki.h"
#include "web_admin.h"

#define SHOWN 10         /* authorities, certificates of the server */
#define SHOWN_CLIENTS 50 /* as the reference */

/* ---- lists */

struct cert_gathering {
    struct request *r;
    struct cert_list *list;
    size_t room, max;
};

/* "a, b" of a stored list. */
static struct str joined_sans(struct request *r, struct str stored)
{
    char why[JSONIN_WHY];
    const struct jval *list = jsonin_parse_stored(r->arena, stored, why);
    struct str all = STR("");

    for (const struct jval *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        all = arena_concat(
            r->arena, (struct str[]){ all, all.n > 0 ? STR(", ") : STR(""), v->text, STR_NULL });
    }
    return all;
}

struct cert_view pki_view(struct request *r, const struct certificate *c)
{
    struct arena *a = r->arena;

    return (struct cert_view){
        .id = c->id,
        .name = arena_dup(a, c->username.n > 0 ? c->username : c->common_name),
        .fingerprint = arena_dup(a, c->fingerprint),
        .issuer = arena_dup(a, c->issuing_ca_name),
        .sans = joined_sans(r, c->san_entries),
        .not_after = web_time(r, c->not_after),
        .days_left = pki_days_left(c->not_after, r->now),
        .key_size = c->key_size,
        .is_active = c->is_active,
        .revoked = c->revoked,
    };
}

static bool gather(void *ctx, const struct certificate *c)
{
    struct cert_gathering *g = ctx;
    struct cert_list *list = g->list;

    list->row = arena_room(g->r->arena, list->row, list->n, &g->room, sizeof *list->row);
    list->row[list->n++] = pki_view(g->r, c);
    return list->n < g->max;
}

/* What goes when an authority goes. */
static enum db_rc count_issued(struct request *r, struct cert_view *ca)
{
    struct ca_issued issued = { .servers = 0 };
    enum db_rc rc = db_ca_issued(r->app->db, r->arena, ca->id, &issued);

    ca->servers = issued.servers;
    ca->clients = issued.clients;
    ca->server_in_use = issued.in_use;
    return rc;
}

/* What the forms begin with, unless they show what was refused. */
static void fill_forms(struct request *r, struct admin_view *v)
{
    struct str domain = config_str(r->app->config, CFG_PUBLIC_DOMAIN);

    if (!v->new_ca.typed) {
        v->new_ca = (struct cert_form_view){ .name = STR("My Tracks CA"), .days = STR("3650") };
    }
    if (!v->new_server.typed) {
        v->new_server = (struct cert_form_view){
            .name = domain.n > 0 ? domain : host_name(r->arena, r->host),
            .sans = domain,
            .days = STR("1825"),
        };
    }
    if (!v->new_client.typed) {
        v->new_client = (struct cert_form_view){ .days = STR("1825") };
    }
}

int pki_views(struct request *r, struct admin_view *v)
{
    const struct {
        enum cert_kind kind;
        struct cert_list *list;
        size_t max;
    } lists[] = {
        { CERT_CA, &v->authorities, SHOWN },
        { CERT_SERVER, &v->servers, SHOWN },
        { CERT_CLIENT, &v->clients, SHOWN_CLIENTS },
    };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct cert_gathering g = { .r = r, .list = lists[i].list, .max = lists[i].max };
        enum db_rc rc = db_cert_list(r->app->db, lists[i].kind, gather, &g);
        if (rc != DB_OK) {
            return error_of_db(rc);
        }
    }
    for (size_t i = 0; i < v->authorities.n; i++) {
        struct cert_view *ca = &v->authorities.row[i];
        enum db_rc rc =
            ca->is_active ? DB_OK : count_issued(r, ca); /* only others can be deleted */
        if (rc != DB_OK) {
            return error_of_db(rc);
        }
        v->has_ca = v->has_ca || ca->is_active;
    }
    fill_forms(r, v);
    return 0;
}

/* ---- making */

static struct pki_order order_of(struct request *r, const char *prefix)
{
    const char *const names[] = { "common_name", "validity_days", "key_size" };
    const struct jval *values[3];

    for (size_t i = 0; i < 3; i++) {
        values[i] = form_value(r, arena_printf(r->arena, "%s_%s", prefix, names[i]));
    }
    return (struct pki_order){ values[0], values[1], values[2], NULL };
}

static struct cert_form_view typed(struct request *r, const char *prefix)
{
    const char *const names[] = { "common_name", "san_entries", "validity_days", "key_size" };
    struct cert_form_view form = { .typed = true };
    struct str *const values[] = { &form.name, &form.sans, &form.days, &form.key_size };

    for (size_t i = 0; i < 4; i++) {
        *values[i] = form_text(r, arena_printf(r->arena, "%s_%s", prefix, names[i]));
    }
    return form;
}

/* Says what came of an order; form shows it again when it was refused. Returns status. */
static int made(struct admin_view *v, struct cert_form_view *form, int status, struct str why)
{
    if (status == 0 && str_is_null(why)) {
        form->typed = false;
        web_say(&v->notices, true, STR("certificateMade"), STR("The certificate is there."));
    } else if (status == 0) {
        web_say(&v->notices, false, STR(""), why);
    }
    return status;
}

int pki_form_ca(struct request *r, struct admin_view *v)
{
    const struct pki_order order = order_of(r, "ca");
    struct certificate c;
    struct str why = STR_NULL;
    int status = pki_order_ca(r, &order, &c, &why);

    v->new_ca = typed(r, "ca");
    return made(v, &v->new_ca, status, why);
}

int pki_form_server(struct request *r, struct admin_view *v)
{
    struct pki_order order = order_of(r, "sc");
    struct certificate ca, c;
    struct str why;
    int status = pki_issuer(r, &ca, &why);

    if (status == 0 && str_is_null(why)) {
        order.san_entries = pki_san_list(r, form_text(r, STR("sc_san_entries")),
                                         form_text(r, STR("sc_common_name")));
        status = pki_order_server(r, &order, &ca, &c, &why);
    }
    v->new_server = typed(r, "sc");
    return made(v, &v->new_server, status, why);
}

/* The user of the form; *why when it is none. */
static int take_user(struct request *r, struct user *u, struct str *why)
{
    int64_t id;
    enum db_rc rc = DB_NONE;

    if (num_py_int(form_text(r, STR("cc_user_id")), &id) == NUM_OK) {
        rc = db_user_by_id(r->app->db, r->arena, id, u);
    }
    *why = rc == DB_NONE ? STR("Choose the user that the certificate is for.") : STR_NULL;
    return rc == DB_OK || rc == DB_NONE ? 0 : error_of_db(rc);
}

int pki_form_client(struct request *r, struct admin_view *v)
{
    const struct pki_order order = order_of(r, "cc");
    struct certificate ca, c;
    struct user u;
    struct str why;
    int status = pki_issuer(r, &ca, &why);

    if (status == 0 && str_is_null(why)) {
        status = take_user(r, &u, &why);
    }
    if (status == 0 && str_is_null(why)) {
        status = pki_order_client(r, &order, &ca, &u, &c, &why);
    }
    v->new_client = typed(r, "cc");
    if (num_py_int(form_text(r, STR("cc_user_id")), &v->new_client.user_id) != NUM_OK) {
        v->new_client.user_id = 0;
    }
    return made(v, &v->new_client, status, why);
}

/* ---- what is done to one */

struct deed {
    const char *field;
    enum cert_kind kind;
    enum db_rc (*run)(struct request *r, int64_t id); /* DB_NONE: its state does not allow it */
    const char *event;
    struct str refused_name, refused;
};

static int perform(struct request *r, struct admin_view *v, const struct deed *deed)
{
    struct certificate c;
    int64_t id;
    enum db_rc rc = DB_NONE;

    if (num_py_int(form_text(r, str_of(deed->field)), &id) == NUM_OK) {
        rc = db_cert_get(r->app->db, r->arena, deed->kind, id, &c);
    }
    if (rc == DB_NONE) {
        web_say(&v->notices, false, STR("certificateUnknown"),
                STR("There is no such certificate."));
        return 0;
    }
    if (rc == DB_OK) {
        rc = deed->run(r, id);
    }
    if (rc == DB_NONE) {
        web_say(&v->notices, false, deed->refused_name, deed->refused);
        return 0;
    }
    if (rc == DB_OK) {
        pki_note(r, deed->event, &c);
        web_say(&v->notices, true, STR("done"), STR("Done."));
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static enum db_rc delete_ca(struct request *r, int64_t id)
{
    return db_ca_delete(r->app->db, id);
}

static enum db_rc delete_server(struct request *r, int64_t id)
{
    return db_cert_delete(r->app->db, CERT_SERVER, id);
}

static enum db_rc delete_client(struct request *r, int64_t id)
{
    return db_cert_delete(r->app->db, CERT_CLIENT, id);
}

static enum db_rc revoke_client(struct request *r, int64_t id)
{
    return db_cert_revoke(r->app->db, id, r->now);
}

#define IN_USE STR("certificateInUse"), STR("It is in use. Put another one in its place first.")

int pki_form_ca_delete(struct request *r, struct admin_view *v)
{
    return perform(r, v, &(struct deed){ "ca_id", CERT_CA, delete_ca, "ca-expunged", IN_USE });
}

int pki_form_server_delete(struct request *r, struct admin_view *v)
{
    return perform(
        r, v,
        &(struct deed){ "sc_id", CERT_SERVER, delete_server, "server-cert-expunged", IN_USE });
}

int pki_form_client_revoke(struct request *r, struct admin_view *v)
{
    return perform(r, v,
                   &(struct deed){ "cc_id", CERT_CLIENT, revoke_client, "client-cert-revoked",
                                   STR("certificateRevoked"), STR("It is revoked already.") });
}

int pki_form_client_delete(struct request *r, struct admin_view *v)
{
    return perform(r, v,
                   &(struct deed){ "cc_id", CERT_CLIENT, delete_client, "client-cert-expunged",
                                   STR("certificateValid"), STR("It is valid. Revoke it first.") });
}
