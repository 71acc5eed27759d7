/** What the programs share: arguments, errors and exit codes, and how money, times and customers are written. */
import { parseArgs } from 'node:util';
import { APIError, ConfigurationError } from './client.mjs';

export class UsageError extends Error {}

/** Runs a program. Its exit code is 0 if it was done, 1 if it failed, 64 if it was called wrongly. */
export async function run(help, { options = {}, allowPositionals = false }, main) {
  try {
    const all = { ...options, help: { type: 'boolean', short: 'h' } };
    const { values, positionals } = parseArgs({ options: all, allowPositionals });
    if (values.help) console.log(help.trim());
    else await main(values, positionals);
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof ConfigurationError || error.code?.startsWith('ERR_PARSE_ARGS');
    if (!isUsage && !(error instanceof APIError)) throw error;
    console.error(isUsage ? `${error.message}\nTry --help.` : error.message);
    process.exitCode = isUsage ? 64 : 1;
  }
}

/** A whole number that was given as text, or `otherwise` if none was. */
export function wholeNumber(text, name, { from, to, otherwise }) {
  if (text === undefined) return otherwise;
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= from && number <= to) return number;
  throw new UsageError(`${name} must be a whole number from ${from} to ${to}.`);
}

// Minor digits by ISO 4217; all other currencies have two.
const DIGITS = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** Minor units as people read them: 4999, "USD" is "49.99 USD". */
export function money(amount, currency) {
  const digits = DIGITS[currency] ?? 2;
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const point = text.length - digits;
  const decimal = digits ? `${text.slice(0, point)}.${text.slice(point)}` : text;
  return `${amount < 0 ? '-' : ''}${decimal} ${currency}`;
}

/** What shoppers typed, without the control characters with which they could play tricks on a terminal. */
export function plain(text) {
  return text.replace(/\p{Cc}/gu, '?');
}

export function customer(cart) {
  const { first_name: first, last_name: last, email, phone } = cart.customer;
  const contact = [first, last, email && `<${email}>`, phone].filter(Boolean).join(' ');
  return plain([contact, `${cart.owner.type} ${cart.owner.id}`].filter(Boolean).join(', '));
}

/** Items that are to be bought; a cart may also hold a wish list and what was taken out. */
export function itemsToBuy(cart) {
  return cart.items.filter((item) => item.kind === 'cart');
}

/** A time to the second, and how far off it is: "2026-10-24T02:42:53Z, 28 days ago". */
export function moment(text) {
  const seconds = Math.trunc((Date.parse(text) - Date.now()) / 1000);
  const [size, unit] = [[86400, 'days'], [3600, 'hours'], [60, 'minutes'], [1, 'seconds']]
    .find(([size]) => Math.abs(seconds) >= size) ?? [1, 'seconds'];
  const distance = `${Math.trunc(Math.abs(seconds) / size)} ${unit}`;
  return `${isoSeconds(new Date(text))}, ${seconds < 0 ? `${distance} ago` : `in ${distance}`}`;
}

export function isoSeconds(date) {
  return `${date.toISOString().slice(0, 19)}Z`;
}
