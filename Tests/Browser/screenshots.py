#!/usr/bin/env python3
"""Takes the pictures of the documentation, from a server over sample carts: screenshots.py --program .build/debug/corral"""

import argparse
import io
import json
import pathlib
import re

from PIL import Image

import dashboard
import serving
from watching import Watch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs" / "images"
CARTS, SEED = 2000, 1
RETURNING = 7  # of so many abandoned carts one is taken up again
SIZES = {360: 800, 1440: 1000}
COLOURS = 256  # of a picture, chosen from its own
# What the keys are for, what they may do, and how often they are used.
KEYS = [("Shop", "read_write", 60), ("Stock report", "read", 25), ("Mail to abandoned carts", "read", 8), ("Data warehouse", "read", 0)]


def fill(store):
    """Makes the user, the carts and the keys: the logins and secrets, and how often each is used."""
    store.create_user("anna", "anna@example.com")
    store.seed(CARTS, SEED)
    # Some shoppers come back.
    left = [json.loads(line) for line in store.corral("carts", "export", "-", "--state", "abandoned").splitlines() if line.startswith("{")]
    back = [cart | {"updated": dashboard.iso(dashboard.now()), "state": "recovered"} for cart in left[::RETURNING]]
    store.corral("import", "ndjson", "-", given="".join(json.dumps(cart) + "\n" for cart in back))
    keys = []
    for description, permissions, times in KEYS:
        made = json.loads(store.corral(
            "keys", "create", "--user", "anna", "--permissions", permissions, "--description", description, "--expires", "365d",
            "--format", "json",
        ))
        keys.append((serving.basic(made["consumer_key"], made["consumer_secret"]), times))
    return keys


def paths(visitor):
    """The pages by the names of their pictures; of the carts an abandoned one with a large total."""
    _, _, text = visitor.get("/carts?sort=total&state=abandoned")
    cart = re.findall(r'data-key="([^"]+)"', text)[3]
    return {"overview": "/", "carts": "/carts?state=abandoned", "cart": f"/carts/{cart}", "keys": "/keys"}


def take(server, visitor, name, path, scheme, width):
    """Writes one picture."""
    context = dashboard.browser().new_context(
        base_url=server.url, viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme, reduced_motion="reduce",
        device_scale_factor=2 if width < 400 else 1,
    )
    watch = Watch(context)
    context.add_cookies([{"name": "corral", "value": visitor.cookie, "url": server.url}])
    page = context.new_page()
    page.goto(path)
    if page.locator("#live").count():
        dashboard.expect(page.locator("#live-state .live-text")).to_have_text("Live")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if watch.problems():
        raise serving.Failure("\n".join(watch.problems()))
    context.close()
    file = FOLDER / f"{name}-{scheme}-{width}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(FOLDER.parents[1])}  {file.stat().st_size // 1024} KB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the build of Corral that is shown")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving.Store(parser.parse_args().program) as store:
        keys = fill(store)
        with serving.Server(store) as server:
            try:
                for authorization, times in keys:
                    for _ in range(times):
                        server.request("GET", "/v1/carts?limit=1", authorization)
                visitor = dashboard.Visitor(server).sign_in("anna")
                for name, path in paths(visitor).items():
                    for scheme in ["light", "dark"]:
                        for width in SIZES:
                            take(server, visitor, name, path, scheme, width)
            finally:
                dashboard.close_browser()


if __name__ == "__main__":
    main()
