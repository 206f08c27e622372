/* When a rule fires: windows, places, timers, the battery; and what it says. */
#include "fixture.h"
#include "lib/rule_text.h"
#include "lib/webpush.h"

#define SEC(s) ((usec_t)(s)*USEC_PER_SEC)
#define MIN(m) SEC((m)*60)
#define HOURS(h) MIN((h)*60)
#define MONDAY SEC(INT64_C(1772409600)) /* 2026-03-02 00:00 UTC, a Monday */
#define VIENNA STR("Europe/Vienna")
#define CLOCK(h, m) ((h)*60 + (m))

static struct rule_terms terms(enum rule_event event, int64_t amount)
{
    struct rule_terms t = { .event = event, .amount = amount };

    t.window = (struct rule_window){ .days = RULE_ALL_DAYS, .zone = STR("UTC") };
    return t;
}

/* ---- windows */

static void test_windows(void **state)
{
    enum { MON = 1, TUE = 2, FRI = 16, SUN = 64, ALL = 127 };
    static const struct {
        unsigned days;
        int from, until;
        usec_t after; /* of Monday 0:00 UTC; Vienna is an hour ahead */
        bool open;
    } cases[] = {
        { ALL, 0, 0, HOURS(3), true },
        { MON, 0, 0, HOURS(12), true },
        { TUE, 0, 0, HOURS(12), false },
        { MON, 0, 0, -MIN(61), false },
        { MON, 0, 0, -MIN(60), true }, /* midnight in Vienna */
        { MON, 0, 0, HOURS(23), false },
        { MON, CLOCK(8, 0), CLOCK(16, 0), HOURS(7) - SEC(1), false },
        { MON, CLOCK(8, 0), CLOCK(16, 0), HOURS(7), true },
        { MON, CLOCK(8, 0), CLOCK(16, 0), HOURS(15) - SEC(1), true },
        { MON, CLOCK(8, 0), CLOCK(16, 0), HOURS(15), false },
        /* over midnight: the day on which it opens counts */
        { MON, CLOCK(22, 0), CLOCK(6, 0), HOURS(21), true },
        { MON, CLOCK(22, 0), CLOCK(6, 0), HOURS(24) + HOURS(5) - SEC(1), true },
        { MON, CLOCK(22, 0), CLOCK(6, 0), HOURS(24) + HOURS(5), false },
        { MON, CLOCK(22, 0), CLOCK(6, 0), HOURS(2), false }, /* of Sunday's night */
        { SUN, CLOCK(22, 0), CLOCK(6, 0), HOURS(2), true },
        { FRI, CLOCK(22, 0), CLOCK(6, 0), HOURS(24), false },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule_window w = {
            .days = cases[i].days, .from = cases[i].from, .until = cases[i].until, .zone = VIENNA
        };
        if (rule_window_open(f->a, &w, MONDAY + cases[i].after) != cases[i].open)
            fail_msg("case %zu", i);
        usec_t next = rule_window_next(f->a, &w, MONDAY + cases[i].after);
        assert_true(rule_window_open(f->a, &w, next));
        assert_int_equal(next == MONDAY + cases[i].after, cases[i].open);
    }
}

/* 2026-03-29: 2:00 becomes 3:00 in Vienna. 2026-10-25: 3:00 becomes 2:00. */
static void test_clocks_that_change(void **state)
{
    struct fixture *f = *state;
    struct rule_window w = { .days = RULE_ALL_DAYS, .zone = VIENNA };
    usec_t spring = SEC(INT64_C(1774742400)), autumn = SEC(INT64_C(1792886400)); /* 0:00 UTC */

    w.from = CLOCK(8, 0);
    w.until = CLOCK(9, 0);
    assert_int_equal(rule_window_next(f->a, &w, spring - HOURS(24)), spring - HOURS(24) + HOURS(7));
    assert_int_equal(rule_window_next(f->a, &w, spring), spring + HOURS(6));
    assert_int_equal(rule_window_next(f->a, &w, autumn), autumn + HOURS(7));
    w.from = CLOCK(2, 15); /* does not come that day */
    w.until = CLOCK(2, 45);
    assert_int_equal(rule_window_next(f->a, &w, spring), spring + HOURS(24) + MIN(15));
    /* comes twice */
    assert_int_equal(rule_window_next(f->a, &w, autumn), autumn + MIN(15));
    assert_int_equal(rule_window_next(f->a, &w, autumn + MIN(45)), autumn + MIN(75));
    w.zone = STR("Nowhere/AtAll"); /* UTC */
    assert_int_equal(rule_window_next(f->a, &w, spring), spring + HOURS(2) + MIN(15));
}

