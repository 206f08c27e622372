/* Queued commands over MQTT. Published with QoS 1 and not retained when they are due: at once,
   whenever a phone of that user begins to listen, and now and then. They count as delivered when
   the broker has handed one to a session of the phone's user, which the plugin sees: a session that
   is away keeps them, and where there is none nothing is lost. The server thread notes what the
   plugin tells and never waits; this thread writes it down. */
#include "db/commands.h"
#include "agent.h"
#include "db/device_key.h"
#include "lib/log.h"
#include "lib/secretbox.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define IDLE_WAIT (60 * USEC_PER_SEC)
#define UNREAD_WAIT (5 * USEC_PER_SEC)
#define DOWN_WAIT (2 * USEC_PER_SEC)
#define AGAIN (300 * USEC_PER_SEC) /* nobody listened; one that begins to is heard at once */
#define WORK_CAP ((size_t)4 * 1024 * 1024)
#define NOTES_MAX 1024

/* What the plugin told. payload NULL: a user listens. */
struct note {
    char *topic, *payload;
};
static struct {
    pthread_mutex_t lock;
    struct note note[NOTES_MAX];
    size_t n;
} notes = { .lock = PTHREAD_MUTEX_INITIALIZER };
static int wake_fd = -1;

void commands_wake(void)
{
    uint64_t one = 1;

    if (wake_fd >= 0 && write(wake_fd, &one, sizeof one) < 0) {
        /* full: it is awake already */
    }
}

/* One more note; when there is no room a command is sent once more, nothing else. */
static void add_note(struct str topic, struct str payload)
{
    if (str_is_null(topic)) {
        return;
    }
    struct note n = { strndup(topic.p, topic.n),
                      payload.p == NULL ? NULL : strndup(payload.p, payload.n) };

    pthread_mutex_lock(&notes.lock);
    if (n.topic != NULL && notes.n < NOTES_MAX) {
        notes.note[notes.n++] = n;
        n = (struct note){ NULL, NULL };
    }
    pthread_mutex_unlock(&notes.lock);
    free(n.topic);
    free(n.payload);
    commands_wake();
}

void commands_taken(struct str topic, struct str payload)
{
    add_note(topic, payload);
}

void commands_listens(struct str username)
{
    add_note(username, STR_NULL);
}

static bool take_note(struct note *out)
{
    pthread_mutex_lock(&notes.lock);
    bool any = notes.n > 0;
    if (any) {
        *out = notes.note[0];
        notes.n--;
        memmove(notes.note, notes.note + 1, notes.n * sizeof notes.note[0]);
    }
    pthread_mutex_unlock(&notes.lock);
    return any;
}

static void write_down(struct db *db)
{
    struct note n;

    while (take_note(&n)) {
        enum db_rc rc = n.payload != NULL
                            ? db_command_taken(db, str_of(n.topic), str_of(n.payload), clock_now())
                            : db_command_listens(db, str_of(n.topic), clock_now());
        if (rc != DB_OK && rc != DB_NONE) {
            log_warning("command_note_lost", LOG_Z("topic", n.topic));
        }
        free(n.topic);
        free(n.payload);
        db_request_end(db);
    }
}

/* The text for a phone that encrypts. STR_NULL: as it is. */
static struct str encrypted(struct db *db, struct arena *a, const struct agent *agent,
                            const struct queued_command *c)
{
    struct device_key k;

    return db_device_key_get(db, a, c->device_id, &k) == DB_OK
               ? secretbox_message_sealed(a, agent->secret_key, k.sealed, c->payload)
               : STR_NULL;
}

/* Publishes what is due first. How long to wait before the next one, in microseconds. */
static usec_t work(struct db *db, struct arena *a, const struct agent *agent)
{
    struct queued_command c;
    usec_t now = clock_now(), due = 0;
    enum db_rc rc = db_command_next(db, a, &c, &due);

    if (rc != DB_OK) {
        return rc == DB_NONE ? IDLE_WAIT : UNREAD_WAIT;
    }
    if (c.expires_at <= now) {
        return db_command_expire(db, now) == DB_OK ? 0 : UNREAD_WAIT;
    }
    if (due > now) {
        usec_t until = due < c.expires_at ? due - now : c.expires_at - now;
        return until < IDLE_WAIT ? until : IDLE_WAIT;
    }
    if (!mqtt_connected()) {
        return DOWN_WAIT;
    }
    struct str sent = encrypted(db, a, agent, &c);
    /* First the mark: the plugin's word that it was taken may come before we go on. */
    if (db_command_tried(db, c.id, now + AGAIN, sent) != DB_OK) {
        return UNREAD_WAIT;
    }
    (void)mqtt_publish(c.topic, str_is_null(sent) ? c.payload : sent, 1, false);
    return 0;
}

void *commands_thread(void *arg)
{
    const struct agent *agent = arg;
    struct db *db = agent_open_db(agent, DB_WORKER);
    struct arena *a = arena_new(WORK_CAP);
    uint64_t count;

    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd < 0) {
        log_error("thread_failed", LOG_Z("name", "commands"));
        exit(1);
    }
    while (!atomic_load(&agent->stopping)) {
        write_down(db);
        usec_t wait = cards_tell(db, a) ? 0 : work(db, a, agent);
        db_request_end(db);
        arena_reset(a);
        if (wait > 0 && !atomic_load(&agent->stopping)) {
            struct pollfd p = { .fd = wake_fd, .events = POLLIN };
            (void)!poll(&p, 1, (int)(wait / 1000) + 1);
            (void)!read(wake_fd, &count, sizeof count);
        }
    }
    db_close(db);
    arena_free(a);
    return NULL;
}
