import { asNumber, asText } from './fields';
import { RegistrationError, reasonIn, wordIn, type RegistrationCode } from './registration';
import { splitList } from './text';

/* What a platform gives for a person to scan, within bounds. */

/** Times in seconds, as the platforms give them. */
interface GivenCode {
	deviceCode: unknown;
	address: unknown;
	expiresIn: unknown;
	interval: unknown;
}

/** Where an address may lead. */
interface AddressRules {
	/** Domains of the platform, in a list as people write them. */
	codeDomains: string;
	/** Where the code was asked for: its own addresses are good too, so that a test system needs no certificate. */
	registrationUrl: string;
}

const MIN_EXPIRY_MS = 30_000;
/** DingTalk's lives two hours: whoever shows it need not ask for so long, on a page that was left open. */
const MAX_EXPIRY_MS = 10 * 60_000;
const MIN_INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 60_000;
const MAX_DEVICE_CODE = 1000;
/** Of a denser QR code few phones read anything on a screen. */
const MAX_ADDRESS = 1200;

/**
 * Reads a code.
 * @param otherwise seconds, where the platform gives none
 * @throws RegistrationError
 */
export function readCode(
	given: GivenCode,
	rules: AddressRules,
	otherwise: { expiresIn: number; interval: number },
): RegistrationCode {
	const deviceCode = wordIn(given.deviceCode, MAX_DEVICE_CODE);
	if (deviceCode === undefined) throw new RegistrationError('unreadable');
	const expiry = milliseconds(given.expiresIn, otherwise.expiresIn);
	const expiresInMs = Math.min(Math.max(expiry, MIN_EXPIRY_MS), MAX_EXPIRY_MS);
	const interval = milliseconds(given.interval, otherwise.interval);
	// Whoever never asks before the expiry is never told the credentials.
	const mostMs = Math.min(MAX_INTERVAL_MS, expiresInMs / 2);
	const intervalMs = Math.min(Math.max(interval, MIN_INTERVAL_MS), mostMs);
	return { deviceCode, address: readAddress(given.address, rules), expiresInMs, intervalMs };
}

function milliseconds(given: unknown, otherwise: number): number {
	const seconds = asNumber(given);
	return Math.ceil((seconds > 0 ? seconds : otherwise) * 1000);
}

/** People open it with the app that they work with: it leads to the platform, and never in the clear. */
function readAddress(given: unknown, { codeDomains, registrationUrl }: AddressRules): string {
	const text = asText(given);
	if (!URL.canParse(text)) throw new RegistrationError('unreadable');
	const url = new URL(text);
	const { protocol, hostname, port, username, password } = url;
	const domains = splitList(codeDomains.toLowerCase());
	const isOfPlatform =
		protocol === 'https:' &&
		port === '' &&
		domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
	// All addresses that lead to no host, e.g. of scripts, have the origin "null".
	const asked = URL.canParse(registrationUrl) ? new URL(registrationUrl).origin : 'null';
	const isOfAsked = asked !== 'null' && url.origin === asked;
	if (username || password || !(isOfPlatform || isOfAsked)) {
		throw new RegistrationError('foreignAddress', reasonIn(url.host));
	}
	return addressFor(url);
}

/**
 * The address that a QR code holds. Its signs are encoded, which makes it up to nine times longer than what was given.
 * @throws RegistrationError where it is too long
 */
export function addressFor({ href }: URL): string {
	if (href.length > MAX_ADDRESS) throw new RegistrationError('unreadable');
	return href;
}
