#include "crc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *p,
                                                               size_t n)
{
    const uint8_t *at = p;
    uint64_t c = ~crc;

    for (; n >= 8; n -= 8, at += 8) {
        uint64_t v;
        memcpy(&v, at, 8);
        c = _mm_crc32_u64(c, v);
    }
    for (; n > 0; n--) {
        c = _mm_crc32_u8((uint32_t)c, *at++);
    }
    return ~(uint32_t)c;
}
#endif

uint32_t crc32c_portable(uint32_t crc, const void *p, size_t n)
{
    /* The remainders of the 16 values of half a byte. */
    static const uint32_t half[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
        0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    const uint8_t *at = p;
    uint32_t c = ~crc;

    for (; n > 0; n--) {
        c ^= *at++;
        c = c >> 4 ^ half[c & 15];
        c = c >> 4 ^ half[c & 15];
    }
    return ~c;
}

uint32_t crc32c(uint32_t crc, const void *p, size_t n)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) {
        return crc32c_sse42(crc, p, n);
    }
#endif
    return crc32c_portable(crc, p, n);
}
