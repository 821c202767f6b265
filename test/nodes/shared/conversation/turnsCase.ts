import type { INode } from 'n8n-workflow';
import { RequestError } from '../../../../nodes/shared/errors';
import type { Failure } from '../../../../protocol/errors';
import type { TurnRequest } from '../../../../nodes/shared/conversation/turn';
import { Run } from '../../../../nodes/shared/conversation/run';
import { Turns } from '../../../../nodes/shared/conversation/turns';
import type { Delivery } from '../../../../nodes/shared/send/delivery';
import { settled } from './turnsSimulation';

export const delivery: Delivery = {
	platform: 'feishu',
	via: 'app',
	messageIds: [],
	parts: 1,
	at: '',
};

const failure: Failure = {
	class: 'rateLimited',
	code: '429',
	message: '',
	cure: '',
	retryAfterMs: 10_000,
};
export const overLimit = new RequestError({ node: {} as INode, service: 'Feishu' }, failure);

/** Turns, and what was asked when it was a message's turn; made anew for each test. */
export interface TurnsCase {
	turns: Turns;
	asked: string[];
	/** A message of one conversation, whose run has it alone. */
	question(given?: Partial<TurnRequest>): TurnRequest;
}

/** Every test of the file gets a fresh one. */
export function turnsCase(): TurnsCase {
	let number = 0;
	const question = (given: Partial<TurnRequest> = {}): TurnRequest => {
		const id = `q${number++}`;
		return {
			answerKey: id,
			conversationKey: 'one',
			platform: 'feishu',
			messageId: id,
			times: [number, number],
			text: id,
			run: new Run(1),
			isKept: true,
			isRetry: false,
			maxMs: 60_000,
			answer: async (text) => {
				on.asked.push(text);
				await settled();
				return { delivery };
			},
			...given,
		};
	};
	const on = { question } as TurnsCase;
	beforeEach(() => {
		on.turns = new Turns();
		on.asked = [];
	});
	return on;
}