/* ---- places */

struct walk {
    struct arena *a;
    struct rule_terms terms;
    struct rule_state state;
};

static bool fix_late(struct walk *w, usec_t at, usec_t received, double metres, int64_t accuracy)
{
    struct rule_seen seen = { .what = RULE_SAW_FIX,
                              .at = MONDAY + at,
                              .received = MONDAY + received,
                              .metres = metres,
                              .radius = 100,
                              .accuracy = { true, accuracy } };

    return rule_see(w->a, &w->terms, &w->state, &seen);
}

static bool fix(struct walk *w, usec_t at, double metres)
{
    return fix_late(w, at, at, metres, 10);
}

static bool word_late(struct walk *w, enum rule_sight what, usec_t at, usec_t received)
{
    struct rule_seen seen = { .what = what, .at = MONDAY + at, .received = MONDAY + received };

    return rule_see(w->a, &w->terms, &w->state, &seen);
}

static bool word(struct walk *w, enum rule_sight what, usec_t at)
{
    return word_late(w, what, at, at);
}

static bool due(struct walk *w, usec_t now)
{
    return rule_due(w->a, &w->terms, &w->state, 0, 0, MONDAY + now);
}

static struct walk walk(struct fixture *f, enum rule_event event, int64_t amount)
{
    return (struct walk){ .a = f->a, .terms = terms(event, amount) };
}

static void test_words_of_the_phone(void **state)
{
    struct walk w = walk(*state, RULE_ENTER, 0);

    assert_true(word(&w, RULE_SAW_ENTER, MIN(1)));
    assert_false(word(&w, RULE_SAW_LEAVE, MIN(2)));
    assert_true(word(&w, RULE_SAW_ENTER, MIN(3)));
    assert_true(word(&w, RULE_SAW_ENTER, MIN(4)));  /* a leave may have been lost */
    assert_false(word(&w, RULE_SAW_ENTER, MIN(3))); /* older than the last word */
    assert_true(word_late(&w, RULE_SAW_ENTER, MIN(10), MIN(40)));
    assert_false(word_late(&w, RULE_SAW_ENTER, MIN(11), MIN(42)));
    assert_true(word_late(&w, RULE_SAW_ENTER, HOURS(90), HOURS(1))); /* its clock is ahead */
    assert_true(word(&w, RULE_SAW_ENTER, HOURS(2)));
}

static void test_positions_alone(void **state)
{
    struct walk in = walk(*state, RULE_ENTER, 0), out = walk(*state, RULE_LEAVE, 0);

    assert_false(fix(&in, MIN(1), 50)); /* there already: nothing has happened */
    assert_false(fix(&in, MIN(2), 5000));
    assert_true(fix(&in, MIN(3), 50));
    assert_false(fix(&in, MIN(4), 60));
    assert_false(fix(&in, MIN(5), 130)); /* the edge is not far enough */
    assert_false(fix(&in, MIN(6), 50));
    assert_false(fix_late(&in, MIN(7), MIN(7), 5000, 1000)); /* too vague to say anything */
    assert_false(fix(&in, MIN(8), 50));
    assert_false(fix_late(&in, MIN(1), MIN(9), 5000, 10)); /* an old one */
    assert_false(fix(&in, MIN(10), 50));
    assert_false(fix_late(&in, MIN(11), HOURS(1), 5000, 10)); /* late, but what is known now */
    assert_false(fix_late(&in, MIN(12), HOURS(1), 50, 10));   /* late: told to nobody */

    assert_false(fix(&out, MIN(1), 50));
    assert_true(fix(&out, MIN(2), 500));
    assert_false(fix(&out, MIN(3), 600));
}

