import { isSuccess, type Answer } from './errors';
import { asFields, asText, type Fields } from './fields';

/*
 * Scan to connect: a person scans a QR code with the platform's app, the platform makes a bot, and whoever knows
 * the code's device code is told the bot's credentials. Each platform's `registration.ts` builds these requests and
 * reads these answers. Nothing in an answer is trusted: texts are bounded, times clamped, addresses checked.
 */

/** A request as it goes out: the body is encoded. */
export interface RegistrationRequest {
	method: 'GET' | 'POST';
	url: string;
	headers: Record<string, string>;
	body?: string;
}

/** What came back: `body` is parsed JSON where it was JSON. */
export type RegistrationResponse = Pick<Answer, 'status' | 'body'>;

/** What a platform gives for a person to scan. */
export interface RegistrationCode {
	/** Whoever has it is told the credentials: as secret as they are. */
	deviceCode: string;
	/** What the QR code holds. */
	address: string;
	expiresInMs: number;
	/** How long to wait before each question. */
	intervalMs: number;
	/** The app that is to be updated; left out: the person makes a new one. */
	appId?: string;
}

/** Of which code a platform is asked. */
export interface RegistrationQuestion extends Pick<RegistrationCode, 'deviceCode' | 'appId'> {
	/** The platform's other site, where one has been told to ask there. */
	movedTo?: string;
}

/** What has become of a code. */
export type RegistrationAnswer =
	| { status: 'waiting' }
	/** Asked too often: wait longer from now on. */
	| { status: 'slowDown' }
	/** Ask at the platform's other site from now on. */
	| { status: 'moved'; to: string }
	| RegistrationGrant
	| RegistrationTrouble;

export interface RegistrationGrant {
	status: 'granted';
	/** Fields of the platform's credential, by their names. Secret, and given once. */
	values: Record<string, string>;
	/** Who scanned the code, where the platform says it. */
	person?: { id: string };
}

export interface RegistrationTrouble {
	/** `wrongApp`: another app was confirmed than the one to be updated. `unreachable`: no answer of the platform. */
	status: 'denied' | 'expired' | 'failed' | 'wrongApp' | 'unreachable';
	/** The other side's own words; whoever shows them strikes the secrets out first. */
	reason?: string;
	/** It need not be the end: the same question may have another answer soon. */
	mayPass?: true;
}

/** A text for a mixed team. */
export interface Bilingual {
	zh: string;
	en: string;
}

/** What an app must be allowed or subscribed to, which the person confirms. */
export interface Permission {
	kind: 'scope' | 'event' | 'callback';
	/** The platform's name. */
	name: string;
	/** What it is for, in a sentence. */
	why: Bilingual;
}

/** Why there is no code: no answer, the platform's no, an answer without a code, an address of somebody else. */
export type RegistrationProblem = 'unreachable' | 'refused' | 'unreadable' | 'foreignAddress';

/** There is no code for a person to scan. Holds no secret. */
export class RegistrationError extends Error {
	/** @param reason the other side's own words; whoever shows them strikes the secrets out first */
	constructor(
		readonly problem: RegistrationProblem,
		readonly reason = '',
	) {
		super(`No code to scan: ${problem}${reason && ` (${reason})`}`);
		this.name = 'RegistrationError';
	}
}

/** Nobody reads a longer reason. */
const MAX_REASON = 200;

/** What the other side says, as one line. */
export function reasonIn(text: unknown): string {
	const line = asText(text)
		.slice(0, 2 * MAX_REASON)
		.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ');
	return [...line.trim()].slice(0, MAX_REASON).join('');
}

/**
 * One word of visible ASCII, as ids, codes and secrets are; undefined for anything else. n8n takes a field of a
 * credential that begins with `=` for an expression, which no answer may bring in.
 */
export function wordIn(value: unknown, maxLength = 512): string | undefined {
	const text = asText(value);
	return text.length <= maxLength && /^[\x21-\x3c\x3e-\x7e][\x21-\x7e]*$/.test(text)
		? text
		: undefined;
}

/** Trouble that may pass, with a reason where there is one. */
export function passingTrouble(
	status: RegistrationTrouble['status'],
	reason: unknown,
): RegistrationTrouble {
	const said = reasonIn(reason);
	return { status, ...(said && { reason: said }), mayPass: true };
}

/** The credentials of a grant; trouble where one of them is missing or no word. */
export function grantOf(given: Fields, more: Record<string, string>): RegistrationAnswer {
	const values: Record<string, string> = {};
	for (const [name, value] of Object.entries(given)) {
		const word = wordIn(value);
		if (word === undefined) return passingTrouble('failed', 'the answer has no credentials');
		values[name] = word;
	}
	return { status: 'granted', values: { ...values, ...more } };
}

/**
 * What an answer's status says by itself: too many questions, or a proxy or a fault in the place of the platform.
 * Undefined where its body is to be read.
 */
export function judgeResponse({
	status,
	body,
}: RegistrationResponse): RegistrationAnswer | undefined {
	if (status === 429) return { status: 'slowDown' };
	const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
	return status < 500 && isObject ? undefined : noAnswer(status);
}

/** An answer that is none of the platform's. */
export const noAnswer = (status: number): RegistrationTrouble =>
	passingTrouble(
		'unreachable',
		isSuccess(status) ? 'not an answer of the platform' : `HTTP ${status}`,
	);

/**
 * The fields of an answer that is to bring a code.
 * @throws RegistrationError where it is not the platform's
 */
export function fieldsOf(response: RegistrationResponse): Fields {
	const trouble = judgeResponse(response);
	if (!trouble) return asFields(response.body);
	throw trouble.status === 'slowDown'
		? new RegistrationError('refused', 'HTTP 429')
		: new RegistrationError('unreachable', 'reason' in trouble ? trouble.reason : '');
}
