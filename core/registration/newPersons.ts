import { asFields, asNumber, asText, type Fields } from '../../protocol/fields';
import type { Platform } from '../../protocol/message';
import { excerpt } from '../common/redact';

/** A row of the table `clawbot_new_bots`: a person whom a bot has met that nobody has confirmed yet. */
export interface NewPerson {
	/** Bot and person. */
	key: string;
	/** Id of the bot's credential. */
	credential: string;
	platform: string;
	/** The platform's id of the person. */
	person: string;
	/** Empty where the platform does not say it. */
	name: string;
	/** The first thing that the person wrote, in one line; empty for who has scanned the code. */
	words: string;
	/** ms since 1970. */
	metAtMs: number;
}

/** Nobody needs more to recognise himself. */
const MAX_WORDS = 120;
const MAX_NAME = 60;
const MAX_ID = 200;

export const personKey = (credential: string, person: string): string => `${credential}:${person}`;

interface Meeting {
	credential: string;
	platform: Platform;
	sender: unknown;
	text?: unknown;
	now: number;
}

/** Whom a bot has met; undefined for another bot, and where nobody is named. */
export function meet({
	credential,
	platform,
	sender,
	text = '',
	now,
}: Meeting): NewPerson | undefined {
	const { id, name, isBot } = asFields(sender);
	const person = asText(id);
	if (person === '' || person.length > MAX_ID || isBot === true) return undefined;
	return {
		key: personKey(credential, person),
		credential,
		platform,
		person,
		name: excerpt(asText(name).slice(0, 4 * MAX_NAME), MAX_NAME),
		words: excerpt(asText(text).slice(0, 4 * MAX_WORDS), MAX_WORDS),
		metAtMs: now,
	};
}

/** The persons whom a bot has met, in that order. */
export function personsOf(rows: readonly Fields[], credential: string): NewPerson[] {
	return rows
		.filter((row) => asText(row.credential) === credential && asText(row.person) !== '')
		.map((row) => ({
			key: asText(row.key),
			credential,
			platform: asText(row.platform),
			person: asText(row.person),
			name: asText(row.name),
			words: asText(row.words),
			metAtMs: asNumber(row.metAtMs),
		}))
		.sort((a, b) => a.metAtMs - b.metAtMs);
}
