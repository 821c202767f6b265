import type { IDataObject } from 'n8n-workflow';
import { pageWhenLost, textWhenSaved, type AskedChange } from '../../../core/deadLetters/saved';
import { asFields, asText } from '../../../protocol/fields';
import { inputField } from '../../shared/node/fields';
import { asItems } from '../../shared/node/items';
import type { Operation } from '../../shared/node/operations';

export const whenSaved: Operation = {
	option: {
		name: 'Say What Was Saved',
		value: 'whenSaved',
		action: 'Say what was saved',
		description:
			'The answers of Carry Out Commands or Show Page, corrected where somebody else was first to change a letter',
	},
	outputs: ['Answers'],
	properties: [
		inputField({
			displayName: 'Saved',
			name: 'saved',
			placeholder: "{{ $('Save the changes').all().map((item) => item.json) }}",
			description: 'The rows that the store has taken',
		}),
	],
	execute(ctx) {
		const saved = listOf(ctx.getNodeParameter('saved', 0));
		const answers = ctx.getInputData().map(({ json: { changed, ...answer } }) => {
			const asked = listOf(changed);
			if ('html' in answer) return { ...answer, ...pageWhenLost(asked, saved) };
			const text = asText(asFields(answer.answer).text);
			return { ...answer, answer: { text: textWhenSaved(text, asked, saved) } };
		});
		return [asItems(answers as IDataObject[])];
	},
};

const listOf = (value: unknown): AskedChange[] => (Array.isArray(value) ? value : []);
