/**
 * A client of Corral for Node.js 18 and later, without packages. It speaks CoCart's Sessions API and Corral's own /v1.
 *
 *     const client = Client.fromEnvironment();
 *     for await (const cart of client.carts({ state: 'abandoned' })) console.log(cart.key);
 */

const TIMEOUT = 30_000; // milliseconds for one request and its answer
const MOST_ATTEMPTS = 5; // of a request that is answered with 429 or 503
const LONGEST_WAIT = 60; // seconds between two of them
const PAGE_SIZE = 500; // carts in one page of a walk

/** What is missing or wrong in the environment. */
export class ConfigurationError extends Error {}

/** A request that failed. Without an answer, `status` is 0 and `code` is "no_answer". */
export class APIError extends Error {
  constructor(status, code, detail, retryAfter) {
    super(status ? `HTTP ${status} (${code}): ${detail}` : detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may well succeed later. */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Client {
  #url;
  #origin;
  #authorization;
  #backupAuthorization;
  #mostAttempts;

  /**
   * @param {object} options
   * @param {string} options.url the Sessions API without its version, such as http://127.0.0.1:8080/wp-json/cocart
   * @param {[string, string]} options.keys a consumer key and its secret
   * @param {[string, string]} [options.backupKeys] used from the moment on at which the first are refused
   * @param {number} [options.mostAttempts] 1 where somebody waits for the answer
   */
  constructor({ url, keys, backupKeys, mostAttempts = MOST_ATTEMPTS }) {
    const parts = /^(https?:\/\/[^/?#@\s]+)(\/[^?#\s]*)?$/.exec(url);
    if (!parts) throw new ConfigurationError('COCART_API_URL is not a URL like http://127.0.0.1:8080/wp-json/cocart.');
    this.#url = url.replace(/\/+$/, '');
    this.#origin = parts[1];
    this.#authorization = basic(keys);
    this.#backupAuthorization = backupKeys && basic(backupKeys);
    this.#mostAttempts = mostAttempts;
  }

  static fromEnvironment(options = {}) {
    const environment = process.env;
    const read = (name) => {
      if (!environment[name]) throw new ConfigurationError(`The environment variable ${name} is not set.`);
      return environment[name];
    };
    const pair = (prefix) => [read(`${prefix}_KEY`), read(`${prefix}_SECRET`)];
    const hasBackup = environment.COCART_BACKUP_CONSUMER_KEY || environment.COCART_BACKUP_CONSUMER_SECRET;
    return new Client({
      url: read('COCART_API_URL'),
      keys: pair('COCART_CONSUMER'),
      backupKeys: hasBackup ? pair('COCART_BACKUP_CONSUMER') : undefined,
      ...options,
    });
  }

  // CoCart's Sessions API

  /** One page of the list, and how many rows and pages there are. */
  async sessions(query = {}) {
    const { body, headers } = await this.request('GET', '/v2/sessions', { query });
    return { rows: body, total: Number(headers.get('X-WP-Total')), pages: Number(headers.get('X-WP-TotalPages')) };
  }

  async session(key) {
    return (await this.request('GET', `/v2/sessions/${encodeURIComponent(key)}`)).body;
  }

  async deleteSession(key) {
    return (await this.request('DELETE', `/v2/sessions/${encodeURIComponent(key)}`)).body;
  }

  // Corral's own API

  async cart(key) {
    return (await this.request('GET', `/v1/carts/${encodeURIComponent(key)}`)).body;
  }

  /** Every cart of a filter. A cart that stands during the whole walk is seen exactly once, whatever happens to others. */
  async *carts(filter = {}) {
    let cursor;
    do {
      const query = { ...filter, limit: PAGE_SIZE, cursor };
      const { body: page } = await this.request('GET', '/v1/carts', { query });
      yield* page.data;
      cursor = page.next_cursor;
    } while (cursor);
  }

  /** Deletes a cart unless it is another than the one that was read. Resolves to "deleted", "changed" or "gone". */
  async deleteIfUnchanged(cart) {
    try {
      const headers = { 'If-Match': `"${cart.revision}"` };
      await this.request('DELETE', `/v1/carts/${encodeURIComponent(cart.key)}`, { headers });
      return 'deleted';
    } catch (error) {
      if (error.status === 412) return 'changed';
      if (error.code === 'cart_not_found') return 'gone';
      throw error;
    }
  }

  /** Any request: paths under /v2 are CoCart's, those under /v1 Corral's own. Resolves to the answer's `body` and `headers`. */
  async request(method, path, { query = {}, headers = {} } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const base = path.startsWith('/v1/') ? this.#origin : this.#url;
    const url = `${base}${path}${given.length ? `?${new URLSearchParams(given)}` : ''}`;
    for (let attempt = 1; ; attempt += 1) {
      const authorization = this.#authorization;
      const answer = await this.#send(method, url, { ...headers, Authorization: authorization });
      const { status, text } = answer;
      if (status === 401 && this.#hasOtherKeys(authorization)) continue;
      if ((status === 429 || status === 503) && attempt < this.#mostAttempts) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * retryAfter(answer)));
        continue;
      }
      const body = parsed(text);
      if (status < 200 || status > 299) throw failure(answer, body);
      if (text && body === undefined) throw new APIError(status, 'not_json', 'The answer is no JSON. Check COCART_API_URL.');
      return { body, headers: answer.headers };
    }
  }

  async #send(method, url, headers) {
    try {
      // A redirect would turn DELETE into GET, or hand the keys to somebody else: it is answered as an error.
      const response = await fetch(url, { method, headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT) });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      const reason = error.cause?.message || error.cause?.code || error.message;
      throw new APIError(0, 'no_answer', `${this.#origin} does not answer: ${reason}.`);
    }
  }

  /** Whether there are other keys than those that were refused; the first to ask moves on to the backup keys for good. */
  #hasOtherKeys(refused) {
    if (refused !== this.#authorization) return true; // another request moved on while this one was under way
    if (!this.#backupAuthorization) return false;
    console.error('COCART_CONSUMER_KEY was refused (401). Using the backup key from now on; replace the refused one.');
    this.#authorization = this.#backupAuthorization;
    this.#backupAuthorization = undefined;
    return true;
  }
}

function basic([key, secret]) {
  return `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(answer) {
  const seconds = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10);
  return seconds >= 0 ? Math.min(seconds, LONGEST_WAIT) : 1;
}

/** CoCart explains itself in `message`, /v1 in `detail`; a proxy in neither. */
function failure(answer, body) {
  const code = body?.code ?? 'unknown';
  const detail = body?.detail ?? body?.message ?? 'The answer does not say why.';
  return new APIError(answer.status, code, detail + advice(answer.status, code), retryAfter(answer));
}

function advice(status, code) {
  if (status === 401) return ' Check the consumer key and its secret.';
  return ['route_not_found', 'rest_no_route', 'unknown'].includes(code) ? ' Check COCART_API_URL.' : '';
}
