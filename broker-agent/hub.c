#include "hub.h"

#include <stdlib.h>
#include <string.h>

struct frame *frame_new(struct str json)
{
    struct frame *f = malloc(sizeof *f + HUB_HEAD + json.n);

    if (f == NULL) {
        return NULL;
    }
    f->refs = 1;
    f->n = json.n;
    memcpy(f->data + HUB_HEAD, json.p, json.n);
    return f;
}

void frame_release(struct frame *f)
{
    if (f != NULL && --f->refs == 0) {
        free(f);
    }
}

void hub_add(struct hub *h, struct hub_socket *s)
{
    s->next = h->sockets;
    s->back = &h->sockets;
    if (s->next != NULL) {
        s->next->back = &s->next;
    }
    h->sockets = s;
    h->count++;
}

void hub_remove(struct hub *h, struct hub_socket *s)
{
    struct frame *f;

    while ((f = hub_take(s)) != NULL) {
        frame_release(f);
    }
    *s->back = s->next;
    if (s->next != NULL) {
        s->next->back = s->back;
    }
    h->count--;
}

void hub_send(struct hub_socket *s, struct frame *f)
{
    if (s->n == HUB_QUEUE) {
        s->drop = true;
        return;
    }
    f->refs++;
    s->queue[(s->head + s->n++) % HUB_QUEUE] = f;
}

static bool hears(const struct hub_socket *s, bool to_staff, const int64_t *users, size_t n)
{
    if (s->user_id == 0) {
        return false;
    }
    if (s->is_staff) {
        return to_staff;
    }
    for (size_t i = 0; i < n; i++) {
        if (users[i] == s->user_id) {
            return true;
        }
    }
    return false;
}

void hub_publish(struct hub *h, struct frame *f, bool to_staff, const int64_t *users, size_t n,
                 hub_touch_fn *touched)
{
    for (struct hub_socket *s = h->sockets; s != NULL; s = s->next) {
        if (hears(s, to_staff, users, n)) {
            hub_send(s, f);
            touched(s);
        }
    }
}

struct frame *hub_take(struct hub_socket *s)
{
    if (s->n == 0) {
        return NULL;
    }
    struct frame *f = s->queue[s->head];
    s->head = (s->head + 1) % HUB_QUEUE;
    s->n--;
    return f;
}
