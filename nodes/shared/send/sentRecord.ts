import type { IExecuteFunctions } from 'n8n-workflow';
import { outAlready, type Delivery } from './outgoing';
import { MayBeOut, type Route, type Sending } from './sending';
import { failureOf } from '../http/transport';

/**
 * What is remembered of answers that no idempotency key protects, so that none is shown twice after a crash.
 *
 * Two ways are like that. DingTalk's app knows no key. WeCom's app compares whole requests, and a model that
 * is asked again says the same in other words. Before such an answer is sent its seed is noted as begun and
 * open; when it is out it is not open any more. The note is n8n's own list of processed items, one for each
 * workflow and node, with the newest 2000 entries.
 *
 * | An answer is to be sent, and the note has it … | what happened                      | what is done     |
 * |------------------------------------------------|------------------------------------|------------------|
 * | not at all                                     | nothing yet, or it failed (below)  | sent             |
 * | begun and not open                             | it is out                          | `already: true`  |
 * | begun and open, in this process right now      | another execution is sending it    | waits for that   |
 * | begun and open, or open alone (an old one)     | a crash in between, or no answer   | unknown outcome, |
 * |                                                | from the platform                  | nothing is sent  |
 * | unreadable: the database does not answer       | anything                           | sent: a person   |
 * |                                                |                                    | waits for it     |
 *
 * | Sending it ended with …                        | then the note has it …                                |
 * |------------------------------------------------|-------------------------------------------------------|
 * | success                                        | begun and not open                                    |
 * | a refusal, or no connection; no part is out    | not at all: whoever tries again may send it           |
 * | the same, and a part of a long text is out     | begun and open: a whole answer would repeat that part |
 * | no answer from the platform                    | begun and open                                        |
 * | a crash                                        | begun and open                                        |
 * | success, and the note could not be changed     | begun and open: a person looks, nothing is sent twice |
 *
 * Who asks whether it is open notes it as open: a crash right then errs on the side of a person's look, and
 * never on that of a lost answer.
 *
 * Messages that are answered as part of a later one are noted in the same way (`sendForAll`), whatever the
 * platform: run again after a crash, each would be answered by itself, under a key that the platform has not
 * seen. n8n cannot be asked about its list without changing it, and most of what `wasCollected` asks about was
 * never answered: a crash right then must not leave it looking as if it were. So these have a hint beside the
 * note, the hint is asked about first, and a hint alone says nothing.
 *
 * Not asked about: messages that wait in the delivery queue (`origin: 'queue'`), whose row says whether an
 * attempt of unknown outcome stands behind them, and that may go on behind the parts that are out; the same
 * words on WeCom, which compares them itself; manual runs. Several processes that work one workflow change
 * the list without knowing of each other, and one may undo what another has noted: then a crash may show an
 * answer twice.
 */

const LIST = { mode: 'entries', maxEntries: 2000 } as const;

type Found = 'nothing' | 'sent' | 'unknown';

interface Change {
	record: string[];
	remove: string[];
	/** @param known those of `record` that were in the list already; undefined where it could not be read */
	done(known: ReadonlySet<unknown> | undefined): void;
}

const openOf = (seed: string): string => `open ${seed}`;

/**
 * The list of one node. n8n reads and writes it as a whole, so one change is under way at a time, and what
 * gathers meanwhile goes with the next.
 */
class SentRecord {
	private gathered: Change[] = [];
	private busy = false;

	async begin(ctx: IExecuteFunctions, seed: string): Promise<Found> {
		// Begun before open: the oldest entries leave first, and open alone is still no "sent".
		const known = await this.change(ctx, { record: [seed, openOf(seed)], remove: [] });
		if (known?.has(openOf(seed))) return 'unknown';
		if (!known?.has(seed)) return 'nothing';
		await this.close(ctx, seed);
		return 'sent';
	}

	/** Whether a hint was there; it is now. */
	async hint(ctx: IExecuteFunctions, hint: string): Promise<boolean> {
		const known = await this.change(ctx, { record: [hint], remove: [] });
		return known?.has(hint) ?? false;
	}

	async close(ctx: IExecuteFunctions, seed: string): Promise<void> {
		await this.change(ctx, { record: [], remove: [openOf(seed)] });
	}

	async forget(ctx: IExecuteFunctions, seed: string, ...hints: string[]): Promise<void> {
		await this.change(ctx, { record: [], remove: [seed, openOf(seed), ...hints] });
	}

	private async change(
		ctx: IExecuteFunctions,
		change: Omit<Change, 'done'>,
	): Promise<ReadonlySet<unknown> | undefined> {
		return await new Promise((done) => {
			this.gathered.push({ ...change, done });
			if (!this.busy) void this.work(ctx);
		});
	}

