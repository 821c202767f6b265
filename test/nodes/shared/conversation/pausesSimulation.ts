import type { INode } from 'n8n-workflow';
import { Run } from '../../../../nodes/shared/conversation/run';
import type { AnswerFields, TurnRequest } from '../../../../nodes/shared/conversation/turn';
import { Turns } from '../../../../nodes/shared/conversation/turns';
import { Cancelled, RequestError, SendError, failureOf } from '../../../../nodes/shared/errors';
import { settled } from './turnsSimulation';

export interface Arrival {
	conversation: number;
	sender: number;
	collect: boolean;
	/** Brings an earlier message again. */
	again?: number;
}

/** What becomes of an answer. */
export type End = 'sent' | 'limited' | 'unsent' | 'failed';

export type Step =
	| { do: 'run'; messages: Arrival[]; concurrency: number }
	| { do: 'end'; which: number; as: End }
	| { do: 'cancel'; which: number }
	| { do: 'deliver'; which: number; count: number; as: End };

interface Message {
	id: string;
	conversation: string;
	collect?: string;
	times: readonly [number, number];
}

/** An execution that brings messages, or messages back from the delivery queue. */
interface Execution {
	run: Run;
	stop: AbortController;
	open: number;
	handOver: Row[];
	/** Of the delivery queue. */
	claimed: Row[];
}

interface Row {
	message: Message;
	/** Of the answer that is to be sent; undefined where the message is to be answered anew. */
	unsent?: { seed: string };
}

interface UnderWay {
	message: Message;
	stop: AbortController;
	end(as: End): void;
}

const limit = new RequestError(
	{ node: {} as INode, service: 'Feishu' },
	{ class: 'rateLimited', code: '429', message: '', cure: '', retryAfterMs: 10_000 },
);

/** What must not be, as the controls switch it off. */
export interface Without {
	/** The delivery queue keeps what fails. */
	queue?: boolean;
	/** It says what became of an answer. */
	reports?: boolean;
}

