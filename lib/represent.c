#include "represent.h"

#include "jsonin.h"

/* ---------------------------------------------------------------- values */
static void put_time(struct json *j, usec_t t)
{
    char text[CLOCK_TEXT];

    json_str(j, (struct str){ text, clock_iso_z(t, text) });
}

static void put_opt_time(struct json *j, struct opt_usec t)
{
    if (t.set)
        put_time(j, t.t);
    else
        json_null(j);
}

static void put_opt_int(struct json *j, struct opt_int v)
{
    if (v.set)
        json_int(j, v.v);
    else
        json_null(j);
}

/* A stored JSON list in this writer's style. What is no list (another program wrote it) is null.
   The reader takes an arena; a value costs far less than 256 bytes per byte of its text. */
static void put_list(struct json *j, struct str stored)
{
    char why[JSONIN_WHY];

    if (str_is_null(stored)) {
        json_null(j);
        return;
    }
    struct arena *a = arena_new(stored.n * 256 + 4096);
    const struct jval *list = jsonin_parse_stored(a, stored, why);
    if (list && list->type == J_ARRAY)
        jval_write(j, list);
    else
        json_null(j);
    arena_free(a);
}

/* ---------------------------------------------------------------- a location
   Keys in the order of the reference's serializer. */
static void put_identity(struct json *j, const struct location *l)
{
    json_k(j, "id");
    json_int(j, l->id);
    json_k(j, "device");
    json_int(j, l->device_id);
    json_k(j, "device_name");
    json_str(j, l->device_key);
    json_k(j, "tid_display");
    json_str(j, l->tracker_id);
}

/* Python's int() of a timestamp or a timedelta cuts towards zero, as C's division does. */
static void put_report(struct json *j, const struct location *l)
{
    usec_t reported = l->owntracks_created_at.set ? l->owntracks_created_at.t : l->received_at;
    usec_t age = reported - l->timestamp;

    json_k(j, "timestamp_unix");
    json_int(j, l->timestamp / USEC_PER_SEC);
    json_k(j, "reported_at");
    put_time(j, reported);
    json_k(j, "reported_at_unix");
    json_int(j, reported / USEC_PER_SEC);
    json_k(j, "fix_age_seconds");
    json_int(j, age > 0 ? age / USEC_PER_SEC : 0);
}

static void put_fix(struct json *j, const struct location *l)
{
    json_k(j, "latitude");
    json_dec10(j, l->latitude);
    json_k(j, "longitude");
    json_dec10(j, l->longitude);
    json_k(j, "timestamp");
    put_time(j, l->timestamp);
    json_k(j, "accuracy");
    put_opt_int(j, l->accuracy);
    json_k(j, "altitude");
    put_opt_int(j, l->altitude);
    json_k(j, "velocity");
    put_opt_int(j, l->velocity);
    json_k(j, "battery_level");
    put_opt_int(j, l->battery_level);
    json_k(j, "connection_type");
    json_str(j, l->connection_type);
}

static void put_arrival(struct json *j, const struct location *l)
{
    json_k(j, "ip_address");
    json_str(j, l->ip_address);
    json_k(j, "received_at");
    put_time(j, l->received_at);
    json_k(j, "received_via");
    json_str(j, l->received_via);
    json_k(j, "owntracks_message_id");
    json_str(j, l->owntracks_message_id);
    json_k(j, "owntracks_created_at");
    put_opt_time(j, l->owntracks_created_at);
    json_k(j, "trigger");
    json_str(j, l->trigger);
}

static void put_sensors(struct json *j, const struct location *l)
{
    json_k(j, "battery_status");
    put_opt_int(j, l->battery_status);
    json_k(j, "fix_source");
    json_str(j, l->fix_source);
    json_k(j, "vertical_accuracy");
    put_opt_int(j, l->vertical_accuracy);
    json_k(j, "course");
    put_opt_int(j, l->course);
    json_k(j, "monitoring_mode");
    put_opt_int(j, l->monitoring_mode);
    json_k(j, "wifi_bssid");
    json_str(j, l->wifi_bssid);
    json_k(j, "wifi_ssid");
    json_str(j, l->wifi_ssid);
    json_k(j, "in_regions");
    put_list(j, l->in_regions);
}

