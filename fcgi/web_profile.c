/* One's own account as a page with forms. Every POST answers with the page, as in the reference. */
#include "account.h"
#include "auth.h"
#include "db/profile.h"
#include "errors.h"
#include "form.h"
#include "handlers.h"
#include "lib/utf8.h"
#include "lib/validators.h"
#include "templates.h"
#include "web_admin.h"
#include "web_places.h"

#define EVENTS_SHOWN 50 /* as the reference */
#define TEXT_MAX 4096u  /* the reference sets no limit; a row must stay readable */

/* Degrees as a form shows them; STR("") when there is no home. */
static struct str degrees(struct request *r, bool set, double v)
{
    return set ? arena_printf(r->arena, "%.15g", v) : STR("");
}

static int event_views(struct request *r, struct profile_view *v)
{
    struct transition *rows;
    enum db_rc rc = db_transition_list(r->app->db, r->arena, r->who.user.id, EVENTS_SHOWN, &rows,
                                       &v->event_count);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    v->events = ARENA_ARRAY(r->arena, v->event_count, struct event_view);
    for (size_t i = 0; i < v->event_count; i++) {
        v->events[i] = (struct event_view){
            .at = web_time(r, rows[i].timestamp),
            .device = rows[i].device_id,
            .event = rows[i].event,
            .place = str_is_null(rows[i].region) ? rows[i].description : rows[i].region,
        };
    }
    return 0;
}

static int certificate_views(struct request *r, struct profile_view *v)
{
    struct certificate c;
    enum db_rc rc = db_cert_of_user(r->app->db, r->arena, r->who.user.id, &c);

    if (rc == DB_OK) {
        v->certificate = pki_view(r, &c);
    }
    if (rc == DB_OK || rc == DB_NONE) {
        rc = db_cert_active(r->app->db, r->arena, CERT_CA, &c);
    }
    if (rc == DB_OK) {
        v->authority = pki_view(r, &c);
    }
    return rc == DB_OK || rc == DB_NONE ? 0 : error_of_db(rc);
}

/* What the page shows besides its forms. 0, or a status. */
static int lists(struct request *r, struct profile_view *v)
{
    int status = places_views(r, &v->places, &v->place_count);

    if (status == 0) {
        status = rules_views(r, &v->rules, &v->rule_count);
    }
    if (status == 0) {
        status = devices_views(r, &v->devices, &v->device_count);
    }
    if (status == 0) {
        status = certificate_views(r, v);
    }
    return status != 0 ? status : event_views(r, v);
}

static int show(struct request *r, struct profile_view *v)
{
    const struct user *u = &r->who.user;
    struct profile p;
    enum db_rc rc = db_profile_need(r->app->db, r->arena, u->id, r->now, &p);

    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    int status = lists(r, v);
    if (status != 0) {
        return status;
    }
    v->page = web_view(r, STR("Profile"), true);
    v->mqtt_port = config_int(r->app->config, CFG_MQTT_PORT);
    v->mqtt_tls_port = config_int(r->app->config, CFG_MQTT_TLS_PORT);
    v->tile_url = r->app->tiles.shown;
    v->tiles_of_osm = r->app->tiles.of_osm;
    v->first_name = u->first_name;
    v->last_name = u->last_name;
    v->email = u->email;
    if (!v->home_typed) {
        v->home_latitude = degrees(r, p.has_home, p.home_latitude);
        v->home_longitude = degrees(r, p.has_home, p.home_longitude);
        v->home_label = p.home_label;
    }
    web_page(r, 200);
    tmpl_profile(&r->reply.body, v);
    return 0;
}

int profile_page(struct request *r)
{
    struct profile_view v = { .notices = { .n = 0 } };

    return show(r, &v);
}

/* ---- the forms: 0, or an HTTP status */

static int save_names(struct request *r, struct profile_view *v)
{
    struct user u = r->who.user;
    enum db_rc rc;

    u.first_name = form_text(r, STR("first_name"));
    u.last_name = form_text(r, STR("last_name"));
    u.email = form_text(r, STR("email"));
    if (u.first_name.n > TEXT_MAX || u.last_name.n > TEXT_MAX || u.email.n > TEXT_MAX) {
        web_say(&v->notices, false, STR("tooLong"), STR("That is too long."));
        return 0;
    }
    rc = account_store_names(r, &u);
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    r->who.user = u;
    web_say(&v->notices, true, STR("profileSaved"), STR("Saved."));
    return 0;
}

/* Degrees from -most to most. */
static bool read_degrees(struct str text, double most, double *out)
{
    return num_py_float(text, out) == NUM_OK && *out >= -most && *out <= most;
}

