#include "tls.h"

#include "lib/codec.h"
#include "lib/log.h"
#include "tls_texts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RENEW (24 * 3600 * USEC_PER_SEC)
#define RETRY (60 * USEC_PER_SEC) /* after a failure that is not the database's */
#define WORK_CAP ((size_t)64 * 1024 * 1024)
#define NEWS_CAP ((size_t)256 * 1024)

struct tls {
    const struct agent *agent;
    struct db *db;
    struct arena *work;
    char dir[256];
    int64_t seen_version;
    uint8_t digest[SHA256_LEN]; /* of the rows that the files are made of */
    usec_t made_at;             /* wall clock: the lists say until when they are valid; 0: never */
    usec_t not_before;          /* monotonic; no attempt until then */
};

/* ---------------------------------------------------------------- news for the plugin */
static struct {
    pthread_mutex_t lock;
    unsigned generation; /* 0: nothing yet */
    struct arena *arena;
    struct str stamp, revoked;
    struct tls_shown shown;
} news = { .lock = PTHREAD_MUTEX_INITIALIZER, .shown = { .port = -1 } };

bool tls_news(unsigned *seen, struct arena *a, struct str *stamp, struct str *revoked)
{
    pthread_mutex_lock(&news.lock);
    bool changed = news.generation != *seen;
    if (changed) {
        *seen = news.generation;
        *stamp = arena_dup(a, news.stamp);
        *revoked = arena_dup(a, news.revoked);
    }
    pthread_mutex_unlock(&news.lock);
    return changed;
}

void tls_shown(struct arena *a, struct tls_shown *out)
{
    pthread_mutex_lock(&news.lock);
    *out = news.shown;
    out->name = arena_dup(a, news.shown.name);
    out->fingerprint = arena_dup(a, news.shown.fingerprint);
    pthread_mutex_unlock(&news.lock);
}

/* server: NULL for the placeholder. */
static void publish(const struct tls_texts *texts, const struct certificate *server)
{
    uint8_t sum[SHA256_LEN];

    crypto_sha256_parts(
        (struct str[]){ texts->authorities, texts->revocations, texts->server, STR_NULL }, sum);
    pthread_mutex_lock(&news.lock);
    if (news.arena == NULL) {
        news.arena = arena_new(NEWS_CAP);
    }
    arena_reset(news.arena);
    news.stamp = hex_encode(news.arena, (struct str){ (const char *)sum, sizeof sum / 2 });
    news.revoked = arena_dup(news.arena, texts->revoked);
    news.shown = (struct tls_shown){ .port = news.shown.port, .real = server != NULL };
    if (server != NULL) {
        news.shown.name = arena_dup(news.arena, server->common_name);
        news.shown.fingerprint = arena_dup(news.arena, server->fingerprint);
        news.shown.not_after = server->not_after;
    }
    news.generation++;
    pthread_mutex_unlock(&news.lock);
    server_wake();
}

/* ---------------------------------------------------------------- files */
static bool write_all(int fd, struct str text)
{
    while (text.n > 0) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        text = str_sub(text, (size_t)n, text.n);
    }
    return true;
}

/* For us and our group, in which a broker of another user is. */
static bool replace(const struct tls *t, const char *name, struct str text)
{
    char path[300], temporary[320];

    (void)snprintf(path, sizeof path, "%s/%s", t->dir, name);
    (void)snprintf(temporary, sizeof temporary, "%s.new", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && fchmod(fd, 0640) == 0 && write_all(fd, text);
    if (fd >= 0) {
        ok = close(fd) == 0 && ok;
    }
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        log_error("certificate_file_failed", LOG_Z("path", path), LOG_I("errno", errno));
    }
    return ok;
}

static void not_active(const struct tls *t)
{
    char path[300];

    (void)snprintf(path, sizeof path, "%s/active", t->dir);
    unlink(path);
}

/* In an order that always works: who is trusted has a list, who is shown can be trusted. */
static bool write_files(const struct tls *t, const struct tls_texts *texts, bool real)
{
    if (!real) {
        not_active(t);
    }
    return replace(t, "crl.pem", texts->revocations) && replace(t, "ca.pem", texts->authorities) &&
           replace(t, "server.pem", texts->server) && (!real || replace(t, "active", STR("")));
}

/* ---------------------------------------------------------------- rows to files */
static bool make(struct tls *t, const struct tls_rows *rows, usec_t now)
{
    struct tls_texts texts;
    bool real =
        rows->has_server && tls_texts_make(t->work, t->agent->secret_key, rows, now, &texts);

    if (rows->has_server && !real) {
        log_error("no_usable_certificates", LOG_S("server", rows->server.common_name));
        return false; /* what is there goes on */
    }
    if ((!real && !tls_texts_placeholder(t->work, now, &texts)) || !write_files(t, &texts, real)) {
        return false;
    }
    log_info("certificates_written", LOG_I("authorities", rows->n), LOG_I("active", real));
    publish(&texts, real ? &rows->server : NULL);
    return true;
}

static bool is_fresh(const struct tls *t, usec_t now)
{
    return t->made_at != 0 && now >= t->made_at && now - t->made_at < RENEW;
}

/* False: to be tried again. */
static bool look(struct tls *t, usec_t now, bool placeholder)
{
    struct tls_rows *rows = ARENA_NEW(t->work, struct tls_rows);
    uint8_t digest[SHA256_LEN];

    if (tls_rows_read(t->db, t->work, now, rows) != DB_OK) {
        return false;
    }
    tls_rows_digest(t->work, rows, digest);
    if ((is_fresh(t, now) && memcmp(digest, t->digest, sizeof digest) == 0) ||
        (!rows->has_server && !placeholder)) {
        return true;
    }
    if (!make(t, rows, now)) {
        t->not_before = clock_mono() + RETRY;
        return false;
    }
    memcpy(t->digest, digest, sizeof digest);
    t->made_at = now;
    return true;
}

static void run(struct tls *t, bool placeholder)
{
    usec_t now = clock_now();
    int64_t version = db_data_version(t->db);

    if ((version != t->seen_version || !is_fresh(t, now)) && clock_mono() >= t->not_before &&
        look(t, now, placeholder)) {
        t->seen_version = version;
    }
    db_request_end(t->db);
    arena_reset(t->work);
}

/* ---------------------------------------------------------------- */
struct tls *tls_new(const struct agent *agent)
{
    struct tls *t;

    if (config_int(agent->config, CFG_MQTT_TLS_PORT) < 0) {
        return NULL;
    }
    t = calloc(1, sizeof *t);
    if (t == NULL) {
        log_out_of_memory(sizeof *t);
    }
    news.shown.port = config_int(agent->config, CFG_MQTT_TLS_PORT); /* before there are threads */
    t->agent = agent;
    t->db = agent_open_db(agent, DB_WORKER);
    t->work = arena_new(WORK_CAP);
    int n = snprintf(t->dir, sizeof t->dir, "%s/tls", agent->run_dir);
    if (n < 0 || (size_t)n >= sizeof t->dir || (mkdir(t->dir, 0750) < 0 && errno != EEXIST) ||
        chmod(t->dir, 0750) < 0) {
        log_error("certificate_folder_failed", LOG_Z("run_dir", agent->run_dir));
        exit(1);
    }
    not_active(t); /* of an earlier life */
    run(t, false);
    return t;
}

void tls_tick(struct tls *t)
{
    if (t != NULL) {
        run(t, true);
    }
}

void tls_free(struct tls *t)
{
    if (t != NULL) {
        db_close(t->db);
        arena_free(t->work);
        free(t);
    }
}
