#!/usr/bin/env node
/** Prints a report over all carts. */
import { Client } from './client.mjs';
import { isoSeconds, itemsToBuy, money, plain, run } from './program.mjs';

const HELP = `
Usage: report.mjs [--json]

Prints number and value of all carts by state and currency, averages, the abandonment rate, and what is left behind most often.
Averages are over carts with items. The abandonment rate is the share of abandoned and expired carts among those with items
whose end is known: abandoned, expired and converted ones.

  --json  for machines; amounts are in minor units
`;
const STATES = ['active', 'abandoned', 'recovered', 'converted', 'expired'];
const MOST_PRODUCTS = 10;

await run(HELP, { options: { json: { type: 'boolean' } } }, async ({ json }) => {
  const report = await reportOf(Client.fromEnvironment().carts());
  if (json) console.log(JSON.stringify(report, undefined, 2));
  else print(report);
});

async function reportOf(carts) {
  const states = Object.fromEntries(STATES.map((state) => [state, { carts: 0, value: {} }]));
  const byCurrency = {}; // of carts with items
  const products = new Map();
  let [all, withItems, items, lost, won] = [0, 0, 0, 0, 0];
  for await (const cart of carts) {
    const { state, currency, totals: { total } } = cart;
    all += 1;
    states[state].carts += 1;
    states[state].value[currency] = (states[state].value[currency] ?? 0) + total;
    const toBuy = itemsToBuy(cart);
    if (!toBuy.length) continue;
    withItems += 1;
    items += toBuy.length;
    const sum = (byCurrency[currency] ??= { carts: 0, value: 0 });
    sum.carts += 1;
    sum.value += total;
    if (state === 'converted') won += 1;
    if (state !== 'abandoned' && state !== 'expired') continue;
    lost += 1;
    const names = new Map(toBuy.map((item) => [item.product_id, item.name])); // a product counts once a cart
    for (const [id, name] of names) {
      const product = products.get(id) ?? { product_id: id, name, carts: 0 };
      product.carts += 1;
      products.set(id, product);
    }
  }
  const averages = Object.entries(byCurrency).sort().map(([code, sum]) => [code, Math.round(sum.value / sum.carts)]);
  return {
    as_of: isoSeconds(new Date()),
    carts: all,
    carts_with_items: withItems,
    states,
    average_items: withItems ? items / withItems : null,
    average_value: Object.fromEntries(averages),
    abandonment_rate: lost + won ? lost / (lost + won) : null,
    left_behind: [...products.values()].sort((a, b) => b.carts - a.carts || a.product_id - b.product_id).slice(0, MOST_PRODUCTS),
  };
}

function print(report) {
  const amounts = (byCurrency) => Object.keys(byCurrency).sort().map((code) => money(byCurrency[code], code)).join(', ') || '-';
  const { average_items: averageItems, abandonment_rate: rate } = report;
  console.log(`Carts at ${report.as_of}: ${report.carts}, with items: ${report.carts_with_items}`);
  for (const [state, { carts, value }] of Object.entries(report.states)) {
    console.log(`  ${state.padEnd(10)} ${String(carts).padStart(8)}  ${amounts(value)}`);
  }
  console.log(`Average items     ${averageItems === null ? '-' : averageItems.toFixed(1)}`);
  console.log(`Average value     ${amounts(report.average_value)}`);
  console.log(`Abandonment rate  ${rate === null ? '-' : `${(100 * rate).toFixed(1)} %`}`);
  if (report.left_behind.length) console.log('Left behind most often:');
  for (const { product_id: id, name, carts } of report.left_behind) {
    console.log(`  ${String(carts).padStart(8)} carts  ${plain(name)} (product ${id})`);
  }
}