	private async work(ctx: IExecuteFunctions): Promise<void> {
		this.busy = true;
		while (this.gathered.length > 0) {
			const changes = this.gathered;
			this.gathered = [];
			const known = await apply(ctx, changes);
			for (const { done } of changes) done(known);
		}
		this.busy = false;
	}
}

/** Never fails: an answer does not wait for a database that is away. */
async function apply(
	ctx: IExecuteFunctions,
	changes: Change[],
): Promise<ReadonlySet<unknown> | undefined> {
	const record = changes.flatMap((change) => change.record);
	const remove = changes.flatMap((change) => change.remove);
	try {
		const known =
			record.length > 0
				? (await ctx.helpers.checkProcessedAndRecord(record, 'node', LIST)).processed
				: [];
		if (remove.length > 0) await ctx.helpers.removeProcessed(remove, 'node', LIST);
		return new Set(known);
	} catch (error) {
		ctx.logger.warn(`The record of sent answers could not be changed: ${String(error)}`);
		return undefined;
	}
}

const records = new Map<string, SentRecord>();
/** Answers that this process is sending; none of these fails. */
const underWay = new Map<string, Promise<void>>();

const nodeOf = (ctx: IExecuteFunctions): string => `${ctx.getWorkflow().id} ${ctx.getNode().id}`;

function recordOf(node: string): SentRecord {
	let record = records.get(node);
	if (!record) {
		record = new SentRecord();
		records.set(node, record);
	}
	return record;
}

/**
 * Sends an answer unless it is out already, or may be.
 * @param route not repeatable any more where the outcome is unknown
 * @throws MayBeOut
 */
export async function sendOnce(
	ctx: IExecuteFunctions,
	route: Route,
	sending: Sending,
	send: () => Promise<Delivery>,
): Promise<Delivery> {
	if (ctx.getMode() === 'manual') return await send();
	const node = nodeOf(ctx);
	const answer = `${node} ${sending.seed}`;
	for (let other = underWay.get(answer); other; other = underWay.get(answer)) await other;
	const sent = noted(recordOf(node), ctx, route, sending, send);
	const ended = (): void => void underWay.delete(answer);
	underWay.set(answer, sent.then(ended, ended));
	return await sent;
}

async function noted(
	record: SentRecord,
	ctx: IExecuteFunctions,
	route: Route,
	sending: Sending,
	send: () => Promise<Delivery>,
): Promise<Delivery> {
	const { seed } = sending;
	const found = await record.begin(ctx, seed);
	if (found === 'sent') return outAlready(route.platform);
	if (found === 'unknown') {
		route.repeatable = false;
		throw new MayBeOut();
	}
	return await whileOpen(record, ctx, [seed], sending, send);
}

/** Sends what these seeds are noted for as open, and notes how it ended. */
async function whileOpen(
	record: SentRecord,
	ctx: IExecuteFunctions,
	seeds: string[],
	sending: Sending,
	send: () => Promise<Delivery>,
): Promise<Delivery> {
	const delivery = await send().catch(async (error: Error) => {
		const isKnown = failureOf(error)?.class !== 'unknownOutcome';
		if (isKnown && sending.sentParts === 0) {
			await Promise.all(seeds.map(async (seed) => await record.forget(ctx, seed)));
		}
		throw error;
	});
	await Promise.all(seeds.map(async (seed) => await record.close(ctx, seed)));
	return delivery;
}

const collectedOf = (claim: string): string => `collected ${claim}`;
const hintOf = (claim: string): string => `perhaps collected ${claim}`;

/**
 * Sends an answer that is that of several messages.
 * @param claims of those that were collected into the one that is answered
 */
export async function sendForAll(
	ctx: IExecuteFunctions,
	claims: string[],
	sending: Sending,
	send: () => Promise<Delivery>,
): Promise<Delivery> {
	if (claims.length === 0 || ctx.getMode() === 'manual') return await send();
	const record = recordOf(nodeOf(ctx));
	const seeds = claims.map(collectedOf);
	await Promise.all([
		...claims.map(async (claim) => await record.hint(ctx, hintOf(claim))),
		...seeds.map(async (seed) => await record.begin(ctx, seed)),
	]);
	return await whileOpen(record, ctx, seeds, sending, send);
}

/**
 * Whether a message was answered as part of a later one: asked for those that may have been, see
 * `isFromBefore`.
 */
export async function wasCollected(ctx: IExecuteFunctions, claim: string): Promise<Found> {
	if (ctx.getMode() === 'manual') return 'nothing';
	const record = recordOf(nodeOf(ctx));
	const hinted = await record.hint(ctx, hintOf(claim));
	const found = hinted ? await record.begin(ctx, collectedOf(claim)) : 'nothing';
	// Asking has noted it.
	if (found === 'nothing') await record.forget(ctx, collectedOf(claim), hintOf(claim));
	return found;
}
