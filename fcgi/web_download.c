/* Certificates for one's own phone. */
#include "db/pki.h"
#include "errors.h"
#include "form.h"
#include "handlers.h"
#include "lib/utf8.h"
#include "pki.h"

int download_certificate(struct request *r)
{
    struct certificate c;
    struct str password = form_text(r, STR("p12_password"));
    enum db_rc rc = db_cert_of_user(r->app->db, r->arena, r->who.user.id, &c);

    if (rc != DB_OK) {
        return rc == DB_NONE ? 404 : error_of_db(rc);
    }
    if (utf8_strip(password).n == 0 || str_find(password, '\0', 0) != SIZE_MAX) {
        return 400;
    }
    return pki_send_p12(r, &c, password);
}

int download_authority(struct request *r)
{
    struct certificate ca;
    enum db_rc rc = db_cert_active(r->app->db, r->arena, CERT_CA, &ca);

    if (rc != DB_OK) {
        return rc == DB_NONE ? 404 : error_of_db(rc);
    }
    return reply_file(r, PEM_TYPE, ca.common_name, STR(".crt"), ca.pem);
}
