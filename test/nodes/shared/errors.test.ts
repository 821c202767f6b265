import { NodeOperationError, type INode } from 'n8n-workflow';
import type { Unsent } from '../../../core/delivery/delivery';
import {
	Cancelled,
	failureOf,
	OutcomeUnknown,
	RequestError,
	SendError,
} from '../../../nodes/shared/errors';
import type { Failure } from '../../../protocol/errors';

const node = { name: 'Bot Reply', type: 'botReply' } as INode;
const failure: Failure = {
	class: 'rateLimited',
	code: '130101',
	message: 'send too fast',
	cure: 'Wait a minute.',
	retryAfterMs: 60_000,
};
const refused = new RequestError({ node, service: 'DingTalk', itemIndex: 3 }, failure);

test('What the other side said is the failure, and n8n shows who said it and the cure', () => {
	expect(failureOf(refused)).toEqual(failure);
	expect(refused).toMatchObject({
		name: 'NodeApiError',
		message: 'DingTalk: send too fast (130101)',
		description: 'Wait a minute.',
		context: { itemIndex: 3 },
	});
});

test('What may be out is an unknown outcome, whatever the cause', () => {
	for (const error of [OutcomeUnknown.interrupted(), OutcomeUnknown.overtime(5000)]) {
		expect(failureOf(error)).toMatchObject({ class: 'unknownOutcome', message: error.message });
	}
	expect(OutcomeUnknown.overtime(5000).message).toContain('5 seconds');
});

test('A message that stayed unsent has the failure of its cause', () => {
	const unsent = {} as Unsent;
	expect(failureOf(new SendError(refused, unsent))).toEqual(failure);
	expect(failureOf(new SendError(new TypeError('x is not a function'), unsent))).toBeUndefined();
});

test.each([
	['wrong input', new NodeOperationError(node, 'The text is empty')],
	['a cancelled execution', new Cancelled()],
	['a defect', new TypeError('x is not a function')],
	['an error that only looks like one', Object.assign(new Error(), { context: { failure } })],
	['nothing', undefined],
])('No failure: %s', (_, error) => {
	expect(failureOf(error)).toBeUndefined();
});
