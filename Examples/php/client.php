<?php

/**
 * A client of Corral for PHP 8 with the curl extension. It speaks CoCart's Sessions API and Corral's own /v1.
 *
 *     $client = Client::fromEnvironment();
 *     foreach ($client->carts(['state' => 'abandoned']) as $cart) echo $cart['key'], "\n";
 */

declare(strict_types=1);

namespace Corral;

/** What is missing or wrong in the environment. */
final class ConfigurationError extends \RuntimeException
{
}

/** A request that failed. Without an answer, `status` is 0 and `getCode()` is "no_answer". */
final class APIError extends \RuntimeException
{
    public function __construct(public int $status, string $code, string $detail)
    {
        parent::__construct($status === 0 ? $detail : "HTTP $status ($code): $detail");
        $this->code = $code;
    }

    /** Whether the same request may well succeed later. */
    public function isTemporary(): bool
    {
        return $this->status === 0 || $this->status === 429 || $this->status >= 500;
    }
}

/** An answer of success: its JSON, and its headers by their names in small letters. */
final class Answer
{
    public function __construct(public mixed $body, public array $headers)
    {
    }
}

final class Client
{
    private const TIMEOUT = 30; // seconds for one request and its answer
    private const MOST_ATTEMPTS = 5; // of a request that is answered with 429 or 503
    private const LONGEST_WAIT = 60; // seconds between two of them
    private const PAGE_SIZE = 500; // carts in one page of a walk

    private string $url;
    private string $origin;
    private \CurlHandle $connection;

    /**
     * @param string $url the Sessions API without its version, such as http://127.0.0.1:8080/wp-json/cocart
     * @param string $keys a consumer key and its secret, joined by a colon
     * @param ?string $backupKeys used from the moment on at which the first are refused
     */
    public function __construct(
        string $url,
        #[\SensitiveParameter] private string $keys,
        #[\SensitiveParameter] private ?string $backupKeys = null,
    ) {
        if (!preg_match('~^(https?://[^/?#@\s]+)(/[^?#\s]*)?$~D', $url, $parts)) {
            throw new ConfigurationError('COCART_API_URL is not a URL like http://127.0.0.1:8080/wp-json/cocart.');
        }
        $this->url = rtrim($url, '/');
        $this->origin = $parts[1];
        $this->connection = curl_init();
    }

    public static function fromEnvironment(): self
    {
        $read = fn (string $name): string => getenv($name)
            ?: throw new ConfigurationError("The environment variable $name is not set.");
        $pair = fn (string $prefix): string => $read("{$prefix}_KEY") . ':' . $read("{$prefix}_SECRET");
        $hasBackup = getenv('COCART_BACKUP_CONSUMER_KEY') || getenv('COCART_BACKUP_CONSUMER_SECRET');
        return new self(
            $read('COCART_API_URL'),
            $pair('COCART_CONSUMER'),
            $hasBackup ? $pair('COCART_BACKUP_CONSUMER') : null,
        );
    }

    // CoCart's Sessions API

    /** One page of the list, and how many rows and pages there are. */
    public function sessions(array $query = []): array
    {
        $answer = $this->request('GET', '/v2/sessions', $query);
        return [
            'rows' => $answer->body,
            'total' => (int) $answer->headers['x-wp-total'],
            'pages' => (int) $answer->headers['x-wp-totalpages'],
        ];
    }

    public function session(string $key): array
    {
        return $this->request('GET', '/v2/sessions/' . rawurlencode($key))->body;
    }

    public function deleteSession(string $key): array
    {
        return $this->request('DELETE', '/v2/sessions/' . rawurlencode($key))->body;
    }

    // Corral's own API

    public function cart(string $key): array
    {
        return $this->request('GET', '/v1/carts/' . rawurlencode($key))->body;
    }

