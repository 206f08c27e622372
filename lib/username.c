#include "username.h"

#include "unicode.h"
#include "utf8.h"

#include <string.h>

bool username_fits(struct str name)
{
    if (name.n == 0 || !utf8_valid(name) || utf8_length(name) > USERNAME_MAX ||
        str_eqz(name, "+")) {
        return false;
    }
    for (size_t at = 0; at < name.n;) {
        uint32_t cp = utf8_next(name, &at);
        if (!unicode_is_word(cp) && (cp > 0x7f || cp == 0 || strchr(".@+-", (int)cp) == NULL)) {
            return false;
        }
    }
    return true;
}
