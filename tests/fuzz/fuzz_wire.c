/* Messages between our processes: what is read packs to the same bytes. */
#include "fuzz.h"

#include "lib/wire.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[WIRE_MAX];
    struct wire_msg m;

    if (wire_unpack(data, size, &m)) {
        CHECK(m.n <= WIRE_FIELDS);
        CHECK(wire_pack(out, sizeof out, &m) == size && memcmp(out, data, size) == 0);
        CHECK(wire_pack(out, size - 1, &m) == 0);
    }
    return 0;
}