    /** Every cart of a filter. One that stands during the whole walk is seen exactly once, whatever happens to others. */
    public function carts(array $filter = []): \Generator
    {
        $cursor = null;
        do {
            $query = ['limit' => self::PAGE_SIZE, 'cursor' => $cursor] + $filter;
            $page = $this->request('GET', '/v1/carts', $query)->body;
            foreach ($page['data'] as $cart) {
                yield $cart;
            }
            $cursor = $page['next_cursor'];
        } while ($cursor !== null);
    }

    /** Deletes a cart unless it is another than the one that was read. Returns "deleted", "changed" or "gone". */
    public function deleteIfUnchanged(array $cart): string
    {
        try {
            $this->request('DELETE', '/v1/carts/' . rawurlencode($cart['key']), headers: ["If-Match: \"{$cart['revision']}\""]);
            return 'deleted';
        } catch (APIError $error) {
            return match (true) {
                $error->status === 412 => 'changed',
                $error->getCode() === 'cart_not_found' => 'gone',
                default => throw $error,
            };
        }
    }

    /** Any request: paths under /v2 are CoCart's, those under /v1 Corral's own. */
    public function request(string $method, string $path, array $query = [], array $headers = []): Answer
    {
        $base = str_starts_with($path, '/v1/') ? $this->origin : $this->url;
        $url = $base . $path . ($query ? '?' . http_build_query($query) : '');
        $attempt = 1;
        while (true) {
            [$status, $answered, $text] = $this->send($method, $url, $headers);
            if ($status === 401 && $this->backupKeys !== null) {
                [$this->keys, $this->backupKeys] = [$this->backupKeys, null];
                $notice = 'COCART_CONSUMER_KEY was refused (401). Using the backup key from now on; replace the refused one.';
                fwrite(STDERR, "$notice\n");
            } elseif (($status === 429 || $status === 503) && $attempt < self::MOST_ATTEMPTS) {
                $attempt += 1;
                sleep(self::retryAfter($answered));
            } else {
                return self::checked($status, $answered, $text);
            }
        }
    }

    /** @return array{int, array<string, string>, string} status, headers and body */
    private function send(string $method, string $url, array $headers): array
    {
        $answered = [];
        // A redirect would turn DELETE into GET, or hand the keys to somebody else: curl follows none unless it is told to.
        curl_setopt_array($this->connection, [
            CURLOPT_URL => $url,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_USERPWD => $this->keys,
            CURLOPT_TIMEOUT => self::TIMEOUT,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$answered): int {
                [$name, $value] = [...explode(':', $line, 2), ''];
                $answered[strtolower($name)] = trim($value);
                return strlen($line);
            },
        ]);
        $text = curl_exec($this->connection);
        if ($text === false) {
            throw new APIError(0, 'no_answer', "$this->origin does not answer: " . curl_error($this->connection) . '.');
        }
        return [curl_getinfo($this->connection, CURLINFO_RESPONSE_CODE), $answered, $text];
    }

    private static function retryAfter(array $headers): int
    {
        $seconds = $headers['retry-after'] ?? '';
        return ctype_digit($seconds) ? min((int) $seconds, self::LONGEST_WAIT) : 1;
    }

    /** The answer, if it is one of success. CoCart explains failures in `message`, /v1 in `detail`; a proxy in neither. */
    private static function checked(int $status, array $headers, string $text): Answer
    {
        $body = json_decode($text, true);
        if ($status >= 200 && $status < 300) {
            if ($text !== '' && $body === null) {
                throw new APIError($status, 'not_json', 'The answer is no JSON. Check COCART_API_URL.');
            }
            return new Answer($body, $headers);
        }
        $problem = is_array($body) ? $body : [];
        $code = $problem['code'] ?? 'unknown';
        $detail = $problem['detail'] ?? $problem['message'] ?? 'The answer does not say why.';
        throw new APIError($status, $code, $detail . self::advice($status, $code));
    }

    private static function advice(int $status, string $code): string
    {
        if ($status === 401) {
            return ' Check the consumer key and its secret.';
        }
        return in_array($code, ['route_not_found', 'rest_no_route', 'unknown'], true) ? ' Check COCART_API_URL.' : '';
    }
}
