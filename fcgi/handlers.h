/* Every handler of routes.c. */
#ifndef MYTRACKS_FCGI_HANDLERS_H
#define MYTRACKS_FCGI_HANDLERS_H

struct request;

/* api_misc.c */
int api_root(struct request *r);
int api_health(struct request *r);
int api_schema(struct request *r);
/* api_address.c */
int address_get(struct request *r);
/* api_account.c */
int account_get(struct request *r);
int account_patch(struct request *r);
int card_get(struct request *r);
int card_put(struct request *r);
int card_delete(struct request *r);
/* api_connection.c */
int connection_get(struct request *r);
/* api_signins.c */
int signin_list(struct request *r);
int sessions_end(struct request *r);
/* api_password.c */
int account_change_password(struct request *r);
/* api_pki_ca.c */
int ca_list(struct request *r);
int ca_create(struct request *r);
int ca_active(struct request *r);
int ca_download(struct request *r);
int ca_deactivate(struct request *r);
int crl_get(struct request *r);
/* api_pki_server.c */
int server_cert_list(struct request *r);
int server_cert_create(struct request *r);
int server_cert_active(struct request *r);
int server_cert_download(struct request *r);
int server_cert_deactivate(struct request *r);
int server_cert_expunge(struct request *r);
/* api_pki_client.c */
int client_cert_list(struct request *r);
int client_cert_create(struct request *r);
int client_cert_revoke(struct request *r);
int client_cert_expunge(struct request *r);
int client_cert_download(struct request *r);
/* ingest_http.c */
int location_create(struct request *r);
/* api_location_list.c */
int location_list(struct request *r);
/* api_location.c */
int location_get(struct request *r);
int location_rewrite(struct request *r);
int location_delete(struct request *r);
int location_last_known(struct request *r);
/* api_rules.c */
int rule_list(struct request *r);
int rule_add(struct request *r);
int rule_change(struct request *r);
int rule_delete(struct request *r);
int rule_test(struct request *r);
int rule_dry_run(struct request *r);
int rule_log(struct request *r);
/* api_push.c */
int push_list(struct request *r);
int push_add(struct request *r);
int push_remove(struct request *r);
/* api_track.c */
int track_get(struct request *r);
int timeline_get(struct request *r);
int calendar_get(struct request *r);
/* web_statistics.c */
int statistics_page(struct request *r);
/* api_statistics.c */
int statistics_get(struct request *r);
/* api_track_file.c */
int track_file(struct request *r);
/* api_track_remove.c */
int track_remove(struct request *r);
/* api_removed.c */
int removed_list(struct request *r);
int removed_restore(struct request *r);
int removed_forget(struct request *r);
int location_restore(struct request *r);
int removed_places_list(struct request *r);
int removed_place_restore(struct request *r);
int removed_place_forget(struct request *r);
/* api_imports.c */
int import_create(struct request *r);
int import_list(struct request *r);
int import_get(struct request *r);
/* api_device.c */
int device_list(struct request *r);
int device_get(struct request *r);
int device_locations(struct request *r);
int device_command_list(struct request *r);
int device_command_add(struct request *r);
/* api_device_key.c */
int geofence_list(struct request *r);
int geofence_add(struct request *r);
int geofence_change(struct request *r);
int geofence_delete(struct request *r);
/* api_transitions.c */
int transition_list(struct request *r);
int device_settings_get(struct request *r);
int device_settings_patch(struct request *r);
int device_settings_delete(struct request *r);
int device_key_get(struct request *r);
int device_key_put(struct request *r);
int device_key_delete(struct request *r);
int device_command_get(struct request *r);
/* api_users.c, api_user_create.c */
int user_list(struct request *r);
int user_create(struct request *r);
int user_deactivate(struct request *r);
int user_reactivate(struct request *r);
int user_toggle_admin(struct request *r);
int user_hard_delete(struct request *r);
int user_set_password(struct request *r);
/* api_export.c */
int export_people(struct request *r);
int export_places(struct request *r);
/* api_commands.c */
int command_report_location(struct request *r);
int command_clear_waypoints(struct request *r);
int command_fetch_waypoints(struct request *r);
int command_set_waypoints(struct request *r);
/* api_friends.c, api_friend_requests.c, api_shares.c */
int friend_list(struct request *r);
int friend_end(struct request *r);
int friend_search(struct request *r);
int friend_requests(struct request *r);
int friend_ask(struct request *r);
int friend_accept(struct request *r);
int friend_decline(struct request *r);
int friend_cancel(struct request *r);
int share_list(struct request *r);
int share_create(struct request *r);
int share_delete(struct request *r);
/* api_domesti.c, api_domesti_pair.c, api_domesti_relay.c */
int domesti_config(struct request *r);
int domesti_config_set(struct request *r);
int domesti_pair(struct request *r);
int domesti_test(struct request *r);
int domesti_reveal(struct request *r);
int relay_user(struct request *r);
int relay_device(struct request *r);
/* web_login.c */
int login_page(struct request *r);
int login_submit(struct request *r);
int logout_submit(struct request *r);
/* web_setup.c */
int setup_page(struct request *r);
int setup_submit(struct request *r);
int start_page(struct request *r);
/* web_home.c */
int home_page(struct request *r);
/* web_about.c */
int about_page(struct request *r);
/* web_profile.c */
int profile_page(struct request *r);
int profile_submit(struct request *r);
/* web_download.c */
int download_certificate(struct request *r);
int download_authority(struct request *r);
/* web_places.c, web_place_forms.c */
int places_page(struct request *r);
int places_submit(struct request *r);
int place_rule_test(struct request *r);
/* web_admin.c, web_admin_forms.c, web_admin_mail.c */
int admin_page(struct request *r);
int admin_submit(struct request *r);
int smtp_test(struct request *r);
/* web_misc.c */
int page_post_only(struct request *r); /* 405 {"ok": false} */
int page_refused(struct request *r);   /* 405 */
int docs_page(struct request *r);
int health_page(struct request *r);
int service_worker(struct request *r);
int tile_get(struct request *r);
int tile_file(struct request *r);
int network_info(struct request *r);
/* api_limits.c, api_links.c, api_public.c, web_public.c */
int limits_list(struct request *r);
int limits_put(struct request *r);
int link_list(struct request *r);
int link_create(struct request *r);
int link_delete(struct request *r);
int public_position(struct request *r);
int public_page(struct request *r);
/* api_status.c, api_outbox.c */
int status_get(struct request *r);
int outbox_retry(struct request *r);
int outbox_retry_all(struct request *r);
int outbox_drop(struct request *r);
/* api_data.c, api_data_remove.c, api_data_change.c */
int data_list(struct request *r);
int data_get(struct request *r);
int data_remove(struct request *r);
int data_change(struct request *r);
int data_again(struct request *r);
/* web_admin_status.c */
int admin_status_page(struct request *r);
int admin_data_page(struct request *r);

#endif
