#!/usr/bin/env node
/** Deletes carts that expired long ago. */
import { Client } from './client.mjs';
import { isoSeconds, run, wholeNumber } from './program.mjs';

const HELP = `
Usage: clean-up.mjs [--days N] [--dry-run]

Deletes the carts that expired more than N days ago, whatever became of them. A cart that is changed meanwhile is left alone.

  --days N   0 to 36500, without it 30
  --dry-run  only count them
`;
const OUTCOMES = { counted: 'would be deleted', deleted: 'deleted', changed: 'changed meanwhile', gone: 'gone already' };

const options = { days: { type: 'string' }, 'dry-run': { type: 'boolean' } };
await run(HELP, { options }, async ({ days, 'dry-run': isDry }) => {
  const age = wholeNumber(days, '--days', { from: 0, to: 36500, otherwise: 30 });
  const client = Client.fromEnvironment();
  const before = isoSeconds(new Date(Date.now() - age * 86_400_000));
  const counts = isDry ? { counted: 0 } : { deleted: 0, changed: 0, gone: 0 };
  try {
    // By cursor, not by page number: when the carts of page 1 are deleted, those of page 2 become page 1, and a loop that
    // goes on to page 2 misses every second page.
    for await (const cart of client.carts({ expires_before: before })) {
      counts[isDry ? 'counted' : await client.deleteIfUnchanged(cart)] += 1;
    }
  } finally {
    console.log(`Carts that expired before ${before}`);
    for (const [outcome, count] of Object.entries(counts)) console.log(`  ${OUTCOMES[outcome]}: ${count}`);
  }
});
