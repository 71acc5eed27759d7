#!/usr/bin/env node
/** Prints the carts that are in use now. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.mjs';
import { customer, isoSeconds, itemsToBuy, money, run, wholeNumber } from './program.mjs';

const HELP = `
Usage: monitor.mjs [--watch SECONDS]

Prints how many active carts hold items, what they are worth, and which changed last.

  --watch SECONDS  again every so many seconds, until it is stopped (1 to 86400)
`;
const MOST_SHOWN = 5;

await run(HELP, { options: { watch: { type: 'string' } } }, async ({ watch }) => {
  const seconds = wholeNumber(watch, '--watch', { from: 1, to: 86400 });
  const client = Client.fromEnvironment();
  for (;;) {
    try {
      print(await activeCarts(client));
    } catch (error) {
      if (!seconds || !error.isTemporary) throw error; // while watching, a restart of the server is no reason to stop
      console.error(error.message);
    }
    if (!seconds) return;
    await sleep(seconds * 1000);
  }
});

async function activeCarts(client) {
  const found = { count: 0, byCurrency: {}, latest: [] };
  for await (const cart of client.carts({ state: 'active', empty: false })) {
    found.count += 1;
    const sum = (found.byCurrency[cart.currency] ??= { count: 0, value: 0 });
    sum.count += 1;
    sum.value += cart.totals.total;
    found.latest.push(cart);
    if (found.latest.length > 100) found.latest = latest(found.latest); // so that memory does not grow with the shop
  }
  return { ...found, latest: latest(found.latest) };
}

function latest(carts) {
  return carts.sort((a, b) => Date.parse(b.updated) - Date.parse(a.updated) || b.id - a.id).slice(0, MOST_SHOWN);
}

function print({ count, byCurrency, latest }) {
  console.log(`${isoSeconds(new Date())}  active carts with items: ${count}`);
  for (const currency of Object.keys(byCurrency).sort()) {
    const { count, value } = byCurrency[currency];
    console.log(`  ${money(value, currency)} in ${count} carts`);
  }
  if (latest.length) console.log('Changed last:');
  for (const cart of latest) {
    const columns = [isoSeconds(new Date(cart.updated)), cart.key, `${itemsToBuy(cart).length} items`,
      money(cart.totals.total, cart.currency), customer(cart)];
    console.log(`  ${columns.join('  ')}`);
  }
}
