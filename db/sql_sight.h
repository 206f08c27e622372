/* Parts of statements that say what a user may see: for sql.c and what it includes. */
#ifndef MYTRACKS_DB_SQL_SIGHT_H
#define MYTRACKS_DB_SQL_SIGHT_H

/* Own devices of user ?n and those shared without limits. */
#define SEEN_WHOLE(user)                                           \
    "SELECT v.id FROM my_tracks_device v WHERE v.owner_id = " user \
    " UNION SELECT s.device_id FROM my_tracks_deviceshare s WHERE s.shared_with_id = " user
#define SQL_NOW "strftime('%Y-%m-%d %H:%M:%f', 'now')"
/* Does row x of mytracks_share count? Only between friends: Django ends a friendship without our
   rows. Beside an unlimited share it is out of date. */
#define COUNTS(x)                                                                          \
    x ".paused_at IS NULL AND (" x ".expires_at IS NULL OR " x ".expires_at > " SQL_NOW    \
      ") AND EXISTS (SELECT 1 FROM my_tracks_device xd JOIN my_tracks_friendrequest xr ON" \
      " (xr.from_user_id = xd.owner_id AND xr.to_user_id = " x ".viewer_id)"               \
      " OR (xr.to_user_id = xd.owner_id AND xr.from_user_id = " x ".viewer_id)"            \
      " WHERE xd.id = " x ".device_id AND xr.status = 'accepted')"                         \
      " AND NOT EXISTS (SELECT 1 FROM my_tracks_deviceshare xs WHERE xs.device_id = " x    \
      ".device_id AND xs.shared_with_id = " x ".viewer_id)"
/* All that user ?n sees, in whatever limits. */
#define VISIBLE(user)                                                                     \
    "(" SEEN_WHOLE(                                                                       \
        user) " UNION SELECT x.device_id FROM mytracks_share x WHERE x.viewer_id = " user \
              " AND " COUNTS("x") ")"
/* The position of device d with the newest fix. (d.latest_location_id is that of the newest report,
   which may tell late where the device was long ago.) */
#define NEWEST                                                        \
    "(SELECT n.id FROM my_tracks_location n WHERE n.device_id = d.id" \
    " AND length(n.timestamp) < 40 ORDER BY n.timestamp DESC, n.id LIMIT 1)"
/* Columns of struct sight (sight.c) of a limited share x and the newest position l. */
#define SIGHT_COLUMNS \
    " x.device_id, x.precision = 'area', x.history = 'live', x.since, l.id, l.timestamp"
#define SIGHT_FROM                                                         \
    " FROM mytracks_share x JOIN my_tracks_device d ON d.id = x.device_id" \
    " LEFT JOIN my_tracks_location l ON l.id = " NEWEST
/* What the broker may hand on as it comes: a message may tell more than an area, and may be late.
 */
#define WHOLE_MESSAGES(x) x ".precision = 'exact' AND " x ".history = 'all' AND " COUNTS(x)

#endif
