import { createHash, timingSafeEqual } from 'node:crypto';
import { parseJson } from './fields';

/**
 * Why a request was refused. For the operator's log only: the caller gets one uniform refusal, so that
 * nobody can probe which check failed.
 */
export type RefusalReason =
	| 'config'
	| 'missing'
	| 'timestamp'
	| 'signature'
	| 'token'
	| 'decrypt'
	| 'padding'
	| 'length'
	| 'receiver'
	| 'malformed'
	| 'tooLarge';

/** A request that did not prove where it comes from. Carries no secret and no part of the request. */
export class Refused extends Error {
	constructor(readonly reason: RefusalReason) {
		super(`Refused: ${reason}`);
		this.name = 'Refused';
	}
}

/** Largest request body, and largest frame of a long connection, that a trigger looks at: platforms send far less. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Compares in constant time. Both sides are hashed first, so that lengths leak nothing either. */
export function safeEqual(a: string | Buffer, b: string | Buffer): boolean {
	return timingSafeEqual(
		createHash('sha256').update(a).digest(),
		createHash('sha256').update(b).digest(),
	);
}

/** Whether a time of the platform lies at most `windowMs` from now, before or after. */
export function withinWindow(timestampMs: number, nowMs: number, windowMs: number): boolean {
	return Math.abs(nowMs - timestampMs) <= windowMs;
}

/** A request header or query value that must stand there once. Throws `Refused`. */
export function required(value: unknown): string {
	if (typeof value !== 'string' || value === '') throw new Refused('missing');
	return value;
}

/** A secret of the credential: a missing one refuses every request instead of skipping the check. */
export function configured(value: string | undefined): string {
	if (!value) throw new Refused('config');
	return value;
}

/**
 * No platform nests its documents nearly as deep. Without a limit, a message could be read here and then
 * break whatever copies or writes it: `structuredClone` gives up at about 3,000 levels, JSON at 10,000.
 */
const MAX_DEPTH = 100;

/**
 * Parses JSON into an object. Throws `Refused` for anything else, and for what is nested too deep. Whole numbers
 * beyond 2^53 are ids: they become texts, so that no two of them are taken for the same one.
 */
export function parseObject(text: string): Record<string, unknown> {
	let value = asObject(parseJson(text));
	if (LONG_NUMBER.test(text)) value = asObject(parseJson(text.replace(TOKEN, quoteLong)));
	if (isDeeper(value, MAX_DEPTH)) throw new Refused('malformed');
	return value;
}

const LONG_NUMBER = /[[:,]\s*-?\d{16}/;
/** The texts and numbers of a JSON document that can be parsed. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const quoteLong = (token: string): string =>
	/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;

function isDeeper(value: unknown, levels: number): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

/** A value that must be an object. Throws `Refused`. */
export function asObject(value: unknown): Record<string, unknown> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new Refused('malformed');
	}
	return value as Record<string, unknown>;
}
