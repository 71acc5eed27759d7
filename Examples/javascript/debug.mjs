#!/usr/bin/env node
/** Prints everything about one customer's cart. */
import { Client } from './client.mjs';
import { UsageError, customer, money, moment, plain, run } from './program.mjs';

const HELP = `
Usage: debug.mjs CART-KEY | E-MAIL

Prints the cart with this key, or all carts of the customer with this e-mail address.
The exit code is 1 if there is none.
`;

await run(HELP, { allowPositionals: true }, async (_, [name, ...rest]) => {
  if (!name || rest.length) throw new UsageError('Name one cart key or one e-mail address.');
  const client = Client.fromEnvironment();
  let isFound = false;
  for await (const cart of named(client, name)) {
    print(cart);
    isFound = true;
  }
  if (isFound) return;
  console.error(`There is no cart of ${plain(name)}.`);
  process.exitCode = 1;
});

async function* named(client, name) {
  if (name.includes('@')) { // which no cart key does
    yield* client.carts({ email: name });
    return;
  }
  try {
    yield await client.cart(name);
  } catch (error) {
    if (error.code !== 'cart_not_found') throw error;
  }
}

function print(cart) {
  console.log(`Cart ${cart.key}`);
  const facts = {
    state: cart.state,
    customer: customer(cart),
    created: moment(cart.created),
    changed: moment(cart.updated),
    expires: moment(cart.expires),
    source: cart.source,
    order: cart.order_id,
    coupons: cart.coupons.map((coupon) => coupon.code).join(', '),
  };
  for (const [name, value] of Object.entries(facts)) {
    if (value) console.log(`  ${name.padEnd(9)} ${plain(String(value))}`);
  }
  console.log(cart.items.length ? '  Items' : '  No items');
  for (const item of cart.items) {
    const product = `product ${item.product_id}${item.variation_id ? `, variation ${item.variation_id}` : ''}`;
    const kind = item.kind === 'cart' ? '' : `, ${item.kind}`;
    console.log(`    ${item.quantity} x ${plain(item.name)} (${product}${kind}): ${money(item.total, cart.currency)}`);
  }
  console.log('  Totals');
  for (const [name, amount] of Object.entries(cart.totals)) {
    if (amount || name === 'total') console.log(`    ${name.padEnd(12)} ${money(amount, cart.currency)}`);
  }
}
