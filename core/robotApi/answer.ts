import { readRows } from '../delivery/row';
import type { OperationsNotification } from '../common/notification';
import { refusal, type TokenAnswer } from '../accessTokens/answers';
import type { DeliveryRow } from '../delivery/delivery';
import type { FailureClass } from '../../protocol/errors';
import { asFields, asText, type Fields } from '../../protocol/fields';
import { isCutOff } from '../../protocol/model/request';
import type { DeliveryLookUp } from './take';

/* What the Robot API says of what was done. */

/**
 * What a caller is told of a delivery; its text and its history stay here.
 * @param items what the store gave, which may be more than the one
 */
export function answerDelivery(
	items: unknown[],
	{ key: wanted, handedIn }: DeliveryLookUp,
): TokenAnswer {
	const row = readRows(items).find(({ key }) => key === wanted);
	if (row) return { status: handedIn && row.status === 'waiting' ? 202 : 200, body: stateOf(row) };
	return handedIn
		? refusal(503, 'temporarily_unavailable', 'The message could not be stored: send it again')
		: refusal(404, 'not_found', 'This client has no such delivery, or not any more');
}

function stateOf(row: DeliveryRow): object {
	const { key, status, platform, attempts, dueAt, createdAtMs, settledAtMs, reason } = row;
	return {
		id: key.split(':').at(-1),
		status,
		platform,
		attempts,
		createdAt: timeOf(createdAtMs),
		...(status === 'waiting' && { nextAttemptAt: timeOf(dueAt) }),
		...(settledAtMs > 0 && { settledAt: timeOf(settledAtMs) }),
		...(status !== 'delivered' && reason !== '' && { reason }),
	};
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** What went wrong with the model, for somebody who cannot mend it. */
const MODEL_TROUBLE: ReadonlyMap<string, [status: number, words: string]> = new Map<
	FailureClass,
	[number, string]
>([
	['rateLimited', [503, 'The model has too much to do: ask again later']],
	['temporary', [503, 'The model cannot be reached: ask again later']],
	['unknownOutcome', [504, 'The model did not answer in time: ask again later']],
	['contentRejected', [422, 'The model provider refuses this question']],
	['tooLong', [422, 'The question is too long for the model']],
]);

/** @param item of the Model API node: `answer`, or `error` from its error output */
export function answerQuestion({ answer, error }: Fields): TokenAnswer {
	const { text, model, finishReason, usage } = asFields(answer);
	if (asText(text) !== '') {
		return {
			status: 200,
			body: {
				answer: text,
				model,
				complete: !isCutOff({ finishReason: asText(finishReason) }),
				...(usage !== undefined && { usage }),
			},
		};
	}
	const trouble = MODEL_TROUBLE.get(asText(asFields(error).class));
	const [status, words] = trouble ?? [502, 'The model gave no answer'];
	return refusal(status, 'no_answer', words);
}

const HOUR = 3_600_000;

/**
 * For operations, where only a person can mend it: a wrong key, a used-up quota. Once an hour for each reason.
 * @param error of the Model API node
 */
export function modelNotification(error: Fields, now: number): OperationsNotification | undefined {
	const name = asText(error.class);
	const message = asText(error.message);
	if (message === '' || MODEL_TROUBLE.has(name)) return undefined;
	return {
		title: '机器人接口问不到模型 Robot API: no answer',
		text: [
			`🤖 机器人接口的提问失败：${message}`,
			`A question to the Robot API failed. ${asText(error.cure)}`.trim(),
		].join('\n'),
		key: `robot-api-model:${name}:${Math.floor(now / HOUR)}`,
		priority: 'alert',
	};
}
