// Makes pages that work by themselves more pleasant: copy buttons, a selection that lasts from page to page, and content that
// follows the carts. Every page is whole without it.

const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const number = (count) => count.toLocaleString("en");

function announce(text) {
  const region = byId("announce");
  // A text that is set twice is read once, so the region is emptied in between.
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

// Copying

async function copyText(source) {
  // Browsers offer the clipboard to secure pages only; without TLS the selection is copied.
  if (navigator.clipboard) return navigator.clipboard.writeText(source.textContent);
  const selection = getSelection();
  const range = document.createRange();
  range.selectNodeContents(source);
  selection.removeAllRanges();
  selection.addRange(range);
  const done = document.execCommand("copy");
  selection.removeAllRanges();
  if (!done) throw new Error("refused");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const label = button.querySelector("span");
  const before = [...label.childNodes];
  if (button.dataset.busy) return;
  button.dataset.busy = "1";
  try {
    await copyText(byId(button.dataset.copy));
    label.textContent = "Copied";
    announce("Copied");
  } catch {
    label.textContent = "Press Ctrl+C";
    announce("Copying was refused. Select the text and copy it.");
  }
  setTimeout(() => {
    label.replaceChildren(...before);
    delete button.dataset.busy;
  }, 2000);
});

// What is selected: keys of carts, kept for this tab

const stored = "corral.selected";
const selected = new Set();
try {
  JSON.parse(sessionStorage.getItem(stored) ?? "[]").forEach((key) => selected.add(key));
} catch {
  // Without storage a selection lasts as long as the page.
}

const boxes = () => all('#bulk input[name="key"]');

function showSelection() {
  const bar = document.querySelector("#bulk .bulk");
  if (!bar) return;
  const here = boxes();
  let checked = 0;
  for (const box of here) {
    box.checked = selected.has(box.value);
    box.closest("tr").classList.toggle("is-picked", box.checked);
    if (box.checked) checked += 1;
  }
  const page = byId("select-page");
  page.disabled = here.length === 0;
  page.checked = here.length > 0 && checked === here.length;
  page.indeterminate = checked > 0 && checked < here.length;
  const count = selected.size;
  const elsewhere = bar.querySelector("[data-elsewhere]");
  bar.querySelector("[data-selected]").textContent = number(count);
  elsewhere.hidden = count === checked;
  elsewhere.textContent = `, ${number(count - checked)} on other pages`;
  bar.querySelector(".bulk-count").hidden = count === 0;
  bar.querySelector('[type="submit"]').disabled = count === 0;
  bar.classList.toggle("is-on", count > 0);
}

function changeSelection(change) {
  change();
  try {
    sessionStorage.setItem(stored, JSON.stringify([...selected]));
  } catch {}
  showSelection();
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.id === "select-page") {
    changeSelection(() => boxes().forEach((each) => (box.checked ? selected.add(each.value) : selected.delete(each.value))));
    announce(`${number(selected.size)} selected`);
  } else if (box.matches('#bulk input[name="key"]')) {
    changeSelection(() => (box.checked ? selected.add(box.value) : selected.delete(box.value)));
  }
});

document.addEventListener("click", (event) => {
  if (event.target.id !== "select-none") return;
  changeSelection(() => selected.clear());
  announce("Nothing selected");
  byId("select-page").focus();
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "bulk") return;
  all("input.elsewhere", event.target).forEach((input) => input.remove());
  const here = new Set(boxes().map((box) => box.value));
  for (const key of selected) {
    if (here.has(key)) continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "key", value: key, className: "elsewhere" });
    event.target.append(input);
  }
});

// Content that follows the carts