/* One coming is told once, whichever of the two says it first. */
static void test_never_double(void **state)
{
    struct walk w = walk(*state, RULE_ENTER, 0);

    assert_false(fix(&w, MIN(1), 5000));
    assert_true(fix(&w, MIN(2), 50));
    assert_false(word(&w, RULE_SAW_ENTER, MIN(2) - SEC(30))); /* its first word, of what is known */
    assert_false(word(&w, RULE_SAW_LEAVE, MIN(10)));
    assert_false(fix(&w, MIN(12), 50)); /* from now on its word alone counts */
    assert_true(word(&w, RULE_SAW_ENTER, MIN(12)));
    assert_false(fix(&w, MIN(13), 50));

    w = walk(*state, RULE_LEAVE, 0);
    assert_false(fix(&w, MIN(1), 50));
    assert_true(word(&w, RULE_SAW_LEAVE, MIN(2)));
    assert_false(fix(&w, MIN(3), 5000));
    assert_false(word(&w, RULE_SAW_ENTER, MIN(4)));
    assert_false(fix(&w, MIN(9), 5000));
    assert_true(word(&w, RULE_SAW_LEAVE, MIN(8))); /* the position behind it came before it */
}

static void test_any_place(void **state)
{
    struct walk w = walk(*state, RULE_LEAVE, 0);

    w.terms.any_place = true;
    assert_false(fix(&w, MIN(1), -1));
    assert_true(word(&w, RULE_SAW_LEAVE, MIN(2)));
    assert_false(word(&w, RULE_SAW_ENTER, MIN(2)));
    assert_true(word(&w, RULE_SAW_LEAVE, MIN(2)));
    assert_false(word_late(&w, RULE_SAW_LEAVE, MIN(2), HOURS(2)));
}

static void test_cooldown_pause_window(void **state)
{
    struct walk w = walk(*state, RULE_ENTER, 0);

    w.terms.cooldown = MIN(30);
    assert_true(word(&w, RULE_SAW_ENTER, MIN(1)));
    assert_false(word(&w, RULE_SAW_ENTER, MIN(20)));
    assert_false(word(&w, RULE_SAW_ENTER, MIN(31) - SEC(1))); /* does not begin anew */
    assert_true(word(&w, RULE_SAW_ENTER, MIN(31)));
    w = walk(*state, RULE_ENTER, 0);
    w.terms.paused_until = (struct opt_usec){ true, MONDAY + HOURS(1) };
    assert_false(word(&w, RULE_SAW_ENTER, MIN(59)));
    assert_true(word(&w, RULE_SAW_ENTER, MIN(60)));
    w.terms.window.from = CLOCK(8, 0);
    w.terms.window.until = CLOCK(9, 0);
    assert_false(word(&w, RULE_SAW_ENTER, HOURS(7)));
    assert_true(word(&w, RULE_SAW_ENTER, HOURS(8)));
}

/* ---- timers */

static void test_dwell(void **state)
{
    struct walk w = walk(*state, RULE_DWELL, 30);

    assert_false(fix(&w, MIN(1), 50));
    assert_false(due(&w, MIN(31) - SEC(1)));
    assert_true(due(&w, MIN(31)));
    assert_false(due(&w, HOURS(9))); /* once a stay */
    assert_false(fix(&w, HOURS(9), 50));
    assert_false(due(&w, HOURS(10)));
    assert_false(word(&w, RULE_SAW_LEAVE, HOURS(11)));
    assert_false(word(&w, RULE_SAW_ENTER, HOURS(12)));
    assert_false(word(&w, RULE_SAW_LEAVE, HOURS(12) + MIN(29)));
    assert_false(due(&w, HOURS(13)));
    /* A backlog: it came hours ago; told when its end is sure to be in, if it is still there. */
    assert_false(word_late(&w, RULE_SAW_ENTER, HOURS(14), HOURS(20)));
    assert_false(due(&w, HOURS(20)));
    assert_false(word_late(&w, RULE_SAW_LEAVE, HOURS(16), HOURS(20)));
    assert_false(due(&w, HOURS(21)));
    assert_false(word_late(&w, RULE_SAW_ENTER, HOURS(17), HOURS(21)));
    assert_true(due(&w, HOURS(21) + SEC(10)));
}

