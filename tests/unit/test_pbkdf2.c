/* PBKDF2 against RFC 7914's vectors and against OpenSSL's own on lengths around the block size. */
#include "lib/pbkdf2.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_rfc7914(void **state)
{
    static const uint8_t one[] = { 0x55, 0xac, 0x04, 0x6e, 0x56, 0xe3, 0x08, 0x9f,
                                   0xec, 0x16, 0x91, 0xc2, 0x25, 0x44, 0xb6, 0x05 };
    static const uint8_t many[] = { 0x4d, 0xdc, 0xd8, 0xf6, 0x0b, 0x98, 0xbe, 0x21,
                                    0x83, 0x0c, 0xee, 0x5e, 0xf2, 0x27, 0x01, 0xf9 };
    uint8_t key[PBKDF2_KEY];

    (void)state;
    pbkdf2_sha256(STR("passwd"), STR("salt"), 1, key);
    assert_memory_equal(key, one, sizeof one);
    pbkdf2_sha256(STR("Password"), STR("NaCl"), 80000, key);
    assert_memory_equal(key, many, sizeof many);
}

static void test_lengths(void **state)
{
    uint8_t mine[PBKDF2_KEY], theirs[PBKDF2_KEY];
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)(i * 7);
    }
    for (size_t n = 0; n < sizeof text; n++) {
        struct str password = { text, n }, salt = { text + n, sizeof text - n };
        int rounds = 1 + (int)(n % 5);
        assert_int_equal(PKCS5_PBKDF2_HMAC(password.p, (int)password.n,
                                           (const unsigned char *)salt.p, (int)salt.n, rounds,
                                           EVP_sha256(), PBKDF2_KEY, theirs),
                         1);
        pbkdf2_sha256(password, salt, (uint32_t)rounds, mine);
        assert_memory_equal(mine, theirs, PBKDF2_KEY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc7914),
        cmocka_unit_test(test_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
