#include <stddef.h>

/// The OpenAPI document; `count` becomes the number of its bytes.
const unsigned char *corral_openapi(size_t *count);

/// A file of the dashboard.
struct corral_file {
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

/// The templates, style, script and icon of the dashboard; `count` becomes their number.
const struct corral_file *corral_dashboard(size_t *count);
