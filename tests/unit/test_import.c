/* Readers of histories: what they make of good files, and that nothing in a bad one, or in one of
   any size, does more than be told. */
#include "fixture.h"

#include "lib/import.h"

#include <sys/resource.h>
#include <zlib.h>

struct text {
    struct str rest;
    size_t step;  /* bytes at once */
    size_t again; /* the text is repeated so often, between head and tail */
    struct str head, body, tail;
    bool fails;
};

static int64_t read_text(void *ctx, char *p, size_t n)
{
    struct text *t = ctx;

    while (t->rest.n == 0) {
        if (t->again > 0) {
            t->again--;
            t->rest = t->body;
        } else if (t->tail.n > 0) {
            t->rest = t->tail;
            t->tail = STR("");
        } else {
            return t->fails ? -1 : 0;
        }
    }
    n = n < t->step ? n : t->step;
    n = n < t->rest.n ? n : t->rest.n;
    memcpy(p, t->rest.p, n);
    t->rest = str_sub(t->rest, n, SIZE_MAX);
    return (int64_t)n;
}

struct seen {
    int64_t fixes, refused, most; /* most: stop after so many; 0: never */
    int64_t line[8];
    char why[8][200];
    struct ot_fix last;
    char lat[64], lon[64], tid[64];
};

static bool see_fix(void *ctx, const struct ot_fix *fix)
{
    struct seen *s = ctx;

    s->fixes++;
    s->last = *fix;
    snprintf(s->lat, sizeof s->lat, "%.*s", STR_FMT(fix->lat_text));
    snprintf(s->lon, sizeof s->lon, "%.*s", STR_FMT(fix->lon_text));
    snprintf(s->tid, sizeof s->tid, "%.*s", STR_FMT(fix->tid));
    return s->most == 0 || s->fixes < s->most;
}

static void see_refusal(void *ctx, int64_t line, const char *why)
{
    struct seen *s = ctx;

    if (s->refused < 8) {
        s->line[s->refused] = line;
        snprintf(s->why[s->refused], sizeof s->why[0], "%s", why);
    }
    s->refused++;
}

static const char *run_text(struct text *t, struct seen *s)
{
    const struct import_source source = { t, read_text, STR("phone"), IMPORT_AUTO };
    const struct import_sink sink = { s, see_fix, see_refusal };
    const char *why = "";

    return import_run(&source, &sink, &why) ? NULL : why;
}

/* The same in one part and byte by byte. NULL, or why not. */
static const char *run(struct str text, struct seen *s)
{
    struct seen slow = { .most = s->most };
    struct text whole = { .rest = text, .step = SIZE_MAX };
    struct text single = { .rest = text, .step = 1 };
    const char *why = run_text(&whole, s);
    const char *too = run_text(&single, &slow);

    if ((why == NULL) != (too == NULL) || (why && strcmp(why, too) != 0))
        fail_msg("whole: %s, byte by byte: %s", why ? why : "good", too ? too : "good");
    assert_int_equal(s->fixes, slow.fixes);
    assert_int_equal(s->refused, slow.refused);
    assert_memory_equal(s->line, slow.line, sizeof s->line);
    return why;
}

static void expect(const char *text, int64_t fixes, int64_t refused)
{
    struct seen s = { 0 };
    const char *why = run(str_of(text), &s);

    if (why || s.fixes != fixes || s.refused != refused)
        fail_msg("%.100s: %s, %lld fixes, %lld refused (%s)", text, why ? why : "good",
                 (long long)s.fixes, (long long)s.refused, s.why[0]);
}

static void expect_bad(const char *text, const char *part)
{
    struct seen s = { 0 };
    const char *why = run(str_of(text), &s);

    if (!why || !strstr(why, part))
        fail_msg("%.100s: %s", text, why ? why : "good");
}

#define POINT "<trkpt lat='1.5' lon='2'><time>2020-01-01T00:00:00Z</time></trkpt>"