const live = {
  changed: new Set(),
  deleted: new Set(),
  unsaid: new Set(),
  source: null,
  failures: 0,
  dirty: false,
  busy: false,
  held: false,
  ended: false,
  // Timers, and moments in milliseconds; 0 is none.
  ...{ timer: 0, poll: 0, retry: 0, lastRefresh: 0, lastMove: 0, lastSaid: 0 },

  start() {
    const element = byId("live");
    if (!element) return;
    this.events = element.dataset.events;
    this.changes = element.dataset.changes;
    this.revision = element.dataset.revision;
    this.figures = element.dataset.figures;
    this.cart = element.dataset.cart;
    addEventListener("pointerdown", (event) => (this.held = event.button === 0), true);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => (this.held = false), true);
    for (const name of ["click", "pointercancel", "focusout", "selectionchange"]) document.addEventListener(name, () => this.plan());
    addEventListener("pointermove", (event) => event.target.closest?.("#live tbody") && (this.lastMove = Date.now()), { passive: true });
    // Each stream takes one of the few connections that a browser opens to a server, so only what is looked at has one.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.wake()));
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", (event) => event.persisted && this.wake());
    if (!document.hidden) this.listen();
  },

  rest() {
    this.source?.close();
    clearTimeout(this.poll);
    clearTimeout(this.retry);
    this.poll = 0;
  },

  wake() {
    if (this.ended) return;
    this.listen();
    this.reload();
  },

  end(reason) {
    this.ended = true;
    this.rest();
    byId("live-state").hidden = true;
    byId(reason).hidden = false;
  },

  show(state) {
    const place = byId("live-state");
    if (!place || place.dataset.state === state) return;
    place.hidden = false;
    place.dataset.state = state;
    place.querySelector(".live-text").textContent = { live: "Live", polling: "Every 3 seconds", offline: "Offline" }[state];
    if (state === "offline") announce("The connection is lost. Changes are not shown.");
  },

  listen() {
    this.source?.close();
    clearTimeout(this.retry);
    const source = (this.source = new EventSource(`${this.events}?after=${encodeURIComponent(this.revision)}`));
    source.onopen = () => {
      this.failures = 0;
      this.wasOpen = true;
      clearTimeout(this.poll);
      this.poll = 0;
      this.show("live");
    };
    source.addEventListener("carts", (event) => this.take(event.data));
    source.addEventListener("figures", (event) => this.take(event.data));
    source.addEventListener("reset", () => this.reload());
    source.onerror = () => {
      this.failures += 1;
      // A browser tries again by itself, unless the answer was an error: then only a request can tell which.
      const refused = source.readyState === EventSource.CLOSED;
      if (!refused && this.wasOpen && this.failures < 3) return this.poll || this.show("offline");
      source.close();
      if (!this.poll) this.ask();
      this.retry = setTimeout(() => this.listen(), 60_000);
    };
  },

  async ask() {
    this.poll = setTimeout(() => this.ask(), 3000);
    try {
      const answer = await fetch(`${this.changes}?after=${encodeURIComponent(this.revision)}`);
      if (this.isEnd(answer)) return;
      if (!answer.ok) throw new Error(answer.statusText);
      // The stream may have come back while this was under way.
      if (this.poll) this.show("polling");
      this.take(await answer.text());
    } catch {
      if (this.poll) this.show("offline");
    }
  },

  take(text) {
    const news = JSON.parse(text);
    if (news.reset) this.reload();
    if (news.revision !== undefined) this.revision = news.revision;
    // The overview shows figures that are counted a little after the changes.
    if (this.figures !== undefined && news.figures !== undefined && news.figures !== this.figures) this.reload();
    const changed = news.changed ?? [];
    const deleted = news.deleted ?? [];
    if (deleted.some((key) => selected.has(key))) changeSelection(() => deleted.forEach((key) => selected.delete(key)));
    if (this.cart !== undefined) {
      if (deleted.includes(this.cart)) return this.end("gone");
      if (!changed.includes(this.cart)) return;
    }
    if (changed.length + deleted.length === 0) return;
    changed.forEach((key) => this.changed.add(key));
    deleted.forEach((key) => this.deleted.add(key));
    this.reload();
  },

  reload() {
    this.dirty = true;
    this.plan();
  },

  // At most once a second, and not under the hands of somebody who clicks, selects text or types.
  isInUse() {
    const chosen = getSelection();
    return (
      this.held ||
      document.activeElement?.matches("#live select, #live input:not([type=checkbox])") ||
      (!chosen.isCollapsed && byId("live").contains(chosen.anchorNode))
    );
  },

  plan() {
    if (!this.dirty || this.busy || this.timer || this.ended || document.hidden || this.isInUse()) return;
    const wait = Math.max(0, this.lastRefresh + 1000 - Date.now(), this.lastMove + 1500 - Date.now());
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (document.hidden || this.isInUse()) return;
      if (Date.now() - this.lastMove < 1500) return this.plan();
      this.refresh();
    }, wait);
  },

  // One sentence at a time: a busy shop would talk without end.
  tell(keys) {
    keys.forEach((key) => this.unsaid.add(key));
    if (this.unsaid.size === 0 || Date.now() - this.lastSaid < 10_000) return;
    announce(this.unsaid.size === 1 ? "1 cart changed" : `${number(this.unsaid.size)} carts changed`);
    this.unsaid.clear();
    this.lastSaid = Date.now();
  },

  async refresh() {
    this.busy = true;
    this.dirty = false;
    this.lastRefresh = Date.now();
    const changed = new Set(this.changed);
    const touched = [...this.changed, ...this.deleted];
    this.changed.clear();
    this.deleted.clear();
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "fragment" } });
      if (this.isEnd(answer)) return;
      if (answer.status === 404 && this.cart !== undefined) return this.end("gone");
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      if (fresh) this.replace(document.adoptNode(fresh), changed);
      this.tell(touched);
      if (this.poll) this.show("polling");
      else if (this.source.readyState === EventSource.OPEN) this.show("live");
    } catch {
      this.show("offline");
      this.dirty = true;
      this.lastRefresh = Date.now() + 4000;
    } finally {
      this.busy = false;
      this.plan();
    }
  },

  replace(fresh, changed) {
    const old = byId("live");
    const focus = old.contains(document.activeElement) ? address(document.activeElement) : null;
    const open = all("details[id]", old).filter((each) => each.open).map((each) => each.id);
    const scrolled = all("pre[id], .scroll", old).map((each) => [each.scrollTop, each.scrollLeft]);
    const top = scrollY;
    old.replaceWith(fresh);
    this.revision = fresh.dataset.revision;
    this.figures = fresh.dataset.figures;
    prepare(fresh);
    for (const each of all("details[id]", fresh)) each.open = open.includes(each.id);
    all("pre[id], .scroll", fresh).forEach((each, place) => scrolled[place] && each.scrollTo(scrolled[place][1], scrolled[place][0]));
    for (const row of all("tr[data-key]", fresh)) {
      if (!changed.has(row.dataset.key)) continue;
      row.classList.add("is-new");
      setTimeout(() => row.classList.remove("is-new"), 3000);
    }
    if (scrollY !== top) scrollTo({ top, behavior: "instant" });
    if (focus) (fresh.querySelector(focus) ?? byId("main")).focus({ preventScroll: true });
  },

  isEnd(answer) {
    const isEnd = answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === "/sign-in");
    if (isEnd && !this.ended) {
      document.querySelector("[data-sign-in]").href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
      this.end("session-ended");
    }
    return isEnd;
  },
};

// Where an element stands, in words that find it again after its surroundings were replaced.
function address(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const row = element.closest("[data-key]");
  const scope = row ? `[data-key="${CSS.escape(row.dataset.key)}"] ` : "";
  if (element.name) return `${scope}[name="${CSS.escape(element.name)}"]${row ? "" : `[value="${CSS.escape(element.value)}"]`}`;
  if (element.dataset.copy) return `[data-copy="${CSS.escape(element.dataset.copy)}"]`;
  if (element.getAttribute("href")) return `${scope}a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  if (element.localName === "summary" && element.parentElement.id) return `#${CSS.escape(element.parentElement.id)} > summary`;
  return `${scope}${element.localName}`;
}

function prepare(root) {
  for (const button of all("[data-copy]", root)) button.hidden = false;
  showSelection();
}

if (document.querySelector("[data-clears-selection]")) changeSelection(() => selected.clear());
prepare(document);
live.start();
