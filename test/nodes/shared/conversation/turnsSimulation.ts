import { Run } from '../../../../nodes/shared/conversation/run';
import type { AnswerFields, TurnRequest } from '../../../../nodes/shared/conversation/turn';
import { Turns } from '../../../../nodes/shared/conversation/turns';
import { Cancelled } from '../../../../nodes/shared/errors';

/** All that is done has had its effect. */
export const settled = async (): Promise<void> => await new Promise((done) => setImmediate(done));

export interface Arrival {
	conversation: number;
	sender: number;
	/** How much earlier than it arrives it was written, in arrivals. */
	late: number;
	collect: boolean;
	/** Brings an earlier message again. */
	again: boolean;
}

export type Step =
	| { do: 'run'; messages: Arrival[]; concurrency: number }
	| { do: 'end'; which: number; fails: boolean }
	| { do: 'cancel'; which: number };

interface Message {
	id: string;
	conversation: string;
	collect?: string;
	times: readonly [number, number];
}

interface Arrived {
	message: Message;
	run: AbortController;
	outcome?: string;
}

interface UnderWay {
	conversation: string;
	run: AbortController;
	group: Message[];
	end: (fails: boolean) => void;
}

/** What must not be, as the controls switch it off. */
export interface Without {
	queues?: boolean;
	answerKeys?: boolean;
	times?: boolean;
}

/** Lets executions bring messages as the steps say, and writes down all that is wrong with what comes of it. */
export async function simulate(steps: Step[], without: Without = {}): Promise<string[]> {
	const wrong: string[] = [];
	const turns = new Turns();
	const arrivals: Arrived[] = [];
	const messages: Message[] = [];
	const underWay: UnderWay[] = [];
	const answered = new Map<string, number>();
	const waiting = new Set<Message>();
	let clock = 0;

	/** It waits in its place: taken over from a cancelled execution by another, it has a new one. */
	const inPlace = (message: Message): boolean => {
		const own = arrivals.filter((one) => one.message === message);
		return own.some(({ outcome }) => !outcome) && !own.some(({ run }) => run.signal.aborted);
	};

	const newMessage = ({ conversation, sender, late, collect }: Arrival): Message => {
		const message: Message = {
			id: `m${messages.length}`,
			conversation: `c${conversation}`,
			...(collect && { collect: `s${sender}` }),
			times: [clock - late, clock],
		};
		messages.push(message);
		return message;
	};

	const answer = async (
		message: Message,
		run: AbortController,
		text: string,
	): Promise<AnswerFields> => {
		const group = text.split('\n\n').map((id) => messages.find((known) => known.id === id)!);
		if (underWay.some(({ conversation }) => conversation === message.conversation))
			wrong.push(`two at once in ${message.conversation}`);
		if (group.at(-1) !== message) wrong.push(`${message.id} is not the newest of ${text}`);
		if (group.some(({ collect }) => group.length > 1 && collect !== message.collect))
			wrong.push(`${text} does not belong together`);
		for (const one of group) waiting.delete(one);
		const overtaken = [...waiting].find(
			({ conversation, times }) =>
				conversation === message.conversation && times[0] < group[0]!.times[0],
		);
		if (overtaken) wrong.push(`${text} before ${overtaken.id}`);
		await new Promise<void>((resolve, reject) => {
			const turn: UnderWay = {
				conversation: message.conversation,
				run,
				group,
				end: (fails) => {
					underWay.splice(underWay.indexOf(turn), 1);
					if (!fails) for (const { id } of group) answered.set(id, (answered.get(id) ?? 0) + 1);
					for (const one of group) if (run.signal.aborted && inPlace(one)) waiting.add(one);
					if (fails) reject(new Error('failed'));
					else resolve();
				},
			};
			underWay.push(turn);
		});
		const at = '2026-01-01T00:00:00.000Z';
		return { delivery: { platform: 'feishu', via: 'app', messageIds: [message.id], parts: 1, at } };
	};

	const bring = (message: Message, run: AbortController, ofNode: Run): void => {
		const arrival: Arrived = { message, run };
		arrivals.push(arrival);
		const { id, conversation, collect, times } = message;
		const number = arrivals.length;
		const request: TurnRequest = {
			answerKey: without.answerKeys ? `${id} ${number}` : id,
			conversationKey: without.queues ? `${conversation} ${number}` : conversation,
			platform: 'feishu',
			messageId: id,
			times: without.times ? [NaN, NaN] : times,
			text: id,
			collectKey: collect,
			run: ofNode,
			isKept: false,
			isRetry: false,
			maxMs: 60_000,
			signal: run.signal,
			answer: async (text) => await answer(message, run, text),
		};
		const begun = underWay.some(({ group }) => group.includes(message));
		if (!begun && !answered.has(id) && inPlace(message)) waiting.add(message);
		const outcome = (name: string) => () => {
			if (arrival.outcome) wrong.push(`${id} ended twice`);
			arrival.outcome = name;
		};
		turns.take(request).then(
			({ delivery }) => {
				outcome(delivery.already ? 'already' : delivery.mergedInto ? 'merged' : 'answered')();
			},
			(error) => outcome(error instanceof Cancelled ? 'cancelled' : 'failed')(),
		);
	};

	for (const step of steps) {
		clock++;
		if (step.do === 'run') {
			const run = new AbortController();
			const ofNode = new Run(step.concurrency);
			for (const arrival of step.messages) {
				const known = arrival.again && messages[arrival.late];
				bring(known || newMessage(arrival), run, ofNode);
			}
		} else if (step.do === 'end') {
			underWay[step.which % underWay.length]?.end(step.fails);
		} else {
			const run = arrivals[step.which % arrivals.length]?.run;
			run?.abort();
			for (const message of [...waiting]) if (!inPlace(message)) waiting.delete(message);
			for (const turn of underWay.filter((one) => one.run === run)) turn.end(true);
		}
		await settled();
	}
	while (underWay.length > 0) {
		for (const turn of [...underWay]) turn.end(false);
		await settled();
	}

	for (const { message, outcome } of arrivals)
		if (!outcome) wrong.push(`${message.id} never ended`);
	for (const [id, times] of answered) if (times > 1) wrong.push(`${id} answered ${times} times`);
	for (const { message, outcome } of arrivals) {
		const success = outcome === 'answered' || outcome === 'merged' || outcome === 'already';
		if (success && !answered.has(message.id)) wrong.push(`${message.id} is said to be answered`);
	}
	if (turns.size > 0) wrong.push(`${turns.size} things are left behind`);
	return wrong;
}