static void test_gpx(void **state)
{
    struct seen s = { 0 };

    (void)state;
    assert_null(
        run(STR("\xEF\xBB\xBF<?xml version='1.0'?>\n<g:gpx xmlns:g='x'><g:trkpt lat=' 48.5 ' "
                "lon='-16.25'>\n<g:ele>99.5</g:ele><g:time>2020-01-01T01:00:00.9+01:00"
                "</g:time><extensions><a:speed>9.99</a:speed><course>359.6</course>"
                "</extensions></g:trkpt></g:gpx>"),
            &s));
    assert_int_equal(s.fixes, 1);
    assert_string_equal(s.lat, "4.85000000000000e+01");
    assert_string_equal(s.lon, "-1.62500000000000e+01");
    assert_string_equal(s.tid, "phone");
    assert_int_equal(s.last.tst, 1577836800);
    assert_int_equal(s.last.created_at.t, 1577836800 * USEC_PER_SEC);
    assert_int_equal(s.last.alt.v, 100);
    assert_int_equal(s.last.vel.v, 36);
    assert_int_equal(s.last.cog.v, 360);
    assert_false(s.last.acc.set || s.last.batt.set);
    expect("<gpx>" POINT POINT "</gpx>", 2, 0);
    expect("<gpx>" POINT "<trkpt lat='91' lon='2'><time>2020-01-01T00:00:00Z</time></trkpt>"
           "<trkpt lon='2'/><trkpt lat='1' lon='2'><time>soon</time></trkpt></gpx>",
           1, 3);
    expect("<gpx><trkpt lat='1' lon='2'><time>2020-01-01T00:00:00Z</time>" POINT "</trkpt></gpx>",
           1, 0);
}

static void test_gpx_bad(void **state)
{
    (void)state;
    expect_bad("<gpx>" POINT, "ends in the middle");
    expect_bad("<gpx>" POINT "</gpy>", "closed by another");
    expect_bad("<gpx>" POINT "<a b=c/></gpx>", "rules of XML");
    expect_bad("<!DOCTYPE gpx SYSTEM 'file:///etc/passwd'><gpx>" POINT "</gpx>", "document type");
    expect_bad("<!DOCTYPE g [<!ENTITY a 'xx'><!ENTITY b '&a;&a;'>]><gpx>&b;</gpx>",
               "document type");
    expect_bad("<gpx>&nothing;</gpx>", "entity");
    expect_bad("<?xml version='1.0' encoding='x-odd'?><gpx/>", "encoding");
    expect_bad("<gpx/>", "no position");
}

static void test_json(void **state)
{
    struct seen s = { 0 };

    (void)state;
    assert_null(
        run(STR("{\"locations\": [\n{\"latitudeE7\": 485000000, \"longitudeE7\": 4132467296,\n"
                "\"timestampMs\": \"1577836800999\", \"accuracy\": 7, \"velocity\": 10, "
                "\"source\": \"a very long name of a source\"},\n{\"a\": \"}]{[\\\"\"}]}"),
            &s));
    assert_int_equal(s.fixes, 1);
    assert_string_equal(s.lat, "4.85000000000000e+01");
    assert_string_equal(s.lon, "-1.62500000000000e+01");
    assert_int_equal(s.last.tst, 1577836800);
    assert_int_equal(s.last.vel.v, 36);
    assert_int_equal(s.refused, 1);
    assert_int_equal(s.line[0], 4);
    expect("{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":3}{\"_type\":\"lwt\",\"tst\":1}\n"
           "[{\"_type\":\"location\",\"lat\":1,\"lon\":2,\"tst\":3}]",
           2, 0);
    expect("[{\"time\":\"2020-01-01\",\"latitude\":\"1\",\"lng\":2}]", 1, 0);
    expect(
        "{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4],"
        "5]},\"properties\":{\"coordTimes\":[1,2]}}",
        2, 1);
    expect("{\"features\":[{\"geometry\":{\"type\":\"MultiLineString\",\"coordinates\":[[[1,2]],[["
           "3,4]]]"
           "},\"properties\":{\"coordTimes\":[[1],[2]]}},{\"geometry\":{\"type\":\"Polygon\","
           "\"coordinates\":[]}},{\"geometry\":{}}]}",
           2, 2);
    expect(
        "[{\"timelinePath\":[{\"point\":\"geo:1,2\",\"durationMinutesOffsetFromStartTime\":\"1\"},"
        "{\"point\":\"1\xC2\xB0, 2\xC2\xB0\",\"time\":\"2020-01-01T00:00:00Z\"},7,{}],"
        "\"startTime\":\"2020-01-01T00:00:00Z\"}]",
        2, 2);
    expect("{\"rawSignals\":[{\"position\":{\"LatLng\":\"1,2\",\"timestamp\":\"2020-01-01\"}},"
           "{\"position\":{}},{\"wifiScan\":{}}]}",
           1, 1);
}

