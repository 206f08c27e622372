/* Django signing (django/core/signing.py, utils/crypto.py) and what is built on it. */
#ifndef MYTRACKS_SIGNING_H
#define MYTRACKS_SIGNING_H

#include "jsonin.h"

/* HMAC-SHA256 of value with key SHA256(key_salt + secret). */
void salted_hmac(struct str key_salt, struct str value, struct str secret, uint8_t out[32]);
/* get_session_auth_hash: 64 hex digits over the password column. */
struct str session_auth_hash(struct arena *a, struct str secret, struct str password_column);

#define SESSION_INFLATE_MAX ((size_t)256 * 1024) /* bytes of JSON in one session */

/* The object in a django_session.session_data. NULL when the signature is wrong, it cannot be
   decoded, it is too large or no object: Django then has an empty session. */
struct jval *session_decode(struct arena *a, struct str secret, struct str data);
/* The session_data of an object; compressed when that saves more than one byte. now_sec: time stamp
   put inside. STR_NULL when the JSON is longer than SESSION_INFLATE_MAX. */
struct str session_encode(struct arena *a, struct str secret, const struct jval *object,
                          int64_t now_sec);
/* A new session key: 32 of a-z0-9. */
struct str session_new_key(struct arena *a);

#define SESSION_USER_KEY STR("_auth_user_id")
#define SESSION_BACKEND_KEY STR("_auth_user_backend")
#define SESSION_HASH_KEY STR("_auth_user_hash")
#define SESSION_EXPIRY_KEY STR("_session_expiry")
#define SESSION_BACKEND STR("django.contrib.auth.backends.ModelBackend")

#endif
