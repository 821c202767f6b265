import { asFields, asText } from '../../../protocol/fields';
import { answerPage } from '../../../core/keyRotation/page';
import { formTokenOf } from '../../shared/node/operators';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, rowsIn, rowsOf } from '../items';

export const page: Operation = {
	option: {
		name: 'Answer the Page',
		value: 'page',
		action: 'Answer the page of keys',
		description:
			'From the rows of the table of keys: the page, a new key that has to be tried, or what a roll back changes',
	},
	outputs: ['New Key', 'Decision', 'Page'],
	properties: [
		inputField({
			displayName: 'Request',
			name: 'request',
			placeholder: "{{ $('Who asks for what').first().json }}",
			description: 'What Read a Request gave',
		}),
		inputField({
			displayName: 'API Keys',
			name: 'apiKeys',
			placeholder: "{{ $('Read the API keys').all().map((item) => item.json) }}",
			description: 'The rows of the table of API keys',
		}),
	],
	execute(ctx) {
		const { body, user } = asFields(ctx.getNodeParameter('request', 0));
		const answer = answerPage(
			{ apiKeys: rowsOf(ctx, 'apiKeys'), keys: rowsIn(ctx) },
			{ body: asFields(body), user: asText(user) },
			{ now: Date.now(), timezone: ctx.getTimezone(), csrf: formTokenOf(ctx) },
		);
		if ('proposal' in answer) return [asItems([answer.proposal]), [], []];
		return [[], asItems('decision' in answer ? [answer.decision] : []), asItems([answer.page])];
	},
};
