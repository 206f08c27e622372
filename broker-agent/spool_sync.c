#include "spool_sync.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#define WAITING_MAX 8

struct syncer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int waiting[WAITING_MAX];
    int n;
    bool ending;
    atomic_uint failures;
};

static void *run(void *arg)
{
    struct syncer *s = arg;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (s->n == 0 && !s->ending) {
            pthread_cond_wait(&s->changed, &s->lock);
        }
        if (s->n == 0) {
            break;
        }
        int fd = s->waiting[0];
        s->n--;
        for (int i = 0; i < s->n; i++) {
            s->waiting[i] = s->waiting[i + 1];
        }
        pthread_mutex_unlock(&s->lock);
        if (fdatasync(fd) < 0) {
            atomic_fetch_add(&s->failures, 1);
        }
        close(fd);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

struct syncer *syncer_new(void)
{
    struct syncer *s = calloc(1, sizeof *s);
    sigset_t all, before;

    if (s == NULL) {
        return NULL;
    }
    /* Signals are for the host's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&s->thread, NULL, run, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0) {
        free(s);
        return NULL;
    }
    return s;
}

bool syncer_push(struct syncer *s, int fd)
{
    pthread_mutex_lock(&s->lock);
    bool room = s->n < WAITING_MAX;
    if (room) {
        s->waiting[s->n++] = fd;
        pthread_cond_signal(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return room;
}

unsigned syncer_failures(const struct syncer *s)
{
    return atomic_load(&s->failures);
}

void syncer_free(struct syncer *s)
{
    if (s == NULL) {
        return;
    }
    pthread_mutex_lock(&s->lock);
    s->ending = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
