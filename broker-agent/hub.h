/* The live hub's sockets and frames, without any WebSocket library in sight: who gets which frame,
   in what order, and what happens to a reader that is too slow. */
#ifndef MYTRACKS_HUB_H
#define MYTRACKS_HUB_H

#include "lib/model.h"

/* A text frame shared by all its receivers. */
struct frame {
    unsigned refs;
    size_t n;
    char data[]; /* HUB_HEAD bytes for the protocol's header, then n bytes of JSON */
};
#define HUB_HEAD 32 /* at least LWS_PRE of libwebsockets 4.1 (16 + padding); asserted in live.c */
#define HUB_QUEUE 256

struct hub_socket {
    int64_t user_id; /* 0: anonymous, hears the welcome alone */
    bool is_staff;
    char session_key[33];
    struct frame *queue[HUB_QUEUE]; /* ring */
    unsigned head, n;
    bool drop; /* too slow, or no longer allowed */
    void *wsi; /* the library's handle */
    struct hub_socket *next, **back;
};

struct hub {
    struct hub_socket *sockets;
    size_t count;
};

/* A frame with one reference; NULL without memory. */
struct frame *frame_new(struct str json);
void frame_release(struct frame *f);

void hub_add(struct hub *h, struct hub_socket *s);
/* Takes it off the list and releases what it had queued; the memory is the caller's. */
void hub_remove(struct hub *h, struct hub_socket *s);
/* Queues f for one socket; a full queue marks the socket to be dropped. */
void hub_send(struct hub_socket *s, struct frame *f);
/* Queues f for the users of the list, and for staff (each socket once) or for nobody who is staff.
   touched is called for each socket that has something to write now. */
typedef void hub_touch_fn(struct hub_socket *s);
void hub_publish(struct hub *h, struct frame *f, bool to_staff, const int64_t *users, size_t n,
                 hub_touch_fn *touched);
/* The next frame to write, the reference goes to the caller; NULL when none waits. */
struct frame *hub_take(struct hub_socket *s);

#endif
