#!/usr/bin/env php
<?php

/** Deletes carts that expired long ago. */

declare(strict_types=1);

namespace Corral;

require_once __DIR__ . '/program.php';

const HELP = <<<'TEXT'
Usage: clean-up.php [--days N] [--dry-run]

Deletes the carts that expired more than N days ago, whatever became of them. A cart that is changed meanwhile is left alone.

  --days N   0 to 36500, without it 30
  --dry-run  only count them
TEXT;
const OUTCOMES = ['counted' => 'would be deleted', 'deleted' => 'deleted', 'changed' => 'changed meanwhile', 'gone' => 'gone already'];

run(HELP, ['days' => true, 'dry-run' => false], function (array $options): int {
    $days = wholeNumber($options['days'] ?? '30', '--days', 0, 36500);
    $isDry = isset($options['dry-run']);
    $client = Client::fromEnvironment();
    $before = isoSeconds(time() - $days * 86400);
    $counts = array_fill_keys($isDry ? ['counted'] : ['deleted', 'changed', 'gone'], 0);
    try {
        // By cursor, not by page number: when the carts of page 1 are deleted, those of page 2 become page 1, and a loop
        // that goes on to page 2 misses every second page.
        foreach ($client->carts(['expires_before' => $before]) as $cart) {
            $counts[$isDry ? 'counted' : $client->deleteIfUnchanged($cart)] += 1;
        }
    } finally {
        echo "Carts that expired before $before\n";
        foreach ($counts as $outcome => $count) {
            echo '  ', OUTCOMES[$outcome], ": $count\n";
        }
    }
    return 0;
});
