/* Session data behind a right signature, as Django and we write it. Input: the payload; its first
   byte says whether it is packed as a session is. */
#include "fuzz.h"

#include "lib/codec.h"
#include "lib/owntracks.h"
#include "lib/signing.h"

#define SECRET STR("fuzz-secret")
#define SALT STR("django.contrib.sessions.SessionStoresigner")

static void check_object(struct arena *a, const struct jval *object)
{
    struct str data = session_encode(a, SECRET, object, 1);

    if (!str_is_null(data)) {
        struct jval *again = session_decode(a, SECRET, data);
        CHECK(again != NULL && str_eq(ot_dump(a, again), ot_dump(a, object)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = fuzz_arena();
    struct str raw = fuzz_text(data, size), payload = raw;
    uint8_t sum[32];
    struct jval *object;

    (void)session_decode(a, SECRET, raw);
    if (size > 0 && data[0] % 2 == 1) { /* zlib, then base64 */
        payload = arena_concat(
            a, (struct str[]){ STR("."), base64url_encode(a, str_sub(raw, 1, size)), STR_NULL });
    } else if (size > 0 && data[0] % 4 == 2) {
        payload = base64url_encode(a, str_sub(raw, 1, size));
    }
    struct str value = arena_concat(a, (struct str[]){ payload, STR(":1tuvwx"), STR_NULL });
    salted_hmac(SALT, value, SECRET, sum);
    struct str signature = base64url_encode(a, (struct str){ (const char *)sum, sizeof sum });
    object = session_decode(
        a, SECRET, arena_concat(a, (struct str[]){ value, STR(":"), signature, STR_NULL }));
    if (object != NULL) {
        CHECK(object->type == J_OBJECT);
        check_object(a, object);
    }
    return 0;
}
