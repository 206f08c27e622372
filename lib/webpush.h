/* Web push: a message to a browser whose page is closed, by way of the browser's maker. The maker's
   server learns when and how much, not what: RFC 8291 seals the text for that browser alone.
   RFC 8292 (VAPID) signs the request, so that only the server that a browser has subscribed at can
   send to it. */
#ifndef MYTRACKS_WEBPUSH_H
#define MYTRACKS_WEBPUSH_H

#include "arena.h"

#include <stdint.h>

#define WEBPUSH_POINT 65u /* bytes of a public key: an uncompressed point of P-256 */
#define WEBPUSH_SCALAR 32u
#define WEBPUSH_AUTH 16u
#define WEBPUSH_SALT 16u
#define WEBPUSH_TEXT_MAX 3993u /* bytes: a message is 4096 at most (RFC 8291 section 4) */

/* What a browser gives a page: PushSubscription.getKey() of "p256dh" and "auth". */
struct webpush_browser {
    uint8_t point[WEBPUSH_POINT], auth[WEBPUSH_AUTH];
};

/* From the base64url that PushSubscription.toJSON() has. False: other lengths, or no point of the
   curve. */
bool webpush_read_browser(struct arena *a, struct str p256dh, struct str auth,
                          struct webpush_browser *out);

/* The server's public key in base64url: applicationServerKey of PushManager.subscribe(). Derived
   from SECRET_KEY, so there is nothing to store, and a new SECRET_KEY needs new subscriptions. */
struct str webpush_public_key(struct arena *a, struct str secret_key);

/* "vapid t=JWT, k=KEY" for the header Authorization (RFC 8292 section 3). origin: of the browser's
   endpoint, "https://host[:port]"; contact: mailto: or https: URL of who runs this; expires: at
   most 24 hours away. */
struct str webpush_authorization(struct arena *a, struct str secret_key, struct str origin,
                                 struct str contact, int64_t expires_sec);

/* The body of the request: Content-Encoding aes128gcm, at most 4096 bytes, in the arena. text: at
   most WEBPUSH_TEXT_MAX bytes. */
struct str webpush_seal(struct arena *a, const struct webpush_browser *to, struct str text);

/* The same with key and salt that are given: both must be new for each message. (The RFC's example
   gives them.) STR_NULL: no private key of the curve. */
struct str webpush_seal_with(struct arena *a, const struct webpush_browser *to, struct str text,
                             const uint8_t scalar[WEBPUSH_SCALAR],
                             const uint8_t salt[WEBPUSH_SALT]);

#endif