/* "Not home by ten": away since eight, told when the window opens. */
static void test_absent_waits_for_its_time(void **state)
{
    struct walk w = walk(*state, RULE_ABSENT, 10);

    w.terms.window.from = CLOCK(22, 0);
    w.terms.window.until = CLOCK(6, 0);
    assert_false(fix(&w, HOURS(20), 50));
    assert_false(w.state.due_at.set);
    assert_false(fix(&w, HOURS(20) + MIN(5), 5000));
    assert_false(due(&w, HOURS(20) + MIN(15)));
    assert_int_equal(w.state.due_at.t, MONDAY + HOURS(22));
    assert_false(due(&w, HOURS(22) - SEC(1)));
    assert_true(due(&w, HOURS(22)));
    assert_false(w.state.due_at.set);
    assert_false(fix(&w, HOURS(23), 50));
    assert_false(fix(&w, HOURS(23) + MIN(1), 5000));
    assert_false(fix(&w, HOURS(23) + MIN(5), 50)); /* back in time */
    assert_false(due(&w, HOURS(24)));
}

static void test_silence(void **state)
{
    struct walk w = walk(*state, RULE_SILENCE, 60);
    usec_t contact = MONDAY + MIN(1);

    assert_false(fix(&w, MIN(1), -1));
    assert_int_equal(w.state.due_at.t, MONDAY + MIN(61));
    contact = MONDAY + MIN(40);
    assert_false(rule_due(w.a, &w.terms, &w.state, contact, 0, MONDAY + MIN(61)));
    assert_int_equal(w.state.due_at.t, MONDAY + MIN(100));
    /* We were away ourselves until then: that is no silence. */
    assert_false(rule_due(w.a, &w.terms, &w.state, contact, MONDAY + MIN(95), MONDAY + MIN(100)));
    assert_int_equal(w.state.due_at.t, MONDAY + MIN(155));
    assert_true(rule_due(w.a, &w.terms, &w.state, contact, MONDAY + MIN(95), MONDAY + MIN(155)));
    /* Once, also over a start of ours, until it is heard. */
    for (int m = 156; m < 1000; m++)
        assert_false(rule_due(w.a, &w.terms, &w.state, contact, MONDAY + MIN(m > 500 ? 500 : 0),
                              MONDAY + MIN(m)));
    contact = MONDAY + MIN(1000);
    assert_false(rule_due(w.a, &w.terms, &w.state, contact, 0, MONDAY + MIN(1002)));
    assert_int_equal(w.state.due_at.t, MONDAY + MIN(1060));
    assert_true(rule_due(w.a, &w.terms, &w.state, contact, 0, MONDAY + MIN(1060)));
}

/* ---- battery */

static bool charge(struct walk *w, usec_t at, usec_t received, int64_t percent)
{
    struct rule_seen seen = { .what = RULE_SAW_FIX,
                              .at = MONDAY + at,
                              .received = MONDAY + received,
                              .metres = -1,
                              .battery = { percent >= 0, percent } };

    return rule_see(w->a, &w->terms, &w->state, &seen);
}

static void test_battery(void **state)
{
    struct walk w = walk(*state, RULE_BATTERY, 20);

    assert_false(charge(&w, MIN(1), MIN(1), 20));
    assert_false(charge(&w, MIN(1), MIN(1), -1));
    assert_true(charge(&w, MIN(2), MIN(2), 19));
    assert_false(charge(&w, MIN(3), MIN(3), 12));
    assert_false(charge(&w, MIN(4), MIN(4), 24)); /* not above the limit for good */
    assert_false(charge(&w, MIN(5), MIN(5), 19));
    assert_false(charge(&w, MIN(6), MIN(6), 25));
    assert_true(charge(&w, MIN(7), MIN(7), 3));
    assert_false(charge(&w, MIN(8), HOURS(2), 100)); /* old news say nothing about now */
    assert_false(charge(&w, HOURS(2), HOURS(2), 3));
    w = walk(*state, RULE_BATTERY, 20);
    assert_false(charge(&w, MIN(1), HOURS(3), 5));
    w.terms.window.from = CLOCK(8, 0);
    w.terms.window.until = CLOCK(9, 0);
    assert_false(charge(&w, HOURS(7), HOURS(7), 5));
    assert_true(charge(&w, HOURS(8), HOURS(8), 5)); /* told as soon as it may be */
}

