#include "setting.h"

#include "log.h"
#include "utf8.h"

#include <arpa/inet.h>
#include <string.h>

static bool good_text(struct str value)
{
    (void)value;
    return true;
}

static bool good_key(struct str value)
{
    return value.n > 0;
}

/* distutils.util.strtobool, as python-decouple uses it. */
static bool check_bool(struct str value, int64_t *number)
{
    static const char *const words[][2] = { { "false", "true" }, { "0", "1" }, { "no", "yes" },
                                            { "off", "on" },     { "n", "y" }, { "f", "t" },
                                            { "", "true" } };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (int truth = 0; truth < 2; truth++) {
            if (str_ieq(value, str_of(words[i][truth]))) {
                *number = truth;
                return true;
            }
        }
    }
    return false;
}

static bool check_int(const struct setting *s, struct str value, int64_t *number)
{
    bool minus = str_starts(value, STR("-"));
    struct str digits = str_sub(value, minus, value.n);
    int64_t v = 0;

    if (digits.n == 0 || digits.n > 18) { /* 18 digits cannot overflow */
        return false;
    }
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9') {
            return false;
        }
        v = v * 10 + (digits.p[i] - '0');
    }
    *number = minus ? -v : v;
    return *number >= s->least && *number <= s->most;
}

static bool check_choice(const struct setting *s, struct str value)
{
    for (const char *const *word = s->words; *word != NULL; word++) {
        if (str_eqz(value, *word)) {
            return true;
        }
    }
    return false;
}

static bool good_level(struct str value)
{
    enum log_level ignored;

    return log_level_parse(value, &ignored);
}

static bool each_part(struct str list, bool (*good)(struct str part))
{
    struct str part;

    while (str_split(&list, ',', &part)) {
        part = str_trim(part);
        if (part.n > 0 && !good(part)) {
            return false;
        }
    }
    return true;
}

/* The usual slip is an URL where a name belongs. */
static bool good_host(struct str host)
{
    return host.n <= 255 && str_find(host, '/', 0) > host.n && str_find(host, ' ', 0) > host.n;
}

static bool good_hosts(struct str value)
{
    return each_part(value, good_host);
}

static bool good_origin(struct str origin)
{
    static const char mark[] = "://";
    const char *at = memmem(origin.p, origin.n, mark, sizeof mark - 1);

    if (at == NULL || at == origin.p) {
        return false;
    }
    size_t host = (size_t)(at - origin.p) + sizeof mark - 1;
    return host < origin.n && good_host(str_sub(origin, host, origin.n));
}

static bool good_origins(struct str value)
{
    return each_part(value, good_origin);
}

/* Bits of an address of that text: 32, 128, or 0 when it is none. */
static int64_t address_bits(struct str text)
{
    char z[INET6_ADDRSTRLEN];
    unsigned char out[16];

    if (text.n >= sizeof z) {
        return 0;
    }
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    return inet_pton(AF_INET, z, out) == 1 ? 32 : inet_pton(AF_INET6, z, out) == 1 ? 128 : 0;
}

static bool good_cidr(struct str cidr)
{
    struct str prefix = cidr, address;
    int64_t ignored;

    str_split(&prefix, '/', &address);
    int64_t bits = address_bits(address);
    struct setting range = { .least = 0, .most = bits };
    return bits > 0 && (str_is_null(prefix) || check_int(&range, prefix, &ignored));
}

static bool good_cidrs(struct str value)
{
    return each_part(value, good_cidr);
}

static bool good_address(struct str value)
{
    return address_bits(value) > 0;
}

static bool good_database(struct str value)
{
    return !str_is_null(setting_database_path(value));
}

static bool good_tiles(struct str value)
{
    static const char *const marks[] = { "{z}", "{x}", "{y}" };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (memmem(value.p, value.n, marks[i], strlen(marks[i])) == NULL) {
            return false;
        }
    }
    return str_starts(value, STR("https://")) || str_starts(value, STR("http://")) ||
           str_starts(value, STR("/"));
}

static bool good_url(struct str value)
{
    struct str rest = str_starts(value, STR("https://"))  ? str_sub(value, 8, value.n)
                      : str_starts(value, STR("http://")) ? str_sub(value, 7, value.n)
                                                          : STR("");

    return value.n == 0 || (rest.n > 0 && rest.p[0] != '/' && str_find(value, ' ', 0) == SIZE_MAX);
}

static const struct {
    bool (*good)(struct str value); /* NULL: more than the value is needed */
    bool blank_is_default;
} kinds[] = {
    [SETTING_TEXT] = { good_text, false },
    [SETTING_KEY] = { good_key, false },
    [SETTING_PATH] = { good_text, true },
    [SETTING_BOOL] = { NULL, false },
    [SETTING_INT] = { NULL, true },
    [SETTING_CHOICE] = { NULL, true },
    [SETTING_LEVEL] = { good_level, true },
    [SETTING_HOSTS] = { good_hosts, false },
    [SETTING_ORIGINS] = { good_origins, false },
    [SETTING_CIDRS] = { good_cidrs, false },
    [SETTING_ADDRESS] = { good_address, true },
    [SETTING_DATABASE] = { good_database, true },
    [SETTING_URL] = { good_url, true },
    [SETTING_TILES] = { good_tiles, true },
};

/* Values end up in generated configuration files and in log lines. */
static bool is_text(struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7F) {
            return false;
        }
    }
    return value.n <= SETTING_MAX && utf8_valid(value);
}

bool setting_check(const struct setting *s, struct str value, int64_t *number)
{
    *number = 0;
    if (!is_text(value)) {
        return false;
    }
    switch (s->kind) {
    case SETTING_BOOL:
        return check_bool(value, number);
    case SETTING_INT:
        return check_int(s, value, number);
    case SETTING_CHOICE:
        return check_choice(s, value);
    default:
        return kinds[s->kind].good(value);
    }
}

bool setting_blank_is_default(enum setting_kind kind)
{
    return kinds[kind].blank_is_default;
}

struct str setting_database_path(struct str url)
{
    static const char scheme[] = "sqlite:///";

    if (!str_starts(url, STR("sqlite:///"))) {
        return STR_NULL;
    }
    struct str path = str_sub(url, sizeof scheme - 1, url.n);
    path = str_sub(path, 0, str_find(path, '?', 0)); /* options for Python's sqlite3 */
    return path.n == 0 || str_eq(path, STR(":memory:")) ? STR_NULL : path;
}

bool setting_hidden(const struct setting *s)
{
    return s->secret || s->kind == SETTING_DATABASE; /* postgres://user:password@... */
}
