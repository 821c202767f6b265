import { refusalPage } from '../../../core/registration/forms';
import { readPageRequest } from '../../../core/registration/page';
import { asFields, asText } from '../../../protocol/fields';
import { inputField } from '../../shared/node/fields';
import { asItems } from '../../shared/node/items';
import type { Operation } from '../../shared/node/operations';
import { formTokenOf } from '../../shared/node/operators';
import { answerBotPage } from '../actions';
import { N8nApi } from '../n8nApi';
import { settingsField } from '../settings';

export const page: Operation = {
	option: {
		name: 'Answer the Page',
		value: 'page',
		action: 'Answer the page of bots',
		description:
			'Lets people connect bots by scanning a code. The credentials of a bot go from its platform into n8n and are in no item.',
	},
	outputs: ['Who Scanned', 'Done With', 'Page'],
	properties: [
		inputField({
			displayName: 'Request',
			name: 'request',
			placeholder: "{{ $('Who asks for what').first().json }}",
			description: 'What Read a Request gave',
		}),
		{
			displayName: 'Greeting Workflow',
			name: 'workflowId',
			type: 'workflowSelector',
			default: '',
			required: true,
			description: 'Which workflow hears a new bot until somebody is confirmed',
		},
		{
			displayName: 'Greeting',
			name: 'greeting',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			description:
				'What a new bot writes to the person who has scanned its code, where the platform says who that was (Feishu)',
		},
		settingsField,
	],
	async execute(ctx) {
		const { query, body } = asFields(ctx.getNodeParameter('request', 0));
		const csrf = formTokenOf(ctx);
		const asked = readPageRequest(asFields(query), asFields(body), csrf);
		if ('refusal' in asked) return [[], [], asItems(refusalPage(asked.refusal))];
		const answering = {
			ctx,
			api: await N8nApi.of(ctx),
			rows: ctx.getInputData().map(({ json }) => json),
			context: {
				csrf,
				now: Date.now(),
				timezone: ctx.getTimezone(),
				n8nUrl: ctx.getInstanceBaseUrl().replace(/\/*$/, '/'),
			},
			greetingId: asText(asFields(ctx.getNodeParameter('workflowId', 0)).value),
			greeting: String(ctx.getNodeParameter('greeting', 0)),
		};
		const outcome = await answerBotPage(answering, asked);
		const forget = outcome.forget && { credential: outcome.forget };
		return [
			asItems(outcome.met && { newPerson: outcome.met }),
			asItems(forget || undefined),
			asItems(outcome.page),
		];
	},
};