static void test_json_bad(void **state)
{
    char deep[600];

    (void)state;
    expect_bad("{\"locations\": [", "ends in the middle");
    expect_bad("{\"a\": \"", "ends in the middle");
    expect_bad("[]", "no position");
    expect_bad("[1, 2, [3]]", "no position");
    expect("[{\"lat\": 1, \"lon\": 2, \"tst\": 3, }]", 0, 1);
    expect("[{\"lat\": 1, \"lon\": 2, \"tst\": \"\xff\"}, {\"lat\": 1, \"lon\": 2, \"tst\": 3}]", 1,
           1);
    expect("[{\"lat\": NaN, \"lon\": 2, \"tst\": 3}, {\"lat\": 1e999, \"lon\": 2, \"tst\": 3},"
           "{\"lat\": 1, \"lon\": 2, \"tst\": 1e300}, {\"lat\": {}, \"lon\": [], \"tst\": null}]",
           0, 4);
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    expect_bad(deep, "nested too deep");
}

static void test_csv(void **state)
{
    struct seen s = { 0 };

    (void)state;
    assert_null(run(STR("\xEF\xBB\xBFTime,Latitude,LNG,tracker_id,odd\r\n"
                        "\"2020-01-01 00:00:00\",48.5,-16.25,\"'=a,\"\"b\"\"\n\",x\r\n\r\n"
                        "bad,1,2\n1577836800000,1,2"),
                    &s));
    assert_int_equal(s.fixes, 2);
    assert_int_equal(s.refused, 1);
    assert_int_equal(s.line[0], 5);
    assert_int_equal(s.last.tst, 1577836800);
    expect("tst;lat;lon;acc\n1;48,5;16,5;3\n", 1, 0);
    expect("tst\tlat\tlon\n1\t2\t3\n", 1, 0);
    expect("tst,lat,lon\n1,2\n1,2,3,4,5\n1,\xff,3\n", 1, 2);
    expect("tst,lat,lon\n1,2,\"3\n1,2,3\n", 0, 1); /* a quote that nobody closes */
    expect_bad("tst,lat\n1,2\n", "no known format");
    expect_bad("1,2,3\n", "no known format");
    expect_bad("", "no position");
}

static void test_rec(void **state)
{
    struct seen s = { 0 };

    (void)state;
    assert_null(
        run(STR("2020-01-01T00:00:00Z\t*                 \t{\"_type\":\"location\",\"lat\":1,"
                "\"lon\":2,\"tst\":3,\"tid\":\"ab\",\"created_at\":9}\n"
                "2020-01-01T00:00:00Z\tlwt\t{}\nodd\n2020-01-01T00:00:00Z\t*\t{"),
            &s));
    assert_int_equal(s.fixes, 1);
    assert_string_equal(s.tid, "ab");
    assert_int_equal(s.last.created_at.t, 9 * USEC_PER_SEC);
    assert_int_equal(s.refused, 2);
    assert_int_equal(s.line[0], 3);
    assert_int_equal(s.line[1], 4);
}

