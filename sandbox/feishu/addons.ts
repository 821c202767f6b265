import { gunzipSync } from 'node:zlib';

import type { Grants } from '../bots.ts';
import type { Json } from '../http.ts';

/** How long they may be, packed and unpacked, is not published. */
const PACKED_LIMIT = 4096;
const LIMIT = 64 * 1024;

const isObject = (value: unknown): value is Json =>
	!!value && typeof value === 'object' && !Array.isArray(value);

function wrong(what: string): never {
	throw new Error(`addons: ${what}`);
}

/** The object of that name, empty where there is none, with no other keys than these. */
function part(parent: Json, name: string, keys: string[]): Json {
	const value = parent[name] ?? {};
	if (!isObject(value)) wrong(`${name} is no object`);
	const other = Object.keys(value).find((key) => !keys.includes(key));
	return other ? wrong(`${name} has a field ${other}`) : value;
}

function names(parent: Json, name: string): string[] {
	const value = parent[name] ?? [];
	const isList =
		Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
	return isList ? [...new Set<string>(value)] : wrong(`${name} is no list of names`);
}

function unpack(packed: string): unknown {
	if (packed.length > PACKED_LIMIT) wrong(`over ${PACKED_LIMIT} characters`);
	if (!/^[\w-]+$/.test(packed)) wrong('not base64url without padding');
	try {
		const text = gunzipSync(Buffer.from(packed, 'base64url'), { maxOutputLength: LIMIT });
		return JSON.parse(text.toString('utf8'));
	} catch (error) {
		return wrong(`not JSON in gzip: ${(error as Error).message}`);
	}
}

/** What an app is to get, of the `addons` of an address. @throws an Error in words */
export function readAddons(packed: string): Grants {
	const root = part({ addons: unpack(packed) }, 'addons', [
		'preset',
		'scopes',
		'events',
		'callbacks',
	]);
	if (root.preset !== undefined && typeof root.preset !== 'boolean')
		wrong('preset is neither true nor false');
	const scopes = part(root, 'scopes', ['tenant', 'user']);
	const events = part(part(root, 'events', ['items']), 'items', ['tenant', 'user']);
	return {
		scopes: { tenant: names(scopes, 'tenant'), user: names(scopes, 'user') },
		events: { tenant: names(events, 'tenant'), user: names(events, 'user') },
		callbacks: names(part(root, 'callbacks', ['items']), 'items'),
	};
}
