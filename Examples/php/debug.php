#!/usr/bin/env php
<?php

/** Prints everything about one customer's cart. */

declare(strict_types=1);

namespace Corral;

require_once __DIR__ . '/program.php';

const HELP = <<<'TEXT'
Usage: debug.php CART-KEY | E-MAIL

Prints the cart with this key, or all carts of the customer with this e-mail address.
The exit code is 1 if there is none.
TEXT;

run(HELP, [], function (array $_, array $names): int {
    if (count($names) !== 1) {
        throw new UsageError('Name one cart key or one e-mail address.');
    }
    $isFound = false;
    foreach (named(Client::fromEnvironment(), $names[0]) as $cart) {
        show($cart);
        $isFound = true;
    }
    if ($isFound) {
        return 0;
    }
    fwrite(STDERR, 'There is no cart of ' . plain($names[0]) . ".\n");
    return 1;
}, takesNames: true);

function named(Client $client, string $name): \Generator
{
    if (str_contains($name, '@')) { // which no cart key does
        yield from $client->carts(['email' => $name]);
        return;
    }
    try {
        yield $client->cart($name);
    } catch (APIError $error) {
        if ($error->getCode() !== 'cart_not_found') {
            throw $error;
        }
    }
}

function show(array $cart): void
{
    $currency = $cart['currency'];
    echo "Cart {$cart['key']}\n";
    $facts = [
        'state' => $cart['state'],
        'customer' => customer($cart),
        'created' => moment($cart['created']),
        'changed' => moment($cart['updated']),
        'expires' => moment($cart['expires']),
        'source' => $cart['source'],
        'order' => $cart['order_id'],
        'coupons' => implode(', ', array_column($cart['coupons'], 'code')),
    ];
    foreach (array_filter($facts) as $name => $value) {
        echo '  ', str_pad($name, 9), ' ', plain((string) $value), "\n";
    }
    echo $cart['items'] ? "  Items\n" : "  No items\n";
    foreach ($cart['items'] as $item) {
        $product = "product {$item['product_id']}" . ($item['variation_id'] ? ", variation {$item['variation_id']}" : '');
        $kind = $item['kind'] === 'cart' ? '' : ", {$item['kind']}";
        echo "    {$item['quantity']} x ", plain($item['name']), " ($product$kind): ", money($item['total'], $currency), "\n";
    }
    echo "  Totals\n";
    foreach ($cart['totals'] as $name => $amount) {
        if ($amount || $name === 'total') {
            echo '    ', str_pad($name, 12), ' ', money($amount, $currency), "\n";
        }
    }
}
