/* Dates: what is read as a time is written and read again as the same time. */
#include "fuzz.h"

#include "lib/clock.h"

static void write_and_read(usec_t t)
{
    char text[CLOCK_TEXT];
    usec_t again;

    CHECK(clock_sec(t) >= CLOCK_MIN_SEC && clock_sec(t) <= CLOCK_MAX_SEC);
    CHECK(clock_from_db((struct str){ text, clock_db(t, text) }, &again) && again == t);
    CHECK(clock_from_iso((struct str){ text, clock_iso_z(t, text) }, &again) && again == t);
    CHECK(clock_from_iso((struct str){ text, clock_iso_offset(t, text) }, &again) && again == t);
    (void)clock_http(t, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_text(data, size);
    usec_t t;

    if (clock_from_iso(text, &t)) {
        write_and_read(t);
    }
    if (clock_from_db(text, &t)) {
        write_and_read(t);
    }
    return 0;
}
