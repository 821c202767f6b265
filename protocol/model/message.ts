import { asFields, asList, asText, type Fields } from '../fields';

/* The `message` of a chat completion, or the `delta` of a streamed one: what is said in it, and what is thought. */

/** What the model says; some refuse in a field of their own. */
export const saidIn = ({ content, refusal }: Fields): string =>
	textOf(content, isSaid) || asText(refusal);

/** Reasoning that the server keeps apart: providers name the field differently, and some fill two of them. */
export function thoughtIn(message: Fields): string {
	const { reasoning_content: usual, reasoning, thinking, reasoning_details: details } = message;
	const apart = [usual, reasoning, thinking, details].map((field) => textOf(field)).find(Boolean);
	return (apart ?? '') + textOf(message.content, (part) => !isSaid(part));
}

/** A text, or a list of parts, as some servers write it. */
function textOf(content: unknown, isWanted: (part: Fields) => boolean = () => true): string {
	if (typeof content === 'string') return isWanted({}) ? content : '';
	return asList(content)
		.map(asFields)
		.filter(isWanted)
		.map(({ text, thinking, summary }) => {
			const values = [text, thinking, summary];
			return values.map((value) => asText(value) || flatText(value)).find(Boolean) ?? '';
		})
		.join('');
}

/** Mistral’s parts of reasoning hold parts again. */
const flatText = (parts: unknown): string =>
	asList(parts)
		.map((part) => asText(asFields(part).text))
		.join('');

const isSaid = ({ type, thought }: Fields): boolean =>
	thought !== true && !/think|thought|reason/i.test(asText(type));
