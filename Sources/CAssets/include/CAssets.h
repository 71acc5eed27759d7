#include <stddef.h>

/// The OpenAPI document; `count` becomes the number of its bytes.
const unsigned char *corral_openapi(size_t *count);