static int store_home(struct request *r, const struct profile *home)
{
    struct db *db = r->app->db;
    struct profile before;
    enum db_rc rc = db_profile_need(db, r->arena, r->who.user.id, r->now, &before);

    if (rc == DB_OK && (rc = db_begin(db)) == DB_OK) {
        rc = db_profile_set_home(db, r->who.user.id, home);
        rc = db_end(db, rc);
    }
    return rc == DB_OK ? 0 : error_of_db(rc);
}

static int save_home(struct request *r, struct profile_view *v)
{
    struct str latitude = form_text(r, STR("home_latitude"));
    struct str longitude = form_text(r, STR("home_longitude"));
    struct str label = utf8_strip(form_text(r, STR("home_label")));
    struct profile home = { .home_label = label.n > 0 ? label : STR("Home") };
    bool empty = utf8_strip(latitude).n == 0 && utf8_strip(longitude).n == 0;

    home.has_home = read_degrees(latitude, 90, &home.home_latitude) &&
                    read_degrees(longitude, 180, &home.home_longitude);
    if (label.n > TEXT_MAX || (!home.has_home && !empty)) {
        v->home_typed = true;
        v->home_latitude = latitude;
        v->home_longitude = longitude;
        v->home_label = label;
        web_say(&v->notices, false, STR("homeRefused"),
                STR("Give both latitude (-90 to 90) and longitude (-180 to 180), or neither."));
        return 0;
    }
    int status = store_home(r, &home);
    if (status == 0) {
        web_say(&v->notices, true, home.has_home ? STR("homeSaved") : STR("homeRemoved"),
                home.has_home ? STR("Home place saved.") : STR("Home place removed."));
    }
    return status;
}

/* Says all that is wrong with the wanted password. */
static void judge(struct request *r, struct profile_view *v, struct str wanted)
{
    struct str faults[PASSWORD_FAULTS];
    bool similarity = !str_eqz(form_text(r, STR("bypass_similarity_check")), "1");
    size_t n = password_faults(r->arena, wanted, &r->who.user, similarity, faults);

    if (!str_eq(wanted, form_text(r, STR("confirm_password")))) {
        web_say(&v->notices, false, STR("passwordsDiffer"), STR("The two new passwords differ."));
    }
    if (utf8_length(wanted) < PASSWORD_LENGTH_MIN) {
        web_say(&v->notices, false, STR("passwordShort"),
                STR("The password needs at least 8 characters."));
    }
    if (wanted.n > CREDENTIAL_MAX || str_find(wanted, '\0', 0) != SIZE_MAX) {
        web_say(&v->notices, false, STR("passwordUnusable"), STR("That password cannot be used."));
    }
    for (size_t i = 0; i < n; i++) {
        web_say(&v->notices, false, STR(""), faults[i]);
    }
}

static int save_password(struct request *r, struct profile_view *v)
{
    struct str current = form_text(r, STR("current_password"));
    struct str wanted = form_text(r, STR("new_password"));
    enum verdict verdict = VERDICT_NO;
    struct user u = r->who.user;

    if (current.n > 0 && current.n <= CREDENTIAL_MAX) {
        verdict = auth_password(r, STR("form"), u.username, current, &u);
    }
    if (verdict != VERDICT_OK && verdict != VERDICT_NO) {
        return 503;
    }
    if (verdict == VERDICT_NO || u.id != r->who.user.id) {
        web_say(&v->notices, false, STR("currentPasswordWrong"),
                STR("The current password is not right."));
    }
    judge(r, v, wanted);
    if (v->notices.n > 0) {
        return 0;
    }
    enum db_rc rc = account_store_password(r, &u, wanted, true);
    if (rc == DB_CONFLICT) {
        web_say(&v->notices, false, STR("currentPasswordWrong"),
                STR("The current password is not right."));
        return 0;
    }
    if (rc != DB_OK) {
        return error_of_db(rc);
    }
    r->who.user = u;
    web_say(&v->notices, true, STR("passwordChanged"),
            STR("Password changed. Other browsers and devices have to sign in again."));
    return 0;
}

int profile_submit(struct request *r)
{
    static const struct {
        const char *type;
        int (*save)(struct request *r, struct profile_view *v);
    } forms[] = {
        { "profile", save_names },
        { "home_location", save_home },
        { "password", save_password },
    };
    struct str type = form_text(r, STR("form_type"));
    struct profile_view v = { .notices = { .n = 0 } };
    int status = 0;

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (str_eqz(type, forms[i].type)) {
            status = forms[i].save(r, &v);
        }
    }
    return status != 0 ? status : show(r, &v);
}
