import { asList, type Fields } from '../fields';
import { failure, type Failure, type KnownFailure } from '../errors';
import { isCutOff, type ModelAnswer } from './request';

/* Why a model gave no answer, though the provider reports a success. Each cause has its code and its cure. */

const CAUSES = {
	filtered: [
		'the provider’s content filter held it back',
		['contentRejected', 'The provider’s content filter held it back: ask in other words.'],
	],
	thinkingTooLong: [
		'it was still thinking when the longest answer was reached',
		[
			'badRequest',
			'Raise Maximum Answer Length (Tokens), or let it think less: Extra Body, for Qwen {"enable_thinking": false}.',
		],
	],
	lengthReached: [
		'the longest answer was reached before it said anything',
		['badRequest', 'Raise Maximum Answer Length (Tokens).'],
	],
	toolWanted: [
		'it wants to call a tool, and has none here',
		['badRequest', 'Choose another model, or take n8n’s AI Agent where it is to use tools.'],
	],
	onlyThought: [
		'it thought, and then said nothing',
		['temporary', 'Ask again; if it stays so, choose another model.'],
	],
	noChoices: [
		'the provider sent no choices',
		['temporary', 'Ask again; if it stays so, check the model and Base URL.'],
	],
	empty: [
		'it was empty',
		['temporary', 'Ask again; if it stays so, choose another model or change the System Prompt.'],
	],
} as const satisfies Record<string, readonly [why: string, known: KnownFailure]>;

/** What a successful completion without an answer is; undefined where there is an answer. */
export function noAnswer({ choices }: Fields, answer: ModelAnswer): Failure | undefined {
	if (answer.text) return undefined;
	const cause = causeOf(answer, asList(choices).length > 0);
	const [why, known] = CAUSES[cause];
	return failure([...known], cause, `The model gave no answer: ${why}`);
}

function causeOf(answer: ModelAnswer, hasChoices: boolean): keyof typeof CAUSES {
	const { finishReason, reasoning } = answer;
	if (/filter|sensitive|safety|recitation|prohibited|blocked/i.test(finishReason))
		return 'filtered';
	if (isCutOff(answer)) return reasoning ? 'thinkingTooLong' : 'lengthReached';
	if (/tool|function/i.test(finishReason)) return 'toolWanted';
	if (!hasChoices) return 'noChoices';
	return reasoning ? 'onlyThought' : 'empty';
}
