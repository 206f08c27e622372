#include "vectors.h"

#include "lib/weburl.h"

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    a = arena_new(1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static void test_ip_canonical(void **state)
{
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        { "192.0.2.1", "192.0.2.1" },
        { "0.0.0.0", "0.0.0.0" },
        { "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
        { "2001:db8:0:1:1:1:1:1",
          "2001:db8:0:1:1:1:1:1" },                      /* one zero group stays (RFC 5952 4.2.2) */
        { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },       /* the longest run */
        { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" }, /* the first of equal ones */
        { "0:0:0:0:0:0:0:0", "::" },
        { "::1", "::1" },
        { "::1:2", "::1:2" },
        { "1::", "1::" },
        { "fe80:0000::00ff", "fe80::ff" },
        { "::FFFF:192.0.2.1", "::ffff:192.0.2.1" },
        { "::ffff:c000:201", "::ffff:192.0.2.1" },
        { "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
        { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
        { "", NULL },
        { "01.2.3.4", NULL },
        { "1.2.3", NULL },
        { "1.2.3.256", NULL },
        { "1.2.3.4 ", NULL },
        { "1.2.3.4:80", NULL },
        { "[::1]", NULL },
        { "::1%eth0", NULL },
        { "1:2:3:4:5:6:7", NULL },
        { ":::", NULL },
        { "unix:", NULL },
        { "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_str(ip_canonical(a, str_of(cases[i].text)), str_of(cases[i].canonical));
    assert_str(ip_canonical(a, STR("1.2.3.4\0")), STR_NULL);
    assert_str(ip_canonical(a, STR_NULL), STR_NULL);
}

static void test_ip_in_list(void **state)
{
    static const struct {
        const char *ip, *list;
        bool in;
    } cases[] = {
        { "10.1.2.3", "10.0.0.0/8", true },
        { "11.1.2.3", "10.0.0.0/8", false },
        { "10.1.2.3", "192.0.2.0/24, 10.0.0.0/8", true },
        { "10.1.2.3", "10.1.2.3", true },
        { "10.1.2.4", "10.1.2.3", false },
        { "10.1.2.3", "10.1.2.2/31", true },
        { "10.1.2.4", "10.1.2.2/31", false },
        { "10.1.2.3", "10.255.255.255/8", true }, /* bits behind the prefix do not count */
        { "10.1.2.3", "0.0.0.0/0", true },
        { "::1", "0.0.0.0/0", false },
        { "10.1.2.3", "::/0", true },
        { "::1", "127.0.0.1,::1", true },
        { "2001:db8::5", "2001:db8::/32", true },
        { "2001:db9::5", "2001:db8::/32", false },
        { "2001:db8:8000::", "2001:db8::/33", false },
        { "2001:db8:7fff::", "2001:db8::/33", true },
        { "::ffff:10.1.2.3", "10.0.0.0/8", true }, /* an IPv4 client on a dual-stack socket */
        { "10.1.2.3", "::ffff:10.0.0.0/104", true },
        { "10.1.2.3", "", false },
        { "10.1.2.3", ",,", false },
        { "10.1.2.3", "10.0.0.0/33", false },
        { "10.1.2.3", "10.0.0.0/", false },
        { "10.1.2.3", "10.0.0.0/-1", false },
        { "10.1.2.3", "10.0.0.0/8/8", false },
        { "10.1.2.3", "10.0.0.0/0008", false },
        { "10.1.2.3", "10/8", false },
        { "", "0.0.0.0/0", false },
        { "x", "0.0.0.0/0", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ip_in_list(str_of(cases[i].ip), str_of(cases[i].list)) != cases[i].in)
            fail_msg("%s in %s", cases[i].ip, cases[i].list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ip_canonical),
        cmocka_unit_test(test_ip_in_list),
    };

    return cmocka_run_group_tests_name("ipaddr", tests, set_up, tear_down);
}
