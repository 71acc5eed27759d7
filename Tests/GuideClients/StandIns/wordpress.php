<?php
// The functions of WordPress that the guide's PHP calls. Requests are real ones, sent with curl.

error_reporting(E_ALL);
ini_set('display_errors', 'stderr');

class WP_Error {
    public function __construct(private string $message) {}

    public function get_error_message(): string {
        return $this->message;
    }
}

function wp_remote_request(string $url, array $args): array|WP_Error {
    $headers = [];
    foreach ($args['headers'] as $name => $value) {
        $headers[] = "$name: $value";
    }
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $args['method'],
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    if (isset($args['body'])) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, $args['body']);
    }
    $body = curl_exec($curl);
    return $body === false ? new WP_Error(curl_error($curl)) : ['body' => $body];
}

function wp_remote_retrieve_body(array $response): string {
    return $response['body'];
}

function is_wp_error(mixed $value): bool {
    return $value instanceof WP_Error;
}

function get_option(string $name): string|false {
    return match ($name) {
        'cocart_consumer_key', 'cocart_sessions_consumer_key' => getenv('COCART_CONSUMER_KEY'),
        'cocart_consumer_secret', 'cocart_sessions_consumer_secret' => getenv('COCART_CONSUMER_SECRET'),
        default => false,
    };
}

function home_url(string $path): string {
    return getenv('GUIDE_HOME_URL') . $path;
}

function esc_html(mixed $text): string {
    return htmlspecialchars((string) $text, ENT_QUOTES);
}

function esc_attr(mixed $text): string {
    return htmlspecialchars((string) $text, ENT_QUOTES);
}

function sanitize_text_field(string $text): string {
    return trim(strip_tags($text));
}

function add_action(string $hook, callable $callback): void {
    $GLOBALS['guide_actions'][$hook] = $callback;
}

function do_action(string $hook): void {
    $GLOBALS['guide_actions'][$hook]();
}

function add_menu_page(string $page_title, string $menu_title, string $capability, string $slug): void {
    echo json_encode([$page_title, $menu_title, $capability, $slug]);
}

function check_ajax_referer(string $action): void {
}

function current_user_can(string $capability): bool {
    return getenv('GUIDE_USER') !== 'guest';
}

// As in WordPress, answering an AJAX request ends it.
function wp_send_json_success(mixed $data): never {
    exit(json_encode(['success' => true, 'data' => $data]));
}

function wp_send_json_error(mixed $data): never {
    exit(json_encode(['success' => false, 'data' => $data]));
}