/** Lets executions answer, and the delivery queue send what limits held back. Writes down all that is wrong. */
export async function simulate(steps: Step[], without: Without = {}): Promise<string[]> {
	const wrong: string[] = [];
	const turns = new Turns();
	const messages: Message[] = [];
	const executions: Execution[] = [];
	const underWay: UnderWay[] = [];
	/** What the delivery queue holds. */
	const rows: Row[] = [];
	const out = new Map<string, number>();
	const waiting = new Set<string>();
	const broughtBack = new Set<string>();
	const claimed = new Set<string>();
	let clock = 0;

	const sent = (ids: string[]): void => {
		for (const id of ids) out.set(id, (out.get(id) ?? 0) + 1);
	};

	const answer = async (
		message: Message,
		stop: AbortController,
		text: string,
	): Promise<AnswerFields> => {
		const { id, conversation } = message;
		const parts = text.split('\n\n');
		if (underWay.some((turn) => turn.message.conversation === conversation))
			wrong.push(`two at once in ${conversation}`);
		if (parts.at(-1) !== id) wrong.push(`${id} is not the newest of ${text}`);
		const held = rows.filter(
			(row) => row.message.conversation === conversation && row.message !== message,
		);
		if (!broughtBack.has(id) && held.length > 0)
			wrong.push(`${text} overtakes ${held[0]!.message.id} in the queue`);
		await new Promise<void>((resolve, reject) => {
			const turn: UnderWay = {
				message,
				stop,
				end: (as) => {
					underWay.splice(underWay.indexOf(turn), 1);
					if (as === 'sent') sent(parts);
					if (as === 'sent') resolve();
					else if (as === 'failed') reject(new Error('failed'));
					else if (as === 'limited') reject(limit);
					else reject(new SendError(limit, { seed: id } as never));
				},
			};
			underWay.push(turn);
		});
		const at = '2026-01-01T00:00:00.000Z';
		return { delivery: { platform: 'feishu', via: 'app', messageIds: [id], parts: 1, at } };
	};

	const execution = (concurrency: number): Execution => {
		const made = {
			run: new Run(concurrency),
			stop: new AbortController(),
			open: 0,
			handOver: [],
			claimed: [] as Row[],
		};
		executions.push(made);
		return made;
	};

	/** The execution goes on behind the node when all its items are done. */
	const done = (of: Execution): void => {
		of.open--;
		if (of.open > 0) return;
		const isCancelled = of.stop.signal.aborted;
		of.run.end(isCancelled);
		for (const row of of.claimed) claimed.delete(keyOf(row));
		if (isCancelled) return;
		for (const row of of.handOver) if (isNew(row)) rows.push(row);
	};
	const keyOf = ({ message, unsent }: Row): string => unsent?.seed ?? message.id;
	/** The delivery queue keeps one row of an answer: also while it sends that, and when it is out. */
	const isNew = (row: Row): boolean =>
		!out.has(keyOf(row)) &&
		!claimed.has(keyOf(row)) &&
		!rows.some((other) => keyOf(other) === keyOf(row));

	const bring = (message: Message, of: Execution, isAgain: boolean, retry = false): void => {
		const { run, stop } = of;
		const { id, conversation, collect, times } = message;
		of.open++;
		if (retry) broughtBack.add(id);
		const name = `${id} of execution ${executions.indexOf(of)}${retry ? ' (retry)' : ''}`;
		waiting.add(name);
		const request: TurnRequest = {
			answerKey: id,
			conversationKey: conversation,
			platform: 'feishu',
			messageId: id,
			times,
			text: id,
			...(!isAgain && { collectKey: collect }),
			run,
			isKept: !without.queue,
			isRetry: retry,
			maxMs: 600_000,
			signal: stop.signal,
			answer: async (text) => await answer(message, stop, text),
		};
		turns
			.take(request)
			.catch((error) => {
				if (error instanceof Cancelled || failureOf(error)?.class !== 'rateLimited') return;
				const unsent = error instanceof SendError ? (error.unsent as never) : undefined;
				of.handOver.push({ message, unsent });
			})
			.finally(() => {
				waiting.delete(name);
				done(of);
			});
	};

	/** An execution of the delivery queue. */
	const deliver = (due: Row[], as: End): void => {
		const asked = due.filter(({ unsent }) => !unsent);
		for (const { message, unsent } of due.filter((row) => row.unsent)) {
			const isLimited = as === 'limited' || as === 'unsent';
			if (isLimited) rows.push({ message, unsent });
			else sent([unsent!.seed]);
			const error = isLimited ? limit : undefined;
			if (!without.reports) turns.retried(message.conversation, unsent!.seed, error);
		}
		if (asked.length === 0) return;
		const of = execution(1);
		of.claimed = asked;
		for (const row of asked) claimed.add(keyOf(row));
		of.open++;
		for (const { message } of asked) bring(message, of, true, true);
		done(of);
	};

	for (const step of steps) {
		clock++;
		if (step.do === 'run') {
			const of = execution(step.concurrency);
			of.open++;
			for (const { conversation, sender, collect, again } of step.messages) {
				const known = again === undefined ? undefined : messages[again % messages.length];
				const message: Message = known ?? {
					id: `m${messages.length}`,
					conversation: `c${conversation}`,
					...(collect && { collect: `s${sender}` }),
					times: [clock, clock],
				};
				if (!known) messages.push(message);
				bring(message, of, known !== undefined);
			}
			done(of);
		} else if (step.do === 'end') {
			underWay[step.which % underWay.length]?.end(step.as);
		} else if (step.do === 'cancel') {
			const of = executions[step.which % executions.length];
			of?.stop.abort();
			for (const turn of underWay.filter(({ stop }) => stop === of?.stop)) turn.end('failed');
		} else if (rows.length > 0) {
			deliver(rows.splice(step.which % rows.length, step.count), step.as);
		}
		await settled();
	}
	// From now on all goes well, and no time passes.
	for (let moves = 1; moves > 0; ) {
		moves = underWay.length + rows.length;
		for (const turn of [...underWay]) turn.end('sent');
		await settled();
		deliver(rows.splice(0), 'sent');
		await settled();
	}
	for (const name of waiting) wrong.push(`${name} waits for nobody`);
	for (const [id, times] of out) if (times > 1) wrong.push(`${id} answered ${times} times`);
	if (turns.size > 0 && waiting.size === 0) wrong.push(`${turns.size} things are left behind`);
	return wrong;
}
