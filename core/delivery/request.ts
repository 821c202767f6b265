import { isRepeatable, type TargetType } from '../../protocol/capabilities';
import { asFields, asText } from '../../protocol/fields';
import type { Platform } from '../../protocol/message';
import type { TextMessage } from '../../protocol/outgoing';
import { isOneId } from '../../protocol/readOutgoing';
import { PLATFORMS, platformNames } from '../../protocol/platforms';
import { byteLength, idempotencyKey } from '../../protocol/text';
import { describeTarget, NOTIFICATION_DEADLINE_MS, type ExecutionOrigin } from './accept';
import { SEND_LEASE_MS } from './lease';
import type { DeliveryRow, Target, Unsent } from './delivery';
import { writePayload } from './payload';
import { EMPTY_ROW, PRIORITIES } from './row';

const MAX_TEXT_BYTES = 100_000;
const MAX_KEY_LENGTH = 200;
const MAX_TITLE_LENGTH = 200;
const MAX_IDS = 1000;
export const MAX_ID_LENGTH = 200;
/** As long as the purge keeps what was delivered: later nobody could look up what became of it. */
const MAX_LIFE_MS = 7 * 24 * 3_600_000;

/** Stands for a whole company, or a whole group, where an id of a person is expected. */
const EVERYBODY = /^@?(all|所有人)$/iu;

export const isEverybody = (id: unknown): boolean =>
	EVERYBODY.test(asText(id).normalize('NFKC').trim());

/** What is wrong with a request, in words for whoever wrote it. */
export class BadRequest extends Error {}

export interface RequestContext {
	origin: ExecutionOrigin;
	/** Of the attempt that is made at once. */
	lease: string;
	/** For requests without a key. */
	newKey: string;
	now: number;
}

/**
 * The row of a `DeliveryRequest`, leased already: its first attempt follows at once.
 * @throws BadRequest where a field is missing, wrong or too large
 */
export function acceptRequest(
	request: unknown,
	{ origin, lease, newKey, now }: RequestContext,
): DeliveryRow {
	const fields = asFields(request);
	const key = optionalText(fields.key, 'key', MAX_KEY_LENGTH) ?? newKey;
	const platform = oneOf(fields.platform, 'platform', platformNames);
	const via = oneOf(fields.via ?? 'groupRobot', 'via', ['app', 'groupRobot'] as const);
	const target = readTarget(fields.target, platform, via);
	const priority = oneOf(fields.priority ?? 'broadcast', 'priority', PRIORITIES);
	const unsent: Unsent = {
		platform,
		via,
		...(target && { target }),
		content: readContent(fields),
		longText: 'split',
		seed: idempotencyKey('request', key),
		sentParts: 0,
		messageIds: [],
		repeatable: isRepeatable(PLATFORMS[platform].routes[via]),
	};
	return {
		...EMPTY_ROW,
		...origin,
		key,
		version: 1,
		kind: 'notification',
		priority: PRIORITIES.indexOf(priority),
		platform,
		bot: via,
		conversation: describeTarget(target?.ids ?? []),
		dueAt: now + SEND_LEASE_MS,
		claim: lease,
		deadlineAt: readDeadline(fields.deadline, now),
		payload: writePayload({ unsent }),
		createdAtMs: now,
	};
}

function readContent(fields: Record<string, unknown>): TextMessage {
	const text = optionalText(fields.text, 'text', Infinity);
	if (text === undefined) throw new BadRequest('"text" is missing: say what is to be sent');
	const bytes = byteLength(text);
	if (bytes > MAX_TEXT_BYTES) {
		throw new BadRequest(`"text" has ${bytes} bytes; at most ${MAX_TEXT_BYTES} are taken`);
	}
	const title = optionalText(fields.title, 'title', MAX_TITLE_LENGTH);
	const mentionIds = readIds(fields.mentionIds ?? [], 'mentionIds');
	if (mentionIds.some(isEverybody)) {
		throw new BadRequest('"mentionIds" names people; "mentionAll": true mentions everybody');
	}
	const { mentionAll = false } = fields;
	if (typeof mentionAll !== 'boolean') throw new BadRequest('"mentionAll" must be true or false');
	return {
		type: oneOf(fields.format ?? 'text', 'format', ['text', 'markdown'] as const),
		text,
		...(title !== undefined && { title }),
		...(mentionIds.length > 0 && { mentionIds }),
		...(mentionAll && { mentionAll }),
	};
}

const ID_TYPES = ['open_id', 'union_id', 'user_id', 'email'] as const;

function readTarget(
	value: unknown,
	platform: Platform,
	via: 'app' | 'groupRobot',
): Target | undefined {
	const fields = asFields(value);
	if (via === 'groupRobot') {
		if (Object.keys(fields).length === 0) return undefined;
		throw new BadRequest('"target" is for "via": "app"; a group robot writes to its own group');
	}
	const { targets } = PLATFORMS[platform].routes.app;
	const type = oneOf(fields.type, 'target.type', Object.keys(targets) as TargetType[]);
	const ids = readIds(fields.ids, 'target.ids');
	if (ids.length === 0) throw new BadRequest('"target.ids" is empty: name whom the app writes to');
	if (type === 'chat' && ids.length > 1) {
		throw new BadRequest('"target.ids" names several groups: hand in one request for each');
	}
	if (ids.length > 1 && ids.some(isEverybody)) {
		throw new BadRequest('"target.ids" names everybody, who stands alone');
	}
	const { maxIds = MAX_IDS } = targets[type] ?? {};
	if (ids.length > maxIds) {
		throw new BadRequest(`"target.ids" has ${ids.length} ids; at most ${maxIds} are taken`);
	}
	const { idType } = fields;
	return {
		type,
		ids,
		...(idType !== undefined && { idType: oneOf(idType, 'target.idType', ID_TYPES) }),
	};
}

function readDeadline(value: unknown, now: number): number {
	if (value === undefined || value === null || value === '') return now + NOTIFICATION_DEADLINE_MS;
	const deadline = Date.parse(asText(value));
	if (Number.isNaN(deadline)) {
		throw new BadRequest('"deadline" is no time: write it like 2026-05-01T18:00:00+08:00');
	}
	if (deadline <= now) throw new BadRequest('"deadline" has passed already');
	return Math.min(deadline, now + MAX_LIFE_MS);
}

function readIds(value: unknown, name: string): string[] {
	if (!Array.isArray(value)) throw new BadRequest(`"${name}" must be a list of ids`);
	if (value.length > MAX_IDS) {
		throw new BadRequest(`"${name}" has ${value.length} ids; at most ${MAX_IDS} are taken`);
	}
	return value.map((id: unknown) => {
		const text = asText(id).trim();
		if (!isOneId(text) || text.length > MAX_ID_LENGTH) {
			throw new BadRequest(`"${name}" holds something that is no id`);
		}
		return text;
	});
}

/** A text, or undefined where there is none. */
function optionalText(value: unknown, name: string, maxLength: number): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw new BadRequest(`"${name}" must be a text`);
	}
	const text = String(value);
	if (text.trim() === '') return undefined;
	if (text.length > maxLength) {
		throw new BadRequest(`"${name}" has ${text.length} characters; at most ${maxLength} are taken`);
	}
	return text;
}

function oneOf<T extends string>(value: unknown, name: string, allowed: readonly T[]): T {
	const found = allowed.find((each) => each === value);
	if (found === undefined) {
		throw new BadRequest(`"${name}" must be one of: ${allowed.join(', ')}`);
	}
	return found;
}
