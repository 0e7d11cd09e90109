<?php
// Whether a delivery comes from us: Standard Webhooks, with nothing but PHP's own functions.
//
//     php verify.php SECRET WEBHOOK_ID WEBHOOK_TIMESTAMP WEBHOOK_SIGNATURE < body

const TOLERANCE_S = 5 * 60;

/** $body is the request's bytes as they came (php://input), before anything parsed them. */
function is_ours(string $secret, string $id, string $timestamp, string $signatures, string $body, int $now): bool
{
    if (!ctype_digit($timestamp) || abs($now - (int) $timestamp) > TOLERANCE_S) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    // While a secret is being rotated there are two signatures, separated by a space.
    foreach (explode(' ', $signatures) as $shown) {
        if (hash_equals($expected, $shown)) {
            return true;
        }
    }
    return false;
}

if (PHP_SAPI === 'cli' && count($argv) === 5) {
    [, $secret, $id, $timestamp, $signatures] = $argv;
    exit(is_ours($secret, $id, $timestamp, $signatures, file_get_contents('php://stdin'), time()) ? 0 : 1);
}
