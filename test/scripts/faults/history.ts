/* Hand-made histories, in the checker's words. Times are small: ms since a beginning of no account. */

import { check, type History } from '../../../scripts/faults/checker';

export type { History };

export const history = (made: Partial<History>): History => ({
	messages: [],
	deliveries: [],
	calls: [],
	answers: [],
	robotCalls: [],
	rows: [],
	links: [],
	lives: [{ startedAt: -1000, readyAt: 0 }],
	...made,
});

let number = 0;

export const question = (mark: string, conversation = 'zhangsan') => ({
	id: `id of ${mark}`,
	mark,
	conversation,
});

export const delivery = (mark: string, at: number, acknowledged = true) => ({
	id: `id of ${mark}`,
	at,
	end: at + 10,
	acknowledged,
});

export const call = (mark: string, at: number, end: number) => ({
	at,
	end,
	ok: true,
	marks: [mark],
});

export const answer = (marks: string | string[], at: number, more = {}) => ({
	at,
	id: `answer ${++number}`,
	marks: [marks].flat(),
	hasKey: true,
	...more,
});

export const row = (mark: string, status: string, more = {}) => ({
	key: `row ${++number}`,
	status,
	kind: 'answer',
	attempts: 1,
	fingerprint: 'f',
	settledAt: 100,
	marks: [mark],
	...more,
});

export const robotCall = (
	platform: string,
	at: number,
	outcome: History['robotCalls'][number]['outcome'] = 'sent',
) => ({
	platform,
	at,
	outcome,
});

/** n8n is killed once, and answers again 5 s later. */
export const killAt = (killedAt: number): History['lives'] => [
	{ startedAt: -1000, readyAt: 0, killedAt },
	{ startedAt: killedAt, readyAt: killedAt + 5_000 },
];

/** The kinds of violations that the checker finds. */
export const kinds = (made: Partial<History>, rules = {}) =>
	check(history(made), rules).violations.map(({ kind }) => kind);
export const countsOf = (made: Partial<History>) => check(history(made)).counts;

/** One question that was acknowledged, asked of the model and answered. */
export const good = {
	messages: [question('Q000001')],
	deliveries: [delivery('Q000001', 0)],
	calls: [call('Q000001', 20, 120)],
	answers: [answer('Q000001', 130)],
};
