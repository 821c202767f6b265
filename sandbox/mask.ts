import type { Accounts } from './accounts.ts';

const SECRET_FIELDS = [
	'access_token',
	'accessToken',
	'tenant_access_token',
	'app_secret',
	'appSecret',
	'appsecret',
	'clientSecret',
	'corpsecret',
	'secret',
	'client_secret',
	'device_code',
	'scode',
	'apiKey',
	'session',
	'ticket',
	'response_code',
];
/** `key` is a secret only in a URL: in bodies it names mentions, templates and so on. */
const SECRET_PARAMETERS = [...SECRET_FIELDS, 'key'];
const SECRET_HEADERS = new Set([
	'authorization',
	'x-acs-dingtalk-access-token',
	'api-key',
	'cookie',
]);
const MASK = '***';

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export type Mask = ReturnType<typeof createMask>;

/**
 * Hides secrets by three rules: values of the sandbox's accounts, anything the sandbox issued, and
 * whatever stands in a field, query parameter or header that carries secrets (a bot may send wrong ones).
 */
export function createMask(accounts: Accounts) {
	const values = accounts.secrets().flatMap((secret) => [secret, encodeURIComponent(secret)]);
	const known = new RegExp([...new Set(values)].map(escape).join('|'), 'g');
	const issued = /(t-)?sbxsecret[0-9a-f]{24}/g;
	const names = SECRET_FIELDS.join('|');
	const json = new RegExp(`(\\\\*"(?:${names})\\\\*"\\s*:\\s*\\\\*")([^"\\\\]*)`, 'g');
	const parameters = SECRET_PARAMETERS.join('|');
	const query = new RegExp(`((?:^|[?&])(?:${parameters})=)([^&\\s"\\\\]*)`, 'g');

	const text = (value: string) =>
		value
			.replace(known, MASK)
			.replace(issued, MASK)
			.replace(json, `$1${MASK}`)
			.replace(query, `$1${MASK}`);

	const headers = (values: Record<string, unknown>) =>
		Object.fromEntries(
			Object.entries(values).map(([name, value]) => [
				name,
				SECRET_HEADERS.has(name.toLowerCase()) ? MASK : text(String(value)),
			]),
		);

	return { text, headers };
}
