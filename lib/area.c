#include "area.h"

#include <math.h>

#define MICRO INT64_C(1000000)
#define ROW INT64_C(10000) /* 1e-6 degrees: 1.1 km to the north */
#define ROWS (180 * MICRO / ROW)
#define ROUND (360 * MICRO)
#define RADIANS (3.14159265358979323846 / 180)
#define DEC10_PER_MICRO (DEC10_ONE / MICRO)

/* Cells of a row, as wide as they are high. */
static int64_t cells_of(int64_t row)
{
    double middle = ((double)row + 0.5) * (double)ROW / (double)MICRO - 90;
    int64_t around = ROUND / ROW, n = (int64_t)((double)around * cos(middle * RADIANS));

    return n < 1 ? 1 : n;
}

void area_snap(int32_t *lat, int32_t *lon)
{
    int64_t row = (*lat + 90 * MICRO) / ROW;
    int64_t east = (*lon + 180 * MICRO) % ROUND;

    row = row >= ROWS ? ROWS - 1 : row;
    int64_t n = cells_of(row), cell = east * n / ROUND;
    *lat = (int32_t)(row * ROW + ROW / 2 - 90 * MICRO);
    *lon = (int32_t)((cell * ROUND + ROUND / 2) / n - 180 * MICRO);
}

/* As lround() does with a point of a track: one position has one cell everywhere. */
static int32_t micro(dec10 v, int64_t most)
{
    int64_t half = v < 0 ? -DEC10_PER_MICRO / 2 : DEC10_PER_MICRO / 2;
    int64_t m = (v + half) / DEC10_PER_MICRO;

    return (int32_t)(m < -most ? -most : m > most ? most : m);
}

static struct opt_int coarse(struct opt_int accuracy)
{
    return (struct opt_int){ true,
                             accuracy.set && accuracy.v > AREA_METRES ? accuracy.v : AREA_METRES };
}

void area_location(struct location *l)
{
    struct location exact = *l;
    int32_t lat = micro(exact.latitude, 90 * MICRO), lon = micro(exact.longitude, 180 * MICRO);

    area_snap(&lat, &lon);
    *l = (struct location){
        .id = exact.id,
        .device_id = exact.device_id,
        .device_key = exact.device_key,
        .owner_id = exact.owner_id,
        .latitude = lat * DEC10_PER_MICRO,
        .longitude = lon * DEC10_PER_MICRO,
        .timestamp = exact.timestamp,
        .received_at = exact.received_at,
        .owntracks_created_at = exact.owntracks_created_at,
        .accuracy = coarse(exact.accuracy),
        .battery_level = exact.battery_level,
        .battery_status = exact.battery_status,
        .connection_type = STR(""),
        .tracker_id = exact.tracker_id,
        .received_via = exact.received_via,
        .owntracks_message_id = STR(""),
        .trigger = STR(""),
        .fix_source = STR(""),
        .wifi_bssid = STR(""),
        .wifi_ssid = STR(""),
        .ip_address = STR_NULL,
        .in_regions = STR_NULL,
    };
}

void area_point(struct track_point *p)
{
    area_snap(&p->lat, &p->lon);
    p->acc = p->acc > AREA_METRES ? p->acc : AREA_METRES;
    p->vel = p->alt = TRACK_NONE;
}
