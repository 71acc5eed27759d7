#!/usr/bin/env node
/** A back end for a shop's own admin pages: they may list, see and delete carts, and never get to know the consumer key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { APIError, Client, ConfigurationError } from './client.mjs';
import { run, wholeNumber } from './program.mjs';

const HELP = `
Usage: admin-server.mjs

Answers on the loopback interface, for those who send "Authorization: Bearer ADMIN_TOKEN":

  GET    /api/admin/sessions        the list, with the parameters and the X-WP-Total headers of CoCart's Sessions API
  GET    /api/admin/sessions/{key}  one of its rows
  DELETE /api/admin/sessions/{key}  deletes the cart

  ADMIN_TOKEN  a secret of 32 characters or more, such as "openssl rand -hex 32" prints
  PORT         where to listen; without it 3000, and 0 takes a free one
`;
const ROUTE = /^\/api\/admin\/sessions(?:\/([A-Za-z0-9_-]{1,42}))?$/;
// Nothing else is passed on: consumer_key and consumer_secret are parameters, too.
const PARAMETERS = ['page', 'per_page', 'order', 'orderby', 'search', 'email', 'customer', 'status', 'source', 'after', 'before'];

await run(HELP, {}, async () => {
  const { ADMIN_TOKEN: token, PORT: port } = process.env;
  if (!token || token.length < 32) throw new ConfigurationError('The environment variable ADMIN_TOKEN must have 32 characters or more.');
  const isAdmin = tokenCheck(token);
  // Somebody waits for the answer, so a busy server is reported at once.
  const client = Client.fromEnvironment({ mostAttempts: 1 });
  const server = createServer(async (request, response) => {
    const { status, headers = {}, body } = await answer(request, client, isAdmin).catch(refusal);
    response.writeHead(status, {
      'Content-Type': 'application/json', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', ...headers,
    });
    response.end(JSON.stringify(body));
  });
  server.on('error', (error) => {
    console.error(`Cannot listen: ${error.message}`);
    process.exitCode = 1;
  });
  server.listen(wholeNumber(port, 'PORT', { from: 0, to: 65535, otherwise: 3000 }), '127.0.0.1', () => {
    console.log(`Listening on http://127.0.0.1:${server.address().port}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close(); // lets what is in flight end
      server.closeIdleConnections();
    });
  }
});

/** Compares digests, which have one length, so that the time of an answer tells nothing about the token. */
function tokenCheck(token) {
  const digest = (text) => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (request) => timingSafeEqual(digest(request.headers.authorization ?? ''), expected);
}

async function answer(request, client, isAdmin) {
  if (!isAdmin(request)) return error(401, 'unauthenticated', 'The admin token is missing or wrong.', { 'WWW-Authenticate': 'Bearer' });
  const [path, query] = request.url.split(/\?(.*)/s);
  const route = ROUTE.exec(path);
  if (!route) return error(404, 'not_found', 'There is nothing here.');
  const key = route[1];
  const allowed = key ? ['GET', 'DELETE'] : ['GET'];
  if (!allowed.includes(request.method)) {
    return error(405, 'method_not_allowed', `Use ${allowed.join(' or ')}.`, { Allow: allowed.join(', ') });
  }
  if (request.method === 'DELETE') return { status: 200, body: await client.deleteSession(key) };
  if (key) return { status: 200, body: await client.session(key) };
  const given = [...new URLSearchParams(query)].filter(([name]) => PARAMETERS.includes(name));
  const { rows, total, pages } = await client.sessions(Object.fromEntries(given));
  return { status: 200, headers: { 'X-WP-Total': total, 'X-WP-TotalPages': pages }, body: rows };
}

/** What the admin is told: his own mistakes as they are; what is wrong between this server and Corral goes to the log. */
function refusal(failure) {
  const { status, code, message, detail, retryAfter } = failure;
  if (code === 'rest_invalid_param' || code === 'cocart_cart_in_session_not_valid' || code === 'cocart_session_not_valid') {
    return error(status, code, detail);
  }
  console.error(failure instanceof APIError ? message : failure);
  if (!(failure instanceof APIError)) return error(500, 'internal', 'This server made a mistake.');
  if (status === 429 || status === 503) return error(503, 'busy', 'The carts cannot be reached just now.', { 'Retry-After': retryAfter });
  return error(502, 'upstream', 'The carts cannot be reached. The log says why.');
}

function error(status, code, message, headers) {
  return { status, headers, body: { code, message } };
}