void represent_location(struct json *j, const struct location *l)
{
    json_object(j);
    put_identity(j, l);
    put_report(j, l);
    put_fix(j, l);
    put_arrival(j, l);
    put_sensors(j, l);
    json_end(j);
}

/* ---------------------------------------------------------------- a device */
struct str device_display(struct arena *a, struct str owner, struct str device_id)
{
    if (owner.n == 0)
        return device_id;
    return arena_concat(a, (const struct str[]){ owner, STR("/"), device_id, STR_NULL });
}

static void put_joined(struct json *j, struct str owner, struct str device_id)
{
    struct arena *a = arena_new(owner.n + device_id.n + 1024);

    json_str(j, device_display(a, owner, device_id));
    arena_free(a);
}

void represent_device(struct json *j, const struct device *d)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, d->id);
    json_k(j, "device_id");
    json_str(j, d->device_id);
    json_k(j, "device_name");
    put_joined(j, d->owner_username, d->device_id);
    json_k(j, "name");
    json_str(j, d->name);
    json_k(j, "owner_username");
    json_str(j, d->owner_username);
    json_k(j, "created_at");
    put_time(j, d->created_at);
    json_k(j, "last_seen");
    put_time(j, d->last_seen);
    json_k(j, "is_online");
    json_bool(j, d->is_online);
    json_k(j, "location_count");
    json_int(j, d->location_count);
    json_k(j, "mqtt_user");
    json_str(j, d->mqtt_user);
    json_k(j, "mqtt_topic_id");
    if (d->mqtt_user.n)
        put_joined(j, d->mqtt_user, d->device_id);
    else
        json_str(j, STR(""));
    json_end(j);
}

/* ---------------------------------------------------------------- a user */
void represent_user(struct json *j, const struct user *u)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, u->id);
    json_k(j, "username");
    json_str(j, u->username);
    json_k(j, "email");
    json_str(j, u->email);
    json_k(j, "first_name");
    json_str(j, u->first_name);
    json_k(j, "last_name");
    json_str(j, u->last_name);
    json_k(j, "is_active");
    json_bool(j, u->is_active);
    json_k(j, "is_staff");
    json_bool(j, u->is_staff);
    json_k(j, "date_joined");
    put_time(j, u->date_joined);
    json_k(j, "last_login");
    put_opt_time(j, u->last_login);
    json_end(j);
}

static void put_names(struct json *j, const struct user *u)
{
    json_k(j, "username");
    json_str(j, u->username);
    json_k(j, "first_name");
    json_str(j, u->first_name);
    json_k(j, "last_name");
    json_str(j, u->last_name);
}

/* ---------------------------------------------------------------- friends */
void represent_friend(struct json *j, const struct user *u)
{
    json_object(j);
    json_k(j, "user_id");
    json_int(j, u->id);
    put_names(j, u);
    json_end(j);
}

void represent_user_name(struct json *j, const struct user *u)
{
    json_object(j);
    put_names(j, u);
    json_end(j);
}

void represent_friend_request(struct json *j, const struct friend_request *f)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, f->id);
    json_k(j, "from_user");
    json_str(j, f->from_user);
    json_k(j, "to_user");
    json_str(j, f->to_user);
    json_k(j, "status");
    json_str(j, f->status);
    json_k(j, "auto_accept_reciprocal");
    json_bool(j, f->eager);
    json_k(j, "created_at");
    put_time(j, f->created_at);
    json_end(j);
}

void represent_share(struct json *j, const struct share *s)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, s->id);
    json_k(j, "device_id");
    json_str(j, s->device_id);
    json_k(j, "device_name");
    put_joined(j, s->owner, s->device_id);
    json_k(j, "shared_with_id");
    json_int(j, s->shared_with_id);
    json_k(j, "created_at");
    put_time(j, s->created_at);
    json_end(j);
}

/* ---------------------------------------------------------------- live events */
void represent_location_event(struct json *j, const struct location *l)
{
    json_object(j);
    json_k(j, "type");
    json_str(j, STR("location"));
    json_k(j, "data");
    represent_location(j, l);
    json_end(j);
}

