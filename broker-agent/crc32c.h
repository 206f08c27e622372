/* CRC-32C (Castagnoli), as in RFC 3720. */
#ifndef MYTRACKS_CRC32C_H
#define MYTRACKS_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues crc (0 to begin with) over n bytes. */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);
/* The portable form, for the test. */
uint32_t crc32c_portable(uint32_t crc, const void *p, size_t n);

#endif
