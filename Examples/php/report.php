#!/usr/bin/env php
<?php

/** Prints a report over all carts. */

declare(strict_types=1);

namespace Corral;

require_once __DIR__ . '/program.php';

const HELP = <<<'TEXT'
Usage: report.php [--json]

Prints number and value of all carts by state and currency, averages, the abandonment rate, and what is left behind most often.
Averages are over carts with items. The abandonment rate is the share of abandoned and expired carts among those with items
whose end is known: abandoned, expired and converted ones.

  --json  for machines; amounts are in minor units
TEXT;
const STATES = ['active', 'abandoned', 'recovered', 'converted', 'expired'];
const MOST_PRODUCTS = 10;

run(HELP, ['json' => false], function (array $options): int {
    $report = reportOf(Client::fromEnvironment()->carts());
    if (isset($options['json'])) {
        echo json_encode($report, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
    } else {
        show($report);
    }
    return 0;
});

function reportOf(iterable $carts): array
{
    $states = array_fill_keys(STATES, ['carts' => 0, 'value' => []]);
    [$all, $items, $lost, $won] = [0, 0, 0, 0];
    [$counts, $values] = [[], []]; // of carts with items, by currency
    $products = [];
    foreach ($carts as $cart) {
        ['state' => $state, 'currency' => $currency, 'totals' => ['total' => $total]] = $cart;
        $all += 1;
        $states[$state]['carts'] += 1;
        $states[$state]['value'][$currency] = ($states[$state]['value'][$currency] ?? 0) + $total;
        $toBuy = itemsToBuy($cart);
        if (!$toBuy) {
            continue;
        }
        $items += count($toBuy);
        $counts[$currency] = ($counts[$currency] ?? 0) + 1;
        $values[$currency] = ($values[$currency] ?? 0) + $total;
        $won += $state === 'converted' ? 1 : 0;
        if ($state !== 'abandoned' && $state !== 'expired') {
            continue;
        }
        $lost += 1;
        foreach (array_column($toBuy, 'name', 'product_id') as $id => $name) { // a product counts once a cart
            $products[$id] ??= ['product_id' => $id, 'name' => $name, 'carts' => 0];
            $products[$id]['carts'] += 1;
        }
    }
    $withItems = array_sum($counts);
    ksort($counts);
    $averages = [];
    foreach ($counts as $currency => $count) {
        $averages[$currency] = (int) round($values[$currency] / $count);
    }
    usort($products, fn (array $a, array $b): int => [$b['carts'], $a['product_id']] <=> [$a['carts'], $b['product_id']]);
    return [
        'as_of' => isoSeconds(time()),
        'carts' => $all,
        'carts_with_items' => $withItems,
        // As objects, so that an empty one is {} and not [].
        'states' => array_map(
            fn (array $state): array => ['carts' => $state['carts'], 'value' => (object) $state['value']],
            $states,
        ),
        'average_items' => $withItems ? $items / $withItems : null,
        'average_value' => (object) $averages,
        'abandonment_rate' => $lost + $won ? $lost / ($lost + $won) : null,
        'left_behind' => array_slice($products, 0, MOST_PRODUCTS),
    ];
}

function show(array $report): void
{
    $amounts = function (object $byCurrency): string {
        $amounts = (array) $byCurrency;
        ksort($amounts);
        return implode(', ', array_map(fn (string $code): string => money($amounts[$code], $code), array_keys($amounts))) ?: '-';
    };
    ['average_items' => $average, 'abandonment_rate' => $rate] = $report;
    echo "Carts at {$report['as_of']}: {$report['carts']}, with items: {$report['carts_with_items']}\n";
    foreach ($report['states'] as $name => $state) {
        printf("  %-10s %8d  %s\n", $name, $state['carts'], $amounts($state['value']));
    }
    echo 'Average items     ', $average === null ? '-' : sprintf('%.1f', $average), "\n";
    echo 'Average value     ', $amounts($report['average_value']), "\n";
    echo 'Abandonment rate  ', $rate === null ? '-' : sprintf('%.1f %%', 100 * $rate), "\n";
    if ($report['left_behind']) {
        echo "Left behind most often:\n";
    }
    foreach ($report['left_behind'] as ['product_id' => $id, 'name' => $name, 'carts' => $carts]) {
        printf("  %8d carts  %s (product %d)\n", $carts, plain($name), $id);
    }
}
