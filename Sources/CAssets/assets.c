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

static const unsigned char audit_mustache[] = {
#embed "dashboard/audit.mustache"
};
static const unsigned char cart_mustache[] = {
#embed "dashboard/cart.mustache"
};
static const unsigned char carts_mustache[] = {
#embed "dashboard/carts.mustache"
};
static const unsigned char changes_mustache[] = {
#embed "dashboard/changes.mustache"
};
static const unsigned char confirm_mustache[] = {
#embed "dashboard/confirm.mustache"
};
static const unsigned char dashboard_js[] = {
#embed "dashboard/dashboard.js"
};
static const unsigned char empty_shop_mustache[] = {
#embed "dashboard/empty-shop.mustache"
};
static const unsigned char facts_mustache[] = {
#embed "dashboard/facts.mustache"
};
static const unsigned char foot_mustache[] = {
#embed "dashboard/foot.mustache"
};
static const unsigned char head_mustache[] = {
#embed "dashboard/head.mustache"
};
static const unsigned char health_mustache[] = {
#embed "dashboard/health.mustache"
};
static const unsigned char icon_svg[] = {
#embed "dashboard/icon.svg"
};
static const unsigned char icons_mustache[] = {
#embed "dashboard/icons.mustache"
};
static const unsigned char key_mustache[] = {
#embed "dashboard/key.mustache"
};
static const unsigned char keys_mustache[] = {
#embed "dashboard/keys.mustache"
};
static const unsigned char live_notes_mustache[] = {
#embed "dashboard/live-notes.mustache"
};
static const unsigned char live_state_mustache[] = {
#embed "dashboard/live-state.mustache"
};
static const unsigned char message_mustache[] = {
#embed "dashboard/message.mustache"
};
static const unsigned char notice_mustache[] = {
#embed "dashboard/notice.mustache"
};
static const unsigned char option_mustache[] = {
#embed "dashboard/option.mustache"
};
static const unsigned char overview_mustache[] = {
#embed "dashboard/overview.mustache"
};
static const unsigned char pages_mustache[] = {
#embed "dashboard/pages.mustache"
};
static const unsigned char secret_mustache[] = {
#embed "dashboard/secret.mustache"
};
static const unsigned char settings_mustache[] = {
#embed "dashboard/settings.mustache"
};
static const unsigned char sign_in_mustache[] = {
#embed "dashboard/sign-in.mustache"
};
static const unsigned char sort_mark_mustache[] = {
#embed "dashboard/sort-mark.mustache"
};
static const unsigned char state_mustache[] = {
#embed "dashboard/state.mustache"
};
static const unsigned char style_css[] = {
#embed "dashboard/style.css"
};
static const unsigned char time_mustache[] = {
#embed "dashboard/time.mustache"
};

#define FILE_OF(name, bytes) {name, bytes, sizeof bytes}

static const struct corral_file dashboard[] = {
    FILE_OF("audit.mustache", audit_mustache),
    FILE_OF("cart.mustache", cart_mustache),
    FILE_OF("carts.mustache", carts_mustache),
    FILE_OF("changes.mustache", changes_mustache),
    FILE_OF("confirm.mustache", confirm_mustache),
    FILE_OF("dashboard.js", dashboard_js),
    FILE_OF("empty-shop.mustache", empty_shop_mustache),
    FILE_OF("facts.mustache", facts_mustache),
    FILE_OF("foot.mustache", foot_mustache),
    FILE_OF("head.mustache", head_mustache),
    FILE_OF("health.mustache", health_mustache),
    FILE_OF("icon.svg", icon_svg),
    FILE_OF("icons.mustache", icons_mustache),
    FILE_OF("key.mustache", key_mustache),
    FILE_OF("keys.mustache", keys_mustache),
    FILE_OF("live-notes.mustache", live_notes_mustache),
    FILE_OF("live-state.mustache", live_state_mustache),
    FILE_OF("message.mustache", message_mustache),
    FILE_OF("notice.mustache", notice_mustache),
    FILE_OF("option.mustache", option_mustache),
    FILE_OF("overview.mustache", overview_mustache),
    FILE_OF("pages.mustache", pages_mustache),
    FILE_OF("secret.mustache", secret_mustache),
    FILE_OF("settings.mustache", settings_mustache),
    FILE_OF("sign-in.mustache", sign_in_mustache),
    FILE_OF("sort-mark.mustache", sort_mark_mustache),
    FILE_OF("state.mustache", state_mustache),
    FILE_OF("style.css", style_css),
    FILE_OF("time.mustache", time_mustache),
};

const struct corral_file *corral_dashboard(size_t *count) {
    *count = sizeof dashboard / sizeof dashboard[0];
    return dashboard;
}
