#include "CAssets.h"

// Files that the program carries inside itself, so that it is one file wherever it is copied. In C, since Swift's own way to embed a file
// compiles each byte as an element of an array literal, which takes minutes.

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char openapi[] = {
#embed "openapi.json"
};

const unsigned char *corral_openapi(size_t *count) {
    *count = sizeof openapi;
    return openapi;
}