/* ---- words */

static void test_names(void **state)
{
    (void)state;
    for (enum rule_event e = RULE_ENTER; e < RULE_EVENTS; e++)
        assert_int_equal(rule_event_of(rule_event_name(e)), e);
    for (enum rule_channel c = RULE_MAIL; c < RULE_CHANNELS; c++)
        assert_int_equal(rule_channel_of(rule_channel_name(c)), c);
    assert_int_equal(rule_event_of(STR("Enter")), RULE_EVENTS);
    assert_int_equal(rule_channel_of(STR("")), RULE_CHANNELS);
}

static void test_texts(void **state)
{
    struct fixture *f = *state;
    struct rule_news n = { .id = 7,
                           .rule_id = 3,
                           .rule = STR("Late\r\nBcc: x"),
                           .event = RULE_ABSENT,
                           .device = STR("anna/fon"),
                           .device_name = STR("Anna\xe2\x80\xa8\x1b fon"),
                           .place = STR("Caf\xc3\xa9 \"H\xc3\xa4us'l\""),
                           .amount = 150,
                           .at = MONDAY + HOURS(12),
                           .has_position = true,
                           .lat = 48.25,
                           .lon = -16.5 };

    assert_str(rule_sentence(f->a, &n, RULE_ENGLISH),
               "Anna   fon has not been at Caf\xc3\xa9 \"H\xc3\xa4us'l\" for 2 h 30 min");
    struct str body = rule_body(f->a, &n, VIENNA, RULE_ENGLISH);
    assert_non_null(strstr(body.p, "Time: 2026-03-02 13:00 (Europe/Vienna)\n"));
    assert_non_null(strstr(body.p, "Position: 48.25000, -16.50000\n"));
    assert_non_null(strstr(body.p, "Rule: Late  Bcc: x\n"));
    assert_str(rule_json(f->a, &n, RULE_ENGLISH),
               "{\"id\": 7, \"rule_id\": 3, \"rule\": \"Late\\r\\nBcc: x\", \"event\": \"absent\","
               " \"device\": \"anna/fon\", \"device_name\": \"Anna\\u2028\\u001b fon\","
               " \"place\": \"Caf\\u00e9 \\\"H\\u00e4us'l\\\"\", \"minutes\": 150,"
               " \"battery\": null, \"latitude\": 48.25, \"longitude\": -16.5,"
               " \"time\": \"2026-03-02T12:00:00Z\", \"text\": \"Anna   fon has not been at"
               " Caf\\u00e9 \\\"H\\u00e4us'l\\\" for 2 h 30 min\", \"test\": false}");
    n.event = RULE_BATTERY;
    n.amount = 20;
    n.device_name = STR("");
    assert_str(rule_sentence(f->a, &n, RULE_ENGLISH),
               "A device has less than 20 % of its battery left");
    n.battery = (struct opt_int){ true, 12 };
    assert_str(rule_sentence(f->a, &n, RULE_ENGLISH), "A device has 12 % of its battery left");
    n.event = RULE_SILENCE;
    n.amount = 2880;
    assert_str(rule_sentence(f->a, &n, RULE_ENGLISH), "A device has not reported for 2 days");
    n.event = RULE_LEAVE;
    n.place = STR("");
    n.test = true;
    assert_str(rule_sentence(f->a, &n, RULE_ENGLISH), "A device left a place");
    assert_true(str_starts(rule_body(f->a, &n, STR("x"), RULE_ENGLISH),
                           STR("This is a test. A device left")));
}

