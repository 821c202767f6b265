import { createHmac } from 'node:crypto';
import { Refused, configured, required, safeEqual, withinWindow } from '../verify';

/** DingTalk accepts and sends signatures whose time is at most one hour off. */
export const SIGNATURE_WINDOW_MS = 60 * 60 * 1000;

/** base64(HMAC-SHA256(secret, timestamp + "\n" + secret)): key and message both hold the secret. */
export function sign(secret: string, timestampMs: string): string {
	return createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');
}

/** The group robot's webhook URL with `timestamp` and `sign`; unchanged where the robot has no secret (加签). */
export function signWebhookUrl(webhookUrl: string, secret: string, timestampMs: string): string {
	if (!secret) return webhookUrl;
	const signature = encodeURIComponent(sign(secret, timestampMs));
	const separator = webhookUrl.includes('?') ? '&' : '?';
	return `${webhookUrl}${separator}timestamp=${timestampMs}&sign=${signature}`;
}

/**
 * Verifies a robot message delivered over HTTP. The signature covers the time only, not the body.
 * @throws Refused
 */
export function verifyRobotRequest(
	headers: { timestamp?: unknown; sign?: unknown },
	appSecret: string,
	nowMs: number,
): void {
	const timestamp = required(headers.timestamp);
	const given = required(headers.sign);
	const expected = sign(configured(appSecret), timestamp);
	if (!safeEqual(expected, given)) throw new Refused('signature');
	if (!/^\d{1,16}$/.test(timestamp)) throw new Refused('timestamp');
	if (!withinWindow(Number(timestamp), nowMs, SIGNATURE_WINDOW_MS)) throw new Refused('timestamp');
}
