#!/usr/bin/env php
<?php

/** Prints the carts that are in use now. */

declare(strict_types=1);

namespace Corral;

require_once __DIR__ . '/program.php';

const HELP = <<<'TEXT'
Usage: monitor.php [--watch SECONDS]

Prints how many active carts hold items, what they are worth, and which changed last.

  --watch SECONDS  again every so many seconds, until it is stopped (1 to 86400)
TEXT;
const MOST_SHOWN = 5;

run(HELP, ['watch' => true], function (array $options): int {
    $watch = isset($options['watch']) ? wholeNumber($options['watch'], '--watch', 1, 86400) : null;
    $client = Client::fromEnvironment();
    while (true) {
        try {
            show($client->carts(['state' => 'active', 'empty' => 'false']));
        } catch (APIError $error) {
            if ($watch === null || !$error->isTemporary()) {
                throw $error; // while watching, a restart of the server is no reason to stop
            }
            fwrite(STDERR, "{$error->getMessage()}\n");
        }
        if ($watch === null) {
            return 0;
        }
        sleep($watch);
    }
});

function show(iterable $carts): void
{
    [$counts, $values, $latest] = [[], [], []];
    foreach ($carts as $cart) {
        $currency = $cart['currency'];
        $counts[$currency] = ($counts[$currency] ?? 0) + 1;
        $values[$currency] = ($values[$currency] ?? 0) + $cart['totals']['total'];
        $latest[] = $cart;
        if (count($latest) > 100) {
            $latest = latest($latest); // so that memory does not grow with the shop
        }
    }
    echo isoSeconds(time()), '  active carts with items: ', array_sum($counts), "\n";
    ksort($counts);
    foreach ($counts as $currency => $count) {
        echo '  ', money($values[$currency], $currency), " in $count carts\n";
    }
    if ($latest) {
        echo "Changed last:\n";
    }
    foreach (latest($latest) as $cart) {
        $columns = [
            isoSeconds(strtotime($cart['updated'])), $cart['key'], count(itemsToBuy($cart)) . ' items',
            money($cart['totals']['total'], $cart['currency']), customer($cart),
        ];
        echo '  ', implode('  ', $columns), "\n";
    }
}

function latest(array $carts): array
{
    usort($carts, fn (array $a, array $b): int => [new \DateTime($b['updated']), $b['id']] <=> [new \DateTime($a['updated']), $a['id']]);
    return array_slice($carts, 0, MOST_SHOWN);
}
