/* THE table: every path of the application, and who may do what there. */
#include "handlers.h"
#include "router.h"

#include <stddef.h>

/* clang-format off */
const struct route routes[] = {
    /* Phones in OwnTracks HTTP mode; the second and third are the OwnTracks Recorder's. */
    { M_POST, "/api/locations/", SIDE_API, AUTH_OPEN, CSRF_SESSION, BODY_INGEST,
      ROUTE_SUFFIX | ROUTE_DESCRIBED, location_create, "Location List" },
    { M_GET, "/api/locations/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX, location_list, "Location List" },
    { M_POST, "/pub", SIDE_PHONE, AUTH_BASIC, CSRF_NONE, BODY_INGEST, 0, location_create, "" },
    { M_POST, "/owntracks/pub", SIDE_PHONE, AUTH_BASIC, CSRF_NONE, BODY_INGEST, 0,
      location_create, "" },

    { M_GET, "/api/locations/last-known/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX, location_last_known, "Last known" },
    { M_GET, "/api/locations/{name}/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX, location_get, "Location Instance" },
    { M_PUT | M_PATCH, "/api/locations/{name}/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_JSON,
      ROUTE_SUFFIX | ROUTE_DESCRIBED, location_rewrite, "Location Instance" },
    { M_DELETE, "/api/locations/{name}/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX, location_delete, "Location Instance" },

    { M_GET, "/api/devices/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX, device_list, "Device List" },
    { M_GET, "/api/devices/{name}/locations/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX, device_locations, "Locations" },
    { M_GET, "/api/devices/{name}/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX, device_get, "Device Instance" },

    { M_GET, "/api/account/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE, 0, account_get,
      "Account" },
    { M_PATCH, "/api/account/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_JSON, 0, account_patch,
      "Account" },

    { M_GET, "/api/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX | ROUTE_EXACT, api_root, "Api Root" },
    { M_GET, "/api/health/", SIDE_API, AUTH_NONE, CSRF_NONE, BODY_NONE,
      ROUTE_SUFFIX | ROUTE_FORMATLESS, api_health, "Health List" },

    { M_ANY, "/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_NONE, 0, home_page, "" },
    { M_GET, "/login/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_NONE,
      ROUTE_NEVER_CACHED, login_page, "" },
    { M_POST | M_PUT, "/login/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_FORM,
      ROUTE_NEVER_CACHED, login_submit, "" },
    { M_POST, "/logout/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_FORM,
      ROUTE_NEVER_CACHED, logout_submit, "" },
    { M_ANY, "/health/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_NONE, 0, health_page, "" },
    { M_ANY, "/network-info/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_NONE, 0, network_info, "" },
    { M_GET, "/sw.js", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_NONE, 0, service_worker, "" },
};
/* clang-format on */
const size_t routes_count = sizeof routes / sizeof routes[0];
