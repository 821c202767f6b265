/**
 * Why a request to a platform or a model failed, by what the caller can do about it. Closed: every code
 * of every platform is put into one of these, in that platform's `errors.ts`.
 */
export type FailureClass =
	/** Wrong key, secret or signature: only a person can mend the credential. */
	| 'badCredentials'
	/** The access token ran out: fetch a new one, once. */
	| 'tokenExpired'
	/** The app lacks a scope, or this address is not on its list. */
	| 'permissionDenied'
	/** The user, group, robot or message is not there (any more). */
	| 'targetGone'
	| 'badRequest'
	| 'tooLong'
	/** Refused for what it says. */
	| 'contentRejected'
	/** Too fast: send again after `retryAfterMs`. */
	| 'rateLimited'
	/** A monthly or paid quota is used up: waiting does not help soon. */
	| 'quotaExhausted'
	/** The other side is unwell: send again. */
	| 'temporary'
	/** The request went out and no answer came back: it may have been carried out. */
	| 'unknownOutcome'
	/** A code that nobody has described yet. */
	| 'unclassified';

export interface Failure {
	class: FailureClass;
	/** The platform's or the provider's own code, or `HTTP 500`, `ETIMEDOUT` and the like. */
	code: string;
	/** The other side's own words; whoever shows them strikes the secrets out first. */
	message: string;
	/** What a person can do about it. */
	cure: string;
	retryAfterMs?: number;
}

/** One line of a platform's table of codes. */
export type KnownFailure = readonly [
	failureClass: FailureClass,
	cure: string,
	retryAfterMs?: number,
];

const RETRYABLE: ReadonlySet<FailureClass> = new Set<FailureClass>(['rateLimited', 'temporary']);

/** Whether sending the same again later can work. `unknownOutcome` is not: it may have worked already. */
export function isRetryable(failureClass: FailureClass): boolean {
	return RETRYABLE.has(failureClass);
}

/** The classes that stand behind bare HTTP statuses, where a body says nothing better. */
export function classifyStatus(status: number): KnownFailure {
	if (status === 401) return ['badCredentials', 'Check the key or secret in the credential.'];
	if (status === 402) return ['quotaExhausted', 'The account has no balance left: top it up.'];
	if (status === 403) return ['permissionDenied', 'Give the app or key the permission it lacks.'];
	if (status === 404) return ['badRequest', 'Check the base URL and the ids in the request.'];
	if (status === 408 || status === 504) {
		return ['unknownOutcome', 'The other side ran out of time; it may have done the work.'];
	}
	if (status === 413) return ['tooLong', 'Send less at once.'];
	if (status === 429) return ['rateLimited', 'Wait and send again.'];
	if (status >= 500) return ['temporary', 'The other side has a fault: try again later.'];
	if (status >= 400) return ['badRequest', 'Check the fields of the request.'];
	return [
		'unclassified',
		'The answer was not understood: compare it with the platform’s documentation.',
	];
}

/** A code's line in a table; the code comes from outside and may be called like a method of objects. */
export function lookUp(
	table: Readonly<Record<string, KnownFailure>>,
	code: string,
): KnownFailure | undefined {
	return Object.hasOwn(table, code) ? table[code] : undefined;
}

/** A failure from a table line, with the other side's own code and words. */
export function failure(known: KnownFailure, code: string, message: string): Failure {
	const [failureClass, cure, retryAfterMs] = known;
	return {
		class: failureClass,
		code,
		message,
		cure,
		...(retryAfterMs !== undefined && { retryAfterMs }),
	};
}

/** The code of a failure where the other side gave none of its own. */
export const httpCode = (status: number): string => `HTTP ${status}`;

/** Whether a code is an HTTP status: the page of a proxy has no other. */
export const isHttpCode = (code: string): boolean => /^HTTP \d/.test(code);

/** A failure of which nothing but an HTTP status is known. */
export function httpFailure(
	status: number,
	message = '',
	known: KnownFailure = classifyStatus(status),
): Failure {
	return failure(known, httpCode(status), message);
}

/** What is wrong where a body says success: its status may say something else. */
export function judgeStatus(status: number, message: string): Failure | undefined {
	return isSuccess(status) ? undefined : httpFailure(status, message);
}

/** What an HTTP answer is judged by. Header names are lower case; `body` is parsed JSON where it was JSON. */
export interface Answer {
	status: number;
	headers: Record<string, unknown>;
	body: unknown;
}

/** Whether a status says success; the body may still say an error, or not be the platform's. */
export function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

/** `Retry-After` in ms, from seconds or an HTTP date (against the answer's own clock); undefined where there is none. */
export function retryAfterMs(headers: Record<string, unknown>): number | undefined {
	const value = headers['retry-after'];
	if (typeof value !== 'string' || value === '') return undefined;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const wait = Date.parse(value) - Date.parse(String(headers.date));
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** OpenSSL's and Node's codes for a certificate that they do not accept. */
const CERTIFICATE = /^(CERT_|UNABLE_TO_|ERR_TLS_)|SELF_SIGNED|HOSTNAME_MISMATCH/;

/** A failure of the connection itself, from the error code of Node's network layer. */
export function classifyNetwork(code: string): Failure {
	if (code === 'ERR_INVALID_URL') {
		const known: KnownFailure = ['badRequest', 'Check the base URL: it must begin with https://'];
		return failure(known, code, 'The address is not valid');
	}
	if (CERTIFICATE.test(code)) {
		const known: KnownFailure = [
			'badRequest',
			'Check the base URL and the server’s certificate; name your company’s own CA in NODE_EXTRA_CA_CERTS and restart n8n.',
		];
		return failure(known, code, 'The server’s certificate is not accepted');
	}
	const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
	return neverSent.includes(code)
		? failure(
				['temporary', 'The address could not be reached: check the base URL, DNS and firewall.'],
				code,
				'The connection could not be made',
			)
		: failure(
				['unknownOutcome', 'The connection broke before the answer: it may have been carried out.'],
				code,
				'No answer came back',
			);
}