static size_t pack(struct str text, char *out, size_t room)
{
    z_stream z = { 0 };

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text.p;
    z.avail_in = (uInt)text.n;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static void test_packed(void **state)
{
    char packed[400];
    struct seen s = { 0 }, two = { 0 }, cut = { 0 }, bad = { 0 };
    size_t n = pack(STR("tst,lat,lon\n1,2,3\n"), packed, 200);
    size_t more = pack(STR("4,5,6\n"), packed + n, 200);

    (void)state;
    assert_null(run((struct str){ packed, n }, &s));
    assert_int_equal(s.fixes, 1);
    assert_null(run((struct str){ packed, n + more }, &two));
    assert_int_equal(two.fixes, 2);
    assert_non_null(strstr(run((struct str){ packed, n - 9 }, &cut), "too early"));
    packed[12] = (char)(packed[12] ^ 0x55);
    assert_non_null(run((struct str){ packed, n }, &bad));
}

static void test_the_sink_stops_it(void **state)
{
    struct seen s = { .most = 1 };

    (void)state;
    assert_null(run(STR("<gpx>" POINT POINT "</gp"), &s));
    assert_int_equal(s.fixes, 1);
}

static void test_a_source_that_fails(void **state)
{
    struct seen s = { 0 };
    struct text t = { .rest = STR("tst,lat,lon\n1,2,3\n4,5"), .step = 7, .fails = true };

    (void)state;
    assert_non_null(strstr(run_text(&t, &s), "did not come to its end"));
    assert_int_equal(s.fixes, 1);
}

static long peak_kb(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static void huge(const char *head, const char *body, const char *tail, size_t times, int64_t fixes,
                 const char *why)
{
    struct seen s = { 0 };
    struct text t = { .rest = str_of(head),
                      .step = SIZE_MAX,
                      .again = times,
                      .body = str_of(body),
                      .tail = str_of(tail) };
    long before = peak_kb();
    const char *told = run_text(&t, &s);

    if (why ? !told || !strstr(told, why) : told != NULL)
        fail_msg("%.40s: %s", head, told ? told : "good");
    assert_int_equal(s.fixes, fixes);
    assert_true(peak_kb() - before < 150 * 1024);
}

/* Tens of megabytes each: what belongs together is bounded, the whole is not. */
static void test_huge(void **state)
{
    char kilobyte[1025];

    (void)state;
    memset(kilobyte, ' ', 1024);
    kilobyte[1024] = '\0';
    huge("<gpx>", POINT "\n", "</gpx>", 100000, 100000, NULL);
    huge("<gpx><trkpt lat='1' lon='2'>", "<speed>1</speed>", "</trkpt></gpx>", 500000, 0, NULL);
    huge("<gpx a='", kilobyte, "'/>", 8000, 0, "too long");
    huge("<gpx><trkpt lat='1' lon='2'><time>", kilobyte, "</time></trkpt></gpx>", 8000, 0, NULL);
    huge("[", "{\"lat\":1,\"lon\":2,\"tst\":3},", "{}]", 100000, 100000, NULL);
    huge("[{\"lat\":1,\"x\":\"", kilobyte, "\"},{\"lat\":1,\"lon\":2,\"tst\":3}]", 8000, 1, NULL);
    huge("[{\"lat\":[", "1,", "1]},{\"lat\":1,\"lon\":2,\"tst\":3}]", 500000, 1, NULL);
    huge("{\"a\":\"", kilobyte, "\",\"l\":[{\"lat\":1,\"lon\":2,\"tst\":3}]}", 8000, 1, NULL);
    huge("tst,lat,lon\n", "1,2,3\n", "", 100000, 100000, NULL);
    huge("tst,lat,lon\n\"", kilobyte, "\n1,2,3\n", 8000, 1, NULL);
    huge("tst", ",lat,lon", "\n", 100000, 0, "no known format");
    huge("2020-01-01T00:00:00Z\t*\t", kilobyte,
         "\n2020-01-01T00:00:00Z\t*\t{\"lat\":1,\"lon\":2,\"tst\":3}\n", 8000, 1, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gpx),
        cmocka_unit_test(test_gpx_bad),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_bad),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_rec),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_the_sink_stops_it),
        cmocka_unit_test(test_a_source_that_fails),
        cmocka_unit_test(test_huge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
