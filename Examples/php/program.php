<?php

/** What the programs share: arguments, errors and exit codes, and how money, times and customers are written. */

declare(strict_types=1);

namespace Corral;

require_once __DIR__ . '/client.php';

final class UsageError extends \RuntimeException
{
}

/**
 * Runs a program. Its exit code is what `main` returns, 1 if a request failed, 64 if it was called wrongly.
 *
 * @param array<string, bool> $options the options by name, and whether each takes a value
 * @param callable(array<string, string|true>, list<string>): int $main is given the options and the names
 * @param bool $takesNames whether there are arguments that are no options
 */
function run(string $help, array $options, callable $main, bool $takesNames = false): void
{
    try {
        [$given, $names] = arguments($options + ['help' => false]);
        if (isset($given['help'])) {
            echo $help, "\n";
            exit(0);
        }
        if ($names && !$takesNames) {
            throw new UsageError("$names[0] is not an option.");
        }
        exit($main($given, $names));
    } catch (UsageError | ConfigurationError $error) {
        fwrite(STDERR, "{$error->getMessage()}\nTry --help.\n");
        exit(64);
    } catch (APIError $error) {
        fwrite(STDERR, "{$error->getMessage()}\n");
        exit(1);
    }
}

/** PHP's own getopt() passes over options it does not know. */
function arguments(array $options): array
{
    [$given, $names, $rest] = [[], [], array_slice($_SERVER['argv'], 1)];
    while ($rest) {
        $argument = array_shift($rest);
        if (!str_starts_with($argument, '-')) {
            $names[] = $argument;
            continue;
        }
        [$name, $value] = [...explode('=', substr($argument, 2), 2), null];
        if (!str_starts_with($argument, '--') || !isset($options[$name]) || ($value !== null && !$options[$name])) {
            throw new UsageError("There is no option $argument.");
        }
        $given[$name] = $options[$name] ? $value ?? array_shift($rest) ?? throw new UsageError("$argument lacks its value.") : true;
    }
    return [$given, $names];
}

/** A whole number that was given as text. */
function wholeNumber(string $text, string $name, int $from, int $to): int
{
    if (ctype_digit($text) && $text >= $from && $text <= $to) {
        return (int) $text;
    }
    throw new UsageError("$name must be a whole number from $from to $to.");
}

/** Minor units as people read them: 4999, "USD" is "49.99 USD". */
function money(int $amount, string $currency): string
{
    // Minor digits by ISO 4217; all other currencies have two.
    $digits = match ($currency) {
        'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG',
        'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF' => 0,
        'BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND' => 3,
        'CLF', 'UYW' => 4,
        default => 2,
    };
    $text = str_pad((string) abs($amount), $digits + 1, '0', STR_PAD_LEFT);
    $decimal = $digits ? substr($text, 0, -$digits) . '.' . substr($text, -$digits) : $text;
    return ($amount < 0 ? '-' : '') . "$decimal $currency";
}

/** What shoppers typed, without the control characters with which they could play tricks on a terminal. */
function plain(string $text): string
{
    return preg_replace('/\p{Cc}/u', '?', $text);
}

function customer(array $cart): string
{
    ['first_name' => $first, 'last_name' => $last, 'email' => $email, 'phone' => $phone] = $cart['customer'];
    $contact = implode(' ', array_filter([$first, $last, $email === '' ? '' : "<$email>", $phone], 'strlen'));
    return plain(implode(', ', array_filter([$contact, "{$cart['owner']['type']} {$cart['owner']['id']}"], 'strlen')));
}

/** A cart may also hold a wish list and what was taken out. */
function itemsToBuy(array $cart): array
{
    return array_filter($cart['items'], fn (array $item): bool => $item['kind'] === 'cart');
}

function isoSeconds(int $time): string
{
    return gmdate('Y-m-d\TH:i:s\Z', $time);
}

/** A time to the second, and how far off it is: "2026-10-24T02:42:53Z, 28 days ago". */
function moment(string $text): string
{
    $seconds = strtotime($text) - time();
    foreach (['days' => 86400, 'hours' => 3600, 'minutes' => 60, 'seconds' => 1] as $unit => $size) {
        if (abs($seconds) >= $size) {
            break;
        }
    }
    $distance = intdiv(abs($seconds), $size) . " $unit";
    return isoSeconds(strtotime($text)) . ', ' . ($seconds < 0 ? "$distance ago" : "in $distance");
}