void represent_offline_event(struct json *j, struct str device_id, struct str display, usec_t at)
{
    char text[CLOCK_TEXT];

    json_object(j);
    json_k(j, "type");
    json_str(j, STR("device_status"));
    json_k(j, "data");
    json_object(j);
    json_k(j, "device_id");
    json_str(j, device_id);
    json_k(j, "device_display");
    json_str(j, display);
    json_k(j, "is_online");
    json_bool(j, false);
    json_k(j, "event");
    json_str(j, STR("device_offline"));
    json_k(j, "disconnected_at");
    json_str(j, (struct str){ text, clock_iso_offset(at, text) });
    json_end(j);
    json_end(j);
}

void represent_transition_event(struct json *j, const struct transition *t)
{
    char text[CLOCK_TEXT];

    json_object(j);
    json_k(j, "type");
    json_str(j, STR("transition"));
    json_k(j, "data");
    json_object(j);
    json_k(j, "id");
    json_int(j, t->id);
    json_k(j, "device_id");
    json_str(j, t->device_id);
    json_k(j, "device_display");
    json_str(j, t->device_display);
    json_k(j, "event");
    json_str(j, t->event);
    json_k(j, "region_id");
    json_str(j, t->region_id);
    json_k(j, "description");
    json_str(j, t->description);
    json_k(j, "timestamp");
    json_str(j, (struct str){ text, clock_iso_offset(t->timestamp, text) });
    json_k(j, "waypoint_label");
    if (str_is_null(t->region))
        json_null(j);
    else
        json_str(j, t->region);
    json_end(j);
    json_end(j);
}

void represent_regions_event(struct json *j, struct str display, int64_t count)
{
    json_object(j);
    json_k(j, "type");
    json_str(j, STR("waypoint_event"));
    json_k(j, "data");
    json_object(j);
    json_k(j, "device_display");
    json_str(j, display);
    json_k(j, "new_count");
    json_int(j, count);
    json_end(j);
    json_end(j);
}

void represent_welcome(struct json *j, int64_t startup_sec)
{
    json_object(j);
    json_k(j, "type");
    json_str(j, STR("welcome"));
    json_k(j, "server_startup");
    json_int(j, startup_sec);
    json_end(j);
}

/* ---------------------------------------------------------------- certificates */
static void put_issuer(struct json *j, const struct certificate *c)
{
    json_k(j, "issuing_ca");
    json_int(j, c->issuing_ca_id);
    json_k(j, "issuing_ca_name");
    json_str(j, c->issuing_ca_name);
}

static void put_identity_of(struct json *j, const struct certificate *c)
{
    json_k(j, "common_name");
    json_str(j, c->common_name);
    json_k(j, "fingerprint");
    json_str(j, c->fingerprint);
}

static void put_validity(struct json *j, const struct certificate *c)
{
    json_k(j, "key_size");
    json_int(j, c->key_size);
    json_k(j, "not_valid_before");
    put_time(j, c->not_before);
    json_k(j, "not_valid_after");
    put_time(j, c->not_after);
    json_k(j, "is_active");
    json_bool(j, c->is_active);
}

/* What ends the form of an authority and of a server. */
static void put_pem(struct json *j, const struct certificate *c)
{
    json_k(j, "created_at");
    put_time(j, c->created_at);
    json_k(j, "certificate_pem");
    json_str(j, c->pem);
}

void represent_ca(struct json *j, const struct certificate *c)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, c->id);
    put_identity_of(j, c);
    put_validity(j, c);
    put_pem(j, c);
    json_end(j);
}

void represent_server_cert(struct json *j, const struct certificate *c)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, c->id);
    put_issuer(j, c);
    put_identity_of(j, c);
    json_k(j, "san_entries");
    put_list(j, c->san_entries);
    put_validity(j, c);
    put_pem(j, c);
    json_end(j);
}

void represent_client_cert(struct json *j, const struct certificate *c)
{
    json_object(j);
    json_k(j, "id");
    json_int(j, c->id);
    json_k(j, "user");
    json_int(j, c->user_id);
    json_k(j, "username");
    json_str(j, c->username);
    put_issuer(j, c);
    put_identity_of(j, c);
    json_k(j, "serial_number");
    json_str(j, c->serial);
    put_validity(j, c);
    json_k(j, "revoked");
    json_bool(j, c->revoked);
    json_k(j, "revoked_at");
    put_opt_time(j, c->revoked_at);
    json_k(j, "created_at");
    put_time(j, c->created_at);
    json_end(j);
}
