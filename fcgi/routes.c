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
    { M_POST, "/api/account/change-password/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_JSON, 0,
      account_change_password, "Change password" },

    { M_GET, "/api/admin/domesti-bot/config/", SIDE_API, AUTH_STAFF, CSRF_SESSION, BODY_NONE, 0,
      domesti_config, "Domesti Bot Config" },
    { M_PATCH, "/api/admin/domesti-bot/config/", SIDE_API, AUTH_STAFF, CSRF_SESSION, BODY_JSON, 0,
      domesti_config_set, "Domesti Bot Config" },
    { M_POST, "/api/admin/domesti-bot/pair/", SIDE_API, AUTH_STAFF, CSRF_SESSION, BODY_JSON, 0,
      domesti_pair, "Domesti Bot Pair" },
    { M_POST, "/api/admin/domesti-bot/test-location-update/", SIDE_API, AUTH_STAFF, CSRF_SESSION,
      BODY_JSON, 0, domesti_test, "Domesti Bot Test Location Update" },
    { M_GET, "/api/admin/domesti-bot/reveal-api-key/", SIDE_API, AUTH_STAFF, CSRF_SESSION,
      BODY_NONE, 0, domesti_reveal, "Domesti Bot Reveal Api Key" },
    { M_POST, "/api/domesti-bot/users/{text}/request-location/", SIDE_API, AUTH_RELAY, CSRF_NONE,
      BODY_JSON, 0, relay_user, "Domesti Bot Request Location" },
    { M_POST, "/api/domesti-bot/users/{text}/devices/{text}/request-location/", SIDE_API,
      AUTH_RELAY, CSRF_NONE, BODY_JSON, 0, relay_device, "Domesti Bot Request Device Location" },

    { M_GET, "/api/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE,
      ROUTE_SUFFIX | ROUTE_EXACT, api_root, "Api Root" },
    { M_GET, "/api/health/", SIDE_API, AUTH_NONE, CSRF_NONE, BODY_NONE,
      ROUTE_SUFFIX | ROUTE_FORMATLESS, api_health, "Health List" },
    { M_GET, "/api/schema/", SIDE_API, AUTH_USER, CSRF_SESSION, BODY_NONE, 0, api_schema,
      "Schema" },

    { M_ANY, "/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_NONE, 0, home_page, "" },
    { M_ANY & ~(unsigned)M_POST, "/profile/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_NONE, 0,
      profile_page, "" },
    { M_POST, "/profile/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_FORM, 0, profile_submit, "" },
    { M_ANY, "/about/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_NONE, 0, about_page, "" },
    { M_GET, "/login/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_NONE,
      ROUTE_NEVER_CACHED, login_page, "" },
    { M_POST | M_PUT, "/login/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_FORM,
      ROUTE_NEVER_CACHED, login_submit, "" },
    { M_POST, "/logout/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_FORM,
      ROUTE_NEVER_CACHED, logout_submit, "" },
    { M_GET, "/api/docs/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_NONE, 0, docs_page, "" },
    { M_ANY, "/health/", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_NONE, 0, health_page, "" },
    { M_ANY, "/network-info/", SIDE_PAGE, AUTH_USER, CSRF_ALWAYS, BODY_NONE, 0, network_info, "" },
    { M_GET, "/sw.js", SIDE_PAGE, AUTH_NONE, CSRF_ALWAYS, BODY_NONE, 0, service_worker, "" },
};
/* clang-format on */
const size_t routes_count = sizeof routes / sizeof routes[0];
