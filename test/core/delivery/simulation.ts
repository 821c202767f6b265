import { leaseDue, type LeaseOptions } from '../../../core/delivery/lease';
import { Pace } from '../../../core/delivery/pace';
import type { DeliveryRow, Unsent } from '../../../core/delivery/delivery';
import { openRows, type ToAsk, type ToSend } from '../../../core/delivery/open';
import { afterDelivery, afterFailure, REPEATABLE_MS } from '../../../core/delivery/policy';
import { entryOf, failure, NOW, reply, SECOND } from './rows';

/*
 * A queue at work: a store, a platform that shows what it is sent, and an n8n that ends now and then. Time
 * jumps from one event to the next.
 */

/** What becomes of an attempt. */
export interface Outcome {
	/** `noText`: the model gave no answer. `crash`: n8n ends. */
	what: 'sent' | 'refused' | 'unknown' | 'noText' | 'crash';
	/** Of `refused`. */
	class: string;
	retryAfterMs: number;
	/** Of `unknown` and `crash`: people see it all the same. */
	arrived: boolean;
	/** How long it takes: less than a claim lasts. */
	ms: number;
}

/** An attempt as it began. */
export interface Begun {
	row: DeliveryRow;
	at: number;
	/** The rest of the store. */
	others: DeliveryRow[];
	/** When the other side wanted it at the soonest. */
	notBefore: number;
}

export interface Log {
	begun: Begun[];
	/** How often people see each row's text, by its key. */
	shown: Map<string, number>;
	rows: DeliveryRow[];
}

export type Claim = (rows: DeliveryRow[], options: LeaseOptions) => DeliveryRow[];

type Item = ToSend | ToAsk;

interface UnderWay {
	item: Item;
	outcome: Outcome;
	endsAt: number;
}

const TICK_MS = 2 * SECOND;
const MAX_TICKS = 1000;

/** By it the platform's messages are told apart. */
export const markOf = (key: string): string => `<${key}>`;

/** Here only Feishu knows a repeated message, whatever a row says. */
export const knowsRepetition = (platform: string): boolean => platform === 'feishu';

/** Works until nothing waits any more. */
export function simulate(
	start: DeliveryRow[],
	nextOutcome: () => Outcome,
	claim: Claim = leaseDue,
): Log {
	const store = new Map(start.map((row) => [row.key, row]));
	const platform = new ShowingPlatform();
	const begun: Begun[] = [];
	const notBefore = new Map<string, number>();
	const heldBack = new Pace();
	let underWay: UnderWay[] = [];
	let ended = 0;
	let ids = 0;
	let now = NOW;

	const save = (rows: DeliveryRow[]): DeliveryRow[] => {
		const saved = rows.filter(({ key, version }) => store.get(key)?.version === version - 1);
		for (const row of saved) store.set(row.key, row);
		return saved;
	};
	const begin = (item: Item): void => {
		const outcome = nextOutcome();
		underWay.push({ item, outcome, endsAt: now + outcome.ms });
		for (const row of rowsOf(item)) {
			const others = [...store.values()].filter(({ key }) => key !== row.key);
			begun.push({ row, at: now, others, notBefore: notBefore.get(row.key) ?? 0 });
		}
	};
	const finish = ({ item, outcome }: UnderWay): void => {
		if (isShown(item, outcome)) platform.show(textOf(item), now);
		if (outcome.what === 'crash') return;
		save(changesAfter(item, outcome, now));
		for (const { key } of rowsOf(item)) notBefore.set(key, now + outcome.retryAfterMs);
	};

	for (let tick = 0; tick < MAX_TICKS; tick++) {
		const over = underWay.filter(({ endsAt }) => endsAt <= now);
		const crashed = over.some(({ outcome }) => outcome.what === 'crash');
		underWay = crashed ? [] : underWay.filter(({ endsAt }) => endsAt > now);
		if (crashed) ended++;
		for (const each of over) finish(each);
		const { send, ask } = openRows(
			save(
				claim([...store.values()], {
					processToken: `p${ended}`,
					newId: () => String(++ids),
					singleProcess: true,
					questionsAtOnce: 50,
					heldBack,
					isHeld: () => false,
					now,
				}),
			),
		);
		for (const { json } of [...send, ...ask]) begin(json);
		const waiting = [...store.values()].filter(({ status }) => status === 'waiting');
		if (waiting.length === 0) break;
		const events = [...waiting.map(({ dueAt }) => dueAt), ...underWay.map(({ endsAt }) => endsAt)];
		now = Math.max(now + TICK_MS, Math.min(...events));
	}
	return { begun, shown: platform.shown, rows: [...store.values()] };
}

class ShowingPlatform {
	readonly shown = new Map<string, number>();
	private readonly known = new Map<string, number>();

	show({ platform, seed, content }: Unsent, now: number): void {
		const before = this.known.get(seed);
		if (before !== undefined && now <= before + REPEATABLE_MS) return;
		if (knowsRepetition(platform)) this.known.set(seed, now);
		for (const [, key] of content!.text.matchAll(/<(\w+)>/g)) {
			this.shown.set(key!, (this.shown.get(key!) ?? 0) + 1);
		}
	}
}

function isShown(item: Item, { what, arrived }: Outcome): boolean {
	if (what === 'sent') return true;
	// A question that was answered before n8n ended is known to the node that answers.
	return arrived && (what === 'unknown' || (what === 'crash' && 'unsent' in item));
}

function rowsOf(item: Item): DeliveryRow[] {
	return [item.retry, ...('merged' in item ? (item.merged ?? []) : [])];
}

/** What is said: the text that waits, or the answer that the model gives now. */
function textOf(item: Item): Unsent {
	if ('unsent' in item) return item.unsent;
	const { retry, platform, replyTo } = item;
	return reply({
		platform,
		replyTo,
		seed: `answer to ${retry.key}`,
		content: { type: 'text', text: markOf(retry.key) },
		repeatable: knowsRepetition(platform),
	});
}

function changesAfter(item: Item, outcome: Outcome, now: number): DeliveryRow[] {
	const entries = rowsOf(item).map(entryOf);
	if (outcome.what === 'sent') {
		return entries.map((entry, n) => afterDelivery(entry, n === 0 ? 'delivered' : 'merged', now));
	}
	const { retryAfterMs } = outcome;
	const name = outcome.what === 'refused' ? outcome.class : 'unknownOutcome';
	const hasText = outcome.what !== 'noText' || 'unsent' in item;
	const failed = {
		failure: failure({ class: name, retryAfterMs }),
		...(hasText && entries.length === 1 && { unsent: textOf(item) }),
	};
	return entries.map((entry) => afterFailure(entry, failed, now, Math.random));
}
