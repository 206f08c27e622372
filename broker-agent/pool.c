#include "pool.h"

#include "agent.h"
#include "lib/log.h"
#include "lib/password.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define JOBS_MAX 2048
#define NICE 10 /* hashing gives way to ingest and to the broker */
#define THREADS_MAX 16

enum job_state { JOB_FREE, JOB_QUEUED, JOB_RUNNING, JOB_DONE };

struct job {
    enum job_state state;
    uint8_t mac[SHA256_LEN];
    uint64_t order; /* of its latest asker; the highest is next */
    char *text;     /* password, then column */
    size_t password_n, column_n;
    bool ok;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t thread[THREADS_MAX];
    unsigned threads, running;
    bool stopping;
    uint64_t order;
    int64_t iterations;
    usec_t typical; /* moving average of one hash */
    struct job job[JOBS_MAX];
    size_t used; /* slots [0, used) have been in use at some time */
};

/* The lock is held in all functions on jobs. */
static struct job *newest_queued(struct pool *p)
{
    struct job *best = NULL;

    for (size_t i = 0; i < p->used; i++) {
        struct job *j = &p->job[i];
        if (j->state == JOB_QUEUED && (best == NULL || j->order > best->order)) {
            best = j;
        }
    }
    return best;
}

static struct job *find_job(struct pool *p, const uint8_t mac[SHA256_LEN])
{
    for (size_t i = 0; i < p->used; i++) {
        if (p->job[i].state != JOB_FREE && memcmp(p->job[i].mac, mac, SHA256_LEN) == 0) {
            return &p->job[i];
        }
    }
    return NULL;
}

static struct job *free_job(struct pool *p)
{
    for (size_t i = 0; i < p->used; i++) {
        if (p->job[i].state == JOB_FREE) {
            return &p->job[i];
        }
    }
    return p->used < JOBS_MAX ? &p->job[p->used++] : NULL;
}

static void job_release(struct job *j)
{
    if (j->text != NULL) {
        crypto_wipe(j->text, j->password_n + j->column_n);
        free(j->text);
    }
    memset(j, 0, sizeof *j);
}

static void run_job(struct pool *p, struct job *j)
{
    struct str password = { j->text, j->password_n };
    struct str column = { j->text + j->password_n, j->column_n };
    usec_t begin = clock_mono();

    pthread_mutex_unlock(&p->lock);
    bool ok = password_verify(password, column, p->iterations);
    pthread_mutex_lock(&p->lock);
    usec_t took = clock_mono() - begin;
    p->typical = p->typical == 0 ? took : (p->typical * 7 + took) / 8;
    j->ok = ok;
    j->state = JOB_DONE;
}

static void *worker(void *arg)
{
    struct pool *p = arg;

    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
    pthread_mutex_lock(&p->lock);
    while (!p->stopping) {
        struct job *j = newest_queued(p);
        if (j == NULL) {
            pthread_cond_wait(&p->work, &p->lock);
            continue;
        }
        j->state = JOB_RUNNING;
        p->running++;
        run_job(p, j);
        p->running--;
        server_wake();
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct pool *pool_new(unsigned threads, int64_t iterations)
{
    struct pool *p = calloc(1, sizeof *p);

    if (p == NULL || pthread_mutex_init(&p->lock, NULL) != 0 ||
        pthread_cond_init(&p->work, NULL) != 0) {
        log_event(LOG_LVL_ERROR, "out_of_memory", NULL);
        exit(1);
    }
    p->iterations = iterations;
    p->threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
    for (unsigned i = 0; i < p->threads; i++) {
        if (pthread_create(&p->thread[i], NULL, worker, p) != 0) {
            log_event(LOG_LVL_ERROR, "thread_failed", NULL);
            exit(1);
        }
    }
    return p;
}

void pool_free(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->threads; i++) {
        pthread_join(p->thread[i], NULL);
    }
    for (size_t i = 0; i < p->used; i++) {
        job_release(&p->job[i]);
    }
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* Fills a free slot; false when there is none or no memory. */
static bool add_job(struct pool *p, const uint8_t mac[SHA256_LEN], struct str password,
                    struct str column)
{
    struct job *j = free_job(p);

    if (j == NULL) {
        return false;
    }
    j->text = malloc(password.n + column.n + 1);
    if (j->text == NULL) {
        return false;
    }
    memcpy(j->text, password.p, password.n);
    memcpy(j->text + password.n, column.p, column.n);
    j->password_n = password.n;
    j->column_n = column.n;
    memcpy(j->mac, mac, SHA256_LEN);
    j->order = ++p->order;
    j->state = JOB_QUEUED;
    return true;
}

bool pool_submit(struct pool *p, const uint8_t mac[SHA256_LEN], struct str password,
                 struct str column, usec_t *expected)
{
    bool ok = true;

    pthread_mutex_lock(&p->lock);
    struct job *j = find_job(p, mac);
    if (j == NULL) {
        ok = add_job(p, mac, password, column);
    } else if (j->state == JOB_QUEUED) {
        j->order = ++p->order;
    }
    /* Newest first: at worst it waits for a hash that is being computed, then for its own. */
    *expected = p->running < p->threads ? p->typical : p->typical * 3 / 2;
    pthread_cond_signal(&p->work);
    pthread_mutex_unlock(&p->lock);
    return ok;
}

bool pool_take_result(struct pool *p, struct pool_result *out)
{
    bool found = false;

    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->used && !found; i++) {
        struct job *j = &p->job[i];
        if (j->state == JOB_DONE) {
            memcpy(out->mac, j->mac, SHA256_LEN);
            out->ok = j->ok;
            job_release(j);
            found = true;
        }
    }
    pthread_mutex_unlock(&p->lock);
    return found;
}
