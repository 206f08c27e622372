/* What each mail says. The reference's own words are not repeated, its facts are (web.md). */
#include "mail.h"

#include "utf8.h"

#include <math.h>
#include <time.h>

#define LINE_MAX_CHARS 300u /* of a text of somebody's */
#define EARTH_RADIUS 6371008.8
#define NOBODY STR("my-tracks")

static struct str one_line(struct arena *a, struct str s)
{
    return utf8_line(a, s, LINE_MAX_CHARS);
}

/* "2026-03-06 13:26:40 CET (12:26:40 UTC)" */
static struct str both_times(struct arena *a, usec_t t)
{
    time_t sec = (time_t)clock_sec(t);
    struct tm local, utc;
    char here[64] = "", there[64] = "";

    if (localtime_r(&sec, &local) == NULL || gmtime_r(&sec, &utc) == NULL) {
        return STR("?");
    }
    strftime(here, sizeof here, "%Y-%m-%d %H:%M:%S %Z", &local);
    strftime(there, sizeof there, "%Y-%m-%d %H:%M:%S UTC", &utc);
    return arena_printf(a, "%s (%s)", here, there);
}

/* by: STR_NULL for who the sender says it is. */
static struct str signed_by(struct arena *a, const struct mail_sender *s, struct str by,
                            struct str text)
{
    struct str name = !str_is_null(by) ? by : s->domain.n > 0 ? s->domain : s->host;
    struct str time = both_times(a, s->now);

    return arena_printf(a, "%.*s\n-- \nSent at: %.*s\nSent by: %.*s\n", STR_FMT(text),
                        STR_FMT(time), STR_FMT(one_line(a, name)));
}

struct mail_letter mail_smtp_test(struct arena *a, const struct mail_sender *s, struct str names)
{
    struct str domain = s->domain.n > 0 ? one_line(a, s->domain) : STR("not set");
    struct str san = names.n > 0 ? one_line(a, names) : STR("no certificate");
    struct str text = arena_printf(a,
                                   "This message shows that mail from this server arrives.\n\n"
                                   "Public domain: %.*s\nServer certificate: %.*s\n",
                                   STR_FMT(domain), STR_FMT(san));

    return (struct mail_letter){ STR("[my-tracks] Test of the mail settings"),
                                 signed_by(a, s, NOBODY, text) };
}

struct mail_letter mail_rule_test(struct arena *a, const struct mail_sender *s, struct str label,
                                  struct str event, struct str address)
{
    struct str region = str_is_null(label) ? STR("any") : one_line(a, label);
    struct str text =
        arena_printf(a,
                     "This is a test: nobody has moved. The rule below would send a "
                     "message like this one.\n\n"
                     "Geofence: %.*s\nEvent: %.*s\nTo: %.*s\n",
                     STR_FMT(region), STR_FMT(one_line(a, event)), STR_FMT(one_line(a, address)));

    return (
        struct mail_letter){ arena_printf(a, "[my-tracks] Test of a rule: %.*s", STR_FMT(region)),
                             signed_by(a, s, STR_NULL, text) };
}

double mail_distance(struct mail_point from, struct mail_point to)
{
    const double degree = acos(-1.0) / 180.0;
    double lat = sin((to.lat - from.lat) * degree / 2), lon = sin((to.lon - from.lon) * degree / 2);
    double h = lat * lat + cos(from.lat * degree) * cos(to.lat * degree) * lon * lon;

    return 2 * EARTH_RADIUS * asin(sqrt(h < 1 ? h : 1));
}

static struct str distance_line(struct arena *a, const struct mail_transition *t)
{
    if (!t->where.known || !t->centre.known) {
        return STR("");
    }
    double metres = mail_distance(t->where, t->centre);
    return metres < 1000 ? arena_printf(a, "Distance from the centre: %.0f m\n", metres)
                         : arena_printf(a, "Distance from the centre: %.2f km\n", metres / 1000);
}

struct mail_letter mail_transition(struct arena *a, const struct mail_sender *s,
                                   const struct mail_transition *t)
{
    const char *verb = str_eqz(t->event, "enter") ? "entered" : "left";
    struct str who = one_line(a, t->who), label = one_line(a, t->label);
    struct str when = both_times(a, t->at), distance = distance_line(a, t);
    struct str text = arena_printf(a,
                                   "%.*s %s %.*s.\n\nEvent: %.*s\nTime: %.*s\nUser: %.*s\n"
                                   "Device: %.*s\n%.*s",
                                   STR_FMT(who), verb, STR_FMT(label),
                                   STR_FMT(one_line(a, t->event)), STR_FMT(when), STR_FMT(who),
                                   STR_FMT(one_line(a, t->device)), STR_FMT(distance));

    return (struct mail_letter){ arena_printf(a, "[my-tracks] %.*s %s %.*s", STR_FMT(who), verb,
                                              STR_FMT(label)),
                                 signed_by(a, s, STR_NULL, text) };
}

struct mail_letter mail_friend_request(struct arena *a, const struct mail_sender *s,
                                       struct str username, struct str full_name)
{
    struct str name = one_line(a, username), full = one_line(a, full_name), text;
    struct str shown =
        full.n > 0 ? arena_printf(a, "%.*s (%.*s)", STR_FMT(full), STR_FMT(name)) : name;
    struct str link = s->domain.n > 0 ? arena_printf(a, "https://%.*s/profile/#friends",
                                                     STR_FMT(one_line(a, s->domain)))
                                      : STR("/profile/#friends");

    text = arena_printf(a,
                        "%.*s would like to share positions with you.\n\n"
                        "Answer the request here: %.*s\n",
                        STR_FMT(shown), STR_FMT(link));
    return (struct mail_letter){ arena_printf(a, "[my-tracks] Friend request from %.*s",
                                              STR_FMT(shown)),
                                 signed_by(a, s, STR_NULL, text) };
}

struct mail_letter mail_alert(struct arena *a, const struct mail_sender *s, struct str title,
                              struct str text)
{
    return (struct mail_letter){ arena_printf(a, "[my-tracks] %.*s", STR_FMT(one_line(a, title))),
                                 signed_by(a, s, STR_NULL, text) };
}