static void test_languages(void **state)
{
    static const struct {
        enum rule_event event;
        int64_t amount, battery; /* 0: not known */
        const char *english, *german;
    } said[] = {
        { RULE_ENTER, 0, 0, "{p} arrived at Home", "{p} ist angekommen: Home" },
        { RULE_LEAVE, 0, 0, "{p} left Home", "{p} ist weggegangen: Home" },
        { RULE_DWELL, 45, 0, "{p} has been at Home for 45 min", "{p} ist seit 45 min hier: Home" },
        { RULE_ABSENT, 4320, 0, "{p} has not been at Home for 3 days",
          "{p} war seit 3 Tagen nicht hier: Home" },
        { RULE_BATTERY, 20, 9, "{p} has 9 % of its battery left", "{p} hat noch 9 % Akku" },
        { RULE_BATTERY, 20, 0, "{p} has less than 20 % of its battery left",
          "{p} hat weniger als 20 % Akku" },
        { RULE_SILENCE, 1441, 0, "{p} has not reported for 24 h 1 min",
          "{p} hat sich seit 24 h 1 min nicht gemeldet" },
    };
    struct fixture *f = *state;
    struct rule_news n = { .device = STR(""), .rule = STR(""), .at = MONDAY, .test = true };

    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        n.event = said[i].event;
        n.amount = said[i].amount;
        n.battery = (struct opt_int){ said[i].battery != 0, said[i].battery };
        n.device_name = STR("{p}"); /* a text, not one of ours */
        n.place = STR("Home");
        assert_str(rule_sentence(f->a, &n, RULE_ENGLISH), said[i].english);
        assert_str(rule_sentence(f->a, &n, RULE_GERMAN), said[i].german);
    }
    assert_true(str_starts(rule_body(f->a, &n, VIENNA, RULE_GERMAN),
                           STR("Das ist ein Test. {p} hat sich seit 24 h 1 min nicht gemeldet.")));
    assert_int_equal(rule_language_of(STR("de-AT")), RULE_GERMAN);
    assert_int_equal(rule_language_of(STR("fr")), RULE_ENGLISH);
    assert_int_equal(rule_language_of(STR("")), RULE_ENGLISH);
}

/* What fits into one notification, whatever it is called. */
static void test_notification(void **state)
{
    struct fixture *f = *state;
    char name[4 * 250 + 1] = "", user[2 * 150 + 2 * 100 + 2] = "";
    struct rule_news n = { .id = 7, .event = RULE_SILENCE, .amount = 60, .at = MONDAY };

    for (size_t i = 0; i < 250; i++) {
        memcpy(name + 4 * i, "\xf0\x9f\x9a\x97", 4);
        memcpy(user + 2 * i, i == 150 ? "//" : "\xc3\xa4", 2);
    }
    n.device = str_of(user);
    n.device_name = n.rule = n.place = str_of(name);
    assert_true(rule_notification(f->a, &n, VIENNA, RULE_GERMAN).n <= WEBPUSH_TEXT_MAX);
    n.device = STR("anna/fon");
    n.device_name = STR("Fon");
    assert_str(rule_notification(f->a, &n, VIENNA, RULE_ENGLISH),
               "{\"title\": \"Fon has not reported for 1 h\","
               " \"body\": \"2026-03-02 01:00 (Europe/Vienna)\", \"tag\": \"rule-7\","
               " \"device\": \"anna/fon\", \"at\": 1772409600}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_windows),
        FIXTURE_TEST(test_clocks_that_change),
        FIXTURE_TEST(test_words_of_the_phone),
        FIXTURE_TEST(test_positions_alone),
        FIXTURE_TEST(test_never_double),
        FIXTURE_TEST(test_any_place),
        FIXTURE_TEST(test_cooldown_pause_window),
        FIXTURE_TEST(test_dwell),
        FIXTURE_TEST(test_absent_waits_for_its_time),
        FIXTURE_TEST(test_silence),
        FIXTURE_TEST(test_battery),
        FIXTURE_TEST(test_names),
        FIXTURE_TEST(test_languages),
        FIXTURE_TEST(test_notification),
        FIXTURE_TEST(test_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
